"""Answers and their marks, as a worker would leave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from apps.accounts.models import User
from apps.interview.feedback import record_progress
from apps.interview.models import Attempt, Feedback, Question, QuestionProgress

START = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
"""Noon in Seoul."""


def answered(
    user: User,
    question: Question,
    *,
    number: int = 1,
    day: int = 0,
    hour: int = 0,
) -> Attempt:
    """A submitted answer that nobody has read yet, ``day`` days and ``hour`` hours after START."""
    moment = START + timedelta(days=day, hours=hour)
    attempt = Attempt.objects.create(
        user=user,
        question=question,
        number=number,
        language="en",
        answer=f"Answer {number} to {question.slug}",
        idempotency_key=f"{question.slug}-{number}",
        created_at=moment,
    )
    QuestionProgress.objects.update_or_create(
        user=user, question=question, defaults={"attempts": number, "last_attempt_at": moment}
    )
    Feedback.objects.create(attempt=attempt)
    return attempt


def assessed(
    attempt: Attempt, marks: Mapping[str, str], *, score: int = 50, guess: bool = False
) -> Attempt:
    """Its marks stand: ``marks`` are statuses by key point."""
    result = {
        "score": score,
        "guess": guess,
        "key_points": [
            {"id": slug, "text": slug, "weight": 2, "status": status, "confidence": 0.9}
            for slug, status in marks.items()
        ],
    }
    record_progress(attempt, result)
    Feedback.objects.filter(attempt=attempt).update(
        status=Feedback.Status.SUCCEEDED, method="judge-1", prose="So.", **result
    )
    return attempt


def told(
    user: User,
    question: Question,
    marks: Mapping[str, str],
    *,
    number: int = 1,
    day: int = 0,
    hour: int = 0,
    score: int = 50,
    guess: bool = False,
) -> Attempt:
    """An answer and its marks at once."""
    attempt = answered(user, question, number=number, day=day, hour=hour)
    return assessed(attempt, marks, score=score, guess=guess)
