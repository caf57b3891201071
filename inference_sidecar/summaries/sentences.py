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
from typing import Literal

from inference_sidecar.assessment.text import function_word_share, is_hangul

SentenceLanguage = Literal["ko", "en", "other"]

# A line of so many columns that ends in no stop was probably wrapped, not ended.
WRAPPED_FROM = 48
HEADING_MAX_COLUMNS = 60
SENTENCE_MAX_CHARACTERS = 600
ENGLISH_FUNCTION_WORDS = 0.12

_BULLET = re.compile(r"[ \t]*(?:[-*•·●○■□▪▶▷◆◇※–—]|\(?\d{1,2}[.)]|[①-⑳]|[가-하][.)])[ \t]+")
_MARKDOWN_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+")
_TABLE = re.compile(r"\||\t|\S {3,}\S")
_ENDS = re.compile(r"[.!?。…][\"'”’」』)\]]{0,4}$")
# Bounded, as a line of ten thousand dots is read too.
_STOP = re.compile(r"[.!?。]{1,6}[\"'”’」』)\]]{0,4}(?=\s)")
# Titles and units before a name or a number never end a sentence, the others only
# when what follows begins one.
_NEVER_ENDS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Fig|vs|approx|e\.g|i\.e|cf|ca|pp?|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec)|(?<![A-Za-z])[A-Z])\.$"
)
_MAY_END = re.compile(r"\b(?:Inc|Ltd|Co|Corp|Bros|etc|al|a\.m|p\.m|U\.S|U\.K|E\.U|K\.K)\.$")
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
    heading = ""
    latin: SentenceLanguage = "en" if language_of(_latin_words(text)) == "en" else "other"
    for start, end, is_heading in _blocks(text):
        if is_heading:
            heading = normalised(_without_bullet(text[start:end]).lstrip("# \t"))
            continue
        for first, last in _sentences(text, start, end):
            words = normalised(text[first:last])
            language = language_of(words, latin)
            yield Sentence(source, first, last, words, language, heading, first / len(text))


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
    """Lines without their breaks; an empty one ends what stands before it."""
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text):
        yield _Line(start, match.start())
        start = match.end()
    yield _Line(start, len(text))


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
    if lower.lstrip()[:1].islower():
        return True
    return _columns(upper.strip()) >= WRAPPED_FROM and not _KOREAN_END.search(upper.rstrip())


def _without_bullet(block: str) -> str:
    bullet = _BULLET.match(block)
    return block[bullet.end() :] if bullet else block


def _is_heading(block: str) -> bool:
    if _MARKDOWN_HEADING.match(block):
        return True
    line = normalised(_without_bullet(block))
    if _TABLE.search(block.strip()) or _ENDS.search(line):
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
            begun = match.end()
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
    if following.islower():
        return False
    piece = text[begun:after]
    is_open = any(piece.count(one) > piece.count(other) for one, other in zip(_OPENING, _CLOSING))
    return not is_open or len(piece) > SENTENCE_MAX_CHARACTERS
