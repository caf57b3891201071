"""Schools: which, what was studied, when."""

from __future__ import annotations

import re

from ..entries import Entry, Piece, trim
from ..layout import Line
from ..provenance import Value, joined
from ..text import Segment
from ..vocabulary import DEGREE, GRADE, LEVEL, PLACE_TAIL, SCHOOL, STATUS_KO, is_place
from .common import Fields, dates_of, entries_of, labelled_rows, period_of, value_of

# "한국대학교 컴퓨터공학과": the school ends where its kind of school is named.
SCHOOL_HEAD = re.compile(
    r"^(.*?(?:대학교|대학원|고등학교|학교|아카데미|부트캠프|사관학교|대학(?=\s|\()|[가-힣]{2,}[고대](?=\s|\()|KAIST|POSTECH|UNIST|GIST|DGIST|카이스트|포스텍)"
    r"(?:\s?\([^)]*\)|\s?(?:일반|전문|특수|정보|경영|교육)?대학원|\s?[가-힣]+캠퍼스)?)[\s,/·-]+(.+)$"
)
AREA_KO = re.compile(r"[가-힣A-Za-z·&()\s/]*(?:학과|학부|전공|공학|과정|계열|[가-힣]과)(?=$|\W)")
TRAINING = re.compile(r"과정|수료|교육|캠프|부트|course|bootcamp|training", re.IGNORECASE)


def read_education(lines: list[Line], size: float) -> list[Fields]:
    table = labelled_rows(lines)
    if table is not None and any("institution" in row or "name" in row for row in table[0]):
        schools = [school for row in table[0] if (school := _from_row(row))]
        if schools:
            return schools
    result = []
    for entry in entries_of(lines, size):
        for part in _schools(entry):
            school = _from_entry(part)
            if school:
                result.append(school)
    return result


def _from_row(row: dict[str, list[Segment]]) -> Fields | None:
    cells = row.get("institution") or row.get("name") or row.get("company")
    if not cells:
        return None
    school: Fields = {"institution": joined(cells)}
    degree = row.get("degree")
    if not degree:
        # "한국대학교 컴퓨터공학과" in one cell.
        text = cells[0].text
        if found := SCHOOL_HEAD.match(text):
            school["institution"] = Value(found.group(1), [(cells[0], 0, found.end(1))])
            school["area"] = Value(found.group(2), [(cells[0], found.start(2), found.end(2))])
    else:
        text = degree[0].text
        _degree(Piece(text, degree[0], 0, len(text), 0, 0, 0), school)
        if len(degree) > 1 and "area" in school:
            more = degree[1]
            school.setdefault("studyType", joined([more]))
    school |= dates_of(period_of(row.get("period", [])), single_is="end")
    return school


def _schools(entry: Entry) -> list[Entry]:
    """An entry that holds two schools on lines of their own is two entries."""
    rows = sorted({piece.row for piece in entry.pieces})
    schools = [
        row for row in rows
        if any(piece.row == row and _school_score(piece) >= 2 for piece in entry.pieces)
    ]  # fmt: skip
    if len(schools) < 2 or len(entry.dates) < 2:
        return [entry]
    parts = []
    for index, row in enumerate(schools):
        first = 0 if index == 0 else row
        last = schools[index + 1] if index + 1 < len(schools) else len(entry.header)
        lines = entry.header[first:last]
        ids = {id(one) for line in lines for one in line.segments}
        parts.append(
            Entry(
                lines,
                [],
                [dated for dated in entry.dates if id(dated.segment) in ids],
                [piece for piece in entry.pieces if first <= piece.row < last],
            )
        )
    return parts


def _school_score(piece: Piece) -> float:
    text = piece.text
    if piece.label == "institution":
        return 5.0
    score = 2.0 if SCHOOL.search(text) else 0.0
    if LEVEL.search(text) and not re.search(
        r"universit|college|institute|대학|학교", text, re.IGNORECASE
    ):
        score -= 1.5
    return score


