"""From the lines of a section to its entries: where each begins, its heading lines, its text."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .dates import DURATION, NOW_ALONE, Period, find_periods
from .layout import Line
from .segments import Segment
from .vocabulary import label_field

SENTENCE = re.compile(
    r"(?:[다요음함됨임]\.|[다요]$|(?<=[a-z)]{3})\.$|(?:습니다|하였음|했음|합니다)$)"
)
HEADER_LINES = 6
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[^\W_]")
SEPARATOR = re.compile(
    r"\s*[|｜│∣¦]\s*|\s+[-–—―]\s+|\s*[•‧∙⋅]\s*|\s+[·ㆍ・]\s*|\s*[·ㆍ・]\s+|\s+/\s+|\s+@\s*|\s+@(?=\w)|\s{2,}|\s*;\s+|\s+//\s+|\s*→\s*|\s*➤\s*"
)
CUT = re.compile(r"[(\[]?\s*\x00+(?:\s*\x00+)*\s*[)\]]?|" + SEPARATOR.pattern)
COLON = re.compile(r"\s*+([^:\s][^:]{0,23}?)\s*:\s*")
# Words that only sort the entries below them.
SUBHEADING = re.compile(
    r"^\W*(?:vocational|miscellaneous|professional|industry|academic|full[- ]?time|part[- ]?time|internships?|freelance"
    r"|volunteer|research|teaching|others?|정규직|인턴|인턴십|프리랜서|계약직|경력|기타|개인|팀|회사|사내|개인\s?프로젝트|팀\s?프로젝트|학교|사이드\s?프로젝트|토이\s?프로젝트)\W*$",
    re.IGNORECASE,
)
# "2. Acme": which it is in order, and no part of its name.
ORDINAL = re.compile(r"\s*\(?\d{1,2}(?:\.|\))\s+(?=[^\W\d]|[(\[㈜「<])")
# A full stop after a word, no abbreviation, and another sentence after it.
RUN_IN = re.compile(
    r"(?<=[A-Za-zÀ-ÿ][a-zà-ÿ]{3})(?<!\bCorp)(?<!\bProf)(?<!\bUniv)(?<!\bDept)\.\s+(?=[A-Z“\"][\w’'-]*(?:\s|\.))|(?<=[A-Za-zÀ-ÿ][a-zà-ÿ]{3})\.$"
)
# "2. Acme", "[3] Reading tides": a number that only counts the entries.
NUMBERING = re.compile(r"(?:\[?\d{1,2}[.)\]]|[①-⑳])\s+(?=[^\W\d])")
TRIM = " \t,;:|｜│/·ㆍ・•-–—―~～()[]<>「」『』*#@→"


Style = tuple[float, bool, int]


@dataclass(slots=True)
class Piece:
    """A phrase of an entry's heading: part of one segment, and where it stands."""

    text: str
    segment: Segment
    begin: int
    end: int
    row: int  # line of the heading, from 0
    column: int  # segment of that line
    order: int  # phrase of that segment
    label: str | None = None  # what a form label beside it says it is

    @property
    def slot(self) -> tuple[int, int, int]:
        return (self.row, self.column, self.order)


@dataclass(slots=True)
class Dated:
    """A period and where it stands; ``until`` holds its end where that stands apart."""

    period: Period
    segment: Segment
    until: Segment | None = None


@dataclass(slots=True)
class Entry:
    header: list[Line]
    body: list[Line]
    dates: list[Dated] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    @property
    def period(self) -> Dated | None:
        """The entry's own period: a span before a single date, a month before a year."""
        for dated in self.dates:
            if not dated.period.single:
                return dated
        return max(self.dates, key=lambda dated: len(dated.period.end or ""), default=None)


@dataclass(slots=True)
class _Row:
    line: Line
    dates: list[Dated]
    rest: int  # characters that are not dates
    x: float  # where its words begin; a date column left of them does not count
    look: Style
    title: int  # characters of what its look sets off at its front; all where nothing is
    body: bool = False


