"""Coordinates of the pictures for numbers that are known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.progress.charts import (
    CALM,
    WEEKS,
    Score,
    first_day_of_map,
    heat_map,
    level_of,
    score_chart,
    streak,
)

SATURDAY = date(2026, 11, 28)
MONDAY = date(2026, 11, 30)


def scores(*values: int) -> list[Score]:
    return [Score(value, guess=False) for value in values]


class TestScores:
    def test_dots_stand_where_their_scores_are(self):
        chart = score_chart(scores(0, 40, 100))

        assert [(dot.x, dot.y) for dot in chart.dots] == [(0, 100), (50, 60), (100, 0)]
        assert chart.scale == [(100, 0), (75, 25), (50, 50), (25, 75), (0, 100)]

    def test_the_line_is_calmer_than_the_dots(self):
        chart = score_chart(scores(0, 40, 100))

        assert chart.line == "M0 100 C25 100 25 80 50 80 C75 80 75 53.33 100 53.33"
        assert chart.area == f"{chart.line} V100 H0 Z"

    def test_it_forgets_what_is_long_ago(self):
        chart = score_chart(scores(*[0] * 9, *[100] * CALM))

        assert chart.line.endswith(" 100 0")

    def test_one_answer_is_a_dot_in_the_middle(self):
        chart = score_chart(scores(70))

        assert [(dot.x, dot.y) for dot in chart.dots] == [(50, 30)]
        assert chart.line == chart.area == ""

    def test_guesses_bend_no_line(self):
        chart = score_chart([*scores(50), Score(0, guess=True), *scores(50)])

        assert [dot.guess for dot in chart.dots] == [False, True, False]
        assert chart.line == "M0 50 C50 50 50 50 100 50"

    def test_no_answers(self):
        chart = score_chart([])

        assert (chart.dots, chart.line, chart.area) == ([], "", "")


class TestHeatMap:
    def test_today_is_in_the_last_column(self):
        heat = heat_map({MONDAY: 2}, MONDAY)

        last = heat.cells[-1]
        assert (last.day, last.x, last.y) == (MONDAY, (WEEKS - 1) * 18, 18)
        assert (last.answers, last.level, last.side, last.inset) == (2, 2, 10, 2)
        assert len(heat.cells) == (WEEKS - 1) * 7 + 2
        assert (heat.width, heat.height) == (464, 122)

    def test_weeks_begin_on_sunday(self):
        assert first_day_of_map(SATURDAY) == date(2026, 5, 31)
        assert first_day_of_map(SATURDAY + timedelta(days=1)) == date(2026, 6, 7)
        assert (heat_map({}, SATURDAY).cells[0].x, heat_map({}, SATURDAY).cells[0].y) == (0, 0)

    @pytest.mark.parametrize(
        ("answers", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (40, 3)]
    )
    def test_levels(self, answers, level):
        assert level_of(answers) == level

    def test_months_have_room_for_their_names(self):
        months = heat_map({}, MONDAY).months

        # June begins with the first column; the end of November is not a month of its own.
        assert [(x, day.month) for x, day in months] == [
            (0.0, 6), (15.38, 7), (30.77, 8), (50.0, 9), (65.38, 10), (80.77, 11),
        ]  # fmt: skip

    def test_a_month_that_has_just_begun_waits(self):
        months = heat_map({}, date(2026, 12, 7)).months

        assert months[-1][1].month == 11


class TestStreak:
    @pytest.mark.parametrize(
        ("days_ago", "expected"),
        [
            ([], 0),
            ([0], 1),
            ([1], 1),
            ([2], 0),
            ([0, 1, 2], 3),
            ([1, 2, 3], 3),
            ([0, 2, 3], 1),
            ([0, 1, 3, 4, 5], 2),
        ],
    )
    def test_days_in_a_row(self, days_ago, expected):
        days = [MONDAY - timedelta(days=ago) for ago in days_ago]

        assert streak(days, MONDAY) == expected

    def test_a_day_that_lies_ahead_breaks_nothing(self):
        """Somebody flew west: tomorrow was practised already."""
        days = [MONDAY + timedelta(days=1), MONDAY, MONDAY - timedelta(days=1)]

        assert streak(days, MONDAY) == 2
