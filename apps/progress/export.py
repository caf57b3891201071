"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import PointStanding, PracticeDay
from .standing import Level


def export(user: User) -> dict[str, Any]:
    """{points: [{question, key_point, level, …}], days: [{day, answers}]}, oldest first."""
    standings = (
        PointStanding.objects.for_user(user)
        .select_related("question", "key_point")
        .order_by("last_at", "pk")
    )
    return {
        "points": [
            {
                "question": standing.question.slug,
                "key_point": standing.key_point.slug,
                "level": Level(standing.level).name.lower(),
                "last_status": standing.last_status,
                "guess": standing.guess,
                "times_covered": standing.times_covered,
                "times_missed": standing.times_missed,
                "covered_in_a_row": standing.covered_in_a_row,
                "last_at": standing.last_at,
            }
            for standing in standings
        ],
        "days": list(
            PracticeDay.objects.filter(user=user).order_by("day").values("day", "answers")
        ),
    }
