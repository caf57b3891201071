"""Dates and periods in the ways people write them."""

import pytest

from apps.resume.parsing.dates import find_periods


@pytest.mark.parametrize(
    ("text", "start", "end", "ongoing"),
    [
        ("2021.03 ~ 2023.05", "2021-03", "2023-05", False),
        ("'21.03 - '22.04", "2021-03", "2022-04", False),
        ("21.03 ~ 현재", "2021-03", None, True),
        ("2021년 3월 ~ 2022년 5월", "2021-03", "2022-05", False),
        ("2019. 03. 02 - 2020. 05. 01.", "2019-03", "2020-05", False),
        ("2021.07 — 재직 중", "2021-07", None, True),
        ("2014.03 -", "2014-03", None, True),
        ("2022년 4월부터 지금까지", "2022-04", None, True),
        ("2022. 07 ~ 현 재", "2022-07", None, True),
        ("2021.03 ~ 05", "2021-03", "2021-05", False),
        ("Mar 2021 – Present", "2021-03", None, True),
        ("Jan. 2020 – Feb. 2021", "2020-01", "2021-02", False),
        ("June - Aug 2019", "2019-06", "2019-08", False),
        ("06/2018 – 12/2019", "2018-06", "2019-12", False),
        ("Oct ’20 - Sep ’21", "2020-10", "2021-09", False),
        ("2016 – 2020", "2016", "2020", False),
        ("9 September 2020 to 10 October 2021", "2020-09", "2021-10", False),
        ("since 2019", "2019", None, True),
        ("2022.01 ~ (3년 10개월)", "2022-01", None, True),
        ("01/09/2020–Present", "2020-09", None, True),
        ("15/01/2018 - 31/08/2020", "2018-01", "2020-08", False),
        ("09/25/2018 – 12/31/2020", "2018-09", "2020-12", False),
    ],
)
def test_it_reads_periods(text: str, start: str, end: str | None, ongoing: bool) -> None:
    (period,) = find_periods(text)

    assert (period.start, period.end, period.ongoing) == (start, end, ongoing)
    assert not period.single


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Summer 2022", "2022"),
        ("Expected May 2025", "2025-05"),
        ("2020.01.02", "2020-01"),
        ("August 2018", "2018-08"),
        ("2019년 5월", "2019-05"),
    ],
)
def test_it_reads_single_dates(text: str, date: str) -> None:
    (period,) = find_periods(text)

    assert period.single
    assert (period.start, period.end) == (None, date)


@pytest.mark.parametrize(
    "text",
    ["3.8/4.5", "010-1234-5678", "99.9% 21.05%", "응답 시간 1.05초", "+1 415 555 0142", "v2.10"],
)
def test_numbers_that_are_no_dates_stay_numbers(text: str) -> None:
    assert find_periods(text) == ()


def test_it_says_where_each_stands() -> None:
    text = "Acme (2019 – 2021), Beta, May 2022"

    found = find_periods(text)

    assert [text[p.begin : p.stop] for p in found] == ["2019 – 2021", "May 2022"]


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    assert all(period.single for period in find_periods("2021.03 ~ 2019.05"))
