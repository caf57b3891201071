"""What makes a key point known, from its marks alone."""

from __future__ import annotations

import pytest

from apps.progress.standing import Level, standing_of, status_of

C, P, U, M, W = "covered", "partial", "unsure", "missing", "wrong"


@pytest.mark.parametrize(
    ("statuses", "level"),
    [
        ([C], Level.KNOWN),
        ([C, C], Level.SOLID),
        ([P, C], Level.KNOWN),
        ([P, C, C], Level.SOLID),
        ([M], Level.UNKNOWN),
        ([W], Level.UNKNOWN),
        ([C, C, M], Level.UNKNOWN),
        ([P], Level.SHAKY),
        ([U], Level.SHAKY),
        ([C, C, U], Level.SHAKY),
        ([M, C], Level.SHAKY),
        ([M, P, C], Level.SHAKY),
        ([M, C, C], Level.SOLID),
        ([M, C, C, P, C], Level.SHAKY),
    ],
)
def test_levels(statuses, level):
    assert standing_of(statuses).level == level


def test_what_is_counted():
    standing = standing_of([M, C, W, P, C, C])

    assert standing.last_status == C
    assert (standing.times_covered, standing.times_missed, standing.covered_in_a_row) == (3, 2, 2)


@pytest.mark.parametrize("judged", [C, P, U, M, W])
def test_a_guess_claims_nothing(judged):
    assert status_of(judged, guess=True) == U
    assert status_of(judged, guess=False) == judged
