"""Figures out of rows: the newest column, with its measure and its unit, or nothing."""

from __future__ import annotations

import pytest

from inference_sidecar.summaries.tables import rows_of


def said(text: str) -> list[str]:
    return [row.text for row in rows_of(text)]


def test_the_newest_column_whichever_it_is() -> None:
    assert said("구분 | 2025 | 2024\n매출액(백만원) | 181,004 | 140,220") == [
        "2025 매출액 181,004백만원"
    ]
    assert said("Item | 2024 | FY2025\nRevenue (in millions) | 75.9 | 84.2") == [
        "FY2025 Revenue 84.2 (in millions)"
    ]


def test_a_unit_above_the_table_is_that_of_its_rows() -> None:
    table = "(단위: 억원)\n구분 | 2024년 | 2025년\n매출액 | 1,402 | 1,810\n영업이익 | 125 | 203"

    assert said(table) == ["2025년 매출액 1,810억원", "2025년 영업이익 203억원"]


def test_the_places_are_those_of_the_row_and_its_header() -> None:
    text = "요약\n\n구분 | 2025\n직원 수(명) | 301\n"
    [row] = rows_of(text)

    assert text[row.header.start : row.header.end] == "구분 | 2025"
    assert text[row.row.start : row.row.end] == "직원 수(명) | 301"


@pytest.mark.parametrize(
    "text",
    [
        "구분 | 2024 | 2025\n매출액 | 140,220 | 181,004",
        "구분 | 제15기 | 제16기\n매출액(백만원) | 140,220 | 181,004",
        "구분 | 2024 | 2025\n매출액(백만원) | 140,220",
        "구분 | 2024 | 2025\n영업이익(백만원) | 1,200 | (300)",
        "구분 | 2024 | 2025\n영업이익(백만원) | 1,200 | △300",
        "구분 | 2024 | 2025\n경쟁사 매출액(백만원) | 1,200 | 1,300",
        "구분 | 2024 | 2025\n매출액(백만원) | 1,200 | -",
        "(단위: 백만원)\n구분 | 2024 | 2025\n\n직원 현황\n\n직원 수 | 210 | 301",
        "매출액(백만원) | 1,200 | 1,300",
    ],
)
def test_nothing_where_unit_period_or_sign_are_unsure(text: str) -> None:
    assert said(text) == []
