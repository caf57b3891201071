"""Two answers to one question side by side: words, points and score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

Operation = Literal["equal", "removed", "added"]

_TOKEN = re.compile(r"^\s*\S+\s*|\S+\s*")
_LEVEL: Mapping[str, int] = {"wrong": 0, "missing": 1, "unsure": 2, "partial": 2, "covered": 3}
"""How far a point is there. Not sure and partly are one level: neither is better than the other."""
_THERE = _LEVEL["covered"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both answers have, or one of them: offsets count code points."""

    op: Operation
    text: str
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def word_diff(before: str, after: str) -> list[Piece]:
    """What became of the words, in order; white space alone is no change.

    The pieces that are not ``added`` make up the first text without gaps, those that are not
    ``removed`` the second.
    """
    old, new = list(_tokens(before)), list(_tokens(after))
    # autojunk, difflib's own bound: in long texts a word that stands everywhere starts no match.
    matcher = SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new])
    pieces: list[Piece] = []
    for operation, a, b, c, d in matcher.get_opcodes():
        was, now = _span(old, a, b), _span(new, c, d)
        if operation == "equal":
            pieces.append(Piece("equal", after[slice(*now)], was, now))
            continue
        if a < b:
            pieces.append(Piece("removed", before[slice(*was)], was, None))
        if c < d:
            pieces.append(Piece("added", after[slice(*now)], None, now))
    return pieces


_Token = tuple[str, tuple[int, int]]


def _tokens(text: str) -> Iterator[_Token]:
    """Each word, with where it and the white space after it stand."""
    for match in _TOKEN.finditer(text):
        yield match[0].strip(), match.span()


def _span(tokens: Sequence[_Token], first: int, end: int) -> tuple[int, int]:
    return (tokens[first][1][0], tokens[end - 1][1][1]) if first < end else (0, 0)


@dataclass(frozen=True, slots=True)
class PointChange:
    """One key point in both answers; ``before`` is None where it was not asked about yet."""

    id: str
    text: str
    before: str | None
    after: str


@dataclass(slots=True)
class PointChanges:
    gained: list[PointChange] = field(default_factory=list)
    """Further than before, or there at once where it was not asked about before."""
    lost: list[PointChange] = field(default_factory=list)
    missing: list[PointChange] = field(default_factory=list)
    """Not all there, as before."""
    kept: list[PointChange] = field(default_factory=list)
    """There, as before."""


def point_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> PointChanges:
    """Of marks as in ``Feedback.key_points``; points that are asked no more are left out."""
    changes = PointChanges()
    known = {point["id"]: point["status"] for point in before}
    for point in after:
        was, now = known.get(point["id"]), point["status"]
        change = PointChange(point["id"], point["text"], was, now)
        level = _LEVEL[now]
        if was is None:
            (changes.gained if level == _THERE else changes.missing).append(change)
        elif level > _LEVEL[was]:
            changes.gained.append(change)
        elif level < _LEVEL[was]:
            changes.lost.append(change)
        elif level == _THERE:
            changes.kept.append(change)
        else:
            changes.missing.append(change)
    return changes
