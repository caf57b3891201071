from celery import shared_task
from django.utils import timezone

from . import closing


@shared_task
def close_sessions() -> None:
    """Every half minute: end what nobody looks at any more."""
    closing.close_all_over(timezone.now())


@shared_task
def forget_sessions() -> None:
    """Every day: what was never begun."""
    closing.forget_never_begun(timezone.now())
