"""What the progress page shows and the API tells: a constant number of queries, no attempts
counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.interview.models import Attempt, Feedback, KeyPoint, Question, Topic
from apps.reviews import presentation as reviews

from .charts import Dot, Score, first_day_of_map, heat_map, score_chart, streak
from .models import PointStanding, PointStandingQuerySet, PracticeDay
from .standing import Level
from .zones import local_day

NEWEST_ANSWERS = 50
"""Dots that a chart on a phone keeps apart."""
WEAKEST = 6
"""Key points on the page: two rows of three; a list of their own has the others."""
DAYS_LOOKED_AT = 1000
"""Practice days that a streak is sought in; the heat map's half year is among them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An assessed answer among the newest."""

    attempt: Attempt
    score: int
    guess: bool
    day: date


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a topic's published key points, how many are known."""

    topic: Topic
    total: int
    known: int
    shaky: int
    unknown: int

    @property
    def percent(self) -> int:
        return round(100 * self.known / self.total)

    @property
    def shaky_percent(self) -> int:
        return round(100 * self.shaky / self.total)

    @property
    def not_asked(self) -> int:
        return self.total - self.known - self.shaky - self.unknown


@dataclass(frozen=True, slots=True)
class Practice:
    """On which days somebody practised."""

    first_day: date
    today: date
    streak: int
    days: dict[date, int] = field(default_factory=dict)
    """Answers by day, of the heat map's weeks alone, newest first."""

    @property
    def answers(self) -> int:
        return sum(self.days.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """All numbers of the page."""

    zone: tzinfo
    reviews_due: int
    answers: list[Answer]
    """Oldest first."""
    topics: list[Coverage]
    levels: dict[Level, int]
    """Key points by how they are known, follow-up questions' among them."""
    practice: Practice

    @property
    def not_asked(self) -> int:
        return sum(topic.not_asked for topic in self.topics)

    @property
    def known(self) -> int:
        return self.levels[Level.KNOWN] + self.levels[Level.SOLID]


def progress_of(user: User) -> Progress:
    day = reviews.today_of(user)
    topics, levels = _points(user)
    return Progress(
        zone=day.zone,
        reviews_due=reviews.standing(user, day).left,
        answers=newest_answers(user, day.zone),
        topics=topics,
        levels=levels,
        practice=practice_of(user, day.date),
    )


def newest_answers(user: User, zone: tzinfo) -> list[Answer]:
    attempts = (
        Attempt.objects.for_user(user)
        .filter(feedback__status=Feedback.Status.SUCCEEDED)
        .select_related("question", "feedback")
        .only(
            "number", "created_at", "question__slug", "question__text_ko", "question__text_en",
            "feedback__score", "feedback__guess", "feedback__method",
        )
        .order_by("-created_at")[:NEWEST_ANSWERS]
    )  # fmt: skip
    return [
        Answer(
            attempt,
            attempt.feedback.score or 0,
            attempt.feedback.is_guess,
            local_day(attempt.created_at, zone),
        )
        for attempt in reversed(attempts)
    ]


def _points(user: User) -> tuple[list[Coverage], dict[Level, int]]:
    """Coverage by topic, of the questions that lists offer; and all key points by level."""
    published = Question.objects.published().order_by().values("pk")
    totals = dict(
        KeyPoint.objects.filter(question__in=published)
        .order_by()
        .values_list("question__topic")
        .annotate(Count("pk"))
    )
    levels: Counter[Level] = Counter(dict.fromkeys(Level, 0))
    offered: Counter[tuple[int, Level]] = Counter()
    rows = (
        PointStanding.objects.for_user(user)
        .shown()
        .values_list("question__topic", "level")
        .annotate(count=Count("pk"), offered=Count("pk", filter=Q(question__follows__isnull=True)))
    )
    for topic, number, count, of_offered in rows:
        levels[Level(number)] += count
        offered[topic, Level(number)] += of_offered
    coverage = [
        Coverage(
            topic=topic,
            total=totals[topic.pk],
            known=offered[topic.pk, Level.KNOWN] + offered[topic.pk, Level.SOLID],
            shaky=offered[topic.pk, Level.SHAKY],
            unknown=offered[topic.pk, Level.UNKNOWN],
        )
        for topic in Topic.objects.all()
        if topic.pk in totals
    ]
    return coverage, dict(levels)


def practice_of(user: User, today: date) -> Practice:
    rows = list(
        PracticeDay.objects.filter(user=user).values_list("day", "answers")[:DAYS_LOOKED_AT]
    )
    first = first_day_of_map(today)
    return Practice(
        first_day=first,
        today=today,
        streak=streak([day for day, _answers in rows], today),
        days={day: answers for day, answers in rows if first <= day <= today},
    )


def standings_of(user: User) -> PointStandingQuerySet:
    """The person's key points with all that a row shows, weakest first."""
    return (
        PointStanding.objects.for_user(user)
        .shown()
        .select_related("key_point", "question__topic")
        .weakest_first()
    )


@dataclass(frozen=True, slots=True)
class Point:
    """A key point as a list shows it."""

    standing: PointStanding
    level: Level
    note: str

    @property
    def css(self) -> str:
        """The marks' shapes are those of an answer's points."""
        shapes = {Level.UNKNOWN: "missing", Level.SHAKY: "partial"}
        return shapes.get(self.level, "covered")

    @property
    def sign(self) -> str:
        return {Level.UNKNOWN: "", Level.SHAKY: "~", Level.KNOWN: "✓", Level.SOLID: "✓✓"}[
            self.level
        ]


def points_shown(standings: Iterable[PointStanding]) -> list[Point]:
    return [Point(standing, Level(standing.level), note_of(standing)) for standing in standings]


def note_of(standing: PointStanding) -> str:
    """What a row says of its past, in a few words."""
    if standing.guess:
        return _("A guess: the model was too small to judge")
    if standing.times_missed and standing.level < Level.SOLID:
        return ngettext("Missed once", "Missed %(n)d times", standing.times_missed) % {
            "n": standing.times_missed
        }
    if standing.covered_in_a_row:
        return ngettext("Said once", "Said %(n)d times in a row", standing.covered_in_a_row) % {
            "n": standing.covered_in_a_row
        }
    if standing.last_status == "partial":
        return _("Said in part")
    return _("Not sure yet")


@dataclass(frozen=True, slots=True)
class Plotted:
    """A dot of the score chart and the answer that it is."""

    dot: Dot
    answer: Answer


def page_context(user: User) -> dict[str, Any]:
    """Everything that the progress page shows."""
    progress = progress_of(user)
    weakest = points_shown(standings_of(user)[:WEAKEST])
    chart = score_chart([Score(answer.score, answer.guess) for answer in progress.answers])
    return {
        "progress": progress,
        "is_empty": not progress.answers and not progress.practice.days,
        "chart": chart,
        "plotted": [
            Plotted(dot, answer) for dot, answer in zip(chart.dots, progress.answers, strict=True)
        ],
        "last_score": chart.dots[-1].score if chart.dots else None,
        "axis": _axis(progress.answers),
        "has_guesses": any(answer.guess for answer in progress.answers),
        "mean": _mean(progress.answers),
        "heat": heat_map(progress.practice.days, progress.practice.today),
        "weakest": weakest,
        "levels": _levels(progress),
        "action": action(progress, weakest),
    }


def _axis(answers: Sequence[Answer]) -> list[date]:
    """The days below the chart: the first, the middle one and the last."""
    if len(answers) < 3:
        return [answer.day for answer in answers]
    return [answers[0].day, answers[len(answers) // 2].day, answers[-1].day]


def _mean(answers: Sequence[Answer]) -> int | None:
    judged = [answer.score for answer in answers if not answer.guess]
    return round(sum(judged) / len(judged)) if judged else None


def _levels(progress: Progress) -> list[dict[str, Any]]:
    """The three counts above the list, weakest first."""
    return [
        {"css": "missing", "sign": "", "name": Level.UNKNOWN.label, "value": "unknown",
         "count": progress.levels[Level.UNKNOWN]},
        {"css": "partial", "sign": "~", "name": Level.SHAKY.label, "value": "shaky",
         "count": progress.levels[Level.SHAKY]},
        {"css": "covered", "sign": "✓", "name": Level.KNOWN.label, "value": "known",
         "count": progress.known, "solid": progress.levels[Level.SOLID]},
    ]  # fmt: skip


def action(progress: Progress, weakest: Sequence[Point]) -> dict[str, str]:
    """The one thing that the page proposes: {url, label}."""
    if progress.reviews_due:
        return {"url": reverse("reviews:review_list"), "label": _("Start today's review")}
    if weakest and weakest[0].level < Level.KNOWN:
        question = weakest[0].standing.question
        return {"url": question.get_absolute_url(), "label": _("Practise the weakest point")}
    return {"url": reverse("interview:question_list"), "label": _("Choose a question")}
