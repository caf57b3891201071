"""Jobs: who for, as what, where, when, and what was done."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from ..dates import find_periods
from ..entries import Dated, Entry, Piece, pieces_of, trim
from ..layout import Line
from ..provenance import Value, joined
from ..segments import Segment
from ..vocabulary import (
    EMPLOYMENT,
    PLACE_TAIL,
    RANK_KO,
    REGION,
    TEAM,
    TITLE_KO,
    is_organisation,
    is_place,
    is_title,
)
from .common import Fields, dates_of, entries_of, highlights_of, labelled_rows, period_of, value_of

Slot = tuple[int, int, int]
SUFFIX = re.compile(r"^(?:inc|llc|ltd|corp|co|gmbh|limited|s\.?a|plc|pvt|pty)\b\.?", re.IGNORECASE)
# "Messwerk GmbH & Co. KG, Chemnitz": after what a company is in law stands where it is.
LEGAL_FORM_AND_TOWN = re.compile(
    r"\b(?:gmbh|ag|kg|se|ltd|limited|inc|llc|plc|b\.?v|s\.?a\.?s?|pty)\.?,\s+"
    r"((?-i:[A-ZÀ-Þ])[\w'-]+(?:[ -](?-i:[A-ZÀ-Þ])[\w'-]+)?)$",
    re.IGNORECASE,
)
IN_BRACKETS = re.compile(r"^(.{2,}?)\s*\(([^()]+)\)$")
SELF = re.compile(r"^\W*(?:freelancer?|self-employed|프리랜서|개인\s?사업|외주)\W*$", re.IGNORECASE)
# "네이버 백엔드 개발자": the role at the end of a phrase that begins with the company.
_FIELD_KO = (
    r"(?:시니어|주니어|신입|백엔드|백앤드|프론트엔드|프런트엔드|프론트앤드|풀스택|서버|클라이언트|웹|앱|모바일|안드로이드|소프트웨어|데이터"
    r"|클라우드|플랫폼|머신러닝|딥러닝|인프라|게임|시스템|응용|임베디드|펌웨어|네트워크|보안|SW|S/W|FW|AI|ML|MLOps|iOS|Android|DevOps|QA"
    r"|Back-?end|Front-?end|Full-?stack|Java|Python|React|Web|연구|개발|테크|선임|책임|수석|전임)"
)
ROLE_TAIL = re.compile(
    rf"\s+((?:{_FIELD_KO}[\s/·&,+]{{0,3}}){{0,6}}"
    r"(?:개발자|엔지니어|인턴|연구원|매니저|리드|프로그래머|기획자|디자이너|조교|강사|멘토|아키텍트|사원|대리|과장|차장|부장"
    r"|팀장|파트장|주임|개발|퍼블리셔|CTO|Developer|Engineer|Intern|백엔드|프론트엔드|프런트엔드|풀스택))$",
    re.IGNORECASE,
)


def read_work(lines: list[Line], size: float) -> list[Fields]:
    """The jobs in the lines of a section, newest as they stand on the page."""
    table = labelled_rows(lines)
    if table is not None and any("company" in row for row in table[0]):
        jobs = [job for row in table[0] if (job := _from_row(row))]
        if jobs:
            return jobs
    entries = [entry for entry in entries_of(lines, size) if entry.header]
    expanded = [_expand(entry.pieces) for entry in entries]
    leaning = _leaning(expanded)
    jobs = []
    employer: Fields | None = None
    for entry, pieces in zip(entries, expanded, strict=True):
        found = _jobs(entry, pieces, leaning, size, employer)
        if employer is not None and found and found[0].get("name") is employer["name"]:
            # The roles below a company's line stand for it.
            if jobs and jobs[-1] is employer:
                jobs.pop()
        else:
            employer = None
        if found and jobs and "name" not in found[0] and "name" in jobs[-1]:
            # A role below another, with no company of its own: still the same one.
            found[0] = {"name": jobs[-1]["name"], **found[0]}
        jobs += found
        if len(found) == 1 and set(found[0]) <= {"name", "location", "startDate", "endDate"}:
            employer = found[0] if "name" in found[0] and not entry.body else None
    jobs = [job for job in jobs if job]
    _part_places(jobs)
    return jobs


TOWN = re.compile(
    r",\s+((?:[A-ZÀ-Þ][\w.'’\-]*)(?:\s[A-ZÀ-Þ][\w.'’\-]*){0,2}(?:\s\([A-ZÀ-Þ][\w ]+\))?)$"
)


def _part_places(jobs: list[Fields]) -> None:
    """Where every company is followed by one word more, that word is the town it is in."""
    unplaced = [job.get("name") for job in jobs if "location" not in job]
    names = [name for name in unplaced if isinstance(name, Value)]
    if len({name.text for name in names}) + sum("location" in job for job in jobs) < 2:
        return
    tails = [TOWN.search(name.text) for name in names]
    for tail in tails:
        if tail is None or SUFFIX.match(tail.group(1)) or is_organisation(tail.group(1)):
            return
    for job in jobs:
        name = job.get("name")
        if not isinstance(name, Value) or len(name.sources) != 1:
            continue
        tail = TOWN.search(name.text)
        segment, begin, end = name.sources[0]
        if tail is None or segment.text[begin:end] != name.text:
            continue
        job["name"] = Value(
            name.text[: tail.start()], [(segment, begin, begin + tail.start())], name.confidence
        )
        place = [(segment, begin + tail.start(1), begin + tail.end(1))]
        job.setdefault("location", Value(tail.group(1), place, 0.7))


def _from_row(row: dict[str, list[Segment]]) -> Fields | None:
    if not row.get("company"):
        return None
    job: Fields = {"name": joined(row["company"])}
    title = [cell for name in ("title", "department") for cell in row.get(name, [])]
    if row.get("title"):
        job["position"] = joined(row["title"])
    elif title:
        job["position"] = joined(title, 0.6)
    job |= dates_of(period_of(row.get("period", [])), single_is="both")
    if row.get("description"):
        job["summary"] = joined(row["description"])
    return job


def _expand(pieces: list[Piece]) -> list[Piece]:
    """Split phrases that name two things: "Engineer at Acme", "Acme, Seoul"."""
    result: list[Piece] = []
    for piece in pieces:
        result += _split(piece)
    return result


def _split(piece: Piece) -> list[Piece]:
    text = piece.text
    if not piece.label and (comma := _before_place(text)):
        return [_cut(piece, 0, comma), _cut(piece, comma + 1, len(text), 5)]
    if piece.label or is_place(text):
        return [piece]
    if (
        (found := LEGAL_FORM_AND_TOWN.search(text))
        and not is_title(found.group(1))
        and not is_organisation(found.group(1))
    ):
        where = replace(_cut(piece, found.start(1), found.end(1), 5), label="location")
        return [*_split(_cut(piece, 0, found.start(1))), where]
    if (found := IN_BRACKETS.match(text)) and is_title(found.group(2)) >= 2 > is_title(
        found.group(1)
    ):
        inner = _cut(piece, found.start(2), found.end(2), 1)
        return [*_split(_cut(piece, 0, found.end(1))), inner]
    if (place := PLACE_TAIL.search(text)) and place.start() > 1:
        town, _, country = place.group("place").rpartition(", ")
        if town and is_organisation(town):
            # "Merlion Bank, Singapore": the name goes on to the comma.
            begin = place.end("place") - len(country)
            where = _cut(piece, begin, place.end("place"), 5)
            return [*_split(_cut(piece, 0, begin)), where]
        where = _cut(piece, place.start("place"), place.end("place"), 5)
        return [*_split(_cut(piece, 0, place.start())), where]
    if (
        (found := re.search(r"\s+(?:at|with|for)\s+|\s*@\s*", text))
        and is_title(text[: found.start()]) >= 2
        and not ("," in text[: found.start()] and is_organisation(text[: found.start()]))
    ):
        return [_cut(piece, 0, found.start()), _cut(piece, found.end(), len(text), 1)]
    parts = _comma_parts(piece)
    if len(parts) > 1:
        named = [is_title(part.text) for part in parts]
        if any(is_place(part.text) for part in parts[1:]) or (
            sum(1 for score in named if score >= 2) == 1 and any(score == 0 for score in named)
        ):
            return [part for one in parts for part in ([one] if one is piece else _split(one))]
    return [piece]


def _before_place(text: str) -> int | None:
    """Where "Acme Travel, Munich, Germany" ends its name; None for "San Jose, CA, USA"."""
    parts = text.split(", ")
    if len(parts) != 3 or not is_place(text) or is_place(parts[0]) or REGION.match(parts[1]):
        return None
    return len(parts[0]) if len(parts[1]) > 2 and is_place(f"{parts[1]}, {parts[2]}") else None


def _comma_parts(piece: Piece) -> list[Piece]:
    """The phrase cut at commas that separate; "Acme, Inc.", "Austin, TX" and brackets stay whole."""
    text = piece.text
    parts: list[Piece] = []
    start = 0
    commas = [found.span() for found in re.finditer(r",\s+", text)]
    for index, (begin, end) in enumerate(commas):
        stop = commas[index + 1][0] if index + 1 < len(commas) else len(text)
        if SUFFIX.match(text[end:stop]) or text.count("(", 0, begin) > text.count(")", 0, begin):
            continue
        if start and is_place(text[start:stop]) and not is_place(text[start:begin]):
            continue
        if is_place(text[start:]) and not is_title(text[start:]):
            break
        parts.append(_cut(piece, start, begin, len(parts)))
        start = end
    if not parts:
        return [piece]
    parts.append(_cut(piece, start, len(text), len(parts)))
    return [part for part in parts if part.text]


def _cut(piece: Piece, begin: int, end: int, order: int = 0) -> Piece:
    begin, end = trim(piece.text, begin, end)
    return Piece(
        piece.text[begin:end], piece.segment, piece.begin + begin, piece.begin + end,
        piece.row, piece.column, piece.order * 10 + order, piece.label,
    )  # fmt: skip


def _leaning(entries: list[list[Piece]]) -> dict[Slot, float]:
    """For each position in an entry's heading: does it hold roles (+) or organisations (-)?"""
    votes: dict[Slot, list[float]] = defaultdict(list)
    for pieces in entries:
        for piece in pieces:
            votes[piece.slot].append(is_title(piece.text) - is_organisation(piece.text))
    return {slot: sum(values) / len(values) for slot, values in votes.items()}


