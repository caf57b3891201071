"""The first page: where a person stands in each room."""

from __future__ import annotations

import pytest

from apps.companies.models import CompanyFollow
from apps.companies.tests.cast import make_company, make_summary
from apps.interview import services
from apps.resume.services.profiles import profile_save

pytestmark = pytest.mark.django_db


def test_a_visitor_begins_with_the_questions(client):
    assert client.get("/").headers["Location"] == "/questions/"


def test_a_newcomer_is_shown_the_first_steps(client_for, candidate, question):
    text = client_for(candidate).get("/").text

    assert question.text_en in text
    assert "Answer your first question" in text
    assert "Follow the companies that you apply to" in text
    assert "Upload a PDF résumé" in text


def test_it_shows_where_one_stands(client_for, candidate, question, sent):
    services.attempt_submit(
        user=candidate, question=question, answer="A", language="en", idempotency_key="k"
    )
    company = make_company()
    make_summary(company)
    CompanyFollow.objects.create(user=candidate, company=company)
    profile_save(user=candidate, data={"basics": {"name": "Alice"}}, revision=0)

    response = client_for(candidate).get("/")

    assert "queued" in response.text
    assert "It bakes bread in the cloud." in response.text
    assert "Add an e-mail address." in response.text
    assert [attempt.question for attempt in response.context["attempts"]] == [question]


def test_it_shows_nothing_of_others(client_for, candidate, other_candidate, question, sent):
    services.attempt_submit(
        user=other_candidate, question=question, answer="A", language="en", idempotency_key="k"
    )
    CompanyFollow.objects.create(user=other_candidate, company=make_company())

    context = client_for(candidate).get("/").context

    assert (list(context["attempts"]), context["companies"]) == ([], [])


def test_it_rejects_post(client):
    assert client.post("/").status_code == 405
