"""Short entries: certificates, awards, languages, publications, activities."""

from __future__ import annotations

import re

from ..entries import Entry, Piece
from ..headings import heading_kinds
from ..layout import Line
from ..provenance import Value, joined
from ..skills import read_skills
from ..vocabulary import is_place, is_title, label_field
from .common import (
    Fields,
    dates_of,
    entries_of,
    highlights_of,
    labelled_rows,
    period_of,
    value_of,
    whole_rows,
)
from .publications import cited_title

LISTED = ("certificates", "awards", "languages", "publications", "volunteer")
AWARD = re.compile(
    r"award|prize|winner|medal|scholar|honou?r|fellow|place\b|finalist|rank|champion|dean['’]?s|runner|hackathon|contest|competition|olympiad|\bcup\b"
    r"|of the year|수상|대상|금상|은상|동상|최우수|우수상|장려상|입상|장학|공모전|경진대회|해커톤|표창|\d\s?[등위](?=$|\W)|특별상|입선|본선"
    r"|[가-힣](?<![이향영세가보일현형협위정비])상(?=$|[\s(,)’”'\"])",
    re.IGNORECASE,
)
LANGUAGE = re.compile(
    r"\b(?:english|korean|french|german|spanish|japanese|chinese|mandarin|cantonese|hindi|portuguese|russian|arabic|italian|dutch"
    r"|polish|turkish|vietnamese|indonesian|thai|urdu|bengali|tamil|telugu|marathi|greek|hebrew|swedish|ukrainian|persian|farsi|punjabi|gujarati|kannada|malay|catalan|czech|romanian|danish|norwegian|finnish|hungarian)\b"
    r"|영어|한국어|일본어|중국어|프랑스어|독일어|스페인어|국어|베트남어|러시아어",
    re.IGNORECASE,
)
LANGUAGE_TEST = re.compile(
    r"toeic|toefl|opic|ielts|teps|jlpt|hsk|jpt|토익|토플|오픽|텝스|g-?telp|speaking|dele|delf",
    re.IGNORECASE,
)
CERTIFICATE = re.compile(
    r"certif|licen[cs]e|associate|practitioner|aws |azure|oracle|ocp|ccna|cka|professional|sqld|adsp|sqlp|기사(?:$|\W)|산업기사|기능사|자격|면허|정보처리|리눅스마스터|컴퓨터활용|"
    r"운전|coursera|udemy|specialization|nanodegree|네트워크관리사|한국사",
    re.IGNORECASE,
)
# What can only be a certificate, even among awards.
CERTIFIED = re.compile(
    r"\bcertif(?:ied|ication)|자격증|산업기사|[가-힣]{2}(?<!신문)(?<!뉴스)(?<!관련)기사(?:$|\W)|기능사",
    re.IGNORECASE,
)
# A rank alone is no award's name; what it was won at is part of it.
RANK = re.compile(
    r"^(?:최우수\S{0,3}상|우수\S{0,4}상|대상|금상|은상|동상|장려상|특별상|입선|결선 진출|본선 진출|\d\s?[등위]"
    r"|\d?(?:st|nd|rd|th)?(?: place| prize)?(?: ?(?:/|(?:out )?of) ?\d+(?: teams)?)?|finalist|semi-?finalist|winner|runner[- ]up|top \d+(?:\s?[%/]\s?\d*)?|(?:gold|silver|bronze) medal)$",
    re.IGNORECASE,
)
LEVEL = re.compile(
    r"native|fluent|proficient|intermediate|beginner|basic|advanced|conversational|professional|mother tongue|elementary|bilingual|business|limited|working|\b[abc][12]\b"
    r"|상$|중$|하$|상급|중급|초급|원어민|능숙|비즈니스|일상|회화|모국어",
    re.IGNORECASE,
)


def read_listed(lines: list[Line], size: float, kinds: tuple[str, ...]) -> dict[str, list[Fields]]:
    """Entries of a section of one or more listed kinds, sorted to where they belong."""
    result: dict[str, list[Fields]] = {}
    for labelled, part in _by_label(whole_rows(lines), kinds):
        if labelled[0] == "skills":
            result.setdefault("skills", []).extend(read_skills(part, size))
            continue
        for kind, entries in _read_part(part, size, labelled).items():
            result.setdefault(kind, []).extend(entries)
    return result


