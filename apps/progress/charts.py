"""Where things stand in the pictures: numbers in, coordinates out. Templates draw them.

Horizontal places in the score chart are percent, so that it is as wide as its card while its
dots stay round and its words keep their size. The heat map's cells are units of its viewBox.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SCORE_MAX = 100
SCORE_LINES = (100, 75, 50, 25, 0)
CALM = 5
"""Scores that each place of the line is the mean of: one bad day bends it, and breaks it not."""

WEEKS = 26
CELL, PITCH = 14, 18
ANSWERS_OF_LEVEL = (1, 2, 4)
"""Answers from which a day is marked by a small, a middle and a full square."""
SIDE_OF_LEVEL = (0, 6, 10, 14)
MONTH_WIDTH_IN_WEEKS = 3
"""A month's name needs so much room on a phone; one that has less is left out."""


@dataclass(frozen=True, slots=True)
class Score:
    score: int
    guess: bool


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    """Percent from the left; ``y`` from the top."""
    y: float
    score: int
    guess: bool


@dataclass(frozen=True, slots=True)
class ScoreChart:
    dots: list[Dot]
    line: str
    """An SVG path in a square of 100 by 100; empty where fewer than two scores are judged."""
    area: str
    """The same with the ground below it."""
    scale: list[tuple[int, float]]
    """(score, percent from the top)"""


def score_chart(scores: Sequence[Score]) -> ScoreChart:
    """Oldest first. Guesses are dots of their own and bend no line."""
    places = _spread(len(scores))
    judged = [(x, one.score) for x, one in zip(places, scores, strict=True) if not one.guess]
    line = _smooth(_calm(judged))
    return ScoreChart(
        dots=[
            Dot(x, _height(one.score), one.score, one.guess)
            for x, one in zip(places, scores, strict=True)
        ],
        line=line,
        area=f"{line} V100 H{_number(judged[0][0])} Z" if line else "",
        scale=[(score, _height(score)) for score in SCORE_LINES],
    )


def _spread(count: int) -> list[float]:
    """Percent from the left: the first at 0, the last at 100, a single one in the middle."""
    if count == 1:
        return [50.0]
    return [round(100 * place / (count - 1), 2) for place in range(count)]


def _height(score: float) -> float:
    return round(float(SCORE_MAX - score), 2)


def _calm(judged: Sequence[tuple[float, int]]) -> list[tuple[float, float]]:
    """(x, y) of the mean of each score and the few before it."""
    calm = []
    for end, (x, _score) in enumerate(judged, start=1):
        window = [score for _x, score in judged[max(0, end - CALM) : end]]
        calm.append((x, _height(sum(window) / len(window))))
    return calm


def _smooth(places: Sequence[tuple[float, float]]) -> str:
    """A curve through all places that is level at each, so it never swings beyond them."""
    if len(places) < 2:
        return ""
    first_x, first_y = places[0]
    steps = [f"M{_number(first_x)} {_number(first_y)}"]
    for (x0, y0), (x1, y1) in itertools.pairwise(places):
        middle = _number((x0 + x1) / 2)
        steps.append(f"C{middle} {_number(y0)} {middle} {_number(y1)} {_number(x1)} {_number(y1)}")
    return " ".join(steps)


def _number(value: float) -> str:
    """As SVG reads it in every language: 12.5, 3"""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Cell:
    x: int
    y: int
    day: date
    answers: int
    level: int
    """0 to 3."""
    side: int
    """Of the square within the cell, which grows with the level: read without colour."""
    inset: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    cells: list[Cell]
    months: list[tuple[float, date]]
    """(percent from the left, a day of the month)"""
    width: int
    height: int


def heat_map(answers: Mapping[date, int], today: date) -> HeatMap:
    """The weeks up to ``today``'s, from Sunday to Saturday, the newest at the right."""
    first = first_day_of_map(today)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return HeatMap(
        cells=[_cell(number, day, answers.get(day, 0)) for number, day in enumerate(days)],
        months=_months(first),
        width=WEEKS * PITCH - (PITCH - CELL),
        height=7 * PITCH - (PITCH - CELL),
    )


def first_day_of_map(today: date) -> date:
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    return sunday - timedelta(weeks=WEEKS - 1)


def level_of(answers: int) -> int:
    return sum(answers >= least for least in ANSWERS_OF_LEVEL)


def _cell(number: int, day: date, answers: int) -> Cell:
    week, weekday = divmod(number, 7)
    level = level_of(answers)
    side = SIDE_OF_LEVEL[level]
    return Cell(week * PITCH, weekday * PITCH, day, answers, level, side, (CELL - side) / 2)


def _months(first: date) -> list[tuple[float, date]]:
    """Each month's name above the first week that begins in it."""
    found: list[tuple[int, date]] = []
    for week in range(WEEKS):
        day = first + timedelta(weeks=week)
        if not found or day.month != found[-1][1].month:
            found.append((week, day))
    # A month that is nearly over at the left edge leaves its place to the next.
    if len(found) > 1 and found[1][0] - found[0][0] < MONTH_WIDTH_IN_WEEKS:
        found.pop(0)
    if WEEKS - found[-1][0] < MONTH_WIDTH_IN_WEEKS:
        found.pop()
    return [(round(100 * week / WEEKS, 2), day) for week, day in found]


def streak(days: Sequence[date], today: date) -> int:
    """Days in a row up to today, or to yesterday while today is still to come; newest first."""
    expected = today if days and days[0] >= today else today - timedelta(days=1)
    count = 0
    for day in days:
        if day > expected:
            continue
        if day != expected:
            break
        count += 1
        expected -= timedelta(days=1)
    return count
