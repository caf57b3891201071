"""The sentences of a source, with the places they stand at.

Sources are pages, slides and reports turned into text: lines may be wrapped anywhere,
and between sentences stand headings, menus, tables and imprints. What is returned are
whole sentences in reading order, each with the heading above it; which of them can be
shown to a reader is decided in ``readable.py``.

Offsets count characters of the text as it was given, ``end`` exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from inference_sidecar.assessment.text import function_word_share, is_hangul
from inference_sidecar.summaries.parts import LeftOut

SentenceLanguage = Literal["ko", "en", "other"]

# A line of so many columns that ends in no stop was probably wrapped, not ended.
WRAPPED_FROM = 48
HEADING_MAX_COLUMNS = 60
SENTENCE_MAX_CHARACTERS = 600
ENGLISH_FUNCTION_WORDS = 0.12

# Signs that are nothing but bullets need no blank after them.
_BULLET = re.compile(
    r"[ \t]*(?:(?:[-*–—]|\(?\d{1,2}[.)]|[가-하][.)])[ \t]+"
    r"|[•·●○■□▪▸▶►▷◆◇❖※◦‣⁃✓✔\uf0b7①-⑳][ \t]*)"
)
# As items of a list end before the last.
_GOES_ON = (";", "; and", "; or", ",", ", and", ", or")
_COUNTED = re.compile(r"\s*[①-⑳][ \t]*")
_MARKDOWN_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+")
_TABLE = re.compile(r"\||\t|\S {3,}\S")
_ENDS = re.compile(r"[.!?。…][\"'”’」』)\]]{0,4}$")
# Bounded, as a line of ten thousand dots is read too.
_STOP = re.compile(
    r"[.!?。]{1,6}[\"'”’」』)\]]{0,4}(?=\s)"
    # Flattened filings have no blank after a Korean sentence.
    r"|(?<=[다요죠음함됨임])[.!?。](?=[가-힣A-Z0-9①-⑳㈜(<“‘])"
)
# A brand may begin with a small letter: zPhone, eBay.
_SMALL_BRAND = re.compile(r"[a-z]{1,3}[A-Z]")
# A line before which nothing narrower was wrapped.
NARROWEST_COLUMNS = 20
# So long a heading with a colon is half a sentence, which the list below it ends.
ANNOUNCING_WORDS = 4
# Titles and units before a name or a number never end a sentence, the others only
# when what follows begins one.
_NEVER_ENDS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Fig|vs|approx|e\.g|i\.e|cf|ca|pp?|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec)|(?<![A-Za-z])[A-Z])\.$"
)
_MAY_END = re.compile(r"\b(?:Inc|Ltd|Co|Corp|Bros|etc|al|a\.m|p\.m|U\.S|U\.K|E\.U|K\.K)\.$")
# Words that add a sentence to the one before it: what follows them stands without.
_ADDITION = re.compile(
    r"\W*(?:(?:also|in addition|additionally|moreover|furthermore|besides|notably|in particular"
    r"|finally|as a result),\s+(?-i:(?=[A-Z]))"
    r"|(?:또한|특히|아울러|더불어|한편|이로써|나아가|더 나아가|게다가|뿐만 아니라|이와 함께"
    r"|이와 더불어|이 외에도|이 밖에도|그리고|또)(?:,\s*|\s+)(?=\S))",
    re.IGNORECASE,
)
_VISIBLE = re.compile(r"\S")
_OPENING, _CLOSING = "([{“「『", ")]}”」』"
_KOREAN_END = re.compile(r"(?:다|요|죠|까|음|함|됨|임)$")

# Notes in the style of reports: a noun at the end, a number in it.
_KOREAN_NOTE = re.compile(
    r"(?:달성|증가|감소|기록|성장|확대|축소|개선|출시|운영|보유|제공|예정|완료|도입|전환|돌파"
    r"|체결|구축|진행|설립"
    r"|개소|유치|상승|하락|흑자|적자|확보|선정|[가-힣](?:함|됨|임|음|중))(?:\s*\([^()]*\))?[.]?$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    source: int
    """Index of its source in the request."""
    start: int
    end: int
    text: str
    """The source's words with every run of blanks as one space."""
    language: SentenceLanguage
    heading: str
    """The line above that names what it is about; empty when there is none."""
    listed: bool
    """An item of a list that another sentence introduces."""
    place: float
    """0..1: where in its source it begins."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int


def normalised(text: str) -> str:
    """``text`` as it is shown: every run of blanks and line breaks is one space."""
    return " ".join(text.split())


def language_of(text: str, latin: SentenceLanguage = "other") -> SentenceLanguage:
    """Korean by its letters, English by its function words; anything else is other.

    ``latin`` is what a text in Latin letters with few function words is taken for.
    """
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return "other"
    hangul = sum(map(is_hangul, letters))
    if hangul >= 0.3 * len(letters):
        return "ko"
    if sum(character.isascii() for character in letters) < 0.8 * len(letters):
        return "other"
    return "en" if function_word_share(text) >= ENGLISH_FUNCTION_WORDS else latin


def sentences_of(text: str, source: int = 0) -> Iterator[Sentence]:
    """Without the parts of ``text`` that are of no use (``parts.py``)."""
    heading, listed = "", False
    left_out = LeftOut(len(text))
    latin: SentenceLanguage = "en" if language_of(_latin_words(text)) == "en" else "other"
    for start, end, is_heading in _blocks(text):
        block = text[start:end]
        if is_heading:
            heading = normalised(_without_bullet(block).lstrip("# \t"))
            left_out.pass_heading(normalised(block.lstrip("# \t")))
            listed = heading.endswith(":") and len(heading.split()) >= ANNOUNCING_WORDS
            continue
        if left_out.is_on:
            continue
        # ";" ends an item, ":" announces the first.
        in_list, listed = listed, block.rstrip().endswith((":", *_GOES_ON))
        in_list = in_list and _BULLET.match(block) is not None
        for first, last in _sentences(text, start, end):
            if added := _ADDITION.match(text, first, last):
                first = added.end()
            words = normalised(text[first:last])
            language = language_of(words, latin)
            yield Sentence(
                source, first, last, words, language, heading, in_list, first / len(text)
            )


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is a heading) of what belongs together: wrapped lines joined."""
    begun: _Line | None = None
    last: _Line | None = None
    for line in _lines(text):
        if begun is not None and last is not None:
            if _goes_on(text, last, line):
                begun, last = _Line(begun.start, line.end), line
                continue
            yield begun.start, begun.end, _is_heading(text[begun.start : begun.end])
        begun = last = line if text[line.start : line.end].strip() else None
    if begun is not None:
        yield begun.start, begun.end, _is_heading(text[begun.start : begun.end])


