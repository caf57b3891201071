"""What to practise for a company: the special first, each with the sentence that called for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from apps.accounts.tokens import token_create
from apps.companies import practising
from apps.companies.models import SourceText
from apps.companies.practising import practice_for
from apps.interview.models import QuestionProgress, Topic
from apps.practice import services
from apps.practice.models import Session
from apps.practice.tests.cast import make_questions

from .cast import IR, make_company, make_summary, sections

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


PAGE = "/companies/cloud-bakery/"
PRACTICE = "/companies/cloud-bakery/practice"


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def summary(company):
    texts = ["It bakes bread in the cloud.", "Orders run through Kafka and Redis."]
    return make_summary(company, sections=sections(*texts))


@pytest.fixture
def bank(db):
    """Questions of three topics; the word list sends Kafka and Redis to two of them."""
    design = make_questions("software-design", 3)
    for question, slug in zip(
        design, ["cache-aside-and-invalidation", "monolith-vs-microservices"]
    ):
        question.slug = slug
        question.save()
    make_questions("cloud", 6)
    make_questions("networks", 3)
    return design


def _parts(summary, user=None):
    return [
        (one.reason, one.quote, one.where.anchor, [question.slug for question in one.questions])
        for one in practice_for(summary, user).parts
    ]


def test_what_it_names_comes_before_its_topics(summary, bank):
    summary.topics.set(Topic.objects.filter(slug__in=["cloud", "software-design"]))

    kafka, redis, *topics = _parts(summary)

    sentence = "Orders run through Kafka and Redis."
    assert kafka == ("Its texts name Kafka", sentence, "said-2", ["monolith-vs-microservices"])
    assert redis == ("Its texts name Redis", sentence, "said-2", ["cache-aside-and-invalidation"])
    by_topic = {reason: (quote, anchor, slugs) for reason, quote, anchor, slugs in topics}
    assert by_topic.keys() == {"Its texts touch: Cloud", "Its texts touch: Software-design"}
    quote, anchor, slugs = by_topic["Its texts touch: Cloud"]
    assert (quote, anchor) == ("It bakes bread in the cloud.", "said-1")
    assert len(slugs) == 2
    assert by_topic["Its texts touch: Software-design"] == ("", "", ["software-design-3"])


def test_what_only_a_source_says_is_quoted_from_it(company, bank):
    summary = make_summary(company)
    text = "Letter to the owners.\n\nPayments pass through Redis each day."
    SourceText.objects.create(
        id=IR, company=company, kind="ir", language="en", title="Letter of 2026", text=text
    )

    (redis, *_others) = practice_for(summary, None).parts

    assert redis.reason == "Its texts name Redis"
    assert redis.quote == "Payments pass through Redis each day."
    assert (redis.where.anchor, redis.where.title) == ("", "Letter of 2026")


def test_two_companies_are_not_asked_the_same_easy_ones(bank):
    cloud = Topic.objects.get(slug="cloud")
    asked = set()
    for number in range(6):
        summary = make_summary(make_company(f"company-{number}"), sections=sections("Bread."))
        summary.topics.add(cloud)
        (part,) = practice_for(summary, None).parts
        asked.add(tuple(question.slug for question in part.questions))

    assert len(asked) > 2


def test_what_was_answered_well_gives_way(candidate, summary, bank):
    cloud = Topic.objects.get(slug="cloud")
    summary.sections = sections("Bread.")
    summary.topics.add(cloud)
    before = practice_for(summary, candidate)
    for question in before.questions:
        QuestionProgress.objects.create(
            user=candidate, question=question, attempts=1, last_score=90
        )

    after = practice_for(summary, candidate)

    assert not set(before.questions) & set(after.questions)
    assert (before.score, after.score) == (None, None)


def test_its_sources_are_read_once(summary, bank, monkeypatch):
    practice_for(summary, None)
    monkeypatch.setattr(practising, "finds_in", lambda _texts: 1 / 0)

    assert len(practice_for(summary, None).parts) == 2


def test_a_constant_number_of_queries(
    client_for, candidate, summary, bank, django_assert_num_queries
):
    client = client_for(candidate)
    summary.topics.add(Topic.objects.get(slug="cloud"))
    client.get(PAGE)
    with django_assert_num_queries(13):
        client.get(PAGE)
    summary.topics.set(Topic.objects.all())
    client.get(PAGE)

    with django_assert_num_queries(13):
        client.get(PAGE)


class TestPage:
    def test_each_is_linked_to_its_sentence(self, client, summary, bank):
        page = client.get(PAGE).text

        assert '<li id="said-2">Orders run through Kafka and Redis.' in page
        assert '<a href="#said-2">Orders run through Kafka and Redis.</a>' in page

    def test_in_korean(self, client, summary, bank):
        page = client.get(PAGE, headers={"accept-language": "ko"}).text

        assert "소개 글에 Kafka가 나와요" in page
        assert "이 기업으로 모의 면접" in page

    def test_there_is_one_primary_action(self, client_for, candidate, summary, bank):
        client = client_for(candidate)
        assert client.get(PAGE).text.count("btn-primary") == 1
        client.post(f"{PAGE}follow")

        page = client.get(PAGE).text

        assert page.count("btn-primary") == 1
        assert '<button class="btn btn-primary">Mock interview for this company</button>' in page


class TestSession:
    def test_one_press_begins_it(self, client_for, candidate, summary, bank):
        client = client_for(candidate)

        first = client.post(PRACTICE, {"idempotency_key": "k"})
        again = client.post(PRACTICE, {"idempotency_key": "k"})

        session = Session.objects.get()
        assert first.headers["Location"] == again.headers["Location"] == f"/practice/{session.pk}/"
        assert (session.about, session.time_limit) == ("Cloud Bakery", 600)
        assert list(session.steps.values_list("question__slug", flat=True)) == [
            "monolith-vs-microservices",
            "cache-aside-and-invalidation",
        ]
        assert "Cloud Bakery" in client.get("/practice/").text

    def test_a_visitor_logs_in_first(self, client, summary, bank):
        reply = client.post(PRACTICE)
        assert reply.headers["Location"] == f"/accounts/login/?next={PRACTICE}"

    def test_after_a_login_it_comes_back(self, client_for, candidate, summary):
        assert client_for(candidate).get(PRACTICE).headers["Location"] == PAGE

    def test_without_a_question_it_says_so(self, client_for, candidate, summary):
        reply = client_for(candidate).post(PRACTICE, follow=True)

        assert reply.redirect_chain == [(PAGE, 302)]
        assert "touch none of our topics" in reply.text
        assert not Session.objects.exists()

    def test_too_many_are_told_so(self, client_for, candidate, summary, bank):
        client = client_for(candidate)
        for _n in range(services.SESSIONS.amount):
            client.post(PRACTICE)

        assert "That was a lot at once." in client.post(PRACTICE, follow=True).text

    def test_one_that_is_not_there(self, client_for, candidate):
        assert client_for(candidate).post(PRACTICE).status_code == 404


class TestApi:
    PATH = "/api/v1/companies/cloud-bakery/practice"

    def _call(self, user, method, **headers: str) -> Any:
        token = token_create(user=user)
        headers = {"authorization": f"Token {token}", "accept-language": "en", **headers}
        return getattr(Client(), method)(self.PATH, headers=headers)

    def test_get(self, candidate, summary, bank):
        found = self._call(candidate, "get").json()

        assert found["score"] is None
        assert found["parts"][0]["reason"] == "Its texts name Kafka"
        assert found["parts"][0]["quote"] == "Orders run through Kafka and Redis."
        assert found["parts"][0]["source"] == ""
        assert found["parts"][0]["questions"][0]["slug"] == "monolith-vs-microservices"

    def test_post(self, candidate, summary, bank):
        made = self._call(candidate, "post", **{"idempotency-key": "k"})
        again = self._call(candidate, "post", **{"idempotency-key": "k"})

        assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
        assert made.json()["about"] == "Cloud Bakery"
        assert len(made.json()["steps"]) == 2

    def test_refusals(self, candidate, summary):
        assert self._call(candidate, "post").status_code == 409
        assert self._call(candidate, "post", **{"idempotency-key": "a b"}).status_code == 422
        assert Client().get(self.PATH).status_code == 401
        summary.company.delete()
        assert self._call(candidate, "get").status_code == 404
