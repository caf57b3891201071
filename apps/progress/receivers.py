"""What other rooms tell this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.interview.models import Attempt
from apps.reviews.models import ReviewAnswer

from . import keeping


def on_assessed(
    sender: object, attempt: Attempt, marks: Sequence[Mapping[str, Any]], guess: bool, **_: Any
) -> None:
    keeping.record(attempt, marks, guess)


def on_reviewed(
    sender: object,
    answer: ReviewAnswer,
    key_point: int,
    mark: Mapping[str, Any],
    guess: bool,
    **_: Any,
) -> None:
    keeping.record_review(answer, key_point, mark, guess)
