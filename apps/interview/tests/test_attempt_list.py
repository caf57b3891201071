"""All of a person's answers: found by words, topic, score, language and day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.tokens import token_create
from apps.interview.models import Attempt, Feedback, Question, QuestionProgress, Topic

pytestmark = pytest.mark.django_db
LIST = "/attempts/"
API = "/api/v1/attempts"


def _answer(user, question, number, *, score=50, at=None, language="en", answer="It locks."):
    attempt = Attempt.objects.create(
        user=user,
        question=question,
        number=number,
        language=language,
        answer=answer,
        idempotency_key=f"{question.slug}-{number}",
        created_at=at or timezone.now(),
    )
    status = "failed" if score is None else "succeeded"
    Feedback.objects.create(attempt=attempt, status=status, score=score)
    return attempt


@pytest.fixture
def answers(candidate, question):
    """Three, newest first: tcp (70, en, today), threads 2 (None, ko), threads 1 (30, en)."""
    networks = Topic.objects.create(slug="networks", name_ko="네트워크", name_en="Networks")
    tcp = Question.objects.create(
        topic=networks, slug="tcp", status="published", text_ko="TCP는?", text_en="Why TCP?"
    )
    QuestionProgress.objects.create(user=candidate, question=question, attempts=2)
    day = timezone.make_aware(datetime(2026, 3, 2, 0, 30))
    return {
        "threads 1": _answer(candidate, question, 1, score=30, at=day - timedelta(hours=1)),
        "threads 2": _answer(
            candidate, question, 2, score=None, at=day, language="ko", answer="힙을 나눠 써요."
        ),
        "tcp": _answer(candidate, tcp, 1, score=80, at=day + timedelta(days=3)),
    }


def _names(answers, pks):
    by_pk = {str(attempt.pk): name for name, attempt in answers.items()}
    return [by_pk[str(pk)] for pk in pks]


FILTERS = [
    ("", ["tcp", "threads 2", "threads 1"]),
    ("q=tcp", ["tcp"]),
    ("q=process+thread", ["threads 2", "threads 1"]),
    ("q=힙을", ["threads 2"]),
    ("q=네트워크", ["tcp"]),
    ("topic=networks", ["tcp"]),
    ("score=improve", ["threads 1"]),
    ("score=0-39", ["threads 1"]),
    ("score=40-79", []),
    ("score=80-100", ["tcp"]),
    ("score=none", ["threads 2"]),
    ("language=ko", ["threads 2"]),
    # Days are the site's, Seoul's: 00:30 on the second is still the first in UTC.
    ("since=2026-03-02", ["tcp", "threads 2"]),
    ("until=2026-03-01", ["threads 1"]),
    ("since=2026-03-02&until=2026-03-02", ["threads 2"]),
    ("q=threads&language=en&score=improve", []),
    ("q=thread&language=en&score=improve", ["threads 1"]),
]


class TestPage:
    @pytest.mark.parametrize(("query", "names"), FILTERS)
    def test_filters(self, client_for, candidate, answers, query, names):
        response = client_for(candidate).get(f"{LIST}?{query}")

        assert response.status_code == 200
        assert _names(answers, [row.pk for row in response.context["rows"]]) == names

    @pytest.mark.parametrize(
        "query",
        ["topic=x", "score=x", "language=fr", "since=yesterday", "until=99999-01-01", "page=x"],
    )
    def test_a_wrong_value_filters_nothing(self, client_for, candidate, answers, query):
        assert len(client_for(candidate).get(f"{LIST}?{query}").context["rows"]) == 3

    def test_days_the_wrong_way_round_are_said(self, client_for, candidate, answers):
        response = client_for(candidate).get(f"{LIST}?since=2026-03-05&until=2026-03-01")

        assert "The first day is after the last. Change one of them." in response.text

    def test_every_answer_is_on_some_page(self, client_for, candidate, question):
        for number in range(1, 46):
            _answer(candidate, question, number)
        client = client_for(candidate)

        pages = [client.get(f"{LIST}?page={page}&score=improve") for page in (1, 2, 3)]

        assert [len(page.context["rows"]) for page in pages] == [20, 20, 5]
        assert len({row.pk for page in pages for row in page.context["rows"]}) == 45
        assert "score=improve&amp;page=2" in pages[0].text

    def test_nobody_elses(self, client_for, other_candidate, answers):
        response = client_for(other_candidate).get(LIST)

        assert response.context["rows"] == []
        assert "Each answer that you send is kept here" in response.text
        assert "Choose a question" in response.text

    def test_when_nothing_fits_there_is_a_way_back(self, client_for, candidate, answers):
        assert "Show all your answers" in client_for(candidate).get(f"{LIST}?q=nothing").text

    def test_htmx_gets_the_results_alone(self, client_for, candidate, answers):
        response = client_for(candidate).get(LIST, headers={"hx-request": "true"})

        assert "<html" not in response.text
        assert "Why TCP?" in response.text

    @pytest.mark.parametrize("query", ["", "q=thread&score=improve&since=2020-01-01"])
    def test_a_constant_number_of_queries(
        self, client_for, candidate, question, query, django_assert_num_queries
    ):
        client = client_for(candidate)
        for number in range(1, 4):
            _answer(candidate, question, number)
        with django_assert_num_queries(7):
            client.get(f"{LIST}?{query}")
        for number in range(4, 60):
            _answer(candidate, question, number)

        with django_assert_num_queries(7):
            client.get(f"{LIST}?{query}")

    def test_it_is_linked_from_home_and_from_the_questions(self, client_for, candidate, answers):
        client = client_for(candidate)

        for page in ("/", "/questions/"):
            assert f'href="{LIST}"' in client.get(page).text

    def test_it_rejects_post(self, client_for, candidate):
        assert client_for(candidate).post(LIST).status_code == 405

    def test_a_visitor_is_asked_to_log_in(self, client, db):
        assert client.get(LIST).status_code == 302


class TestApi:
    @pytest.fixture
    def get(self, client, candidate):
        headers = {"authorization": f"Token {token_create(user=candidate)}"}
        return lambda query: client.get(f"{API}?{query}", headers=headers)

    @pytest.mark.parametrize(("query", "names"), FILTERS)
    def test_the_pages_filters(self, get, answers, query, names):
        rows = get(query).json()["results"]

        assert _names(answers, [row["id"] for row in rows]) == names

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("topic=x", "topic"),
            ("score=x", "score"),
            ("language=fr", "language"),
            ("since=x", "since"),
            ("until=1899-01-01", "until"),
            ("since=2026-03-05&until=2026-03-01", "__all__"),
        ],
    )
    def test_a_wrong_filter_is_said(self, get, query, field):
        response = get(query)

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == [field]
