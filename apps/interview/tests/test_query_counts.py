"""Pages take the same few queries however much there is: at 10 rows and at 200."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.interview.models import Attempt, Feedback, KeyPoint, Question, QuestionProgress, Topic

LIST = "/questions/"


def _fill(topic: Topic, user: User, numbers: range) -> None:
    """Questions with a key point each, half of them tried by ``user``."""
    questions = Question.objects.bulk_create(
        Question(
            topic=topic,
            slug=f"question-{number}",
            status=Question.Status.PUBLISHED,
            text_ko=f"질문 {number}",
            text_en=f"Question {number} on locks",
        )
        for number in numbers
    )
    KeyPoint.objects.bulk_create(
        KeyPoint(question=question, slug="point", text_ko="잠금", text_en="A lock is held")
        for question in questions
    )
    QuestionProgress.objects.bulk_create(
        QuestionProgress(user=user, question=question, attempts=1, last_score=50)
        for question in questions[::2]
    )


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (LIST, 8),
        (f"{LIST}?page=2", 8),
        (f"{LIST}?q=lock", 7),
        (f"{LIST}?q=lock+held", 7),
        (f"{LIST}?topic=systems&difficulty=2", 9),
        (f"{LIST}?state=new", 8),
        (f"{LIST}?state=tried", 8),
        (f"{LIST}?state=improve", 8),
        (f"{LIST}?q=lock&topic=systems&difficulty=2&state=improve", 8),
    ],
)
def test_every_form_of_the_list(
    client_for: Callable[[User], Client],
    candidate: User,
    topic: Topic,
    address: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(candidate)
    _fill(topic, candidate, range(10))
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
    _fill(topic, candidate, range(10, 200))

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("page", "queries"), [("question", 7), ("attempt", 11)])
def test_one_question_with_many_attempts(
    client_for: Callable[[User], Client],
    candidate: User,
    question: Question,
    page: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_for(candidate)

    def attempt(number: int) -> Attempt:
        attempt = Attempt.objects.create(
            user=candidate,
            question=question,
            number=number,
            language="en",
            answer="Threads share memory.",
            idempotency_key=str(number),
        )
        Feedback.objects.create(attempt=attempt, status=Feedback.Status.SUCCEEDED, score=50)
        return attempt

    first = attempt(1)
    for number in range(2, 11):
        attempt(number)
    address = (question if page == "question" else first).get_absolute_url()
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
    for number in range(11, 201):
        attempt(number)
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
