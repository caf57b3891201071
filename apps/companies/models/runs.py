"""The batch: a ledger of its runs, and one job a company and language in each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.common.jobs import Job, JobError, LeaseLost

from .companies import Company
from .sources import SourceText
from .summaries import Summary

STEPS_SECONDS = 2.0
"""Between two notes of how far a summary is."""
UNFINISHED = (Job.Status.QUEUED, Job.Status.RUNNING)


class SummaryRun(models.Model):
    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("schedule")
        STAFF = "staff", _("staff")
        COMMAND = "command", _("command")

    trigger = models.CharField(_("started by"), max_length=10, choices=Trigger.choices)
    slot = models.CharField(max_length=100, null=True, unique=True, editable=False)  # noqa: DJ001
    """The due moment of its schedule: however often that is triggered, there is one run."""
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    chosen = models.JSONField(_("chosen companies"), default=list)
    """Slugs; empty for all that have sources."""
    anew = models.BooleanField(_("even where nothing changed"), default=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    companies_seen = models.PositiveIntegerField(_("companies"), default=0)
    summaries_planned = models.PositiveIntegerField(_("planned"), default=0)
    written = models.PositiveIntegerField(_("written"), default=0)
    skipped = models.PositiveIntegerField(_("unchanged"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    prompt_tokens = models.PositiveBigIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveBigIntegerField(_("completion tokens"), default=0)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["finished_at"])]
        verbose_name = _("summary run")
        verbose_name_plural = _("summary runs")

    def __str__(self) -> str:
        return str(_("Run %(number)d") % {"number": self.pk})

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def took(self) -> timedelta:
        """Until now, while it goes on."""
        return (self.finished_at or timezone.now()) - self.started_at

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def gone(self) -> int:
        """Summaries that were not made because their company was deleted meanwhile."""
        return (
            self.summaries_planned - self.written - self.skipped - self.failed - self.cancelled
            if self.is_over
            else 0
        )

    def count(self) -> None:
        """Read the counts off the jobs, as far as these are."""
        jobs = SummaryJob.objects.filter(run=self)
        counted: dict[str, Any] = jobs.aggregate(
            written=Count("pk", filter=Q(outcome=SummaryJob.Outcome.WRITTEN)),
            skipped=Count(
                "pk",
                filter=Q(outcome__in=[SummaryJob.Outcome.SKIPPED, SummaryJob.Outcome.NOT_NEEDED]),
            ),
            failed=Count("pk", filter=Q(status=Job.Status.FAILED)),
            cancelled=Count("pk", filter=Q(status=Job.Status.CANCELLED)),
            prompt_tokens=Sum("prompt_tokens", default=0),
            completion_tokens=Sum("completion_tokens", default=0),
        )
        for name, value in counted.items():
            setattr(self, name, value)


class SummaryJob(Job):
    KIND = "summary"
    TASK = "apps.companies.tasks.run_summary"
    ERROR_MESSAGES = {
        "no_sources": _("This company has no source text in use. Add one, then run it again."),
        "sources_changed": _("A source was deleted while it was being summarised. Run it again."),
        "taking_turns": _("Another run is summarising this company. This one waits for it."),
        "nothing_to_summarise": _(
            "No sentence of the sources could be used. Look at the texts, then run it again."
        ),
        "inference_loading": _("The model was still loading when patience ended. Run it again."),
        "inference_down": _("The model could not be reached for hours. Run it again."),
        "inference_busy": _("The model was busy for hours. Run it again."),
        "inference_timeout": _("The model fell silent again and again. Run it again."),
        "inference_cut": _("The model broke off again and again. Run it again."),
        "inference_invalid": _("The model's reply was unreadable, so nothing of it was kept."),
        "inference_failed": _("The model could not make this summary. The detail says why."),
        "answer_too_long_for_model": _("A source is longer than the model can read."),
        "worker_lost": _("The work was interrupted several times. Run it again."),
        "internal": _("Something went wrong on our side. The detail says what."),
    }
    MAX_FAILURES = 8
    # Many wait in line for minutes, and a message that is sent again joins its end.
    DELIVERY_GRACE = timedelta(minutes=5)

    class Outcome(models.TextChoices):
        WRITTEN = "written", _("written")
        SKIPPED = "skipped", _("unchanged")
        NOT_NEEDED = "not_needed", _("no source in this language")

    run = models.ForeignKey(
        SummaryRun, models.CASCADE, related_name="jobs", verbose_name=_("summary run")
    )
    company = models.ForeignKey(
        Company, models.CASCADE, related_name="summary_jobs", verbose_name=_("company")
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    summary = models.ForeignKey(
        Summary,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("summary"),
    )
    """What it wrote, or what still holds."""
    turn = models.PositiveSmallIntegerField(default=0, editable=False)
    """The claim (``attempts``) that has the turn for this company and language."""
    steps_done = models.PositiveIntegerField(default=0, editable=False)
    steps_total = models.PositiveIntegerField(default=0, editable=False)
    prompt_tokens = models.PositiveIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveIntegerField(_("completion tokens"), default=0)

    class Meta(Job.Meta):
        ordering = ["company__slug", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "company", "language"], name="one_summary_job_a_run"
            )
        ]
        verbose_name = _("summary job")
        verbose_name_plural = _("summary jobs")

    @classmethod
    def last_failure(cls, company_id: int, language: str) -> SummaryJob | None:
        """Why the newest run has no newer summary of it, if it failed."""
        newest = (
            cls.objects.filter(company=company_id, language=language)
            .filter(status__in=[cls.Status.SUCCEEDED, cls.Status.FAILED])
            .order_by("-finished_at")
            .first()
        )
        return newest if newest and newest.status == cls.Status.FAILED else None

    def begin(self) -> None:
        """Forget how far an earlier claim was. Raises LeaseLost.

        Patience with what lies outside begins with the first claim, not in the line.
        """
        queued_at = clock.now() if self.attempts == 1 else self.queued_at
        self._update_mine(queued_at=queued_at, steps_done=0, steps_total=0)

    def take_turn(self) -> bool:
        """Whether this job may work: one at a time does for a company and language.

        Raises LeaseLost, also where the company is gone.
        """
        with transaction.atomic():
            self._lock_company()
            working = SummaryJob.objects.filter(
                company=self.company_id,
                language=self.language,
                status=self.Status.RUNNING,
                turn=F("attempts"),
                lease_until__gte=clock.now(),
            )
            if working.exclude(pk=self.pk).exists():
                return False
            self._update_mine(turn=self.attempts)
            return True

    def note_steps(self, done: int, total: int) -> None:
        """Say how far it is: at first, then every few seconds. Raises LeaseLost."""
        if total and not self.steps_total:
            self._renewed_at = float("-inf")
        self.renew_lease(STEPS_SECONDS, steps_done=done, steps_total=total)

    def succeed(
        self, *, new: Summary | None = None, topics: list[str] | None = None, **result: Any
    ) -> None:
        """As every job, with the new summary in the same transaction.

        Raises LeaseLost, also where the company is gone, and JobError where a source
        that the summary cites is.
        """
        if new is None:
            super().succeed(**result)
            return
        with transaction.atomic():
            new.company = self._lock_company()
            cited = {
                citation["source_id"]
                for sentence in new.sentences
                for citation in sentence["citations"]
            }
            if SourceText.objects.filter(pk__in=cited, company=new.company).count() != len(cited):
                raise JobError("sources_changed", retryable=True)
            new.add(topics or [])
            super().succeed(summary=new, **result)

    def _lock_company(self) -> Company:
        company = Company.objects.select_for_update().filter(pk=self.company_id).first()
        if company is None:
            raise LeaseLost(str(self.pk))
        return company
