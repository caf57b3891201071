"""Runs of text with their place and look, and what else a page shows.

Coordinates are points from the top left of the page as it is displayed.
"""

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(slots=True, eq=False)
class Segment:
    """A run of text on one baseline with nothing wide between its words."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    bold: bool
    italic: bool
    colour: int
    font: str
    page: int
    bullet: bool = False
    # The look of its first run; a heading keeps it whatever follows on the row.
    lead: tuple[float, bool, int] = (0.0, False, 0)
    # The look of its last run.
    tail: tuple[float, bool, bool, int] = (0.0, False, False, 0)
    tail_font: str = ""
    # Offsets at which weight, slant, size or colour changes: where one thing ends.
    changes: list[int] = field(default_factory=list)
    # Where each piece of the text starts, and its box: (offset, box).
    pieces: list[tuple[int, Box]] = field(default_factory=list)

    @property
    def box(self) -> Box:
        return (self.x0, self.y0, self.x1, self.y1)

    @property
    def last_box(self) -> Box:
        """The box of its last line: a run that was broken over lines has several."""
        pieces = self.pieces
        if len(pieces) < 2 or pieces[-1][1][1] <= pieces[0][1][3] - 1:
            return (self.x0, self.y0, self.x1, self.y1)
        last = pieces[-1][1]
        same = [box for _, box in pieces if box[3] > last[1] + 1]
        return (min(box[0] for box in same), last[1], max(box[2] for box in same), last[3])

    @property
    def style(self) -> tuple[float, bool, int]:
        """What a reader sees as the same kind of text."""
        return (round(self.size * 2) / 2, self.bold, self.colour)

    def part(self, start: int, end: int) -> "Segment":
        """The same run cut to `text[start:end]`, its box by proportion inside each piece."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        x0, x1 = self.across(start)[0], self.across(max(start, end - 1))[1]
        return Segment(
            self.text[start:end], x0, self.y0, x1, self.y1, self.baseline, self.size,
            self.bold, self.italic, self.colour, self.font, self.page, self.bullet and start == 0,
            self.lead, self.tail, self.tail_font, [change - start for change in self.changes if start < change < end],
            [(0, (x0, self.y0, x1, self.y1))],
        )  # fmt: skip

    def across(self, offset: int) -> tuple[float, float]:
        """Left and right of the character at `offset`."""
        pieces = self.pieces or [(0, self.box)]
        index = len(pieces) - 1
        while index and pieces[index][0] > offset:
            index -= 1
        begin, (x0, _, x1, _) = pieces[index]
        end = pieces[index + 1][0] if index + 1 < len(pieces) else len(self.text)
        step = (x1 - x0) / max(1, end - begin)
        return x0 + step * (offset - begin), x0 + step * (offset - begin + 1)


def glued(first: Segment, second: Segment, glue: str) -> Segment:
    """One segment of both; `glue` "-" says that the hyphen was only the line's end."""
    if glue == "-":
        first.text, glue = first.text.rstrip()[:-1], ""
    start = len(first.text) + len(glue)
    if first.tail != (second.lead[0], second.lead[1], first.tail[2], second.lead[2]):
        first.changes.append(start)
    first.changes += [start + change for change in second.changes]
    first.pieces = [*(first.pieces or [(0, first.box)])]
    first.pieces += [(start + offset, box) for offset, box in second.pieces or [(0, second.box)]]
    first.text += glue + second.text
    first.x0, first.x1 = min(first.x0, second.x0), max(first.x1, second.x1)
    first.y1 = max(first.y1, second.y1)
    first.tail, first.tail_font = second.tail, second.tail_font
    return first


@dataclass(slots=True)
class Vector:
    x0: float
    y0: float
    x1: float
    y1: float
    colour: int
    stroked: bool


@dataclass(slots=True)
class PageText:
    """What one page shows: its segments, rules and boxes, links, and what it hides."""

    number: int
    width: float
    height: float
    segments: list[Segment]
    rules: list[Vector]
    uprights: list[Vector]  # thin vertical lines: the borders of a table's cells
    boxes: list[Vector]
    links: list[tuple[Box, str]]
    hidden: int = 0  # characters a reader cannot see
    hidden_words: list[str] = field(default_factory=list)
    has_images: bool = False
    from_ocr: bool = False