def _by_label(
    lines: list[Line], kinds: tuple[str, ...]
) -> list[tuple[tuple[str, ...], list[Line]]]:
    """The lines under each label of a column that says what a row is: "수상 | 해커톤 대상"."""
    parts: list[tuple[tuple[str, ...], list[Line]]] = [(kinds, [])]
    for line in lines:
        about = heading_kinds(line.first.text) if len(line.segments) > 1 else ()
        if about and about[0] in (*LISTED, "other", "skills"):
            parts.append((about, [Line(line.segments[1:], table_row=line.table_row)]))
        else:
            parts[-1][1].append(line)
    return [(about, part) for about, part in parts if part and about[0] in (*LISTED, "skills")]


def _read_part(lines: list[Line], size: float, kinds: tuple[str, ...]) -> dict[str, list[Fields]]:
    result: dict[str, list[Fields]] = {}
    table = labelled_rows(lines)
    if table is not None:
        for row in table[0]:
            cells = (
                row.get("name") or row.get("title") or row.get("description")
                or row.get("company") or row.get("institution")
            )  # fmt: skip
            if not cells:
                continue
            kind = _kind_of(" ".join(cell.text for cell in cells), kinds)
            fields: Fields = {_key(kind): joined(cells)}
            issuer = row.get("issuer") or (
                row.get("company") if cells is not row.get("company") else None
            )
            if issuer:
                fields["awarder" if kind == "awards" else "issuer"] = joined(issuer)
            period = dates_of(period_of(row.get("period", [])), single_is="end")
            if kind == "languages":
                if row.get("grade"):
                    fields["fluency"] = joined(row["grade"])
            elif "endDate" in period:
                fields["date"] = period["endDate"]
            result.setdefault(kind, []).append(fields)
        if result:
            return result
    for whole in entries_of(lines, size, short=True):
        for entry in _each_dated(whole):
            for kind, fields in _read(entry, kinds):
                result.setdefault(kind, []).append(fields)
    return result


# "CKA, 2021, renewed 2024": another date of the same thing.
RENEWED = re.compile(r"(?:renewed|recertified|expir|valid|until|updated)", re.IGNORECASE)


def _each_dated(entry: Entry) -> list[Entry]:
    """The things told on one line, each before its own date: "SQLD 2019.06 / AWS SAA 2020.12"."""
    dates = [dated for dated in entry.dates if dated.period.single]
    if len(dates) < 2 or len(entry.header) != 1 or len(entry.header[0].segments) != 1:
        return [entry]
    parts = []
    begin = 0
    for dated in dates:
        pieces = [one for one in entry.pieces if begin <= one.begin < dated.period.begin]
        begin = dated.period.stop
        if not pieces or RENEWED.match(pieces[0].text):
            return [entry]
        parts.append(Entry(entry.header, [], [dated], pieces))
    return [entry] if any(one.begin >= begin for one in entry.pieces) else parts


def _key(kind: str) -> str:
    return {"awards": "title", "languages": "language", "volunteer": "organization"}.get(
        kind, "name"
    )


def _kind_of(text: str, kinds: tuple[str, ...]) -> str:
    if kinds == ("awards",) and CERTIFIED.search(text) and not AWARD.search(text):
        return "certificates"
    if len(kinds) == 1:
        return kinds[0]
    if LANGUAGE_TEST.search(text) and "certificates" in kinds:
        return "certificates"  # a test with a score is a certificate, whatever its subject
    if "languages" in kinds and (LANGUAGE_TEST.search(text) or LANGUAGE.search(text)):
        return "languages"
    if "awards" in kinds and AWARD.search(text):
        return "awards"
    if "publications" in kinds:
        return "publications"
    if "certificates" in kinds and CERTIFICATE.search(text):
        return "certificates"
    for kind in ("certificates", "volunteer", "awards", "languages"):
        if kind in kinds and not (kind == "awards" and CERTIFICATE.search(text)):
            return kind
    return kinds[0]


