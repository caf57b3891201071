"""The tallies after answers, corrections, guesses and removed key points; built anew."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.accounts.services import account_delete
from apps.interview.models import Attempt, KeyPoint
from apps.progress import keeping
from apps.progress.models import CountedAnswer, PointMark, PointStanding, PracticeDay
from apps.progress.standing import Level
from apps.reviews import judging
from apps.reviews.models import ReviewAnswer, ReviewCard

from .story import START, answered, assessed, told

pytestmark = pytest.mark.django_db

STORY = [
    {"memory": "covered", "sharing": "wrong", "switching": "missing"},
    {"memory": "covered", "sharing": "partial", "switching": "covered"},
    {"memory": "partial", "sharing": "covered", "switching": "missing"},
]
STANDS = {
    "memory": (Level.SHAKY, "partial", 2, 0, 0),
    "sharing": (Level.SHAKY, "covered", 1, 1, 1),
    "switching": (Level.UNKNOWN, "missing", 1, 2, 0),
}


def stands(user):
    rows = PointStanding.objects.for_user(user).select_related("key_point")
    return {
        row.key_point.slug: (
            Level(row.level),
            row.last_status,
            row.times_covered,
            row.times_missed,
            row.covered_in_a_row,
        )
        for row in rows
    }


def days(user):
    return dict(PracticeDay.objects.filter(user=user).values_list("day", "answers"))


def test_a_little_story(candidate, other_candidate, question):
    for number, marks in enumerate(STORY, start=1):
        told(candidate, question, marks, number=number, day=number)

    assert stands(candidate) == STANDS
    assert days(candidate) == {date(2026, 10, day): 1 for day in (2, 3, 4)}
    assert stands(other_candidate) == days(other_candidate) == {}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_marks_come_does_not_matter(candidate, question, order):
    attempts = [answered(candidate, question, number=n + 1, day=n) for n in range(3)]
    for place in order:
        assessed(attempts[place], STORY[place])

    assert stands(candidate) == STANDS


def test_answers_of_one_moment_are_told_apart_by_their_number(candidate, question):
    second = answered(candidate, question, number=2)
    assessed(second, {"memory": "covered"})
    told(candidate, question, {"memory": "missing"}, number=1)

    assert stands(candidate)["memory"] == (Level.SHAKY, "covered", 1, 1, 1)


def test_told_twice_is_told_once(candidate, question):
    attempt = told(candidate, question, STORY[0])
    before = (stands(candidate), days(candidate))

    assessed(attempt, STORY[0])

    assert (stands(candidate), days(candidate)) == before
    assert PointMark.objects.count() == 3
    assert CountedAnswer.objects.count() == 1


def test_a_corrected_mark_takes_the_place_of_the_first(candidate, question):
    attempt = told(candidate, question, {"memory": "missing", "sharing": "covered"})
    told(candidate, question, {"memory": "covered", "sharing": "covered"}, number=2, day=1)
    assert stands(candidate)["memory"] == (Level.SHAKY, "covered", 1, 1, 1)

    keeping.record(attempt, [{"id": "memory", "status": "covered"}], guess=False)

    assert stands(candidate) == {
        "memory": (Level.SOLID, "covered", 2, 0, 2),
        "sharing": (Level.SOLID, "covered", 2, 0, 2),
    }
    assert days(candidate) == {date(2026, 10, 1): 1, date(2026, 10, 2): 1}


def test_guesses_are_neither_known_nor_missed(candidate, question):
    told(candidate, question, {"memory": "covered", "sharing": "missing"}, guess=True)

    assert stands(candidate) == {
        "memory": (Level.SHAKY, "unsure", 0, 0, 0),
        "sharing": (Level.SHAKY, "unsure", 0, 0, 0),
    }
    assert set(PointStanding.objects.values_list("guess", flat=True)) == {True}


def test_a_removed_key_point_goes_quietly(candidate, question):
    attempt = told(candidate, question, STORY[0])
    KeyPoint.objects.get(slug="sharing").delete()

    assert set(stands(candidate)) == {"memory", "switching"}
    assessed(attempt, STORY[0])
    assert set(stands(candidate)) == {"memory", "switching"}
    assert days(candidate) == {date(2026, 10, 1): 1}


def test_a_day_ends_at_midnight_where_the_person_is(candidate, question):
    """START is noon in Seoul: eleven hours later it is 23:00 there, and a day later in no zone."""
    told(candidate, question, STORY[0], number=1, hour=11)
    told(candidate, question, STORY[0], number=2, hour=13)

    assert days(candidate) == {date(2026, 10, 1): 1, date(2026, 10, 2): 1}


def test_someone_who_left_meanwhile_leaves_nothing(candidate, question):
    attempt = Attempt(user_id=candidate.pk + 99, question=question, number=1)

    keeping.record(attempt, [{"id": "memory", "status": "covered"}], guess=False)

    assert PointMark.objects.count() == CountedAnswer.objects.count() == 0


def test_nothing_is_half_written(candidate, question, monkeypatch):
    attempt = answered(candidate, question)
    monkeypatch.setattr(keeping, "_sum_up", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assessed(attempt, STORY[0])

    assert PointMark.objects.count() == CountedAnswer.objects.count() == 0
    assert PracticeDay.objects.count() == 0


def test_deleting_the_person_deletes_it_all(candidate, question):
    told(candidate, question, STORY[0])
    account_delete(user=candidate)

    for model in (PointMark, PointStanding, CountedAnswer, PracticeDay):
        assert not model.objects.exists()


class TestReviews:
    """A review is an answer about one key point alone."""

    @pytest.fixture
    def review(self, candidate, question):
        told(candidate, question, {"memory": "covered", "sharing": "missing"})
        card = ReviewCard.objects.get(key_point__slug="sharing")

        def review(status: str, *, day: int, guess: bool = False) -> ReviewAnswer:
            answer = ReviewAnswer.objects.create(
                user=candidate, card=card, question=question, language="en", answer="The heap.",
                idempotency_key=f"{day}", created_at=START + timedelta(days=day),
                status=ReviewAnswer.Status.SUCCEEDED, mark={"id": "sharing", "status": status},
                method="judge-1", guess=guess,
            )  # fmt: skip
            judging.record(answer, answer.mark, guess)
            return answer

        return review

    def test_it_makes_known_what_was_missed(self, candidate, review):
        review("covered", day=1)
        assert stands(candidate)["sharing"] == (Level.SHAKY, "covered", 1, 1, 1)

        review("covered", day=2)
        assert stands(candidate) == {
            "memory": (Level.KNOWN, "covered", 1, 0, 1),
            "sharing": (Level.SOLID, "covered", 2, 1, 2),
        }

    def test_its_day_was_practised(self, candidate, review):
        answer = review("unsure", day=3)
        judging.record(answer, answer.mark, False)

        assert days(candidate) == {date(2026, 10, 1): 1, date(2026, 10, 4): 1}

    def test_a_guess_claims_nothing(self, candidate, review):
        review("covered", day=1, guess=True)

        assert stands(candidate)["sharing"] == (Level.SHAKY, "unsure", 0, 1, 0)

    def test_a_point_that_is_gone(self, candidate, review):
        answer = review("covered", day=1)
        KeyPoint.objects.get(slug="sharing").delete()

        keeping.record_review(answer, 10**6, answer.mark, False)

        assert set(stands(candidate)) == {"memory"}

    def test_it_is_built_anew(self, candidate, review):
        review("covered", day=1)
        before = (stands(candidate), days(candidate))
        for model in (PointMark, PointStanding, CountedAnswer, PracticeDay):
            model.objects.all().delete()

        call_command("rebuild_progress", stdout=StringIO())

        assert (stands(candidate), days(candidate)) == before


class TestRebuild:
    def test_it_makes_what_the_answers_made(self, candidate, other_candidate, question):
        for number, marks in enumerate(STORY, start=1):
            told(candidate, question, marks, number=number, day=number)
        told(other_candidate, question, {"memory": "covered"}, guess=True)
        answered(other_candidate, question, number=2)
        before = [(stands(person), days(person)) for person in (candidate, other_candidate)]
        for model in (PointMark, PointStanding, CountedAnswer, PracticeDay):
            model.objects.all().delete()
        printed = StringIO()

        call_command("rebuild_progress", stdout=printed)

        after = [(stands(person), days(person)) for person in (candidate, other_candidate)]
        assert printed.getvalue() == "2 people, 4 answers\n"
        assert after == before
        call_command("rebuild_progress", stdout=printed)
        assert [(stands(p), days(p)) for p in (candidate, other_candidate)] == before

    def test_it_mends_what_is_off(self, candidate, question):
        told(candidate, question, STORY[0])
        PointStanding.objects.update(times_missed=9, level=Level.SOLID)
        PointMark.objects.filter(key_point__slug="memory").update(status="wrong")
        PracticeDay.objects.update(answers=7)

        call_command("rebuild_progress", email="ALICE@example.org", stdout=StringIO())

        assert stands(candidate)["memory"] == (Level.KNOWN, "covered", 1, 0, 1)
        assert days(candidate) == {date(2026, 10, 1): 1}

    def test_days_stay_where_they_were_counted(self, candidate, question):
        told(candidate, question, STORY[0])
        CountedAnswer.objects.update(day=date(2026, 9, 30))

        call_command("rebuild_progress", stdout=StringIO())

        assert days(candidate) == {date(2026, 9, 30): 1}

    def test_nobody_is_told(self, candidate):
        with pytest.raises(CommandError, match="Nobody"):
            call_command("rebuild_progress", email="nobody@example.org")