def split_entries(
    lines: list[Line], size: float, *, dated: bool = True, short: bool = False
) -> list[Entry]:
    """The entries of a section. `size` is the document's body size in points.

    `dated` says that entries of this kind nearly always have dates; projects need not.
    `short` says that they often take one line each, as certificates do.
    """
    rows = [_row(line) for line in _with_row_ends(lines)]
    rows = [
        row for above, row, below in zip([None, *rows], rows, [*rows[1:], None], strict=False)
        if not (_only_sorts(row, below, rows, size) and not _tells_a_role(row, above, below))
        and not _only_lasts(row)
    ] or rows  # fmt: skip
    if not rows:
        return []
    _mark_body(rows, size)
    starts = _one_line_each(rows) if short else None
    if starts is None:
        starts = _starts(rows, size, dated)
    entries = []
    for index, start in enumerate(starts):
        stop = starts[index + 1] if index + 1 < len(starts) else len(rows)
        entries.append(_entry(rows[start:stop]))
    return entries


def _only_sorts(row: _Row, below: _Row | None, rows: list[_Row], size: float) -> bool:
    """Whether a line only sorts the entries below it: "Vocational".

    "Freelance" over a role, set as the other employers are, is an employer.
    """
    line = row.line
    if row.dates or len(line.segments) > 1 or not SUBHEADING.match(line.text):
        return False
    prominent = row.look[0] > size * 1.06 or row.look[1]
    if not prominent or below is None or below.look == row.look:
        return True
    return not any(
        other.look == row.look and not SUBHEADING.match(other.line.text) for other in rows
    )


def _tells_a_role(row: _Row, above: _Row | None, below: _Row | None) -> bool:
    """Whether "인턴" stands between a company and what is told of it, and sorts nothing."""
    if above is None or above.line.bullet or above.line.page != row.line.page or above.rest > 60:
        return False
    close = 0 <= row.line.y0 - above.line.y1 < 0.8 * row.line.first.size
    return close and (bool(above.dates) or below is not None and _dates_only(below.line))


TOTAL = re.compile(r"^\W*(?:총|전체|합계)?\s*(?:경력)?(?:\s?기간)?\W*")


def _only_lasts(row: _Row) -> bool:
    """Whether a line only says how long, which the dates beside it do: "총 경력 2년 3개월"."""
    text = row.line.text
    if row.dates or len(text) > 24 or not DIGIT.search(text):
        return False
    return bool(DURATION.fullmatch(TOTAL.sub("", text, count=1).strip(TRIM)))


def _with_row_ends(lines: list[Line]) -> list[Line]:
    """Dates set at the right below a place can stand beside an entry's first sentence.

    They belong to the entry's heading, the line above.
    """
    result: list[Line] = []
    for line in lines:
        end = line.segments[-1]
        above = result[-1] if result else None
        if (
            above is not None
            and len(line.segments) > 1
            and (line.bullet or len(line.first.text) > 45)
            and not above.bullet
            and above.page == line.page
            and _only_dates(end)
            and end.x0 - line.segments[-2].x1 > end.size
            and not any(find_periods(one.text) for one in above.segments)
        ):
            result[-1] = Line([*above.segments, end], above.side, above.table_row, above.limit)
            line = Line(line.segments[:-1], line.side, line.table_row, line.limit)
        result.append(line)
    return result


def _row(line: Line) -> _Row:
    dates = [Dated(period, one) for one in line.segments for period in find_periods(one.text)]
    length = sum(len(one.text) for one in line.segments)
    rest = length - sum(dated.period.stop - dated.period.begin for dated in dates)
    words = next((one for one in line.segments if not _only_dates(one)), line.segments[0])
    title = rest
    if line.first.lead[1]:
        beside = line.segments[1] if len(line.segments) > 1 else None
        if line.first.changes and not line.first.tail[1]:
            title = min(rest, line.first.changes[0])
        elif beside is not None and not beside.bold and not _only_dates(line.first):
            title = min(rest, len(line.first.text))
    return _Row(line, dates, rest, words.x0, words.lead, title)


