"""The tallies follow the marks: after each assessment, and from the start again.

Both take the person's row first, as every writer of their rows does: two assessments that end
together pass one by one, and lock nothing against each other.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from apps.accounts.models import User
from apps.interview.models import Attempt, Feedback, KeyPoint
from apps.reviews.models import ReviewAnswer

from .models import CountedAnswer, PointMark, PointStanding, PracticeDay
from .standing import standing_of, status_of
from .zones import local_day, zone_of

BATCH = 500
"""Rows a statement: few statements, and none that MariaDB's packet is too small for."""
STANDING_FIELDS = (
    "question_id", "level", "last_status", "guess", "times_covered", "times_missed",
    "covered_in_a_row", "last_at",
)  # fmt: skip


def record(attempt: Attempt, marks: Sequence[Mapping[str, Any]], guess: bool) -> None:
    """An attempt's marks stand (``apps.interview.signals.assessed``), or were corrected.

    Safe to run twice and in any order of attempts. Marks of key points that staff have removed
    meanwhile are passed over.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=attempt.user_id).first()
        if user is None:  # deleted while the model read the answer
            return
        _count(user, attempt.pk, attempt.created_at)
        points = dict(
            KeyPoint.objects.filter(question=attempt.question_id).values_list("slug", "pk")
        )
        wanted = _marks_of(attempt, marks, guess, points)
        _save_marks(
            wanted, PointMark.objects.filter(source=attempt.pk, key_point__in=points.values())
        )
        _sum_up(user, {mark.key_point_id for mark in wanted})


def record_review(
    answer: ReviewAnswer, key_point: int, mark: Mapping[str, Any], guess: bool
) -> None:
    """A review answer's mark stands (``apps.reviews.signals.reviewed``). Safe to run twice."""
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=answer.user_id).first()
        if user is None or not KeyPoint.objects.filter(pk=key_point).exists():
            return
        _count(user, answer.pk, answer.created_at)
        kept = PointMark.objects.filter(source=answer.pk, key_point=key_point)
        _save_marks([_review_mark(answer, key_point, mark, guess)], kept)
        _sum_up(user, {key_point})


def rebuild(user: User) -> int:
    """All tallies of a person from their feedback and reviews; how many answers were read.

    Days that were counted already stay the days that they were.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        points = _points_by_question(user)
        wanted: list[PointMark] = []
        answers: list[Attempt | ReviewAnswer] = []
        done = (
            Feedback.objects.filter(attempt__user=user, status=Feedback.Status.SUCCEEDED)
            .select_related("attempt")
            .only("key_points", "guess", "method", "attempt__user", "attempt__question",
                  "attempt__number", "attempt__created_at")
        )  # fmt: skip
        for feedback in done.iterator(BATCH):
            attempt = feedback.attempt
            answers.append(attempt)
            wanted += _marks_of(
                attempt, feedback.key_points, feedback.is_guess, points[attempt.question_id]
            )
        reviews = ReviewAnswer.objects.filter(
            user=user, status=ReviewAnswer.Status.SUCCEEDED, card__isnull=False
        )
        for answer in reviews.select_related("card"):
            answers.append(answer)
            wanted.append(
                _review_mark(
                    answer,
                    answer.card.key_point_id,  # type: ignore[union-attr]
                    answer.mark,
                    answer.is_guess,
                )
            )
        _count_all(user, answers)
        _save_marks(wanted, PointMark.objects.filter(user=user))
        _sum_up(user, set(PointMark.objects.filter(user=user).values_list("key_point", flat=True)))
    return len(answers)


def _points_by_question(user: User) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    tried = Attempt.objects.for_user(user).order_by().values("question")
    rows = KeyPoint.objects.filter(question__in=tried).values_list("question", "slug", "pk")
    for question, slug, pk in rows:
        found[question][slug] = pk
    return found


def _marks_of(
    attempt: Attempt,
    marks: Sequence[Mapping[str, Any]],
    guess: bool,
    points: Mapping[str, int],
) -> list[PointMark]:
    """``points``: the primary keys of the question's key points, by slug."""
    return [
        PointMark(
            user_id=attempt.user_id,
            key_point_id=points[mark["id"]],
            source=attempt.pk,
            answered_at=attempt.created_at,
            number=attempt.number,
            status=status_of(mark["status"], guess),
            guess=guess,
        )
        for mark in marks
        if mark["id"] in points
    ]


