from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from apps.common import jobs

from . import batch, collecting, summarising
from .models import SummaryJob, SummaryRun


@shared_task(name=SummaryJob.TASK)
def run_summary(job_id: str) -> None:
    run_id = SummaryJob.objects.filter(pk=job_id).values_list("run", flat=True).first()
    if run_id is None:  # deleted with its company
        return
    jobs.perform(SummaryJob, job_id, summarising.summarise)
    batch.close_run(run_id)


@shared_task(bind=True)
def run_summaries(self: Any) -> None:
    """Weekly, or as staff set it: summarise every company whose sources have changed."""
    name = (self.request.headers or {}).get("periodic_task_name") or self.name
    slot = batch.slot_of(name, timezone.now())
    batch.start_run(trigger=SummaryRun.Trigger.SCHEDULE, slot=slot)


@shared_task(name=batch.SEND_TASK)
def send_summary_jobs(run_id: str) -> None:
    batch.send_jobs(int(run_id))


@shared_task
def close_summary_runs() -> None:
    """Every minute: close runs whose last job ended with nobody to count it."""
    batch.close_runs()


@shared_task
def fetch_pages(*page_ids: str) -> None:
    """Daily, once staff have switched it on: read the web pages that are due, or these."""
    left = collecting.read_pages([int(page_id) for page_id in page_ids])
    if left:
        jobs.send_task("apps.companies.tasks.fetch_pages", *map(str, left))
