"""Two devices, two closers, at the same moment: each step is taken once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.interview.models import Attempt, Draft, Feedback
from apps.practice import closing, services
from apps.practice.models import Session

from .cast import answer, make_questions, make_session, write_draft

pytestmark = pytest.mark.django_db(transaction=True)
DEVICES = 4


def at_once(work):
    start = threading.Barrier(DEVICES)
    outcomes = []

    def run(number):
        try:
            start.wait(10)
            outcomes.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(DEVICES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == DEVICES
    return outcomes


@pytest.fixture
def session(candidate, sent):
    return make_session(candidate, make_questions("net", 2))


def test_one_of_four_answers_wins_and_the_others_are_told(session):
    def send(number):
        try:
            answer(session, 1, f"Device {number}.", key=str(number))
        except services.StepTaken as taken:
            return taken.attempt.pk
        return None

    outcomes = at_once(send)

    (attempt,) = Attempt.objects.all()
    assert sorted(map(str, outcomes)) == sorted([*[str(attempt.pk)] * 3, "None"])
    assert session.steps.get(position=1).attempt == attempt
    assert Draft.objects.get().text.startswith("Device")


def test_four_closers_send_a_draft_once(session, candidate, sent):
    services.clock_start(session=session)
    write_draft(candidate, session.steps.get(position=1).question, "What I have")
    Session.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    session.refresh_from_db()

    outcomes = at_once(lambda _number: closing.close_if_over(session, timezone.now()).ending)

    assert outcomes == ["time"] * DEVICES
    assert Attempt.objects.count() == Feedback.objects.count() == 1
    assert len(sent) == 1


def test_four_starts_are_one(session):
    outcomes = at_once(lambda _number: services.clock_start(session=session).started_at)

    assert len(set(outcomes)) == 1


def test_four_requests_with_one_key_are_one_session(candidate, session):
    questions = [step.question for step in session.steps.all()]

    outcomes = at_once(
        lambda _number: (
            services.session_start(
                user=candidate,
                questions=questions,
                language="en",
                time_limit=None,
                idempotency_key="k",
            ).pk
        )
    )

    assert len(set(outcomes)) == 1
    assert Session.objects.count() == 2