def _review_mark(
    answer: ReviewAnswer, key_point: int, mark: Mapping[str, Any], guess: bool
) -> PointMark:
    return PointMark(
        user_id=answer.user_id,
        key_point_id=key_point,
        source=answer.pk,
        answered_at=answer.created_at,
        status=status_of(mark["status"], guess),
        guess=guess,
    )


def _save_marks(wanted: Iterable[PointMark], kept: Iterable[PointMark]) -> None:
    """Add what ``kept`` lacks and correct what it says otherwise."""
    known = {(mark.source, mark.key_point_id): mark for mark in kept}
    new, corrected = [], []
    for mark in wanted:
        old = known.get((mark.source, mark.key_point_id))
        if old is None:
            new.append(mark)
        elif (old.status, old.guess) != (mark.status, mark.guess):
            old.status, old.guess = mark.status, mark.guess
            corrected.append(old)
    PointMark.objects.bulk_create(new, BATCH)
    PointMark.objects.bulk_update(corrected, ["status", "guess"], BATCH)


def _sum_up(user: User, points: Collection[int]) -> None:
    """The standings of these key points, from all their marks."""
    histories: dict[int, list[PointMark]] = defaultdict(list)
    marks = PointMark.objects.filter(user=user, key_point__in=points)
    for mark in marks:
        histories[mark.key_point_id].append(mark)
    questions = dict(KeyPoint.objects.filter(pk__in=points).values_list("pk", "question"))
    known = {
        standing.key_point_id: standing
        for standing in PointStanding.objects.filter(user=user, key_point__in=points)
    }
    new: list[PointStanding] = []
    changed: list[PointStanding] = []
    for point, history in histories.items():
        last = history[-1]
        values = {
            **asdict(standing_of([mark.status for mark in history])),
            "question_id": questions[point],
            "guess": last.guess,
            "last_at": last.answered_at,
        }
        row = known.get(point)
        (new if row is None else changed).append(
            _with(row or PointStanding(user=user, key_point_id=point), values)
        )
    PointStanding.objects.bulk_create(new, BATCH)
    PointStanding.objects.bulk_update(
        changed, [name.removesuffix("_id") for name in STANDING_FIELDS], BATCH
    )


def _with(standing: PointStanding, values: Mapping[str, Any]) -> PointStanding:
    for name in STANDING_FIELDS:
        setattr(standing, name, values[name])
    return standing


def _count(user: User, source: uuid.UUID, answered_at: datetime) -> None:
    """The answer counts for its day, once however often it is assessed."""
    day = local_day(answered_at, zone_of(user))
    _row, created = CountedAnswer.objects.get_or_create(
        source=source, defaults={"user": user, "day": day}
    )
    if created:
        PracticeDay.objects.get_or_create(user=user, day=day)
        PracticeDay.objects.filter(user=user, day=day).update(answers=F("answers") + 1)


def _count_all(user: User, answers: Iterable[Attempt | ReviewAnswer]) -> None:
    zone = zone_of(user)
    counted: set[uuid.UUID] = set(
        CountedAnswer.objects.filter(user=user).values_list("source", flat=True)
    )
    CountedAnswer.objects.bulk_create(
        [
            CountedAnswer(source=answer.pk, user=user, day=local_day(answer.created_at, zone))
            for answer in answers
            if answer.pk not in counted
        ],
        BATCH,
    )
    days: dict[date, int] = dict(
        CountedAnswer.objects.filter(user=user).values_list("day").annotate(answers=Count("source"))
    )
    PracticeDay.objects.filter(user=user).delete()
    PracticeDay.objects.bulk_create(
        [PracticeDay(user=user, day=day, answers=answers) for day, answers in days.items()], BATCH
    )
