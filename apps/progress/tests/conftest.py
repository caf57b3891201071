from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.interview.models import KeyPoint, Question, Topic

from .story import START

NOW = START + timedelta(days=10)
"""11 October 2026, noon in Seoul: a Sunday."""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def second_question(db: None) -> Question:
    """Of another topic, with two key points."""
    topic = Topic.objects.create(slug="networks", name_ko="네트워크", name_en="Networks")
    question = Question.objects.create(
        topic=topic,
        slug="tcp",
        status=Question.Status.PUBLISHED,
        text_ko="TCP는 무엇인가요?",
        text_en="What is TCP?",
    )
    for position, slug in enumerate(["order", "loss"]):
        KeyPoint.objects.create(
            question=question,
            slug=slug,
            position=position,
            text_ko=f"{slug} 설명",
            text_en=f"What {slug} means",
        )
    return question
