"""Ruled tables: forms are read cell by cell, row by row, never down a column."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .headings import heading_kinds
from .segments import PageText, Segment, Vector, glued
from .vocabulary import label_field

MOST_LINES = 1200  # drawings beyond this are pictures, not tables
TOUCH = 3.0  # points within which two lines meet
MERGED_CELL = 90.0  # points; a cell that heads all rows is no wider


@dataclass(slots=True)
class Table:
    x0: float
    y0: float
    x1: float
    y1: float
    rules: list[Vector]
    uprights: list[Vector]


def find_tables(page: PageText) -> list[Table]:
    """The ruled tables that take most of the page's width, from the top."""
    lines = page.uprights + page.rules
    if len(page.uprights) < 3 or len(lines) > MOST_LINES:
        return []
    groups = _touching(lines)
    tables = []
    text_width = max(o.x1 for o in page.segments) - min(o.x0 for o in page.segments)
    for group in groups:
        uprights = [line for line in group if line.y1 - line.y0 > line.x1 - line.x0]
        rules = [line for line in group if line.y1 - line.y0 <= line.x1 - line.x0]
        columns = {round(line.x0 / 4) for line in uprights}
        rows = {round(line.y0 / 4) for line in rules}
        if len(columns) < 2 or len(rows) < 2 or len(columns) + len(rows) < 5:
            continue
        table = Table(
            min(line.x0 for line in group), min(line.y0 for line in group),
            max(line.x1 for line in group), max(line.y1 for line in group),
            rules, uprights,
        )  # fmt: skip
        inside = [
            one for one in page.segments
            if table.y0 <= (one.y0 + one.y1) / 2 <= table.y1 and table.x0 - 2 <= one.x0 <= table.x1
        ]  # fmt: skip
        beside = [
            one for one in page.segments
            if table.y0 <= (one.y0 + one.y1) / 2 <= table.y1 and not table.x0 - 2 <= one.x0 <= table.x1
        ]  # fmt: skip
        if len(inside) >= 3 and not beside and table.x1 - table.x0 > 0.5 * text_width:
            tables.append(table)
    tables.sort(key=lambda table: table.y0)
    merged: list[Table] = []
    for table in tables:
        if merged and table.y0 < merged[-1].y1:
            last = merged[-1]
            last.x0, last.x1 = min(last.x0, table.x0), max(last.x1, table.x1)
            last.y1 = max(last.y1, table.y1)
            last.rules += table.rules
            last.uprights += table.uprights
        else:
            merged.append(table)
    return merged


def _touching(lines: list[Vector]) -> list[list[Vector]]:
    """Lines grouped by whether they meet, directly or through others."""
    parents = list(range(len(lines)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    order = sorted(range(len(lines)), key=lambda index: lines[index].y0)
    active: list[int] = []
    for index in order:
        line = lines[index]
        active = [other for other in active if lines[other].y1 + TOUCH >= line.y0]
        for other in active:
            near = lines[other]
            if near.x0 - TOUCH <= line.x1 and line.x0 <= near.x1 + TOUCH:
                parents[root(index)] = root(other)
        active.append(index)
    groups: dict[int, list[Vector]] = defaultdict(list)
    for index in range(len(lines)):
        groups[root(index)].append(lines[index])
    return _with_margins(list(groups.values()))


def _with_margins(groups: list[list[Vector]]) -> list[list[Vector]]:
    """A cell merged over all rows may have no rule that meets the rest: its outer border
    stands alone, as tall as the table beside it, and belongs to that table.
    """
    upright = [all(line.x1 - line.x0 < TOUCH for line in group) for group in groups]
    tables = [group for group, alone in zip(groups, upright, strict=True) if not alone]
    for border in [group for group, alone in zip(groups, upright, strict=True) if alone]:
        x = border[0].x0
        y0, y1 = min(line.y0 for line in border), max(line.y1 for line in border)
        for group in tables:
            left, right = min(line.x0 for line in group), max(line.x1 for line in group)
            top, bottom = min(line.y0 for line in group), max(line.y1 for line in group)
            near = 0 < left - x < MERGED_CELL or 0 < x - right < MERGED_CELL
            if near and abs(top - y0) < 2 * TOUCH and abs(bottom - y1) < 2 * TOUCH:
                group += border
                break
    return groups


def table_rows(segments: list[Segment], table: Table) -> list[tuple[int, list[Segment]]]:
    """Rows of the table's text: first lines of a row's cells together, then second lines.

    Each with a key that lines of the same row share.

    A cell that spans rows belongs to the row where it begins.
    """
    cells: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for one in segments:
        x, y = (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2
        top = max(
            (r.y0 for r in table.rules if r.y0 <= y and r.x0 - 1 <= x <= r.x1 + 1),
            default=table.y0,
        )
        side = max(
            (u.x0 for u in table.uprights if u.x0 <= x and u.y0 - 1 <= y <= u.y1 + 1),
            default=table.x0,
        )
        cells[(round(top / 4), round(side / 2))].append(one)
    rows: dict[int, list[tuple[int, list[list[Segment]]]]] = defaultdict(list)
    for (top_key, side_key), content in cells.items():
        key = next((near for near in (top_key, top_key - 1, top_key + 1) if near in rows), top_key)
        rows[key].append((side_key, _lines(content)))
    result: list[tuple[int, list[Segment]]] = []
    for key in sorted(rows):
        columns = [lines for _, lines in sorted(rows[key], key=lambda cell: cell[0])]
        for depth in range(max(len(lines) for lines in columns)):
            row = [one for lines in columns if depth < len(lines) for one in lines[depth]]
            result.append((key, row))
    return result


def _lines(content: list[Segment]) -> list[list[Segment]]:
    """The lines of one cell; letters set one under another are one word."""
    content.sort(key=lambda one: (one.y0, one.x0))
    lines: list[list[Segment]] = []
    for one in content:
        if lines and abs(lines[-1][0].baseline - one.baseline) < 0.3 * one.size:
            lines[-1].append(one)
        else:
            lines.append([one])
    for line in lines:
        line.sort(key=lambda one: one.x0)
    letters = [one for line in lines for one in line]
    if len(letters) > 1 and all(len(one.text.strip()) == 1 for one in letters):
        first = letters[0]
        first.text = "".join(one.text.strip() for one in letters)
        first.x1 = max(one.x1 for one in letters)
        first.y1 = letters[-1].y1
        first.pieces = [(0, first.box)]
        return [[first]]
    if len(lines) == 2 and all(len(line) == 1 and len(line[0].text) <= 10 for line in lines):
        # "보유" over "기술" in a narrow cell.
        first, second = lines[0][0], lines[1][0]
        both = first.text + second.text
        if (heading_kinds(both) or label_field(both)) and not heading_kinds(first.text):
            return [[glued(first, second, "")]]
    return lines
