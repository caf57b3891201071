"""What a reviewer looks at: a summary against the last published one, and its numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["kept", "changed", "added", "removed"]
ALIKE = 0.6
"""Two sentences of a section of which so much is the same are one that changed."""

_NUMBER = re.compile(
    r"\d[\d,]*(?:\.\d+)?"
    r"(?:\s?(?:%|퍼센트|[십백천]?[만억조]|[십백천]|per\s?cent\b"
    r"|hundred\b|thousand\b|million\b|billion\b|trillion\b))*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """Some words of a sentence that changed: ``same``, only ``old`` or only ``new``."""

    kind: Literal["same", "old", "new"]
    text: str


@dataclass(frozen=True)
class Row:
    kind: Kind
    sentence: dict[str, Any]
    """The new one; where it was removed, the old one."""
    number: int | None = None
    """Its place in the new summary."""
    pieces: Sequence[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class SectionRows:
    key: str
    heading: str
    rows: list[Row]


def compare(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[SectionRows]:
    """The new sections, sentence by sentence, with what the old ones had besides.

    ``old`` is empty where nothing was published: then nothing counts as added.
    """
    before = {section["key"]: section for section in old}
    number = 0
    compared = []
    for section in new:
        gone = before.pop(section["key"], None)
        sentences = section["sentences"]
        if not old:
            rows = [Row("kept", one, number + at) for at, one in enumerate(sentences)]
        else:
            rows = list(_rows(gone["sentences"] if gone else [], sentences, number))
        number += len(sentences)
        compared.append(SectionRows(section["key"], section["heading"], rows))
    for section in before.values():
        rows = [Row("removed", one) for one in section["sentences"]]
        compared.append(SectionRows(section["key"], section["heading"], rows))
    return compared


def _rows(
    old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], number: int
) -> Iterator[Row]:
    """The new sentences in their order; a removed one where it stood among those that stay."""
    partners = _partners([one["text"] for one in old], [one["text"] for one in new])
    gone = [place for place in range(len(old)) if place not in partners.values()]
    for at, sentence in enumerate(new):
        place = partners.get(at)
        if place is None:
            yield Row("added", sentence, number + at)
            continue
        while gone and gone[0] < place:
            yield Row("removed", old[gone.pop(0)])
        before = old[place]["text"]
        if before == sentence["text"]:
            yield Row("kept", sentence, number + at)
        else:
            pieces = list(pieces_of(before, sentence["text"]))
            yield Row("changed", sentence, number + at, pieces)
    for place in gone:
        yield Row("removed", old[place])


def _partners(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which old sentence each new one was: the same wherever it stands, else the most alike."""
    free = list(range(len(old)))
    partners = {}
    for at, text in enumerate(new):
        same = [place for place in free if old[place] == text]
        if same:
            partners[at] = same[0]
            free.remove(same[0])
    for at, text in enumerate(new):
        if at in partners or not free:
            continue
        likeness, place = max((_likeness(old[place], text), -place) for place in free)
        if likeness >= ALIKE:
            partners[at] = -place
            free.remove(-place)
    return partners


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def pieces_of(old: str, new: str) -> Iterator[Piece]:
    """How one sentence became the other, word by word."""
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(after[new_from:new_to]))
            continue
        if old_to > old_from:
            yield Piece("old", "".join(before[old_from:old_to]))
        if new_to > new_from:
            yield Piece("new", "".join(after[new_from:new_to]))


def unfounded_numbers(text: str, passages: Iterable[str]) -> list[str]:
    """The numbers of ``text``, with their unit, that stand in none of ``passages``.

    As they are written: 1,200억 does not bear out 120 billion. Whoever edits writes it
    as the source does.
    """
    known = {key for passage in passages for key in _numbers(passage)}
    return [shown for key, shown in _numbers(text).items() if key not in known]


def _numbers(text: str) -> dict[str, str]:
    found = _NUMBER.finditer(unicodedata.normalize("NFKC", text))
    return {re.sub(r"[,\s]", "", match[0]).casefold(): match[0].strip() for match in found}