def _jobs(
    entry: Entry, pieces: list[Piece], leaning: dict[Slot, float], size: float,
    employer: Fields | None,
) -> list[Fields]:  # fmt: skip
    """The jobs of one entry. `employer` is a company whose line stood alone above it."""
    job: Fields
    usable = [
        piece for piece in pieces
        if len(piece.text) < 90 and not EMPLOYMENT.match(piece.text) and piece.label != "description"
        and not piece.text.startswith(("http", "www."))
    ]  # fmt: skip
    places = [
        piece for piece in usable
        if piece.label == "location" or not piece.label and is_place(piece.text)
    ]  # fmt: skip
    names = [piece for piece in usable if piece not in places]
    title = _title(names, leaning)
    if title is None:
        # "인턴" beside a role is how one is employed; alone it is the role.
        title = next(
            (
                p
                for p in pieces
                if EMPLOYMENT.match(p.text) and is_title(p.text) >= 2 and not SELF.match(p.text)
            ),
            None,
        )
    company = _company([piece for piece in names if piece is not title], leaning, title, size)
    if employer is not None and title is not None and (
        company is None or company.segment is title.segment
    ):  # fmt: skip
        whole = next(
            (
                p
                for p in entry.pieces
                if p.segment is title.segment and p.begin <= title.begin < p.end
            ),
            title,
        )
        job = {"name": employer["name"], "position": value_of(whole, 0.85)}
        job |= dates_of(entry.period, single_is="both")
        if entry.body:
            job["highlights"] = highlights_of(entry.body)
        return [job]
    if company is None and title is not None:
        company, title = _apart(title)
    if company is None:
        company = next((piece for piece in pieces if SELF.match(piece.text)), None)
    if title is not None and company is not None:
        title = _with_team(title, names, company)
        if company.segment is not title.segment:
            title = _with_field(title, entry.pieces)
    if company is None and title is None:
        return []
    job = {}
    if company is not None:
        job["name"] = value_of(company, _sure(company, is_organisation(company.text), leaning, -1))
    if title is not None:
        job["position"] = value_of(title, _sure(title, is_title(title.text), leaning, 1))
    if places:
        job["location"] = value_of(places[0])
    job |= dates_of(entry.period, single_is="both")
    roles = _roles(entry, job, title)
    if roles:
        return roles
    if entry.body:
        job["highlights"] = highlights_of(entry.body)
    return [job]


