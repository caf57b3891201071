"""Cards follow marks, and are due when FSRS says so."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from django.db import transaction
from django.utils import timezone

from apps.interview.feedback import record_progress
from apps.interview.models import Attempt, Feedback
from apps.interview.signals import assessed
from apps.reviews.models import ReviewCard, ReviewRating
from apps.reviews.scheduling import follow_marks, rate

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # noon in Seoul
LIBRARY = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
AGAIN, HARD, GOOD = fsrs.Rating.Again, fsrs.Rating.Hard, fsrs.Rating.Good


@pytest.fixture
def now(monkeypatch):
    """``now(moment)`` stops the clock there."""

    def stop(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    stop(MONDAY)
    return stop


@pytest.fixture
def attempt(candidate, question, now):
    def make(number=1):
        return Attempt.objects.create(
            user=candidate,
            question=question,
            number=number,
            language="en",
            answer="Threads share.",
            idempotency_key=str(number),
            created_at=timezone.now(),
        )

    return make


def _marks(**statuses):
    return [{"id": slug, "status": status} for slug, status in statuses.items()]


def _assess(attempt, guess=False, **statuses):
    assessed.send(Attempt, attempt=attempt, marks=_marks(**statuses), guess=guess)


def _cards():
    return {card.key_point.slug: card for card in ReviewCard.objects.all()}


def _by_the_library(*reviews):
    card = fsrs.Card(card_id=1)
    for rating, moment in reviews:
        card, _log = LIBRARY.review_card(card, rating, moment)
    return card


def _same(card, theirs):
    mine = (card.state, card.step, card.stability, card.difficulty, card.due, card.last_review)
    return mine == (
        theirs.state.value,
        theirs.step,
        pytest.approx(theirs.stability, rel=1e-12),
        pytest.approx(theirs.difficulty, rel=1e-12),
        theirs.due,
        theirs.last_review,
    )


class TestMarks:
    def test_each_mark_is_a_card(self, attempt, candidate):
        _assess(attempt(), memory="covered", sharing="partial", switching="missing")

        cards = _cards()
        assert {slug: card.user for slug, card in cards.items()} == dict.fromkeys(cards, candidate)
        assert {slug: (card.due - MONDAY).days for slug, card in cards.items()} == {
            "memory": 2,
            "sharing": 1,
            "switching": 1,
        }
        ratings = ReviewRating.objects.values_list("card__key_point__slug", "rating")
        assert dict(ratings) == {"memory": 3, "sharing": 2, "switching": 1}

    def test_a_wrong_one_is_asked_again_and_an_unsure_one_is_let_be(self, attempt):
        _assess(attempt(), memory="wrong", sharing="unsure")

        assert {slug: card.last_review for slug, card in _cards().items()} == {"memory": MONDAY}
        assert ReviewRating.objects.get().rating == 1

    def test_guesses_schedule_nothing(self, attempt):
        _assess(attempt(), guess=True, memory="covered", sharing="missing")

        assert not ReviewCard.objects.exists()

    def test_told_twice_it_counts_once(self, attempt):
        first = attempt()
        _assess(first, memory="missing")
        before = ReviewCard.objects.values().get()

        _assess(first, memory="missing")

        assert ReviewCard.objects.values().get() == before
        assert ReviewRating.objects.count() == 1

    def test_a_corrected_mark_takes_its_place(self, attempt, now):
        first = attempt()
        _assess(first, memory="missing")
        now(MONDAY + timedelta(days=1))
        _assess(attempt(2), memory="covered")
        now(MONDAY + timedelta(days=5))

        _assess(first, memory="covered")

        card = ReviewCard.objects.get()
        assert ReviewRating.objects.count() == 2
        assert _same(card, _by_the_library((GOOD, MONDAY), (GOOD, MONDAY + timedelta(days=1))))

    def test_corrected_to_unsure_it_says_nothing(self, attempt):
        first = attempt()
        _assess(first, memory="missing", sharing="covered")

        _assess(first, memory="unsure", sharing="covered")

        assert list(_cards()) == ["sharing"]

    def test_late_feedback_of_an_early_attempt_counts_at_its_own_time(self, attempt, now):
        early = attempt()
        now(MONDAY + timedelta(days=3))
        _assess(attempt(2), memory="covered")

        _assess(early, memory="missing")

        assert _same(
            ReviewCard.objects.get(),
            _by_the_library((AGAIN, MONDAY), (GOOD, MONDAY + timedelta(days=3))),
        )

    def test_a_point_that_staff_removed_goes_quietly(self, attempt, question):
        first = attempt()
        _assess(first, memory="missing", sharing="missing")
        question.key_points.get(slug="memory").delete()

        _assess(first, memory="missing", sharing="missing")

        assert list(_cards()) == ["sharing"]
        assert Attempt.objects.get() == first

    def test_it_comes_with_the_progress_and_goes_with_it(self, attempt, candidate):
        first = attempt()
        Feedback.objects.create(attempt=first)
        result = {"score": 40, "guess": False, "key_points": _marks(memory="missing")}

        with transaction.atomic():
            record_progress(first, result)
            transaction.set_rollback(True)
        assert not ReviewCard.objects.exists()

        record_progress(first, result)
        assert ReviewCard.objects.get().user == candidate

    def test_each_person_has_cards_of_their_own(self, attempt, question, other_candidate):
        first = attempt()
        _assess(first, memory="missing")
        Attempt.objects.filter(pk=first.pk).update(user=other_candidate)

        _assess(Attempt.objects.get(), memory="missing")

        assert ReviewCard.objects.count() == 2

    def test_the_queries_do_not_grow_with_the_ratings(
        self, attempt, now, django_assert_max_num_queries
    ):
        marks = _marks(memory="covered", sharing="missing", switching="partial")
        for number in range(1, 12):
            now(MONDAY + timedelta(days=number))
            given = attempt(number)
            with django_assert_max_num_queries(14):
                follow_marks(Attempt, attempt=given, marks=marks, guess=False)

        assert ReviewRating.objects.count() == 33


class TestIntervals:
    """Equal to the library's own, whatever comes."""

    @pytest.mark.parametrize(
        "reviews",
        [
            [(GOOD, 0)],
            [(HARD, 0)],
            [(AGAIN, 0)],
            [(GOOD, 0), (GOOD, 2), (GOOD, 13), (GOOD, 60)],
            [(AGAIN, 0), (GOOD, 1), (HARD, 3), (AGAIN, 9), (GOOD, 10)],
            [(GOOD, 0), (AGAIN, 0), (GOOD, 0), (GOOD, 1)],
            [(HARD, 0), (HARD, 400), (GOOD, 401)],
        ],
    )
    def test_they_are_the_librarys(self, candidate, question, now, reviews):
        card = ReviewCard.objects.create(user=candidate, key_point=question.key_points.all()[0])
        moments = [(rating, MONDAY + timedelta(days=days)) for rating, days in reviews]
        for rating, moment in moments:
            now(moment)
            rate({card: rating}, source=uuid.uuid4(), at=moment)

        assert _same(ReviewCard.objects.get(), _by_the_library(*moments))

    def test_known_points_wait_longer_each_time(self, candidate, question, now):
        card = ReviewCard.objects.create(user=candidate, key_point=question.key_points.all()[0])
        moment, waits = MONDAY, []
        for _time in range(5):
            now(moment)
            rate({card: GOOD}, source=uuid.uuid4(), at=moment)
            waits.append((card.due - moment).days)
            moment = card.due

        assert waits == [2, 11, 46, 163, 497]


