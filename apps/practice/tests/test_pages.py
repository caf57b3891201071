"""Session pages: as their person sees them, and as nobody else does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from apps.common.limits import LimitReached
from apps.interview.models import Attempt, Draft, Feedback, Question
from apps.practice import services
from apps.practice.models import Session

from .cast import answer, judged, make_questions, make_session, stop_the_clock, write_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(db):
    return make_questions("net", 3)


@pytest.fixture
def session(candidate, questions):
    return make_session(candidate, questions)


@pytest.fixture
def own(client_for, candidate):
    return client_for(candidate)


def _step(session, name, position=1):
    return reverse(f"practice:{name}", args=[session.pk, position])


class TestNew:
    ADDRESS = "/practice/new"

    def test_it_works(self, own, candidate, questions):
        page = own.get(self.ADDRESS).content.decode()
        assert "3 questions, 10 minutes" in page
        assert page.count('class="btn btn-primary"') == 1

        reply = own.post(self.ADDRESS, {"count": "3", "minutes": "10", "language": "en"})

        session = Session.objects.get()
        assert reply.headers["Location"] == f"/practice/{session.pk}/"
        assert (session.user, session.time_limit, session.language) == (candidate, 600, "en")
        assert session.steps.count() == 3

    def test_wishes(self, own, questions):
        make_questions("os", 3)
        given = {"topics": ["os"], "count": "2", "difficulty": "2", "minutes": "", "language": "ko"}

        own.post(self.ADDRESS, given)

        session = Session.objects.get()
        assert session.topics == [{"slug": "os", "ko": "os 주제", "en": "Os"}]
        assert (session.difficulty, session.time_limit, session.language) == (2, None, "ko")
        topics = session.steps.values_list("question__topic__slug", flat=True)
        assert list(topics) == ["os", "os"]

    @pytest.mark.parametrize(
        "given",
        [
            {"count": "0"},
            {"count": "11"},
            {"count": ""},
            {"minutes": "7"},
            {"difficulty": "4"},
            {"topics": ["none"]},
            {"language": "fr"},
            {"idempotency_key": "a b"},
        ],
    )
    def test_bad_input(self, own, questions, given):
        reply = own.post(self.ADDRESS, {"count": "3", "language": "en", **given})

        assert reply.status_code == 422
        assert not Session.objects.exists()

    def test_nothing_fits(self, own, questions):
        reply = own.post(self.ADDRESS, {"count": "3", "difficulty": "3", "language": "en"})

        assert reply.status_code == 422
        assert "No question fits these." in reply.content.decode()

    def test_a_double_click_is_one(self, own, questions):
        given = {"count": "3", "language": "en", "idempotency_key": "k"}
        first, second = own.post(self.ADDRESS, given), own.post(self.ADDRESS, given)

        assert first.headers["Location"] == second.headers["Location"]
        assert Session.objects.count() == 1

    def test_too_many_are_told_so(self, own, questions):
        given = {"count": "1", "language": "en"}
        for _n in range(services.SESSIONS.amount):
            own.post(self.ADDRESS, given)

        assert own.post(self.ADDRESS, given).status_code == 429

    def test_one_that_is_open_is_offered(self, own, session):
        assert f'href="/practice/{session.pk}/"' in own.get(self.ADDRESS).content.decode()

    def test_without_questions_it_says_so(self, own):
        page = own.get(self.ADDRESS).content.decode()
        assert "There are no questions yet." in page
        assert "Start the mock interview" not in page

    def test_in_korean(self, own, questions):
        page = own.get(self.ADDRESS, headers={"accept-language": "ko"}).content.decode()
        assert "3문제, 10분" in page
        assert "모의 면접 시작하기" in page


class TestSession:
    def test_the_first_question(self, own, session):
        page = own.get(session.get_absolute_url()).content.decode()

        assert "Question 1 of 3" in page
        assert "<h1>net question 1</h1>" in page
        assert f'data-start-url="/practice/{session.pk}/start"' in page
        assert 'data-seconds-left="600"' in page
        assert ">10:00<" in page
        assert "score" not in page

    def test_what_was_asked_stays(self, own, session):
        Question.objects.update(text_en="Changed", status=Question.Status.DRAFT)

        page = own.get(session.get_absolute_url()).content.decode()

        assert "<h1>net question 1</h1>" in page

    def test_a_reload_and_another_device_go_on_where_it_was(
        self, own, client_for, candidate, session, questions
    ):
        answer(session, 1)
        write_draft(candidate, questions[1], "Half a")

        for client in (own, client_for(candidate)):
            page = client.get(session.get_absolute_url()).content.decode()
            assert "Question 2 of 3" in page
            assert "\nHalf a</textarea>" in page
            assert "data-start-url" not in page

    def test_any_step_can_be_looked_at(self, own, session):
        answer(session, 1, "Mine.")

        third = own.get(f"{session.get_absolute_url()}?step=3").content.decode()
        first = own.get(f"{session.get_absolute_url()}?step=1").content.decode()
        nonsense = own.get(f"{session.get_absolute_url()}?step=x").content.decode()

        assert "Question 3 of 3" in third
        assert '<div class="answer-text">Mine.</div>' in first
        assert "<textarea" not in first
        assert "Question 2 of 3" in nonsense

    def test_without_a_limit_there_is_no_clock(self, own, candidate, questions):
        session = make_session(candidate, questions, None)
        page = own.get(session.get_absolute_url()).content.decode()

        assert "data-countdown" not in page
        assert "data-start-url" in page

    def test_the_first_request_after_the_end_closes_it(
        self, own, candidate, session, questions, monkeypatch
    ):
        services.clock_start(session=session)
        write_draft(candidate, questions[0], "What I have")
        Session.objects.update(ends_at=closing_moment(session))

        reply = own.get(f"/practice/{session.pk}/")

        assert reply.headers["Location"] == f"/practice/{session.pk}/debrief"
        assert Attempt.objects.get().answer == "What I have"

    def test_strangers_do_not_find_it(self, client_for, other_candidate, session):
        client = client_for(other_candidate)
        for address in (
            session.get_absolute_url(),
            f"/practice/{session.pk}/debrief",
            _step(session, "step_answer"),
        ):
            assert client.get(address).status_code == 404
        for name in ("step_answer", "step_skip", "step_draft", "session_end", "step_retry"):
            assert client.post(_step(session, name)).status_code == 404
        assert client.post(f"/practice/{session.pk}/start").status_code == 404
        session.refresh_from_db()
        assert (session.started_at, session.ended_at) == (None, None)

    def test_nobody_is_asked_to_log_in(self, client, session):
        reply = client.get(session.get_absolute_url())
        assert reply.headers["Location"] == f"/accounts/login/?next=/practice/{session.pk}/"


def closing_moment(session):
    session.refresh_from_db()
    return session.started_at


class TestStart:
    def test_a_script_is_told_what_is_left(self, own, session):
        reply = own.post(f"/practice/{session.pk}/start", headers={"accept": "application/json"})

        assert reply.json()["seconds_left"] in (599, 600)
        session.refresh_from_db()
        assert session.ends_at - session.started_at == timedelta(minutes=10)

    def test_a_button_comes_back(self, own, session):
        reply = own.post(f"/practice/{session.pk}/start")
        assert reply.headers["Location"] == f"/practice/{session.pk}/"

    def test_a_get_starts_nothing(self, own, session):
        own.get(f"/practice/{session.pk}/start")
        session.refresh_from_db()
        assert session.started_at is None


class TestAnswer:
    def test_it_works(self, own, session):
        given = {"answer": "Packets.\r\nMany.", "idempotency_key": "k", "draft_revision": "0"}

        reply = own.post(_step(session, "step_answer"), given)

        assert reply.headers["Location"] == f"/practice/{session.pk}/"
        assert Attempt.objects.get().answer == "Packets.\nMany."
        page = own.get(session.get_absolute_url()).content.decode()
        assert 'data-submitted-key="k"' in page

    def test_the_last_one_leads_to_the_debrief(self, own, session):
        for position in (1, 2):
            answer(session, position)

        reply = own.post(_step(session, "step_answer", 3), {"answer": "Last."})

        assert reply.headers["Location"] == f"/practice/{session.pk}/debrief"

    def test_an_empty_one_is_refused(self, own, session):
        reply = own.post(_step(session, "step_answer"), {"answer": "  "})

        assert reply.status_code == 422
        assert "Write your answer first" in reply.content.decode()

    def test_a_step_that_is_not_there(self, own, session):
        assert own.post(_step(session, "step_answer", 4), {"answer": "A"}).status_code == 404

    def test_the_second_device_is_told_and_keeps_its_words(self, own, session, questions):
        answer(session, 1, "From the desk.")

        reply = own.post(_step(session, "step_answer"), {"answer": "From the <phone>."})

        assert reply.status_code == 409
        page = reply.content.decode()
        assert "You have answered this on another device" in page
        assert "From the &lt;phone&gt;." in page
        assert "From the desk." in page
        assert Draft.objects.get(question=questions[0]).text == "From the <phone>."

    def test_words_that_no_draft_keeps_are_shown_to_copy(self, own, candidate, session, questions):
        answer(session, 1, "From the desk.")
        write_draft(candidate, questions[0], "A third one.")

        page = own.post(_step(session, "step_answer"), {"answer": "From the phone."})

        assert "Copy from here what you want to keep." in page.content.decode()
        assert "From the phone." in page.content.decode()
        assert Draft.objects.get().text == "A third one."

    def test_too_late_it_is_told_and_keeps_its_words(self, own, session):
        services.session_end(session=session)

        reply = own.post(_step(session, "step_answer"), {"answer": "Late."})

        assert reply.status_code == 409
        assert "The session had ended when this arrived" in reply.content.decode()
        assert Draft.objects.get().text == "Late."

    def test_a_key_that_was_used_is_replaced(self, own, session):
        answer(session, 1, key="k")

        reply = own.post(
            _step(session, "step_answer", 2), {"answer": "Other.", "idempotency_key": "k"}
        )

        assert reply.status_code == 409
        page = reply.content.decode()
        assert "Other.</textarea>" in page
        key = re.search(r'name="idempotency_key" value="(\w+)"', page)
        assert key and key[1] != "k"

    def test_too_many_at_once_stay_in_the_box(self, own, session, monkeypatch):
        def reached(*_):
            raise LimitReached(services.SESSIONS, 5)

        monkeypatch.setattr("apps.common.limits.count", reached)

        reply = own.post(_step(session, "step_answer"), {"answer": "Mine."})

        assert reply.status_code == 429
        assert "Mine.</textarea>" in reply.content.decode()

    def test_the_draft_of_a_question_that_was_taken_back(self, own, session, questions):
        Question.objects.update(status=Question.Status.DRAFT)
        given = {"text": "Half", "revision": "0"}

        assert own.post(_step(session, "step_draft"), given).json() == {"revision": 1}
        newer = own.post(_step(session, "step_draft"), {"text": "Other", "revision": "0"})

        assert (newer.status_code, newer.json()) == (409, {"revision": 1, "text": "Half"})
        assert own.post(_step(session, "step_draft"), {"revision": "x"}).status_code == 422
        assert own.get(_step(session, "step_draft")).status_code == 405


class TestSkipAndEnd:
    def test_skip_keeps_the_words(self, own, session, questions):
        reply = own.post(_step(session, "step_skip"), {"answer": "Half", "draft_revision": "0"})

        assert reply.headers["Location"] == f"/practice/{session.pk}/"
        assert Draft.objects.get(question=questions[0]).text == "Half"
        page = own.get(session.get_absolute_url()).content.decode()
        assert "Question 2 of 3" in page
        assert "skipped" in page

    def test_end(self, own, session, questions):
        answer(session, 1)

        reply = own.post(_step(session, "session_end", 2), {"answer": "Half"})

        assert reply.headers["Location"] == f"/practice/{session.pk}/debrief"
        assert Attempt.objects.count() == 1
        assert Draft.objects.get(question=questions[1]).text == "Half"

    def test_a_get_ends_nothing(self, own, session):
        own.get(_step(session, "session_end"))
        own.get(_step(session, "step_skip"))
        session.refresh_from_db()
        assert (session.ended_at, session.revision) == (None, 0)


class TestDebrief:
    MARK = {"id": "a", "text": "Point A", "weight": 3, "confidence": 1.0}

    def _ended(self, session):
        for position in (1, 2):
            answer(session, position)
        services.session_end(session=session)
        return {step.position: step.attempt for step in session.steps.select_related("attempt")}

    def test_scores_and_what_was_wrong(self, own, session):
        attempts = self._ended(session)
        quote = {"start": 0, "end": 7, "text": "Memory."}
        made = {"statement": "Claim", "correction": "It is otherwise."}
        judged(
            attempts[1],
            40,
            {**self.MARK, "status": "wrong", "quote": quote, "misconception": made},
            {**self.MARK, "text": "Point B", "status": "missing", "weight": 2},
            {**self.MARK, "text": "Point C", "status": "covered"},
        )
        judged(attempts[2], 81, {**self.MARK, "text": "Point D", "status": "missing"})

        page = own.get(f"/practice/{session.pk}/debrief").content.decode()

        assert '<p class="score-value">60<small>/100</small></p>' in page
        assert "2 of 3 questions answered" in page
        assert "Ended early." in page
        assert "“Memory.”" in page
        assert "It is otherwise." in page
        order = re.findall(r'<span lang="en">(Point \w)</span> <span class="hint">', page)
        assert order == ["Point A", "Point D", "Point B"]
        assert "Point C" not in page
        assert "hx-trigger" not in page

    def test_what_is_being_read_says_so_and_the_page_looks_again(self, own, session):
        attempts = self._ended(session)
        judged(attempts[1], 40)
        address = f"/practice/{session.pk}/debrief"

        page = own.get(address).content.decode()
        part = own.get(address, headers={"hx-request": "true"}).content.decode()

        assert "1 answer is being read" in page
        assert f'hx-get="{address}" hx-trigger="every 4s"' in part
        assert "<html" not in part

    def test_what_failed_is_asked_for_again(self, own, session, sent):
        attempts = self._ended(session)
        judged(attempts[1], 40)
        Feedback.objects.filter(attempt=attempts[2]).update(
            status=Feedback.Status.FAILED, error_code="inference_down"
        )
        address = f"/practice/{session.pk}/debrief"
        assert "Feedback could not be reached" in own.get(address).content.decode()

        reply = own.post(_step(session, "step_retry", 2))

        assert reply.headers["Location"] == address
        assert Feedback.objects.get(attempt=attempts[2]).status == "queued"

    def test_guesses_say_so(self, own, session):
        attempts = self._ended(session)
        for attempt in attempts.values():
            if attempt:
                judged(attempt, 50)
        Feedback.objects.update(guess=True)

        page = own.get(f"/practice/{session.pk}/debrief").content.decode()

        assert "These marks are guesses" in page

    def test_a_question_that_was_taken_back_is_not_linked(self, own, session):
        self._ended(session)
        Question.objects.update(status=Question.Status.DRAFT)

        page = own.get(f"/practice/{session.pk}/debrief").content.decode()

        assert 'href="/questions/net-' not in page

    def test_before_the_end_it_leads_back(self, own, session):
        reply = own.get(f"/practice/{session.pk}/debrief")
        assert reply.headers["Location"] == f"/practice/{session.pk}/"


class TestList:
    def test_empty(self, own):
        page = own.get("/practice/").content.decode()
        assert "None yet." in page
        assert 'href="/practice/new"' in page

    def test_newest_first_and_only_ones_own(
        self, own, candidate, other_candidate, questions, monkeypatch
    ):
        clock = stop_the_clock(monkeypatch)
        sessions = []
        for _n in range(21):
            clock.go(60)
            session = Session.objects.create(
                user=candidate, language="en", idempotency_key=str(_n), created_at=clock.now
            )
            sessions.append(session)
        make_session(other_candidate, questions)
        monkeypatch.undo()

        page = own.get("/practice/").content.decode()
        shown = re.findall(r'href="/practice/([0-9a-f-]{36})/"', page)
        assert shown == [str(session.pk) for session in reversed(sessions[1:])]
        second = own.get("/practice/?page=2").content.decode()
        assert str(sessions[0].pk) in second

    def test_scores(self, own, session):
        attempts = TestDebrief()._ended(session)
        judged(attempts[1], 40)
        judged(attempts[2], 81)

        page = own.get("/practice/").content.decode()

        assert "<strong>60<small>/100</small></strong>" in page
        assert f'href="/practice/{session.pk}/debrief"' in page


def test_sessions_are_in_the_export(own, session):
    answer(session, 1)
    services.session_end(session=session)

    export = own.get(reverse("account_export")).json()

    (kept,) = export["practice"]
    assert kept["id"] == str(session.pk)
    assert kept["ending"] == "early"
    assert [question["text"] for question in kept["questions"]] == [
        {"ko": f"net {n}번 질문", "en": f"net question {n}"} for n in (1, 2, 3)
    ]
    assert kept["questions"][0]["attempt"] == str(Attempt.objects.get().pk)
