"""Feedback for one attempt: ask the sidecar, pass on what comes, return the result."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from apps.accounts.models import User
from apps.common import inference, turns
from apps.common.connections import when_database_answers
from apps.common.live import Publisher

from .models import MISCONCEPTIONS_MAX, Attempt, Feedback, KeyPoint, QuestionProgress
from .signals import assessed

ALIASES_MAX = 20
"""What the sidecar's contract takes for one key point."""


def payload_of(attempt: Attempt) -> dict[str, Any]:
    """The sidecar's request body (contract v1, POST /v1/feedback)."""
    question = attempt.question
    with translation.override(attempt.language):
        payload: dict[str, Any] = {
            "id": str(attempt.pk),
            "language": attempt.language,
            "question": question.text,
            "reference_answer": question.model_answer,
            "key_points": [
                point_payload(point)
                for point in question.key_points.prefetch_related("misconceptions")
            ],
            "answer": attempt.answer,
        }
    previous = (
        Attempt.objects.filter(
            user=attempt.user_id,
            question=question,
            number__lt=attempt.number,
            feedback__status=Feedback.Status.SUCCEEDED,
        )
        .select_related("feedback")
        .order_by("-number")
        .first()
    )
    if previous:
        payload["previous"] = {"answer": previous.answer, "score": previous.feedback.score}
    return payload


def point_payload(point: KeyPoint) -> dict[str, Any]:
    """One of the request's key points, in the active language."""
    return {
        "id": point.slug,
        "text": point.text,
        "aliases": _aliases(point),
        "weight": point.weight,
        "misconceptions": _misconceptions(point),
    }


def _aliases(point: KeyPoint) -> list[str]:
    """Wordings of both languages: Korean answers are full of English terms."""
    lines = f"{point.aliases_ko or ''}\n{point.aliases_en or ''}".splitlines()  # type: ignore[attr-defined]
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))[:ALIASES_MAX]


def _misconceptions(point: KeyPoint) -> list[dict[str, str]]:
    """In the language of the feedback: a correction is read as it stands."""
    return [
        {"statement": item.statement, "correction": item.correction}
        for item in point.misconceptions.all()
    ][:MISCONCEPTIONS_MAX]


def generate(job: Feedback, stream: Publisher) -> dict[str, Any]:
    """Run the sidecar for a feedback row; returns the row's result fields.

    Raises JobError (InferenceError) and LeaseLost; publishes ``mark``, ``assessment``
    and ``delta`` events as they come.
    """
    attempt = Attempt.objects.select_related("question").get(pk=job.attempt_id)
    turns.let_others_pass(job, attempt.user_id)
    payload = payload_of(attempt)
    points = {point["id"]: point for point in payload["key_points"]}
    told: dict[str, inference.Mark] = {}
    result: dict[str, Any] = {}
    prose: list[str] = []
    for event in inference.stream_feedback(payload):
        job.beat()
        match event:
            case inference.Mark():
                mark = _mark(event, points, attempt.answer)
                _keep_to(told, event)
                stream.publish("mark", mark)
            case inference.Assessment():
                for judged in event.key_points:
                    _keep_to(told, judged)
                result |= {
                    "score": event.score,
                    "method": event.method,
                    "guess": inference.model_guesses(),
                    "key_points": marks_of(event, points, attempt.answer),
                }
                stream.publish("assessment", Feedback(**result).assessment_data())
            case inference.Delta():
                prose.append(event.text)
                stream.publish("delta", {"text": event.text})
            case inference.Done():
                result |= {
                    "model": event.model,
                    "prompt_version": event.prompt_version,
                    "prose_method": event.prose_method,
                    "prompt_tokens": event.usage.prompt_tokens,
                    "completion_tokens": event.usage.completion_tokens,
                    "timing": event.timing,
                }
    result["prose"] = "".join(prose).strip()
    if "score" not in result or not result["prose"]:
        raise invalid("no assessment or no prose")
    when_database_answers(lambda: record_progress(attempt, result))
    return result


def marks_of(
    assessment: inference.Assessment, points: dict[str, dict[str, Any]], answer: str
) -> list[dict[str, Any]]:
    """The sidecar's marks with our own texts; exactly one for each key point asked about."""
    marks = {mark.id: mark for mark in assessment.key_points}
    if marks.keys() != points.keys():
        raise invalid("marks do not match the key points")
    return [_mark(marks[key], points, answer) for key in points]


def _mark(mark: inference.Mark, points: dict[str, dict[str, Any]], answer: str) -> dict[str, Any]:
    """A mark with our own words: of the key point, and of the mistake that was made."""
    point = points.get(mark.id)
    if point is None:
        raise invalid("a mark of an unknown key point")
    if mark.quote and not _stands_in(answer, **mark.quote.model_dump()):
        raise invalid("a quote is not in the answer")
    kept = {
        "text": point["text"],
        "weight": point["weight"],
        **mark.model_dump(exclude_none=True, exclude={"misconception"}),
    }
    if mark.misconception is not None:
        if mark.misconception >= len(point["misconceptions"]):
            raise invalid("an unknown misconception")
        kept["misconception"] = point["misconceptions"][mark.misconception]
    return kept


def _keep_to(told: dict[str, inference.Mark], mark: inference.Mark) -> None:
    """A mark that somebody has seen never turns round."""
    if told.setdefault(mark.id, mark) != mark:
        raise invalid("a mark turned round")


def invalid(detail: str) -> inference.InferenceError:
    return inference.InferenceError("inference_invalid", detail, retryable=True)


def _stands_in(answer: str, *, start: int, end: int, text: str) -> bool:
    return 0 <= start < end <= len(answer) and answer[start:end] == text


def record_progress(attempt: Attempt, result: dict[str, Any]) -> None:
    """Tell lists and other rooms of an assessment (``score``, ``key_points``, ``guess``).

    Safe to run twice, and in any order of attempts.
    """
    score = result["score"]
    row = QuestionProgress.objects.filter(user=attempt.user_id, question=attempt.question_id)
    with transaction.atomic():
        # The person's row first, as a submit does: receivers write rows of the person's, too.
        User.objects.select_for_update().get(pk=attempt.user_id)
        row.filter(last_score_attempt__lte=attempt.number).update(
            last_score=score, last_score_attempt=attempt.number
        )
        row.filter(Q(best_score__isnull=True) | Q(best_score__lt=score)).update(best_score=score)
        assessed.send(Attempt, attempt=attempt, marks=result["key_points"], guess=result["guess"])