def _only_dates(one: Segment) -> bool:
    return _nothing_but_dates(one.text)


@lru_cache(maxsize=4096)
def _nothing_but_dates(text: str) -> bool:
    for period in reversed(find_periods(text)):
        text = text[: period.begin] + text[period.stop :]
    if DIGIT.search(text):
        text = DURATION.sub("", text)
    return not text.strip(TRIM + ".'’ ") or bool(NOW_ALONE.match(text))


def _mark_body(rows: list[_Row], size: float) -> None:
    """Which rows are text under an entry's heading: bullets, what wraps, sentences."""
    edge = min(row.x for row in rows)
    dated = [row for row in rows if row.dates]
    top_bullets = [row for row in rows if row.line.bullet and row.x < edge + 14]
    # Where every entry is itself a bullet, top-level bullets are headings.
    bulleted_entries = (
        bool(dated)
        and all(row.line.bullet for row in dated)
        or all(row.line.bullet or row.line.x0 > edge + 3 for row in rows)
        or all(
            row.line.bullet or _hangs(row, above)
            for above, row in zip([None, *rows], rows, strict=False)
        )
    )
    top = min((row.x for row in top_bullets), default=edge)
    previous: _Row | None = None
    for index, row in enumerate(rows):
        text = row.line.text
        prominent = row.look[0] > size * 1.06 or row.look[1]
        following = rows[index + 1] if index + 1 < len(rows) else None
        if _only_dated(row) or following is not None and _heads_dates(row, following):
            row.body = False
        elif row.line.bullet:
            row.body = not (bulleted_entries and row.x < top + 4 and row.title < 110)
        elif row.line.side:
            row.body = False
        elif (bulleted_entries and _hangs(row, previous)) or (
            index and not row.dates and _details(row.line)
        ):
            row.body = True
        elif prominent and row.title < min(70, row.rest) and not _details(row.line):
            row.body = False  # "Name: what it is", the name in bold
        elif (
            row.rest > 80
            and not row.dates
            or row.rest > 130
            or (row.rest > 60 and text.rstrip().endswith(".") and not _dated_margin(row))
            or (SENTENCE.search(text) and row.rest > 10 and not prominent)
        ):
            row.body = True
        elif (
            previous is not None
            and previous.body
            and not prominent
            and all(dated.period.single for dated in row.dates)
        ):
            # What a bullet or a sentence wraps to starts where its words start.
            deeper = row.x > edge + 3 or not previous.line.bullet
            close = row.line.y0 - previous.line.y1 < 0.55 * row.line.first.size
            same = abs(row.x - previous.x) < 4 and row.look == previous.look
            row.body = close and same and deeper and previous.line.x1 - previous.x > 120
            if not row.dates and row.x > edge + 12 and not row.line.segments[1:] and same:
                row.body = True
        previous = row


def _hangs(row: _Row, above: _Row | None) -> bool:
    """Whether a line without a mark goes on below the words of the one above."""
    return (
        above is not None
        and not row.dates
        and (-14 if above.line.bullet else -4) < row.x - above.x < 4
        and row.line.y0 - above.line.y1 < 0.6 * row.line.first.size
        and above.look[0] == row.look[0]
    )


def _heads_dates(row: _Row, following: _Row) -> bool:
    """Whether a mark stands before an entry's title: its dates are alone on the next line."""
    alone = row.line.bullet and _dates_only(following.line)
    return alone and row.rest < 80 and row.look != following.look


def _only_dated(row: _Row) -> bool:
    """Dates, perhaps with a place beside them, are no text under an entry."""
    if not row.dates or not _only_dates(row.line.first):
        return False
    return row.rest < 24 or _dated_margin(row)


