"""Which model is judged how: the one place where that is decided.

A strategy is chosen by what was measured (``evaluate.py``), never by hope. To put
a new model on another row, add a pattern above the sizes in ``strategy_for``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from inference_sidecar import prompts
from inference_sidecar.assessment.rubric import RubricAssessor
from inference_sidecar.assessment.signals import SignalAssessor
from inference_sidecar.engine import Delta, Engine, ModelInfo, Priority
from inference_sidecar.prose import FreeWriter, GuidedWriter
from inference_sidecar.schemas import Assessment, FeedbackRequest
from inference_sidecar.summaries.draft import Summarizer
from inference_sidecar.summaries.quoted import QuotedSummarizer
from inference_sidecar.summaries.schemas import Origin
from inference_sidecar.summaries.written import WrittenSummarizer

# Below this a model's own verdict is noise (SmolLM2-135M: the same yes/no for good
# and bad answers); it writes English when led by the hand, and no Korean.
RUBRIC_FROM_BILLIONS = 3.0

_SIZE = re.compile(r"(?<![a-z0-9.])(?:\d+x)?(\d+(?:\.\d+)?)([bm])(?![a-z])", re.IGNORECASE)


class Assessor(Protocol):
    @property
    def method(self) -> str: ...

    async def assess(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> Assessment:
        """Raises EngineError, ContextLengthExceeded, assessment.InvalidModelOutput."""
        ...


class Writer(Protocol):
    def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        """Markdown in pieces; token counts are totals so far, 0 for composed text."""
        ...


@dataclass(frozen=True, slots=True)
class Strategy:
    """How answers are judged, prose is written and sources are summarised with one model."""

    assessor: Assessor
    writer: Writer
    summarizer: Summarizer
    prompt_version: str
    prompt_names: tuple[str, ...]

    @property
    def method(self) -> str:
        return self.assessor.method

    async def assess(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> Assessment:
        """Raises EngineError, ContextLengthExceeded, assessment.InvalidModelOutput."""
        return await self.assessor.assess(engine, request, priority=priority)

    def write_prose(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        """Markdown in pieces; token counts are totals so far, 0 for composed text."""
        return self.writer.write(engine, request, assessment, priority=priority)

    def prompt_versions(self) -> dict[str, str]:
        return prompts.versions(*self.prompt_names, *self.summarizer.prompt_names)


def signals_strategy() -> Strategy:
    """For small models: signals judge, and the assessment leads the pen."""
    return Strategy(
        SignalAssessor(),
        GuidedWriter(),
        QuotedSummarizer(),
        "signals-1",
        ("signals_given_answer", "signals_baseline", "prose_guided", "prose_guided_retry"),
    )


def rubric_strategy() -> Strategy:
    """For large instruct models: the model judges and writes."""
    return Strategy(
        RubricAssessor(),
        FreeWriter(),
        WrittenSummarizer(),
        "rubric-1",
        ("rubric_judge", "prose_free"),
    )


SUMMARIZERS: dict[Origin, Callable[[], Summarizer]] = {
    "quoted": QuotedSummarizer,
    "written": WrittenSummarizer,
}


def billions(model: str) -> float | None:
    """The size that a model's name tells, in billions of parameters."""
    match = _SIZE.search(model)
    if match is None:
        return None
    return float(match[1]) / (1000 if match[2] in "mM" else 1)


def strategy_for(info: ModelInfo, *, summaries: Origin | None = None) -> Strategy:
    """The table: by size. A model that does not tell its size gets signals, which claim less.

    ``summaries`` has them made so whatever the model.
    """
    size = billions(info.model)
    capable = size is not None and size >= RUBRIC_FROM_BILLIONS
    strategy = rubric_strategy() if capable else signals_strategy()
    if summaries is None:
        return strategy
    return replace(strategy, summarizer=SUMMARIZERS[summaries]())
