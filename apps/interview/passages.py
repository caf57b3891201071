"""The words that matter: short cuts of long quotes, and where a model answer says a point.

Plain retrieval by shared words. Nothing here judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

CUT_MAX = 120
"""Characters of a quote beside its mark: what is read at a glance."""
WIDEN_MAX = 12
"""Words on each side that tell two places with the same words apart."""
HANGUL_STEM, LATIN_STEM = 2, 4
"""Letters at the beginning that two forms of one word share at least."""

_WORD = re.compile(r"[^\W_]+")
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_CLAUSE = re.compile(
    r"(?<=[.!?。,;:])\s+|\n+|\s(?=(?:and|but|while|so|because|whereas)\b)|(?<=[고며만서])\s+"
)
_PARTICLE = re.compile(
    r"(?<=[가-힣])(?:은|는|이|가|을|를|과|와|의|에|도|로|으로|에서|에게|까지|부터|만)$"
)
_COMMON = frozenset(
    """a an and are as at be by can each for from has have in into is it its not of on one or
    same so than that the their them they this to was when which with
    것 것을 것이 그 더 및 수 이 있다 있는 있어요 한다 하는 때 때문에""".split()
)


def passages_of(text: str) -> list[str]:
    """The paragraphs of a Markdown text, in order."""
    return [part.strip("\n") for part in _PARAGRAPH.split(text) if part.strip()]


def passage_saying(statement: str, passages: Sequence[str]) -> int | None:
    """The place of the passage that says most of the statement; None where none has a word.

    That is the one with the sentence that shares most words; a word that stands in every
    second sentence tells little, so each counts by how few sentences have it.
    """
    sentences = [
        (place, _stems(sentence))
        for place, passage in enumerate(passages)
        for sentence in _SENTENCE.split(passage)
    ]
    scores: list[float] = [0.0] * len(passages)
    wanted = _stems(statement)
    worth = {
        stem: 1 / (1 + sum(any(_akin(stem, other) for other in stems) for _, stems in sentences))
        for stem in wanted
    }
    for place, stems in sentences:
        said = sum(worth[stem] for stem in wanted if any(_akin(stem, other) for other in stems))
        scores[place] = max(scores[place], said)
    best = max(scores, default=0.0)
    return scores.index(best) if best else None


@dataclass(frozen=True, slots=True)
class _Cut:
    """A stretch of the answer, within or around a quote."""

    start: int
    end: int
    quote: tuple[int, int]

    def shown(self, answer: str) -> str:
        text = " ".join(answer[self.start : self.end].split())
        before = "…" if self.start > self.quote[0] else ""
        after = "…" if self.end < self.quote[1] else ""
        return f"{before}{text}{after}"


def quote_cuts(answer: str, points: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each mark (as in ``Feedback.key_points``) its quote, cut around what matters.

    Empty for a mark without a quote. Marks that rest on one stretch of words each show the
    clause that speaks of their own point; the same words in two places are told apart by
    what stands around them.
    """
    spans = [
        (point["quote"]["start"], point["quote"]["end"]) if point.get("quote") else None
        for point in points
    ]
    shown: list[str] = []
    places: dict[str, tuple[int, int]] = {}
    for point, span in zip(points, spans):
        if span is None:
            shown.append("")
            continue
        rivals = [p["text"] for p, other in zip(points, spans) if other == span and p is not point]
        cut = _shortened(answer, _Cut(*span, span), point["text"], rivals)
        cut = _told_apart(answer, cut, places)
        text = cut.shown(answer)
        places.setdefault(text, (cut.start, cut.end))
        shown.append(text)
    return shown


def _shortened(answer: str, cut: _Cut, statement: str, rivals: Sequence[str]) -> _Cut:
    if rivals:
        cut = _own_clause(answer, cut, statement, rivals)
    if cut.end - cut.start <= CUT_MAX:
        return cut
    return _window(answer, cut, _stems(statement))


def _own_clause(answer: str, cut: _Cut, statement: str, rivals: Sequence[str]) -> _Cut:
    """The clause that says more of the statement than of the others; the cut where none does."""
    edges = [cut.start]
    for match in _CLAUSE.finditer(answer, cut.start, cut.end):
        edges += [match.start(), match.end()]
    edges.append(cut.end)
    clauses = [(start, end) for start, end in zip(edges[::2], edges[1::2]) if start < end]
    wanted = _stems(statement)
    others = [_stems(rival) for rival in rivals]

    def own(clause: tuple[int, int]) -> float:
        stems = _stems(answer[slice(*clause)])
        return _shared(wanted, stems) - max(_shared(other, stems) for other in others)

    best = max(clauses, key=own, default=(cut.start, cut.end))
    return replace(cut, start=best[0], end=best[1]) if own(best) > 0 else cut


def _window(answer: str, cut: _Cut, wanted: Sequence[str]) -> _Cut:
    """The CUT_MAX characters, in whole words, with most of the wanted ones; the first of equals."""
    words = [match.span() for match in re.finditer(r"\S+", answer[cut.start : cut.end])]
    hits = [
        any(_akin(stem, other) for stem in wanted for other in _stems(answer[a:b]))
        for a, b in ((cut.start + start, cut.start + end) for start, end in words)
    ]
    best, found = (0, 0), -1
    last = 0
    for first in range(len(words)):
        last = max(last, first)
        while last + 1 < len(words) and words[last + 1][1] - words[first][0] <= CUT_MAX:
            last += 1
        if sum(hits[first : last + 1]) > found:
            best, found = (first, last), sum(hits[first : last + 1])
    start, end = words[best[0]][0], words[best[1]][1]
    # A single word may be longer than a cut.
    return replace(cut, start=cut.start + start, end=cut.start + min(end, start + CUT_MAX))


def _told_apart(answer: str, cut: _Cut, places: Mapping[str, tuple[int, int]]) -> _Cut:
    """The cut with as many words around it as make it differ from one of another place."""
    before = [match.start() for match in re.finditer(r"\S+", answer[: cut.start])][::-1]
    after = [cut.end + match.end() for match in re.finditer(r"\S+", answer[cut.end :])]
    wider = cut
    for step in range(WIDEN_MAX):
        if places.get(wider.shown(answer), (wider.start, wider.end)) == (wider.start, wider.end):
            return wider
        start = before[min(step, len(before) - 1)] if before else cut.start
        end = after[min(step, len(after) - 1)] if after else cut.end
        wider = replace(cut, start=start, end=end)
    return wider


def _stems(text: str) -> list[str]:
    """Its words that carry meaning, each once, without the particle that Korean adds."""
    words = dict.fromkeys(word.casefold() for word in _WORD.findall(text))
    stems = (_PARTICLE.sub("", word) for word in words if word not in _COMMON)
    return list(dict.fromkeys(stems))


def _shared(wanted: Iterable[str], said: Sequence[str]) -> int:
    return sum(any(_akin(stem, other) for other in said) for stem in wanted)


def _akin(one: str, other: str) -> bool:
    """Whether two stems are forms of one word."""
    if one == other:
        return True
    least = HANGUL_STEM if "가" <= one[0] <= "힣" else LATIN_STEM
    begins_alike = sum(takewhile(bool, (a == b for a, b in zip(one, other))))
    return begins_alike >= least and 2 * begins_alike >= max(len(one), len(other))
