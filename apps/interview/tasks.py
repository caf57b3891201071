from celery import shared_task

from apps.common import jobs

from . import feedback
from .models import Feedback


@shared_task(name=Feedback.TASK)
def run_feedback(feedback_id: str) -> None:
    jobs.perform(Feedback, feedback_id, feedback.generate)
