"""Summaries by capable models: notes on each part of the sources, then a section from its notes.

A model sees numbered sentences and answers in lines that name the numbers they rest
on; the numbers become places in the sources. A line whose sentences do not bear it out
is dropped at once, so that nothing untrue is written from it. Lines, and not JSON under
a schema, because a line that interactive work interrupts can be taken up where it
stopped (``bulk.py``), which a grammar that begins anew cannot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from inference_sidecar.engine import Message
from inference_sidecar.prompts import digest, load
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.checks import stands
from inference_sidecar.summaries.draft import Draft, Report
from inference_sidecar.summaries.lines import Line, lines_of
from inference_sidecar.summaries.quoted import (
    SENTENCES,
    Choice,
    QuotedSummarizer,
    in_language,
    read_source,
)
from inference_sidecar.summaries.readable import is_material, is_readable
from inference_sidecar.summaries.schemas import (
    Citation,
    Dropped,
    Origin,
    SectionKey,
    SummaryRequest,
    SummarySentence,
)
from inference_sidecar.summaries.sections import HEADINGS, KEYS
from inference_sidecar.summaries.sentences import Sentence
from inference_sidecar.tasks import all_or_none

# Of sources, in one prompt: small enough to be read while somebody waits, and for many
# to be under way at once.
CHUNK_TOKENS = 900
NOTES_EACH = 6
TOKENS_A_LINE = {"en": 60, "ko": 110}
CITATIONS_MAX = 4
# What a chat template puts around two messages.
TEMPLATE_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Note:
    key: SectionKey
    sentence: SummarySentence


class WrittenSummarizer:
    method: Origin = "written"
    prompt_names = ("summary_map", "summary_reduce")

    @property
    def prompt_version(self) -> str:
        constants = (CHUNK_TOKENS, NOTES_EACH, TOKENS_A_LINE, CITATIONS_MAX, SENTENCES)
        return f"{self.method}-{digest(*self.prompt_names, constants=constants)}"

    async def summarise(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> Draft:
        """Raises what the engine raises. Steps: each source, each chunk, each section.

        Where nothing that the model wrote stands, the sources are quoted instead.
        """
        work = _Work(bulk, request, report)
        draft = await work.draft()
        if draft.sections.keys() - {"facts"}:
            return draft
        quoted = await QuotedSummarizer().summarise(bulk, request, lambda done, total: None)
        quoted.dropped = draft.dropped
        return quoted


class _Work:
    def __init__(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> None:
        self._bulk = bulk
        self._request = request
        self._report = report
        self._texts = {source.id: source.text for source in request.sources}
        self._dropped = Dropped()
        self._done = self._total = 0

    async def draft(self) -> Draft:
        # Told at once: whoever asked shall not wait for the first word until all is read.
        self._total = len(self._request.sources) + len(KEYS)
        self._report(0, self._total)
        sentences: list[Sentence] = []
        for index, source in enumerate(self._request.sources):
            heard, told = await read_source(self._bulk, source.text, index, is_material)
            sentences += heard
            self._dropped.instruction += told
            self._step()
        wanted = in_language(self._request, sentences)
        chunks = self._chunks(
            [self._as_sentence(sentence) for sentence in wanted], self._map_prompt(), NOTES_EACH
        )
        self._total += len(chunks)
        notes = [note for found in await all_or_none(map(self._map, chunks)) for note in found]
        written = await all_or_none(self._section(key, notes) for key in KEYS)
        sections = {key: found for key, found in zip(KEYS, written) if found}
        sections["facts"] = await asyncio.to_thread(self._facts, wanted)
        return Draft("written", sections, self._dropped)

    def _facts(self, sentences: Sequence[Sentence]) -> list[SummarySentence]:
        choice = Choice(self._request, list(filter(is_readable, sentences)))
        return choice.facts(choice.certain("figures"))

    def _as_sentence(self, sentence: Sentence) -> SummarySentence:
        source = self._request.sources[sentence.source]
        citation = Citation(source_id=source.id, start=sentence.start, end=sentence.end)
        return SummarySentence(text=sentence.text, citations=[citation], origin="quoted")

    def _chunks(
        self, items: Sequence[SummarySentence], prompt: str, most: int
    ) -> list[list[SummarySentence]]:
        """``items`` in order, as many together as the context takes beside ``prompt`` and
        ``most`` lines. One that it does not even take alone is left out."""
        room = self._bulk.context_length - self._tokens_for(most) - TEMPLATE_TOKENS
        room = min(CHUNK_TOKENS, room - self._bulk.count_tokens(prompt))
        chunks: list[list[SummarySentence]] = []
        used = room
        for item in items:
            size = self._bulk.count_tokens(item.text) + 5
            if size > room:
                continue
            if used + size > room:
                chunks.append([])
                used = 0
            chunks[-1].append(item)
            used += size
        return chunks

    def _map_prompt(self) -> str:
        return load("summary_map", self._request.language).render(
            company=self._request.company, most=str(NOTES_EACH)
        )

    def _reduce_prompt(self, key: SectionKey, most: int) -> str:
        language = self._request.language
        return load("summary_reduce", language).render(
            company=self._request.company, section=HEADINGS[language][key], most=str(most)
        )

    async def _map(self, chunk: Sequence[SummarySentence]) -> list[Note]:
        lines = await self._ask(self._map_prompt(), chunk, NOTES_EACH)
        self._step()
        return [
            Note(line.key, sentence)
            for line in lines
            if line.key is not None and (sentence := self._founded(line, chunk))
        ]

    async def _section(self, key: SectionKey, notes: Sequence[Note]) -> list[SummarySentence]:
        most = SENTENCES[self._request.length][key]
        sentences = _distinct([note.sentence for note in notes if note.key == key])
        while len(sentences) > most:
            groups = self._chunks(sentences, self._reduce_prompt(key, most), most)
            written = await all_or_none(self._reduce(key, group, most) for group in groups)
            fewer = _distinct([sentence for found in written for sentence in found])
            # Notes stood when they were taken: where nothing better comes of them, they stay.
            if not 0 < len(fewer) < len(sentences):
                break
            sentences = fewer
        self._step()
        return sentences[:most]

    async def _reduce(
        self, key: SectionKey, notes: Sequence[SummarySentence], most: int
    ) -> list[SummarySentence]:
        lines = await self._ask(self._reduce_prompt(key, most), notes, most)
        return [sentence for line in lines if (sentence := self._founded(line, notes))][:most]

    async def _ask(self, system: str, items: Sequence[SummarySentence], most: int) -> list[Line]:
        numbered = "\n".join(f"[{number}] {item.text}" for number, item in enumerate(items, 1))
        text = await self._bulk.generate(
            [Message("system", system), Message("user", numbered)],
            max_tokens=self._tokens_for(most),
        )
        return lines_of(text)[:most]

    def _tokens_for(self, most: int) -> int:
        return TOKENS_A_LINE[self._request.language] * most

    def _founded(self, line: Line, items: Sequence[SummarySentence]) -> SummarySentence | None:
        """The line with the places it rests on; None, and counted, when they do not bear it out."""
        if not line.numbers or not all(1 <= number <= len(items) for number in line.numbers):
            self._dropped.citation += 1
            return None
        places = [place for number in line.numbers for place in items[number - 1].citations]
        citations = list({(c.source_id, c.start, c.end): c for c in places}.values())
        sentence = SummarySentence(
            text=line.text, citations=citations[:CITATIONS_MAX], origin="written"
        )
        stood = stands(sentence, self._texts, self._request.names, self._dropped)
        return sentence if stood else None

    def _step(self) -> None:
        self._done += 1
        self._report(self._done, self._total)


def _distinct(sentences: Sequence[SummarySentence]) -> list[SummarySentence]:
    """Each wording once."""
    return list({sentence.text.lower(): sentence for sentence in reversed(sentences)}.values())[
        ::-1
    ]
