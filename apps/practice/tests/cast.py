"""Props of the suites of sessions: questions in topics, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.interview.models import (
    Attempt,
    Draft,
    Feedback,
    KeyPoint,
    Question,
    QuestionProgress,
    Topic,
)
from apps.practice import services
from apps.practice.models import Session

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """``timezone.now`` of a test: goes on only when it is told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def stop_the_clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def make_questions(
    topic: str, count: int, *, difficulty: int = 2, prefix: str = ""
) -> list[Question]:
    """Published questions of a topic, each with one key point."""
    owner, _created = Topic.objects.get_or_create(
        slug=topic, defaults={"name_ko": f"{topic} 주제", "name_en": topic.capitalize()}
    )
    made = []
    for number in range(1, count + 1):
        question = Question.objects.create(
            topic=owner,
            slug=f"{prefix or topic}-{number}",
            difficulty=difficulty,
            status=Question.Status.PUBLISHED,
            text_ko=f"{topic} {number}번 질문",
            text_en=f"{topic} question {number}",
            model_answer_ko="답",
            model_answer_en="The answer",
        )
        KeyPoint.objects.create(question=question, slug="point", text_ko="점", text_en="Point")
        made.append(question)
    return made


def tried(user: User, question: Question, score: int | None) -> None:
    QuestionProgress.objects.create(user=user, question=question, attempts=1, last_score=score)


def make_session(user: User, questions: list[Question], minutes: int | None = 10) -> Session:
    return services.session_start(
        user=user,
        questions=questions,
        language="en",
        time_limit=None if minutes is None else timedelta(minutes=minutes),
    )


def answer(session: Session, position: int, text: str = "Memory.", key: str = "") -> Session:
    return services.step_answer(
        session=session,
        position=position,
        answer=text,
        idempotency_key=key or f"{session.pk.hex[:20]}-{position}",
    )


def write_draft(user: User, question: Question, text: str) -> Draft:
    draft, _created = Draft.objects.get_or_create(user=user, question=question)
    draft.text = text
    draft.revision += 1
    draft.save()
    return draft


def judged(attempt: Attempt, score: int, *marks: dict) -> None:
    Feedback.objects.filter(attempt=attempt).update(
        status=Feedback.Status.SUCCEEDED,
        score=score,
        key_points=list(marks),
        method="judge-1",
        prose="So.",
    )
