"""What a session came to: score by question and topic, and what to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from apps.common.jobs import Job
from apps.interview.models import Attempt, Feedback, Question
from apps.interview.presentation import status_word

from .models import Session, SessionQuestion

REPEAT_MAX = 10
"""Points to repeat: what fits one sheet, and one evening."""

STILL_MISSING = ("wrong", "missing", "partial")
"""What a mark may say of a point that is worth repeating, the worst first."""


@dataclass(frozen=True, slots=True)
class Point:
    """A mark worth a word in the debrief."""

    text: str
    weight: int
    status: str
    word: str
    quote: str
    correction: str


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the session."""

    step: SessionQuestion
    state: str
    """``judged`` · ``waiting`` · ``failed`` · ``unanswered``."""
    score: int | None = None
    is_guess: bool = False
    wrong: list[Point] = field(default_factory=list)
    repeat: list[Point] = field(default_factory=list)

    @property
    def attempt(self) -> Attempt | None:
        return self.step.attempt

    @property
    def feedback(self) -> Feedback | None:
        return self.step.attempt.feedback if self.step.attempt else None

    @property
    def question(self) -> Question:
        return self.step.question

    @property
    def is_still_asked(self) -> bool:
        """Whether its page is there to go to."""
        return self.step.question.status == Question.Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class TopicScore:
    slug: str
    name: str
    asked: int
    answered: int
    score: int | None
    """The mean of those that have one."""


@dataclass(frozen=True, slots=True)
class Debrief:
    lines: list[Line]
    topics: list[TopicScore]
    repeat: list[tuple[Point, Line]]
    score: int | None
    """The mean of the answers that were judged; what was not answered is told beside it."""
    answered: int
    waiting: int
    failed: int
    seconds: int

    @property
    def asked(self) -> int:
        return len(self.lines)

    @property
    def has_guesses(self) -> bool:
        return any(line.is_guess for line in self.lines)


def debrief_of(session: Session) -> Debrief:
    """Needs ``with_steps``. One pass over rows that are there: no query."""
    lines = [_line(step) for step in session.steps.all()]
    return Debrief(
        lines=lines,
        topics=_topics(lines),
        repeat=_to_repeat(lines),
        score=_mean(lines),
        answered=sum(line.state != "unanswered" for line in lines),
        waiting=sum(line.state == "waiting" for line in lines),
        failed=sum(line.state == "failed" for line in lines),
        seconds=seconds_used(session),
    )


def seconds_used(session: Session) -> int:
    if session.started_at is None or session.ended_at is None:
        return 0
    return max(0, int((session.ended_at - session.started_at) / timedelta(seconds=1)))


def _line(step: SessionQuestion) -> Line:
    if step.attempt is None:
        return Line(step, "unanswered")
    feedback = step.attempt.feedback
    if feedback.status in (Job.Status.FAILED, Job.Status.CANCELLED):
        return Line(step, "failed")
    if feedback.status != Job.Status.SUCCEEDED or feedback.score is None:
        return Line(step, "waiting")
    points = [_point(mark) for mark in feedback.key_points]
    repeat = [point for point in points if point.status in STILL_MISSING]
    repeat.sort(key=_heaviest_first)
    return Line(
        step,
        "judged",
        feedback.score,
        feedback.is_guess,
        wrong=[point for point in points if point.status == "wrong"],
        repeat=repeat,
    )


def _point(mark: dict[str, Any]) -> Point:
    return Point(
        text=mark["text"],
        weight=mark["weight"],
        status=mark["status"],
        word=status_word(mark),
        quote=(mark.get("quote") or {}).get("text", ""),
        correction=(mark.get("misconception") or {}).get("correction", ""),
    )


def _heaviest_first(point: Point) -> tuple[int, int]:
    return -point.weight, STILL_MISSING.index(point.status)


def _to_repeat(lines: Sequence[Line]) -> list[tuple[Point, Line]]:
    every = [(point, line) for line in lines for point in line.repeat]
    every.sort(key=lambda pair: _heaviest_first(pair[0]))
    return every[:REPEAT_MAX]


def _mean(lines: Iterable[Line]) -> int | None:
    scores = [line.score for line in lines if line.score is not None]
    return round(sum(scores) / len(scores)) if scores else None


def _topics(lines: Sequence[Line]) -> list[TopicScore]:
    by_topic: dict[int, list[Line]] = {}
    for line in lines:
        by_topic.setdefault(line.question.topic_id, []).append(line)
    return [
        TopicScore(
            slug=own[0].question.topic.slug,
            name=own[0].question.topic.name,
            asked=len(own),
            answered=sum(line.state != "unanswered" for line in own),
            score=_mean(own),
        )
        for own in by_topic.values()
    ]
