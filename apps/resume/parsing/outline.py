"""From lines in reading order to sections: which lines are headings, and of what.

A heading is known by what it says and by how it looks next to the other headings: a word
such as "Projects" inside a job, set like the text around it, starts no section.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .contact import EMAIL
from .dates import find_periods
from .headings import heading_kinds
from .layout import Block, Line
from .segments import Segment
from .vocabulary import label_field
from .wraps import join_wrapped

Style = tuple[float, bool, int]
Candidate = tuple[Line, tuple[str, ...], Block]


ENTRY = ("entry",)
# The sentence that ends a Korean form; a date and a signature follow.
CLOSING = re.compile(
    r"(?:위|상기|이상의?)\s.{0,14}(?:사실과\s?(?:다름|틀림)|(?:틀림|다름)이?\s?없)"
    r"|^\W*(?:감사합니다|thank you(?: for \w+)?)\W*$",
    re.IGNORECASE,
)
CLOSED = ("other", "closing")
NUMBERED = re.compile(r"^\W*(?:project|프로젝트)\s*#?\d{1,2}(?:\W|$)", re.IGNORECASE)
NUMBER = re.compile(r"^0\d\.?$")
PORTFOLIO = re.compile(
    r"^\W*(?:(?:20\d\d|my)\s)?(?:portfolio|포트폴리오)(?:\s20\d\d)?\W*$", re.IGNORECASE
)


@dataclass(slots=True)
class Section:
    """Lines under one heading. `kinds` is empty before the first heading."""

    kinds: tuple[str, ...]
    heading: Line | None
    lines: list[Line] = field(default_factory=list)
    confidence: float = 1.0

    @property
    def kind(self) -> str:
        return self.kinds[0] if self.kinds else "header"


def body_size(blocks: list[Block]) -> float:
    """The size, in points, in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for block in blocks:
        for line in block.lines:
            for segment in line.segments:
                sizes[round(segment.size * 2) / 2] += len(segment.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def split_sections(blocks: list[Block]) -> list[Section]:
    """Sections in reading order; text of a column goes on where that column left off."""
    size = body_size(blocks)
    for block in blocks:
        join_wrapped(block)
    headings = _headings(blocks, size)
    sections: list[Section] = [Section((), None)]
    open_at: list[tuple[Block, Section]] = []
    ends: dict[int, Section] = {}
    of_project: dict[int, Section] = {}
    for block in blocks:
        current = (
            ends[id(block.parent)]
            if block.parent is not None
            else of_project.get(block.page) or _inherited(block, open_at, sections)
        )
        for line, below in zip(block.lines, [*block.lines[1:], None], strict=True):
            if current.kinds != CLOSED and CLOSING.search(line.text):
                current = Section(CLOSED, None)
                sections.append(current)
            if current.kinds == CLOSED and id(line) not in headings:
                current.lines.append(line)  # until another heading: more may follow a signature
                continue
            kinds = headings.get(id(line)) or _part_of_other(line, current)
            numbered = kinds in (None, ENTRY) and _numbered_project(line, below, size)
            if numbered and current.kind not in ("projects", "detail"):
                current = Section(("projects",), None)
                sections.append(current)
                kinds = None
            if current.kind == "projects" and (numbered or NUMBER.match(line.text)):
                of_project[line.page] = current  # all of a page that shows one project
            if kinds is None:
                current.lines.append(line)
                continue
            if kinds == ENTRY:
                # A company set like a heading: of the section it is in, or of a career told
                # without saying "career".
                if current.kind in ("header", "skills", "summary", "other", "contact", "languages"):
                    current = Section(("work",), None, [], 0.6)
                    sections.append(current)
                current.lines.append(line)
                continue
            current = Section(kinds, Line(line.segments[:1]))
            sections.append(current)
            if len(line.segments) > 1:
                current.lines.append(Line(line.segments[1:], line.side, line.table_row))
        open_at.append((block, current))
        ends[id(block)] = current
    return [section for section in sections if section.lines or section.heading]


def _numbered_project(line: Line, below: Line | None, size: float) -> bool:
    """Whether "Project 2" or "02" in large type, or over it, begins the page of a project."""
    if NUMBER.match(line.text) and below is not None:
        larger = min(line.first.size, below.first.size) > 1.25 * size
        return larger and not heading_kinds(below.text)
    if not NUMBERED.match(line.first.text):
        return False
    if below is not None and line.first.bold and below.first.size > 1.5 * size:
        return True
    return line.first.size > 1.25 * size and (line.first.bold or line.first.size > 1.5 * size)


def _part_of_other(line: Line, current: Section) -> tuple[str, ...] | None:
    """What a label in a section of odds and ends is about: "Additional: Projects | ..."."""
    if current.kind != "other" or not (line.side or len(line.segments) > 1):
        return None
    if not line.side and line.segments[1].x0 - line.first.x1 < 4:
        return None
    kinds = heading_kinds(line.first.text)
    return kinds if kinds and kinds[0] not in ("other", "contact", "summary") else None


def _inherited(
    block: Block, open_at: list[tuple[Block, Section]], sections: list[Section]
) -> Section:
    """The section that the text above `block`, in its own column, was in."""
    best: tuple[tuple[int, int, float], Section] | None = None
    width = max(1.0, block.x1 - block.x0)
    for order, (other, section) in enumerate(open_at):
        shared = min(block.x1, other.x1) - max(block.x0, other.x0)
        if shared < 0.4 * min(width, max(1.0, other.x1 - other.x0)):
            continue
        if other.page == block.page and other.y0 > block.y1:
            continue
        rank = (other.page, 1 if other.page == block.page else 0, float(order))
        if other.page != block.page:
            # On a new page: the column that started at the same edge goes on.
            rank = (other.page, 0, order + (1000.0 if abs(other.x0 - block.x0) < 12 else 0.0))
        if best is None or rank > best[0]:
            best = (rank, section)
    return best[1] if best else sections[0]


def _headings(blocks: list[Block], size: float) -> dict[int, tuple[str, ...]]:
    """The lines that are headings, by id, and what each announces."""
    candidates: list[Candidate] = []
    styles: Counter[Style] = Counter()
    for block in blocks:
        for line in block.lines:
            styles[_look(line)] += 1
            kinds = _announces(line, size)
            if kinds:
                candidates.append((line, kinds, block))
    # The name of the document itself, on its first line, heads nothing.
    first = next((line for block in blocks for line in block.lines), None)
    if (
        len(candidates) > 1
        and candidates[0][0] is first
        and (candidates[0][1][0] in ("detail", "summary", "other") or _on_a_cover(blocks, first))
    ):
        candidates.pop(0)
    if not candidates:
        return {}
    groups: dict[Style, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[_look(candidate[0])].append(candidate)

    def strength(style: Style) -> float:
        members = groups[style]
        distinct = {kinds[0] for _, kinds, _ in members}
        capitals = sum(1 for line, _, _ in members if line.first.text.isupper()) / len(members)
        alone = sum(1 for line, _, _ in members if len(line.segments) == 1) / len(members)
        marked = 2.0 if len(distinct) > 1 and all(line.bullet for line, _, _ in members) else 0.0
        core = len(distinct & {"work", "education", "projects", "skills"})
        return (
            len(distinct) + 0.6 * core + marked
            + 2.0 * min(1.0, max(0.0, style[0] / size - 1) * 4)
            + (0.8 if style[1] else 0) + 0.8 * capitals + 0.4 * alone
        )  # fmt: skip

    main = max(groups, key=strength)
    accepted: dict[int, tuple[str, ...]] = {}
    main_columns = [block for _, _, block in groups[main]]
    for style, members in groups.items():
        repeats = Counter(line.first.text for line, _, _ in members)
        for line, kinds, block in members:
            if style != main and not _stands_with(
                style, main, line, block, members, main_columns, size, candidates
            ):
                continue
            if repeats[line.first.text] >= 3 and kinds[0] in (
                "skills",
                "projects",
                "detail",
                "summary",
                "awards",
                "contact",
            ):
                continue  # a label inside every entry, not a section
            accepted[id(line)] = kinds
    _unknown_headings(blocks, main, accepted, size, styles)
    return accepted


def _on_a_cover(blocks: list[Block], first: Line) -> bool:
    """Whether "Portfolio" names the document on a page that says whose it is."""
    return bool(PORTFOLIO.match(first.text)) and any(
        EMAIL.search(line.text)
        for block in blocks for line in block.lines if line.page == first.page
    )  # fmt: skip


def _look(line: Line) -> Style:
    return line.first.lead


def _announces(line: Line, size: float) -> tuple[str, ...]:
    first = line.first
    if first.bullet and not (first.bold or first.size > size * 1.08):
        if len(line.segments) > 1 or first.text.endswith(":"):
            return ()
    kinds = heading_kinds(first.text) or _front_kinds(first)
    if not kinds:
        return ()
    if line.table_row >= 0 and len(line.segments) > 1 and kinds == ("skills",):
        if label_field(first.text) == "description" and first.text not in ("기술", "Skills"):
            return ()  # a form's label for what was used in one project
    if len(line.segments) > 1:
        # Beside other text only a heading that looks like one, or stands in its own column.
        if not (first.lead[1] or first.size > size * 1.05 or first.text.isupper() or line.side):
            heads_table = (
                line.table_row >= 0
                and len(line.segments) > 2
                and all(label_field(one.text) for one in line.segments[1:])
            )
            if line.segments[1].x0 - first.x1 < 18 and not heads_table:
                return ()
        beside = line.segments[1].x0 - first.x1
        colon = first.text.endswith(":") and (
            kinds[0] == "languages" or beside < 12 or not first.lead[1]
        )
        if colon or (kinds == ("contact",) and not first.text.isupper()):
            return ()
    return kinds


def _front_kinds(first: Segment) -> tuple[str, ...]:
    """What a run announces whose front is set larger than its rest: "학력 최종학력 ..."."""
    if not first.changes or first.lead[0] < first.tail[0] + 1:
        return ()
    return heading_kinds(first.text[: first.changes[0]])


def _stands_with(
    style: Style, main: Style, line: Line, block: Block,
    members: list[Candidate], main_columns: list[Block], size: float, candidates: list[Candidate],
) -> bool:  # fmt: skip
    """Whether a heading in another look than the main one is a section heading too."""
    same_column = any(
        min(block.x1, other.x1) - max(block.x0, other.x0)
        > 0.3 * min(block.x1 - block.x0, other.x1 - other.x0)
        for other in main_columns
    )
    if same_column and not line.bullet and style[0] <= main[0] + 0.3:
        leaders = [other for other, _, _ in candidates if _look(other) == main]
        if len(leaders) > 1 and all(leader.bullet for leader in leaders):
            return False  # the headings carry a mark; this one does not
    if style[0] >= main[0] - 0.3 and (style[1] or not main[1]):
        return True
    if style[0] > main[0] + 1:
        return True
    distinct = {kinds[0] for _, kinds, _ in members}
    distinguished = style[1] or style[0] > size * 1.05 or line.first.text.isupper()
    if not same_column:
        # In another column its own headings set the level.
        peers = [
            _look(other) for other, _, beside in candidates
            if min(block.x1, beside.x1) - max(block.x0, beside.x0)
            > 0.5 * min(block.x1 - block.x0, beside.x1 - beside.x0)
        ]  # fmt: skip
        if peers and style[0] < max(peer[0] for peer in peers) - 0.3:
            return False
    return not same_column and (distinguished or len(distinct) >= 2)


def _unknown_headings(
    blocks: list[Block], main: Style, accepted: dict[int, tuple[str, ...]], size: float,
    styles: Counter[Style],
) -> None:  # fmt: skip
    """Lines that look exactly like the headings end a section too, whatever they say."""
    known = sum(
        1
        for block in blocks
        for line in block.lines
        if id(line) in accepted and _look(line) == main
    )
    looks_special = main[0] > size * 1.08 or main[1]
    if known < 2 or not looks_special:
        return
    dated = 0
    for block in blocks:
        for line in block.lines:
            if id(line) in accepted or _look(line) != main or len(line.text) > 60 or line.bullet:
                continue
            if main[0] > size * 1.08 and any(not p.single for p in find_periods(line.text)):
                accepted[id(line)] = ENTRY
                dated += 1
    if known < 0.5 * (styles[main] - dated):
        return
    edges = [
        line.x0 for block in blocks for line in block.lines
        if id(line) in accepted and _look(line) == main
    ]  # fmt: skip
    capitals = all(
        line.first.text.isupper()
        for block in blocks for line in block.lines
        if id(line) in accepted and _look(line) == main
    )  # fmt: skip
    for block in blocks:
        # What is set like a heading right below one, or over a date, is an entry's title.
        titles = False
        previous: Line | None = None
        for index, line in enumerate(block.lines):
            above, previous = previous, line
            if id(line) in accepted:
                titles = False
                continue
            if len(line.segments) > 1 or _look(line) != main:
                continue
            text = line.first.text
            if (
                len(text) > 40
                or line.bullet
                or find_periods(text)
                or text.rstrip().endswith((".", ","))
            ):
                continue
            if capitals and not text.isupper():
                continue
            if any(abs(line.x0 - edge) < 4 for edge in edges):
                titles = titles or (above is not None and accepted.get(id(above), ENTRY) != ENTRY)
                dated_below = _dated_below(block.lines, index, main)
                accepted[id(line)] = ENTRY if titles or dated_below else ("other",)


def _dated_below(lines: list[Line], index: int, main: Style) -> bool:
    """Whether one of the next lines, before another in the headings' look, is dated."""
    for line in lines[index + 1 : index + 4]:
        if _look(line) == main or line.bullet:
            return False
        if any(len(one.text) < 60 and find_periods(one.text) for one in line.segments):
            # Dates in a margin head an entry of their own.
            return not (len(line.segments) > 1 and find_periods(line.first.text))
    return False