def _sure(piece: Piece, evidence: float, leaning: dict[Slot, float], sign: int) -> float:
    lean = sign * leaning.get(piece.slot, 0.0)
    return min(
        0.97,
        0.55
        + 0.1 * min(evidence, 3)
        + 0.08 * max(-1.0, min(lean, 2.0))
        + (0.3 if piece.label else 0),
    )


def _title(pieces: list[Piece], leaning: dict[Slot, float]) -> Piece | None:
    labelled = [
        piece for piece in pieces
        if any(one.label == "title" and one.segment is piece.segment for one in pieces)
    ]  # fmt: skip
    if labelled:
        # "부서/직급 : 개발팀 / 대리": the label is of both, and the rank says more.
        ranked = [piece for piece in labelled if is_title(piece.text) >= 2]
        team_first = TEAM.search(labelled[0].text) and ranked
        if team_first:
            return replace(ranked[0], label="title")
        return next(piece for piece in labelled if piece.label == "title")
    best: tuple[float, Piece] | None = None
    for piece in pieces:
        if piece.label in ("company", "department"):
            continue
        if piece.label == "description":
            continue
        score = is_title(piece.text) - 0.8 * is_organisation(piece.text)
        score += 0.5 * leaning.get(piece.slot, 0.0)
        score -= 0.25 * piece.row + (0.02 * len(piece.text) if len(piece.text) > 30 else 0)
        if score > 0.8 and (best is None or score > best[0]):
            best = (score, piece)
    return best[1] if best else None


