"""The API tells what the pages show."""

from __future__ import annotations

import pytest

from .story import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PROGRESS = "/api/v1/progress"
POINTS = "/api/v1/progress/points"
DAYS = "/api/v1/progress/days"


@pytest.fixture
def attempts(candidate, question, second_question):
    return [
        told(candidate, question, {"memory": "covered", "sharing": "missing"}, day=9, score=40),
        told(candidate, second_question, {"order": "covered", "loss": "partial"}, day=10,
             score=90, guess=True),
    ]  # fmt: skip


def test_all_numbers(client_for, candidate, attempts):
    first, second = attempts

    data = client_for(candidate).get(PROGRESS).json()

    assert data == {
        "time_zone": "Asia/Seoul",
        "reviews_due": data["reviews_due"],
        "points": {"unknown": 1, "shaky": 2, "known": 1, "solid": 0, "not_asked": 1},
        "topics": [
            {
                "topic": {"slug": "networks", "name": {"ko": "네트워크", "en": "Networks"}},
                "total": 2, "known": 0, "shaky": 2, "unknown": 0, "not_asked": 0, "percent": 0,
            },
            {
                "topic": {
                    "slug": "systems",
                    "name": {"ko": "운영체제", "en": "Operating systems"},
                },
                "total": 3, "known": 1, "shaky": 0, "unknown": 1, "not_asked": 1, "percent": 33,
            },
        ],
        "scores": [
            {
                "attempt": str(first.pk), "question": "process-and-thread", "number": 1,
                "answered_at": "2026-10-10T12:00:00+09:00", "score": 40, "guess": False,
            },
            {
                "attempt": str(second.pk), "question": "tcp", "number": 1,
                "answered_at": "2026-10-11T12:00:00+09:00", "score": 90, "guess": True,
            },
        ],
        "practice": {
            "first_day": "2026-04-19", "today": "2026-10-11", "streak": 2, "answers": 2,
            "days": [
                {"day": "2026-10-11", "answers": 1},
                {"day": "2026-10-10", "answers": 1},
            ],
        },
    }  # fmt: skip
    assert client_for(candidate).get(DAYS).json() == data["practice"]


def test_points_weakest_first(client_for, candidate, attempts):
    data = client_for(candidate).get(POINTS).json()

    assert [point["key_point"]["id"] for point in data["results"]] == [
        "sharing", "order", "loss", "memory",
    ]  # fmt: skip
    assert data["results"][0] == {
        "question": "process-and-thread",
        "topic": "systems",
        "key_point": {
            "id": "sharing",
            "weight": 2,
            "text": {
                "ko": "스레드는 힙을 나눠 써요.",
                "en": "Threads of a process share its heap.",
            },
        },
        "level": "unknown",
        "last_status": "missing",
        "guess": False,
        "times_covered": 0,
        "times_missed": 1,
        "covered_in_a_row": 0,
        "last_at": "2026-10-10T12:00:00+09:00",
    }


def test_points_page_by_page(client_for, candidate, attempts):
    client = client_for(candidate)
    found, address = [], f"{POINTS}?limit=1"
    while address:
        page = client.get(address).json()
        found += [point["key_point"]["id"] for point in page["results"]]
        address = page["next"]

    assert found == ["sharing", "order", "loss", "memory"]


def test_points_by_level_and_topic(client_for, candidate, attempts):
    client = client_for(candidate)

    known = client.get(f"{POINTS}?level=known").json()["results"]
    networks = client.get(f"{POINTS}?topic=networks&level=shaky").json()["results"]
    wrong = client.get(f"{POINTS}?level=perfect")

    assert [point["key_point"]["id"] for point in known] == ["memory"]
    assert [point["key_point"]["id"] for point in networks] == ["order", "loss"]
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (422, ["level"])


def test_nothing_of_others(client_for, other_candidate, attempts):
    client = client_for(other_candidate)

    assert client.get(PROGRESS).json()["scores"] == []
    assert client.get(POINTS).json()["results"] == []
    assert client.get(DAYS).json()["days"] == []


@pytest.mark.parametrize("address", [PROGRESS, POINTS, DAYS])
def test_who_may(client, client_for, candidate, address):
    assert client.get(address).status_code == 401
    assert client_for(candidate).post(address).status_code == 405