def _from_entry(entry: Entry) -> Fields | None:
    pieces = []
    for piece in entry.pieces:
        pieces += _clean(piece)
    pieces = [piece for piece in pieces if piece.text and not is_place(piece.text)]
    if not pieces:
        return None
    school: Fields = {}
    best = max(
        pieces,
        key=lambda p: (
            _school_score(p) - 0.3 * p.row - 0.05 * p.order - 0.01 * p.column
            + (0.4 if p.segment.bold else 0) - (1.2 if not _school_score(p) and DEGREE.search(p.text) else 0)
            - (1.0 if len(p.text) > 70 else 0)
        ),
    )  # fmt: skip
    score = _school_score(best)
    rest = [piece for piece in pieces if piece is not best]
    found = SCHOOL_HEAD.match(best.text)
    if found and (DEGREE.search(found.group(2)) or AREA_KO.search(found.group(2))):
        rest.insert(0, _cut(best, found.start(2), found.end(2)))
        best = _cut(best, found.start(1), found.end(1))
    elif split := _comma_split(best):
        best, others = split
        rest = others + rest
    elif comma := re.search(r",\s+|\s+in\s+(?=[A-Z])", best.text):
        left, right = best.text[: comma.start()], best.text[comma.end() :]
        if DEGREE.search(right) and not SCHOOL.search(right):
            rest.insert(0, _cut(best, comma.end(), len(best.text)))
            best = _cut(best, 0, comma.start())
        elif LEVEL.search(left) and SCHOOL.search(right) and not SCHOOL.search(left):
            rest.insert(0, _cut(best, 0, comma.start()))
            best = _cut(best, comma.end(), len(best.text))
    school["institution"] = value_of(best, 0.92 if score >= 2 else 0.55)
    degrees = [piece for piece in rest if piece.label == "degree" or DEGREE.search(piece.text)]
    degrees = [piece for piece in degrees if len(piece.text) < 110]
    if not degrees:
        # What stands beside the school and is neither place nor grade is the subject.
        degrees = [
            piece for piece in rest
            if piece.row <= best.row + 1 and 2 < len(piece.text) < 60 and not SCHOOL.search(piece.text)
            and not piece.label
        ][:1]  # fmt: skip
        if degrees and score < 2:
            degrees = []
    if degrees:
        degrees.sort(
            key=lambda p: (
                0 if LEVEL.search(p.text) or AREA_KO.search(p.text) or p.label else 1,
                p.row,
            )
        )
        _degree(degrees[0], school)
        if len(degrees) > 1:
            other: Fields = {}
            _degree(degrees[1], other)
            for key, value in other.items():
                if degrees[1].row <= degrees[0].row + 1:
                    school.setdefault(key, value)
    else:
        for line in entry.body[:3]:
            text = line.first.text
            if (
                len(text) < 40
                and (LEVEL.search(text) or AREA_KO.search(text))
                and not SCHOOL.search(text)
            ):
                whole_line = Piece(text, line.first, 0, len(text), 0, 0, 0)
                for part in _clean(whole_line)[:1]:
                    _degree(part, school)
                break
    school |= dates_of(entry.period, single_is="end")
    if score < 2 and "studyType" not in school and "area" not in school and not entry.dates:
        return None
    return school


def _comma_split(piece: Piece) -> tuple[Piece, list[Piece]] | None:
    """School and degree told in one phrase with commas: the school, and the phrases around it."""
    text = piece.text
    spans = []
    start = 0
    for comma in re.finditer(r",\s+", text):
        spans.append((start, comma.start()))
        start = comma.end()
    spans.append((start, len(text)))
    if len(spans) < 2:
        return None
    schools = [
        index for index, (a, b) in enumerate(spans)
        if SCHOOL.search(text[a:b]) and not LEVEL.search(text[a:b])
    ]  # fmt: skip
    if not schools or not (DEGREE.search(text[: spans[schools[0]][0]]) or any(
        DEGREE.search(text[a:b]) for a, b in spans[schools[-1] + 1 :]
    )):  # fmt: skip
        return None
    first, last = schools[0], schools[-1]
    # A campus or a town after the school is part of its name.
    while last + 1 < len(spans) and not DEGREE.search(text[slice(*spans[last + 1])]):
        if is_place(text[slice(*spans[last + 1])]):
            break
        last += 1
    others = []
    if first:
        others.append(_cut(piece, 0, spans[first - 1][1]))
    if last + 1 < len(spans):
        others.append(_cut(piece, spans[last + 1][0], len(text)))
    return _cut(piece, spans[first][0], spans[last][1]), others


def _clean(piece: Piece) -> list[Piece]:
    """Without grade and standing ("졸업", "GPA 3.9")."""
    if piece.label in ("grade", "status", "description"):
        return []
    if piece.label == "institution" and not DEGREE.search(piece.text):
        return [piece]
    text = piece.text
    masked = text
    for pattern in (GRADE, STATUS_KO):
        masked = pattern.sub(lambda found: "\0" * len(found.group()), masked)
    parts = []
    for found in re.finditer(r"[^\x00]+", masked):
        begin, end = trim(text, found.start(), found.end())
        if end - begin > 1 or (end > begin and end - begin == len(text)):
            parts.append(_cut(piece, begin, end))
    result: list[Piece] = []
    for part in parts:
        place = PLACE_TAIL.search(part.text)
        if place and place.start() > 1:
            part = _cut(part, 0, place.start())
        result.append(part)
    return result


def _cut(piece: Piece, begin: int, end: int) -> Piece:
    begin, end = trim(piece.text, begin, end)
    return Piece(
        piece.text[begin:end], piece.segment, piece.begin + begin, piece.begin + end,
        piece.row, piece.column, piece.order, piece.label,
    )  # fmt: skip


def _degree(piece: Piece, school: Fields) -> None:
    """Split "Bachelor of Science in Physics" into its level and its subject."""
    text = piece.text
    level = LEVEL.search(text)
    if level is None:
        school.setdefault("area", value_of(piece, 0.85))
        return
    begin, end = level.span()
    before, after = text[:begin].strip(" ,-–·/("), text[end:].strip()
    after_begin = end + len(text[end:]) - len(text[end:].lstrip())
    link = re.match(r"(?:in|of|,|-|–|—|:|\(|/|\.)+\s*", after)
    if link:
        after_begin += link.end()
        after = after[link.end() :]
    school.setdefault("studyType", value_of(_cut(piece, begin, end)))
    if after.strip(" )."):
        school.setdefault("area", value_of(_cut(piece, after_begin, len(text))))
    elif before:
        school.setdefault("area", value_of(_cut(piece, 0, begin)))
