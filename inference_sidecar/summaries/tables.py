"""Figures out of the rows of tables: a measure, its newest column, and the unit.

    구분 | 2024 | 2025
    매출액(백만원) | 140,220 | 181,004    →  2025 매출액 181,004백만원

Only a row whose header names a year and that has a unit is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inference_sidecar.assessment.text import is_hangul
from inference_sidecar.summaries.numbers import years

_CELLS = re.compile(r"\s*\|\s*|\t+|\s{3,}")
_NUMBER = re.compile(r"[△▲(-]?\s?[$₩€£]?\s?\d[\d,]*(?:\.\d+)?\s?%?\)?")
_UNIT = re.compile(
    r"\(\s*+(?:단위\s*+[:：]?\s*+)?(?P<unit>(?:천|백만|십억|억|조)?\s?(?:원|명|개|곳|달러|대|건)|%"
    r"|(?:[A-Z$€£]{1,4}\s?)?(?:in )?(?:thousands|millions|billions)[^()]{0,40})\s*+\)",
    re.IGNORECASE,
)
# In the order in which they are shown, so many at most.
_MEASURES = (
    re.compile(r"^(?:매출액|매출|영업수익|(?:total |net )?(?:revenues?|(?:net )?sales))$", re.I),
    re.compile(
        r"^(?:영업이익|영업손익|(?:operating (?:income|profit)|income from operations))$", re.I
    ),
    re.compile(r"^(?:당기순이익|순이익|net (?:income|profit|earnings))$", re.I),
    re.compile(r"^(?:직원 ?수|임직원 ?수?|종업원 ?수|(?:number of )?employees|headcount)$", re.I),
)
LOSS = "△▲(-"


@dataclass(frozen=True, slots=True)
class Place:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, and the places of the row and of the header that say so."""

    text: str
    measure: int
    year: int
    row: Place
    header: Place


@dataclass(frozen=True, slots=True)
class _Header:
    place: Place
    columns: list[int]
    """The year of each cell, 0 where it names none."""
    titles: list[str]


def rows_of(text: str) -> Iterator[Row]:
    header: _Header | None = None
    unit = ""
    for line in re.finditer(r"[^\n]+", text):
        words = line[0].strip()
        cells = _CELLS.split(words.strip("| \t"))
        if found := _UNIT.search(words):
            # A unit in a row is that row's, one above a table is the table's.
            if len(cells) < 2 or not _NUMBER.fullmatch(cells[-1]):
                unit = found["unit"]
        if len(cells) < 2:
            if words and _UNIT.search(words) is None:
                header, unit = None, ""
            continue
        place = Place(line.start(), line.end())
        columns = [max(years(cell), default=0) for cell in cells]
        if sum(map(bool, columns[1:])) and not _measure_of(cells[0]):
            header = _Header(place, columns, cells)
        elif header is not None and (row := _row(cells, header, unit, place)):
            yield row


def _row(cells: list[str], header: _Header, unit: str, place: Place) -> Row | None:
    measure = _measure_of(cells[0])
    found = _UNIT.search(cells[0])
    unit = found["unit"] if found else unit
    newest = max(range(len(header.columns)), key=lambda at: header.columns[at])
    if measure is None or not unit or len(cells) != len(header.columns):
        return None
    value = cells[newest]
    if not _NUMBER.fullmatch(value) or value[0] in LOSS:
        return None  # what stands in brackets is a loss, or a change: better none than wrong
    name = _UNIT.sub("", cells[0]).strip()
    period = header.titles[newest]
    value += unit if is_hangul(unit[-1]) else f" ({unit})"
    said = f"{period} {name} {value}"
    return Row(said, measure, header.columns[newest], place, header.place)


def _measure_of(cell: str) -> int | None:
    name = _UNIT.sub("", cell).strip()
    return next((at for at, measure in enumerate(_MEASURES) if measure.match(name)), None)