def _company(
    pieces: list[Piece], leaning: dict[Slot, float], title: Piece | None, size: float
) -> Piece | None:
    for piece in pieces:
        if piece.label == "company":
            return piece
    best: tuple[float, Piece] | None = None
    for piece in pieces:
        if piece.label:
            continue
        score = 1.0 + is_organisation(piece.text) - 0.7 * is_title(piece.text)
        score -= 0.5 * leaning.get(piece.slot, 0.0)
        score -= 0.5 * piece.row
        score -= 0.15 * (piece.order % 10) + 0.1 * piece.column
        if piece.segment.bold or piece.segment.size > size * 1.06:
            score += 0.8
        if TEAM.search(piece.text) and not is_organisation(piece.text):
            score -= 1.6
        elif piece.row > 1:
            score -= 0.8  # below the title and plain: what was done there
        if len(piece.text) > 45:
            score -= 1.0
        if piece.text[:1] in "([" and piece.text[-1:] in ")]":
            score -= 1.5
        if title is not None and abs(piece.row - title.row) > 2:
            score -= 1.0
        if best is None or score > best[0]:
            best = (score, piece)
    return best[1] if best and best[0] > -0.8 else None


def _apart(title: Piece) -> tuple[Piece | None, Piece | None]:
    """A company and a role written as one phrase; or a role alone."""
    text = title.text
    if found := ROLE_TAIL.search(text):
        left = text[: found.start()]
        if len(left) > 1 and re.search(r"[가-힣]", text):
            return _cut(title, 0, found.start()), _cut(title, found.start(1), len(text), 1)
    if (comma := re.search(r",\s+", text)) and is_title(text[: comma.start()]) >= 2:
        return _cut(title, comma.end(), len(text), 1), _cut(title, 0, comma.start())
    if comma and is_title(text[comma.end() :]) >= 2:
        return _cut(title, 0, comma.start()), _cut(title, comma.end(), len(text), 1)
    if found := re.fullmatch(r"([^()]+)\(([^()]+)\)", text):
        inner, outer = found.group(2), found.group(1)
        if is_title(inner) >= 2 > is_title(outer):
            return _cut(title, 0, found.end(1)), _cut(title, found.start(2), found.end(2), 1)
        if is_organisation(inner) or (is_title(outer) >= 2 and not is_title(inner)):
            return _cut(title, found.start(2), found.end(2), 1), _cut(title, 0, found.end(1))
    if is_organisation(text) and is_title(text) < 3:
        return title, None
    return None, title


