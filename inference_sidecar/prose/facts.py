"""What feedback may say: the facts that an assessment fixes, before any wording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inference_sidecar.assessment.text import content_words, function_word_share, similarity
from inference_sidecar.prose.korean import polite
from inference_sidecar.schemas import (
    Assessment,
    FeedbackRequest,
    KeyPointAssessment,
    Language,
    Status,
)

Form = Literal["short", "code", "notes", "text"]
"""How an answer is written, as far as that may be why nothing was found in it."""

# Enough of the candidate's words to recognise them by: they stand in full beside the prose.
QUOTE_WORDS = {"en": 9, "ko": 7}
# Where many are quoted, so that what is said of them has room.
SHORT_QUOTE_WORDS = {"en": 5, "ko": 4}
MANY_WRONG_FROM = 3
EXAMPLE_WORDS = {"en": 34, "ko": 22}
# Of a key point's words, for a sentence of the reference to be the one that says it.
SAID_FROM = 0.7
NAMED_FROM = 0.7
CREDIT: Mapping[Status, float] = {"partial": 0.5, "unsure": 0.5, "missing": 0.0}
SHORT_ANSWER_WORDS = 5
# Of the labelled answers: all 144 in notes, and none of the 1,161 others.
NOTES_FROM_LINES = 3
# A list of terms on one line binds fewer of its words than this.
TERMS_BELOW = 0.2

_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|\n+")
# A link to the sentence before, which a sentence quoted alone can lose.
_LINK = re.compile(
    r"^(?:(?:and|but|so|also|first|finally),?\s+"
    r"|(?:그래서|그리고|하지만|또한|또|대신|반면|다만|우선|먼저|마지막으로|여기에|첫째|둘째|셋째),?\s+)",
    re.IGNORECASE,
)
# Sentences that make no sense without the one before them.
_LEANS_ON_ANOTHER = re.compile(
    r"(?:then|that|this|these|those|it|its|they|their|both|if they|here|for example|each|"
    r"another|in practice|in return|but|one caution|since)\b"
    r"|.*\b(?:also|too|this|those|such|on the other hand)\b(?! as)|.*\bthough\W*$"
    r"|(?:이때|없으면|이는|이를|이것|이런|이렇게|그러면|그다음|그중|그런|예를|반대로|같은|둘 |두 )"
    r"|(?:.*\s)?(?:이|그|위)\s",
    re.IGNORECASE,
)
_SENTENCE_ENDED = re.compile(r"[.!?。][\"'”’)\]]*$|[다요죠까]$")
_CODE_LINE = re.compile(r"[;{}]\s*$|^\s*(?:def|class|return|import|public|const|let|var)\b|^```")


@dataclass(frozen=True, slots=True)
class Point:
    """A key point with what the answer says on it."""

    text: str
    weight: int
    status: Status
    quote: str | None
    """The beginning of the words that the mark rests on."""
    correction: str | None
    """The staff's words for the mistake that the answer makes, with ``wrong``."""


@dataclass(frozen=True, slots=True)
class Facts:
    points: tuple[Point, ...]
    """The heaviest first."""
    score: int
    previous_score: int | None
    form: Form
    language: Language
    quotable: tuple[str, ...]
    """Sentences of the reference answer that make sense alone."""

    def marked(self, *statuses: Status) -> list[Point]:
        return [point for point in self.points if point.status in statuses]

    @property
    def covered_share(self) -> float:
        """0..1, by weight. Unlike the score it counts nothing that is not sure."""
        covered = sum(point.weight for point in self.marked("covered"))
        return covered / sum(point.weight for point in self.points)

    @property
    def target(self) -> Point | None:
        """The point that one more sentence would gain most with."""
        lacking = self.marked("missing", "partial", "unsure")
        return max(lacking, key=lambda p: p.weight * (1 - CREDIT[p.status]), default=None)

    def example(self, point: Point) -> str:
        """The reference's sentence that says the point, or the point itself as a sentence.

        None of the reference that says more of another key point: a reader takes it for
        the words of the point that was named.
        """
        shares = {each: share_said(point.text, each) for each in self.quotable}
        best = max(self.quotable, key=lambda each: shares[each], default="")
        if (
            best
            and shares[best] >= SAID_FROM
            and _names_subject(point.text, best)
            and all(share_said(other.text, best) <= shares[best] for other in self.points)
        ):
            return best
        return polite(point.text) if self.language == "ko" else f"{point.text}."


