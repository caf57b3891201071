"""Summaries by models too small to write one: the sources' own sentences, chosen and ordered.

Words say first where a sentence may belong; of those that remain, the model says how
much each makes its section likely. A sentence is taken for what it adds: one that
repeats what is there already is passed over, and of two figures the later one wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from inference_sidecar.prompts import load
from inference_sidecar.schemas import Language
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.draft import Draft, Report
from inference_sidecar.summaries.readable import is_readable
from inference_sidecar.summaries.schemas import (
    Citation,
    Length,
    Origin,
    SectionKey,
    SummaryRequest,
    SummarySentence,
)
from inference_sidecar.summaries.sections import DESCRIPTIONS, KEYS
from inference_sidecar.summaries.sentences import Sentence, sentences_of
from inference_sidecar.summaries.weighing import Candidate, Scales, Weighed, forms_of

T = TypeVar("T")

PROMPT_VERSION = "quoted-2"

SENTENCES: Mapping[Length, Mapping[SectionKey, int]] = {
    "short": {"what_it_does": 1, "business": 2, "figures": 2, "technology": 1, "interview": 1},
    "medium": {"what_it_does": 2, "business": 3, "figures": 4, "technology": 3, "interview": 3},
    "long": {"what_it_does": 3, "business": 6, "figures": 6, "technology": 5, "interview": 5},
}
# So many times what a section takes is what the model is asked about.
CANDIDATES_EACH = 3
# Of a model's languages: what it says of others costs time and is noise.
LANGUAGES: frozenset[Language] = frozenset({"en"})
GAIN_WEIGHT = 0.5
REDUNDANCY_WEIGHT = 0.8
SAME_FROM = 0.55
# Sentences read in one go, in a thread: a moment's work, since it takes a processor.
SLICE = 200


class QuotedSummarizer:
    method: Origin = "quoted"
    prompt_version = PROMPT_VERSION
    prompt_names = ("summary_fit",)
    languages = LANGUAGES

    async def summarise(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> Draft:
        """Raises what the engine raises. Steps: each source, the model's say, the choice."""
        total = len(request.sources) + 2
        report(0, total)
        found: list[Sentence] = []
        for index, source in enumerate(request.sources):
            found += await read_source(bulk, source.text, index, is_readable)
            report(index + 1, total)
        weighed = await _weigh(bulk, request, in_language(request, found))
        shortlist = shortlisted(weighed, request.length)
        gains = await self._gains(bulk, request, shortlist)
        report(total - 1, total)
        await bulk.admission.quiet()
        draft = Draft("quoted", await asyncio.to_thread(choose, request, weighed, gains))
        report(total, total)
        return draft

    async def _gains(
        self, bulk: BulkEngine, request: SummaryRequest, shortlist: Sequence[Candidate]
    ) -> dict[Candidate, float]:
        """How much more likely its section becomes by each candidate, in nats a token."""
        language = request.language
        if language not in self.languages or not shortlist:
            return {}
        prompt = load("summary_fit", language)
        about = {key: f" {DESCRIPTIONS[language][key]}" for key in KEYS}
        nothing = prompt.render(company=request.company, sentence="…")
        pairs = [(nothing, about[key]) for key in KEYS] + [
            (
                prompt.render(company=request.company, sentence=candidate.sentence.text),
                about[candidate.key],
            )
            for candidate in shortlist
        ]
        scores = await bulk.score(pairs)
        baseline = {key: score.mean for key, score in zip(KEYS, scores)}
        return {
            candidate: score.mean - baseline[candidate.key]
            for candidate, score in zip(shortlist, scores[len(KEYS) :])
        }


async def read_source(
    bulk: BulkEngine, text: str, index: int, is_wanted: Callable[[Sentence], bool]
) -> list[Sentence]:
    """The wanted sentences of a source, read while nobody needs the processor."""
    sentences = sentences_of(text, index)
    found: list[Sentence] = []
    while True:
        await bulk.admission.quiet()
        piece = await asyncio.to_thread(list, islice(sentences, SLICE))
        if not piece:
            return found
        found += await asyncio.to_thread(list, filter(is_wanted, piece))


async def _weigh(
    bulk: BulkEngine, request: SummaryRequest, sentences: Sequence[Sentence]
) -> Weighed:
    forms = dict(zip(sentences, await _each(bulk, forms_of, sentences)))
    scales = Scales(request, forms)
    found = [it for each in await _each(bulk, scales.candidates, sentences) for it in each]
    if not any(candidate.key == "what_it_does" for candidate in found):
        found += [it for sentence in sentences for it in scales.as_first_words(sentence)]
    return Weighed(found, forms)