class TestClock:
    """One that jumps loses no review and counts none twice."""

    @pytest.fixture
    def card(self, candidate, question, now):
        card = ReviewCard.objects.create(user=candidate, key_point=question.key_points.all()[0])
        rate({card: GOOD}, source=uuid.uuid4(), at=MONDAY)
        return card

    def test_a_review_written_a_year_ahead_is_believed_no_more(self, card, now):
        ahead = MONDAY + timedelta(days=366)
        now(ahead)
        rate({card: AGAIN}, source=uuid.uuid4(), at=ahead)
        back = MONDAY + timedelta(days=2)
        now(back)

        rate({card: GOOD}, source=uuid.uuid4(), at=back)

        kept = ReviewCard.objects.get()
        assert ReviewRating.objects.count() == 3
        assert _same(kept, _by_the_library((GOOD, MONDAY), (AGAIN, back), (GOOD, back)))
        assert kept.due < back + timedelta(days=3)

    def test_a_review_before_the_last_one_counts_and_turns_no_time_round(self, card, now):
        before = MONDAY - timedelta(days=30)
        now(before)

        rate({card: GOOD}, source=uuid.uuid4(), at=before)

        kept = ReviewCard.objects.get()
        assert ReviewRating.objects.count() == 2
        assert _same(kept, _by_the_library((GOOD, before), (GOOD, before)))

    def test_an_answer_from_the_future_is_one_of_now(self, card, now):
        now(MONDAY + timedelta(days=2))

        rate({card: GOOD}, source=uuid.uuid4(), at=MONDAY + timedelta(days=90))

        assert ReviewCard.objects.get().last_review == MONDAY + timedelta(days=2)
