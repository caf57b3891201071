"""Which technologies a text names, and where: Java is not in JavaScript, and Go is not to go.

The words are in technologies.yaml, in both languages. Pure: texts in, places out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).with_name("technologies.yaml")

QUOTE_MAX = 140
"""Characters of a line that are shown with a find: two lines on a phone."""

# Where a word may begin: neither inside a Latin one (C in "Objective-C") nor inside a Korean one.
_BEGINS = re.compile(r"(?<![A-Za-z0-9_+#.])(?<![A-Za-z0-9]-)[A-Za-z]|(?<![가-힣])[가-힣]")
_VERSION = re.compile(r" ?v?\d{1,4}(?:\.\d{1,3}){0,3}")
_ENDS_LATIN = re.compile(r"(?![A-Za-z0-9_+#]|\.[A-Za-z])")
# What may follow a short Korean name without making it another word.
_AFTER_SHORT = re.compile(
    r"(?:[^가-힣]|은|는|이|가|을|를|와|과|의|로|으로|에|도|만|나|랑|및|기반|서버|시스템|처리|기능"
    r"|서비스|모듈|프로세스|연동|도입|적용|구현|개발|언어)|$"
)
SHORT = 2
"""Syllables: 자바 begins other words, 쿠버네티스 does not."""
# A particle after an everyday word, or what English puts before it, says that it is a name.
_PARTICLE = re.compile(r" ?(?:언어|기반)|(?:로|으로|를|을|와|과|의|에서|는|은|가)(?![가-힣])")
_BEFORE_A_NAME = re.compile(r"(?:\b(?:in|with|using|via)|,|/) $|/$")
_ADDRESS = re.compile(r"https?://\S+")
AROUND = 40
"""Characters that are looked at beside a name: in a list there is a separator, or nothing."""
_SEPARATORS = re.compile(r"[,/·;|\n()•‧]")


@dataclass(frozen=True, slots=True)
class Technology:
    name: str
    korean: str
    careful: frozenset[str]
    spellings: tuple[str, ...]
    questions: tuple[str, ...]
    """Slugs, those asked first before the others."""

    def label(self, language: str) -> str:
        """Names stay as they are; what is only a word is said in the reader's language."""
        is_a_word = self.name == self.name.lower()
        return self.korean if language == "ko" and is_a_word else self.name

    @property
    def subject(self) -> str:
        """The particle that makes it a subject: 카프카가, 파이썬이."""
        return "이" if (ord(self.korean[-1]) - ord("가")) % 28 else "가"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of a résumé, or one sentence of a company's."""

    text: str
    is_list: bool = False
    """A list of skills, where a single letter is a name."""
    source: Any = None


@dataclass(frozen=True, slots=True)
class Find:
    technology: Technology
    text: Text
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The line, cut around the find where it is long."""
        return cut_around(self.text.text, self.start, self.end)


@functools.cache
def technologies() -> tuple[Technology, ...]:
    return tuple(
        Technology(
            name=row["name"],
            korean=row["ko"],
            careful=frozenset(row.get("careful", ())),
            spellings=(row["name"], row["ko"], *row.get("also", ())),
            questions=tuple(row["questions"]),
        )
        for row in yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    )


@functools.cache
def _by_first_letter() -> dict[str, list[tuple[str, str, Technology]]]:
    """(in small letters, as written, technology), the longest first: Spring Boot before Spring."""
    found: dict[str, list[tuple[str, str, Technology]]] = {}
    for technology in technologies():
        for spelling in technology.spellings:
            small = spelling.lower()
            found.setdefault(small[0], []).append((small, spelling, technology))
    for spellings in found.values():
        spellings.sort(key=lambda row: -len(row[0]))
    return found


def finds_in(texts: Sequence[Text]) -> list[Find]:
    """Every technology that is named, in the order of the texts; one find a text for each."""
    found = []
    for text in texts:
        seen: set[str] = set()
        for find in _finds(text):
            if find.technology.name not in seen:
                seen.add(find.technology.name)
                found.append(find)
    return found


def _finds(text: Text) -> Iterator[Find]:
    written = _ADDRESS.sub(lambda address: " " * len(address[0]), text.text)
    small = written.lower()
    if len(small) != len(written):  # a letter whose small form is two: places would shift
        small = written
    past = 0
    for begin in _BEGINS.finditer(written):
        start = begin.start()
        if start < past:
            continue
        for name, spelling, technology in _by_first_letter().get(small[start], ()):
            if not small.startswith(name, start):
                continue
            end = _end(written, start + len(name), spelling)
            if end is None:
                continue
            past = end  # what is not meant here is not another, shorter name either
            if spelling not in technology.careful or _is_meant(text, start, end, spelling):
                yield Find(technology, text, start, end)
            break


def _end(text: str, end: int, spelling: str) -> int | None:
    """Where the name ends, a version taken along; None where a longer word goes on."""
    if "가" <= spelling[-1] <= "힣":
        is_short = len(spelling) <= SHORT
        return end if not is_short or _AFTER_SHORT.match(text, end) else None
    if version := _VERSION.match(text, end):
        if _ENDS_LATIN.match(text, version.end()):
            return version.end()
    return end if _ENDS_LATIN.match(text, end) else None


def _is_meant(text: Text, start: int, end: int, spelling: str) -> bool:
    """Whether an everyday word is a name here."""
    written = text.text
    if not written.startswith(spelling, start):
        return False
    if text.is_list:
        before = _SEPARATORS.split(written[max(0, start - AROUND) : start])[-1]
        after = _SEPARATORS.split(written[end : end + AROUND])[0]
        if not before.strip() and not after.strip():
            return True
    if "가" <= spelling[-1] <= "힣":
        return False
    return bool(
        _PARTICLE.match(written, end) or _BEFORE_A_NAME.search(written, max(0, start - 8), start)
    )


def cut_around(text: str, start: int, end: int, most: int = QUOTE_MAX) -> str:
    """``text`` around a place, cut between words, with dots where something is left out."""
    if len(text) <= most:
        return text
    room = max(0, most - (end - start)) // 2
    begin = max(0, min(start - room, len(text) - most))
    stop = min(len(text), begin + most)
    if begin > 0:
        begin = _next_word(text, begin, start)
    if stop < len(text):
        blank = text.rfind(" ", end, stop)
        stop = blank if blank > 0 else stop
    dots_before, dots_after = "…" if begin else "", "…" if stop < len(text) else ""
    return f"{dots_before}{text[begin:stop].strip()}{dots_after}"


def _next_word(text: str, begin: int, start: int) -> int:
    blank = text.find(" ", begin, start)
    return begin if blank < 0 else blank + 1
