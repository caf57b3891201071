"""The order in which a person reads a page: columns, side headings, rows, cards.

A page is cut where a reader's eye would: the tallest band in which nothing crosses a
vertical gap is looked at first, and what stands left and right of the gap decides what it
is. Two columns are read one after the other. Where the left side only labels the right
(dates, company names, headings beside their text, table labels), each label is read with
what stands beside it. Everything else is read row by row.
"""

from dataclasses import dataclass, field

from .columns import best_split, coupled
from .dates import find_periods
from .headings import heading_kinds
from .segments import PageText, Segment, Vector, glued
from .tables import find_tables, table_rows
from .vocabulary import label_field

MAX_DEPTH = 14


@dataclass(slots=True)
class Line:
    """Segments read together, left to right, on one row of one column."""

    segments: list[Segment]
    side: bool = False  # stands in a label column beside the text it belongs to
    table_row: int = -1  # which row of a ruled table it is in; -1 outside of tables
    limit: float = float("inf")  # where the text of its column would be broken

    @property
    def text(self) -> str:
        return " ".join([segment.text for segment in self.segments])

    @property
    def first(self) -> Segment:
        return self.segments[0]

    @property
    def x0(self) -> float:
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        return max([segment.x1 for segment in self.segments])

    @property
    def y0(self) -> float:
        return min([segment.y0 for segment in self.segments])

    @property
    def y1(self) -> float:
        return max([segment.y1 for segment in self.segments])

    @property
    def page(self) -> int:
        return self.segments[0].page

    @property
    def bullet(self) -> bool:
        return self.segments[0].bullet


@dataclass(slots=True)
class Block:
    """Lines of one column in reading order, and the column's reach."""

    page: int
    x0: float
    x1: float
    y0: float
    y1: float
    lines: list[Line] = field(default_factory=list)
    parent: "Block | None" = None  # what stands over the columns or cards this is one of


@dataclass(slots=True)
class _Group:
    """Lines of one column, and the group over the columns it is one of."""

    lines: list[Line]
    parent: "_Group | None" = None


def read_order(page: PageText) -> list[Block]:
    """The blocks of `page` in the order a person would read them."""
    if not page.segments:
        return []
    # What is drawn around columns, and between them.
    cards = [box for box in page.boxes if box.y1 - box.y0 > 40]
    cards += [line for line in page.uprights if line.y1 - line.y0 > 100]
    # Margins are mostly alike; a page of short lines does not show its right one.
    left_edge = min(one.x0 for one in page.segments)
    right_edge = max(one.x1 for one in page.segments)
    limit = max(right_edge, page.width - max(left_edge, 24.0))
    groups: list[_Group] = []
    remaining = page.segments
    for table in find_tables(page):
        above = [one for one in remaining if (one.y0 + one.y1) / 2 < table.y0]
        inside = [one for one in remaining if table.y0 <= (one.y0 + one.y1) / 2 <= table.y1]
        remaining = [one for one in remaining if (one.y0 + one.y1) / 2 > table.y1]
        groups += _read(above, cards, 0, limit)
        rows = [Line(row, table_row=key) for key, row in table_rows(inside, table)]
        groups.append(_Group(rows))
    groups += _read(remaining, cards, 0, limit)
    blocks: dict[int, Block] = {}
    for group in groups:
        if group.lines:
            block = _block(group.lines)
            _set_limit(block, cards)
            parent = group.parent
            block.parent = blocks.get(id(parent)) if parent is not None else None
            blocks[id(group)] = block
    return list(blocks.values())


def _set_limit(block: Block, cards: list[Vector]) -> None:
    """Where the text of `block` was broken: at its frame, or where its longer lines end."""
    limit = min(line.limit for line in block.lines)
    if limit == float("inf"):
        return
    for card in cards:
        if (
            card.x0 <= block.x0 + 1
            and block.x1 <= card.x1 + 1 < limit + 1
            and card.y0 <= block.y0 + 2
            and block.y1 <= card.y1 + 2
        ):
            limit = card.x1 - min(block.x0 - card.x0, 0.12 * (card.x1 - card.x0))
    reach = block.x1
    width = max(1.0, limit - block.x0)
    long = sum(1 for line in block.lines if line.x1 > reach - 0.1 * width)
    if long > 1 and reach - block.x0 > 0.7 * width:
        limit = min(limit, reach + 2)
    for line in block.lines:
        line.limit = min(line.limit, limit)


