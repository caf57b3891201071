"""What a strategy makes of the sources, before anything of it is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.schemas import (
    Dropped,
    Origin,
    SectionKey,
    SummaryRequest,
    SummarySentence,
)

Report = Callable[[int, int], None]
"""Told steps done and steps in all."""


@dataclass
class Draft:
    method: Origin
    sections: dict[SectionKey, list[SummarySentence]] = field(default_factory=dict)
    dropped: Dropped = field(default_factory=Dropped)
    """What the strategy itself left out because it does not stand."""


class Summarizer(Protocol):
    @property
    def method(self) -> Origin: ...

    @property
    def prompt_version(self) -> str:
        """Changes when the same sources would give another summary."""
        ...

    @property
    def prompt_names(self) -> tuple[str, ...]: ...

    async def summarise(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> Draft:
        """Raises what the engine raises."""
        ...
