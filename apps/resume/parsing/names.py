"""The person's name and what they call themselves."""

from __future__ import annotations

import re

from .contact import EMAIL, URL
from .headings import heading_kinds
from .layout import Line
from .outline import Section
from .provenance import Value
from .segments import Segment
from .vocabulary import ORGANISATION, is_place, is_school, is_title, label_field

SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길"
    "연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감호동"
)
RARE_SURNAMES = "갈견계궁단당대돈라량로리묵반범빈빙상섭순승시아영온옹완운음종좌창초춘팽평포필해호화"
DOUBLE_SURNAMES = ("남궁", "선우", "제갈", "황보", "독고", "사공", "서문")
KOREAN = re.compile(
    rf"(?<![가-힣])((?:{'|'.join(DOUBLE_SURNAMES)})\s?[가-힣]{{1,2}}|[{SURNAMES}][가-힣]{{1,3}}|[{SURNAMES}]\s[가-힣]{{2}}|[{SURNAMES}]\s[가-힣]\s[가-힣]|^[{SURNAMES}]\s{{1,3}}[가-힣]$)(?![가-힣])"
)
HANGUL = re.compile(r"[가-힣]")
# Surnames that begin many other words count only for a name that stands alone.
RARE = re.compile(rf"\s*([{RARE_SURNAMES}][가-힣]{{2}})\s*")
# Words that stand around a name in a title: "홍길동 이력서", "Resume of ...".
DOCUMENT = re.compile(
    r"이력서|경력기술서|포트폴리오|자기소개서|자기소개|국문|지원서|입사\s?지원서?|\b(?:resume|résumé|cv|curriculum vitae|portfolio|cover letter|profile|name)\b\s*(?:of|for)?",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"^\W*(?:이\s*름|성\s*명|name|full name|한글\s?이?름?|국문|성함)\s*(?:\([^)]*\))?\s*[:：|]?\s*(.*)$",
    re.IGNORECASE,
)
NEXT_LABEL = re.compile(r"\s*[|｜/]\s*|\s{2,}|\s+[\w가-힣-]{2,8}\s*:")
GREETING = re.compile(
    rf"(?:개발자|엔지니어|디자이너|저는|안녕하세요|입니다|기획자|매니저|,|!)?[\s,'\"“‘]*((?:{'|'.join(DOUBLE_SURNAMES)})[가-힣]{{1,2}}|[{SURNAMES}][가-힣]{{1,2}}?)(?:['\"”’]?\s?(?:입니다|이라고|라고|이에요|예요|라는))"
)
NOT_NAMES = frozenset(
    "이력서 경력 학력 프로젝트 기술 자기소개 소개 연락처 이메일 전화 주소 생년월일 성별 개발자 신입 지원 이름 성명 나이 "
    "사진 링크 블로그 인적사항 개인정보 기본정보 경력사항 학력사항 보유기술 주요경력 병역 한글 한자 영문 남자 여자 남성 여성 "
    "정보 목표 강점 안녕하세요 포트폴리오 지원분야 희망연봉 서울 경기 인천 공통 기타 고민 성장 도전 열정 문제 사용자 노력 "
    "현재 경험 하는 위한 통해 사이트 이메일주소 휴대폰 연락 전화번호 핸드폰 국적 구분 지원자 서비스 백엔드 프론트 정규직 공부 진행중 견적서 계약서 제안서 보고서 영수증 청구서 명세서 안내문 공고문 계획서 신청서 증명서 확인서 설명서 공급자 공급받는자 대표자 수신자 발신자 강의록 공지사항 회의록 차례 목차".split()
)
NOT_A_NAMES_END = re.compile(r"(?:에|에게|는|한|을|를|의|고|며|와|과|된|할|인|적|니)$")
PARTICLES = frozenset("de da di la le van von der den dos del bin al el ter y e".split())
CREDENTIALS = re.compile(
    r",?\s+(?:ph\.?d\.?|m\.?d\.?|m\.?b\.?a\.?|m\.?sc?\.?|b\.?sc?\.?|p\.?e\.?|pmp|jr\.?|sr\.?|he/him|she/her|they/them)\.?\s*$|\s*\((?:he|she|they)/\w+\)",
    re.IGNORECASE,
)
ENGLISH_TOKEN = re.compile(r"^(?:[A-ZÀ-ÖØ-Þ][\w'’.\-À-ÿ]*|[A-Z]\.?|[\w'’\-À-ÿ]+)$", re.UNICODE)
NOT_ENGLISH_NAME = re.compile(
    r"\b(?:experience|education|skills?|projects?|summary|contact|profile|about|resume|curriculum|vitae|page|software|web|data|computer|science|phone|email"
    r"|address|objective|technical|work|professional|the|and|with|for|of|in|at|to|my|university|college|github|linkedin|portfolio|street|road|avenue|hello|hi|i'm|references"
    r"|certif\w+|awards?|languages?|stack|full|machine|learning|cloud|mobile|product|senior|junior|student|graduate|major|information|technology|python|java|javascript|react)\b",
    re.IGNORECASE,
)


