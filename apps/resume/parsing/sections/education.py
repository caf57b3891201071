"""Schools: which, what was studied, when."""

from __future__ import annotations

import re

from ..entries import Entry, Piece, trim
from ..layout import Line
from ..provenance import Value, joined
from ..segments import Segment, glued
from ..vocabulary import DEGREE, GRADE, LEVEL, PLACE_TAIL, STATUS_KO, is_place, is_school
from .common import Fields, dates_of, entries_of, labelled_rows, period_of, value_of

# "한국대학교 컴퓨터공학과": the school ends where its kind of school is named.
SCHOOL_HEAD = re.compile(
    r"^(.*?(?:대학교|대학원|고등학교|학교|기술원|아카데미|부트캠프|사관학교|대학(?=\s|\()|[가-힣]{2}[고대](?=\s|\()|KAIST|POSTECH|UNIST|GIST|DGIST|카이스트|포스텍)"
    r"(?:\s?\([^)]{0,40}\)|\s?(?:일반|전문|특수|정보|경영|교육)?대학원|\s?[가-힣]{1,10}캠퍼스)?)[\s,/·-]+(.+)$"
)
AREA_KO = re.compile(r"(?:학과|학부|전공|공학|과정|계열|[가-힣]과)(?=$|\W)")
TRAINING = re.compile(r"과정|수료|교육|캠프|부트|course|bootcamp|training", re.IGNORECASE)


def read_education(lines: list[Line], size: float) -> list[Fields]:
    table = labelled_rows(lines)
    if table is not None and any("institution" in row or "name" in row for row in table[0]):
        schools = [school for row in table[0] if (school := _from_row(row))]
        if schools:
            return schools
    result: list[Fields] = []
    for entry in entries_of(lines, size):
        for part in _schools(entry):
            above = result[-1].get("institution") if result else None
            school = _another_degree(part, above) or _from_entry(part)
            if school:
                result.append(school)
    return result


def _from_row(row: dict[str, list[Segment]]) -> Fields | None:
    cells = row.get("institution") or row.get("company") or row.get("name")
    if not cells:
        return None
    school: Fields = {"institution": joined(cells)}
    degree = row.get("degree")
    if not degree and cells is not row.get("name"):
        degree = row.get("name")  # a course beside who gave it
    if not degree:
        # "한국대학교 컴퓨터공학과" in one cell.
        text = cells[0].text
        if found := SCHOOL_HEAD.match(text):
            school["institution"] = Value(found.group(1), [(cells[0], 0, found.end(1))])
            school["area"] = Value(found.group(2), [(cells[0], found.start(2), found.end(2))])
    else:
        cell = degree[0]
        for more in degree[1:]:
            cell = glued(cell, more, " ")
        _degree(Piece(cell.text, cell, 0, len(cell.text), 0, 0, 0), school)
    school |= dates_of(period_of(row.get("period", [])), single_is="end")
    return school


