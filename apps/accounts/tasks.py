from celery import shared_task
from django.core.management import call_command

from . import services


@shared_task
def clear_expired() -> None:
    """Once a day: sessions and tokens that ended, and wrong passwords that count no more."""
    call_command("clearsessions")
    services.expired_clear()
