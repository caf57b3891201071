"""Assessment for models too small to judge, from what carries signal.

Asked "is this point covered?", a 135M model answers noise. Two things do go with
human grades: how much of a key point's content some passage of the answer holds
(``overlap``), and how much of the model's surprise at the key point the answer
takes away (``gain``: 0 for nothing beyond what the question gives, 1 for all).

Words of the question prove nothing, sentences that address the grader are left
out before anything is measured, and a heap of keywords is no answer. A signal
cannot tell a false claim from a true one made with the same words, so this
strategy never says ``wrong``.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from inference_sidecar.assessment.text import (
    Span,
    Word,
    clauses,
    content_words,
    function_word_share,
    sentences,
    similarity,
)
from inference_sidecar.engine import Engine, Priority, Score
from inference_sidecar.prompts import load
from inference_sidecar.schemas import (
    Assessment,
    FeedbackRequest,
    KeyPoint,
    KeyPointAssessment,
    Language,
    Quote,
    Status,
)

METHOD = "signals-1"

# A word of the question says little about the answer; not nothing, since key points
# are about the question's subject.
QUESTION_WORD_WEIGHT = 0.1
# What the likelihoods may cost: about 250 tokens of answer before each key point.
CONTEXT_CHARACTERS = {"en": 1100, "ko": 420}
UNCONDITIONAL_CACHE_SIZE = 4096
# An alias is a fragment: all of it must be there, and it proves a little less.
ALIAS_WEIGHT = 0.9

# Sentences that talk to the grader instead of answering.
_TO_THE_GRADER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,60}"
    r"\b(?:instruction|prompt|rule|rubric|above|previous|prior|criteria)"
    r"|\b(?:full|maximum|perfect|highest|top)\s+(?:marks?|scores?|points?|grades?|credit)\b"
    r"|\b(?:give|award|grant|assign|mark)\b[^.!?\n]{0,40}\b(?:100|marks?|points|score|covered|correct)\b"
    r"|\b(?:system|developer)\s*(?:prompt|message|note|instruction)\b"
    r"|\byou are (?:now )?(?:a|an|the)\b[^.!?\n]{0,40}\b(?:grader|assistant|evaluator|ai|model|judge)"
    r"|\b(?:dear|hey|note to(?: the)?)\s+(?:grader|ai|evaluator|model|assistant)\b"
    r"|\"(?:score|status|key_points)\"\s*:"
    r"|(?:지시|명령|규칙|프롬프트|기준|안내)[^.!?\n]{0,20}(?:무시|잊)"
    r"|(?:무시|잊)[^.!?\n]{0,15}(?:지시|명령|규칙|프롬프트)"
    r"|만점|최고\s*점|(?:100|백)\s*점"
    r"|(?:점수|평가)[^.!?\n]{0,20}(?:주세요|줘|달라|부여|처리|바랍|하세요|해라)"
    r"|(?:정답|통과|covered|맞은 것)[^.!?\n]{0,12}(?:처리|표시|간주|평가)"
    r"|(?:시스템|개발자)\s*(?:메시지|프롬프트|지시)"
    r"|(?:채점|평가)(?:자|관|하는 (?:ai|모델|분))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How evidence is read in one language; fitted by ``benchmarks/fit_signals.py``."""

    overlap_weight: float
    """How far a complete overlap alone goes towards certainty."""
    gain_floor: float
    gain_ceiling: float
    """The gains that stand for nothing and for all of it."""
    partial: float
    covered: float
    """Evidence from here on is the status of that name."""
    nothing: float
    everything: float
    """Evidence up to the first is worth no credit, from the second on all of it."""


