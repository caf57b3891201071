"""Which model is judged how: the one place where that is decided.

A strategy is chosen by what was measured (``evaluate.py --gate``), never by hope: a model
that is not in ``JUDGES`` and not large claims nothing, and its marks are guesses. To put a
new model on another row, measure it and add it; ``--strategy`` tries one without.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from inference_sidecar import prompts
from inference_sidecar.assessment import judging
from inference_sidecar.assessment.judge import JudgeAssessor, Thresholds
from inference_sidecar.assessment.retrieval import RetrievalAssessor
from inference_sidecar.assessment.rubric import RubricAssessor
from inference_sidecar.engine import Delta, Engine, ModelInfo, Priority
from inference_sidecar.prose import ComposedWriter, FreeWriter
from inference_sidecar.prose.phrases import PHRASES
from inference_sidecar.schemas import Assessment, FeedbackRequest, KeyPointAssessment
from inference_sidecar.summaries.draft import Summarizer
from inference_sidecar.summaries.quoted import JUDGED_FROM, QuotedSummarizer
from inference_sidecar.summaries.schemas import Origin
from inference_sidecar.summaries.written import WrittenSummarizer

# From here on a model's own verdicts agree with people's (``rubric``), and it writes.
RUBRIC_FROM_BILLIONS = 3.0

JUDGES: Mapping[str, Mapping[str, Thresholds]] = {
    "Qwen2.5-Coder-0.5B-Judge": {
        "en": Thresholds(covered=0.57, partial=0.5, wrong=0.35, missing=0.4),
        "ko": Thresholds(covered=0.45, partial=0.5, wrong=0.4, missing=0.5),
    },
}
"""Models that were taught to judge, by name, with what was found on labelled answers in each
language."""

_SIZE = re.compile(r"(?<![a-z0-9.])(?:\d+x)?(\d+(?:\.\d+)?)([bm])(?![a-z])", re.IGNORECASE)


class Assessor(Protocol):
    @property
    def method(self) -> str: ...

    def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        """One mark for each key point, in any order, each final when it comes.

        Raises EngineError, ContextLengthExceeded, assessment.InvalidModelOutput.
        """
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
    prompt_names: tuple[str, ...]
    constants: tuple[object, ...]
    """Whatever besides the prompts decides a mark: a change makes another version."""
    guess: bool = False

    @property
    def method(self) -> str:
        return self.assessor.method

    @property
    def prompt_version(self) -> str:
        """Derived: a changed prompt file or constant is another version by itself."""
        return f"{self.method}-{prompts.digest(*self.prompt_names, constants=self.constants)}"

    def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        """See ``Assessor.marks``."""
        return self.assessor.marks(engine, request, priority=priority)

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


def judge_strategy(thresholds: Mapping[str, Thresholds]) -> Strategy:
    """For models that were taught to judge: they choose, and the words are composed."""
    return Strategy(
        JudgeAssessor(thresholds),
        ComposedWriter(),
        QuotedSummarizer(judged_from=JUDGED_FROM),
        prompt_names=(),
        constants=(sorted(thresholds.items()), judging.VERSION_SOURCE, PHRASES),
    )


def retrieval_strategy() -> Strategy:
    """For models too small to judge: finds passages and marks nothing for sure."""
    return Strategy(
        RetrievalAssessor(),
        ComposedWriter(),
        QuotedSummarizer(),
        prompt_names=(),
        constants=(PHRASES,),
        guess=True,
    )


def rubric_strategy() -> Strategy:
    """For large instruct models: the model judges and writes."""
    return Strategy(
        RubricAssessor(),
        FreeWriter(),
        WrittenSummarizer(),
        prompt_names=("rubric_judge", "prose_free"),
        constants=(),
    )


STRATEGIES: Mapping[str, Callable[[], Strategy]] = {
    "judge": lambda: judge_strategy(next(iter(JUDGES.values()))),
    "retrieval": retrieval_strategy,
    "rubric": rubric_strategy,
}
SUMMARIZERS: dict[Origin, Callable[[], Summarizer]] = {
    "quoted": QuotedSummarizer,
    "written": WrittenSummarizer,
}


def billions(model: str) -> float | None:
    """The size that a model's name tells, in billions of parameters: the largest one."""
    sizes = [float(number) / (1000 if unit in "mM" else 1) for number, unit in _SIZE.findall(model)]
    return max(sizes, default=None)


def strategy_for(
    info: ModelInfo, *, named: str | None = None, summaries: Origin | None = None
) -> Strategy:
    """The table. ``named`` and ``summaries`` have it done so whatever the model."""
    if named is not None:
        strategy = STRATEGIES[named]()
    elif info.model in JUDGES:
        strategy = judge_strategy(JUDGES[info.model])
    elif (billions(info.model) or 0) >= RUBRIC_FROM_BILLIONS:
        strategy = rubric_strategy()
    else:
        strategy = retrieval_strategy()
    if summaries is None:
        return strategy
    return replace(strategy, summarizer=SUMMARIZERS[summaries]())
