"""Gaps so narrow that only the page as a whole shows them to part two columns."""

import re
from collections import Counter

from .dates import NOW_ALONE, find_periods
from .segments import Segment
from .vocabulary import label_field

DATES_ALONE = re.compile(
    r"^\(?(?=.*\d)(?:[\d\s.,'’/~–—-]|present|now|current|현재|재직\s?중"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?)+\)?$",
    re.IGNORECASE,
)


def cut_at_columns(segments: list[Segment]) -> list[Segment]:
    """Part what stands in neighbouring columns so close that it seemed one run.

    Where other rows begin something at the same place, and a date stands before it or a
    row of labels above it, the eye sees two columns.
    """
    places: list[tuple[Segment, int, float]] = []
    for one in segments:
        for (_, left), (offset, right) in zip(one.pieces, one.pieces[1:], strict=False):
            if right[0] - left[2] > 0.2 * one.size and 0 < offset < len(one.text):
                places.append((one, offset, right[0]))
    if not places:
        return segments
    edges = Counter(round(one.x0) for one in segments)
    edges.update(round(x) for _, _, x in places)
    tables = _label_rows(segments)
    cuts: dict[int, list[int]] = {}
    for one, offset, x in places:
        shared = edges[round(x) - 1] + edges[round(x)] + edges[round(x) + 1]
        before = one.text[:offset].strip()
        dated = shared > 3 and len(before) < 30 and _date_ends(one.text, offset)
        tabled = shared > 1 and any(0 < one.y0 - bottom < 90 for bottom in tables)
        if dated or tabled:
            cuts.setdefault(id(one), []).append(offset)
    if not cuts:
        return segments
    result: list[Segment] = []
    for one in segments:
        bounds = [0, *cuts.get(id(one), []), len(one.text)]
        if len(bounds) > 2:
            result += [one.part(a, b) for a, b in zip(bounds, bounds[1:], strict=False)]
        else:
            result.append(one)
    return result


def _date_ends(text: str, offset: int) -> bool:
    """Whether a date stands before `offset` and what it dates after it."""
    rest = text[offset:].lstrip()
    periods = find_periods(text)
    return (
        bool(DATES_ALONE.match(text[:offset].strip()))
        and len(rest) > 12
        and rest[0].isalpha()
        and not NOW_ALONE.match(rest)
        and not any(one.begin < offset < one.stop or one.begin >= offset - 1 for one in periods)
    )


def _label_rows(segments: list[Segment]) -> list[float]:
    """The bottoms of rows in which three or more form labels stand side by side."""
    rows: dict[int, list[Segment]] = {}
    for one in segments:
        if len(one.text) < 16 and label_field(one.text):
            rows.setdefault(round(one.baseline / 2), []).append(one)
    return [row[0].y1 for row in rows.values() if len(row) > 2]