def _read(entry: Entry, kinds: tuple[str, ...]) -> list[tuple[str, Fields]]:
    pieces = [
        piece for piece in entry.pieces
        if label_field(piece.text) is None and not is_place(piece.text) and piece.label not in ("description",)
        and not piece.text.startswith(("http", "www."))
    ]  # fmt: skip
    if not pieces:
        return []
    text = " ".join(piece.text for piece in pieces)
    kind = _kind_of(text, kinds)
    if kind == "languages":
        return _languages(pieces)
    if kind == "volunteer":
        return [(kind, _volunteer(entry, pieces))]
    named = [piece for piece in pieces if piece.label == "name"] or pieces
    name = named[0]
    if kind == "awards" and (several := _several_awards(pieces)):
        return [(kind, {"title": value_of(piece, 0.8)}) for piece in several]
    if kind == "awards":
        # "아이디어 공모전 - 대상": what was won is part of the name.
        telling = [
            piece for piece in named
            if AWARD.search(piece.text) and piece.segment is name.segment and piece.begin >= name.end
        ]  # fmt: skip
        if RANK.match(name.text):
            telling_more = [
                piece for piece in named
                if piece.row == name.row and AWARD.search(piece.text) and len(piece.text) > len(name.text)
            ]  # fmt: skip
            name = max(telling_more, key=lambda piece: len(piece.text), default=name)
        if (
            (award := AWARD_OF.match(name.text))
            and not RANK.match(award.group(1))
            and not AWARD.search(award.group(2))
        ):
            name, issuer_part = (
                _part(name, 0, award.end(1)), _part(name, award.start(2), len(name.text))
            )  # fmt: skip
            pieces = [name, issuer_part, *[piece for piece in pieces if piece.row > name.row]]
            telling = []
        if telling and len(telling[-1].text) < 24:
            begin, end = name.begin, telling[-1].end
            name = Piece(
                name.segment.text[begin:end],
                name.segment,
                begin,
                end,
                name.row,
                name.column,
                name.order,
            )
        elif not AWARD.search(name.text):
            better = [piece for piece in named if AWARD.search(piece.text) and len(piece.text) > 3]
            if better and better[0].row == name.row:
                name = better[0]
    if kind == "publications" and (title := cited_title(name.segment.text)):
        begin, end = title
        name = Piece(
            name.segment.text[begin:end], name.segment, begin, end, name.row, name.column, 0
        )
    name, issuer = _with_grade(name, pieces), None
    if len(name.text) > 120:
        return []
    if found := FROM.search(name.text):
        issuer = _part(name, found.end(), len(name.text))
        name = _part(name, 0, found.start())
    elif (
        (found := re.search(r"\s*\(([^()]+)\)$", name.text))
        and ISSUER.search(found.group(1))
        and found.start() > 1
    ):
        issuer = _part(name, found.start(1), found.end(1))
        name = _part(name, 0, found.start())
    elif (
        (comma := name.text.rfind(", ")) > 1
        and ISSUER.search(name.text[comma + 2 :])
        and not RANK.match(name.text[:comma])
    ):
        issuer = _part(name, comma + 2, len(name.text))
        name = _part(name, 0, comma)
    fields: Fields = {_key(kind): value_of(name, 0.8)}
    others = [
        piece
        for piece in pieces
        if piece is not name
        and piece.segment is not name.segment
        or (piece.segment is name.segment and piece.begin >= name.end)
    ]
    if issuer is None and others and len(others[0].text) < 60:
        issuer = others[0]
    if kind in ("certificates", "awards", "publications") and issuer is not None:
        key = {"awards": "awarder", "certificates": "issuer", "publications": "publisher"}[kind]
        fields[key] = value_of(issuer, 0.6)
    period = dates_of(entry.period, single_is="end")
    date = period.get("endDate") or period.get("startDate")
    if date is not None:
        fields["releaseDate" if kind == "publications" else "date"] = date
    if entry.body and kind in ("awards", "publications"):
        fields["summary"] = joined([one for line in entry.body for one in line.segments], 0.7)
    return [(kind, fields)]


