"""Every answer of one's own can be reached, however many there are."""

from __future__ import annotations

import re

import pytest

from apps.interview import services
from apps.interview.models import Question

pytestmark = pytest.mark.django_db
LIST = "/questions/process-and-thread/answers"


def answers(user, question, count):
    return [
        services.attempt_submit(
            user=user, question=question, answer=f"No {n}", language="en", idempotency_key=str(n)
        )[0]
        for n in range(1, count + 1)
    ]


def linked(text):
    return [int(number) for number in re.findall(r">Answer (\d+)</a>", text)]


def test_the_twenty_newest_stand_beside_the_question(client_for, candidate, question):
    answers(candidate, question, 20)

    text = client_for(candidate).get(question.get_absolute_url()).text

    assert linked(text) == list(range(20, 0, -1))
    assert LIST not in text


def test_with_more_a_list_has_them_all(client_for, candidate, question):
    first, *_others = answers(candidate, question, 21)
    web = client_for(candidate)

    assert LIST in web.get(question.get_absolute_url()).text
    assert linked(web.get(LIST).text) == list(range(21, 1, -1))
    oldest = web.get(LIST, {"page": 2}).text
    assert linked(oldest) == [1]
    assert first.get_absolute_url() in oldest


def test_the_page_of_an_answer_leads_there_too(client_for, candidate, question):
    made = answers(candidate, question, 22)
    web = client_for(candidate)

    assert LIST in web.get(made[-1].get_absolute_url()).text
    assert LIST in web.get(made[0].get_absolute_url()).text


def test_they_are_nobody_elses(client, client_for, candidate, other_candidate, question):
    answers(candidate, question, 1)

    assert linked(client_for(other_candidate).get(LIST).text) == []
    assert client.get(LIST).status_code == 302


def test_they_stay_readable_when_the_question_is_taken_back(
    client_for, candidate, other_candidate, question
):
    answers(candidate, question, 1)
    Question.objects.update(status=Question.Status.DRAFT)

    assert linked(client_for(candidate).get(LIST).text) == [1]
    assert client_for(other_candidate).get(LIST).status_code == 404