def read_name(
    sections: list[Section], size: float, language: str, email: str | None
) -> Value | None:
    """The name, by label if there is one, else the most prominent text that reads as one."""
    top = [
        section for section in sections if section.kind in ("header", "contact", "summary", "other")
    ]
    first_page = [line for section in top for line in section.lines if line.page == 0]
    headings = [
        section.heading
        for section in sections
        if section.heading is not None and section.heading.page == 0
    ]
    if labelled := _labelled(first_page):
        return labelled
    best: tuple[float, Value] | None = None
    lines = first_page + [line for line in headings if line is not None]
    if not lines:
        lines = [line for section in sections for line in section.lines if line.page == 0][:12]
    ceiling = max((line.first.y0 for line in lines), default=1) or 1
    for line in lines:
        for column, segment in enumerate(line.segments):
            for text, begin, end, kind in _candidates(segment):
                score = 2.2 * min(2.5, segment.size / size - 1)
                score += 0.5 if segment.bold else 0.0
                score -= 1.6 * segment.y0 / ceiling
                score -= 0.1 * column
                if kind == "korean" and len(text) == 4 and text[:2] not in DOUBLE_SURNAMES:
                    score -= 0.8  # few names have four syllables
                score += 0.8 if kind == "korean" and language == "ko" else 0.0
                score += 0.4 if kind == "english" and language == "en" else 0.0
                whole = (end - begin) / max(1, len(segment.text.strip()))
                score += 1.0 * whole - 0.6
                if email and kind == "english" and _in_email(text, email):
                    score += 1.5
                if line in headings:
                    score -= 0.6
                if kind == "greeting":
                    score += 0.6
                if best is None or score > best[0]:
                    sure = max(0.4, min(0.97, 0.6 + 0.15 * score))
                    best = (score, Value(text, [(segment, begin, end)], sure))
    if best is None or best[0] < -1.5:
        return None
    return _over_two_lines(_beside(best[1], lines), lines)


def _beside(name: Value, lines: list[Line]) -> Value:
    """The whole name where its halves stand apart on one line, in one size."""
    segment, begin, end = name.sources[0]
    if " " in name.text or segment.text[begin:end].strip() != segment.text.strip():
        return name
    line = next(line for line in lines if any(one is segment for one in line.segments))
    halves = [one for one in line.segments if abs(one.size - segment.size) <= 0.05 * segment.size]
    if len(halves) != 2 or halves[1].x0 - halves[0].x1 > 1.5 * segment.size:
        return name
    whole = " ".join(half.text.strip() for half in halves)
    if not all(_reads_as_english_name(half.text) for half in halves) or len(whole.split()) > 4:
        return name
    return Value(_cased(whole), [(half, 0, len(half.text)) for half in halves], name.confidence)


def _over_two_lines(name: Value, lines: list[Line]) -> Value:
    """The whole name where its parts stand one below the other, in one size."""
    segment, begin, end = name.sources[0]
    if " " in name.text or HANGUL.search(name.text):
        return name
    if segment.text[begin:end].strip() != segment.text.strip():
        return name
    for other in (one for line in lines for one in line.segments):
        upper, lower = (other, segment) if other.y0 < segment.y0 else (segment, other)
        if (
            other is not segment
            and other.page == segment.page
            and abs(other.size - segment.size) <= 0.05 * segment.size
            and -0.5 * segment.size < lower.y0 - upper.y1 < 0.8 * segment.size
            and (abs(upper.x0 - lower.x0) < 4 or abs(upper.x0 + upper.x1 - lower.x0 - lower.x1) < 8)
            and len(other.text.split()) <= 3
            and _reads_as_english_name(other.text)
        ):
            halves = [(upper, 0, len(upper.text)), (lower, 0, len(lower.text))]
            whole = _cased(f"{upper.text.strip()} {lower.text.strip()}")
            return Value(whole, halves, name.confidence)
    return name