def _lines(text: str) -> Iterator[_Line]:
    """Lines without their breaks; an empty one ends what stands before it.

    Empty ones between the lines of loosely set paragraphs end nothing and are left out.
    """
    lines = []
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text):
        lines.append(_Line(start, match.start()))
        start = match.end()
    lines.append(_Line(start, len(text)))
    if not _is_loose(text, lines):
        return iter(lines)
    return (line for line in lines if text[line.start : line.end].strip())


def _is_loose(text: str, lines: list[_Line]) -> bool:
    """Whether every line stands alone and most of the long ones end in the middle."""
    written = [text[line.start : line.end].strip() for line in lines]
    if any(one and other for one, other in pairwise(written)):
        return False
    long = [line for line in written if _columns(line) >= WRAPPED_FROM]
    broken = sum(not _ENDS.search(line) and not _TABLE.search(line) for line in long)
    return broken > len(long) / 2


def _goes_on(text: str, above: _Line, below: _Line) -> bool:
    """True when ``below`` is the rest of the wrapped line ``above``."""
    upper, lower = text[above.start : above.end], text[below.start : below.end]
    if not lower.strip() or _BULLET.match(lower) or _MARKDOWN_HEADING.match(lower):
        return False
    if (
        _MARKDOWN_HEADING.match(upper)
        or _TABLE.search(upper.strip())
        or _ENDS.search(upper.rstrip())
    ):
        return False
    if lower.lstrip()[:1].islower() and not _SMALL_BRAND.match(lower.lstrip()):
        return _columns(upper.strip()) >= NARROWEST_COLUMNS or not upper.strip()[:1].isupper()
    return _columns(upper.strip()) >= WRAPPED_FROM and not _KOREAN_END.search(upper.rstrip())


def _without_bullet(block: str) -> str:
    bullet = _BULLET.match(block)
    return block[bullet.end() :] if bullet else block


def _is_heading(block: str) -> bool:
    if _MARKDOWN_HEADING.match(block):
        return True
    line = normalised(_without_bullet(block))
    if _TABLE.search(block.strip()) or _ENDS.search(line) or line.endswith(_GOES_ON):
        return False
    if _KOREAN_END.search(line) and len(line.split()) >= 4 or is_korean_note(line):
        return False
    return _columns(line) <= HEADING_MAX_COLUMNS


def is_korean_note(line: str) -> bool:
    """A statement in the style of reports: 2025년 매출 1,240억 원 달성."""
    return bool(_KOREAN_NOTE.search(line) and re.search(r"\d", line) and len(line.split()) >= 4)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places of the sentences of one block, without bullets and blanks around them."""
    if bullet := _BULLET.match(text, start, end):
        start = bullet.end()
    begun = start
    for match in _STOP.finditer(text, start, end):
        if _is_end(text, begun, match.start(), match.end(), end):
            yield from _trimmed(text, begun, match.end())
            counted = _COUNTED.match(text, match.end(), end)
            begun = counted.end() if counted else match.end()
    yield from _trimmed(text, begun, end)


def _latin_words(text: str) -> str:
    return " ".join(re.findall(r"[A-Za-z][A-Za-z'’]*", text))


def _columns(line: str) -> int:
    """How wide a line is: a Korean letter takes two columns."""
    return len(line) + sum(map(is_hangul, line))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + piece.index(stripped)
        yield first, first + len(stripped)


def _is_end(text: str, begun: int, stop: int, after: int, end: int) -> bool:
    next_one = _VISIBLE.search(text, after, end)
    if next_one is None:
        return True
    following = next_one[0]
    head = text[max(begun, stop - 12) : stop + 1]
    if text[stop] == ".":
        if _NEVER_ENDS.search(head):
            return False
        if _MAY_END.search(head) and not following.isupper():
            return False
        # A date, 2025. 3. 2. 기준, or a number in a list.
        if text[stop - 1 : stop].isdigit() and (following.isdigit() or is_hangul(following)):
            return False
    if following.islower() and not _SMALL_BRAND.match(text, next_one.start()):
        return False
    piece = text[begun:after]
    is_open = any(piece.count(one) > piece.count(other) for one, other in zip(_OPENING, _CLOSING))
    return not is_open or len(piece) > SENTENCE_MAX_CHARACTERS