def _block(lines: list[Line]) -> Block:
    return Block(
        lines[0].page,
        min(line.x0 for line in lines),
        max(line.x1 for line in lines),
        min(line.y0 for line in lines),
        max(line.y1 for line in lines),
        lines,
    )


def _read(segments: list[Segment], cards: list[Vector], depth: int, limit: float) -> list[_Group]:
    if not segments:
        return []
    if depth < MAX_DEPTH and len(segments) > 4:
        split = best_split(segments, cards)
        if split is not None:
            kind, left, right, above, below = split
            result = _read(above, cards, depth + 1, limit)
            over = result[-1] if result else None
            inner = min(one.x0 for one in right) - 4
            if kind == "columns":
                for side, reach in ((left, inner), (right, limit)):
                    groups = _read(side, cards, depth + 1, reach)
                    if groups and groups[0].parent is None:
                        groups[0].parent = over
                    result += groups
            else:
                result.append(_Group(_beside(left, right, cards, depth + 1, limit), over))
            return result + _read(below, cards, depth + 1, limit)
    return [_Group(_rows(segments, limit))]


def _rows(segments: list[Segment], limit: float) -> list[Line]:
    """Group segments that share a baseline; rows from the top, each left to right."""
    lines: list[Line] = []
    for segment in sorted(segments, key=lambda one: (one.y0 + one.y1, one.x0)):
        middle = (segment.y0 + segment.y1) / 2
        for line in reversed(lines[-3:]):
            anchor = line.segments[0]
            if abs(anchor.baseline - segment.baseline) <= 0.3 * min(anchor.size, segment.size) or (
                anchor.y0 < middle < anchor.y1
                and segment.y0 < (anchor.y0 + anchor.y1) / 2 < segment.y1
                and not _overlap(line, segment)
            ):
                line.segments.append(segment)
                break
        else:
            lines.append(Line([segment], limit=limit))
    for line in lines:
        line.segments.sort(key=lambda one: one.x0)
    return lines


def _overlap(line: Line, segment: Segment) -> bool:
    return any(one.x0 < segment.x1 - 1 and segment.x0 < one.x1 - 1 for one in line.segments)


def _beside(
    left: list[Segment], right: list[Segment], cards: list[Vector], depth: int, limit: float
) -> list[Line]:
    """Read each label with what stands beside it, down to the next label."""
    labels = _label_blocks(left, right)
    remaining = sorted(right, key=lambda one: one.y0)
    starts = [min(one.y0 for one in label) for label in labels] + [float("inf")]
    first = [one for one in remaining if (one.y0 + one.y1) / 2 < starts[0]]
    lines = [line for group in _read(first, cards, depth, limit) for line in group.lines]
    for index, label in enumerate(labels):
        band = [
            one for one in remaining if starts[index] <= (one.y0 + one.y1) / 2 < starts[index + 1]
        ]
        label_lines = _joined_label(_rows(label, limit))
        beside = [line for group in _read(band, cards, depth, limit) for line in group.lines]
        if len(label_lines) == 1 and beside:
            row, target = label_lines[0], beside[0]
            if abs(row.first.baseline - target.first.baseline) < 0.6 * row.first.size:
                target.segments = row.segments + target.segments
                label_lines = []
        for line in label_lines:
            line.side = True
        lines += label_lines + beside
    return lines


