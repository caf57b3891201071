"""Jobs: everything slow is a row and a task.

    queued → running → succeeded | failed | cancelled

A service creates the row and calls ``enqueue_on_commit``; the task calls
``perform``, which claims the row by a conditional update, runs the work and
saves the outcome the same way. ``Job.attempts`` is the fencing token: a worker
that lost its lease finds its updates change no row, and stops. Tasks may be
delivered twice or never: the claim makes the first harmless, the sweeper
(``apps.common.tasks.sweep_jobs``) mends the second. Leases are told by the database's
clock (``apps.common.clock``).

A model is asked once for each claim, and whoever asked it does not let go of the job while
it may still answer: a database that goes away meanwhile is waited for, with the lease and
with the result.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Self, TypeVar, cast

import structlog
from celery import current_app
from django.apps import apps
from django.db import InterfaceError, models, transaction
from django.db import OperationalError as DatabaseOperationalError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from . import clock, live, queues
from .connections import give_back, passes_by_itself, when_database_answers

logger = structlog.get_logger(__name__)

BEAT_SECONDS = 10.0
"""Between two renewals of a lease."""
BEAT_AGAIN_SECONDS = 2.0
"""After one that the database did not take: when it is back, workers come before the sweeper."""


class JobError(Exception):
    """Work that did not succeed, with the retry decision in it.

    ``code`` picks the sentence a user reads (``Job.ERROR_MESSAGES``); ``detail``
    is for staff. ``retryable``: trying again can help, a bounded number of times.
    ``wait_limit``: the cause lies outside and passes by itself (model loading,
    queue full), so trying again is not counted but ends that long after the job
    was queued.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        retryable: bool = False,
        wait_limit: timedelta | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.wait_limit = wait_limit
        self.retry_after = retry_after


class LeaseLost(Exception):
    """Another worker, or the sweeper, has taken the job: drop what you have."""


JobType = TypeVar("JobType", bound="Job")


class JobQuerySet(models.QuerySet[JobType]):
    def lease_expired(self, on: datetime) -> Self:
        return self.filter(status=Job.Status.RUNNING, lease_until__lt=on)

    def undelivered(self, on: datetime) -> Self:
        """Queued and long due, yet no worker took it: its message was lost."""
        return self.filter(status=Job.Status.QUEUED, due_at__lt=on - self.model.DELIVERY_GRACE)


