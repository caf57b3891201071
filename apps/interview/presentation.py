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
from apps.common.markdown import render as render_markdown

from .comparison import Operation, Piece, PointChange, PointChanges, point_changes, word_diff
from .models import Attempt, Dispute, Feedback, Question
from .passages import passage_saying, passages_of, quote_cuts

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
    # The style sheet writes the number, so that whoever copies the answer copies their words.
    if status not in ("wrong", "unsure"):
        return f'<sup class="evidence-number" data-number="{number}"></sup>'
    word = escape(STATUS_WORDS[status])
    return (
        f'<sup class="evidence-number evidence-number-{status}" data-number="{number}">'
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
        "points": _shown_points(attempt, points),
        "judged_count": sum(point["status"] != "pending" for point in points),
        "answer_html": marked_answer(attempt.answer, points),
        "covered_share": share("covered"),
        "partial_share": share("partial"),
        "unsure_share": share("unsure"),
        "score_change": None if previous is None else (feedback.score or 0) - previous,
    }


def _shown_points(attempt: Attempt, points: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each mark with its word, its quote cut to what matters, and its model-answer passage."""
    cuts = quote_cuts(attempt.answer, points)
    return [
        point
        if point["status"] == "pending"
        else {
            **point,
            "word": status_word(point),
            "cut": cut,
            "passage": _model_answer_passage(attempt, point),
        }
        for point, cut in zip(points, cuts)
    ]


def _model_answer_passage(attempt: Attempt, point: dict[str, Any]) -> int | None:
    """The number of the model answer's paragraph that says the point; None where none does.

    Found in the language of the marks, and good for the page's where both have as many.
    """
    question = attempt.question
    passages = passages_of(getattr(question, f"model_answer_{attempt.language}") or "")
    if len(passages) < 2 or len(passages) != len(passages_of(question.model_answer)):
        return None
    place = passage_saying(point["text"], passages)
    return None if place is None else place + 1


def model_answer_passages(question: Question) -> list[SafeString]:
    """The model answer's paragraphs, which links name by their number."""
    return [render_markdown(passage) for passage in passages_of(question.model_answer)]


def previous_attempt(attempt: Attempt) -> Attempt | None:
    """The answer before this one that has its feedback."""
    return (
        Attempt.objects.filter(
            user=attempt.user_id,
            question=attempt.question_id,
            number__lt=attempt.number,
            feedback__status=Feedback.Status.SUCCEEDED,
        )
        .select_related("feedback")
        .order_by("-number")
        .first()
    )


def comparison_context(
    one: Attempt, other: Attempt, points: Sequence[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Two answers to one question, the earlier one first; ``points``: the later one's marks."""
    before, after = sorted((one, other), key=lambda attempt: attempt.number)
    is_compared = before.feedback.score is not None and after.feedback.score is not None
    changes = (
        point_changes(
            before.feedback.key_points, after.feedback.key_points if points is None else points
        )
        if is_compared
        else None
    )
    pieces = word_diff(before.answer, after.answer)
    return {
        "before": before,
        "after": after,
        "before_html": _changed_words(pieces, "removed"),
        "after_html": _changed_words(pieces, "added"),
        "is_unchanged": all(piece.op == "equal" for piece in pieces),
        "changes": changes and _change_groups(changes),
        "difference": (
            after.feedback.score - before.feedback.score  # type: ignore[operator]
            if is_compared
            else None
        ),
        "is_guessed": before.feedback.is_guess or after.feedback.is_guess,
    }


def _changed_words(pieces: Sequence[Piece], kept: Operation) -> SafeString:
    """One of the two texts, with what the other has not underlined or struck, and said."""
    tag = {"removed": "del", "added": "ins"}[kept]
    word = escape({"removed": gettext("only before:"), "added": gettext("new:")}[kept])
    shown: list[str] = []
    for piece in pieces:
        words = piece.text.rstrip()
        if piece.op == "equal":
            shown.append(escape(piece.text))
        elif piece.op == kept:
            shown.append(
                f'<{tag}><span class="visually-hidden">{word} </span>{escape(words)}</{tag}>'
                f"{escape(piece.text[len(words) :])}"
            )
    return mark_safe("".join(shown))


def _change_groups(changes: PointChanges) -> list[dict[str, Any]]:
    """What came of the points, for a page: those groups that have any."""

    def shown(change: PointChange) -> dict[str, Any]:
        return {
            "text": change.text,
            "before": change.before and STATUS_WORDS[change.before],
            "after": STATUS_WORDS[change.after],
        }

    groups = [
        ("gained", _("Gained"), changes.gained),
        ("lost", _("Lost"), changes.lost),
        ("missing", _("Still to come"), changes.missing),
        ("kept", _("There both times"), changes.kept),
    ]
    return [
        {"kind": kind, "title": title, "points": [shown(change) for change in found]}
        for kind, title, found in groups
        if found
    ]


def dispute_context(attempt: Attempt, disputes: Sequence[Dispute]) -> dict[str, Any]:
    """The marks that can be disputed yet, and what was said of those that were."""
    feedback = attempt.feedback
    points = {point["id"]: point for point in feedback.key_points}
    disputed = {dispute.key_point for dispute in disputes}
    return {
        "disputes": [
            {
                "dispute": dispute,
                "text": points.get(dispute.key_point, {}).get("text", dispute.key_point),
                "before": STATUS_WORDS.get(dispute.mark_before, dispute.mark_before),
                "after": STATUS_WORDS.get(dispute.mark_after, ""),
            }
            for dispute in disputes
        ],
        "disputable": [
            {"id": point["id"], "number": number, "text": point["text"], "word": status_word(point)}
            for number, point in enumerate(feedback.key_points, start=1)
            if point["id"] not in disputed
        ],
        "has_correction": any(item.status == Dispute.Status.CORRECTED for item in disputes),
    }


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
    previous = previous_attempt(attempt)
    is_judged = feedback.status == Feedback.Status.SUCCEEDED
    disputes = list(feedback.disputes.order_by("created_at")) if is_judged else []
    return {
        **assessment_context(attempt, points, previous.feedback.score if previous else None),
        **dispute_context(attempt, disputes),
        "comparison": previous and comparison_context(previous, attempt),
        "model_answer": model_answer_passages(attempt.question),
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
