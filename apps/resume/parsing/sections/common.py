"""What the readers of sections share: dates, bodies, tables with labelled columns."""

from __future__ import annotations

from dataclasses import replace

from ..dates import NOW_ALONE, find_periods
from ..entries import Dated, Entry, Piece, split_entries
from ..layout import Line
from ..provenance import Value, joined
from ..segments import Segment, glued
from ..vocabulary import label_field

Fields = dict[str, object]


def value_of(piece: Piece, confidence: float = 0.9) -> Value:
    return Value(piece.text, [(piece.segment, piece.begin, piece.end)], confidence)


def dates_of(dated: Dated | None, *, single_is: str) -> dict[str, Value]:
    """startDate and endDate of a period. `single_is`: "both", "end" or "start"."""
    if dated is None:
        return {}
    period, segment = dated.period, dated.segment
    source = [(segment, period.begin, period.stop)]
    result = {}
    start, end = period.start, period.end
    if period.single:
        start = end if single_is in ("both", "start") else None
        end = end if single_is in ("both", "end") else None
    if start:
        result["startDate"] = Value(start, source, 0.95)
    if end:
        until = dated.until
        result["endDate"] = Value(end, [(until, 0, len(until.text))] if until else source, 0.95)
    return result


def highlights_of(lines: list[Line]) -> list[Value]:
    """The text under an entry: one value a bullet, wrapped lines joined."""
    groups: list[list[Line]] = []
    for line in lines:
        previous = groups[-1][-1] if groups else None
        if previous is not None and not line.bullet and _wraps(previous, line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [joined([one for line in group for one in line.segments]) for group in groups]


def _wraps(previous: Line, line: Line) -> bool:
    if previous.page != line.page or line.first.style != previous.first.style:
        return False
    gap = line.y0 - previous.y1
    return -2 < gap < 0.6 * line.first.size and abs(line.x0 - previous.x0) < 16


def whole_rows(lines: list[Line]) -> list[Line]:
    """The rows of a ruled table whose cells were broken over lines, each as one line."""
    rows: list[Line] = []
    for line in lines:
        above = rows[-1] if rows else None
        if above is not None and line.table_row >= 0 and line.table_row == above.table_row:
            homes = [_home(cell, above.segments) for cell in line.segments]
            if all(homes) and len(line.segments) < len(above.segments):
                segments = list(above.segments)
                for home, cell in zip(homes, line.segments, strict=True):
                    segments = [
                        glued(_copy(one), _copy(cell), " ") if one is home else one
                        for one in segments
                    ]
                rows[-1] = Line(segments, above.side, above.table_row, above.limit)
                continue
        rows.append(line)
    return rows


def _copy(one: Segment) -> Segment:
    return replace(one, changes=list(one.changes))


def _home(cell: Segment, above: list[Segment]) -> Segment | None:
    """The cell above that `cell` goes on: it stands over it and no other does."""
    over = [one for one in above if min(one.x1, cell.x1) - max(one.x0, cell.x0) > 0]
    return over[0] if len(over) == 1 else None


def labelled_rows(lines: list[Line]) -> tuple[list[dict[str, list[Segment]]], list[Line]] | None:
    """A table whose first row names its columns: one dict a row, and the lines before it.

    None where no row of labels is found. Cells go to the column they stand under; a row
    without any dates or first cell continues the row above.
    """
    for index, line in enumerate(lines):
        fields = [label_field(one.text) for one in line.segments]
        known = sum(1 for one in fields if one)
        if known >= 2 and known >= 0.6 * len(fields) and len(set(fields)) >= 2 and (
            known == len(fields) or known >= 3 and not _dated(line.segments)
        ):  # fmt: skip
            columns = list(zip(line.segments, fields, strict=True))
            following = lines[index + 1 :]
            if not following:
                return None
            rows: list[dict[str, list[Segment]]] = []
            last_row = -1
            for below in following:
                if all(label_field(one.text) for one in below.segments) and len(below.segments) > 1:
                    continue
                if len(below.segments) == 1 and len(columns) > 2 and len(below.text) > 45:
                    break
                row: dict[str, list[Segment]] = {}
                for cell in below.segments:
                    _, name = min(columns, key=lambda column: _distance(cell, column[0]))
                    if name == "status" and _dated([cell]):
                        name = "period"  # "입학 | 졸업" with a date in each
                    row.setdefault(name or "", []).append(cell)
                if rows and below.table_row >= 0 and below.table_row == last_row:
                    for name, cells in row.items():
                        rows[-1].setdefault(name, []).extend(cells)
                    continue
                last_row = below.table_row
                first = columns[0][1] or ""
                fresh = "period" in row or first in row
                if rows and not fresh and len(row) < len(columns):
                    for name, cells in row.items():
                        rows[-1].setdefault(name, []).extend(cells)
                    continue
                partial = rows and len(row) < len(columns) / 2 and "period" in rows[-1]
                if partial and not _dated(row.get("period", [])):
                    for name, cells in row.items():
                        rows[-1].setdefault(name, []).extend(cells)
                    continue
                # A period broken over two lines: "2016.03 ~" and "2020.02" below it.
                if rows and list(row) == ["period"]:
                    rows[-1].setdefault("period", []).extend(row["period"])
                    continue
                rows.append(row)
            return (rows, lines[:index]) if rows else None
    return None


def _dated(cells: list[Segment]) -> bool:
    return any(find_periods(cell.text) for cell in cells)


def _distance(cell: Segment, head: Segment) -> float:
    overlap = min(cell.x1, head.x1) - max(cell.x0, head.x0)
    if overlap > 0:
        return -overlap
    return abs((cell.x0 + cell.x1) / 2 - (head.x0 + head.x1) / 2)


def period_of(cells: list[Segment]) -> Dated | None:
    """The period in a cell, also when it is broken over two lines."""
    if not cells:
        return None
    whole = find_periods(" ".join(cell.text for cell in cells))
    if len(cells) > 1 and all(one.single for one in whole) and (both := _from_and_to(cells)):
        return both
    for cell in cells:
        for period in find_periods(cell.text):
            if not period.single:
                if (
                    whole
                    and not whole[0].single
                    and len(whole[0].end or "") > len(period.end or "")
                ):
                    break  # "2018. 03. ~ 2024." over "02."
                if (
                    period.ongoing
                    and cell is not cells[-1]
                    and cell.text.rstrip().endswith(("~", "-", "–"))
                ):
                    break
                return Dated(period, cell)
    text = " ".join(cell.text for cell in cells)
    found = find_periods(text)
    if not found:
        return None
    first = cells[0]
    return Dated(
        type(found[0])(
            found[0].start, found[0].end, found[0].ongoing, found[0].single, 0, len(first.text)
        ),
        first,
    )


def _from_and_to(cells: list[Segment]) -> Dated | None:
    """The period whose first day stands in one cell and whose last in the next."""
    first, second = find_periods(cells[0].text), find_periods(cells[1].text)
    if len(first) != 1 or not first[0].single:
        return None
    if not (NOW_ALONE.match(cells[1].text) or len(second) == 1 and second[0].single):
        return None
    joined_up = find_periods(f"{first[0].end} ~ {second[0].end if second else '현재'}")
    if len(joined_up) != 1 or joined_up[0].single:
        return None
    return Dated(replace(joined_up[0], begin=0, stop=len(cells[0].text)), cells[0], cells[1])


def entries_of(
    lines: list[Line], size: float, *, dated: bool = True, short: bool = False
) -> list[Entry]:
    return split_entries(lines, size, dated=dated, short=short)
