"""What a person is asked again: a card for each key point that an answer of theirs met.

A card's schedule is made anew from its ratings whenever one comes or changes, so it can
neither lose one nor count one twice.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.jobs import Job, JobQuerySet
from apps.interview.models import METHODS_THAT_JUDGE, Feedback, KeyPoint, Question

from .days import CLOCK_SLACK, Day

if TYPE_CHECKING:
    from apps.accounts.models import User

ANSWER_MAX_LENGTH = 600
"""Characters: a sentence or two about one point, with room for a third."""
MORNING = 8
"""The hour of the daily mail until its reader chooses another."""


def is_due(day: Day) -> Q:
    """Due by the end of that day.

    A last review that lies ahead was written by a clock that has jumped: what such a card
    says of when it is due is not believed.
    """
    return Q(due__lt=day.ends) | Q(last_review__gt=day.now + CLOCK_SLACK)


def untouched(day: Day) -> Q:
    """Neither answered nor skipped on that day."""
    return ~Q(answered_on=day.date) & ~Q(skipped_on=day.date)


class ReviewCardQuerySet(models.QuerySet["ReviewCard"]):
    def for_user(self, user: User) -> ReviewCardQuerySet:
        return self.filter(user=user)

    def askable(self) -> ReviewCardQuerySet:
        """Those whose question staff have not taken back."""
        return self.filter(key_point__question__in=Question.objects.answerable())

    def due_on(self, day: Day) -> ReviewCardQuerySet:
        return self.filter(is_due(day), untouched(day))

    def with_texts(self) -> ReviewCardQuerySet:
        return self.select_related("key_point__question__topic").prefetch_related(
            "key_point__question__key_points"
        )


class ReviewCard(models.Model):
    """One person and one key point, and when it is about to be forgotten (FSRS)."""

    class State(models.IntegerChoices):
        LEARNING = 1, _("learning")
        REVIEW = 2, _("review")
        RELEARNING = 3, _("relearning")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_point = models.ForeignKey(KeyPoint, models.CASCADE, related_name="+")
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.LEARNING)
    step = models.PositiveSmallIntegerField(null=True)
    stability = models.FloatField(null=True)
    difficulty = models.FloatField(null=True)
    due = models.DateTimeField(default=timezone.now)
    last_review = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True)
    """The person's day on which it was answered last: a card is asked once a day."""
    skipped_on = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=0)
    """Grows with each answer and each skip; a device that holds an older one is told."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReviewCardQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key_point"], name="one_card_a_user_and_point")
        ]
        indexes = [models.Index(fields=["user", "due"])]
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")

    def get_absolute_url(self) -> str:
        return reverse("reviews:card_detail", args=[self.pk])

    def is_due_on(self, day: Day) -> bool:
        """As ``due_on``, of a row at hand."""
        ahead = self.last_review is not None and self.last_review > day.now + CLOCK_SLACK
        touched = day.date in (self.answered_on, self.skipped_on)
        return (self.due < day.ends or ahead) and not touched


class ReviewRating(models.Model):
    """What one answer said of a card: the attempt's mark, or the review answer's."""

    card = models.ForeignKey(ReviewCard, models.CASCADE, related_name="ratings")
    source = models.UUIDField()
    """Of the Attempt or ReviewAnswer. A corrected mark takes its rating's place."""
    rating = models.PositiveSmallIntegerField()
    """As fsrs.Rating: 1 again, 2 hard, 3 good."""
    reviewed_at = models.DateTimeField()

    class Meta:
        ordering = ["reviewed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["card", "source"], name="one_rating_an_answer")
        ]


class ReviewAnswerQuerySet(JobQuerySet["ReviewAnswer"]):
    def for_user(self, user: User) -> Self:
        return self.filter(user=user)


class ReviewAnswer(Job):
    """A sentence or two about one key point, and the job that judges them."""

    KIND = "review"
    TASK = "apps.reviews.tasks.run_review"
    ERROR_MESSAGES = {
        **Feedback.ERROR_MESSAGES,
        "point_gone": _(
            "This point was taken out of its question meanwhile, so there is nothing to compare."
        ),
    }
    HOPELESS = (*Feedback.HOPELESS, "point_gone")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("candidate")
    )
    card = models.ForeignKey(
        ReviewCard, models.SET_NULL, null=True, related_name="answers", verbose_name=_("card")
    )
    """None once staff have removed its key point: what was answered stays."""
    question = models.ForeignKey(
        Question, models.CASCADE, related_name="+", verbose_name=_("question")
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    answer = models.TextField(_("answer"))
    idempotency_key = models.CharField(max_length=64, editable=False)
    mark = models.JSONField(_("mark"), default=dict, blank=True)
    """As one of ``Feedback.key_points``; empty until it is judged."""
    method = models.CharField(_("assessment method"), max_length=60, blank=True)
    guess = models.BooleanField(_("marks are guesses"), default=False)
    model = models.CharField(_("model"), max_length=200, blank=True)

    objects: ClassVar[Any] = ReviewAnswerQuerySet.as_manager()

    class Meta(Job.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="one_review_answer_a_submission"
            )
        ]
        indexes = [*Job.Meta.indexes, models.Index(fields=["user", "-created_at"])]
        verbose_name = _("review answer")
        verbose_name_plural = _("review answers")

    def get_absolute_url(self) -> str:
        return reverse("reviews:answer_detail", args=[self.pk])

    @property
    def is_guess(self) -> bool:
        """Whether whoever shows the mark says that it is a guess."""
        judges = self.method.partition("-")[0] in METHODS_THAT_JUDGE
        return bool(self.mark) and (self.guess or not judges)


class ReviewSettings(models.Model):
    """The zone in which a person's days begin, and whether a question comes by mail."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="review_settings"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=settings.TIME_ZONE)
    daily_mail = models.BooleanField(_("question of the day by e-mail"), default=False)
    mail_hour = models.PositiveSmallIntegerField(
        _("hour of the mail"), default=MORNING, validators=[MaxValueValidator(23)]
    )

    class Meta:
        indexes = [models.Index(fields=["daily_mail", "time_zone"])]


class DailyMail(models.Model):
    """A question that was sent: the row is there before the mail, so each goes out once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    """The person's."""
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="one_mail_a_user_and_day")
        ]