async def _each(
    bulk: BulkEngine, function: Callable[[Sentence], T], sentences: Sequence[Sentence]
) -> list[T]:
    """``function`` of every sentence, worked out while nobody needs the processor."""
    found: list[T] = []
    for start in range(0, len(sentences), SLICE):
        await bulk.admission.quiet()
        part = sentences[start : start + SLICE]
        found += await asyncio.to_thread(list, map(function, part))
    return found


def in_language(request: SummaryRequest, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Sentences of the language asked for; others only when no source is in it."""
    told = {
        index: source.language for index, source in enumerate(request.sources) if source.language
    }
    of_source: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        of_source.setdefault(sentence.source, []).append(sentence)
    main = {
        index: told.get(index) or _most_common(item.language for item in items)
        for index, items in of_source.items()
    }
    wanted: str = request.language
    if wanted not in main.values():
        for wanted in ("en", "ko", "other"):
            if wanted in main.values():
                break
    return [sentence for sentence in sentences if sentence.language == wanted]


def _most_common(languages: Iterable[str]) -> str:
    counted = list(languages)
    return max(set(counted), key=counted.count)


def shortlisted(weighed: Weighed, length: Length) -> list[Candidate]:
    """The best of each section by words alone, none like another: what the model is asked."""
    found: list[Candidate] = []
    for key in KEYS:
        own: list[Candidate] = []
        for candidate in weighed.best(key):
            if len(own) == CANDIDATES_EACH * SENTENCES[length][key]:
                break
            if all(weighed.alike(candidate.sentence, it.sentence) < SAME_FROM for it in own):
                own.append(candidate)
        found += own
    return found


def choose(
    request: SummaryRequest, weighed: Weighed, gains: Mapping[Candidate, float]
) -> dict[SectionKey, list[SummarySentence]]:
    """For each section what fits it best and repeats nothing, in the order to read it."""
    pools = {key: _rescored(weighed.best(key), gains) for key in KEYS}
    taken: list[Sentence] = []
    chosen: dict[SectionKey, list[tuple[float, Sentence]]] = {key: [] for key in KEYS}
    wanted = SENTENCES[request.length]
    # In turn, so that no section takes what another one needs more.
    for round_number in range(max(wanted.values())):
        for key in KEYS:
            if round_number >= wanted[key]:
                continue
            if best := _next(pools[key], taken, weighed):
                chosen[key].append(best)
                taken.append(best[1])
                if key == "figures":
                    pools[key] = _of_another_subject(pools[key], best[1], weighed)
    return {
        key: [_quotation(request, sentence) for sentence in _in_order(key, items)]
        for key, items in chosen.items()
        if items
    }


def _rescored(
    candidates: Sequence[Candidate], gains: Mapping[Candidate, float]
) -> list[tuple[float, Sentence]]:
    """Weights with the model's say, which is read against that on its rivals."""
    known = [gains[candidate] for candidate in candidates if candidate in gains]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    scored = []
    for candidate in candidates:
        share = (gains.get(candidate, low) - low) / (high - low) if high > low else 0.0
        scored.append((candidate.weight + GAIN_WEIGHT * share, candidate.sentence))
    return scored


def _next(
    pool: Sequence[tuple[float, Sentence]], taken: Sequence[Sentence], weighed: Weighed
) -> tuple[float, Sentence] | None:
    best: tuple[float, Sentence] | None = None
    for score, sentence in pool:
        alike = max((weighed.alike(sentence, other) for other in taken), default=0.0)
        if alike >= SAME_FROM:
            continue
        score -= REDUNDANCY_WEIGHT * alike
        if best is None or score > best[0]:
            best = score, sentence
    return best


def _of_another_subject(
    pool: Sequence[tuple[float, Sentence]], taken: Sentence, weighed: Weighed
) -> list[tuple[float, Sentence]]:
    """Two sentences that begin with "revenue" and go on with different numbers speak of
    different parts of the company, and out of their places nobody can tell which."""
    opening = weighed.opening(taken)
    return [item for item in pool if weighed.opening(item[1]) != opening]


def _in_order(key: SectionKey, items: Sequence[tuple[float, Sentence]]) -> list[Sentence]:
    """The best first where one sentence is the answer, else as the sources tell it."""
    if key in ("what_it_does", "figures"):
        return [sentence for _, sentence in items]
    return sorted((sentence for _, sentence in items), key=lambda item: (item.source, item.start))


def _quotation(request: SummaryRequest, sentence: Sentence) -> SummarySentence:
    source = request.sources[sentence.source]
    citation = Citation(source_id=source.id, start=sentence.start, end=sentence.end)
    return SummarySentence(text=sentence.text, citations=[citation], origin="quoted")