def _one_line_each(rows: list[_Row]) -> list[int] | None:
    """The starts of entries of one line each, or None where entries are built otherwise."""
    edge = min(row.x for row in rows)
    right = max(row.line.x1 for row in rows)
    starts: list[int] = []
    wrapped: list[_Row] = []
    for index, row in enumerate(rows):
        previous = rows[index - 1] if index else None
        if (
            previous is not None
            and not row.line.bullet
            and previous.line.page == row.line.page
            and row.line.y0 - previous.line.y1 < 0.6 * row.line.first.size
            and (
                (previous.line.bullet and row.x >= previous.x - 2 and row.look == previous.look)
                or previous.line.text.rstrip().endswith(",")
                or (
                    previous.line.segments[-1].last_box[2] > right - 0.06 * (right - edge)
                    and row.x >= previous.x - 1
                    and not row.dates
                )
            )
        ):
            wrapped.append(row)
            continue
        if _dates_only(row.line) or row.line.side:
            return None
        starts.append(index)
    if not starts or starts[0] != 0:
        return None
    looks = {rows[index].look for index in starts}
    edges = {round(rows[index].x / 4) for index in starts}
    if len(looks) > 1 or len(edges) > 2:
        return None
    for index in starts:
        rows[index].body = False
    for row in wrapped:
        row.body = True
    return starts


def _dates_only(line: Line) -> bool:
    return all(_only_dates(one) for one in line.segments)


def _starts(rows: list[_Row], size: float, dated: bool) -> list[int]:
    """The rows at which entries begin."""
    side = [
        index for index, row in enumerate(rows)
        if row.line.side and (index == 0 or not rows[index - 1].line.side)
    ]  # fmt: skip
    heads = [index for index, row in enumerate(rows) if not row.body]
    if not heads:
        return [0]
    named = [index for index, row in enumerate(rows) if _names_an_entry(row.line)]
    if named and named[0] <= heads[0]:
        return named
    anchors = [index for index in heads if rows[index].dates and _dates_an_entry(rows[index])]
    outer = _outermost(rows, anchors)
    if len(outer) < len(anchors) and not any(rows[index].line.side for index in outer):
        return _starts_by_dates(rows, heads, outer)
    anchors = outer
    if side and sum(
        1 for index in side if any(rows[i].dates for i in range(index, min(len(rows), index + 4)))
    ) >= 0.6 * len(side):
        return side if side[0] <= heads[0] else [heads[0], *side]
    if len(heads) > 1 and all(rows[index].line.bullet for index in heads):
        return heads
    by_look = _starts_by_look(rows, heads, anchors, size, dated)
    if by_look:
        return by_look
    if anchors:
        return _starts_by_dates(rows, heads, anchors)
    starts = [
        index for index in heads if index == 0 or rows[index - 1].body or _gap_before(rows, index)
    ]
    return starts or [heads[0]]


def _outermost(rows: list[_Row], anchors: list[int]) -> list[int]:
    """Without the dates of parts of an entry: where dates stand in the margin of all text,
    those set alone further in belong to what is told there.
    """
    alone = {index for index in anchors if _dates_only(rows[index].line)}
    margin = min(row.line.x0 for row in rows)
    outer = [
        index for index in anchors
        if _only_dates(rows[index].line.first) and rows[index].line.x0 < margin + 4
    ]  # fmt: skip
    words = [row.line.x0 for row in rows if not _only_dates(row.line.first)]
    if not outer or not words or min(words) < margin + 24:
        return anchors
    return [
        index for index in anchors
        if index not in alone or rows[index].line.x0 < margin + 24
    ]  # fmt: skip


def _details(line: Line) -> bool:
    """Whether a line opens with a label of the text under an entry: "Environment: ..."."""
    label, colon, _ = line.first.text.partition(":")
    fields = ("description", "period", "title", "department", "grade", "status")
    return label_field(label) in (fields if colon or len(line.segments) > 1 else fields[:1])


