"""From marks to a score, by the sidecar's own rule: for marks that staff correct here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CREDIT: Mapping[str, float] = {
    "covered": 1.0,
    "partial": 0.5,
    "unsure": 0.5,
    "missing": 0.0,
    "wrong": 0.0,
}
"""Share of a key point's weight that a mark earns."""


def score_of(key_points: Sequence[Mapping[str, Any]]) -> int:
    """0..100 of marks as in ``Feedback.key_points``, of which there is at least one."""
    earned = sum(point["weight"] * CREDIT[point["status"]] for point in key_points)
    return round(100 * earned / sum(point["weight"] for point in key_points))
