"""The order in which a person reads a page: columns, side headings, rows, cards.

A page is cut where a reader's eye would: the tallest band in which nothing crosses a
vertical gap is looked at first, and what stands left and right of the gap decides what it
is. Two columns are read one after the other. Where the left side only labels the right
(dates, company names, headings beside their text, table labels), each label is read with
what stands beside it. Everything else is read row by row.
"""

from collections import Counter
from dataclasses import dataclass, field

from .dates import find_periods
from .headings import heading_kinds
from .tables import find_tables, table_rows
from .text import PageText, Segment, Vector

MAX_DEPTH = 14


@dataclass(slots=True)
class Line:
    """Segments read together, left to right, on one row of one column."""

    segments: list[Segment]
    side: bool = False  # stands in a label column beside the text it belongs to
    table_row: int = -1  # which row of a ruled table it is in; -1 outside of tables

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def first(self) -> Segment:
        return self.segments[0]

    @property
    def x0(self) -> float:
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        return max(segment.x1 for segment in self.segments)

    @property
    def y0(self) -> float:
        return min(segment.y0 for segment in self.segments)

    @property
    def y1(self) -> float:
        return max(segment.y1 for segment in self.segments)

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
    cards = [box for box in page.boxes if box.y1 - box.y0 > 40]
    groups: list[_Group] = []
    remaining = page.segments
    for table in find_tables(page):
        above = [one for one in remaining if (one.y0 + one.y1) / 2 < table.y0]
        inside = [one for one in remaining if table.y0 <= (one.y0 + one.y1) / 2 <= table.y1]
        remaining = [one for one in remaining if (one.y0 + one.y1) / 2 > table.y1]
        groups += _read(above, cards, 0)
        rows = [Line(row, table_row=key) for key, row in table_rows(inside, table)]
        groups.append(_Group(rows))
    groups += _read(remaining, cards, 0)
    blocks: dict[int, Block] = {}
    for group in groups:
        if group.lines:
            block = _block(group.lines)
            parent = group.parent
            block.parent = blocks.get(id(parent)) if parent is not None else None
            blocks[id(group)] = block
    return list(blocks.values())


def _block(lines: list[Line]) -> Block:
    return Block(
        lines[0].page,
        min(line.x0 for line in lines),
        max(line.x1 for line in lines),
        min(line.y0 for line in lines),
        max(line.y1 for line in lines),
        lines,
    )


def _read(segments: list[Segment], cards: list[Vector], depth: int) -> list[_Group]:
    if not segments:
        return []
    if depth < MAX_DEPTH and len(segments) > 4:
        split = _best_split(segments, cards)
        if split is not None:
            kind, left, right, above, below = split
            result = _read(above, cards, depth + 1)
            over = result[-1] if result else None
            if kind == "columns":
                for side in (left, right):
                    groups = _read(side, cards, depth + 1)
                    if groups and groups[0].parent is None:
                        groups[0].parent = over
                    result += groups
            else:
                result.append(_Group(_beside(left, right, cards, depth + 1), over))
            return result + _read(below, cards, depth + 1)
    return [_Group(_rows(segments))]


def _rows(segments: list[Segment]) -> list[Line]:
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
            lines.append(Line([segment]))
    for line in lines:
        line.segments.sort(key=lambda one: one.x0)
    return lines


def _overlap(line: Line, segment: Segment) -> bool:
    return any(one.x0 < segment.x1 - 1 and segment.x0 < one.x1 - 1 for one in line.segments)


Split = tuple[str, list[Segment], list[Segment], list[Segment], list[Segment]]


