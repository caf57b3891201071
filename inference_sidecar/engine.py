"""The engine protocol: all that the sidecar asks of a language model.

Two implementations exist: ``vllm_engine.VLLMEngine`` (the real one, the only
module that imports vllm) and ``tests/scripted.py`` (queued replies, recorded
calls). Assessment, prose and routes are written against this protocol alone.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class Priority(enum.IntEnum):
    """vLLM's convention: the lower number is scheduled first."""

    INTERACTIVE = 0
    BULK = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message, as the OpenAI chat format names it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of generated text. Token counts are totals so far, not steps."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    finish_reason: str | None = None
    composed: bool = False
    """Put together from the assessment and the staff's words, not generated."""


@dataclass(frozen=True, slots=True)
class Score:
    """Log-likelihood of a continuation given its context."""

    logprob: float
    """Sum over the continuation's tokens, in nats (≤ 0)."""
    tokens: int
    """Number of continuation tokens scored."""
    prompt_tokens: int
    """Tokens of context and continuation together: what the call cost."""

    @property
    def mean(self) -> float:
        """Nats per token; 0.0 for an empty continuation."""
        return self.logprob / self.tokens if self.tokens else 0.0


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What ``GET /v1/model`` says of the loaded model."""

    model: str
    context_length: int
    """Tokens, prompt and completion together (vLLM ``max_model_len``)."""
    engine: str
    engine_version: str


class EngineError(Exception):
    """The engine cannot serve now (dead or shutting down): HTTP 503, retryable."""


class ContextLengthExceeded(ValueError):
    """The prompt does not fit the model's context: HTTP 413, not retryable."""


class Engine(Protocol):
    """A loaded model. Cancelling the consuming task frees the generation's slot."""

    @property
    def info(self) -> ModelInfo: ...

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        priority: Priority,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        prefill: str = "",
        json_schema: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Delta]:
        """Stream a chat completion.

        ``prefill`` opens the assistant's turn; the model continues it and it is
        not part of the deltas. ``json_schema`` constrains the output
        (structured outputs). Raises ContextLengthExceeded before the first
        delta, EngineError when the engine is dead.
        """
        ...

    async def score(self, pairs: Sequence[tuple[str, str]], *, priority: Priority) -> list[Score]:
        """Log-likelihood of each (context, continuation), scored together.

        Plain text, no chat template. Raises as ``generate`` does.
        """
        ...

    async def choose(
        self, contexts: Sequence[str], options: Sequence[str], *, priority: Priority
    ) -> list[list[float]]:
        """How likely each option is to follow each context: rows that sum to 1.

        Likelihoods of the options alone, compared with one another; nothing is decoded,
        so the same question has the same answer every time. Options that are one token
        each cost no more than reading the context; put what contexts share first, and
        it is read once. Plain text, no chat template. Raises as ``generate`` does, and
        ValueError for fewer than two options.
        """
        ...

    def count_tokens(self, text: str) -> int: ...

    async def check_health(self) -> None:
        """Raise EngineError when the engine can no longer serve."""
        ...

    def shutdown(self) -> None: ...
