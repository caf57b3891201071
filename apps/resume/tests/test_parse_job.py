"""The job that reads an upload: its result, its steps, and what can go wrong."""

from __future__ import annotations

import pytest
from django.utils import translation

from apps.common import children, leftovers, storage
from apps.common.models import Leftover
from apps.resume import parse_job, pictures
from apps.resume.models import ResumeParse

from .pages import Sheet, resume
from .uploads import PDF, arrived, parse_of, work

pytestmark = pytest.mark.django_db


def _steps(valkey, parse):
    """[(event, data)] that watchers were told."""
    entries = valkey.xrange(parse.stream_key)
    return [(fields[b"event"].decode(), fields[b"data"].decode()) for _id, fields in entries]


@pytest.fixture
def upload(s3, candidate, sent_tasks, valkey):
    return arrived(candidate)


def test_it_works(upload, valkey):
    parse = work(upload)

    assert (parse.status, parse.error_code, parse.language) == ("succeeded", "", "en")
    assert parse.resume["basics"]["name"] == "Nora Lindholm"
    assert parse.resume["meta"]["provenance"]["/basics/name"]["page"] == 1
    (page,) = parse.pages
    assert (page["number"], page["width"], page["height"]) == (1, 612.0, 792.0)
    assert storage.read(page["key"])[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(Leftover.objects.values_list("key", flat=True)) == [upload.key]
    assert _steps(valkey, parse) == [
        ("progress", '{"state": "running", "run": 1}'),
        ("progress", '{"state": "running", "step": "fetching"}'),
        ("progress", '{"state": "running", "step": "reading"}'),
        ("progress", '{"state": "running", "step": "drawing"}'),
        ("progress", '{"state": "running", "step": "drawing", "page": 1, "pages": 1}'),
        ("done", '{"state": "succeeded"}'),
    ]


def test_it_runs_once(upload):
    first = work(upload)
    again = work(upload)

    assert again.attempts == 1
    assert again.pages == first.pages


def test_a_file_that_cannot_be_read_fails_at_once(s3, candidate, sent_tasks, valkey):
    locked = resume().bytes(encryption=4, user_pw="secret")

    parse = work(arrived(candidate, locked))

    assert (parse.status, parse.error_code, parse.failures) == ("failed", "encrypted", 1)
    assert parse.is_refused
    assert parse.resume == {}


def test_a_file_that_is_gone(upload):
    storage.delete([parse_of(upload).key])

    parse = work(upload)

    assert (parse.status, parse.error_code) == ("failed", "file_missing")
    assert not parse.is_refused


def test_a_store_that_is_down_is_tried_again(upload, monkeypatch):
    def down(key):
        raise storage.StorageError("refused")

    monkeypatch.setattr(storage, "read", down)
    parse = work(upload)
    assert (parse.status, parse.error_code, parse.failures) == ("queued", "storage_down", 1)

    monkeypatch.undo()
    assert work(upload).status == "succeeded"


def test_pictures_that_cannot_be_stored_are_tried_again_then_done_without(upload, monkeypatch):
    def down(key, content, content_type):
        raise storage.StorageError("refused")

    monkeypatch.setattr(storage, "write", down)
    parse = work(upload)
    assert (parse.status, parse.error_code) == ("queued", "storage_down")

    ResumeParse.objects.update(failures=ResumeParse.MAX_FAILURES - 1)
    parse = work(upload)
    assert (parse.status, parse.pages) == ("succeeded", [])
    assert parse.resume["basics"]["name"] == "Nora Lindholm"


def test_pictures_that_cannot_be_drawn_cost_only_themselves(upload, monkeypatch):
    monkeypatch.setattr(parse_job, "draw", lambda pdf: [])

    parse = work(upload)

    assert (parse.status, parse.pages) == ("succeeded", [])


def test_a_worker_that_lost_its_lease_leaves_no_picture(upload, monkeypatch):
    def draw(pdf):
        ResumeParse.objects.update(attempts=7)  # as if the sweeper had given it to another
        return pictures.draw(pdf)

    monkeypatch.setattr(parse_job, "draw", draw)
    parse = work(upload)

    assert (parse.status, parse.pages) == ("running", [])
    kept = set(Leftover.objects.values_list("key", flat=True)) - {upload.key}
    assert len(kept) == 1
    Leftover.objects.update(due_at=parse.created_at)
    leftovers.sweep()
    for key in kept:
        with pytest.raises(storage.ObjectMissing):
            storage.size(key)


def test_a_refusal_is_told_in_the_readers_language(candidate):
    parse = ResumeParse(user=candidate, status="failed", error_code="encrypted")

    with translation.override("en"):
        assert str(parse.error_message).startswith("This PDF is locked")
    with translation.override("ko"):
        assert str(parse.error_message).startswith("암호가 걸린")
    parse.error_code = "storage_down"
    with translation.override("en"):
        assert "file store could not be reached" in str(parse.error_message)


class TestPictures:
    def test_each_page_is_drawn(self):
        sheet = resume()
        sheet.next_page()

        first, second = pictures.draw(sheet.bytes())

        assert [(one.number, one.width, one.height) for one in (first, second)] == [
            (1, 612.0, 792.0),
            (2, 612.0, 792.0),
        ]
        assert first.png[:4] == second.png[:4] == b"\x89PNG"
        assert int.from_bytes(first.png[16:20]) == 1020  # pixels: 120 to an inch

    def test_a_huge_page_is_drawn_small(self):
        sheet = Sheet((14_000, 2_000))
        sheet.put(50, 60, "Poster")

        (page,) = pictures.draw(sheet.bytes())

        assert int.from_bytes(page.png[16:20]) == 2200

    def test_what_is_no_pdf_has_no_pages(self):
        assert pictures.draw(b"%PDF-1.4 nonsense") == []

    def test_one_that_takes_too_long_has_no_pages(self):
        assert pictures.draw(PDF, children.Limits(seconds=0.01, megabytes=1024)) == []
