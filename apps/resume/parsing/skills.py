"""Skills: lists of names, under labels or not, in cells, bullets and sentences."""

from __future__ import annotations

import re

from .dates import find_periods
from .layout import Line
from .provenance import Value
from .segments import Segment
from .technologies import KNOWN, known_in

CATEGORY = re.compile(
    r"^(?:(?:programming|markup|scripting|web|mobile|other|core|software|cloud|developer|development|dev|back-?end|front-?end|technical|soft|hard|operating|version|project|data|machine"
    r"|testing|server|client|relational|nosql|in-memory|general|familiar with|experienced? (?:with|in)|proficient (?:with|in)?|working knowledge(?: of| in)?|knowledge(?: of| in)?|exposure to|comfortable with|strong|basic|intermediate|advanced|expert(?: in)?|primary|secondary|main|sub|additional|design|ui/ux|build|ci/cd|big|ai|deep|embedded)[\s&/,]*)*"
    r"(?:languages?|frameworks?(?: (?:and|&) (?:libraries|tools))?|libraries|databases?|db|dbms|tools?|technologies|technology|platforms?|methodologies|systems?|systems? & tools|control|cloud|devops|backend|back-end|front-?end"
    r"|frontend|mobile|testing|infra(?:structure)?|others?|etc|environment|ide|editors?|skills?|web|os|server|concepts|practices|software|data|learning|ml|ai|stack|design|collaboration|communication|ci/cd|management|proficient|familiar|experienced?|intermediate|advanced|expert|beginner|basic|services|hosting|deployment|monitoring|security|networking|virtualization|orm|build|apis?|analytics|visualization|certifications?|version control|misc(?:ellaneous)?|interests?|packages|hardware|cloud services|containers?|package managers?|messaging|cms|message queues?|android|ios|game|engines?|protocols|scripting|vcs|development|programming|collab|co-?work|competitive programming)$"
    r"|^(?:언어|프로그래밍\s?언어|개발\s?언어|프레임워크|라이브러리|데이터베이스|도구|툴|개발\s?도구|개발\s?환경|인프라|클라우드|서버|백엔드|프론트엔드|프런트엔드|협업|협업\s?(?:툴|도구)|기타|운영체제|배포|모바일|데이터"
    r"|버전\s?관리|형상\s?관리|디자인|테스트|모니터링|메시지\s?큐|웹|앱|상|중|하|능숙|보통|기초|주요\s?기술|사용\s?가능|사용\s?경험|경험|기본|활용\s?가능|보안|네트워크|임베디드|머신러닝|인공지능|프로그래밍|사용\s?기술|기술\s?스택|데브옵스|기술|협업\s?및\s?기타|클라우드/인프라|언어/프레임워크)$",
    re.IGNORECASE,
)
_DOTS = "★☆●○⬤◯■□▪▫◆◇"  # of which a level is drawn
LEVEL_WORD = re.compile(
    rf"^(?:(?=[^\w{_DOTS}]*+[{_DOTS}])\W++|\W*+(?:상|중|하|상급|중급|초급|고급|expert|advanced|intermediate|beginner|basic|proficient|familiar|fluent|native|novice|master|\d+\+?\s*(?:years?|yrs?|년|점|개월).*|level\s*\d|lv\.?\s*\d|\d{{1,3}}\s?%|\d/\d|\d)\W*)$",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s*[,;|•·∙‧・ㆍ、●▪◦]\s*|\s+[/–—-]\s+|\s{3,}|\s*&\s+(?=[A-Z]\w+\s*(?:$|,))")
BRACKETED = re.compile(r"^\s*[\[【<]\s*([^\[\]【】<>,]{1,24}?)\s*[\]】>]\s*")  # "[언어]"
SENTENCE = re.compile(r"(?:다\.?|요\.?|음\.?|함\.?|능\.?|험\.?|해\.?|발\.?|중\.?|[a-z]\.)$")


JOINTS = re.compile(r"[\s.\-]")  # "Node.js" and "NodeJS" are one


def read_skills(lines: list[Line], size: float) -> list[dict[str, object]]:
    """Skills in page order; `keywords` of one nameless group are spread to single skills."""
    groups: list[tuple[Value | None, list[Value]]] = []
    label: Value | None = None
    items: list[Value] = []
    seen: set[str] = set()

    def close() -> None:
        nonlocal items
        if items:
            groups.append((label, items))
        items = []

    rows = _joined_lines(_named_column(lines))
    heads = _bold_heads(rows)
    for text_segments in rows:
        if id(text_segments) in heads:
            close()
            first = text_segments[0][0]
            label = Value(first.text.strip(" :"), [(first, 0, len(first.text))], 0.85)
            continue
        for found_label, parts in _parts(text_segments):
            if found_label is not None:
                close()
                label = found_label
            for value in parts:
                key = JOINTS.sub("", value.text).lower()
                if key and key not in seen:
                    seen.add(key)
                    items.append(value)
    close()
    result: list[dict[str, object]] = []
    for name, keywords in groups:
        if name is not None:
            result.append({"name": name, "keywords": keywords})
        else:
            result += [{"name": keyword} for keyword in keywords]
    return result


def _bold_heads(rows: list[list[list[Segment]]]) -> set[int]:
    """The rows that only name the skills below them: bold, alone, over rows that are not."""
    alone = [
        row for row, below in zip(rows, rows[1:], strict=False)
        if len(row) == 1 and len(row[0]) == 1 and row[0][0].bold and not row[0][0].bullet
        and "," not in row[0][0].text and ":" not in row[0][0].text
        and row[0][0].text.lower() not in KNOWN and not below[0][0].bold
    ]  # fmt: skip
    bold = sum(1 for row in rows if row[0][0].bold)
    return {id(row) for row in alone} if len(alone) > 1 and len(alone) == bold else set()


MAKERS = frozenset("aws azure gcp google apache amazon github gitlab".split())
Run = tuple[Segment, int, int]


COLUMN = re.compile(
    r"^(?:(?P<name>기술명?|스킬명?|도구명?|언어|프로그램명?|소프트웨어|기술\s?스택|skills?|tools?|technology|name)"
    r"|(?P<label>구분|분류|분야|항목|category|area|type)"
    r"|수준|숙련도|활용\s?(?:능력|수준|내용|도)|상세|내용|비고|설명|경험|기간|사용\s?기간|등급|level|experience|years|description|usage)$",
    re.IGNORECASE,
)


def _named_column(lines: list[Line]) -> list[Line]:
    """Of a table whose first row names its columns, those with the skills and their kinds."""
    if not lines or len(lines[0].segments) < 2:
        return lines
    heads = [(one, COLUMN.match(one.text.strip())) for one in lines[0].segments]
    if not all(found for _, found in heads):
        return lines
    names = [one for one, found in heads if found and found.group("name")]
    if not names:
        # "분류 | 내용": what is not a kind or a level is the skills.
        names = [
            one for one, found in heads
            if found and not found.group("label") and re.fullmatch(r"내용|상세|설명", one.text.strip())
        ]  # fmt: skip
    kept = names + [one for one, found in heads if found and found.group("label")]
    rows = []
    for line in lines[1:]:
        cells = [
            cell for cell in line.segments
            if min(lines[0].segments, key=lambda head: _apart(cell, head)) in kept
        ]  # fmt: skip
        if cells:
            rows.append(Line(cells, line.side, line.table_row, line.limit))
    return rows


def _apart(cell: Segment, head: Segment) -> float:
    """How far a cell stands from a column's head; less than nothing where they overlap."""
    return max(cell.x0, head.x0) - min(cell.x1, head.x1)


def _joined_lines(lines: list[Line]) -> list[list[list[Segment]]]:
    """Rows of cells; a cell that wraps over lines is one list of segments."""
    rows: list[list[list[Segment]]] = []
    previous: Line | None = None
    for line in lines:
        cells = [[one] for one in line.segments]
        wraps = (
            previous is not None
            and rows
            and len(cells) == 1
            and not line.bullet
            and previous.page == line.page
            and 0 <= line.y0 - previous.y0 < 2.2 * line.first.size
            and line.first.style == previous.segments[-1].style
            and ":" not in line.text
            and not (line.first.lead[1] and line.first.changes)
            and abs(line.x0 - rows[-1][-1][0].x0) < max(3.0, 0.0 if not previous.bullet else 3.0)
            and (
                "," in rows[-1][-1][-1].text
                or previous.text.rstrip().endswith((",", "/", "·", "|"))
            )
            and (
                previous.text.rstrip().endswith((",", "/", "·", "|"))
                or "," in line.text
                or len(line.text) < 24
            )
            and not CATEGORY.match(line.text.strip(" :"))
        )
        if wraps:
            rows[-1][-1].append(cells[0][0])
        else:
            rows.append(cells)
        previous = line
    return rows


def _parts(row: list[list[Segment]]) -> list[tuple[Value | None, list[Value]]]:
    """The skills in a row of cells, under the labels that stand before them."""
    parts: list[tuple[Value | None, list[Value]]] = []
    for index, cell in enumerate(row):
        label, begin, only_label = _label(cell, index, row)
        if label is not None:
            parts.append((label, []))
        if only_label:
            continue
        first = cell[0]
        values = _items([(first, begin, _end(first)), *((one, 0, _end(one)) for one in cell[1:])])
        if parts:
            parts[-1][1].extend(values)
        else:
            parts.append((None, values))
    return parts


def _end(one: Segment) -> int:
    """Where the words of `one` end; a level in another look after them is none: "Vue" and "4"."""
    last = one.changes[-1] if one.changes else 0
    return last if last and LEVEL_WORD.match(one.text[last:]) else len(one.text)


def _label(
    cell: list[Segment], index: int, row: list[list[Segment]]
) -> tuple[Value | None, int, bool]:
    """The label a cell begins with, where its skills begin, and whether it has none."""
    first = cell[0]
    text = first.text
    if found := re.match(r"^\s*([^:,]{2,40}?)\s*:\s*", text):
        label = Value(found.group(1).strip(), [(first, found.start(1), found.end(1))], 0.85)
        return label, found.end(), found.end() >= len(text.rstrip()) and len(cell) == 1
    if found := BRACKETED.match(text):
        label = Value(found.group(1).strip(), [(first, found.start(1), found.end(1))], 0.85)
        return label, found.end(), found.end() >= len(text) and len(cell) == 1
    if first.lead[1] and first.changes and not first.tail[1]:
        # A label in bold before its list, with no colon between.
        end = first.changes[0]
        name = text[:end].strip(" :-–")
        if 1 < len(name) < 36 and "," not in name and name.lower() not in KNOWN:
            return Value(name, [(first, 0, end)], 0.85), end, False
    plain = text.strip(" :-")
    whole = Value(plain, [(first, 0, len(text))], 0.8)
    if index + 1 < len(row) and len(text) < 36 and "," not in text:
        beside = row[index + 1][0]
        known = text.lower() in KNOWN
        if CATEGORY.match(plain) or (not known and index == 0 and (
            (first.bold and not beside.bold) or "," in beside.text
        )):  # fmt: skip
            return whole, 0, True
    elif (
        not first.bullet and CATEGORY.match(plain) and plain.lower() not in KNOWN and len(cell) == 1
    ):
        return whole, 0, True
    if found := re.match(r"^\s*([A-Za-z가-힣/ &]{2,28}?)\s+[-–—]\s+(?=.*,)", text):
        label = Value(found.group(1).strip(), [(first, found.start(1), found.end(1))], 0.75)
        return label, found.end(), False
    return None, 0, False


def _items(runs: list[Run]) -> list[Value]:
    """The skills in text that may run over several segments."""
    text = ""
    offsets: list[tuple[int, Run]] = []
    for run in runs:
        if text:
            text += " "
        offsets.append((len(text), run))
        text += run[0].text[run[1] : run[2]]
    if _is_sentence(text):
        return [_value(offsets, text, begin, end, 0.6) for begin, end in known_in(text)]
    values = []
    for begin, end in _cut(text):
        words = text[begin:end]
        if LEVEL_WORD.match(words) or not any(c.isalnum() for c in words) or find_periods(words):
            continue
        if len(words) > 42 or (len(words.split()) > 5):
            values += [_value(offsets, text, begin + a, begin + b, 0.6) for a, b in known_in(words)]
            continue
        values.append(_value(offsets, text, begin, end, 0.9 if words.lower() in KNOWN else 0.75))
    return values


def _value(offsets: list[tuple[int, Run]], text: str, begin: int, end: int, sure: float) -> Value:
    sources = []
    for start, (segment, first, last) in offsets:
        a, b = max(begin, start), min(end, start + last - first)
        if a < b:
            sources.append((segment, first + a - start, first + b - start))
    return Value(text[begin:end], sources, sure)


def _is_sentence(text: str) -> bool:
    words = text.split()
    if len(words) < 5:
        return False
    separators = len(re.findall(r"[,|·•;]", text))
    if SENTENCE.search(text.strip()) and re.search(r"[가-힣]", text):
        return True
    lowercase = sum(1 for word in words if word.isalpha() and word.islower())
    return lowercase > 0.45 * len(words) and separators < 0.3 * len(words)


def _cut(text: str) -> list[tuple[int, int]]:
    """Begin and end of each item: separators count outside brackets only."""
    plain = _without_brackets(text) if "(" in text or "[" in text else text
    parts: list[tuple[int, int]] = []
    start = 0
    for gap in SPLIT.finditer(plain):
        parts.append((start, gap.start()))
        start = gap.end()
    parts.append((start, len(text)))
    result = []
    for begin, end in parts:
        result += _item(text, begin, end)
    return result


def _without_brackets(text: str) -> str:
    """`text` with a NUL for each character of what stands in brackets."""
    depth = 0
    masked = []
    for character in text:
        if character in "([":
            depth += 1
        masked.append("\0" if depth else character)
        if character in ")]" and depth:
            depth -= 1
    return "".join(masked)


# What a list may say around a name: "and Redis", "Docker 등", "Docker (Compose)".
FRONT = re.compile(r"(?:and|및|등|etc\.?)\s+", re.IGNORECASE)
BACK = re.compile(r"\s+(?:등|etc\.?|활용|사용|경험|가능|기초|숙련|능숙)$")
BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]$")
TWO = re.compile(r"(.+?)\s+(?:&|and)\s+(.+)$")


