"""Summaries by models that choose: the sources' own sentences, each judged alone.

Words make a short list for each section (``hints.py``); the judge says of each sentence
on it whether it is about the company, stands alone and belongs there. A section without
a good sentence is left out. A sentence is taken for what it adds: one that repeats what
is there already is passed over, and of two figures of one thing the better one wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from inference_sidecar.assessment.text import content_words
from inference_sidecar.prompts import digest
from inference_sidecar.summaries import sentence_judge
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.draft import Draft, Report
from inference_sidecar.summaries.facts import FACT_OF_ROW, cited, facts_of
from inference_sidecar.summaries.hints import CUES, Hints
from inference_sidecar.summaries.names import OwnNames
from inference_sidecar.summaries.newness import Calendar
from inference_sidecar.summaries.readable import is_readable, speaks_to_its_reader
from inference_sidecar.summaries.schemas import (
    Citation,
    Length,
    Origin,
    SectionKey,
    SummaryRequest,
    SummarySentence,
)
from inference_sidecar.summaries.sections import CLAIM_OF, KEYS
from inference_sidecar.summaries.sentences import Sentence, sentences_of
from inference_sidecar.summaries.tables import Row, rows_of

SENTENCES: Mapping[Length, Mapping[SectionKey, int]] = {
    "short": {"what_it_does": 1, "business": 2, "figures": 2, "technology": 1, "interview": 1},
    "medium": {"what_it_does": 2, "business": 3, "figures": 4, "technology": 3, "interview": 3},
    "long": {"what_it_does": 3, "business": 6, "figures": 6, "technology": 5, "interview": 5},
}
# So many times what a section takes is what the judge is asked about.
CANDIDATES_EACH = 4
JUDGED_FROM = 0.4
"""Likelihood from which a sentence is shown: on evaluation/sentences_held_out 24 of 26 Korean
ones and 23 of 23 English ones were good, and 47 of 59 good ones were shown."""
JUDGED_AT_LEAST = 12
"""Sentences for each section."""
HINT_WEIGHT = 0.2
"""Of words, beside the judge's 0..1: between sentences that it takes for equally good."""
REDUNDANCY_WEIGHT = 0.5
SAME_FROM = 0.55
# Sentences read in one go, in a thread: a moment's work, since it takes a processor.
SLICE = 200

Likelihoods = Mapping[SectionKey, Mapping[Sentence, float]]
"""How surely a sentence belongs to a section, for those that were asked about."""


