"""Practice sessions: some questions in a row, with a clock if one is wanted.

What was asked is kept as it was then: staff may edit or take back a question meanwhile.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from apps.interview.models import Attempt, Question

if TYPE_CHECKING:
    from apps.accounts.models import User

QUESTIONS_MAX = 10
"""Of one session: an hour's work, and what one page of debrief can hold."""

ABOUT_MAX = 100
"""Characters: as long as a company's name may be on a chip."""

GRACE = timedelta(seconds=10)
"""An answer that arrives so long after the end was sent before it: a slow network's share."""


class SessionQuerySet(models.QuerySet["Session"]):
    def for_user(self, user: User) -> SessionQuerySet:
        return self.filter(user=user)

    def open(self) -> SessionQuerySet:
        return self.filter(ended_at__isnull=True)

    def over(self, now: datetime) -> SessionQuerySet:
        """Open ones whose time has ended, and with it every answer that was on its way."""
        return self.open().filter(ends_at__lte=now - GRACE)

    def never_begun(self, before: datetime) -> SessionQuerySet:
        return self.open().filter(started_at__isnull=True, created_at__lt=before)

    def with_steps(self) -> SessionQuerySet:
        """Each session's steps, with their questions and what became of the answers."""
        steps = SessionQuestion.objects.select_related("question__topic", "attempt__feedback")
        return self.prefetch_related(models.Prefetch("steps", queryset=steps))


class Session(models.Model):
    """One sitting of one person. ``created`` → first key: ``started`` → ``ended``."""

    class Ending(models.TextChoices):
        ANSWERED = "answered", _("all questions were answered")
        TIME = "time", _("time was up")
        EARLY = "early", _("ended early")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_sessions"
    )
    topics = models.JSONField(default=list)
    """As chosen then: [{slug, ko, en}]; none is all of them."""
    about = models.CharField(max_length=ABOUT_MAX, blank=True)
    """What called for its questions, where that was a text: a company's name, the résumé."""
    difficulty = models.PositiveSmallIntegerField(null=True, choices=Question.Difficulty.choices)
    time_limit = models.PositiveIntegerField(null=True)
    """Seconds; null is without end."""
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    """Of the feedback."""
    idempotency_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    """When the first key was pressed: the clock waits for it."""
    moved_at = models.DateTimeField(null=True)
    """The last answer or skip: the time since then belongs to the question after it."""
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    revision = models.PositiveIntegerField(default=0)
    """Grows by one with each step that is taken."""

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="one_session_a_request"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["ended_at", "ends_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        name = "practice:session_detail" if self.ended_at is None else "practice:debrief"
        return reverse(name, args=[self.pk])

    @property
    def subjects(self) -> list[str]:
        """What it was about, in a few words; nothing where it was about everything."""
        return [self.about] if self.about else self.topic_names

    @property
    def topic_names(self) -> list[str]:
        language = "en" if translation.get_language() == "en" else "ko"
        return [topic[language] or topic["slug"] for topic in self.topics]

    @property
    def minutes(self) -> int | None:
        return None if self.time_limit is None else self.time_limit // 60

    def time_is_up(self, now: datetime) -> bool:
        return self.ends_at is not None and now >= self.ends_at

    def seconds_left(self, now: datetime) -> int | None:
        """Null without a limit; the whole limit before the clock runs."""
        if self.time_limit is None or self.ends_at is None:
            return self.time_limit
        return max(0, int((self.ends_at - now).total_seconds()))


class SessionQuestionQuerySet(models.QuerySet["SessionQuestion"]):
    def for_user(self, user: User) -> SessionQuestionQuerySet:
        return self.filter(session__user=user)

    def unanswered(self) -> SessionQuestionQuerySet:
        return self.filter(attempt__isnull=True)


class SessionQuestion(models.Model):
    """A question as it was asked in a session, and the answer that it got."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    """From 1."""
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    text_ko = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    attempt = models.ForeignKey(Attempt, models.SET_NULL, null=True, related_name="+")
    skipped_at = models.DateTimeField(null=True)
    """Those skipped are asked again after the others, the one skipped longest ago first."""
    seconds = models.PositiveIntegerField(default=0)
    """Spent on it, as the server saw it."""

    objects = SessionQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="one_question_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"

    @property
    def text(self) -> str:
        """As it was asked, in the language of the page, else in the other."""
        own, other = self.text_ko, self.text_en
        if translation.get_language() == "en":
            own, other = other, own
        return own or other
