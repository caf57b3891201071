"""One person's share of the model: a few answers at once while anybody else waits."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from .jobs import Job, JobError

SHARE = 4
"""Of one person at once while others wait: an eighth of the worker's threads."""
TURN_SECONDS = 2.0
PATIENCE = timedelta(minutes=30)
"""As long as for a model that is busy."""
_kinds: dict[type[Job], str] = {}


def register(model: type[Job], whose: str) -> None:
    """Let an app's jobs count: ``whose`` is the lookup of the person who waits for one.

    Called from AppConfig.ready.
    """
    _kinds[model] = whose


def let_others_pass(job: Job, user_id: int) -> None:
    """Raises JobError where it is another person's turn: the job waits, and tries again."""
    running = sum(
        _jobs(model, status=Job.Status.RUNNING, started_at__lt=job.started_at)
        .filter(**{whose: user_id})
        .count()
        for model, whose in _kinds.items()
    )
    if running < SHARE:
        return
    if any(
        _jobs(model, status=Job.Status.QUEUED, due_at__lte=timezone.now())
        .exclude(**{whose: user_id})
        .exists()
        for model, whose in _kinds.items()
    ):
        raise JobError("taking_turns", wait_limit=PATIENCE, retry_after=TURN_SECONDS)


def _jobs(model: type[Job], **wanted: object) -> QuerySet[Job]:
    return model._default_manager.filter(**wanted)