def _best_split(segments: list[Segment], cards: list[Vector]) -> Split | None:
    edges = Counter(round(segment.x0 / 2) for segment in segments)
    first = min(edges)
    candidates = [
        edge * 2
        for edge, count in sorted(edges.items())
        if edge > first + 8 and count + edges.get(edge + 1, 0) >= 2
    ]
    best: tuple[tuple[int, float], Split] | None = None
    ordered = sorted(segments, key=lambda one: one.y0)
    # The busiest left edges; a page of drawings can have hundreds.
    candidates.sort(key=lambda edge: -edges[edge // 2])
    for edge in sorted(candidates[:12]):
        # Bullets and wrapped lines are set in from their column's edge, which is the one.
        column = Counter(
            round(one.x0 / 2)
            for one in ordered
            if edge - 45 <= one.x0 < edge - 2.5 and one.x1 > edge
        )
        if column and max(column.values()) >= 2:
            continue
        judged = []
        for band in _bands(ordered, edge, frozenset()):
            kind = _relation(band[0], band[1], cards)
            if kind == "cut":
                # Headings at the left of a grid: each begins a grid of its own.
                found = [one for one in band[0] if _is_head(one)]
                top_size = max(one.size for one in found)
                heads = frozenset(id(one) for one in found if one.size >= 0.87 * top_size)
                inside = sorted([*band[0], *band[1]], key=lambda one: one.y0)
                for part in _bands(inside, edge, heads):
                    again = _relation(part[0], part[1], cards)
                    judged.append(("columns" if again == "cut" else again, part))
            else:
                judged.append((kind, band))
        for kind, (left, right, top, bottom) in judged:
            if kind == "rows":
                continue
            weight = sum(len(one.text) for one in left) + sum(len(one.text) for one in right)
            rank = (1 if kind == "columns" else 0, float(weight))
            if best is None or rank > best[0]:
                taken = {id(one) for one in left} | {id(one) for one in right}
                rest = [one for one in ordered if id(one) not in taken]
                above = [one for one in rest if (one.y0 + one.y1) / 2 < (top + bottom) / 2]
                below = [one for one in rest if (one.y0 + one.y1) / 2 >= (top + bottom) / 2]
                best = (rank, (kind, left, right, above, below))
    return best[1] if best else None


def _bands(
    ordered: list[Segment], edge: float, heads: frozenset[int]
) -> list[tuple[list[Segment], list[Segment], float, float]]:
    """The bands in which no segment crosses the gap left of `edge`.

    `heads` are ids of segments that end a band although they do not cross the gap.
    """
    bands = []
    left: list[Segment] = []
    right: list[Segment] = []

    def close() -> None:
        if len(left) >= 2 and len(right) >= 3:
            # A band is only as tall as the part where both sides have text.
            top = min(min(o.y0 for o in left), min(o.y0 for o in right))
            bottom = max(max(o.y1 for o in left), max(o.y1 for o in right))
            bands.append((list(left), list(right), top, bottom))
        left.clear()
        right.clear()

    crossing = sorted(
        (one for one in ordered if (one.x0 < edge - 2.5 and one.x1 > edge - 4) or id(one) in heads),
        key=lambda one: one.y0,
    )
    bounds = [one.y0 + 0.5 * (one.y1 - one.y0) for one in crossing]
    index = 0
    for one in ordered:
        middle = (one.y0 + one.y1) / 2
        moved = False
        while index < len(bounds) and bounds[index] <= middle:
            index += 1
            moved = True
        if moved:
            close()
        if one.x0 < edge - 2.5:
            if one.x1 <= edge - 4 and id(one) not in heads:
                left.append(one)
        else:
            right.append(one)
    close()
    return bands


def _lines_of(segments: list[Segment]) -> int:
    return len({round(one.baseline / 3) for one in segments})


def _relation(left: list[Segment], right: list[Segment], cards: list[Vector]) -> str:
    """What stands left and right of a gap: "columns", "beside" (labels) or "rows"."""
    heads_left = [one for one in left if _is_head(one)]
    heads_right = [one for one in right if _is_head(one)]
    # Smaller words at the left that could head a section only label a row of one.
    top = max((one.size for one in [*heads_left, *heads_right]), default=0.0)
    heads_left = [one for one in heads_left if one.size >= 0.87 * top]
    # So does a word no larger than the text right beside it: a form's label.
    usual = sorted(one.size for one in right)[len(right) // 2]
    heads_left = [
        one for one in heads_left if one.size > 1.05 * usual or not _coupled([one], right)
    ]
    level = max((one.size for one in heads_left), default=0.0)
    real_right = [one for one in heads_right if one.size >= level * 0.85 or one.bold]
    others = [one for one in left if one not in heads_left]
    coupled_left = _coupled(left, right)
    coupled_right = _coupled(right, left)
    mean_left = sum(len(one.text) for one in left) / len(left)
    mean_right = sum(len(one.text) for one in right) / len(right)
    width_left = max(o.x1 for o in left) - min(o.x0 for o in left)
    width_right = max(o.x1 for o in right) - min(o.x0 for o in right)
    dates_right = sum(1 for one in right if len(one.text) < 34 and find_periods(one.text))
    if cards and _in_cards(others, cards) and _in_cards(right, cards):
        if not _same_card(left, right, cards):
            return "cut" if heads_left else "columns"
    # Headings beside their text.
    if heads_left and len(heads_left) >= 0.6 * _lines_of(left) and mean_left < 24:
        if not real_right or len(real_right) < len(heads_left) / 2 or coupled_left > 0.8:
            return "beside"
    # Dates and other labels in a margin, each at the height of what it labels.
    if others and _labels(others, right) and not (len(heads_left) > 1 and len(real_right) > 1):
        coupled = _coupled(others, right)
        dated = sum(1 for one in others if find_periods(one.text)) / len(others)
        if coupled > 0.95 or (coupled > 0.7 and (dated > 0.3 or not real_right)):
            return "beside"
        # Where long dates wrap in their narrow margin, only their first lines have a neighbour.
        periods = [one for one in others if find_periods(one.text)]
        if len(periods) > 1 and dated > 0.35 and _coupled(periods, right) > 0.85 and not heads_left:
            if dates_right < 0.3 * len(periods):
                return "beside"
    if heads_left and real_right and len(others) >= 2:
        if coupled_left < 0.95 or mean_left > 30:
            return "columns"
    # Dates and places at the right edge belong to the row they end.
    if coupled_right > 0.75 and (mean_right < 24 or dates_right > 0.5 * len(right)):
        if not real_right:
            return "rows"
    if dates_right > 0.6 * len(right):
        return "rows"
    if width_left < 0.55 * width_right and coupled_left > 0.5 and not heads_left:
        if not real_right and len(right) > len(left):
            return "beside"
    if len(left) < 3 and not heads_left and not real_right:
        return "rows"
    if coupled_left > 0.85 and coupled_right > 0.6 and mean_left < 30 and not heads_left:
        return "rows"
    if heads_left and not real_right:
        return "cut"
    if heads_left or real_right or (mean_left > 18 and mean_right > 18):
        return "columns"
    return "rows" if coupled_left > 0.6 else "columns"


def _is_head(one: Segment) -> bool:
    if len(one.text) >= 40 or one.text.endswith(","):
        return False
    kinds = heading_kinds(one.text)
    return bool(kinds) and kinds != ("detail",)  # 경력기술서 names the document more often


def _labels(left: list[Segment], right: list[Segment]) -> bool:
    """Whether the left side only names what stands on the right: short, or dates."""
    short = sum(1 for one in left if len(one.text) <= 16 or find_periods(one.text))
    return short >= 0.8 * len(left) and sum(len(o.text) for o in right) > sum(
        len(o.text) for o in left
    )


def _coupled(these: list[Segment], those: list[Segment]) -> float:
    """The share of `these` that stand on the same baseline as one of `those`."""
    lines: dict[int, list[Segment]] = {}
    for one in those:
        lines.setdefault(int(one.baseline // 4), []).append(one)
    hits = 0
    for one in these:
        key = int(one.baseline // 4)
        tolerance = max(1.5, 0.22 * one.size)
        if any(
            abs(other.baseline - one.baseline) <= tolerance
            for near in (key - 1, key, key + 1)
            for other in lines.get(near, ())
        ):
            hits += 1
    return hits / len(these)


def _inside(one: Segment, card: Vector) -> bool:
    return (
        card.x0 - 1 <= one.x0
        and one.x1 <= card.x1 + 1
        and card.y0 - 1 <= (one.y0 + one.y1) / 2 <= card.y1 + 1
    )


def _in_cards(segments: list[Segment], cards: list[Vector]) -> bool:
    if not segments:
        return False
    inside = sum(1 for one in segments if any(_inside(one, card) for card in cards))
    return inside >= 0.8 * len(segments)


def _same_card(left: list[Segment], right: list[Segment], cards: list[Vector]) -> bool:
    """Whether some drawn box holds text of both sides, as a table's frame does."""
    for card in cards:
        if any(_inside(one, card) for one in left) and any(_inside(one, card) for one in right):
            return True
    # One row a box is a table cell, not a card.
    tall = sum(1 for card in cards if _lines_of([one for one in left if _inside(one, card)]) >= 2)
    return tall == 0


def _beside(
    left: list[Segment], right: list[Segment], cards: list[Vector], depth: int
) -> list[Line]:
    """Read each label with what stands beside it, down to the next label."""
    labels = _label_blocks(left, right)
    remaining = sorted(right, key=lambda one: one.y0)
    starts = [min(one.y0 for one in label) for label in labels] + [float("inf")]
    first = [one for one in remaining if (one.y0 + one.y1) / 2 < starts[0]]
    lines = [line for group in _read(first, cards, depth) for line in group.lines]
    for index, label in enumerate(labels):
        band = [
            one for one in remaining if starts[index] <= (one.y0 + one.y1) / 2 < starts[index + 1]
        ]
        label_lines = _joined_label(_rows(label))
        beside = [line for group in _read(band, cards, depth) for line in group.lines]
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
    if len(lines) < 2 or any(len(line.segments) > 1 for line in lines):
        return lines
    for glue in ("", " "):
        text = glue.join(line.text for line in lines)
        kinds = heading_kinds(text)
        if kinds and all(heading_kinds(line.text) in ((), kinds) for line in lines[1:]):
            return [_one_line(lines, text)]
    for index in range(len(lines) - 1):
        # "Sep. 2017 to Jun." over "2021"
        text = f"{lines[index].text} {lines[index + 1].text}"
        if breaks_period(lines[index].text, text):
            joined = _one_line(lines[index : index + 2], text)
            return [*lines[:index], joined, *lines[index + 2 :]]
    styles = {line.first.style for line in lines}
    dated = any(find_periods(line.text) for line in lines)
    if len(styles) == 1 and len(lines) <= 3 and not dated:
        return [_one_line(lines, " ".join(line.text for line in lines))]
    return lines


def breaks_period(first: str, both: str) -> bool:
    """Whether `first` ends inside a period that `both`, with the next line, completes."""
    whole = find_periods(both)
    if len(whole) != 1 or whole[0].single or whole[0].stop <= len(first):
        return False
    return whole[0].begin < len(first)


def _one_line(lines: list[Line], text: str) -> Line:
    whole = lines[0].first
    whole.text = text
    whole.x1 = max(line.x1 for line in lines)
    whole.y1 = lines[-1].y1
    whole.pieces = [(0, whole.box)]
    whole.changes = []
    return Line([whole], lines[0].side)


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
                close = bool(both) and both == heading_kinds(one.text)
            if same_row or close:
                blocks[-1].append(one)
                continue
        blocks.append([one])
    result: list[list[Segment]] = []
    for block in blocks:
        rows = _rows(block)
        mixed = len({row.first.style for row in rows}) > 1 or 0 < sum(
            1 for row in rows if find_periods(row.text)
        ) < len(rows)
        letters = all(len(row.text) == 1 for row in rows) or bool(
            heading_kinds(" ".join(row.text for row in rows))
        )
        if len(rows) > 1 and not mixed and not letters and _coupled(block, right) > 0.5:
            # One label a row; a row with nothing beside it goes on the label above.
            for row in rows:
                if not result or row is rows[0] or _coupled(row.segments, right):
                    result.append(list(row.segments))
                else:
                    result[-1] += row.segments
        else:
            result.append(block)
    return result
