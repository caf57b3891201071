"""The schedules that a new site starts with, and what becomes of staff's changes."""

from __future__ import annotations

import pytest
from celery import current_app
from django.conf import settings
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

pytestmark = pytest.mark.django_db


def _start_clock():
    current_app.loader.import_default_modules()
    DatabaseScheduler(app=current_app).setup_schedule()


def test_weekly_summaries_and_no_fetching():
    summaries = PeriodicTask.objects.get(name="summarise companies")
    pages = PeriodicTask.objects.get(name="read company pages")

    assert (summaries.task, summaries.enabled) == ("apps.companies.tasks.run_summaries", True)
    assert str(summaries.crontab) == "0 3 * * 1 (m/h/dM/MY/d) Asia/Seoul"
    assert (pages.task, pages.enabled) == ("apps.companies.tasks.fetch_pages", False)


def test_their_tasks_are_there():
    current_app.loader.import_default_modules()
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    for task in PeriodicTask.objects.all():
        assert task.task in current_app.tasks
    assert planned <= set(current_app.tasks)


def test_what_staff_change_outlives_a_start_of_the_clock(monkeypatch):
    # It would close the connection that this test's transaction lives on.
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    PeriodicTask.objects.filter(name="summarise companies").update(enabled=False)
    PeriodicTask.objects.filter(name="read company pages").delete()

    _start_clock()

    assert not PeriodicTask.objects.get(name="summarise companies").enabled
    assert not PeriodicTask.objects.filter(name="read company pages").exists()
    assert PeriodicTask.objects.filter(name="sweep lost jobs").exists()
