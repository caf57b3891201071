"""Runs of the batch: begun once, sent, and closed when their last job has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import crontab
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from apps.accounts.models import User
from apps.common.jobs import Job, enqueue, send_task

from .models import Company, SourceText, SummaryJob, SummaryRun
from .models.runs import UNFINISHED

SEND_TASK = "apps.companies.tasks.send_summary_jobs"
LONGEST_LOOK_BACK = timedelta(days=366)


def start_run(
    *,
    trigger: SummaryRun.Trigger,
    companies: Sequence[Company] | None = None,
    slot: str | None = None,
    requested_by: User | None = None,
    anew: bool = False,
) -> SummaryRun | None:
    """Begin a run over ``companies``, or over all that have sources; send it on commit.

    None where the slot has had its run.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                run = SummaryRun.objects.create(
                    trigger=trigger,
                    slot=slot,
                    requested_by=requested_by,
                    anew=anew,
                    chosen=[company.slug for company in companies or []],
                )
        except IntegrityError:
            if slot is None:
                raise
            return None
        if companies is None:
            companies = Company.objects.filter(pk__in=SourceText.objects.active().values("company"))
        jobs = [
            SummaryJob(run=run, company=company, language=language)
            for company in companies
            for language, _name in settings.LANGUAGES
        ]
        SummaryJob.objects.bulk_create(jobs, batch_size=500)
        run.companies_seen = len(jobs) // len(settings.LANGUAGES)
        run.summaries_planned = len(jobs)
        run.save(update_fields=["companies_seen", "summaries_planned"])
        # One message from here: with a broker that is down, sending each would take minutes.
        transaction.on_commit(lambda: send_task(SEND_TASK, str(run.pk)))
    if not jobs:
        close_run(run.pk)
    return run


def send_jobs(run_id: int) -> None:
    for job in SummaryJob.objects.filter(run=run_id, status=Job.Status.QUEUED):
        enqueue(job)


def close_run(run_id: int) -> bool:
    """Count up a run whose jobs have all ended; False while it goes on, or is closed."""
    with transaction.atomic():
        # The lock keeps a retry of its failed jobs from passing in between.
        run = SummaryRun.objects.select_for_update().filter(pk=run_id, finished_at=None).first()
        if run is None or SummaryJob.objects.filter(run=run, status__in=UNFINISHED).exists():
            return False
        run.count()
        run.finished_at = timezone.now()
        run.save()
        return True


def close_runs() -> int:
    """Close what a worker that was killed has left open; returns how many."""
    open_runs = SummaryRun.objects.filter(finished_at=None)
    return sum(close_run(pk) for pk in open_runs.values_list("pk", flat=True))


def slot_of(name: str, now: datetime) -> str:
    """The due moment of the schedule called ``name`` that a trigger at ``now`` is for."""
    task = PeriodicTask.objects.filter(name=name).first()
    due = _last_due(task.schedule, now) if task else None
    # Without a schedule that tells, a minute is the most that two triggers may be apart.
    due = due or now.replace(second=0, microsecond=0)
    return f"{name[:60]} {due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _last_due(plan: Any, now: datetime) -> datetime | None:
    if isinstance(plan, crontab):
        return _last_match(plan, now)
    if interval := getattr(plan, "run_every", None):
        # An interval has no moment of its own: its n-th one since 1970 stands for it.
        # One clock fires at most once in each.
        length = interval.total_seconds()
        return datetime.fromtimestamp(now.timestamp() // length * length, UTC)
    return None


def _last_match(plan: Any, now: datetime) -> datetime | None:
    """The newest minute up to ``now`` that the crontab names."""
    zone = getattr(plan, "tz", None) or ZoneInfo(settings.TIME_ZONE)
    local = now.astimezone(zone).replace(second=0, microsecond=0)
    last_of_day = local
    while last_of_day > local - LONGEST_LOOK_BACK:
        if _is_day_of(plan, last_of_day):
            for hour in sorted(plan.hour, reverse=True):
                for minute in sorted(plan.minute, reverse=True):
                    match = last_of_day.replace(hour=hour, minute=minute)
                    if match <= last_of_day:
                        return match
        last_of_day = (last_of_day - timedelta(days=1)).replace(hour=23, minute=59)
    return None


def _is_day_of(plan: Any, day: datetime) -> bool:
    return bool(
        day.month in plan.month_of_year
        and day.day in plan.day_of_month
        and day.isoweekday() % 7 in plan.day_of_week
    )
