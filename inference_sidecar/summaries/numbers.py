"""The numbers a text holds, however they are written: 1,200억 and 120 billion are one.

A number has one or more readings (in "20~30억" the first is 20 or 20억). A sentence is
borne out when each of its numbers shares a reading with some number of the source.
Signs are not compared, and nothing is rounded: "about 120" is not borne out by 124.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ANY_DIGITS = re.compile(_DIGITS)
_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_ENGLISH_UNITS = {
    "hundred": 100,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
_TERM = rf"{_DIGITS}\s?(?:[십백천]\s?)?[만억조]|{_DIGITS}\s?[십백천]"
_KOREAN = re.compile(rf"(?:{_TERM})(?:\s?(?:{_TERM}))*(?:\s?{_DIGITS}(?=\s?[명원개건대곳톤]))?")
_KOREAN_TERM = re.compile(rf"(?P<digits>{_DIGITS})\s?(?P<small>[십백천])?\s?(?P<large>[만억조])?")
_ENGLISH = re.compile(
    rf"(?P<digits>{_DIGITS})(?:(?:\s|-)?(?P<word>hundred|thousand|million|billion|trillion)\b"
    r"|(?P<letter>k|mn|m|bn|b|tn)\b)?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s?(?:%|퍼센트|프로(?![가-힣])|per\s?cent|percentage point)", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:~|-|–|—|to|에서|부터|and)\s?$", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = re.compile(
    rf"\b(?P<before>\d{{1,2}}(?:st|nd|rd|th)?\s)?(?P<name>{'|'.join(_MONTHS)})\b\.?"
    r"(?P<after>,?\s(?:of\s)?\d{1,4})?",
    re.IGNORECASE,
)
# "one" is left out: it is seldom a number.
_ENGLISH_WORDS = {
    word: number
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split(),
        start=2,
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ENGLISH_WORD = re.compile(
    rf"\b(?P<word>{'|'.join(_ENGLISH_WORDS)})\b"
    r"(?:(?:\s|-)(?P<unit>hundred|thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_NATIVE = {
    word: number
    for number, words in enumerate(
        ("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), start=2
    )
    for word in words.split()
}
_NATIVE_WORD = re.compile(
    rf"(?<![가-힣])(?P<word>{'|'.join(_NATIVE)})\s?"
    r"(?:개|곳|명|번|가지|배|달|시간|군데|차례|종|대|분기|해|팀|나라|도시|공장)"
)
_SINO_DIGITS = {digit: number for number, digit in enumerate("일이삼사오육칠팔구", start=1)}
_SINO = re.compile(
    r"(?<![가-힣\d])(?P<word>[일이삼사오육칠팔구십백천만억조]{2,})\s?(?=원|명|달러|퍼센트|%|건|배)"
)
_DOTTED_DATE = re.compile(
    r"(?<![\d.,])((?:19|20)\d\d)\s?\.\s?(\d{1,2})(?:\s?\.\s?(\d{1,2}))?(?=\s?\.(?!\d)|\s|$|[^\d.,])"
)
_YEAR = re.compile(r"(?<![\d.,])(?P<year>19[5-9]\d|20\d\d)(?![\d,]|\.\d)")
_NOT_AN_AMOUNT = re.compile(
    r"(?<![A-Za-z])[A-Za-z][A-Za-z-]{0,40}\d[\w.]*|(?<!\d)\d+(?:st|nd|rd|th)\b|(?<!\d)\d+\s?(?:월|일(?![가-힣])|호|차"
    r"|기(?![가-힣])|분기|층|년)"
    r"|\b(?:Q[1-4]|H[12])\b|\bdays? \d+|제\s?\d+"
)
_SHORT_YEAR = re.compile(r"(?:\bFY\s?|['’])(?P<year>\d{2})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    value: Decimal
    percent: bool = False


Number = frozenset[Reading]


def numbers(text: str) -> list[Number]:
    """Every number of ``text``, in no order that means anything."""
    return list(_numbers(unicodedata.normalize("NFKC", text)))


def borne_out(sentence: str, passages: Iterable[str]) -> bool:
    """True when every number of ``sentence`` stands in some of ``passages``."""
    known = {reading for passage in passages for number in numbers(passage) for reading in number}
    return all(number & known for number in numbers(sentence))


def amounts(text: str) -> list[Number]:
    """The numbers that tell a size: no years, dates, places in a list, or parts of names."""
    plain = unicodedata.normalize("NFKC", text)
    plain = _NOT_AN_AMOUNT.sub(" ", _DOTTED_DATE.sub(" ", plain))
    return [number for number in _written_in_digits(plain) if not _is_year(number)]


def years(text: str) -> list[int]:
    """The years that ``text`` names, 1950 to 2099."""
    plain = unicodedata.normalize("NFKC", text)
    return [int(match["year"]) for match in _YEAR.finditer(plain)] + [
        2000 + int(match["year"]) for match in _SHORT_YEAR.finditer(plain)
    ]


def _is_year(number: Number) -> bool:
    return any(1950 <= reading.value <= 2099 and not reading.percent for reading in number)


def _numbers(text: str) -> Iterator[Number]:
    for match in _MONTH.finditer(text):
        # "may" and "march" are words too: a month has a day or a year beside it.
        if match["before"] or match["after"]:
            yield _number(Decimal(_MONTHS[match["name"].lower()]))
    for match in _SHORT_YEAR.finditer(text):
        yield frozenset(
            {Reading(Decimal(match["year"])), Reading(Decimal(2000) + int(match["year"]))}
        )
    for match in _ENGLISH_WORD.finditer(text):
        unit = _ENGLISH_UNITS[match["unit"].lower()] if match["unit"] else 1
        yield _number(Decimal(_ENGLISH_WORDS[match["word"].lower()]) * unit, text, match.end())
    for match in _NATIVE_WORD.finditer(text):
        yield _number(Decimal(_NATIVE[match["word"]]))
    for match in _SINO.finditer(text):
        yield _number(Decimal(_sino(match["word"])), text, match.end())
    for match in _DOTTED_DATE.finditer(text):
        yield from (_number(Decimal(part)) for part in match.groups() if part)
    yield from _written_in_digits(_SHORT_YEAR.sub(" ", _DOTTED_DATE.sub(" ", text)))


def _written_in_digits(text: str) -> Iterator[Number]:
    start = 0
    # The last number, held back: a range's end says in what unit its beginning is.
    held: tuple[Decimal, int, int] | None = None
    while match := _ANY_DIGITS.search(text, start):
        value, unit, end = _at(text, match.start())
        percent = _PERCENT.match(text, end) is not None
        if held is not None:
            in_range = _RANGE.fullmatch(text, held[2], match.start()) is not None
            extra = {Reading(held[0] * unit, percent)} if in_range else set()
            yield frozenset({_reading(held[0], text, held[2])} | extra)
            held = None
        if unit == 1 and not percent:
            held = (value, unit, end)
        else:
            yield frozenset({Reading(value, percent)})
        start = end
    if held is not None:
        yield frozenset({_reading(held[0], text, held[2])})


def _at(text: str, start: int) -> tuple[Decimal, int, int]:
    """Value, the last unit in it, and end of the number that begins at ``start``."""
    if korean := _KOREAN.match(text, start):
        value, unit = Decimal(0), 1
        section = Decimal(0)
        for term in _KOREAN_TERM.finditer(korean[0]):
            small = _SMALL.get(term["small"], 1)
            section += _decimal(term["digits"]) * small
            large = _LARGE.get(term["large"], 0)
            unit = small * (large or 1)
            if large:
                value += section * large
                section = Decimal(0)
        return value + section, unit, korean.end()
    english = _ENGLISH.match(text, start)
    assert english is not None
    word = english["word"] or english["letter"]
    unit = _ENGLISH_UNITS[word.lower()] if word else 1
    return _decimal(english["digits"]) * unit, unit, english.end()


def _sino(word: str) -> int:
    """The value of a number spelled in Sino-Korean: 이천억."""
    value, section, digit = 0, 0, 0
    for character in word:
        if character in _SINO_DIGITS:
            digit = _SINO_DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        else:
            value += ((section + digit) or 1) * _LARGE[character]
            section = digit = 0
    return value + section + digit


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _reading(value: Decimal, text: str = "", end: int = 0) -> Reading:
    return Reading(value, bool(text) and _PERCENT.match(text, end) is not None)


def _number(value: Decimal, text: str = "", end: int = 0) -> Number:
    return frozenset({_reading(value, text, end)})
