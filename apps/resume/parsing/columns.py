"""Where a page is cut: vertical gaps, and what stands left and right of each.

A gap may part columns, labels from what they label, or only the ends of rows from their
beginnings; which of them is told by headings, by shared baselines and by what is said.
"""

from collections import Counter

from .dates import find_periods
from .headings import heading_kinds
from .segments import Segment, Vector
from .vocabulary import label_field

Split = tuple[str, list[Segment], list[Segment], list[Segment], list[Segment]]


def best_split(segments: list[Segment], cards: list[Vector]) -> Split | None:
    edges = Counter(round(segment.x0 / 2) for segment in segments)
    first = min(edges)
    candidates = [
        edge * 2
        for edge, count in sorted(edges.items())
        if edge > first + 8 and count + edges.get(edge + 1, 0) >= 2
    ]
    best: tuple[tuple[int, float], Split] | None = None
    ordered = sorted(segments, key=lambda one: one.y0)
    centred = _centred_heads(ordered)
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
        for band in _bands(ordered, edge, centred):
            if min(one.x0 for one in band[1]) > edge + 24:
                continue  # here the gap ends further right, at an edge of its own
            kind = _relation(band[0], band[1], cards)
            if kind == "cut":
                # Headings at the left of a grid: each begins a grid of its own.
                found = [one for one in band[0] if _is_head(one)]
                top_size = max(one.size for one in found)
                heads = centred | {id(one) for one in found if one.size >= 0.87 * top_size}
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
                if kind == "columns":
                    left, right, bottom = _trimmed(left, right, bottom)
                    if not right:
                        continue
                    over = {id(one) for one in _over_grid(left, right)}
                    left = [one for one in left if id(one) not in over]
                    top = min(one.y0 for one in [*left, *right])
                taken = {id(one) for one in left} | {id(one) for one in right}
                rest = [one for one in ordered if id(one) not in taken]
                above = [one for one in rest if (one.y0 + one.y1) / 2 < (top + bottom) / 2]
                below = [one for one in rest if (one.y0 + one.y1) / 2 >= (top + bottom) / 2]
                best = (rank, (kind, left, right, above, below))
    return best[1] if best else None


def _centred_heads(segments: list[Segment]) -> frozenset[int]:
    """Headings in the middle of all text, alone in their rows: they stand in no column."""
    left, right = min(one.x0 for one in segments), max(one.x1 for one in segments)
    middle, reach = (left + right) / 2, 0.02 * (right - left)
    heads = [
        one for one in segments
        if abs((one.x0 + one.x1) / 2 - middle) < reach
        and _is_head(one)
        and not any(abs(other.baseline - one.baseline) < 3 for other in segments if other is not one)
    ]  # fmt: skip
    # Headings that all begin at one edge are in the middle by chance.
    edges = {round(one.x0 / 3) for one in heads}
    return frozenset(id(one) for one in heads) if len(edges) > 1 else frozenset()


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
        elif id(one) not in heads:
            right.append(one)
    close()
    return bands


def _trimmed(
    left: list[Segment], right: list[Segment], bottom: float
) -> tuple[list[Segment], list[Segment], float]:
    """Both sides of a band without what a heading below the other side's end begins.

    A grid of short columns ends where the next section of the page begins; that section's
    heading stands at the left and crosses no gap. The third value is where the band ends.
    """
    for these, those in ((left, right), (right, left)):
        for one in these:
            if one.y0 < bottom and _is_head(one):
                below = [other for other in those if other.y1 > one.y0]
                if not below or (these is left and _end_rows(below, left)):
                    bottom = one.y0
    return (
        [one for one in left if one.y0 < bottom],
        [one for one in right if one.y0 < bottom],
        bottom,
    )


def _end_rows(these: list[Segment], left: list[Segment]) -> bool:
    """Whether these, at the right, only end rows that begin at the left: dates and places."""
    short = sum(len(one.text) for one in these) < 30 * len(these)
    if _side_by_side(left, these):
        return False
    begun = [one for one in left if not _is_head(one)]
    return short and not any(_is_head(one) for one in these) and coupled(these, begun) > 0.8