def _with_team(title: Piece, names: list[Piece], company: Piece) -> Piece:
    """A bare rank says little: with the team beside it, it is a position."""
    if title.label or not RANK_KO.match(title.text):
        return title
    for other in names:
        if other is title or other is company or other.segment is not title.segment:
            continue
        if is_title(other.text) or TEAM.search(other.text) or TITLE_KO.search(other.text):
            begin, end = min(other.begin, title.begin), max(other.end, title.end)
            between = title.segment.text[min(other.end, title.end) : max(other.begin, title.begin)]
            if re.search(r"[|·ㆍ・,]", between):
                continue  # a team in a column of its own
            if "/" in between and company.segment is title.segment:
                continue  # "Acme / 개발팀 / 대리"
            if not (begin <= company.begin < end and company.segment is title.segment):
                return Piece(
                    title.segment.text[begin:end], title.segment, begin, end,
                    title.row, title.column, title.order,
                )  # fmt: skip
    return title


def _with_field(title: Piece, pieces: list[Piece]) -> Piece:
    """ "Engineer, Storage Team" is one role where the company stands elsewhere."""
    for whole in pieces:
        if whole.segment is title.segment and whole.begin <= title.begin < title.end < whole.end:
            rest = whole.text[title.end - whole.begin :].strip(" ,")
            if TEAM.search(rest) and re.search(r"[가-힣]", rest):
                continue
            if title.begin == whole.begin and len(whole.text) < 70 and not is_place(rest):
                if not any(is_place(part) for part in rest.split(", ")) and not PLACE_TAIL.search(
                    whole.text
                ):
                    return whole
    return title


def _roles(entry: Entry, job: Fields, title: Piece | None) -> list[Fields]:
    """Several roles at one company, each with its own dates: one job each."""
    dated = [
        (index, line)
        for index, line in enumerate(entry.body)
        if not line.bullet and len(line.text) < 110
    ]
    roles: list[tuple[int, Fields]] = []
    for index, line in dated:
        periods = [
            (period, one) for one in line.segments for period in find_periods(one.text)
            if not period.single
        ]  # fmt: skip
        if not periods:
            continue
        start = index
        pieces = [piece for piece in pieces_of([line]) if not is_place(piece.text)]
        if not any(is_title(piece.text) >= 2 for piece in pieces) and index > 0:
            above = entry.body[index - 1]
            if not above.bullet and len(above.text) < 60:
                pieces = pieces_of([above]) + pieces
                start = index - 1
        named = [piece for piece in pieces if is_title(piece.text) >= 3 and len(piece.text) < 60]
        if not named:
            continue
        role = named[0]
        # A project inside a job may end in "개발" too; a role looks like a heading.
        if not (
            role.segment.bold
            or role.segment.italic
            or role.segment.style == (title.segment.style if title else None)
        ):
            continue
        if (
            re.search(r"(?:개발|구축|프로젝트|서비스|시스템|운영)$", role.text)
            and title is not None
        ):
            continue
        fields: Fields = {"position": value_of(role, 0.8)}
        others = [
            piece for piece in _expand(pieces_of([line]))
            if not is_title(piece.text) and not is_place(piece.text) and not piece.label
            and piece.segment is role.segment and is_organisation(piece.text)
        ]  # fmt: skip
        if others:
            fields = {"name": value_of(others[0], 0.7), **fields}
        elif "name" in job:
            fields = {"name": job["name"], **fields}
        fields |= dates_of(Dated(*periods[0]), single_is="both")
        roles.append((start, fields))
    if not roles:
        return []
    result: list[Fields] = []
    first_body = entry.body[: roles[0][0]]
    if title is not None:
        # The heading already had a role: the others follow it.
        head = dict(job)
        if first_body:
            head["highlights"] = highlights_of(first_body)
        result.append(head)
    for number, (start, fields) in enumerate(roles):
        stop = roles[number + 1][0] if number + 1 < len(roles) else len(entry.body)
        rest = entry.body[start + 1 : stop]
        if rest:
            fields["highlights"] = highlights_of(rest)
        result.append(fields)
    return result
