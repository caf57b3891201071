"""A corrected score is reckoned as the sidecar reckons it."""

from __future__ import annotations

import itertools
from importlib import import_module

import pytest

from apps.interview.scoring import CREDIT, score_of

# By name: the product's halves know nothing of each other, and only this test both.
sidecar = import_module("inference_sidecar.assessment.scoring")
schemas = import_module("inference_sidecar.schemas")


def test_marks_earn_the_same():
    assert dict(CREDIT) == dict(sidecar.CREDIT)


@pytest.mark.parametrize("statuses", list(itertools.product(CREDIT, repeat=3)))
def test_the_score_is_the_sidecars(statuses):
    weights = (3, 2, 1)
    points = [{"id": f"p{place}", "text": "A point."} for place in range(3)]
    request = schemas.FeedbackRequest(
        id="1",
        language="en",
        question="Why?",
        key_points=[{**point, "weight": weight} for point, weight in zip(points, weights)],
        answer="So.",
    )
    marks = [
        schemas.KeyPointAssessment(id=point["id"], status=status, confidence=0.5)
        for point, status in zip(points, statuses)
    ]

    judged = sidecar.assessment_of(request, marks, "judge")

    ours = [{"weight": weight, "status": status} for weight, status in zip(weights, statuses)]
    assert score_of(ours) == judged.score
