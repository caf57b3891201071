"""The download of everything a person has here holds their progress, and nobody else's."""

from __future__ import annotations

import pytest
from django.urls import reverse

from .story import told

pytestmark = pytest.mark.django_db


def test_the_export_holds_it(client_for, candidate, other_candidate, question):
    told(candidate, question, {"memory": "covered", "sharing": "wrong"})
    told(other_candidate, question, {"switching": "covered"})

    data = client_for(candidate).get(reverse("account_export")).json()["progress"]

    assert data == {
        "points": [
            {
                "question": "process-and-thread", "key_point": "memory", "level": "known",
                "last_status": "covered", "guess": False, "times_covered": 1, "times_missed": 0,
                "covered_in_a_row": 1, "last_at": "2026-10-01T03:00:00Z",
            },
            {
                "question": "process-and-thread", "key_point": "sharing", "level": "unknown",
                "last_status": "wrong", "guess": False, "times_covered": 0, "times_missed": 1,
                "covered_in_a_row": 0, "last_at": "2026-10-01T03:00:00Z",
            },
        ],
        "days": [{"day": "2026-10-01", "answers": 1}],
    }  # fmt: skip