class Job(models.Model):
    """One piece of slow work. Subclasses add the input and the result."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    KIND: ClassVar[str]
    """Names the live stream: ``job:<kind>:<pk>``."""
    TASK: ClassVar[str]
    """Dotted name of the Celery task, which takes the primary key as a string."""
    ERROR_MESSAGES: ClassVar[dict[str, str | Promise]] = {}
    HOPELESS: ClassVar[tuple[str, ...]] = ()
    """Codes of failures that the same job would only meet again."""
    LEASE: ClassVar[timedelta] = timedelta(seconds=75)
    """Longer than the longest silence between two heartbeats."""
    DELIVERY_GRACE: ClassVar[timedelta] = timedelta(seconds=60)
    MAX_FAILURES: ClassVar[int] = 4

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("claims"), default=0)
    failures = models.PositiveSmallIntegerField(_("counted failures"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)
    error_detail = models.TextField(_("error detail"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    queued_at = models.DateTimeField(_("queued at"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = models.Manager.from_queryset(JobQuerySet)()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["status", "due_at"], name="%(class)s_due")]

    def __str__(self) -> str:
        return f"{self.KIND} {self.pk} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status in (
            self.Status.SUCCEEDED,
            self.Status.FAILED,
            self.Status.CANCELLED,
        )

    @property
    def error_message(self) -> str | Promise:
        """What went wrong and what to do, in the reader's language."""
        if not self.error_code:
            return ""
        return self.ERROR_MESSAGES.get(
            self.error_code,
            _("Something went wrong on our side. Please try again."),
        )

    @property
    def can_heal(self) -> bool:
        """Whether trying again can help against what its error code says."""
        return self.error_code not in self.HOPELESS

    @property
    def stream_key(self) -> str:
        return f"job:{self.KIND}:{self.pk}"

    @classmethod
    def claim(cls, pk: str | uuid.UUID) -> Self | None:
        """Take a queued job, or one whose worker is gone; None if another has it."""
        now = clock.now()
        taken = cls._default_manager.filter(
            Q(status=cls.Status.QUEUED) | Q(status=cls.Status.RUNNING, lease_until__lt=now),
            pk=pk,
        ).update(
            status=cls.Status.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=now + cls.LEASE,
            heartbeat_at=now,
            started_at=now,
            finished_at=None,
            error_code="",
            error_detail="",
        )
        if not taken:
            return None
        job = cast("Self", cls._default_manager.get(pk=pk))
        job._renewed_at = monotonic()
        return job

    def _update_mine(self, **fields: Any) -> None:
        """Save only while this worker's claim still stands; LeaseLost otherwise."""
        mine = type(self)._default_manager.filter(
            pk=self.pk, status=self.Status.RUNNING, attempts=self.attempts
        )
        if not mine.update(**fields):
            raise LeaseLost(str(self.pk))
        for name, value in fields.items():
            setattr(self, name, value)

    _renewed_at: float = float("-inf")

    def beat(self) -> None:
        """Renew the lease, at most every few seconds. Raises LeaseLost."""
        self.renew_lease(BEAT_SECONDS)

    def renew_lease(self, seconds: float, **fields: Any) -> bool:
        """As ``beat``, and save ``fields``; False where the last was less than ``seconds`` ago.

        A database that is away ends no work: the lease is renewed when it is back.
        """
        if monotonic() - self._renewed_at < seconds:
            return False
        try:
            now = clock.now()
            self._update_mine(**fields, heartbeat_at=now, lease_until=now + self.LEASE)
        except (DatabaseOperationalError, InterfaceError) as error:
            if not passes_by_itself(error):
                raise
            logger.warning("lease not renewed", job=self.stream_key, error=str(error))
            self._renewed_at = monotonic() - seconds + BEAT_AGAIN_SECONDS
            return False
        finally:
            give_back()  # whoever beats waits for something
        self._renewed_at = monotonic()
        return True

    def succeed(self, **result: Any) -> None:
        """Save the result and the end in one update. Raises LeaseLost."""
        self._update_mine(
            **result,
            status=self.Status.SUCCEEDED,
            finished_at=clock.now(),
            lease_until=None,
            error_code="",
            error_detail="",
        )

    def fail(self, error: JobError) -> float | None:
        """Queue the job again, or end it. Seconds until the next try, or None at the end.

        Raises LeaseLost.
        """
        now = clock.now()
        failures = self.failures
        if error.wait_limit is not None:
            again = now < self.queued_at + error.wait_limit
            delay = error.retry_after or 3.0
        else:
            failures += 1
            again = error.retryable and failures < self.MAX_FAILURES
            delay = error.retry_after or 2.0**failures
        delay *= random.uniform(0.8, 1.3)
        outcome: dict[str, Any] = {
            "failures": failures,
            "lease_until": None,
            "error_code": error.code,
            "error_detail": error.detail[:2000],
        }
        if again:
            self._update_mine(
                **outcome, status=self.Status.QUEUED, due_at=now + timedelta(seconds=delay)
            )
            return delay
        self._update_mine(**outcome, status=self.Status.FAILED, finished_at=now)
        return None

    def requeue(self) -> bool:
        """Start a finished-as-failed job afresh; False if it is not failed (any more)."""
        now = clock.now()
        changed = (
            type(self)
            ._default_manager.filter(pk=self.pk, status=self.Status.FAILED)
            .update(
                status=self.Status.QUEUED,
                failures=0,
                due_at=now,
                queued_at=now,
                finished_at=None,
                error_code="",
                error_detail="",
            )
        )
        return bool(changed)


def send_task(name: str, *args: str, delay: float = 0) -> None:
    """Send a task by its name: a web process has not imported the tasks.

    For work that a sweep does later anyway: a broker that is down costs time only.
    """
    try:
        current_app.send_task(name, args=list(args), countdown=delay or None)
    except (OperationalError, OSError) as error:
        logger.warning("task not sent, left to the sweeper", task=name, args=args, error=str(error))


def enqueue(job: Job, delay: float = 0) -> None:
    """Send the job's task."""
    send_task(job.TASK, str(job.pk), delay=delay)


