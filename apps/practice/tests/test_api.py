"""The API of sessions: the same rules as the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts.tokens import token_create
from apps.interview.models import Attempt, Draft
from apps.practice import services
from apps.practice.models import Session

from .cast import answer, judged, make_questions, make_session, stop_the_clock

pytestmark = pytest.mark.django_db
PATH = "/api/v1/sessions"


class Caller:
    def __init__(self, user):
        self.client = Client(headers={"accept-language": "en"})
        self.token = token_create(user=user)

    def __call__(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        return getattr(self.client, method)(
            f"{PATH}{path}",
            body,
            content_type="application/json",
            headers={"authorization": f"Token {self.token}", **headers},
        )


@pytest.fixture
def alice(candidate):
    return Caller(candidate)


@pytest.fixture
def bob(other_candidate):
    return Caller(other_candidate)


@pytest.fixture
def questions(db):
    return make_questions("net", 3)


@pytest.fixture
def session(candidate, questions):
    return make_session(candidate, questions)


def test_create(alice, candidate, questions):
    body = {"topics": ["net"], "count": 2, "minutes": 5, "language": "ko"}

    reply = alice("post", "", body)

    assert reply.status_code == 201
    made = reply.json()
    session = Session.objects.get()
    assert made["id"] == str(session.pk)
    assert made["topics"] == [{"slug": "net", "name": {"ko": "net 주제", "en": "Net"}}]
    assert (made["minutes"], made["seconds_left"], made["difficulty"]) == (5, 300, None)
    assert (made["started_at"], made["ended_at"], made["ending"]) == (None, None, "")
    assert [(step["position"], step["state"], step["attempt"]) for step in made["steps"]] == [
        (1, "open", None),
        (2, "open", None),
    ]
    assert set(made["steps"][0]["text"]) == {"ko", "en"}


def test_create_with_defaults_and_a_key(alice, questions):
    first = alice("post", "", {"language": "en"}, **{"idempotency-key": "k"}).json()
    again = alice("post", "", {"language": "en"}, **{"idempotency-key": "k"}).json()

    assert first["id"] == again["id"]
    assert (len(first["steps"]), first["minutes"], first["seconds_left"]) == (3, None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "language"),
        ({"language": "fr"}, "language"),
        ({"language": "en", "count": 0}, "count"),
        ({"language": "en", "count": 11}, "count"),
        ({"language": "en", "minutes": 7}, "minutes"),
        ({"language": "en", "difficulty": 9}, "difficulty"),
        ({"language": "en", "topics": ["none"]}, "topics"),
        ({"language": "en", "difficulty": 3}, "topics"),
    ],
)
def test_bad_wishes(alice, questions, body, field):
    reply = alice("post", "", body)

    assert reply.status_code == 422
    assert list(reply.json()["error"]["fields"]) == [field]
    assert not Session.objects.exists()


def test_a_bad_key(alice, questions):
    reply = alice("post", "", {"language": "en"}, **{"idempotency-key": "a b"})
    assert list(reply.json()["error"]["fields"]) == ["Idempotency-Key"]


def test_list_and_detail_are_ones_own(alice, bob, session):
    assert [row["id"] for row in alice("get").json()["results"]] == [str(session.pk)]
    assert bob("get").json()["results"] == []
    assert alice("get", f"/{session.pk}").json()["id"] == str(session.pk)


def test_strangers_get_404(bob, session):
    for method, path in [
        ("get", ""),
        ("post", "/start"),
        ("post", "/end"),
        ("get", "/debrief"),
        ("put", "/questions/1/answer"),
        ("post", "/questions/1/skip"),
    ]:
        reply = bob(method, f"/{session.pk}{path}", {"answer": "Mine."})
        assert (path, reply.status_code) == (path, 404)
    assert not Attempt.objects.exists()


def test_wrong_methods(alice, session):
    assert alice("delete", f"/{session.pk}").status_code == 405
    assert alice("get", f"/{session.pk}/start").status_code == 405
    assert alice("post", f"/{session.pk}/questions/1/answer").status_code == 405


def test_a_whole_session(alice, session, monkeypatch):
    clock = stop_the_clock(monkeypatch)
    started = alice("post", f"/{session.pk}/start").json()
    assert started["seconds_left"] == 600
    clock.go(30)

    first = alice("put", f"/{session.pk}/questions/1/answer", {"answer": "Packets."}).json()
    skipped = alice("post", f"/{session.pk}/questions/2/skip").json()
    early = alice("get", f"/{session.pk}/debrief")

    assert first["seconds_left"] == 570
    assert first["steps"][0]["seconds"] == 30
    assert [step["state"] for step in skipped["steps"]] == ["answered", "skipped", "open"]
    assert early.status_code == 409
    ended = alice("post", f"/{session.pk}/end").json()
    assert ended["ending"] == "early"
    mark = {"id": "a", "text": "Point", "weight": 3, "confidence": 1.0}
    judged(Attempt.objects.get(), 40, {**mark, "status": "missing"}, {**mark, "status": "covered"})

    debrief = alice("get", f"/{session.pk}/debrief").json()

    assert {key: debrief[key] for key in ("score", "asked", "answered", "waiting", "seconds")} == {
        "score": 40,
        "asked": 3,
        "answered": 1,
        "waiting": 0,
        "seconds": 30,
    }
    assert debrief["topics"] == [{"topic": "net", "asked": 3, "answered": 1, "score": 40}]
    lines = debrief["questions"]
    assert [line["state"] for line in lines] == ["judged", "unanswered", "unanswered"]
    assert lines[0]["repeat"] == [
        {"text": "Point", "weight": 3, "status": "missing", "quote": "", "correction": ""}
    ]
    assert (lines[0]["job"]["status"], lines[1]["job"]) == ("succeeded", None)


def test_the_second_device_is_told(alice, session, questions):
    answer(session, 1, "From the desk.")
    path = f"/{session.pk}/questions/1/answer"

    same = alice("put", path, {"answer": "From the desk."})
    other = alice("put", path, {"answer": "From the phone."})

    assert (same.status_code, other.status_code) == (200, 409)
    assert other.json()["error"]["code"] == "conflict"
    assert Draft.objects.get(question=questions[0]).text == "From the phone."


def test_after_the_end_it_is_told(alice, session, monkeypatch):
    clock = stop_the_clock(monkeypatch)
    services.clock_start(session=session)
    clock.go(610)

    reply = alice("put", f"/{session.pk}/questions/1/answer", {"answer": "Late."})

    assert reply.status_code == 409
    closed = alice("get", f"/{session.pk}").json()
    assert (closed["ending"], closed["seconds_left"]) == ("time", 0)
    assert alice("post", f"/{session.pk}/questions/1/skip").status_code == 409
    session.refresh_from_db()
    assert session.ended_at - session.started_at == timedelta(minutes=10)


@pytest.mark.parametrize("body", [{}, {"answer": " "}, {"answer": "a" * 4001}])
def test_bad_answers(alice, session, body):
    reply = alice("put", f"/{session.pk}/questions/1/answer", body)

    assert reply.status_code == 422
    assert list(reply.json()["error"]["fields"]) == ["answer"]


def test_a_step_that_is_not_there(alice, session):
    assert alice("put", f"/{session.pk}/questions/9/answer", {"answer": "A"}).status_code == 404