CALIBRATION: dict[Language, Calibration] = {
    "en": Calibration(0.8, -0.3, 0.7, 0.45, 0.62, 0.35, 0.75),
    "ko": Calibration(0.8, -0.3, 0.7, 0.45, 0.62, 0.35, 0.75),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one key point, and the passage that carries it best."""

    overlap: float
    """0..1: balance of how much of the point the passage holds and how little else."""
    gain: float
    """Share of the model's surprise at the point that the answer takes away, < 1.

    Measured against the question alone, so an answer that brings less than the
    question does is below 0.
    """
    passage: Span | None

    def strength(self, calibration: Calibration) -> float:
        """0..1: either signal suffices, both say it twice."""
        if self.passage is None:
            return 0.0
        width = calibration.gain_ceiling - calibration.gain_floor
        gain = min(1.0, max(0.0, (self.gain - calibration.gain_floor) / width))
        return 1 - (1 - calibration.overlap_weight * self.overlap) * (1 - gain)


class UnconditionalCache:
    """Mean log-likelihoods that no answer changes, per (model, context, text). Bounded."""

    def __init__(self, size: int = UNCONDITIONAL_CACHE_SIZE) -> None:
        self._size = size
        self._means: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def get(self, key: tuple[str, str, str]) -> float | None:
        if key in self._means:
            self._means.move_to_end(key)
        return self._means.get(key)

    def put(self, key: tuple[str, str, str], mean: float) -> None:
        self._means[key] = mean
        self._means.move_to_end(key)
        while len(self._means) > self._size:
            self._means.popitem(last=False)


def honest_part(answer: str) -> str:
    """The answer with every sentence that addresses the grader blanked out.

    Same length, so that offsets stay true. An answer that is a heap of keywords
    without a sentence comes back empty of words.
    """
    characters = list(answer)
    for sentence in sentences(answer):
        if _TO_THE_GRADER.search(answer, sentence.start, sentence.end):
            characters[sentence.start : sentence.end] = " " * (sentence.end - sentence.start)
    honest = "".join(characters)
    if len(content_words(honest)) >= 7 and function_word_share(honest) < 0.12:
        return " " * len(answer)
    return honest


def passages(answer: str) -> list[Span]:
    """What a key point may rest on, from the shortest to pairs of sentences."""
    found: dict[Span, None] = {}
    whole = sentences(answer)
    for sentence in whole:
        parts = clauses(answer, sentence)
        found.update(dict.fromkeys(parts))
        found[sentence] = None
        for first, second in zip(parts, parts[1:]):
            found[Span(first.start, second.end)] = None
    for first, second in zip(whole, whole[1:]):
        found[Span(first.start, second.end)] = None
    return list(found)


class _Wording:
    """One way to say a key point: its distinct words with their weights."""

    def __init__(self, text: str, question_forms: set[str]) -> None:
        self.weights: dict[str, float] = {}
        for word in content_words(text):
            in_question = any(similarity(word.form, form) > 0.8 for form in question_forms)
            self.weights[word.form] = QUESTION_WORD_WEIGHT if in_question else 1.0
        self.total = sum(self.weights.values())

    def recall(self, best: dict[str, float]) -> float:
        """Share of the weight found; ``best`` maps a form to its likeness in the passage."""
        if not self.total:
            return 0.0
        return sum(weight * best[form] for form, weight in self.weights.items()) / self.total


def _likeness(forms: Sequence[str], others: Sequence[str]) -> dict[str, dict[str, float]]:
    """For each form, the others it resembles and how much; strangers left out."""
    return {
        form: {other: value for other in others if (value := similarity(form, other)) > 0}
        for form in forms
    }


def _precision(new: Sequence[str], table: dict[str, dict[str, float]], text: _Wording) -> float:
    """Share of what a passage brings that belongs to the point."""
    on_point = sum(
        max((value for form, value in table[own].items() if form in text.weights), default=0.0)
        for own in new
    )
    return min(1.0, on_point / max(3, len(new)))


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def measure_overlaps(request: FeedbackRequest, honest: str) -> list[tuple[float, Span | None]]:
    """For each key point: overlap 0..1 and the passage that carries it best."""
    question_forms = {word.form for word in content_words(request.question)}
    wordings = [
        [_Wording(text, question_forms) for text in (point.text, *point.aliases)]
        for point in request.key_points
    ]
    wanted = {form for group in wordings for wording in group for form in wording.weights}
    answer_words = content_words(honest)
    table = _likeness(sorted({word.form for word in answer_words}), sorted(wanted))
    spans = [
        (span, [word for word in answer_words if span.start <= word.start and word.end <= span.end])
        for span in passages(honest)
    ]
    return [_best_passage(group, spans, table, question_forms) for group in wordings]


def _best_passage(
    group: Sequence[_Wording],
    spans: Sequence[tuple[Span, list[Word]]],
    table: dict[str, dict[str, float]],
    question_forms: set[str],
) -> tuple[float, Span | None]:
    text, *aliases = group
    aliases = [wording for wording in aliases if wording.total >= 1]
    best_overlap, best_rank, best_span = 0.0, 0.0, None
    for span, words in spans:
        forms = {word.form for word in words}
        new = [form for form in forms if form not in question_forms]
        if not new:
            continue
        best = {
            form: max((table[own].get(form, 0.0) for own in forms), default=0.0)
            for wording in group
            for form in wording.weights
        }
        recall = text.recall(best)
        overlap = max(
            math.sqrt(_harmonic(text.recall(best), _precision(new, table, text))),
            ALIAS_WEIGHT * max((wording.recall(best) ** 2 for wording in aliases), default=0.0),
        )
        # Of passages that carry the point alike, the shorter one is the better quote.
        rank = overlap - 0.004 * len(words)
        if rank > best_rank:
            best_rank, best_span = rank, span
        best_overlap = max(best_overlap, overlap)
    return best_overlap, best_span


class SignalAssessor:
    """Judges answers by overlap and likelihood gain; holds the cache of baselines."""

    method = METHOD

    def __init__(self) -> None:
        self._baselines = UnconditionalCache()

    async def assess(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> Assessment:
        """Raises EngineError and ContextLengthExceeded as the engine does."""
        evidence = await self.measure(engine, request, priority=priority)
        calibration = CALIBRATION[request.language]
        items, earned, possible = [], 0.0, 0
        for point, found in zip(request.key_points, evidence):
            strength = found.strength(calibration)
            items.append(_judge(request.answer, point, found.passage, strength, calibration))
            span = calibration.everything - calibration.nothing
            earned += point.weight * min(1.0, max(0.0, (strength - calibration.nothing) / span))
            possible += point.weight
        return Assessment(score=round(100 * earned / possible), key_points=items, method=METHOD)

    async def measure(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> list[Evidence]:
        """The evidence for each key point, in order. One batch of likelihoods."""
        honest = honest_part(request.answer)
        overlaps = measure_overlaps(request, honest)
        question_forms = {word.form for word in content_words(request.question)}
        if not any(word.form not in question_forms for word in content_words(honest)):
            return [Evidence(0.0, 0.0, None) for _ in request.key_points]
        gains = await self._gains(engine, request, honest, overlaps, priority)
        return [
            Evidence(overlap, gain, passage)
            for (overlap, passage), gain in zip(overlaps, gains)
        ]

    async def _gains(
        self,
        engine: Engine,
        request: FeedbackRequest,
        honest: str,
        overlaps: Sequence[tuple[float, Span | None]],
        priority: Priority,
    ) -> list[float]:
        given = load("signals_given_answer", request.language).render(
            answer=shortened(honest, overlaps, CONTEXT_CHARACTERS[request.language])
        )
        baseline = load("signals_baseline", request.language).render(question=request.question)
        model = engine.info.model
        texts = [f" {point.text}" for point in request.key_points]
        unknown = [
            text
            for text in dict.fromkeys(texts)
            if self._baselines.get((model, baseline, text)) is None
        ]
        pairs = [(given, text) for text in texts] + [(baseline, text) for text in unknown]
        scores = await engine.score(pairs, priority=priority)
        known = {text: self._baselines.get((model, baseline, text)) for text in texts}
        for text, score in zip(unknown, scores[len(texts) :]):
            known[text] = score.mean
            self._baselines.put((model, baseline, text), score.mean)
        return [_gain(score, known[text]) for score, text in zip(scores, texts)]


def _gain(given: Score, baseline: float | None) -> float:
    return 1 - given.mean / baseline if baseline else 0.0


def shortened(
    honest: str, overlaps: Sequence[tuple[float, Span | None]], characters: int
) -> str:
    """The sentences of the answer that matter most, in order, within ``characters``.

    First those which carry key points, then the others from the start.
    """
    whole = [span for span in sentences(honest) if honest[span.start : span.end].strip()]
    carriers = sorted((pair for pair in overlaps if pair[1]), key=lambda pair: -pair[0])

    def rank(index: int) -> tuple[int, int]:
        span = whole[index]
        for place, (_, passage) in enumerate(carriers):
            if passage and passage.start < span.end and span.start < passage.end:
                return place, index
        return len(carriers), index

    kept, used = [], 0
    for index in sorted(range(len(whole)), key=rank):
        length = whole[index].end - whole[index].start + 1
        if kept and used + length > characters:
            continue
        kept.append(index)
        used += length
    text = " ".join(
        " ".join(honest[whole[index].start : whole[index].end].split()) for index in sorted(kept)
    )
    return text[:characters]


def _judge(
    answer: str,
    point: KeyPoint,
    passage: Span | None,
    strength: float,
    calibration: Calibration,
) -> KeyPointAssessment:
    status: Status = "missing"
    if passage and strength >= calibration.covered:
        status = "covered"
    elif passage and strength >= calibration.partial:
        status = "partial"
    nearest = min(abs(strength - calibration.partial), abs(strength - calibration.covered))
    return KeyPointAssessment(
        id=point.id,
        status=status,
        # Even odds at a boundary; never sure, since signals are not understanding.
        confidence=round(min(0.9, 0.5 + 1.6 * nearest), 2),
        quote=Quote(
            start=passage.start, end=passage.end, text=answer[passage.start : passage.end]
        )
        if passage and status != "missing"
        else None,
    )