def facts_of(request: FeedbackRequest, assessment: Assessment) -> Facts:
    marks = {mark.id: mark for mark in assessment.key_points}
    wrong = sum(mark.status == "wrong" for mark in assessment.key_points)
    quote_words = (SHORT_QUOTE_WORDS if wrong >= MANY_WRONG_FROM else QUOTE_WORDS)[request.language]
    points = [
        Point(
            text=_plain(point.text),
            weight=point.weight,
            status=(mark := marks[point.id]).status,
            quote=_quoted(mark, quote_words),
            correction=_correction(mark, request),
        )
        for point in request.key_points
    ]
    sentences = map(_alone, _SENTENCE_END.split(request.reference_answer or ""))
    longest = EXAMPLE_WORDS[request.language]
    return Facts(
        points=tuple(sorted(points, key=lambda point: -point.weight)),
        score=assessment.score,
        previous_score=request.previous.score if request.previous else None,
        form=_form(request.answer),
        language=request.language,
        quotable=tuple(each for each in sentences if _is_quotable(each, longest)),
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".。")


def _quoted(mark: KeyPointAssessment, length: int) -> str | None:
    if mark.quote is None:
        return None
    words = mark.quote.text.strip(" \t\n-*•#>`\"'“”").rstrip(".,;:。!").split()
    kept = words[:length]
    return " ".join(kept).rstrip(",;:") + "…" if len(kept) < len(words) else " ".join(words)


def _correction(mark: KeyPointAssessment, request: FeedbackRequest) -> str | None:
    if mark.status != "wrong" or mark.misconception is None:
        return None
    point = next(point for point in request.key_points if point.id == mark.id)
    return point.misconceptions[mark.misconception].correction


def share_said(statement: str, sentence: str) -> float:
    """How many of the statement's words the sentence has, 0..1."""
    wanted, said = _forms(statement), _forms(sentence)
    found = sum(max((similarity(form, other) for other in said), default=0.0) for form in wanted)
    return found / len(wanted) if wanted else 0.0


def _names_subject(statement: str, sentence: str) -> bool:
    """Whether the statement's first content word is said: without it the sentence hangs."""
    first = content_words(statement)[:1]
    return all(
        share_said(statement[word.start : word.end], sentence) >= NAMED_FROM for word in first
    )


def _forms(text: str) -> set[str]:
    return {word.form for word in content_words(text)}


def _alone(sentence: str) -> str:
    text = " ".join(sentence.split())
    link = _LINK.match(text)
    return text[link.end()].upper() + text[link.end() + 1 :] if link else text


def _is_quotable(sentence: str, words: int) -> bool:
    return (
        0 < len(sentence.split()) <= words
        and not re.search(r"[`*_<>#|:]", sentence)
        and sentence[-1] in ".。"
        and not _LEANS_ON_ANOTHER.match(sentence)
    )


def _form(answer: str) -> Form:
    lines = [line.rstrip() for line in answer.splitlines() if line.strip()]
    if 2 * sum(bool(_CODE_LINE.search(line)) for line in lines) >= len(lines):
        return "code"
    if len(answer.split()) <= SHORT_ANSWER_WORDS:
        return "short"
    unended = sum(not _SENTENCE_ENDED.search(line) for line in lines)
    is_listed = len(lines) >= NOTES_FROM_LINES or function_word_share(answer) < TERMS_BELOW
    return "notes" if 2 * unended >= len(lines) and is_listed else "text"
