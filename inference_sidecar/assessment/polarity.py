"""Cues that a passage says the opposite of a key point with the key point's words.

Cues, not understanding: they lower the evidence and never make a claim ``wrong``.
On the hand-written answers they strike about a third of the passages that false
answers rest on and a tenth of those that good answers rest on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Either side of a row excludes the other, where only one of them is said.
_ENGLISH_OPPOSITES = [
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        (
            "share shared shares sharing common same together one",
            "own private separate separately isolated isolates independent independently apart",
        ),
        (
            "faster fast quick quickly cheaper cheap lighter lightweight lower few fewer",
            "slower slow slowly expensive costly heavier heavy higher more",
        ),
        ("automatically automatic itself", "manually manual explicitly hand"),
        ("before first", "after afterwards last"),
        ("increases increase grow grows raise raises rises", "decreases decrease reduce reduces"),
        ("sorted ordered", "unsorted unordered"),
        ("strong stronger strongly", "weak weaker"),
        ("synchronous synchronously", "asynchronous asynchronously"),
        ("stateless", "stateful"),
        ("mutable", "immutable"),
        ("fixed limited", "unlimited different varying"),
    )
]
_KOREAN_OPPOSITES = [
    (tuple(one.split()), tuple(other.split()))
    for one, other in (
        ("공유 같이 함께 공통 공용", "따로 각자 독립 별도 격리 고유 별개"),
        ("빠르 빨라 저렴 작다 작고 작은 작아 가볍 낮", "느리 느려 느린 비싸 비싼 크다 무겁 높"),
        ("자동", "수동 직접"),
        ("먼저 전에", "나중 뒤에 후에"),
        ("늘어 늘고 증가", "줄어 줄이 감소"),
        ("강하", "약하"),
        ("고정 제한", "무제한"),
    )
]
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|neither|nor|none|nothing)\b|n['’]t\b"
    r"|않|없|못하|못 |아니|말고|불가",
    re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[a-z]+")


def negates(text: str) -> bool:
    return _NEGATION.search(text) is not None


def opposes(statement: str, passage: str) -> bool:
    """True when the passage has only the other side of a pair the statement has one side of."""
    said = set(_LATIN_WORD.findall(passage.lower()))
    meant = set(_LATIN_WORD.findall(statement.lower()))
    for one, other in _ENGLISH_OPPOSITES:
        if _only_other(
            bool(meant & one), bool(meant & other), bool(said & one), bool(said & other)
        ):
            return True
    for left, right in _KOREAN_OPPOSITES:
        if _only_other(
            any(cue in statement for cue in left),
            any(cue in statement for cue in right),
            any(cue in passage for cue in left),
            any(cue in passage for cue in right),
        ):
            return True
    return False


def _only_other(meant_one: bool, meant_other: bool, said_one: bool, said_other: bool) -> bool:
    return meant_one != meant_other and said_one != said_other and meant_one == said_other


def doubtful(
    statement: str,
    aliases: Sequence[str],
    passage: str,
    statement_subjects: frozenset[str],
    passage_subjects: frozenset[str],
) -> bool:
    """A negation no wording of the point has, the opposite word, or another subject.

    Subjects are the words each shares with the question: in "stack and heap", a
    passage that names only the heap does not speak of the stack.
    """
    if negates(passage) and not any(negates(wording) for wording in (statement, *aliases)):
        return True
    if statement_subjects and passage_subjects and not statement_subjects & passage_subjects:
        return True
    return opposes(statement, passage)