def _set_off_label(one: Segment) -> int | None:
    """Where a form's label ends that only its look sets off from its value."""
    if not one.changes or not one.lead[1] or not label_field(one.text[: one.changes[0]]):
        return None
    return one.changes[0]


def _names_an_entry(line: Line) -> bool:
    """Whether a form's label says that this row names an entry: "프로젝트명 | ..."."""
    label = line.first.text
    if len(line.segments) == 1:
        if (end := _set_off_label(line.first)) is not None:
            label = label[:end]
        else:
            label, colon, value = label.partition(":")
            if not colon or not value.strip():
                return False
    return label_field(label) in ("name", "company", "institution")


def _dated_margin(row: _Row) -> bool:
    """Whether a period stands in the margin before the text of a line, however long."""
    first, *rest = row.line.segments
    return (
        bool(rest)
        and not row.line.bullet
        and any(not dated.period.single for dated in row.dates if dated.segment is first)
        and _only_dates(first)
    )


def _dates_an_entry(row: _Row) -> bool:
    if _dated_margin(row):
        return True
    return row.rest <= 100 and not (row.rest > 40 and SENTENCE.search(row.line.text))


def _gap_before(rows: list[_Row], index: int) -> bool:
    if index == 0:
        return True
    row, previous = rows[index], rows[index - 1]
    if row.line.page != previous.line.page or row.line.y0 < previous.line.y0:
        return False
    return row.line.y0 - previous.line.y1 > 0.8 * row.line.first.size


def _starts_by_look(
    rows: list[_Row], heads: list[int], anchors: list[int], size: float, dated: bool
) -> list[int] | None:
    """Entries begin with lines set like the section's first one, if nothing else is."""
    first = rows[heads[0]]
    distinct = (
        first.look[0] > size * 1.06
        or first.look[1]
        or sum(1 for row in rows if row.look == first.look) <= 0.4 * len(rows)
    )
    if not distinct:
        return None
    alike = [
        index for index in heads
        if _set_alike(rows[index].look, first.look, size) and not _details(rows[index].line)
        # The same edge, or another column's.
        and (abs(rows[index].x - first.x) < 4 or abs(rows[index].x - first.x) > 100)
    ]  # fmt: skip
    if len(alike) < 2 and (len(anchors) > 1 or not distinct):
        return None
    # Company and role set alike on neighbouring lines begin one entry, not two,
    # unless each has a date of its own.
    starts: list[int] = []
    for index in alike:
        if starts and not any(rows[i].body for i in range(starts[-1], index)):
            between = range(starts[-1], index)
            has_date = any(i in anchors for i in between)
            comes = any(
                i in anchors for i in range(index, next((a for a in alike if a > index), len(rows)))
            )
            if anchors and dated and not (has_date and comes):
                continue
            if not (anchors and dated) and index - starts[-1] == 1 and not _gap_before(rows, index):
                if rows[index].look[0] <= size * 1.06 and not rows[index].look[1]:
                    continue
        starts.append(index)
    if not starts:
        return None
    if anchors:
        spans = list(zip(starts, [*starts[1:], len(rows)], strict=True))
        with_date = sum(1 for a, b in spans if any(rows[i].dates for i in range(a, b)))
        # Most entries have their date, and dates are not crowded into one of them.
        if dated and with_date < 0.6 * len(starts):
            return None
        before = [i for i in anchors if i < starts[0]]
        if before:
            return None
        if len(starts) == 1 and len(anchors) > 1:
            return None
        if len(anchors) > 2.5 * len(starts) and not first.look[1] and first.look[0] <= size * 1.06:
            return None
    elif len(starts) == 1 and len(heads) > 6:
        return None
    if heads[0] not in starts:
        starts.insert(0, heads[0])
    return starts


