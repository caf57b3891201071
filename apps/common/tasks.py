from celery import shared_task
from django.utils import timezone

from . import jobs


@shared_task
def sweep_jobs() -> None:
    """Every half minute: queue again what lost its worker or its message."""
    jobs.sweep(timezone.now())