def enqueue_afresh(job: Job) -> None:
    """Send the task of a job that was queued again, its stream from the start.

    Watchers read a stream from its beginning: the old failure must not be there.
    """
    live.Publisher(job.stream_key).restart({"state": "queued"})
    enqueue(job)


def enqueue_on_commit(job: Job) -> None:
    transaction.on_commit(lambda: enqueue(job))


def perform(
    model: type[JobType],
    pk: str,
    work: Callable[[JobType, live.Publisher], dict[str, Any]],
) -> None:
    """Claim a job, run ``work`` and save what it returns as the job's fields.

    ``work`` gets the row and the publisher of its live stream; it calls
    ``job.beat()`` while it waits, and raises JobError for what it knows.
    """
    job = model.claim(pk)
    if job is None:
        return
    stream = live.Publisher(job.stream_key)
    try:
        # A second run starts the stream anew; watchers drop what the first had shown.
        stream.restart({"state": "running", "run": job.attempts})
        result = work(job, stream)
        when_database_answers(lambda: job.succeed(**result))
    except LeaseLost:
        logger.warning("lease lost", job=job.stream_key)
        return
    except JobError as error:
        _end_or_retry(job, stream, error)
        return
    except DatabaseOperationalError as error:  # a lock or a lost connection: it heals
        logger.warning("database away", job=job.stream_key, error=str(error))
        _end_or_retry(job, stream, JobError("internal", str(error), retryable=True))
        return
    except Exception as error:  # a bug: retrying would only repeat it
        logger.exception("job failed unexpectedly", job=job.stream_key)
        _end_or_retry(job, stream, JobError("internal", f"{type(error).__name__}: {error}"))
        return
    stream.publish("done", {"state": job.status})


def _end_or_retry(job: Job, stream: live.Publisher, error: JobError) -> None:
    try:
        delay = when_database_answers(lambda: job.fail(error))
    except LeaseLost:
        return
    if delay is not None and error.wait_limit is not None:  # it passes by itself
        logger.info("job waits", job=job.stream_key, error=str(error), retry_in=delay)
    else:
        logger.warning("job failed", job=job.stream_key, error=str(error), retry_in=delay)
    if delay is None:
        stream.publish("error", {"code": error.code, "retryable": job.can_heal})
    else:
        stream.publish("progress", {"state": "waiting", "reason": error.code})
        enqueue(job, delay)


def sweep(now: datetime, *, with_leases: bool = True) -> int:
    """Queue again every job whose worker or message was lost. Returns how many.

    ``now`` is the database's. A message that may still stand in its queue is not sent a
    second time, however long all workers are away.
    """
    swept = 0
    for model in apps.get_models():
        if not issubclass(model, Job):
            continue
        if with_leases:
            for job in model._default_manager.lease_expired(now):
                swept += _recover(job, now)
        if undelivered := list(model._default_manager.undelivered(now)):
            swept += _send_again(undelivered, now)
    return swept


def _send_again(jobs: list[Job], now: datetime) -> int:
    """Send the tasks of ``jobs``, all of one model, whose messages are in no queue."""
    standing = queues.standing(jobs[0].TASK)
    if standing is None:  # no broker, nothing to send to
        return 0
    sent = 0
    for job in jobs:
        if job.pk in standing:
            continue
        # The conditional update lets one of two sweepers win.
        due = type(job)._default_manager.filter(
            pk=job.pk, status=Job.Status.QUEUED, due_at=job.due_at
        )
        if due.update(due_at=now):
            enqueue(job)
            sent += 1
    return sent


def _recover(job: Job, now: datetime) -> bool:
    mine = type(job)._default_manager.filter(
        pk=job.pk,
        status=Job.Status.RUNNING,
        attempts=job.attempts,
        lease_until=job.lease_until,
    )
    failures = job.failures + 1
    if failures >= job.MAX_FAILURES:
        ended = mine.update(
            status=Job.Status.FAILED,
            failures=failures,
            lease_until=None,
            error_code="worker_lost",
            finished_at=now,
        )
        if ended:
            live.Publisher(job.stream_key).publish(
                "error", {"code": "worker_lost", "retryable": True}
            )
        return bool(ended)
    if not mine.update(status=Job.Status.QUEUED, failures=failures, lease_until=None, due_at=now):
        return False
    logger.warning("lease expired, queued again", job=job.stream_key)
    enqueue(job)
    return True