# "Data Analytics Certificate from Coursera", "Best Paper Award at ..."
FROM = re.compile(
    r"(?<=\w{4})\s+(?:from|issued by|offered by|awarded by)\s+(?=[A-Z](?:[\w.&-]*\s?){1,4}$)"
)
# "Best Paper Award, Norvale Conference": who gave it stands after the award.
AWARD_OF = re.compile(
    r"^(.*\b(?:award|prize|medal|scholarship|fellowship|honou?r))s?, (.+)$", re.IGNORECASE
)
ISSUER = re.compile(
    r"amazon|google|microsoft|oracle|coursera|udemy|cncf|linux foundation|hashicorp|cisco|ibm|meta\b|university|college|institute|school|foundation|association|society"
    r"|진흥원|진흥협회|협회|공단|학회|상공회의소|위원회|대학교|공과대학|연구원|재단|부$|청$|원$|(?<!대)회$|㈜|\(주\)|주식회사",
    re.IGNORECASE,
)
# "AWS Certified Developer – Associate" is one name.
GRADE = re.compile(
    r"^(?:associate|professional|practitioner|specialty|foundational|expert|fundamentals|level|advanced|\d급|[1-3]\s?급)",
    re.IGNORECASE,
)


def _several_awards(pieces: list[Piece]) -> list[Piece]:
    """Awards told one after the other in one line: "Dean's List · First prize, HackDay"."""
    first = pieces[0]
    if len(pieces) < 2 or any(piece.segment is not first.segment for piece in pieces):
        return []
    gaps = [
        first.segment.text[one.end : other.begin]
        for one, other in zip(pieces, pieces[1:], strict=False)
    ]
    if all(AWARD.search(piece.text) and not RANK.match(piece.text) for piece in pieces):
        if all(re.search(r"[·•|;]", gap) for gap in gaps):
            return pieces
    return []


def _with_grade(name: Piece, pieces: list[Piece]) -> Piece:
    for other in pieces:
        if other.segment is name.segment and other.begin >= name.end and GRADE.match(other.text):
            if other.begin - name.end <= 4:
                text = name.segment.text[name.begin : other.end]
                return Piece(
                    text, name.segment, name.begin, other.end, name.row, name.column, name.order
                )
    return name


def _part(piece: Piece, begin: int, end: int) -> Piece:
    return Piece(
        piece.text[begin:end], piece.segment, piece.begin + begin, piece.begin + end,
        piece.row, piece.column, piece.order,
    )  # fmt: skip


def _volunteer(entry: Entry, pieces: list[Piece]) -> Fields:
    titles = [piece for piece in pieces if is_title(piece.text) >= 2]
    names = [piece for piece in pieces if piece not in titles[:1]]
    fields: Fields = {}
    if names:
        fields["organization"] = value_of(names[0], 0.7)
    if titles:
        fields["position"] = value_of(titles[0], 0.7)
    fields |= dates_of(entry.period, single_is="both")
    if entry.body:
        fields["highlights"] = highlights_of(entry.body)
    return fields


def _languages(pieces: list[Piece]) -> list[tuple[str, Fields]]:
    result: list[tuple[str, Fields]] = []
    for piece in pieces:
        found = list(LANGUAGE.finditer(piece.text))
        if len(found) > 1 and "," in piece.text:
            for one in found:
                part = Piece(
                    one.group(),
                    piece.segment,
                    piece.begin + one.start(),
                    piece.begin + one.end(),
                    0,
                    0,
                    0,
                )
                result.append(("languages", {"language": value_of(part)}))
        elif found and (not result or "fluency" in result[-1][1] or LANGUAGE.match(piece.text)):
            one = found[0]
            part = Piece(
                one.group(),
                piece.segment,
                piece.begin + one.start(),
                piece.begin + one.end(),
                0,
                0,
                0,
            )
            fields: Fields = {"language": value_of(part)}
            rest = piece.text[one.end() :].strip(" :()-–,")
            if rest:
                begin = piece.text.find(rest, one.end())
                fields["fluency"] = value_of(
                    Piece(
                        rest,
                        piece.segment,
                        piece.begin + begin,
                        piece.begin + begin + len(rest),
                        0,
                        0,
                        0,
                    )
                )
            result.append(("languages", fields))
        elif LANGUAGE_TEST.search(piece.text) and (
            not result or LANGUAGE_TEST.search(_text_of(result[-1][1]["language"]))
        ):
            # Beside a language a test says how well; alone it stands for its language.
            result.append(("languages", {"language": value_of(piece, 0.7)}))
        elif result and "fluency" not in result[-1][1] and len(piece.text) < 50:
            result[-1][1]["fluency"] = value_of(piece, 0.7)
    return result


def _text_of(value: object) -> str:
    return value.text if isinstance(value, Value) else ""
