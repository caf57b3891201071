"""No file outlives the row that names it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.common import leftovers, storage
from apps.common.models import Leftover
from apps.common.tasks import sweep_leftovers

pytestmark = pytest.mark.django_db


def _stored(key):
    storage.write(key, b"x", content_type="text/plain")
    return key


def _is_stored(key):
    try:
        return storage.size(key) == 1
    except storage.ObjectMissing:
        return False


def test_an_expected_file_that_nobody_kept_goes_when_its_time_is_over(s3):
    key = storage.new_key("t", "txt")
    leftovers.expect([key])
    _stored(key)

    sweep_leftovers()
    assert _is_stored(key)

    Leftover.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    sweep_leftovers()
    assert not _is_stored(key)
    assert not Leftover.objects.exists()


def test_a_kept_file_stays(s3):
    key = storage.new_key("t", "txt")
    leftovers.expect([key], timedelta(0))
    _stored(key)

    leftovers.keep([key])
    sweep_leftovers()

    assert _is_stored(key)


def test_a_discarded_file_goes_at_once(s3, sent_tasks, django_capture_on_commit_callbacks):
    key = _stored(storage.new_key("t", "txt"))

    with django_capture_on_commit_callbacks(execute=True):
        leftovers.discard([key, ""])
    assert sent_tasks == [("apps.common.tasks.sweep_leftovers", [])]

    sweep_leftovers()
    assert not _is_stored(key)


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_keeps_the_file(s3):
    key = _stored(storage.new_key("t", "txt"))

    with transaction.atomic():
        leftovers.discard([key])
        transaction.set_rollback(True)
    sweep_leftovers()

    assert _is_stored(key)


def test_a_store_that_is_down_gets_its_turn_later():
    leftovers.expect(["t/1.txt"], timedelta(seconds=-1))

    sweep_leftovers()

    assert Leftover.objects.count() == 1
