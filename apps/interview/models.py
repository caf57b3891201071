"""Questions that staff curate, and what candidates make of them.

Fields registered in translation.py exist once for each language (``text_ko``,
``text_en``); the bare name reads the active language, else the other.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.jobs import Job

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

ANSWER_MAX_LENGTH = 4000
"""Characters: a five-minute spoken answer, and well inside the demo model's context."""


@dataclass(frozen=True, slots=True)
class Bounds:
    minimum: int
    maximum: int

    def holds(self, count: int) -> bool:
        return self.minimum <= count <= self.maximum


KEY_POINTS = Bounds(3, 7)
"""Of a published question: fewer say little about an answer, more are not read."""
FOLLOW_UP_POINTS = Bounds(2, 4)
"""Of a published follow-up, which asks about one point and takes a few sentences."""

MISCONCEPTIONS_MAX = 8
"""Of one key point: what the sidecar's contract takes."""

IMPROVE_BELOW = 80
"""A question is worth another try while its last score is below this (0–100)."""


ANSWERED_LATELY = timedelta(days=7)
"""As long as staff's answer to a dispute is news on the home page."""


METHODS_THAT_JUDGE = ("judge", "rubric")
"""Every other way of assessing, such as the old ``signals``, guesses from the words."""


class Topic(models.Model):  # type: ignore[django-manager-missing]
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self) -> QuestionQuerySet:
        """What lists offer: follow-ups are only asked after the question that they follow."""
        return self.filter(status=Question.Status.PUBLISHED, follows__isnull=True)

    def answerable(self) -> QuestionQuerySet:
        """Published ones, and the published follow-ups of published ones."""
        published = Question.Status.PUBLISHED
        return self.filter(Q(follows__isnull=True) | Q(follows__status=published), status=published)

    def bookmarked_by(self, user: User) -> QuestionQuerySet:
        return self.filter(pk__in=Bookmark.objects.filter(user=user).values("question"))

    def matching(self, words: str) -> QuestionQuerySet:
        """Each word stands in the question, a key point or the topic, in either language."""
        found = self
        for word in words.split()[:8]:
            points = KeyPoint.objects.filter(
                Q(text_ko__icontains=word) | Q(text_en__icontains=word)
            )
            found = found.filter(
                Q(text_ko__icontains=word)
                | Q(text_en__icontains=word)
                | Q(topic__name_ko__icontains=word)
                | Q(topic__name_en__icontains=word)
                | Q(pk__in=points.values("question"))
            )
        return found

    def not_tried_by(self, user: User) -> QuestionQuerySet:
        return self.exclude(pk__in=QuestionProgress.objects.filter(user=user).values("question"))

    def tried_by(self, user: User) -> QuestionQuerySet:
        return self.filter(pk__in=QuestionProgress.objects.filter(user=user).values("question"))

    def to_improve_by(self, user: User) -> QuestionQuerySet:
        progress = QuestionProgress.objects.filter(user=user, last_score__lt=IMPROVE_BELOW)
        return self.filter(pk__in=progress.values("question"))

    def with_progress_of(self, user: User | AnonymousUser) -> QuestionQuerySet:
        """Each question's ``own_progress`` (a list of the user's row, or empty) and
        ``is_bookmarked``."""
        rows = (
            QuestionProgress.objects.filter(user=user)
            if user.is_authenticated
            else QuestionProgress.objects.none()
        )
        kept: Any = models.Value(False, output_field=models.BooleanField())
        if user.is_authenticated:
            kept = models.Exists(Bookmark.objects.filter(user=user, question=OuterRef("pk")))
        return self.annotate(is_bookmarked=kept).prefetch_related(
            models.Prefetch("progress", queryset=rows, to_attr="own_progress")
        )


