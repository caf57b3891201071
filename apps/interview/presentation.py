"""How an attempt and its feedback are shown: one context for the page and its live stream."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.models import User

from .models import Attempt, Feedback, Question


def marked_answer(answer: str, key_points: Sequence[dict[str, Any]]) -> SafeString:
    """The answer as HTML, with each key point's words underlined and numbered.

    Overlapping quotes are cut into pieces, so each character is escaped once and
    stands in one mark; a piece that serves several key points names them all.
    """
    quotes = [
        (point["quote"]["start"], point["quote"]["end"], number, point)
        for number, point in enumerate(key_points, start=1)
        if point.get("quote") and point["status"] in ("covered", "partial")
    ]
    edges = sorted({0, len(answer), *(edge for quote in quotes for edge in quote[:2])})
    pieces: list[str] = []
    for start, end in itertools.pairwise(edges):
        text = escape(answer[start:end])
        here = [quote for quote in quotes if quote[0] <= start and end <= quote[1]]
        if not here:
            pieces.append(text)
            continue
        status = "covered" if any(q[3]["status"] == "covered" for q in here) else "partial"
        numbers = " ".join(str(quote[2]) for quote in here)
        ending = "".join(
            f'<sup class="evidence-number">{quote[2]}</sup>' for quote in here if quote[1] == end
        )
        marked = f'<mark class="evidence evidence-{status}" data-points="{numbers}">{text}</mark>'
        pieces.append(marked + ending)
    return mark_safe("".join(pieces))


def own_attempt(user: User, attempt_id: uuid.UUID) -> Attempt:
    """The person's own attempt with all that its page shows; Http404 for anyone else's."""
    return get_object_or_404(
        Attempt.objects.for_user(user).select_related("question__topic", "feedback", "user"),
        pk=attempt_id,
    )


def assessment_context(
    attempt: Attempt, feedback: Feedback, previous: int | None
) -> dict[str, Any]:
    """What the score card and the answer card show once the assessment is there."""
    points = feedback.key_points
    total = sum(point["weight"] for point in points) or 1

    def share(status: str) -> int:
        return round(100 * sum(p["weight"] for p in points if p["status"] == status) / total)

    return {
        "attempt": attempt,
        "feedback": feedback,
        "answer_html": marked_answer(attempt.answer, points),
        "covered_share": share("covered"),
        "partial_share": share("partial"),
        "score_change": None if previous is None else (feedback.score or 0) - previous,
    }


def previous_score(attempt: Attempt) -> int | None:
    return (
        Feedback.objects.filter(
            attempt__user=attempt.user_id,
            attempt__question=attempt.question_id,
            attempt__number__lt=attempt.number,
            status=Feedback.Status.SUCCEEDED,
        )
        .order_by("-attempt__number")
        .values_list("score", flat=True)
        .first()
    )


def attempt_context(attempt: Attempt) -> dict[str, Any]:
    """Everything the attempt page shows."""
    feedback = attempt.feedback
    siblings = list(
        Attempt.objects.filter(user=attempt.user_id, question=attempt.question_id)
        .exclude(pk=attempt.pk)
        .select_related("feedback")
        .order_by("-number")[:20]
    )
    return {
        **assessment_context(attempt, feedback, previous_score(attempt)),
        "state": feedback.status,
        "question": attempt.question,
        "siblings": siblings,
        "next_question": next_question(attempt),
    }


def next_question(attempt: Attempt) -> Question | None:
    """Another question of the topic that this person has not tried, else of any topic."""
    questions = (
        Question.objects.published().exclude(pk=attempt.question_id).not_tried_by(attempt.user)
    )
    return questions.filter(topic=attempt.question.topic_id).first() or questions.first()
