"""Questions for what a profile names: each with the line that it comes from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.tokens import token_create
from apps.interview.models import Question
from apps.practice import recommending, services
from apps.practice.models import Session
from apps.practice.recommending import in_turn, lines_of, questions_for
from apps.resume.models import Profile

from .cast import make_questions, tried

pytestmark = pytest.mark.django_db
PAGE = "/practice/from-resume"
PROFILE: dict[str, Any] = {
    "basics": {"name": "Alice", "summary": "Linux를 좋아하는 백엔드 개발자예요."},
    "work": [{"name": "새벽마켓", "highlights": ["Kafka로 주문 알림을 분리했습니다."]}],
    "projects": [{"name": "Jobclip", "description": "채용 공고 모음", "keywords": ["Redis", "Go"]}],
    "skills": [{"name": "Backend", "keywords": ["Java", "Redis", "R"]}],
}


def _publish(*slugs):
    """Questions of these slugs, the names of which the word list knows."""
    made = make_questions("net", len(slugs))
    for question, slug in zip(made, slugs):
        question.slug = slug
        question.save()
    return made


@pytest.fixture
def bank(db):
    return _publish(
        "cache-aside-and-invalidation",
        "idempotent-payment-request",
        "jvm-garbage-collection",
        "process-vs-thread",
    )


@pytest.fixture
def profile(candidate):
    return Profile.objects.create(user=candidate, data=PROFILE)


def _shown(user):
    return [
        (
            one.technology.name,
            one.place.section,
            one.place.title,
            one.find.quote,
            *(question.slug for question in one.questions),
        )
        for one in questions_for(user)
    ]


def test_projects_first_and_each_with_its_line(candidate, profile, bank):
    assert _shown(candidate) == [
        ("Redis", "projects", "Jobclip", "Redis, Go", "cache-aside-and-invalidation"),
        ("Go", "projects", "Jobclip", "Redis, Go", "process-vs-thread"),
        (
            "Kafka",
            "work",
            "새벽마켓",
            "Kafka로 주문 알림을 분리했습니다.",
            "idempotent-payment-request",
        ),
        ("Java", "skills", "", "Java, Redis, R", "jvm-garbage-collection"),
    ]


def test_a_question_that_names_it_is_found_by_itself(candidate, profile):
    (question,) = make_questions("net", 1)
    Question.objects.filter(pk=question.pk).update(text_ko="카프카는 어떻게 순서를 지키나요?")

    assert _shown(candidate)[0][0] == "Kafka"
    assert _shown(candidate)[0][-1] == question.slug


def test_an_edit_of_the_bank_is_seen_at_once(candidate, profile):
    (question,) = make_questions("net", 1)
    assert questions_for(candidate) == []

    question.text_en = "How does Kafka keep order?"  # type: ignore[attr-defined]
    question.save()

    assert [one.technology.name for one in questions_for(candidate)] == ["Kafka"]


def test_drafts_and_follow_ups_are_not_offered(candidate, profile, bank):
    Question.objects.filter(slug="idempotent-payment-request").update(status="draft")
    follow_up = Question.objects.get(slug="process-vs-thread")
    Question.objects.filter(pk=follow_up.pk).update(follows=bank[0])

    assert [row[0] for row in _shown(candidate)] == ["Redis", "Java"]


def test_untried_ones_come_first_then_those_to_improve(candidate):
    Profile.objects.create(user=candidate, data={"skills": [{"keywords": ["Java"]}]})
    names = ["java-references-and-equality", "jvm-garbage-collection", "exception-handling"]
    good, weak, fresh = _publish(*names)
    tried(candidate, good, 95)
    tried(candidate, weak, 40)

    (java,) = questions_for(candidate)

    assert java.questions == [fresh, weak, good]


def test_one_of_each_then_a_second_of_each(candidate):
    Profile.objects.create(user=candidate, data={"skills": [{"keywords": ["Java", "Redis"]}]})
    _publish(
        "java-references-and-equality", "jvm-garbage-collection", "cache-aside-and-invalidation"
    )

    called = questions_for(candidate)
    slugs = [question.slug for question in in_turn([one.questions for one in called])]

    assert slugs == [
        "java-references-and-equality",
        "cache-aside-and-invalidation",
        "jvm-garbage-collection",
    ]


def test_a_profile_without_end_is_read_as_far_as_a_long_resume(candidate, bank):
    data = {"projects": [{"name": "x" * 1000}] * 50, "skills": [{"keywords": ["Java"]}]}
    Profile.objects.create(user=candidate, data=data)

    assert questions_for(candidate) == []


def test_lines_of_an_odd_profile():
    assert lines_of({}) == []
    odd: dict[str, Any] = {
        "basics": None,
        "skills": [{"keywords": None, "name": None}],
        "projects": [{}],
    }
    assert lines_of(odd) == []


def test_the_page(client_for, candidate, profile, bank):
    client = client_for(candidate)

    english = client.get(PAGE).content.decode()
    korean = client.get(PAGE, headers={"accept-language": "ko"}).content.decode()

    assert "Your résumé has Kafka" in english
    assert "이력서에 Kafka가 있어요" in korean
    assert "이력서에 Redis가 있어요" in korean
    assert "<blockquote>Kafka로 주문 알림을 분리했습니다.</blockquote>" in korean
    assert english.count("btn-primary") == 1
    assert "Mock interview: 3 questions, 10 minutes" in english


def test_one_press_begins_a_mock_interview(client_for, candidate, profile, bank):
    client = client_for(candidate)

    first = client.post(PAGE, {"idempotency_key": "k"})
    again = client.post(PAGE, {"idempotency_key": "k"})

    session = Session.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/practice/{session.pk}/"
    assert (session.about, session.time_limit, session.language) == ("Résumé", 600, "en")
    assert list(session.steps.values_list("question__slug", flat=True)) == [
        "cache-aside-and-invalidation",
        "process-vs-thread",
        "idempotent-payment-request",
    ]


def test_too_many_are_told_so(client_for, candidate, profile, bank):
    client = client_for(candidate)
    for _n in range(services.SESSIONS.amount):
        client.post(PAGE)

    reply = client.post(PAGE)

    assert reply.status_code == 429
    assert "That was a lot at once." in reply.content.decode()


def test_without_a_profile_it_says_what_to_do(client_for, candidate, bank):
    reply = client_for(candidate).post(PAGE)

    assert "Your profile is empty." in reply.content.decode()
    assert not Profile.objects.exists()
    assert not Session.objects.exists()


def test_without_a_find_it_says_what_to_do(client_for, candidate, profile):
    assert "Your profile names no technology" in client_for(candidate).get(PAGE).content.decode()


def test_another_person_has_another_profile(client_for, other_candidate, profile, bank):
    assert "Your profile is empty." in client_for(other_candidate).get(PAGE).content.decode()


def test_the_api(candidate, profile, bank):
    headers = {"authorization": f"Token {token_create(user=candidate)}", "accept-language": "ko"}

    found = Client().get("/api/v1/questions-for-me", headers=headers).json()

    assert found[2]["technology"] == "Kafka"
    assert (found[2]["section"], found[2]["entry"]) == ("work", "새벽마켓")
    assert found[2]["line"] == "Kafka로 주문 알림을 분리했습니다."
    assert [question["slug"] for question in found[2]["questions"]] == [
        "idempotent-payment-request"
    ]
    assert Client().get("/api/v1/questions-for-me").status_code == 401


def test_a_constant_number_of_queries(client_for, candidate, django_assert_num_queries):
    profile = Profile.objects.create(user=candidate, data={"skills": [{"keywords": ["Java"]}]})
    _publish("java-references-and-equality")
    client = client_for(candidate)
    client.get(PAGE)  # reads the bank once
    with django_assert_num_queries(7):
        client.get(PAGE)
    words = ["Java", "Redis", "Kafka", "Python", "React", "MySQL", "Docker", "AWS", "JWT", "Nginx"]
    profile.data = {"skills": [{"keywords": words}], "projects": [{"name": word} for word in words]}
    profile.save()

    with django_assert_num_queries(7):
        client.get(PAGE)


def test_the_bank_is_read_once(candidate, profile, bank, monkeypatch):
    questions_for(candidate)
    monkeypatch.setattr(recommending, "_read_bank", lambda: 1 / 0)

    assert len(questions_for(candidate)) == 4
