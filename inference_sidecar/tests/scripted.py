"""An engine for tests: queued replies, recorded calls, faults on demand."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inference_sidecar.engine import (
    ContextLengthExceeded,
    Delta,
    Engine,
    EngineError,
    Message,
    ModelInfo,
    Priority,
    Score,
)
from inference_sidecar.schemas import Assessment, FeedbackRequest, KeyPointAssessment
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.draft import Draft, Report
from inference_sidecar.summaries.schemas import Origin, SummaryRequest

SCRIPTED_INFO = ModelInfo(
    model="scripted", context_length=4096, engine="scripted", engine_version="1"
)


@dataclass(slots=True)
class Reply:
    """One generation: its pieces, and what goes wrong in it."""

    pieces: Sequence[str]
    dies_after: int | None = None
    """The engine dies after so many pieces."""
    hold: asyncio.Event | None = None
    """The first piece waits for this event; ``hold_after`` moves the wait further on."""
    hold_after: int = 0
    seconds_per_piece: float = 0.0
    finish_reason: str = "stop"


@dataclass(frozen=True, slots=True)
class GenerateCall:
    messages: tuple[Message, ...]
    max_tokens: int
    priority: Priority
    temperature: float
    stop: tuple[str, ...]
    prefill: str
    json_schema: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ScoreCall:
    pairs: tuple[tuple[str, str], ...]
    priority: Priority


@dataclass(frozen=True, slots=True)
class ChooseCall:
    contexts: tuple[str, ...]
    options: tuple[str, ...]
    priority: Priority


def first_option(context: str, options: Sequence[str]) -> Sequence[float]:
    return [1.0] + [0.0] * (len(options) - 1)


def shared_words(context: str, continuation: str) -> float:
    """Nats per token that grow with the share of the continuation's words in the context."""
    words = set(re.findall(r"\w+", continuation.lower()))
    known = set(re.findall(r"\w+", context.lower()))
    return -5.0 + (3.0 * len(words & known) / len(words) if words else 0.0)