def _set_alike(look: Style, first: Style, size: float) -> bool:
    """A title that is a link has another colour; larger or bolder type says enough."""
    return look == first or (look[:2] == first[:2] and (look[1] or look[0] > size * 1.06))


def _starts_by_dates(rows: list[_Row], heads: list[int], anchors: list[int]) -> list[int]:
    """Entries begin as far above their dates as the first one does."""
    head_set = set(heads)
    above = 0
    while above < 3 and anchors[0] - above - 1 >= 0 and anchors[0] - above - 1 in head_set:
        above += 1
    # What stands before the first date may be one heading of several entries.
    if len(anchors) > 1:
        room = min(
            sum(1 for i in range(previous + 1, anchor) if i in head_set)
            for previous, anchor in zip(anchors, anchors[1:], strict=False)
        )
        above = min(above, room)
    starts: list[int] = []
    floor = 0
    for anchor in anchors:
        start = anchor
        for _ in range(above):
            if start - 1 < floor or start - 1 not in head_set:
                break
            start -= 1
        if starts and start <= starts[-1]:
            continue
        starts.append(start)
        floor = anchor + 1
    if starts[0] > 0 and not all(rows[i].body for i in range(starts[0])):
        starts[0] = 0 if starts[0] <= 3 else starts[0]
    return starts


def _entry(rows: list[_Row]) -> Entry:
    header: list[Line] = []
    dates: list[Dated] = []
    index = 0
    for index, row in enumerate(rows):
        if len(header) == index and _dates_again(rows[:index], row):
            # The next role of the same employer: its title stands above its dates.
            index -= 1
            header.pop()
            break
        if (row.body and header or index >= HEADER_LINES) and not _labels_head(rows, index):
            break
        if header and dates and row.dates and not row.line.side and _dates_an_entry(row):
            if not any(_only_dates(one) for one in row.line.segments):
                break
        header.append(row.line)
        dates += row.dates
    else:
        index = len(rows)
    body = [row.line for row in rows[index:]]
    entry = Entry(header, body, dates)
    entry.pieces = pieces_of(header)
    return entry


def _labels_head(rows: list[_Row], index: int) -> bool:
    """Whether a form goes on under the entry's name: "직급 : 대리" below "회사명 : Acme"."""
    return all(
        _names_an_entry(row.line) or _label_of(row.line) in HEAD_LABELS for row in rows[: index + 1]
    )


HEAD_LABELS = (
    "company",
    "title",
    "department",
    "period",
    "institution",
    "degree",
    "status",
    "grade",
)


def _label_of(line: Line) -> str | None:
    """What the label says that a line begins with; None without a value after it."""
    label, colon, value = line.first.text.partition(":")
    if len(line.segments) == 1 and not (colon and value.strip()):
        return None
    return label_field(label)


def _dates_again(above: list[_Row], row: _Row) -> bool:
    """Whether a period stands alone on `row` after another did, with lines between."""
    if row.line.side or not _dates_only(row.line) or all(one.period.single for one in row.dates):
        return False
    alone = [
        index for index, other in enumerate(above)
        if any(not one.period.single for one in other.dates) and _dates_only(other.line)
    ]  # fmt: skip
    return bool(alone) and len(above) - alone[-1] > 1 and not above[-1].dates


def pieces_of(lines: list[Line]) -> list[Piece]:
    """The phrases of heading lines, without dates, durations and separators."""
    pieces: list[Piece] = []
    for row, line in enumerate(lines):
        pending: str | None = None
        for column, segment in enumerate(line.segments):
            field_name = label_field(segment.text)
            if field_name and (column + 1 < len(line.segments) or segment.text.endswith(":")):
                pending = field_name
                continue
            phrases = _phrases(segment.text, segment.changes)
            if not row and not column and phrases:
                begin, stop, named = phrases[0]
                if number := NUMBERING.match(segment.text, begin, stop):
                    phrases[0] = (number.end(), stop, named)
            if (end := _set_off_label(segment)) is not None:
                pending = label_field(segment.text[:end])
                phrases = [phrase for phrase in phrases if phrase[0] >= end]
            for order, (begin, end, label) in enumerate(phrases):
                text = segment.text[begin:end]
                pieces.append(
                    Piece(text, segment, begin, end, row, column, order, label or pending)
                )
            pending = None
    return pieces


