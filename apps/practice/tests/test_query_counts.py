"""Pages take the same few queries however much there is."""

from __future__ import annotations

import pytest

from apps.practice import services
from apps.practice.models import Session

from .cast import answer, judged, make_questions, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [2, 10])
def test_one_session(client_for, candidate, count, django_assert_num_queries):
    session = make_session(candidate, make_questions("net", count))
    for position in range(1, count):
        answer(session, position)
    client = client_for(candidate)

    with django_assert_num_queries(5):
        assert client.get(session.get_absolute_url()).status_code == 200
    session = services.session_end(session=session)
    for step in session.steps.exclude(attempt=None):
        assert step.attempt is not None
        judged(step.attempt, 50)

    with django_assert_num_queries(4):
        assert client.get(session.get_absolute_url()).status_code == 200


def test_the_list(client_for, candidate, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("apps.common.limits.count", lambda *_: None)
    questions = make_questions("net", 3)
    client = client_for(candidate)
    make_session(candidate, questions)
    with django_assert_num_queries(5):
        client.get("/practice/")
    for _n in range(19):
        answer(make_session(candidate, questions), 1)

    with django_assert_num_queries(5):
        client.get("/practice/")
    assert Session.objects.count() == 20


def test_a_new_one(client_for, candidate, django_assert_num_queries):
    client = client_for(candidate)
    make_questions("net", 3)
    with django_assert_num_queries(5):
        client.get("/practice/new")
    for number in range(10):
        make_questions(f"topic-{number}", 3)

    with django_assert_num_queries(5):
        client.get("/practice/new")
