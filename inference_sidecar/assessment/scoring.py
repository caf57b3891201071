"""From marks to a score: the same for every way of judging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inference_sidecar.schemas import Assessment, FeedbackRequest, KeyPointAssessment, Status

CREDIT: Mapping[Status, float] = {
    "covered": 1.0,
    "partial": 0.5,
    "unsure": 0.5,
    "missing": 0.0,
    "wrong": 0.0,
}


def assessment_of(
    request: FeedbackRequest, marks: Iterable[KeyPointAssessment], method: str
) -> Assessment:
    """Marks in the order of the request's key points, and the share of weight earned."""
    by_id = {mark.id: mark for mark in marks}
    ordered = [by_id[point.id] for point in request.key_points]
    earned = sum(
        point.weight * CREDIT[mark.status] for point, mark in zip(request.key_points, ordered)
    )
    possible = sum(point.weight for point in request.key_points)
    return Assessment(score=round(100 * earned / possible), key_points=ordered, method=method)
