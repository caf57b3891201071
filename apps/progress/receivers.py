"""What other rooms tell this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.interview.models import Attempt

from . import keeping


def on_assessed(
    sender: object, attempt: Attempt, marks: Sequence[Mapping[str, Any]], guess: bool, **_: Any
) -> None:
    keeping.record(attempt, marks, guess)
