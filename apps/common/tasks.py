from typing import Any

import structlog
from celery import shared_task
from django.core.cache import cache

from . import clock, jobs, leftovers, mail, storage

logger = structlog.get_logger(__name__)
SWEPT = "jobs-swept"
"""In the cache for as long as a lease holds: jobs were swept in that time."""


@shared_task
def sweep_jobs() -> None:
    """Every half minute: queue again what lost its worker or its message.

    A sweep that follows none (the first, or after the database was away) lets the leases
    be: those of living workers ran out unrenewed, too, and get until the next to be renewed.
    """
    jobs.sweep(clock.now(), with_leases=bool(cache.get(SWEPT)))
    cache.set(SWEPT, True, timeout=jobs.Job.LEASE.total_seconds())


@shared_task
def sweep_leftovers() -> None:
    """Every ten minutes, and after a deletion: delete files that no row names."""
    try:
        leftovers.sweep()
    except storage.StorageError as error:
        logger.warning("leftovers stay until the next sweep", error=str(error))


@shared_task(
    name=mail.TASK,
    autoretry_for=(OSError,),
    retry_backoff=30,
    # Below the broker's visibility timeout: a message held longer would be delivered twice.
    retry_backoff_max=300,
    max_retries=12,
)
def send_mail(packed: dict[str, Any]) -> None:
    mail.deliver(packed)