def _labelled(lines: list[Line]) -> Value | None:
    for line in lines:
        for column, segment in enumerate(line.segments):
            found = LABELLED.match(segment.text)
            if not found:
                continue
            rest = found.group(1).strip()
            target, begin = segment, found.start(1)
            if not rest:
                if column + 1 >= len(line.segments):
                    continue
                target, begin = line.segments[column + 1], 0
                rest = target.text
            # Other labels can follow in the same row: "성명: 홍길동 | 연락처: ...".
            ends = NEXT_LABEL.search(rest)
            stop = begin + ends.start() if ends else None
            for text, start, end, _ in _candidates(target, begin, stop):
                return Value(text, [(target, start, end)], 0.95)
            if len(rest) <= 3 and column + 2 < len(line.segments):
                # "성명 (한글) 홍길동"
                target = line.segments[column + 2]
                for text, start, end, _ in _candidates(target, 0):
                    return Value(text, [(target, start, end)], 0.9)
    return None


def _candidates(
    segment: Segment, offset: int = 0, stop: int | None = None
) -> list[tuple[str, int, int, str]]:
    """Phrases of `segment` that could be a name: text, begin, end, kind."""
    text = segment.text[offset:stop]
    # An address hides no name beside it.
    text = EMAIL.sub(lambda found: "|" * len(found.group()), text)
    if not text.strip(" |") or URL.search(text):
        return []
    result: list[tuple[str, int, int, str]] = []
    plain = DOCUMENT.sub(lambda found: "|" * len(found.group()), text)
    if len(text) < 90 and (found := GREETING.search(text)):
        result.append((found.group(1), offset + found.start(1), offset + found.end(1), "greeting"))
    if segment.changes and re.search(r"[가-힣]", plain):
        # "홍길동 남 1996년": the name is set apart by its look.
        first = plain[: max(0, segment.changes[0] - offset)]
        if (found := KOREAN.fullmatch(first.strip())) and found.group(1) not in NOT_NAMES:
            if not (
                is_title(first) or is_place(first) or label_field(first) or heading_kinds(first)
            ):
                name = re.sub(r"\s", "", found.group(1))
                begin = offset + first.find(found.group(1))
                result.append((name, begin, begin + len(found.group(1)), "korean"))
    if len(text) < 45:
        for found in KOREAN.finditer(plain):
            name = re.sub(r"\s", "", found.group(1))
            if (
                name in NOT_NAMES
                or heading_kinds(name)
                or label_field(name)
                or not 2 <= len(name) <= 4
                or (len(name) > 2 and NOT_A_NAMES_END.search(name) and not _set_apart(plain, found))
            ):
                continue
            if is_title(name) or is_place(name) or ORGANISATION.search(name) or is_school(name):
                continue
            if len(name) == 2 and len(plain.strip("| ()")) > 8:
                continue
            # In a phrase of several words only one set apart is a name.
            around = plain[: found.start()].strip(), plain[found.end() :].strip()
            words = re.findall(r"[가-힣]{2,}", " ".join(around))
            if (
                words
                and not any(is_title(word) for word in words)
                and not (
                    SET_OFF_BEFORE.search(plain[: found.start()])
                    or SET_OFF_AFTER.match(plain[found.end() :])
                )
            ):
                continue
            if segment.changes == [offset + found.end(1) - 1] and name[-1] in SURNAMES:
                # The family name set apart after the given one, as some templates print it.
                name = name[-1] + name[:-1]
            result.append((name, offset + found.start(1), offset + found.end(1), "korean"))
    if (
        not result
        and (found := RARE.fullmatch(plain))
        and not NOT_A_NAMES_END.search(plain.strip())
    ):
        name = found.group(1)
        if name not in NOT_NAMES and not (
            heading_kinds(name) or label_field(name) or is_title(name) or is_place(name)
        ):
            result.append((name, offset + found.start(1), offset + found.end(1), "rare"))
    if not re.search(r"[가-힣]", plain) and len(text) < 70:
        if (whole := WITH_NICKNAME.search(plain)) and not NOT_ENGLISH_NAME.search(whole.group()):
            result.append((whole.group(), offset + whole.start(), offset + whole.end(), "english"))
            return result
        for begin, part in _parts(plain, [change - offset for change in segment.changes]):
            if not part.strip():
                continue
            part_text = CREDENTIALS.sub("", part)
            if _reads_as_english_name(part_text):
                lead = len(part_text) - len(part_text.lstrip())
                name = part_text.strip()
                result.append(
                    (
                        _cased(name),
                        offset + begin + lead,
                        offset + begin + lead + len(name),
                        "english",
                    )
                )
    elif (
        re.search(r"[가-힣]", plain)
        and (found := re.search(r"\(?\b([A-Z][a-z]+(?:[ -][A-Z]?[a-z]+){1,2})\b\)?", plain))
        # "Dana Han (한다나)": the Korean name only says the other again.
        and (not result or re.match(r"\s*\([가-힣 ]+\)", plain[found.end() :]))
    ):
        if _reads_as_english_name(found.group(1)) and len(text) < 40:
            result.append(
                (found.group(1), offset + found.start(1), offset + found.end(1), "english")
            )
    return result