def _phrases(text: str, changes: list[int]) -> list[tuple[int, int, str | None]]:
    """Begin, end and form label of each phrase in `text`; another look is another phrase."""
    plain = text
    spans = [(period.begin, period.stop) for period in find_periods(text)]
    if DIGIT.search(text):
        spans += [found.span() for found in DURATION.finditer(text)]
    for begin, stop in spans:
        plain = plain[:begin] + "\0" * (stop - begin) + plain[stop:]
    cuts: list[tuple[int, int]] = []
    start = 0
    for gap in CUT.finditer(plain):
        cuts.append((start, gap.start()))
        start = gap.end()
    cuts.append((start, len(plain)))
    if changes:
        cuts = [
            (begin, end)
            for first, last in cuts
            for begin, end in _cut_at(plain, first, last, changes)
        ]
    phrases: list[tuple[int, int, str | None]] = []
    if (number := ORDINAL.match(plain)) and cuts[0][0] < number.end() < cuts[0][1]:
        cuts[0] = (number.end(), cuts[0][1])
    ended = False
    told = (0, 0)
    for begin, end in cuts:
        label = "description" if ended else None
        if not ended and (full_stop := RUN_IN.search(plain, begin, end)):
            # "Engineer, Acme, Berlin. Built ...": what is told after the full stop.
            ended = True
            told = trim(plain, full_stop.end(), end)
            end = full_stop.start()
        colon = COLON.match(plain[begin:end])
        if colon and (named := label_field(colon.group(1))):
            label = named
            begin += colon.end()
        begin, end = trim(plain, begin, end)
        if WORD.search(plain, begin, end):
            if not NOW_ALONE.match(plain[begin:end]):
                phrases.append((begin, end, label))
        if told[1] > told[0]:
            phrases.append((*told, "description"))
            told = (0, 0)
    return phrases


def _cut_at(text: str, first: int, last: int, changes: list[int]) -> list[tuple[int, int]]:
    """Cut where the look changes between words, unless that leaves a bracket open."""
    points = [
        change for change in changes
        if first < change < last
        and (not text[change - 1].isalnum() or not text[change].isalnum())
        and text.count("(", first, change) == text.count(")", first, change)
        and text[first:change].strip(TRIM) and text[change:last].strip(TRIM)
    ]  # fmt: skip
    return list(zip([first, *points], [*points, last], strict=True))


def trim(text: str, begin: int, end: int) -> tuple[int, int]:
    """Take separators and unmatched brackets off both ends."""
    while begin < end and text[begin] in TRIM:
        if text[begin] in "([「『<" and _closes(text, begin, end):
            break
        begin += 1
    while end > begin and text[end - 1] in TRIM:
        if text[end - 1] in ")]」』>" and _opens(text, begin, end):
            break
        end -= 1
    cut = text.rfind("(", begin, end)
    if cut > begin + 1 and ")" not in text[cut:end]:
        # "(Q2" of "(Q2 2022)": its date was taken out.
        return trim(text, begin, cut)
    return begin, end


def _closes(text: str, begin: int, end: int) -> bool:
    close = {"(": ")", "[": "]", "「": "」", "『": "』", "<": ">"}[text[begin]]
    found = text.find(close, begin, end)
    return found != -1 and found < end - 1


def _opens(text: str, begin: int, end: int) -> bool:
    opening = {")": "(", "]": "[", "」": "「", "』": "『", ">": "<"}[text[end - 1]]
    return text.rfind(opening, begin, end - 1) > begin
