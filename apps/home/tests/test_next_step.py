"""One card says what to do now, and what was begun comes before what is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.companies.models import CompanyFollow, Summary
from apps.companies.tests.cast import make_company, make_summary
from apps.home.views import SENTENCE_MAX, shortened
from apps.interview.models import Attempt, Feedback, KeyPoint, Question
from apps.interview.services import attempt_submit, draft_save
from apps.practice.models import Session, SessionQuestion
from apps.progress.tests.story import START, told
from apps.reviews.models import ReviewCard

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(question):
    second = Question.objects.create(
        topic=question.topic, slug="second", status=Question.Status.PUBLISHED,
        difficulty=Question.Difficulty.HARD, text_ko="둘째?", text_en="The second?",
    )  # fmt: skip
    KeyPoint.objects.create(question=second, slug="point", text_ko="점", text_en="Point")
    return second


@pytest.fixture
def ask(client_for, candidate):
    """What the card says, as (kind, title, address, button)."""

    def ask():
        response = client_for(candidate).get("/")
        step = response.context["step"]
        assert response.text.count("btn-primary") == 1
        assert f'<a class="btn btn-primary" href="{step.url}">' in response.text
        return step.kind, step.title, step.url, step.label

    return ask


def answer(candidate, question, score, *, guess=False):
    """An answer that was read, whose review is not due: that would come first."""
    attempt, _new = attempt_submit(
        user=candidate, question=question, answer="A", language="en",
        idempotency_key=f"{question.slug}-{score}",
    )  # fmt: skip
    Feedback.objects.filter(attempt=attempt).update(
        status=Feedback.Status.SUCCEEDED, score=score, guess=guess, method="judge-1"
    )
    return attempt


def again(question):
    return ("again", question.text_en, question.get_absolute_url(), "Answer again")


def test_the_first_question(ask, question, second):
    assert ask() == (
        "first", question.text_en, question.get_absolute_url(), "Answer your first question"
    )  # fmt: skip


def test_the_next_question_after_a_good_answer(ask, candidate, question, second, sent):
    answer(candidate, question, 80)

    assert ask() == ("next", "The second?", "/questions/second/", "Go on practising")


def test_a_weak_answer_is_given_again(ask, candidate, question, second, sent):
    answer(candidate, question, 79)

    assert ask() == again(question)


@pytest.mark.parametrize("status", [Feedback.Status.QUEUED, Feedback.Status.FAILED])
def test_what_was_not_read_was_not_weak(ask, candidate, question, second, sent, status):
    attempt = answer(candidate, question, 10)
    Feedback.objects.filter(attempt=attempt).update(status=status)

    assert ask()[0] == "next"


def test_a_guess_sends_nobody_back(ask, candidate, question, second, sent):
    answer(candidate, question, 10, guess=True)

    assert ask()[0] == "next"


def test_a_weak_answer_to_what_staff_took_back(ask, candidate, question, second, sent):
    answer(candidate, question, 10)
    Question.objects.filter(pk=question.pk).update(status=Question.Status.DRAFT)

    assert ask()[0] == "next"


def test_a_draft_comes_before_a_weak_answer(ask, candidate, question, second, sent):
    answer(candidate, question, 10)
    draft_save(user=candidate, question=second, text="Begun", revision=0)

    assert ask() == ("draft", "The second?", "/questions/second/", "Go on writing")


def test_an_empty_draft_is_none(ask, candidate, question, second):
    draft_save(user=candidate, question=second, text="Begun", revision=0)
    draft_save(user=candidate, question=second, text="", revision=1)

    assert ask()[0] == "first"


def test_reviews_come_before_drafts(ask, candidate, question, second):
    draft_save(user=candidate, question=second, text="Begun", revision=0)
    ReviewCard.objects.create(
        user=candidate, key_point=question.key_points.first(),
        due=timezone.now() - timedelta(days=1),
    )  # fmt: skip

    assert ask() == ("review", "1 point to review", "/reviews/", "Start today's review")


def test_an_open_session_comes_first(ask, candidate, question):
    ReviewCard.objects.create(
        user=candidate, key_point=question.key_points.first(),
        due=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    session = Session.objects.create(user=candidate, language="en", idempotency_key="s")
    SessionQuestion.objects.create(session=session, position=1, question=question)

    assert ask() == (
        "session", "Your mock interview", session.get_absolute_url(),
        "Go on with the mock interview",
    )  # fmt: skip


def test_when_all_was_tried(ask, candidate, question, sent):
    answer(candidate, question, 100)

    assert ask() == (
        "all", "Answer again what could be better", "/questions/?state=improve",
        "Choose a question",
    )  # fmt: skip


def test_the_latest_answers_name_a_question_once(client_for, candidate, question, second):
    told(candidate, question, {"memory": "covered"}, number=1, day=0, score=30)
    told(candidate, second, {"point": "covered"}, number=1, day=1, score=50)
    told(candidate, question, {"memory": "covered"}, number=2, day=2, score=90)

    attempts = client_for(candidate).get("/").context["attempts"]

    assert [(a.question.slug, a.number, a.feedback.score) for a in attempts] == [
        ("process-and-thread", 2, 90), ("second", 1, 50),
    ]  # fmt: skip


def test_progress_is_reached_from_home_and_from_the_menu(client_for, candidate, question):
    text = client_for(candidate).get("/").text

    assert text.count('href="/progress/"') == 2


def test_a_companys_sentence_is_cut_between_words(client_for, candidate):
    company = make_company()
    summary = make_summary(company)
    sections = summary.sections
    sections[0]["sentences"][0]["text"] = "Cloud bakery bakes bread " * 12
    Summary.objects.filter(pk=summary.pk).update(sections=sections)
    CompanyFollow.objects.create(user=candidate, company=company)

    [row] = client_for(candidate).get("/").context["companies"]

    assert row["sentence"].endswith(" …")
    assert len(row["sentence"]) <= SENTENCE_MAX
    assert set(row["sentence"].split()) == {"Cloud", "bakery", "bakes", "bread", "…"}


def test_a_short_sentence_and_a_long_word_stay_whole():
    assert shortened("It bakes bread.") == "It bakes bread."
    assert shortened("가" * 200) == "가" * 200


def test_it_takes_the_same_queries_however_much_there_is(
    client_for, candidate, question, second, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(timezone, "now", lambda: START + timedelta(days=60))
    client = client_for(candidate)
    told(candidate, question, {"memory": "covered"}, score=90)
    ReviewCard.objects.all().delete()  # the same step before and after
    with django_assert_num_queries(13):
        client.get("/")
    for number in range(2, 60):
        told(candidate, question, {"memory": "covered"}, number=number, day=number, score=90)
    assert Attempt.objects.count() == 59
    ReviewCard.objects.all().delete()

    with django_assert_num_queries(13):
        client.get("/")