SET_OFF_BEFORE = re.compile(r"[|/(:,·\-–]\s*$")
SET_OFF_AFTER = re.compile(r"\s*[|/(:,·\-–]")


def _set_apart(text: str, found: re.Match[str]) -> bool:
    """Whether what was found stands alone: between separators or the ends of its line."""
    before, after = text[: found.start()], text[found.end() :]
    return (not before.strip() or bool(SET_OFF_BEFORE.search(before))) and (
        not after.strip() or bool(SET_OFF_AFTER.match(after))
    )


NAME_ENDS = re.compile(r"(\s*[|/•·:]\s*|(?:\s+|(?<=\s)|(?<=\|))[-–—]\s+|\s{2,}|,\s+|\(|\))")


def _parts(text: str, changes: list[int]) -> list[tuple[int, str]]:
    """The phrases of a line, each with its offset: whole ones, and those of one look."""
    inside = [change for change in changes if 0 < change < len(text)]
    bounds = [(0, len(text))]
    if inside:
        bounds += zip([0, *inside], [*inside, len(text)], strict=True)
    parts = []
    for begin, end in bounds:
        for part in NAME_ENDS.split(text[begin:end]):
            parts.append((begin, part))
            begin += len(part)
    return parts


def _reads_as_english_name(text: str) -> bool:
    text = NICKNAME.sub(" ", text.strip())
    tokens = text.split()
    if not 1 <= len(tokens) <= 5 or any(character.isdigit() for character in text):
        return False
    if re.search(r"[@#&+/_\\\"!?*%]", text) or NOT_ENGLISH_NAME.search(text):
        return False
    if heading_kinds(text) or is_title(text) or is_place(text):
        return False
    if len(tokens) == 1 and (len(text) < 3 or not text[0].isupper()):
        return False
    proper = sum(1 for token in tokens if token[0].isupper())
    if not text.islower() and proper < len([t for t in tokens if t.lower() not in PARTICLES]):
        return False
    if text.islower() and len(tokens) < 2:
        return False
    return all(ENGLISH_TOKEN.match(token) for token in tokens)


# "Sehyun (Sean) Rim"
WITH_NICKNAME = re.compile(
    r"(?<![\w(])[A-ZÀ-Þ][\w'’-]+ \([A-ZÀ-Þ][\w-]+\)(?: [A-ZÀ-Þ][\w'’-]+){1,2}(?!\S)"
)
NICKNAME = re.compile(r"\s[\"“(][A-Z][\w-]+[\"”)]\s")


def _cased(name: str) -> str:
    """The name as written; all capitals or none is a matter of type, not of the name."""
    if (name.isupper() or name.islower()) and len(name) > 3:
        return " ".join(
            token
            if token.lower() in PARTICLES and token.islower()
            else "-".join(
                part
                if len(part) == 2 and part.endswith(".")
                else part[:1].upper() + part[1:].lower()
                for part in token.split("-")
            )
            for token in name.split()
        )
    return name


def _in_email(name: str, email: str) -> bool:
    local = email.split("@")[0].lower()
    return any(len(token) > 2 and token.lower() in local for token in re.split(r"[\s-]", name))


def read_label(lines: list[Line], name: Value | None) -> Value | None:
    """What the person calls themselves: "Backend Developer", beside or below the name."""
    for line in lines[:10]:
        for segment in line.segments:
            text = segment.text
            if len(text) > 60 or EMAIL.search(text) or URL.search(text):
                continue
            start = 0
            for part in re.split(r"(\s*[|•·]\s*|\s+[-–—]\s+|\s+/\s+)", text):
                begin = start
                start += len(part)
                words = part.strip()
                if name is not None:
                    words = words.replace(
                        name.sources[0][0].text[name.sources[0][1] : name.sources[0][2]]
                        if name.sources[0][0] is segment
                        else "\0",
                        "",
                    ).strip(" ,:")
                if (
                    4 <= len(words) <= 50
                    and is_title(words) >= 2
                    and not ORGANISATION.search(words)
                ):
                    offset = part.find(words)
                    if offset >= 0:
                        return Value(
                            words, [(segment, begin + offset, begin + offset + len(words))], 0.8
                        )
    return None
