"""Questions and hand-written answers, as requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from inference_sidecar.schemas import (
    FeedbackRequest,
    KeyPoint,
    Language,
    Misconception,
    PreviousAttempt,
)

_QUESTIONS = Path(__file__).parents[2] / "content" / "questions"
_ANSWERS = Path(__file__).parent / "answers.yaml"


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """A hand-written answer and what a human reader finds in it."""

    kind: str
    covered: frozenset[str]
    partial: frozenset[str]
    request: FeedbackRequest


@cache
def _questions() -> dict[str, dict[str, Any]]:
    files = sorted(_QUESTIONS.glob("*.yaml"))
    return {
        question["slug"]: question
        for file in files
        for question in yaml.safe_load(file.read_text(encoding="utf-8"))
    }


def all_questions() -> list[dict[str, Any]]:
    """As ``content/questions`` has them."""
    return list(_questions().values())


def request_for(
    slug: str,
    language: Language,
    answer: str,
    previous: PreviousAttempt | None = None,
    key_points: int | None = None,
) -> FeedbackRequest:
    question = _questions()[slug]
    return FeedbackRequest(
        id="attempt",
        language=language,
        question=question["text"][language],
        reference_answer=question["model_answer"][language],
        key_points=[
            KeyPoint(
                id=point["slug"],
                text=point["text"][language],
                aliases=point["aliases"][language],
                weight=point["weight"],
                misconceptions=[
                    Misconception(
                        statement=each["statement"][language],
                        correction=each["correction"][language],
                    )
                    for each in question["misconceptions"]
                    if each["contradicts"] == point["slug"]
                ],
            )
            for point in question["key_points"][:key_points]
        ],
        answer=answer,
        previous=previous,
    )


@cache
def graded_answers() -> tuple[GradedAnswer, ...]:
    rows = yaml.safe_load(_ANSWERS.read_text(encoding="utf-8"))
    return tuple(
        GradedAnswer(
            kind=row["kind"],
            covered=frozenset(row["covered"]),
            partial=frozenset(row["partial"]),
            request=request_for(row["question"], row["language"], row["text"]),
        )
        for row in rows
    )