class Question(models.Model):  # type: ignore[django-manager-missing]
    class Difficulty(models.IntegerChoices):
        EASY = 1, _("easy")
        MEDIUM = 2, _("medium")
        HARD = 3, _("hard")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    topic = models.ForeignKey(
        Topic, models.PROTECT, related_name="questions", verbose_name=_("topic")
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"), choices=Difficulty.choices, default=Difficulty.MEDIUM
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    text = models.TextField(_("question"))
    model_answer = models.TextField(_("model answer"), help_text=_("Markdown"))
    common_mistakes = models.TextField(_("common mistakes"), blank=True, help_text=_("One a line."))
    follows = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("follows the question"),
    )
    follows_point = models.ForeignKey(
        "KeyPoint",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("asks further about the key point"),
    )
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    """What loadcontent last wrote; a row that differs was edited by staff and stays."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = QuestionQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["topic__position", "difficulty", "id"]
        indexes = [models.Index(fields=["status", "topic", "difficulty"])]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("interview:question_detail", args=[self.slug])

    @property
    def points_allowed(self) -> Bounds:
        """How many key points it has once it is published."""
        return FOLLOW_UP_POINTS if self.follows_id else KEY_POINTS


class KeyPoint(models.Model):  # type: ignore[django-manager-missing]
    question = models.ForeignKey(Question, models.CASCADE, related_name="key_points")
    slug = models.SlugField(_("slug"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text=_("1 nice to have, 2 expected, 3 essential"),
    )
    text = models.CharField(_("key point"), max_length=200)
    aliases = models.TextField(
        _("aliases"), blank=True, help_text=_("Other wordings that count, one a line.")
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "slug"], name="key_point_slug_once_a_question"
            )
        ]
        verbose_name = _("key point")
        verbose_name_plural = _("key points")

    def __str__(self) -> str:
        return self.text

    @property
    def alias_list(self) -> list[str]:
        return [line.strip() for line in (self.aliases or "").splitlines() if line.strip()]


class Misconception(models.Model):  # type: ignore[django-manager-missing]
    """A common mistake: what some answers claim that contradicts a key point."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="misconceptions")
    """The key point's own, so that a mistake is edited on its question's page."""
    key_point = models.ForeignKey(
        KeyPoint,
        models.CASCADE,
        related_name="misconceptions",
        verbose_name=_("contradicts the key point"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    statement = models.CharField(
        _("what is claimed"),
        max_length=200,
        help_text=_("One false sentence, as a candidate would say it."),
    )
    correction = models.CharField(
        _("what to say to it"),
        max_length=300,
        help_text=_("What is right, to somebody who claimed it."),
    )

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("misconception")
        verbose_name_plural = _("misconceptions")

    def __str__(self) -> str:
        return self.statement


class Bookmark(models.Model):
    """A question that somebody wants to find again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question"], name="one_bookmark_a_user_and_question"
            )
        ]


class Draft(models.Model):
    """An answer being written: one a person and question, on all their devices."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    """Grows by one with each save; a device that holds an older one is told."""
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question"], name="one_draft_a_user_and_question"
            )
        ]


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def for_user(self, user: User) -> AttemptQuerySet:
        return self.filter(user=user)

    def matching(self, words: str) -> AttemptQuerySet:
        """Each word stands in the question or its topic, in either language, or in the answer."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                Q(question__text_ko__icontains=word)
                | Q(question__text_en__icontains=word)
                | Q(question__topic__name_ko__icontains=word)
                | Q(question__topic__name_en__icontains=word)
                | Q(answer__icontains=word)
            )
        return found


class Attempt(models.Model):
    """A submitted answer. Never changed once written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="attempts",
        verbose_name=_("candidate"),
    )
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="attempts", verbose_name=_("question")
    )
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("feedback language"), max_length=5, choices=settings.LANGUAGES)
    answer = models.TextField(_("answer"))
    seconds_spent = models.PositiveIntegerField(_("seconds spent"), null=True, blank=True)
    idempotency_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question", "number"], name="attempts_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="one_attempt_a_submission"
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at"])]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.question.slug} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("interview:attempt_detail", args=[self.pk])


class Feedback(Job):
    """What the sidecar says of an attempt, and the job that gets it."""

    KIND = "feedback"
    TASK = "apps.interview.tasks.run_feedback"
    ERROR_MESSAGES = {
        "inference_loading": _(
            "Feedback is still warming up. Your answer is safe; try again in a minute."
        ),
        "inference_down": _(
            "Feedback could not be reached for a while. Your answer is safe; try again."
        ),
        "inference_busy": _("Feedback is very busy. Your answer is safe; try again soon."),
        "taking_turns": _("Several of your answers came at once. They are read one after another."),
        "inference_timeout": _("Feedback took too long. Your answer is safe; try again."),
        "inference_cut": _("Feedback broke off midway. Your answer is safe; try again."),
        "inference_invalid": _(
            "Feedback came back unreadable, so we did not keep it. Your answer is safe; try again."
        ),
        "inference_failed": _("Feedback could not be made. Your answer is safe; try again."),
        "answer_too_long_for_model": _(
            "This answer is longer than the feedback model can read. "
            "Try again with a shorter answer."
        ),
        "worker_lost": _("Feedback was interrupted several times. Your answer is safe; try again."),
        "internal": _("Something went wrong on our side. Your answer is safe; try again."),
    }
    HOPELESS = ("answer_too_long_for_model",)

    attempt = models.OneToOneField(
        Attempt, models.CASCADE, related_name="feedback", verbose_name=_("attempt")
    )
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    key_points = models.JSONField(_("key points"), default=list, blank=True)
    """As judged: [{id, text, weight, status, confidence, quote?: {start, end, text},
    misconception?: {statement, correction}}], with our own words as they were then."""
    prose = models.TextField(_("feedback"), blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    method = models.CharField(_("assessment method"), max_length=60, blank=True)
    guess = models.BooleanField(
        _("marks are guesses"),
        default=False,
        help_text=_("The model is too small to judge; the page says so."),
    )
    prompt_version = models.CharField(_("prompt version"), max_length=60, blank=True)
    prose_method = models.CharField(_("prose method"), max_length=10, blank=True)
    prompt_tokens = models.PositiveIntegerField(_("prompt tokens"), null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(_("completion tokens"), null=True, blank=True)
    timing = models.JSONField(_("timing in ms"), default=dict, blank=True)

    class Meta(Job.Meta):
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    @property
    def is_guess(self) -> bool:
        """Whether whoever shows the marks says that they are guesses."""
        return self.guess or self.method.partition("-")[0] not in METHODS_THAT_JUDGE

    def assessment_data(self) -> dict[str, Any]:
        """The ``assessment`` event: as it comes, and again from the row of a finished job."""
        return {
            "score": self.score,
            "key_points": self.key_points,
            "method": self.method,
            "guess": self.is_guess,
        }

    @property
    def covered_count(self) -> int:
        return sum(point["status"] == "covered" for point in self.key_points)


class QuestionProgress(models.Model):
    """How one person stands with one question: kept so that lists never count attempts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, models.CASCADE, related_name="progress")
    attempts = models.PositiveIntegerField(default=0)
    last_score = models.PositiveSmallIntegerField(null=True)
    last_score_attempt = models.PositiveIntegerField(default=0)
    """Number of the attempt that last_score belongs to: feedback may arrive out of order."""
    best_score = models.PositiveSmallIntegerField(null=True)
    last_attempt_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question"], name="one_progress_a_user_and_question"
            )
        ]
        indexes = [models.Index(fields=["user", "last_score"])]


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def for_user(self, user: User) -> DisputeQuerySet:
        return self.filter(feedback__attempt__user=user)

    def answered_lately(self) -> DisputeQuerySet:
        """What the home page tells of, the newest first."""
        since = timezone.now() - ANSWERED_LATELY
        return self.filter(decided_at__gte=since).order_by("-decided_at")

    def decided(self) -> DisputeQuerySet:
        return self.exclude(status=Dispute.Status.OPEN)

    def open(self) -> DisputeQuerySet:
        return self.filter(status=Dispute.Status.OPEN)


class Dispute(models.Model):
    """A candidate's word that a mark is wrong, and what staff answered."""

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        UPHELD = "upheld", _("the mark stays")
        CORRECTED = "corrected", _("the mark was corrected")

    feedback = models.ForeignKey(
        Feedback, models.CASCADE, related_name="disputes", verbose_name=_("feedback")
    )
    key_point = models.SlugField(_("key point"), max_length=60)
    """Its slug among ``Feedback.key_points``: what was judged, whatever staff edit later."""
    reason = models.TextField(_("reason"), max_length=1000)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    mark_before = models.CharField(_("mark"), max_length=10)
    mark_after = models.CharField(_("corrected mark"), max_length=10, blank=True)
    reply = models.TextField(_("answer to the candidate"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["feedback", "key_point"], name="one_dispute_a_mark")
        ]
        indexes = [models.Index(fields=["status", "-created_at"])]
        verbose_name = _("disputed mark")
        verbose_name_plural = _("disputed marks")

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.key_point}"
