"""An answer as lettered passages: what the judge reads, and what it points at.

Offsets count characters of the text as it was given, ``end`` exclusive. ``text`` is
composed (NFC), so that decomposed Hangul, as macOS sends it, reads the same.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

# A passage is named by one letter, so that pointing at it is choosing one token.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Shorter than this it is a heading, a "Yes." or the rest of an abbreviation: part of its
# neighbour.
SHORTEST_PASSAGE = 12

_BOUNDARY = re.compile(
    r"(?<!\s)[^\S\n]*+\n\s*+"  # a line: notes stand one below the other
    r"|(?<=[.!?。])[\"'”’)\]]*\s+"  # a sentence
    r"|(?<=[다요죠음함됨임][.!?])(?=[가-힣A-Z])"  # a Korean one without a blank after it
    r"|;\s+"
)


@dataclass(frozen=True, slots=True)
class Passage:
    start: int
    end: int
    text: str


def passages(text: str) -> list[Passage]:
    """The sentences and lines of ``text`` in order, at most 26; [] for blank text.

    Those too short to say something are joined to the one before them, and neighbours
    are joined, shortest first, where there are more than letters.
    """
    composed = unicodedata.normalize("NFC", text)
    return [
        Passage(_place_in(text, begin), _place_in(text, end), composed[begin:end])
        if composed != text
        else Passage(begin, end, text[begin:end])
        for begin, end in _bounds(composed)
    ]


def _place_in(text: str, composed: int) -> int:
    """Where the character ``composed`` of NFC(text) begins in ``text``."""

    def length(end: int) -> int:
        return len(unicodedata.normalize("NFC", text[:end]))

    return bisect_right(range(len(text) + 1), composed, key=length) - 1


def _bounds(text: str) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in [*_BOUNDARY.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end].strip()
        if piece:
            first = text.index(piece, start)
            bounds.append((first, first + len(piece)))
        start = match.end() if match else len(text)
    joined: list[tuple[int, int]] = []
    for begin, end in bounds:
        if joined and (
            end - begin < SHORTEST_PASSAGE or joined[-1][1] - joined[-1][0] < SHORTEST_PASSAGE
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    while len(joined) > len(LETTERS):
        at = min(range(len(joined) - 1), key=lambda i: joined[i + 1][1] - joined[i][0])
        joined[at : at + 2] = [(joined[at][0], joined[at + 1][1])]
    return joined
