"""How an attempt and its feedback are shown: one context for the page and its live stream."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User

from .models import Attempt, Feedback, Question

NEWEST = 20
"""Answers to one question that a page shows beside it; a list of their own has the others."""

STATUS_WORDS = {
    "covered": _("Covered"),
    "partial": _("Partly"),
    "unsure": _("Not sure"),
    "missing": _("Not there yet"),
    "wrong": _("This says the opposite"),
}
STRONGEST_FIRST = ("wrong", "covered", "partial", "unsure")
"""Which status words show that several points rest on; nothing hides a contradiction."""


def status_word(point: dict[str, Any]) -> str:
    """A contradiction without words to point at is said with less certainty."""
    if point["status"] == "wrong" and not point.get("quote"):
        return gettext("Worth a second look")
    return str(STATUS_WORDS[point["status"]])


def marked_answer(answer: str, key_points: Sequence[dict[str, Any]]) -> SafeString:
    """The answer as HTML, with each key point's words underlined and numbered.

    Overlapping quotes are cut into pieces, so each character is escaped once and
    stands in one mark; a piece that serves several key points names them all.
    """
    quotes = [
        (point["quote"]["start"], point["quote"]["end"], number, point["status"])
        for number, point in enumerate(key_points, start=1)
        if point.get("quote") and point["status"] in STRONGEST_FIRST
    ]
    edges = sorted({0, len(answer), *(edge for quote in quotes for edge in quote[:2])})
    pieces: list[str] = []
    for start, end in itertools.pairwise(edges):
        text = escape(answer[start:end])
        here = [quote for quote in quotes if quote[0] <= start and end <= quote[1]]
        if not here:
            pieces.append(text)
            continue
        status = min((quote[3] for quote in here), key=STRONGEST_FIRST.index)
        numbers = " ".join(str(quote[2]) for quote in here)
        marked = f'<mark class="evidence evidence-{status}" data-points="{numbers}">{text}</mark>'
        pieces.append(marked)
        pieces += [_number(quote[2], quote[3]) for quote in here if quote[1] == end]
    return mark_safe("".join(pieces))


def _number(number: int, status: str) -> str:
    """A key point's number after its words; one that is not plain evidence says so, too."""
    if status not in ("wrong", "unsure"):
        return f'<sup class="evidence-number">{number}</sup>'
    word = escape(STATUS_WORDS[status])
    return (
        f'<sup class="evidence-number evidence-number-{status}">{number}'
        f'<span class="visually-hidden"> ({word})</span></sup>'
    )


def own_attempt(user: User, attempt_id: uuid.UUID) -> Attempt:
    """The person's own attempt with all that its page shows; Http404 for anyone else's."""
    return get_object_or_404(
        Attempt.objects.for_user(user).select_related("question__topic", "feedback", "user"),
        pk=attempt_id,
    )


def pending_points(attempt: Attempt) -> list[dict[str, Any]]:
    """The key points to be judged, in the language of their marks, so that nothing moves."""
    with translation.override(attempt.language):
        return [
            {"id": point.slug, "text": point.text, "weight": point.weight, "status": "pending"}
            for point in attempt.question.key_points.all()
        ]


def assessment_context(
    attempt: Attempt, points: Sequence[dict[str, Any]], previous: int | None
) -> dict[str, Any]:
    """What the score card and the answer card show: marks, and points yet to be marked."""
    feedback = attempt.feedback
    total = sum(point["weight"] for point in points) or 1

    def share(status: str) -> int:
        return round(100 * sum(p["weight"] for p in points if p["status"] == status) / total)

    return {
        "attempt": attempt,
        "feedback": feedback,
        "points": [
            point if point["status"] == "pending" else {**point, "word": status_word(point)}
            for point in points
        ],
        "judged_count": sum(point["status"] != "pending" for point in points),
        "answer_html": marked_answer(attempt.answer, points),
        "covered_share": share("covered"),
        "partial_share": share("partial"),
        "unsure_share": share("unsure"),
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
        .order_by("-number")[: NEWEST + 1]
    )
    points = pending_points(attempt) if feedback.score is None else feedback.key_points
    return {
        **assessment_context(attempt, points, previous_score(attempt)),
        "state": feedback.status,
        "question": attempt.question,
        "siblings": siblings[:NEWEST],
        "has_more_attempts": len(siblings) > NEWEST,
        "next_question": next_question(attempt),
    }


def next_question(attempt: Attempt) -> Question | None:
    """Another question of the topic that this person has not tried, else of any topic."""
    questions = (
        Question.objects.published().exclude(pk=attempt.question_id).not_tried_by(attempt.user)
    )
    return questions.filter(topic=attempt.question.topic_id).first() or questions.first()
