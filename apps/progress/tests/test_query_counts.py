"""Pages and API take the same few queries after 3 answers and after 300."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from apps.interview.models import KeyPoint, Question, Topic

from .story import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
STATUSES = ("covered", "partial", "missing", "wrong", "unsure")


def _practise(user, numbers):
    for number in numbers:
        topic, _created = Topic.objects.get_or_create(
            slug=f"topic-{number % 7}", defaults={"name_ko": "주제", "name_en": "Topic"}
        )
        question = Question.objects.create(
            topic=topic, slug=f"question-{number}", status=Question.Status.PUBLISHED,
            text_ko="질문", text_en="Question",
        )  # fmt: skip
        KeyPoint.objects.create(question=question, slug="point", text_ko="점", text_en="Point")
        told(user, question, {"point": STATUSES[number % 5]}, day=number % 10, score=number % 101)


QUERIES = {
    "/progress/": 10,
    "/progress/points/": 6,
    "/progress/points/?level=shaky&page=1": 6,
    "/api/v1/progress": 9,
    "/api/v1/progress/points": 3,
    "/api/v1/progress/days": 4,
}


def test_every_address(client_for, candidate, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("rest_framework.views.APIView.check_throttles", lambda *_: None)
    client = client_for(candidate)

    def ask_all():
        for address, queries in QUERIES.items():
            cache.clear()
            with django_assert_num_queries(queries, info=address):
                assert client.get(address).status_code == 200

    _practise(candidate, range(3))
    ask_all()
    _practise(candidate, range(3, 300))
    ask_all()