@dataclass
class ScriptedEngine:
    """Implements ``engine.Engine``. One token is one piece of a reply, or one word."""

    replies: deque[Reply] = field(default_factory=deque)
    mean_logprob: Callable[[str, str], float] = shared_words
    chances: Callable[[str, Sequence[str]], Sequence[float]] = first_option
    """What ``choose`` answers for one context and the options."""
    info: ModelInfo = SCRIPTED_INFO
    score_hold: asyncio.Event | None = None
    """When set, every score or choose call waits for this event."""
    scores_left: int | None = None
    """The engine dies at the score or choose call after so many."""
    calls: list[GenerateCall | ScoreCall | ChooseCall] = field(default_factory=list)
    running: int = 0
    """Calls in progress: back to 0 when every caller finished or was cancelled."""
    cancelled: int = 0
    dead: bool = False
    shut_down: bool = False

    def queue(self, *replies: str | Iterable[str] | Reply) -> None:
        """A text is sent word by word, a list piece by piece."""
        for reply in replies:
            if isinstance(reply, str):
                reply = re.findall(r"\s*\S+\s*$|\s*\S+", reply) or [""]
            self.replies.append(reply if isinstance(reply, Reply) else Reply(list(reply)))

    @property
    def generate_calls(self) -> list[GenerateCall]:
        return [call for call in self.calls if isinstance(call, GenerateCall)]

    @property
    def score_calls(self) -> list[ScoreCall]:
        return [call for call in self.calls if isinstance(call, ScoreCall)]

    @property
    def choose_calls(self) -> list[ChooseCall]:
        return [call for call in self.calls if isinstance(call, ChooseCall)]

    async def generate(
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
        self.calls.append(
            GenerateCall(
                tuple(messages),
                max_tokens,
                priority,
                temperature,
                tuple(stop),
                prefill,
                json_schema,
            )
        )
        self._check_alive()
        prompt_tokens = sum(self.count_tokens(message.content) for message in messages)
        self._check_length(prompt_tokens + max_tokens)
        if not self.replies:
            raise AssertionError("generate was called, but no reply is queued")
        reply = self.replies.popleft()
        self.running += 1
        try:
            for index, piece in enumerate(reply.pieces):
                if reply.hold is not None and index == reply.hold_after:
                    await reply.hold.wait()
                await asyncio.sleep(reply.seconds_per_piece)
                self._die_when(reply.dies_after == index)
                last = index == len(reply.pieces) - 1 and reply.dies_after is None
                yield Delta(
                    text=piece,
                    prompt_tokens=prompt_tokens,
                    completion_tokens=index + 1,
                    finish_reason=reply.finish_reason if last else None,
                )
            self._die_when(reply.dies_after is not None)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    async def score(self, pairs: Sequence[tuple[str, str]], *, priority: Priority) -> list[Score]:
        self.calls.append(ScoreCall(tuple(pairs), priority))
        await self._read()
        scores = []
        for context, continuation in pairs:
            tokens = self.count_tokens(continuation)
            prompt_tokens = self.count_tokens(context) + tokens
            self._check_length(prompt_tokens)
            logprob = self.mean_logprob(context, continuation) * tokens
            scores.append(Score(logprob=logprob, tokens=tokens, prompt_tokens=prompt_tokens))
        return scores

    async def choose(
        self, contexts: Sequence[str], options: Sequence[str], *, priority: Priority
    ) -> list[list[float]]:
        self.calls.append(ChooseCall(tuple(contexts), tuple(options), priority))
        await self._read()
        for context in contexts:
            self._check_length(self.count_tokens(context) + 1)
        return [list(self.chances(context, options)) for context in contexts]

    async def _read(self) -> None:
        """What scoring and choosing have in common: they wait, die and are cancelled."""
        self._die_when(self.scores_left == 0)
        self._check_alive()
        if self.scores_left is not None:
            self.scores_left -= 1
        self.running += 1
        try:
            if self.score_hold is not None:
                await self.score_hold.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def check_health(self) -> None:
        self._check_alive()

    def shutdown(self) -> None:
        self.shut_down = True

    def _die_when(self, condition: bool) -> None:
        if condition:
            self.dead = True
            self._check_alive()

    def _check_alive(self) -> None:
        if self.dead:
            raise EngineError("the scripted engine is dead")

    def _check_length(self, tokens: int) -> None:
        if tokens > self.info.context_length:
            raise ContextLengthExceeded(f"{tokens} tokens")


class ScriptedStrategy:
    """Implements ``strategies.Strategy``: a fixed assessment, prose straight from the engine."""

    method = "scripted"
    prompt_version = "scripted-1"

    def __init__(
        self,
        assessment: Assessment,
        failure: Exception | None = None,
        draft: Draft | None = None,
    ) -> None:
        self.assessment = assessment
        self.failure = failure
        self.summarizer = ScriptedSummarizer(draft or Draft("quoted"))

    guess = False

    async def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        await engine.score(
            [(request.answer, key_point.text) for key_point in request.key_points],
            priority=priority,
        )
        if self.failure is not None:
            raise self.failure
        for mark in self.assessment.key_points:
            yield mark

    async def write_prose(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        if request.language == "ko":
            yield Delta("붙여 쓴 문장이에요.", 0, 0, composed=True)
            return
        messages = [Message("user", request.question), Message("user", request.answer)]
        async for delta in engine.generate(messages, max_tokens=200, priority=priority):
            yield delta

    def prompt_versions(self) -> dict[str, str]:
        return {"prose": "scripted-1"}


class ScriptedSummarizer:
    """Implements ``summaries.draft.Summarizer``: a fixed draft after two steps of scoring."""

    prompt_version = "scripted-1"
    prompt_names = ()

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @property
    def method(self) -> Origin:
        return self.draft.method

    async def summarise(self, bulk: BulkEngine, request: SummaryRequest, report: Report) -> Draft:
        for step in range(2):
            report(step, 2)
            await bulk.choose(
                [f"{source.id} {source.title}" for source in request.sources], (" yes", " no")
            )
        report(2, 2)
        return self.draft
