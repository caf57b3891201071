"""Which session is to go on with, and which step is next."""

from __future__ import annotations

import pytest

from apps.practice import services
from apps.practice.presentation import open_session, places

from .cast import answer, make_questions, make_session, stop_the_clock

pytestmark = pytest.mark.django_db
DAY = 24 * 60 * 60


@pytest.fixture
def clock(monkeypatch):
    return stop_the_clock(monkeypatch)


@pytest.fixture
def questions(db):
    return make_questions("net", 3)


class TestOpenSession:
    def test_the_newest_that_has_not_ended(
        self, candidate, questions, clock, django_assert_num_queries
    ):
        open_one = make_session(candidate, questions)
        clock.go(1)
        services.session_end(session=make_session(candidate, questions))

        with django_assert_num_queries(1):
            assert open_session(candidate) == open_one

    def test_not_one_whose_time_is_up(self, candidate, questions, clock):
        services.clock_start(session=make_session(candidate, questions))
        clock.go(600)

        assert open_session(candidate) is None

    def test_not_one_of_last_week(self, candidate, questions, clock):
        make_session(candidate, questions)
        clock.go(7 * DAY + 1)

        assert open_session(candidate) is None

    def test_not_another_persons(self, candidate, other_candidate, questions):
        make_session(other_candidate, questions)

        assert open_session(candidate) is None


def test_places(candidate, questions):
    session = answer(make_session(candidate, questions), 1)
    services.step_skip(session=session, position=2)
    steps = list(session.steps.all())

    assert [place.state for place in places(steps, steps[2])] == ["saved", "skipped", "here"]
    assert [place.state for place in places(steps, steps[1])] == ["saved", "here", "open"]