def _item(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    while begin < end and (text[begin].isspace() or text[begin] in "-–—*:"):
        begin += 1
    while end > begin and (text[end - 1].isspace() or text[end - 1] in ".:,;-"):
        end -= 1
    if begin >= end:
        return []
    words = text[begin:end]
    if found := FRONT.match(words):
        begin += found.end()
        words = text[begin:end]
    if found := BACK.search(words):
        end = begin + found.start()
        words = text[begin:end]
    if words[-1] in ")]" and (found := BRACKET.search(words)):
        inner, name = found.group(1), words[: found.start()]
        if name.strip():
            result = _item(text, begin, begin + found.start())
            if not LEVEL_WORD.match(inner) and ("," in inner or inner.strip().lower() in KNOWN):
                offset = begin + found.start(1)
                for a, b in _cut(inner):
                    result.append((offset + a, offset + b))
            return result
    if words.count("(") != words.count(")"):
        words_clean = words.strip("()[] ")
        begin += words.find(words_clean)
        end = begin + len(words_clean)
        words = words_clean
    if "/" in words and words.lower() not in KNOWN:
        sides = words.split("/")
        # Two are often said as one ("C/C++"); three or more are a list.
        if len(sides) > 2 and all(side.strip().lower() in KNOWN for side in sides):
            result = []
            offset = begin
            for side in sides:
                result += _item(text, offset, offset + len(side))
                offset += len(side) + 1
            return result
    if found := TWO.match(words):
        if found.group(1).lower() in KNOWN and found.group(2).lower() in KNOWN:
            return [(begin, begin + found.end(1)), (begin + found.start(2), end)]
    # Names set apart by spaces alone: "Java Spring MySQL".
    tokens = words.split()
    if len(tokens) >= 2 and words.lower() not in KNOWN:
        known = known_in(words)
        covered = sum(b - a for a, b in known)
        one = tokens[0].lower() in MAKERS and len(tokens) == 2  # "AWS IAM" is one name
        if len(known) >= 2 and not one and covered >= 0.85 * len(words.replace(" ", "")):
            return [(begin + a, begin + b) for a, b in known]
    return [(begin, end)] if begin < end else []
