"""Tallies kept as answers are assessed, so that a page never counts attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from apps.interview.models import KeyPoint, Question

from .standing import Level

if TYPE_CHECKING:
    from apps.accounts.models import User


class PointMark(models.Model):
    """What one answer was told of one key point: what a standing is made from."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_point = models.ForeignKey(KeyPoint, models.CASCADE, related_name="+")
    source = models.UUIDField()
    """Of the Attempt or ReviewAnswer. A corrected mark takes the place of the first."""
    answered_at = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)
    """The attempt's: of marks from one moment, which is the later one."""
    status = models.CharField(max_length=10)
    """``unsure`` where it is a guess (``standing.status_of``)."""
    guess = models.BooleanField(default=False)

    class Meta:
        ordering = ["answered_at", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key_point", "source"], name="one_mark_an_answer")
        ]
        indexes = [models.Index(fields=["user", "key_point"])]


class PointStandingQuerySet(models.QuerySet["PointStanding"]):
    def for_user(self, user: User) -> PointStandingQuerySet:
        return self.filter(user=user)

    def shown(self) -> PointStandingQuerySet:
        """Of questions that can be answered: what staff took back is not asked for."""
        return self.filter(question__in=Question.objects.answerable().order_by().values("pk"))

    def weakest_first(self) -> PointStandingQuerySet:
        return self.order_by(*WEAKEST_FIRST)


WEAKEST_FIRST = ("level", "-times_missed", "-key_point__weight", "-last_at", "pk")


class PointStanding(models.Model):
    """How one person stands with one key point: its marks, summed up (``standing.py``)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key_point = models.ForeignKey(KeyPoint, models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    """The key point's own, so that a topic is summed without a table between."""
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    last_status = models.CharField(max_length=10)
    guess = models.BooleanField(default=False)
    """Whether the last mark was a guess."""
    times_covered = models.PositiveIntegerField(default=0)
    times_missed = models.PositiveIntegerField(default=0)
    covered_in_a_row = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    objects = PointStandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key_point"], name="one_standing_a_user_and_key_point"
            )
        ]
        indexes = [models.Index(fields=["user", "level"])]


class CountedAnswer(models.Model):
    """An assessed answer and the day that it counts for, so that it counts once."""

    source = models.UUIDField(primary_key=True)
    """Of the Attempt or ReviewAnswer."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    """Where the person was then: a new time zone moves no day that is past."""


class PracticeDay(models.Model):
    """A day on which somebody answered: the sum of its counted answers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    answers = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="one_practice_day_a_user")
        ]
