"""What feedback may say: the facts that an assessment fixes, before any wording."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass

from inference_sidecar.assessment.signals import (
    best_sentence,
    honest_part,
    measure_overlaps,
    share_held,
)
from inference_sidecar.assessment.text import sentences
from inference_sidecar.schemas import Assessment, FeedbackRequest, Quote

# A point that the previous answer carried less than this is news when covered now.
NEW_BELOW_OVERLAP = 0.35
QUOTE_CHARACTERS_MIN, QUOTE_CHARACTERS = 16, 80
EXAMPLE_CHARACTERS = {"en": 240, "ko": 130}

# A link to the sentence before, which a sentence quoted alone can lose.
_LINK = re.compile(
    r"^(?:(?:and|but|so)\s+|(?:그래서|그리고|하지만|또한|대신|반면)\s+)", re.IGNORECASE
)
# Sentences that make no sense without the one before them.
_LEANS_ON_ANOTHER = re.compile(
    r"(?:then|that|this|these|those|it then|i can|here|for example)\b"
    r"|(?:이때|이는|이렇게|예를)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A key point with what the answer says on it."""

    text: str
    weight: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    covered: tuple[Point, ...]
    partial: tuple[Point, ...]
    missing: tuple[Point, ...]
    wrong: tuple[Point, ...]
    target: Point | None
    """The point that would improve the answer most; None when all is covered."""
    example: str | None
    """The sentence of the reference answer that makes the target's point."""
    gained: tuple[Point, ...]
    """Covered now and not in the previous answer."""
    score: int
    previous_score: int | None
    has_previous: bool

    @property
    def says_nothing(self) -> bool:
        return not (self.covered or self.partial or self.wrong)


def facts_of(request: FeedbackRequest, assessment: Assessment) -> Facts:
    """Points in each group come heaviest first."""
    groups: dict[str, list[Point]] = {"covered": [], "partial": [], "missing": [], "wrong": []}
    by_id = {point.id: point for point in request.key_points}
    ranked = sorted(assessment.key_points, key=lambda item: -by_id[item.id].weight)
    for item in ranked:
        point = by_id[item.id]
        groups[item.status].append(
            Point(_plain(point.text), point.weight, _short_quote(item.quote))
        )
    lacking = [*groups["wrong"], *groups["missing"], *groups["partial"]]
    target = max(lacking, key=lambda point: point.weight) if lacking else None
    previous = request.previous
    return Facts(
        covered=tuple(groups["covered"]),
        partial=tuple(groups["partial"]),
        missing=tuple(groups["missing"]),
        wrong=tuple(groups["wrong"]),
        target=target,
        example=_example(request, target) if target else None,
        gained=tuple(_gained(request, groups["covered"])),
        score=assessment.score,
        previous_score=previous.score if previous else None,
        has_previous=previous is not None,
    )


def chooser(request: FeedbackRequest) -> random.Random:
    """The same answer always gets the same wording, another answer perhaps another."""
    return random.Random(zlib.crc32(f"{request.question}\n{request.answer}".encode()))


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".。")


def _short_quote(quote: Quote | None) -> str | None:
    words = " ".join((quote.text if quote else "").split()).rstrip(".,;:")
    words = re.sub(r"^(?:and|but|so|because|while|which)\s+", "", words, flags=re.IGNORECASE)
    return words if QUOTE_CHARACTERS_MIN <= len(words) <= QUOTE_CHARACTERS else None


def _gained(request: FeedbackRequest, covered: list[Point]) -> list[Point]:
    if request.previous is None:
        return []
    before = request.model_copy(update={"answer": request.previous.answer})
    overlaps = measure_overlaps(before, honest_part(before.answer))
    weak = {
        _plain(point.text)
        for point, (overlap, _) in zip(request.key_points, overlaps)
        if overlap < NEW_BELOW_OVERLAP
    }
    return [point for point in covered if point.text in weak]


def _example(request: FeedbackRequest, target: Point) -> str | None:
    """The reference's sentence that makes the target's point, if it is quotable alone.

    Not the next best where that one is not quotable, and none that says more of another
    key point: a reader takes it for the words of the point that was named.
    """
    reference = request.reference_answer or ""
    best = best_sentence(
        target.text,
        [_alone(reference[span.start : span.end]) for span in sentences(reference)],
    )
    if best is None or not _is_quotable(best, EXAMPLE_CHARACTERS[request.language]):
        return None
    share = share_held(target.text, best)
    if any(share_held(_plain(point.text), best) > share for point in request.key_points):
        return None
    return best


def _alone(sentence: str) -> str:
    text = " ".join(sentence.split())
    link = _LINK.match(text)
    return text[link.end()].upper() + text[link.end() + 1 :] if link else text


def _is_quotable(sentence: str, characters: int) -> bool:
    return (
        len(sentence) <= characters
        and not re.search(r"[`*_<>#|]", sentence)
        and sentence[-1] in ".。!?"
        and not _LEANS_ON_ANOTHER.match(sentence)
    )
