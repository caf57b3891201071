"""How new a sentence is, by its own years and its source's date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from inference_sidecar.summaries.numbers import years
from inference_sidecar.summaries.schemas import SectionKey, SummaryRequest
from inference_sidecar.summaries.sentences import Sentence

NEWER_SOURCE = 0.15
OLD_YEAR = 0.3
"""Lost for each year that a figure is behind the newest one."""
STALE_YEARS = 2


class Calendar:
    def __init__(self, request: SummaryRequest, sentences: Sequence[Sentence]) -> None:
        published = [source.published_on for source in request.sources]
        known = sorted({day for day in published if day})
        named = Counter(year for sentence in sentences for year in years(sentence.text))
        # Without a date anywhere, the newest year that is spoken of more than once.
        often = [year for year, count in named.items() if count > 1] or list(named)
        self._newest = known[-1].year if known else max(often, default=0)
        self._rank = [
            known.index(day) / (len(known) - 1) if day and len(known) > 1 else 0.5
            for day in published
        ]

    def is_stale(self, sentence: Sentence) -> bool:
        """True when the newest year it names is long past."""
        told = years(sentence.text)
        return bool(told) and max(told) <= self._newest - STALE_YEARS

    def worth(self, key: SectionKey, sentence: Sentence) -> float:
        worth = NEWER_SOURCE * self._rank[sentence.source]
        past = [year for year in years(sentence.text) if year <= self._newest]
        if key == "figures" and past:
            worth -= OLD_YEAR * (self._newest - max(past))
        return worth