def _another_degree(entry: Entry, school: object) -> Fields | None:
    """A degree with dates of its own and no school beside it: taken at the school above."""
    if not isinstance(school, Value) or not entry.dates or entry.body:
        return None
    pieces = [part for piece in entry.pieces for part in _clean(piece)]
    pieces = [piece for piece in pieces if piece.text and not is_place(piece.text)]
    if not pieces or any(is_school(piece.text) for piece in pieces):
        return None
    degree = pieces[0]
    if not LEVEL.match(degree.text) or any(one.segment is not degree.segment for one in pieces):
        return None
    found: Fields = {"institution": school}
    _degree(degree, found)
    return found | dates_of(entry.period, single_is="end")


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
    score = 2.0 if is_school(text) else 0.0
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
    elif (
        (level := LEVEL.search(best.text))
        and level.start() > 5
        and is_school(best.text[: level.start()])
        and best.text[level.start() - 1].isspace()
        and "," not in best.text[: level.start()]
    ):
        rest.insert(0, _cut(best, level.start(), len(best.text)))
        best = _cut(best, 0, level.start())
    elif split := _comma_split(best):
        best, others = split
        rest = others + rest
    elif comma := re.search(r",\s+|\s+in\s+(?=[A-Z])", best.text):
        left, right = best.text[: comma.start()], best.text[comma.end() :]
        if DEGREE.search(right) and not is_school(right):
            rest.insert(0, _cut(best, comma.end(), len(best.text)))
            best = _cut(best, 0, comma.start())
        elif LEVEL.search(left) and is_school(right) and not is_school(left):
            rest.insert(0, _cut(best, 0, comma.start()))
            best = _cut(best, comma.end(), len(best.text))
    school["institution"] = value_of(best, 0.92 if score >= 2 else 0.55)
    degrees = [piece for piece in rest if piece.label == "degree" or DEGREE.search(piece.text)]
    degrees = [piece for piece in degrees if len(piece.text) < 110 and not piece.text[0].islower()]
    if not degrees:
        # What stands beside the school and is neither place nor grade is the subject.
        degrees = [
            piece for piece in rest
            if piece.row <= best.row + 1 and 2 < len(piece.text) < 60 and not is_school(piece.text)
            and not NOT_A_SUBJECT.search(piece.text) and not piece.text[0].islower()
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
        for segment in (one for line in entry.body[:3] for one in line.segments):
            text = segment.text
            if (
                len(text) < 40
                and (LEVEL.search(text) or AREA_KO.search(text))
                and not is_school(text)
            ):
                whole_line = Piece(text, segment, 0, len(text), 0, 0, 0)
                for part in _clean(whole_line)[:1]:
                    _degree(part, school)
                break
    if "studyType" in school and "area" not in school:
        _area_after_school(best, school)
    if "studyType" in school and "area" not in school:
        _area_apart(rest, school)
    school |= dates_of(entry.period, single_is="end")
    if score < 2 and "studyType" not in school and "area" not in school and not entry.dates:
        return None
    return school


def _area_apart(rest: list[Piece], school: Fields) -> None:
    """The subject on a line or after a dash of its own, where the degree names none."""
    degree = school["studyType"]
    assert isinstance(degree, Value)
    used = degree.sources[0]
    here = next((p for p in rest if p.segment is used[0] and p.begin <= used[1] < p.end), None)
    if here is None:
        return
    for piece in rest:
        if (
            piece is not here
            and abs(piece.row - here.row) <= 1
            and 3 < len(piece.text) < 50
            and len(piece.text.split()) <= 5
            and not piece.label
            and not any(character.isdigit() for character in piece.text)
            and (piece.text[0].isupper() or "가" <= piece.text[0] <= "힣")
            and not is_school(piece.text)
            and not NOT_A_SUBJECT.search(piece.text)
        ):
            school["area"] = value_of(piece, 0.6)
            return


NOT_A_SUBJECT = re.compile(
    r"dean|hono(?:u)?r|scholar|laude|distinction|expected|gpa|course|minor|thesis|advis|award"
    r"|http|www|[@:!?]|장학|수석|우등|학기|주간|야간|본교|분교|캠퍼스|년제",
    re.IGNORECASE,
)


def _area_after_school(best: Piece, school: Fields) -> None:
    """ "Ashgrove College, Physics" beside a degree that names no subject."""
    comma = best.text.rfind(", ")
    if comma < 0:
        return
    name, subject = best.text[:comma], best.text[comma + 2 :]
    if is_school(name) and not is_school(subject) and not is_place(best.text):
        if not is_place(subject) and subject[:1].isupper() and len(subject) > 3:
            school["institution"] = value_of(_cut(best, 0, comma), 0.85)
            school["area"] = value_of(_cut(best, comma + 2, len(best.text)), 0.7)


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
        if is_school(text[a:b]) and not LEVEL.search(text[a:b])
    ]  # fmt: skip
    if not schools or schools != [len(spans) - 1] and not (DEGREE.search(text[: spans[schools[0]][0]]) or any(
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
    masked = GRADE.sub(lambda found: "\0" * len(found.group()), masked)
    masked = STATUS_KO.sub(_without_status, masked)
    parts = []
    for found in re.finditer(r"[^\x00]+", masked):
        begin, end = trim(text, found.start(), found.end())
        if end - begin > 1 or (end > begin and end - begin == len(text)):
            parts.append(_cut(piece, begin, end))
    result: list[Piece] = []
    for part in parts:
        place = PLACE_TAIL.search(part.text)
        if place and place.start() > 1 and not is_place(part.text):
            part = _cut(part, 0, place.start())
        result.append(part)
    return result


def _without_status(found: re.Match[str]) -> str:
    """Blanks for a standing; "(학사 졸업)" keeps the bracket that closes it."""
    status = found.group()
    if status.endswith(")") and not status.lstrip().startswith("("):
        return " " * (len(status) - 1) + ")"
    return "\0" * len(status)


def _cut(piece: Piece, begin: int, end: int) -> Piece:
    begin, end = trim(piece.text, begin, end)
    return Piece(
        piece.text[begin:end], piece.segment, piece.begin + begin, piece.begin + end,
        piece.row, piece.column, piece.order, piece.label,
    )  # fmt: skip


# What a degree is called in its own country, beside what it equals elsewhere.
OWN_NAME = re.compile(
    r"dipl|lice[nń]|laurea|grad[ou]|m[aá]ster|mestrado|magist|ing[eé]n|in[zż]|t[ií]tul|degree",
    re.IGNORECASE,
)


def _degree(piece: Piece, school: Fields) -> None:
    """Split "Bachelor of Science in Physics" into its level and its subject."""
    text = piece.text
    level = LEVEL.search(text)
    if level is None:
        school.setdefault("area", value_of(piece, 0.85))
        return
    begin, end = level.span()
    if begin and text[begin - 1] == "(" and OWN_NAME.search(text[: begin - 1]):
        # "Diplôme d'ingénieur (M.Eng.)": the degree's own name, and in brackets what it equals.
        close = text.find(")", end)
        begin, end = 0, close + 1 if close >= 0 else len(text)
    before, after = text[:begin].strip(" ,-–·/("), text[end:].strip()
    after_begin = end + len(text[end:]) - len(text[end:].lstrip())
    if STATUS_KO.fullmatch(after):
        after = ""
    link = re.match(r"(?:in|of|,|-|–|—|:|\(|/|\.)+\s*", after)
    if link:
        after_begin += link.end()
        after = after[link.end() :]
        if before and "(" in link.group():
            after = ""  # "컴퓨터공학 학사 (조기졸업)": the subject stands before the degree
    school.setdefault("studyType", value_of(_cut(piece, begin, end)))
    if after.strip(" )."):
        stop = len(text.rstrip())
        if re.search(r"[a-z]{4}\.$", text[:stop]):
            stop -= 1
        school.setdefault("area", value_of(_cut(piece, after_begin, stop)))
    elif before:
        school.setdefault("area", value_of(_cut(piece, 0, begin)))
