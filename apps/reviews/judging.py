"""A review answer's mark: ask the sidecar about its one key point, and rate the card."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db import transaction
from django.utils import translation

from apps.accounts.models import User
from apps.common import inference, turns
from apps.common.connections import when_database_answers
from apps.common.jobs import JobError
from apps.common.live import Publisher
from apps.interview.feedback import marks_of, point_payload

from .models import ReviewAnswer, ReviewCard
from .scheduling import rate, rating_of
from .signals import reviewed


def payload_of(answer: ReviewAnswer, card: ReviewCard) -> dict[str, Any]:
    """The sidecar's request body: an attempt's, with the card's key point alone."""
    point = card.key_point
    with translation.override(answer.language):
        return {
            "id": str(answer.pk),
            "language": answer.language,
            "question": point.question.text,
            "reference_answer": point.question.model_answer,
            "key_points": [point_payload(point)],
            "answer": answer.answer,
        }


def judge(job: ReviewAnswer, stream: Publisher) -> dict[str, Any]:
    """Run the sidecar for a review answer; returns the row's result fields.

    Raises JobError (InferenceError) and LeaseLost. The prose that would follow the mark is
    not waited for: the key point itself is shown.
    """
    card = ReviewCard.objects.select_related("key_point__question").filter(answers=job).first()
    if card is None:
        raise JobError("point_gone", "its key point was removed")
    turns.let_others_pass(job, job.user_id)
    payload = payload_of(job, card)
    assessment = _assessed(job, payload)
    [point] = payload["key_points"]
    [mark] = marks_of(assessment, {point["id"]: point}, job.answer)
    result = {
        "mark": mark,
        "method": assessment.method,
        "guess": inference.model_guesses(),
        "model": inference.status().model,
    }
    is_guess = ReviewAnswer(**result).is_guess
    when_database_answers(lambda: record(job, mark, is_guess))
    return result


def _assessed(job: ReviewAnswer, payload: dict[str, Any]) -> inference.Assessment:
    with contextlib.closing(inference.stream_feedback(payload)) as events:
        for event in events:
            job.beat()
            if isinstance(event, inference.Assessment):
                return event
    raise inference.InferenceError("inference_invalid", "no assessment", retryable=True)


def record(job: ReviewAnswer, mark: dict[str, Any], guess: bool) -> None:
    """Rate the card by the mark, and tell other rooms.

    Safe to run twice; a card that is gone is let be.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=job.user_id)
        card = ReviewCard.objects.filter(answers=job).first()
        rating = rating_of(mark, guess=guess)
        # What rates nothing leaves the card as it is: it has never been this answer's.
        if card and rating:
            rate({card: rating}, source=job.pk, at=job.created_at)
        if card:
            reviewed.send(
                ReviewAnswer, answer=job, key_point=card.key_point_id, mark=mark, guess=guess
            )