class QuotedSummarizer:
    method: Origin = "quoted"
    prompt_names: tuple[str, ...] = ()

    def __init__(self, *, judged_from: float | None = None) -> None:
        """``judged_from``: of a model that was taught to judge; without, words must do."""
        self._judged_from = judged_from

    @property
    def prompt_version(self) -> str:
        constants = (
            self._judged_from,
            sentence_judge.CLAIMS,
            sentence_judge.VERSION_SOURCE,
            {key: cues.pattern for key, cues in CUES.items()},
            SENTENCES,
        )
        return f"{self.method}-{digest(constants=constants)}"

    async def summarise(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> Draft:
        """Raises what the engine raises. Steps: each source, each section, the choice."""
        total = len(request.sources) + len(KEYS) + 1
        report(0, total)
        draft = Draft("quoted")
        found: list[Sentence] = []
        for index, source in enumerate(request.sources):
            heard, told = await read_source(bulk, source.text, index, is_readable)
            found += heard
            draft.dropped.instruction += told
            report(index + 1, total)
        choice = Choice(request, in_language(request, found))
        likelihoods: dict[SectionKey, Mapping[Sentence, float]] = {}
        for done, key in enumerate(KEYS, len(request.sources) + 1):
            await bulk.admission.quiet()
            shortlist = await asyncio.to_thread(choice.shortlist, key)
            likelihoods[key] = await self._judged(bulk, request, key, shortlist, choice.hints)
            report(done, total)
        await bulk.admission.quiet()
        draft.sections = await asyncio.to_thread(choice.sections, likelihoods)
        report(total, total)
        return draft

    async def _judged(
        self,
        bulk: BulkEngine,
        request: SummaryRequest,
        key: SectionKey,
        shortlist: Sequence[Sentence],
        hints: Hints,
    ) -> Mapping[Sentence, float]:
        """The sentences that belong to the section, with how sure that is."""
        if self._judged_from is None:
            return {sentence: 1.0 for sentence in shortlist if hints.is_certain(key, sentence)}
        contexts = [
            sentence_judge.sentence_part(request.company, sentence.text)
            + sentence_judge.section_part(request.company, CLAIM_OF[key])
            for sentence in shortlist
        ]
        rows = await bulk.choose(contexts, sentence_judge.VERDICTS) if contexts else []
        supports = sentence_judge.VERDICTS.index(sentence_judge.SUPPORTS)
        return {
            sentence: row[supports]
            for sentence, row in zip(shortlist, rows)
            if row[supports] >= self._judged_from
        }


async def read_source(
    bulk: BulkEngine, text: str, index: int, is_wanted: Callable[[Sentence], bool]
) -> tuple[list[Sentence], int]:
    """The wanted sentences of a source, read while nobody needs the processor, and how
    many spoke to whoever makes a summary of it."""
    sentences = _read(text, index, is_wanted)
    found: list[Sentence | None] = []
    while True:
        await bulk.admission.quiet()
        piece = await asyncio.to_thread(list, islice(sentences, SLICE))
        found += piece
        if not piece:
            heard = [sentence for sentence in found if sentence is not None]
            return heard, len(found) - len(heard)


def _read(
    text: str, index: int, is_wanted: Callable[[Sentence], bool]
) -> Iterator[Sentence | None]:
    """The wanted sentences; None for one that tells a summarizer what to write."""
    told: Sentence | None = None
    for sentence in sentences_of(text, index):
        if speaks_to_its_reader(sentence.text):
            told = sentence
            yield None
        # What an instruction wants to be said stands right behind it.
        elif told is not None and "\n" not in text[told.end : sentence.start]:
            told = None
        elif is_wanted(sentence):
            yield sentence


def in_language(request: SummaryRequest, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Those of the sources in the language asked for, or of another where there are none."""
    of_source: dict[int, list[str]] = {}
    for sentence in sentences:
        of_source.setdefault(sentence.source, []).append(sentence.language)
    main = {
        source: request.sources[source].language or _most_common(languages)
        for source, languages in of_source.items()
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


class Choice:
    """Between the sentences of one request."""

    def __init__(self, request: SummaryRequest, sentences: Sequence[Sentence]) -> None:
        self._request = request
        self._sentences = sentences
        self._calendar = Calendar(request, sentences)
        self._names = OwnNames(request.names)
        self.hints = Hints(self._names)
        self._worth: dict[tuple[SectionKey, Sentence], float] = {}
        self._forms: dict[Sentence, frozenset[str]] = {}

    def shortlist(self, key: SectionKey) -> list[Sentence]:
        """What the judge is asked about: the most promising, none like another."""
        for sentence in self._sentences:
            worth = self.hints.worth(key, sentence)
            if worth > 0 and not (key == "figures" and self._calendar.is_stale(sentence)):
                self._worth[key, sentence] = worth + self._calendar.worth(key, sentence)
        promising = sorted(
            (sentence for of, sentence in self._worth if of == key),
            key=lambda sentence: -self._worth[key, sentence],
        )
        most = max(JUDGED_AT_LEAST, CANDIDATES_EACH * SENTENCES[self._request.length][key])
        found: list[Sentence] = []
        for sentence in promising:
            if len(found) == most:
                break
            if all(self._alike(key, sentence, other) < SAME_FROM for other in found):
                found.append(sentence)
        return found

    def certain(self, key: SectionKey) -> list[Sentence]:
        """What words alone bear out."""
        return [it for it in self._sentences if self.hints.is_certain(key, it)]

    @cached_property
    def _rows(self) -> dict[int, tuple[Row, str]]:
        """For each measure its newest row of a table, and the source that has it."""
        rows: dict[int, tuple[Row, str]] = {}
        for source in self._request.sources:
            if source.language in (None, self._request.language):
                for row in rows_of(source.text):
                    if row.measure not in rows or row.year > rows[row.measure][0].year:
                        rows[row.measure] = row, source.id
        return rows

    def sections(self, likelihoods: Likelihoods) -> dict[SectionKey, list[SummarySentence]]:
        """For each section what fits it best and repeats nothing, in the order to read it."""
        pools = {key: self._pool(key, likelihoods) for key in KEYS}
        chosen: dict[SectionKey, list[Sentence]] = {key: [] for key in KEYS}
        taken: list[Sentence] = []
        wanted = SENTENCES[self._request.length]
        # In turn, so that no section takes what another one needs more.
        for round_number in range(max(wanted.values())):
            for key in KEYS:
                if round_number < wanted[key] and (best := self._next(key, pools[key], taken)):
                    chosen[key].append(best)
                    taken.append(best)
                    if key == "figures":
                        measure = self.hints.measure(best)
                        pools[key] = {
                            sentence: worth
                            for sentence, worth in pools[key].items()
                            if self.hints.measure(sentence) != measure
                        }
        sections = {key: self._quoted(key, chosen[key]) for key in KEYS}
        sections["facts"] = self.facts(likelihoods["figures"])
        sections["figures"] = self._with_rows(sections["figures"], wanted["figures"])
        return {key: sentences for key, sentences in sections.items() if sentences}

    def facts(self, figures: Iterable[Sentence]) -> list[SummarySentence]:
        """``figures``: the sentences that give figures of the company's own."""
        return facts_of(self._request, self._sentences, figures, self._rows.values())

    def _pool(self, key: SectionKey, likelihoods: Likelihoods) -> dict[Sentence, float]:
        """A sentence is its best section's, with what speaks for it there.

        What says what the company does mostly names a product or a figure, too.
        """
        return {
            sentence: likelihood + HINT_WEIGHT * self._worth[key, sentence]
            for sentence, likelihood in likelihoods[key].items()
            if key == "what_it_does"
            or likelihood >= max(others.get(sentence, 0.0) for others in likelihoods.values())
        }

    def _next(
        self, key: SectionKey, pool: Mapping[Sentence, float], taken: Sequence[Sentence]
    ) -> Sentence | None:
        best, most = None, 0.0
        for sentence, worth in pool.items():
            alike = max((self._alike(key, sentence, other) for other in taken), default=0.0)
            worth -= REDUNDANCY_WEIGHT * alike
            if alike < SAME_FROM and (best is None or worth > most):
                best, most = sentence, worth
        return best

    def _alike(self, key: SectionKey, one: Sentence, other: Sentence) -> float:
        """0..1: share of the shorter one's words that stand in the other.

        Figures are told in the same few words, and differ by what they are figures of.
        """
        if key == "figures" and one != other and self.hints.differ(one, other):
            return 0.0
        first, second = self._forms_of(one), self._forms_of(other)
        shorter = min(len(first), len(second))
        return len(first & second) / shorter if shorter else 1.0

    def _forms_of(self, sentence: Sentence) -> frozenset[str]:
        if sentence not in self._forms:
            # Name and numbers stand in sentences that have nothing else in common.
            words = content_words(self._names.masked(sentence.text))
            self._forms[sentence] = frozenset(
                word.form for word in words if not word.form[0].isdigit()
            )
        return self._forms[sentence]

    def _quoted(self, key: SectionKey, sentences: Sequence[Sentence]) -> list[SummarySentence]:
        """The best first where one sentence is the answer, else as the sources tell it."""
        if key == "figures":
            sentences = sorted(sentences, key=self.hints.rank)
        elif key != "what_it_does":
            sentences = sorted(sentences, key=lambda sentence: (sentence.source, sentence.start))
        return [self._quotation(sentence) for sentence in sentences]

    def _quotation(self, sentence: Sentence) -> SummarySentence:
        source = self._request.sources[sentence.source]
        citation = Citation(source_id=source.id, start=sentence.start, end=sentence.end)
        return SummarySentence(text=sentence.text, citations=[citation], origin="quoted")

    def _with_rows(self, figures: list[SummarySentence], most: int) -> list[SummarySentence]:
        """What neither a sentence nor a fact gives a figure of, a table may."""
        told = {self.hints.measure_of(sentence.text) for sentence in figures}
        return (
            figures
            + [
                SummarySentence(text=row.text, citations=cited(row, source_id), origin="composed")
                for measure, (row, source_id) in sorted(self._rows.items())
                if measure not in FACT_OF_ROW and self.hints.measure_of(row.text) not in told
            ][: max(0, most - len(figures))]
        )