def _joined_label(lines: list[Line]) -> list[Line]:
    """A label broken over lines in its narrow column, or set letter under letter."""
    for line in lines:
        # Words that justified setting drove apart.
        while len(line.segments) > 1 and _near_alike(*line.segments[:2]):
            line.segments[:2] = [glued(line.segments[0], line.segments[1], " ")]
    if len(lines) < 2 or any(len(line.segments) > 1 for line in lines):
        return lines
    for glue in ("", " "):
        text = glue.join(line.text for line in lines)
        kinds = heading_kinds(text)
        if kinds and all(heading_kinds(line.text) in ((), kinds) for line in lines[1:]):
            return [_one_line(lines, glue)]
    for index in range(len(lines) - 1):
        # "Sep. 2017 to Jun." over "2021", and "2020.03" over "- 2022.02", whose dash is no mark.
        glue = " - " if lines[index + 1].bullet and not lines[index].bullet else " "
        text = f"{lines[index].text}{glue}{lines[index + 1].text}"
        if breaks_period(lines[index].text, text):
            joined = _one_line(lines[index : index + 2], glue)
            return [*lines[:index], joined, *lines[index + 2 :]]
    styles = {line.first.style for line in lines}
    dated = any(find_periods(line.text) for line in lines)
    if len(styles) == 1 and len(lines) <= 3 and not dated:
        return [_one_line(lines, " ")]
    return lines


def _near_alike(left: Segment, right: Segment) -> bool:
    return left.style == right.style and right.x0 - left.x1 < 2.5 * left.size


def breaks_period(first: str, both: str) -> bool:
    """Whether `first` ends inside a period that `both`, with the next line, completes."""
    whole = find_periods(both)
    if len(whole) != 1 or whole[0].single or whole[0].stop <= len(first):
        return False
    return whole[0].begin < len(first)


def _one_line(lines: list[Line], glue: str) -> Line:
    whole = lines[0].first
    for line in lines[1:]:
        glued(whole, line.first, glue)
    return Line([whole], lines[0].side, limit=lines[0].limit)


def _label_blocks(left: list[Segment], right: list[Segment]) -> list[list[Segment]]:
    """Labels that belong together: company over period over role, or one line each."""
    ordered = sorted(left, key=lambda one: (one.y0, one.x0))
    blocks: list[list[Segment]] = []
    for one in ordered:
        if blocks:
            last = blocks[-1][-1]
            same_row = abs(last.baseline - one.baseline) < 0.3 * one.size
            close = one.y0 - last.y1 < 0.75 * min(one.size, last.size)
            if close and not same_row and heading_kinds(one.text):
                # "Work" over "Experience" is one heading; two others are two.
                both = heading_kinds(f"{last.text} {one.text}")
                close = bool(both) and (both == heading_kinds(one.text) or last.style == one.style)
            elif close and not same_row and heading_kinds(last.text):
                # The first label of the section under that heading is a label of its own.
                close = not (find_periods(one.text) or label_field(one.text))
            if same_row or close:
                blocks[-1].append(one)
                continue
        blocks.append([one])
    result: list[list[Segment]] = []
    for block in blocks:
        rows = _rows(block, float("inf"))
        # A column's name over its dates is no mix: "재학기간".
        named = [row for row in rows if not label_field(row.text)]
        mixed = len({row.first.style for row in named}) > 1 or 0 < sum(
            1 for row in named if find_periods(row.text)
        ) < len(named)
        letters = all(len(row.text) == 1 for row in rows) or bool(
            heading_kinds(" ".join(row.text for row in rows))
        )
        whole = _whole_periods(rows)
        firsts = [row[0] for row in whole]
        if len(whole) > 1 and not mixed and not letters and coupled(firsts, right) > 0.5:
            # One label a row; a row with nothing beside it goes on the label above.
            for row in whole:
                if not result or row is whole[0] or coupled(row[:1], right):
                    result.append(row)
                else:
                    result[-1] += row
        else:
            result.append(block)
    return result


def _whole_periods(rows: list[Line]) -> list[list[Segment]]:
    """The rows of a label; "Aug 2023 - Feb" and the "2024" below it are one."""
    whole: list[list[Segment]] = []
    previous = ""
    for row in rows:
        if whole and breaks_period(previous, f"{previous} {row.text}"):
            whole[-1] += row.segments
        else:
            whole.append(list(row.segments))
        previous = row.text
    return whole
