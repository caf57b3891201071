"""Which follow-up an interviewer would ask after an answer, and which were answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from .models import IMPROVE_BELOW, Attempt, Feedback, Question, QuestionProgress
from .presentation import NEWEST

MOST_VALUABLE_FIRST = ("wrong", "missing", "partial", "unsure")
"""The marks worth asking further about; what is covered is not among them."""
WRONG_TOO_OFTEN = 2
"""Answers that said the opposite of a point: saying it again would not help, so it is asked
about in other words before anything else."""
ANSWERS_LOOKED_AT = 5
"""Newest answers to a question in which a point may have been wrong: older ones say little
about what somebody thinks today, and each costs reading its marks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a follow-up that they answered before."""

    best_score: int | None
    last_at: datetime

    @property
    def is_good(self) -> bool:
        return self.best_score is not None and self.best_score >= IMPROVE_BELOW


def choose(
    follow_ups: Iterable[Question],
    marks: Sequence[dict[str, Any]],
    *,
    earlier: Sequence[Sequence[dict[str, Any]]] = (),
    standings: Mapping[int, Standing] | None = None,
    answered_at: datetime,
) -> Question | None:
    """The one to ask after an answer of ``answered_at`` with these ``marks``; None if none is left.

    1. At a point that was wrong twice among these marks and ``earlier`` ones, not covered yet.
    2. At the most valuable point that is not covered: one not asked before, then the point's
       weight, then how it was marked.
    3. At any point, not asked before: the hardest where all is covered, else the easiest.

    Never one that was answered well, nor one that was answered after this answer. Follow-ups
    need their ``follows_point`` loaded; ``standings`` are by the follow-up's primary key.
    """
    standings = standings or {}
    open_marks = {mark["id"]: mark for mark in marks if mark["status"] in MOST_VALUABLE_FIRST}
    wrong = Counter(
        mark["id"] for told in (marks, *earlier) for mark in told if mark["status"] == "wrong"
    )

    def rank(question: Question) -> tuple[int, bool, int, int, int, int] | None:
        standing = standings.get(question.pk)
        if standing and (standing.is_good or standing.last_at >= answered_at):
            return None
        point = question.follows_point.slug if question.follows_point else ""
        if mark := open_marks.get(point):
            return (
                0 if wrong[point] >= WRONG_TOO_OFTEN else 1,
                standing is not None,
                -mark["weight"],
                MOST_VALUABLE_FIRST.index(mark["status"]),
                question.difficulty,
                question.pk,
            )
        if standing:
            return None
        hardness = question.difficulty if open_marks else -question.difficulty
        return (2, False, 0, 0, hardness, question.pk)

    ranked = [(place, question) for question in follow_ups if (place := rank(question))]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def follow_ups_after(attempts: Sequence[Attempt]) -> dict[UUID, Question]:
    """By attempt, the follow-up to ask: for assessed ones, each the newest of its question.

    All of one person, with their ``feedback`` loaded. Three queries, however many they are.
    """
    assessed = [item for item in attempts if item.feedback.status == Feedback.Status.SUCCEEDED]
    if not assessed:
        return {}
    user_id = assessed[0].user_id
    questions = {item.question_id for item in assessed}
    progress = {
        row.question_id: row
        for row in QuestionProgress.objects.filter(
            Q(question__in=questions) | Q(question__follows__in=questions), user=user_id
        )
    }
    newest = [
        item
        for item in assessed
        if (row := progress.get(item.question_id)) and row.attempts == item.number
    ]
    if not newest:
        return {}
    by_question: dict[int, list[Question]] = {}
    for question in (
        Question.objects.answerable()
        .filter(follows__in=[item.question_id for item in newest])
        .select_related("follows_point")
    ):
        by_question.setdefault(question.follows_id, []).append(question)
    earlier = _earlier_marks(newest)
    standings = {pk: Standing(row.best_score, row.last_attempt_at) for pk, row in progress.items()}
    chosen = {
        item.pk: choose(
            by_question.get(item.question_id, ()),
            item.feedback.key_points,
            earlier=earlier.get(item.question_id, ()),
            standings=standings,
            answered_at=item.created_at,
        )
        for item in newest
    }
    return {pk: question for pk, question in chosen.items() if question}


def _earlier_marks(attempts: Sequence[Attempt]) -> dict[int, list[list[dict[str, Any]]]]:
    """By question, the marks of the answers shortly before these."""
    before = Q()
    for item in attempts:
        numbers = (item.number - ANSWERS_LOOKED_AT + 1, item.number - 1)
        before |= Q(question=item.question_id, number__range=numbers)
    rows = Attempt.objects.filter(
        before, user=attempts[0].user_id, feedback__status=Feedback.Status.SUCCEEDED
    ).values_list("question_id", "feedback__key_points")
    marks: dict[int, list[list[dict[str, Any]]]] = {}
    for question_id, key_points in rows:
        marks.setdefault(question_id, []).append(key_points)
    return marks


def asked_in(attempt: Attempt) -> Attempt | None:
    """The answer after which this follow-up was asked: the newest one at the time."""
    return (
        Attempt.objects.filter(
            user=attempt.user_id,
            question=attempt.question.follows_id,
            created_at__lte=attempt.created_at,
        )
        .select_related("question", "feedback")
        .order_by("-number")
        .first()
    )


def answered_follow_ups(attempt: Attempt) -> list[Attempt]:
    """The newest answer to each follow-up that was answered between this answer to their
    question and the next, in the order in which they were given."""
    later = (
        Attempt.objects.filter(
            user=attempt.user_id, question=attempt.question_id, number__gt=attempt.number
        )
        .order_by("number")
        .values_list("created_at", flat=True)
        .first()
    )
    answered = Attempt.objects.filter(
        user=attempt.user_id,
        question__follows=attempt.question_id,
        created_at__gte=attempt.created_at,
    )
    if later is not None:
        answered = answered.filter(created_at__lt=later)
    newest = answered.select_related("question", "feedback").order_by("-created_at", "-number")
    by_question: dict[int, Attempt] = {}
    for item in newest[:NEWEST]:
        by_question.setdefault(item.question_id, item)
    return list(reversed(by_question.values()))


def thread_of(attempt: Attempt) -> dict[str, Any]:
    """{follow_up, asked_in, thread}: what is asked next, and what was asked around an attempt.

    ``thread`` begins with the answer to the first question, and is empty without follow-ups.
    """
    if attempt.question.follows_id is None:
        answered = answered_follow_ups(attempt)
        return {
            "follow_up": follow_ups_after([attempt]).get(attempt.pk),
            "asked_in": None,
            "thread": [attempt, *answered] if answered else [],
        }
    asked = asked_in(attempt)
    return {
        "follow_up": None,
        "asked_in": asked,
        "thread": [asked, *answered_follow_ups(asked)] if asked else [],
    }