def _over_grid(left: list[Segment], right: list[Segment]) -> list[Segment]:
    """What ends, at the left, in the heading over a grid whose first cells look alike."""
    top = min(one.y0 for one in right)
    over = [one for one in left if one.y1 <= top]
    if not over or not _is_head(max(over, key=lambda one: one.y0)):
        return []
    rest = [one for one in left if one.y1 > top]
    if not rest:
        return []
    first = min(rest, key=lambda one: one.y0)
    cell = min(right, key=lambda one: one.y0)
    alike = first.style == cell.style and abs(first.baseline - cell.baseline) < 2
    return over if alike else []


def _lines_of(segments: list[Segment]) -> int:
    return len({round(one.baseline / 3) for one in segments})


def _relation(left: list[Segment], right: list[Segment], cards: list[Vector]) -> str:
    """What stands left and right of a gap: "columns", "beside" (labels) or "rows"."""
    # What is set smaller than the text heads none of it.
    least = 0.93 * sorted(one.size for one in [*left, *right])[(len(left) + len(right)) // 2]
    heads_left = [one for one in left if _is_head(one) and _at_least(one, least)]
    heads_right = [one for one in right if _is_head(one) and _at_least(one, least)]
    # Smaller words at the left that could head a section only label a row of one.
    top = max((one.size for one in [*heads_left, *heads_right]), default=0.0)
    heads_left = [one for one in heads_left if one.size >= 0.87 * top]
    # So does a word no larger than the text right beside it: a form's label.
    usual = sorted(one.size for one in right)[len(right) // 2]
    heads_left = [one for one in heads_left if one.size > 1.05 * usual or not coupled([one], right)]
    level = max((one.size for one in heads_left), default=0.0)
    real_right = [
        one for one in heads_right
        if one.size >= level * 0.92 or (one.bold and one.size >= level * 0.8)
    ]  # fmt: skip
    others = [one for one in left if one not in heads_left]
    coupled_left = coupled(left, right)
    coupled_right = coupled(right, left)
    mean_left = sum(len(one.text) for one in left) / len(left)
    mean_right = sum(len(one.text) for one in right) / len(right)
    width_left = max(o.x1 for o in left) - min(o.x0 for o in left)
    width_right = max(o.x1 for o in right) - min(o.x0 for o in right)
    dates_right = sum(1 for one in right if len(one.text) < 34 and find_periods(one.text))
    if len(right) > 3 and mean_right < 30 and _right_aligned(right):
        return "rows"
    if cards and _in_cards(others, cards) and _in_cards(right, cards):
        if not _same_card(left, right, cards):
            return "cut" if heads_left else "columns"
    if _side_by_side(left, right):
        return "columns"
    # Labels set against the text they name, whatever they say: but no side column, whose
    # headings are as large as those beside it and stand at heights of their own.
    sidebar = heads_left and len(real_right) > 1 and coupled_left < 0.6
    if not sidebar and len(left) > 3 and width_left < 0.6 * width_right and mean_left < 24:
        if _right_aligned(left) and min(o.x0 for o in right) - max(o.x1 for o in left) < 40:
            return "beside"
    # A column of nothing but dates is none, even where sizes or sentences shift the lines.
    if left == others and not real_right and mean_left < 26:
        if sum(1 for one in left if _is_period(one.text)) >= 0.6 * len(left):
            return "beside"
    # Headings beside their text.
    if heads_left and len(heads_left) >= 0.6 * _lines_of(left) and mean_left < 24:
        if not real_right or len(real_right) < len(heads_left) / 2 or coupled_left > 0.8:
            return "beside"
    # Dates and other labels in a margin, each at the height of what it labels.
    if others and _labels(others, right) and not (len(heads_left) > 1 and len(real_right) > 1):
        share = coupled(others, right)
        dated = sum(1 for one in others if find_periods(one.text)) / len(others)
        if share > 0.95 or (share > 0.7 and (dated > 0.3 or not real_right)):
            return "beside"
        # Where long dates wrap in their narrow margin, only their first lines have a neighbour.
        periods = [one for one in others if find_periods(one.text)]
        if len(periods) > 1 and dated > 0.35 and coupled(periods, right) > 0.85 and not heads_left:
            if dates_right < 0.3 * len(periods):
                return "beside"
    if heads_left and real_right and len(others) >= 2:
        if coupled_left < 0.95 or mean_left > 30:
            return "columns"
    # Company over period in a margin: the first line of each label has its neighbour.
    if not heads_left and width_left < 0.6 * width_right and mean_left < 24:
        labels = _close_lines(left)
        firsts = [label[0] for label in labels]
        if 1 < len(labels) < len(left) and coupled(firsts, right) > 0.9:
            return "beside"
        # Each with its period, they are labels wherever the text beside them begins.
        dated_labels = sum(1 for label in labels if any(find_periods(one.text) for one in label))
        if not real_right and 1 < dated_labels == len(labels) and len(right) > len(left):
            return "beside"
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
        return "columns" if _walled(left, right, cards) else "cut"
    if heads_left or real_right or (mean_left > 18 and mean_right > 18):
        return "columns"
    return "rows" if coupled_left > 0.6 else "columns"


def _side_by_side(left: list[Segment], right: list[Segment]) -> bool:
    """Whether both sides are cards alike: each with a title, and a date at the same height."""
    top, bottom = min(one.y0 for one in right) - 2, max(one.y1 for one in right)
    left = [one for one in left if top <= one.y0 < bottom]
    if not left:
        return False
    titles = [min(side, key=lambda one: (round(one.baseline), one.x0)) for side in (left, right)]
    if titles[0].style != titles[1].style or abs(titles[0].baseline - titles[1].baseline) > 2:
        return False
    if any(find_periods(one.text) or label_field(one.text) or _is_head(one) for one in titles):
        return False
    others = [one for one in [*left, *right] if one not in titles]
    if sum(1 for one in others if one.style == titles[0].style) > 0.3 * len(others):
        return False
    dates = [
        [one for one in side if len(one.text) < 24 and find_periods(one.text)]
        for side in (left, right)
    ]
    return bool(dates[0] and dates[1]) and coupled(dates[1], dates[0]) == 1


def _right_aligned(these: list[Segment]) -> bool:
    """Whether these end at one edge and begin at several: what rows end with."""
    ends = Counter(round(one.x1 / 3) for one in these)
    begins = Counter(round(one.x0 / 3) for one in these)
    end, most = ends.most_common(1)[0]
    most += ends.get(end - 1, 0) + ends.get(end + 1, 0)
    return most >= 0.75 * len(these) and begins.most_common(1)[0][1] < 0.6 * most


def _is_head(one: Segment) -> bool:
    if len(one.text) >= 40 or one.text.endswith(","):
        return False
    kinds = heading_kinds(one.text)
    return bool(kinds) and kinds != ("detail",)  # 경력기술서 names the document more often


def _at_least(one: Segment, size: float) -> bool:
    return one.size >= size or one.bold or one.text.isupper()


def _close_lines(left: list[Segment]) -> list[list[Segment]]:
    """The groups of lines that stand close together."""
    groups: list[list[Segment]] = []
    for one in sorted(left, key=lambda segment: (segment.y0, segment.x0)):
        last = groups[-1][-1] if groups else None
        if last is not None and one.y0 - last.y1 <= 0.75 * min(one.size, last.size):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _labels(left: list[Segment], right: list[Segment]) -> bool:
    """Whether the left side only names what stands on the right: short, or dates."""
    short = sum(1 for one in left if len(one.text) <= 16 or find_periods(one.text))
    return short >= 0.8 * len(left) and sum(len(o.text) for o in right) > sum(
        len(o.text) for o in left
    )


def coupled(these: list[Segment], those: list[Segment]) -> float:
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


def _walled(left: list[Segment], right: list[Segment], cards: list[Vector]) -> bool:
    """Whether an upright line stands between both sides, along most of their height."""
    top = min(one.y0 for one in [*left, *right])
    bottom = max(one.y1 for one in [*left, *right])
    begin, end = max(one.x1 for one in left), min(one.x0 for one in right)
    return any(
        card.x1 - card.x0 < 4
        and begin <= card.x0
        and card.x1 <= end
        and min(card.y1, bottom) - max(card.y0, top) > 0.8 * (bottom - top)
        for card in cards
    )


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


def _is_period(text: str) -> bool:
    """Whether `text` is a period or a date and nothing else."""
    return sum(one.stop - one.begin for one in find_periods(text)) >= len(text.strip()) - 4 > 0
