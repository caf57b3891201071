"""Assessment for models too small to judge, from what carries signal.

Asked "is this point covered?", a 135M model answers noise. Two things do go with
human grades: how much of a key point's content some passage of the answer holds
(``overlap``), and how much of the model's surprise at the key point the answer
takes away (``gain``: 0 for nothing beyond what the question gives, 1 for all).

Measured (``python -m inference_sidecar.evaluate``, and tests/answers.yaml): on
short answers graded by people against one reference, overlap alone reaches
r = .55 and with gain .64. Among the many key points of one long answer, gain tells
covered from missing no better than a coin (AUC .55; overlap .79 in English, .85 in
Korean), so there it is not asked for: it would cost time and add noise.

Words of the question prove nothing, sentences that address the grader are left
out before anything is measured, and a heap of keywords is no answer. A signal
cannot tell a false claim from a true one made with the same words, so this
strategy never says ``wrong``.
"""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference_sidecar.assessment.polarity import doubtful
from inference_sidecar.assessment.text import (
    Span,
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

# form of the answer → form of a key point → likeness
Likeness = dict[str, dict[str, float]]

# A word of the question says little about the answer; not nothing, since key points
# are about the question's subject.
QUESTION_WORD_WEIGHT = 0.1
# What the likelihoods may cost: about 150 tokens of answer before each key point.
CONTEXT_CHARACTERS = 700
UNCONDITIONAL_CACHE_SIZE = 4096
ALIAS_WEIGHT = 0.8
# A word that other key points have too tells less which of them is meant.
SHARED_WORD_DISCOUNT = 0.7
# By so much more another key point must fit a passage to claim it whole.
RIVAL_MARGIN = 0.3
# Less of a wording than this is a chance meeting of one word.
RECALL_MIN = 0.12
# What is left of a passage's overlap when it seems to say the opposite.
DOUBT = 0.5

# Sentences that talk to the grader instead of answering.
_TO_THE_GRADER = re.compile(
    r"^[^\w\n]*+(?:system|assistant|user|grader|instruction)\s*+:"
    r"|\b(?:forget|ignore|disregard) (?:everything|anything|all)\b"
    r"|\b(?:grading|grader|evaluation) (?:model|system|has|is|result)\b"
    r"|\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,60}"
    r"\b(?:instructions?|prompts?|rubric|criteria|grading)\b"
    r"|\b(?:full|perfect)\s+(?:marks?|scores?|points?|grades?|credit)\b"
    r"|\b(?:give|award|grant|assign|mark)\s+(?:me|this|it|the answer|every|all|my)\b"
    r"[^.!?\n]{0,40}\b(?:100|marks?|points?|score|covered|correct)\b"
    r"|\b(?:system|developer)\s*(?:prompt|message|note|instruction)\b"
    r"|\byou are (?:now )?(?:a|an|the)\b[^.!?\n]{0,40}"
    r"\b(?:grader|assistant|evaluator|ai|judge)\b"
    r"|\b(?:dear|hey|note to(?: the)?)\s+(?:grader|ai|evaluator|model|assistant)\b"
    r"|\"(?:score|status|key_points)\"\s*:"
    r"|(?:지시|프롬프트|(?:이전|앞|위|모든|지금까지)[^.!?\n]{0,8}(?:명령|규칙|기준|안내))"
    r"[^.!?\n]{0,20}(?:무시|잊)"
    r"|(?:무시|잊)[^.!?\n]{0,15}(?:지시|프롬프트)"
    r"|만점|최고\s*점|(?:100|백)\s*점"
    r"|(?:점수|평가)[^.!?\n]{0,20}(?:주세요|줘|달라|부여|처리|바랍|하세요|해라)"
    r"|(?:정답|통과|covered|맞은 것)[^.!?\n]{0,12}(?:처리|표시|간주|평가)"
    r"|(?:시스템|개발자)\s*(?:메시지|프롬프트|지시)"
    r"|(?:채점|평가)(?:자|관|하는 (?:ai|모델|분))",
    re.IGNORECASE | re.MULTILINE,
)
# Once one sentence did, these words give away the others.
_ABOUT_THE_GRADING = re.compile(
    r"\b(?:scor(?:e|ed|ing)|marks?|grad(?:e|ed|er|ing)|results?|outputs?|replies|reply|repeat|verified"
    r"|evaluat\w+|instructions?|feedback|key points?|task|analysis|candidate)\b"
    r"|점수|결과|출력|평가|항목|지시|채점|답변|지원자|충족|의견",
    re.IGNORECASE,
)


# Up to so many key points the gain is measured; see the module's docstring.
GAIN_KEY_POINTS_MAX = 2
# How far a complete overlap alone goes, and the gains that stand for nothing and all.
# A linear fit of overlap, gain and their product to human grades of English answers,
# cross-validated by question, reaches r = .65 and has the shape of ``Evidence.strength``;
# these round numbers in its place reach .64 (``evaluate.py``).
OVERLAP_WEIGHT = 0.8
GAIN_FLOOR, GAIN_CEILING = -0.1, 0.6


@dataclass(frozen=True, slots=True)
class Scale:
    """How strength of evidence is read."""

    nothing: float
    everything: float
    """Strength up to the first earns nothing, from the second on the whole point."""
    partial: float
    covered: float
    """Strength from here on is the status of that name."""


# Read off tests/answers.yaml: where statuses agree best with a human reader's.
SCALES: dict[Language, Scale] = {
    "en": Scale(0.2, 0.45, 0.33, 0.4),
    "ko": Scale(0.3, 0.45, 0.33, 0.4),
}
WITH_GAIN_SCALE = Scale(0.1, 0.7, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one key point, and the passage that carries it best."""

    overlap: float
    """0..1: balance of how much of the point the passage holds and how little else."""
    gain: float | None
    """Share of the model's surprise at the point that the answer takes away, < 1.

    Measured against the question alone, so an answer that brings less than the
    question does is below 0. None when it was not measured.
    """
    passage: Span | None

    @property
    def strength(self) -> float:
        """0..1. With both signals: either suffices, and both say it twice.

        A gain without a passage counts for the score (in other words altogether,
        the point may still be there), but a status is never claimed on it.
        """
        if self.gain is None:
            return self.overlap
        gain = (self.gain - GAIN_FLOOR) / (GAIN_CEILING - GAIN_FLOOR)
        return 1 - (1 - OVERLAP_WEIGHT * self.overlap) * (1 - min(1.0, max(0.0, gain)))


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
    whole = sentences(answer)
    suspects = [span for span in whole if _TO_THE_GRADER.search(answer[span.start : span.end])]
    if suspects:
        suspects += [
            span for span in whole if _ABOUT_THE_GRADING.search(answer[span.start : span.end])
        ]
    characters = list(answer)
    for span in suspects:
        characters[span.start : span.end] = " " * (span.end - span.start)
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

    def __init__(self, text: str, question_forms: set[str], frequency: Counter[str]) -> None:
        self.weights: dict[str, float] = {}
        for form in _forms(text):
            in_question = any(similarity(form, other) > 0.8 for other in question_forms)
            shared_with = max(0, frequency[form] - 1)
            self.weights[form] = (QUESTION_WORD_WEIGHT if in_question else 1.0) / (
                1 + SHARED_WORD_DISCOUNT * shared_with
            )
        self.total = sum(self.weights.values())

    def recall(self, best: dict[str, float]) -> float:
        """Share of the weight found; ``best`` maps a form to its likeness in the passage."""
        if not self.total:
            return 0.0
        found = sum(weight * best.get(form, 0.0) for form, weight in self.weights.items())
        return found / self.total

    def balance(self, best: dict[str, float], new: Sequence[str], table: Likeness) -> float:
        """0..1: how much of the wording is there, against how much else is."""
        on_point = sum(
            max((value for form, value in table[own].items() if form in self.weights), default=0.0)
            for own in new
        )
        recall, precision = self.recall(best), min(1.0, on_point / max(3, len(new)))
        if recall < RECALL_MIN or not precision:
            return 0.0
        return math.sqrt(2 * recall * precision / (recall + precision))


@dataclass(frozen=True, slots=True)
class _Wordings:
    """All the ways to say one key point: the staff's, the reference's, the aliases."""

    text: _Wording
    reference: _Wording | None
    aliases: list[_Wording]

    def overlap(self, best: dict[str, float], new: Sequence[str], table: Likeness) -> float:
        values = [self.text.balance(best, new, table)]
        if self.reference:
            values.append(self.reference.balance(best, new, table))
        # An alias is a fragment: all of it must be there, and it proves a little less.
        values += [ALIAS_WEIGHT * alias.recall(best) ** 2 for alias in self.aliases]
        return max(values)

    def forms(self) -> set[str]:
        return {
            form
            for wording in (self.text, self.reference, *self.aliases)
            if wording
            for form in wording.weights
        }


def _forms(text: str) -> set[str]:
    return {word.form for word in content_words(text)}


def _wordings(request: FeedbackRequest, question_forms: set[str]) -> list[_Wordings]:
    frequency = Counter(form for point in request.key_points for form in _forms(point.text))
    nothing_shared: Counter[str] = Counter()
    reference = request.reference_answer or ""
    reference_sentences = [reference[span.start : span.end] for span in sentences(reference)]
    found = []
    for point in request.key_points:
        text = _Wording(point.text, question_forms, frequency)
        sentence = best_sentence(point.text, reference_sentences)
        aliases = [_Wording(alias, question_forms, frequency) for alias in point.aliases]
        found.append(
            _Wordings(
                text,
                _Wording(sentence, question_forms, nothing_shared) if sentence else None,
                [alias for alias in aliases if alias.total >= 0.7],
            )
        )
    return found


def best_sentence(statement: str, candidates: Sequence[str]) -> str | None:
    """The sentence that holds most of the statement's words, if it holds nearly half."""
    best, best_share = None, 0.45
    for sentence in candidates:
        share = share_held(statement, sentence)
        if share > best_share:
            best, best_share = sentence, share
    return best


def share_held(statement: str, sentence: str) -> float:
    """How much of the statement's words the sentence holds, 0..1."""
    wanted, forms = _forms(statement), _forms(sentence)
    found = sum(max((similarity(form, own) for own in forms), default=0.0) for form in wanted)
    return found / len(wanted) if wanted else 0.0


def _likeness(forms: Iterable[str], others: Iterable[str]) -> Likeness:
    """For each form, the others it resembles and how much; strangers left out."""
    against = sorted(others)
    return {
        form: {other: value for other in against if (value := similarity(form, other)) > 0}
        for form in forms
    }


def measure_overlaps(request: FeedbackRequest, honest: str) -> list[tuple[float, Span | None]]:
    """For each key point: overlap 0..1 and the passage that carries it best."""
    question_forms = _forms(request.question)
    wordings = _wordings(request, question_forms)
    answer_words = content_words(honest)
    table = _likeness(
        {word.form for word in answer_words}, set().union(*(each.forms() for each in wordings))
    )
    spans: list[Span] = []
    lengths: list[int] = []
    rows: list[list[float]] = []  # overlap of each key point with each passage
    for span in passages(honest):
        words = [word for word in answer_words if span.start <= word.start and word.end <= span.end]
        forms = {word.form for word in words}
        new = sorted(forms - question_forms)
        if not new:
            continue
        best: dict[str, float] = {}
        for own in forms:
            for form, value in table[own].items():
                best[form] = max(value, best.get(form, 0.0))
        spans.append(span)
        lengths.append(len(words))
        rows.append([each.overlap(best, new, table) for each in wordings])
    if not spans:
        return [(0.0, None)] * len(wordings)
    return [
        _best_passage(request, honest, index, spans, lengths, rows, question_forms)
        for index in range(len(wordings))
    ]


def _best_passage(
    request: FeedbackRequest,
    honest: str,
    index: int,
    spans: Sequence[Span],
    lengths: Sequence[int],
    rows: Sequence[Sequence[float]],
    question_forms: set[str],
) -> tuple[float, Span | None]:
    # Of passages that carry the point alike, the shorter one is the better quote.
    place = max(range(len(spans)), key=lambda at: rows[at][index] - 0.004 * lengths[at])
    overlap = rows[place][index]
    if not overlap:
        return 0.0, None
    # A passage that says another point better is probably about that one.
    rival = max(rows[place])
    overlap *= 1 - min(1.0, (rival - overlap) / RIVAL_MARGIN)
    point, passage = request.key_points[index], spans[place]
    said = honest[passage.start : passage.end]
    if doubtful(
        point.text,
        point.aliases,
        said,
        frozenset(_forms(point.text) & question_forms),
        frozenset(_forms(said) & question_forms),
    ):
        overlap *= DOUBT
    return overlap, passage


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
        with_gain = len(request.key_points) <= GAIN_KEY_POINTS_MAX
        scale = WITH_GAIN_SCALE if with_gain else SCALES[request.language]
        items, earned, possible = [], 0.0, 0
        for point, found in zip(request.key_points, evidence):
            items.append(_judge(request.answer, point, found, scale))
            credit = (found.strength - scale.nothing) / (scale.everything - scale.nothing)
            earned += point.weight * min(1.0, max(0.0, credit))
            possible += point.weight
        return Assessment(score=round(100 * earned / possible), key_points=items, method=METHOD)

    async def measure(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> list[Evidence]:
        """The evidence for each key point, in order. At most one batch of likelihoods."""
        honest = honest_part(request.answer)
        overlaps = measure_overlaps(request, honest)
        if not _forms(honest) - _forms(request.question):
            return [Evidence(0.0, None, None) for _ in request.key_points]
        if len(request.key_points) > GAIN_KEY_POINTS_MAX:
            return [Evidence(overlap, None, passage) for overlap, passage in overlaps]
        gains = await self._gains(engine, request, honest, overlaps, priority)
        return [
            Evidence(overlap, gain, passage) for (overlap, passage), gain in zip(overlaps, gains)
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
            answer=shortened(honest, overlaps, CONTEXT_CHARACTERS)
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


def shortened(honest: str, overlaps: Sequence[tuple[float, Span | None]], characters: int) -> str:
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

    kept: list[int] = []
    used = 0
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


def _judge(answer: str, point: KeyPoint, found: Evidence, scale: Scale) -> KeyPointAssessment:
    status: Status = "missing"
    if found.passage and found.strength >= scale.covered:
        status = "covered"
    elif found.passage and found.strength >= scale.partial:
        status = "partial"
    nearest = min(abs(found.strength - scale.partial), abs(found.strength - scale.covered))
    passage = found.passage if status != "missing" else None
    return KeyPointAssessment(
        id=point.id,
        status=status,
        # Even odds at a boundary; never sure, since signals are not understanding.
        confidence=round(min(0.9, 0.5 + 1.6 * nearest), 2),
        quote=Quote(start=passage.start, end=passage.end, text=answer[passage.start : passage.end])
        if passage
        else None,
    )
