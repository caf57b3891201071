"""What a session's actions write: also late, twice, and by two devices."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.services import account_delete
from apps.common.limits import LimitReached
from apps.interview.models import Attempt, Draft, Feedback, Question
from apps.interview.services import DraftConflict, IdempotencyConflict
from apps.practice import closing, services, tasks
from apps.practice.choosing import Wishes
from apps.practice.models import QUESTIONS_MAX, Session, SessionQuestion
from apps.practice.presentation import next_step
from apps.practice.services import NothingToAsk, SessionOver, StepTaken

from .cast import NOON, answer, make_questions, make_session, stop_the_clock, write_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    return stop_the_clock(monkeypatch)


@pytest.fixture
def questions(db):
    return make_questions("net", 3)


def _positions(session):
    return list(session.steps.values_list("position", "question__slug", "attempt__answer"))


class TestStart:
    def test_it_works(self, candidate, questions, clock):
        topic = questions[0].topic

        session = services.session_start(
            user=candidate,
            questions=questions,
            language="ko",
            time_limit=timedelta(minutes=10),
            topics=[topic],
            difficulty=2,
        )

        session.refresh_from_db()
        assert (session.user, session.language, session.time_limit) == (candidate, "ko", 600)
        assert session.topics == [{"slug": "net", "ko": "net 주제", "en": "Net"}]
        assert (session.difficulty, session.created_at) == (2, NOON)
        assert (session.started_at, session.ends_at, session.ended_at) == (None, None, None)
        assert _positions(session) == [(1, "net-1", None), (2, "net-2", None), (3, "net-3", None)]

    def test_it_keeps_what_was_asked(self, candidate, questions):
        session = make_session(candidate, questions)

        Question.objects.update(text_ko="다른 질문", text_en="Another", status="draft")

        step = session.steps.get(position=1)
        assert (step.text_ko, step.text_en) == ("net 1번 질문", "net question 1")

    def test_the_same_key_gives_the_same_session(self, candidate, other_candidate, questions):
        def start(user):
            return services.session_start(
                user=user, questions=questions, language="ko", time_limit=None, idempotency_key="k"
            )

        first = start(candidate)
        assert start(candidate) == first
        assert start(other_candidate) != first
        assert SessionQuestion.objects.count() == 6

    def test_each_question_once_and_ten_at_most(self, candidate, questions):
        more = [*questions, *questions, *make_questions("os", 12)]

        session = make_session(candidate, more)

        assert session.steps.count() == QUESTIONS_MAX == 10
        assert _positions(session)[3] == (4, "os-1", None)

    def test_without_a_question_there_is_none(self, candidate):
        with pytest.raises(NothingToAsk):
            make_session(candidate, [])
        with pytest.raises(NothingToAsk):
            services.session_choose(user=candidate, wishes=Wishes(count=3))
        assert not Session.objects.exists()

    def test_wishes_choose(self, candidate, questions):
        session = services.session_choose(
            user=candidate,
            wishes=Wishes(count=2, minutes=5, language="en"),
            luck=random.Random(1),
        )

        assert (session.time_limit, session.language) == (300, "en")
        assert [slug for _n, slug, _a in _positions(session)] == ["net-2", "net-3"]

    def test_there_is_a_limit(self, candidate, questions):
        for _n in range(services.SESSIONS.amount):
            make_session(candidate, questions)

        with pytest.raises(LimitReached):
            make_session(candidate, questions)


class TestClock:
    def test_the_first_key_starts_it_and_no_other(self, candidate, questions, clock):
        session = make_session(candidate, questions)
        clock.go(100)
        started = services.clock_start(session=session)
        clock.go(5)
        again = services.clock_start(session=session)

        assert started.started_at == again.started_at == NOON + timedelta(seconds=100)
        assert again.ends_at == NOON + timedelta(seconds=700)
        assert again.seconds_left(clock.now) == 595

    def test_an_answer_starts_it_where_no_key_was_told(self, candidate, questions, clock):
        session = answer(make_session(candidate, questions), 1)

        assert (session.started_at, session.ends_at) == (NOON, NOON + timedelta(minutes=10))

    def test_without_a_limit_it_never_ends(self, candidate, questions, clock):
        session = services.clock_start(session=make_session(candidate, questions, None))
        clock.go(10**6)

        assert (session.ends_at, session.seconds_left(clock.now)) == (None, None)
        assert answer(session, 1).ended_at is None


class TestAnswer:
    def test_it_works(self, candidate, questions, clock, sent, django_capture_on_commit_callbacks):
        session = services.clock_start(session=make_session(candidate, questions))
        clock.go(42)

        with django_capture_on_commit_callbacks(execute=True):
            session = answer(session, 1, "Packets.")

        attempt = Attempt.objects.get()
        assert (attempt.user, attempt.question, attempt.answer) == (
            candidate,
            questions[0],
            "Packets.",
        )
        assert (attempt.language, attempt.seconds_spent) == ("en", 42)
        assert sent == [([str(attempt.feedback.pk)], None)]
        assert session.revision == 1
        assert _positions(session)[0] == (1, "net-1", "Packets.")

    def test_the_time_since_the_last_step_belongs_to_this_one(self, candidate, questions, clock):
        session = services.clock_start(session=make_session(candidate, questions))
        clock.go(10)
        services.step_skip(session=session, position=1)
        clock.go(20)
        answer(session, 2)
        clock.go(30)
        answer(session, 1)

        spent = dict(Attempt.objects.values_list("question__slug", "seconds_spent"))
        assert spent == {"net-2": 20, "net-1": 40}

    def test_the_last_one_ends_it(self, candidate, questions, clock):
        session = make_session(candidate, questions)
        for position in (1, 3):
            assert answer(session, position).ended_at is None
        clock.go(7)

        session = answer(session, 2)

        assert (session.ended_at, session.ending) == (clock.now, "answered")

    def test_the_same_answer_again_is_one(self, candidate, questions):
        session = make_session(candidate, questions)
        answer(session, 1, "Same.", key="a")
        answer(session, 1, "Same.", key="b")

        assert Attempt.objects.count() == 1

    def test_of_two_devices_one_wins_and_the_other_loses_nothing(self, candidate, questions):
        session = make_session(candidate, questions)
        answer(session, 1, "From the desk.", key="desk")

        with pytest.raises(StepTaken) as told:
            answer(session, 1, "From the phone.", key="phone")

        assert told.value.attempt.answer == "From the desk."
        assert Attempt.objects.count() == 1
        assert Draft.objects.get().text == "From the phone."

    def test_words_that_came_too_late_do_not_replace_a_draft(self, candidate, questions):
        session = make_session(candidate, questions)
        answer(session, 1, "From the desk.", key="desk")
        write_draft(candidate, questions[0], "A third one.")

        with pytest.raises(StepTaken):
            answer(session, 1, "From the phone.", key="phone")

        assert Draft.objects.get().text == "A third one."

    def test_a_question_that_was_taken_back_is_still_answered(self, candidate, questions):
        session = make_session(candidate, questions)
        Question.objects.update(status=Question.Status.DRAFT)

        answer(session, 1)

        assert Attempt.objects.get().question == questions[0]

    def test_a_key_that_was_used_for_another_answer(self, candidate, questions):
        session = make_session(candidate, questions)
        answer(session, 1, key="k")

        with pytest.raises(IdempotencyConflict):
            answer(session, 2, "Other.", key="k")
        assert session.steps.unanswered().count() == 2

    def test_what_fails_midway_leaves_nothing(self, candidate, questions, monkeypatch):
        session = make_session(candidate, questions)
        monkeypatch.setattr(services, "_moved", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            answer(session, 1)

        session.refresh_from_db()
        assert session.started_at is None
        assert not Attempt.objects.exists()
        assert not Feedback.objects.exists()


class TestSkip:
    def test_skipped_ones_come_back_after_the_others(self, candidate, questions, clock):
        session = make_session(candidate, questions)
        order = []
        for _n in range(4):
            step = next_step(list(session.steps.all()))
            assert step is not None
            order.append(step.position)
            clock.go(1)
            services.step_skip(session=session, position=step.position)

        assert order == [1, 2, 3, 1]

    def test_an_answered_one_stays(self, candidate, questions):
        session = answer(make_session(candidate, questions), 1)

        services.step_skip(session=session, position=1)

        assert session.steps.get(position=1).skipped_at is None

    def test_what_was_written_so_far_is_its_draft(self, candidate, questions):
        session = make_session(candidate, questions)

        services.step_skip(session=session, position=1, words="Half a", draft_revision=0)

        assert Draft.objects.get(question=questions[0]).text == "Half a"


class TestEnd:
    def test_the_words_on_the_page_become_the_draft(self, candidate, questions):
        session = make_session(candidate, questions)
        draft = write_draft(candidate, questions[1], "Half")

        services.session_end(
            session=session, position=2, words="Half a", draft_revision=draft.revision
        )

        assert Draft.objects.get().text == "Half a"
        assert not Attempt.objects.exists()

    def test_early_it_leaves_drafts_alone(self, candidate, questions, clock):
        session = answer(make_session(candidate, questions), 1)
        write_draft(candidate, questions[1], "Half a")
        clock.go(3)

        session = services.session_end(session=session)

        assert (session.ended_at, session.ending) == (clock.now, "early")
        assert Attempt.objects.count() == 1
        assert Draft.objects.get(question=questions[1]).text == "Half a"

    def test_ended_twice_it_ended_once(self, candidate, questions, clock):
        session = make_session(candidate, questions)
        services.session_end(session=session)
        clock.go(3)

        assert services.session_end(session=session).ended_at == NOON

    def test_nothing_goes_on_after_it(self, candidate, questions):
        session = make_session(candidate, questions)
        services.session_end(session=session)

        with pytest.raises(SessionOver):
            answer(session, 1, "Late.")
        with pytest.raises(SessionOver):
            services.step_skip(session=session, position=1)

        assert not Attempt.objects.exists()
        assert Draft.objects.get().text == "Late."


class TestTimeIsUp:
    @pytest.fixture
    def session(self, candidate, questions, clock):
        """Its clock has run for 60 s when the first is answered; drafts of the others."""
        session = services.clock_start(session=make_session(candidate, questions))
        clock.go(60)
        answer(session, 1)
        write_draft(candidate, questions[1], "What I have so f")
        write_draft(candidate, questions[2], "  ")
        return session

    def test_what_was_being_written_counts(self, session, candidate, questions, clock, sent):
        clock.go(541)

        session = closing.close_if_over(session, clock.now)

        assert (session.ending, session.ended_at) == ("time", NOON + timedelta(seconds=600))
        assert _positions(session) == [
            (1, "net-1", "Memory."),
            (2, "net-2", "What I have so f"),
            (3, "net-3", None),
        ]
        sent_by_clock = session.steps.get(position=2).attempt
        assert (sent_by_clock.seconds_spent, sent_by_clock.language) == (540, "en")
        assert sent_by_clock.feedback.status == "queued"
        assert Draft.objects.get(question=questions[1]).text == ""

    def test_a_moment_before_nothing_happens(self, session, clock):
        clock.go(539)
        assert closing.close_if_over(session, clock.now).ended_at is None

    def test_nobody_looks_and_the_sweep_closes_it_after_the_grace(self, session, clock):
        clock.go(540 + 9)
        tasks.close_sessions()
        session.refresh_from_db()
        assert session.ended_at is None
        clock.go(1)

        tasks.close_sessions()
        tasks.close_sessions()

        closed = Session.objects.get()
        assert (closed.ending, closed.ended_at) == ("time", NOON + timedelta(seconds=600))
        assert Attempt.objects.count() == 2

    def test_one_that_cannot_be_closed_does_not_hold_up_the_others(
        self, session, other_candidate, questions, clock, monkeypatch
    ):
        other = services.clock_start(session=make_session(other_candidate, questions, 5))
        clock.go(10_000)
        send = closing._send_drafts

        def fails_for_one(current):
            if current.pk == session.pk:
                raise RuntimeError
            send(current)

        monkeypatch.setattr(closing, "_send_drafts", fails_for_one)

        assert closing.close_all_over(clock.now) == 1
        other.refresh_from_db()
        session.refresh_from_db()
        assert (other.ending, session.ending) == ("time", "")

    def test_an_answer_on_its_way_still_counts(self, session, clock):
        clock.go(540 + 9)

        session = answer(session, 3, "On its way.")

        assert session.ending == "time"
        assert [text for _n, _slug, text in _positions(session)] == [
            "Memory.",
            "What I have so f",
            "On its way.",
        ]
        assert session.steps.get(position=3).attempt.seconds_spent == 540

    def test_also_when_another_device_saw_the_end_first(self, session, clock):
        clock.go(541)
        closing.close_if_over(session, clock.now)

        answer(session, 3, "On its way.")

        assert session.steps.get(position=3).attempt.answer == "On its way."

    def test_after_the_grace_it_is_a_draft(self, session, questions, clock):
        clock.go(540 + 10)

        with pytest.raises(SessionOver):
            answer(session, 3, "Too late.")

        assert session.steps.get(position=3).attempt is None
        assert Draft.objects.get(question=questions[2]).text == "Too late."

    def test_a_draft_from_before_the_session_is_not_sent(self, candidate, questions, clock):
        write_draft(candidate, questions[0], "From last week")
        clock.go(60)
        session = services.clock_start(session=make_session(candidate, questions))
        clock.go(600)

        session = closing.close_if_over(session, clock.now)

        assert session.ending == "time"
        assert not Attempt.objects.exists()

    def test_a_draft_beyond_the_limit_stays_a_draft(self, candidate, questions, clock):
        session = services.clock_start(session=make_session(candidate, questions))
        write_draft(candidate, questions[0], "a" * 4001)
        clock.go(600)

        closing.close_if_over(session, clock.now)

        assert not Attempt.objects.exists()
        assert len(Draft.objects.get().text) == 4001

    def test_what_is_typed_after_the_grace_does_not_count(
        self, session, candidate, questions, clock
    ):
        clock.go(540 + 9)
        step = session.steps.get(position=2)
        revision = Draft.objects.get(question=questions[1]).revision

        def save(text, revision):
            return services.step_draft_save(
                step=step, user=candidate, text=text, revision=revision
            ).revision

        revision = save("What I have so far", revision)
        clock.go(1)
        with pytest.raises(DraftConflict):
            save("What I have so far, and more", revision)

        assert session.steps.get(position=2).attempt.answer == "What I have so far"

    def test_ending_it_by_hand_afterwards_changes_nothing(self, session, clock):
        clock.go(10_000)

        session = services.session_end(session=session)

        assert (session.ending, session.ended_at) == ("time", NOON + timedelta(seconds=600))

    def test_the_end_sends_more_answers_than_the_limit_of_one_minute(
        self, candidate, questions, clock, monkeypatch
    ):
        monkeypatch.setattr("apps.common.limits.count", lambda *_: 1 / 0)
        session = Session.objects.get(pk=self._ready(candidate, questions, clock).pk)

        assert closing.close_if_over(session, clock.now).ending == "time"
        assert Attempt.objects.count() == 3

    def _ready(self, candidate, questions, clock):
        session = Session.objects.create(
            user=candidate,
            language="en",
            time_limit=60,
            idempotency_key="k",
            created_at=timezone.now(),
            started_at=timezone.now(),
            moved_at=timezone.now(),
            ends_at=timezone.now() + timedelta(seconds=60),
        )
        for position, question in enumerate(questions, start=1):
            SessionQuestion.objects.create(session=session, position=position, question=question)
            write_draft(candidate, question, f"Draft {position}")
        clock.go(60)
        return session


def test_sessions_that_were_never_begun_are_forgotten_after_a_day(candidate, questions, clock):
    never = make_session(candidate, questions)
    begun = services.clock_start(session=make_session(candidate, questions))
    clock.go(24 * 3600 + 1)
    fresh = make_session(candidate, questions)

    tasks.forget_sessions()

    assert set(Session.objects.all()) == {begun, fresh}
    assert never.pk not in SessionQuestion.objects.values_list("session", flat=True)


def test_deleting_the_account_takes_all_of_it(candidate, other_candidate, questions):
    answer(make_session(candidate, questions), 1)
    kept = make_session(other_candidate, questions)

    account_delete(user=candidate)

    assert list(Session.objects.all()) == [kept]
    assert not Attempt.objects.exists()
