"""How much a profile may hold, whatever way it comes in.

A page shows a whole profile, and each entry and line on it costs the site time: 20,000
entries fit into a megabyte and took half a minute a page. Far above what people have, far
below that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import translation

from .bounds import MOST_ENTRIES
from .profile_cards import SECTION_NAMES
from .profile_data import LINKS, SECTIONS, Entry, entries
from .rendering import ProfileInvalid

MOST_ENTRIES_IN_ALL = 500
MOST_LINES = 2_000
"""Of one section: each value is one, each item of a list, and each line of a longer text."""


def check(data: Entry, before: Entry) -> None:
    """Raises ProfileInvalid, which names the section, for more than a profile may hold.

    What it held ``before`` may stay, and shrink: a profile from before these limits can
    still be mended.
    """
    for section in (LINKS, *SECTIONS):
        rows, rows_before = entries(data, section), entries(before, section)
        if len(rows) > max(MOST_ENTRIES, len(rows_before)):
            raise _too_many_entries(section, len(rows))
        if _lines(rows) > max(MOST_LINES, _lines(rows_before)):
            raise _too_many_lines(section)
    if _lines(data.get("basics")) > max(MOST_LINES, _lines(before.get("basics"))):
        raise _too_many_lines("basics")
    if _entries(data) > max(MOST_ENTRIES_IN_ALL, _entries(before)):
        raise ProfileInvalid(
            f"프로필에는 항목을 모두 {MOST_ENTRIES_IN_ALL}개까지 넣을 수 있는데 "
            f"{_entries(data):,}개예요. 오래된 항목을 줄여 주세요.",
            f"A profile holds at most {MOST_ENTRIES_IN_ALL} entries in all; this one has "
            f"{_entries(data):,}. Leave older ones out.",
        )


def _entries(data: Entry) -> int:
    return sum(len(entries(data, section)) for section in (LINKS, *SECTIONS))


def _lines(value: Any) -> int:
    if isinstance(value, str):
        return 1 + value.count("\n")
    return sum(map(_lines, _parts(value)))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _too_many_entries(section: str, count: int) -> ProfileInvalid:
    korean, english = _names(section)
    return ProfileInvalid(
        f"‘{korean}’에는 항목을 {MOST_ENTRIES}개까지 넣을 수 있는데 {count:,}개예요. "
        "오래된 항목을 줄여 주세요.",
        f"“{english}” holds at most {MOST_ENTRIES} entries; this one has {count:,}. "
        "Leave older ones out.",
    )


def _too_many_lines(section: str) -> ProfileInvalid:
    korean, english = _names(section)
    return ProfileInvalid(
        f"‘{korean}’의 글이 너무 길어요. {MOST_LINES:,}줄 이하로 줄여 주세요.",
        f"“{english}” is too long. Keep it under {MOST_LINES:,} lines.",
    )


def _names(section: str) -> tuple[str, str]:
    """The section's name in Korean and in English."""
    names = []
    for language in ("ko", "en"):
        with translation.override(language):
            names.append(str(SECTION_NAMES.get(section, translation.gettext("Who you are"))))
    return names[0], names[1]
