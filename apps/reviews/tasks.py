from celery import shared_task

from apps.common import jobs

from . import daily_mail, judging
from .models import ReviewAnswer


@shared_task(name=ReviewAnswer.TASK)
def run_review(answer_id: str) -> None:
    jobs.perform(ReviewAnswer, answer_id, judging.judge)


@shared_task
def send_daily_mail() -> None:
    """Every ten minutes: the question of the day, to whom it is due now."""
    daily_mail.send_due()
