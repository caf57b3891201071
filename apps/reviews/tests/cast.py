"""A card of Alice's that is due, and a clock that a test can stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.interview.models import Question
from apps.reviews.models import ReviewCard

NOON = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
"""A Monday, in Seoul."""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """``now(moment)`` stops the clock there; it stands at NOON."""

    def stop(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    stop(NOON)
    return stop


def make_card(user: User, question: Question, slug: str = "memory", **fields: object) -> ReviewCard:
    """Rated two days ago, and due an hour ago."""
    given = {
        "due": timezone.now() - timedelta(hours=1),
        "last_review": timezone.now() - timedelta(days=2),
        "state": ReviewCard.State.REVIEW,
        "stability": 2.3065,
        "difficulty": 2.118,
        **fields,
    }
    return ReviewCard.objects.create(
        user=user, key_point=question.key_points.get(slug=slug), **given
    )


@pytest.fixture
def card(candidate: User, question: Question, now: Callable[[datetime], None]) -> ReviewCard:
    return make_card(candidate, question)
