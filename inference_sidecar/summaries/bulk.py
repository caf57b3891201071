"""The engine as bulk work uses it: every call gives way, every token is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference_sidecar.admission import Admission
from inference_sidecar.engine import Engine, Message, Priority
from inference_sidecar.tasks import all_or_none, closing

# Questions in a step: so long may interactive work, at worst, wait for one that had begun.
CHOICES_AT_ONCE = 8


@dataclass
class Counted:
    prompt_tokens: int = 0
    completion_tokens: int = 0


class BulkEngine:
    """``engine`` behind ``admission``, for one request."""

    def __init__(self, engine: Engine, admission: Admission) -> None:
        self._engine = engine
        self.admission = admission
        self.used = Counted()

    @property
    def context_length(self) -> int:
        return self._engine.info.context_length

    def count_tokens(self, text: str) -> int:
        return self._engine.count_tokens(text)

    async def choose(self, contexts: Sequence[str], options: Sequence[str]) -> list[list[float]]:
        """See ``Engine.choose``; in the order of ``contexts``. Raises as the engine does."""
        steps = [
            contexts[at : at + CHOICES_AT_ONCE] for at in range(0, len(contexts), CHOICES_AT_ONCE)
        ]
        rows = await all_or_none(self._choose_step(step, options) for step in steps)
        return [row for step in rows for row in step]

    async def _choose_step(
        self, contexts: Sequence[str], options: Sequence[str]
    ) -> list[list[float]]:
        rows = await self.admission.give_way(
            lambda: self._engine.choose(contexts, options, priority=Priority.BULK)
        )
        self.used.prompt_tokens += sum(map(self._engine.count_tokens, contexts))
        return rows

    async def generate(self, messages: Sequence[Message], *, max_tokens: int) -> str:
        """A whole text, written in as many goes as interactive work allows.

        What was written before a disturbance is kept: the next go continues it.
        Raises as the engine does.
        """
        text = _Text(self._engine, messages, max_tokens)
        await self.admission.give_way(text.go_on)
        self.used.prompt_tokens += text.prompt_tokens
        self.used.completion_tokens += text.written_tokens
        return text.written


class _Text:
    """One generation that can be stopped anywhere and taken up again."""

    def __init__(self, engine: Engine, messages: Sequence[Message], max_tokens: int) -> None:
        self._engine = engine
        self._messages = messages
        self._max_tokens = max_tokens
        self.written = ""
        self.written_tokens = 0
        self.prompt_tokens = 0

    async def go_on(self) -> None:
        # A model continues a word, not the blank before it.
        begun = self.written.rstrip(" ")
        tokens_before = self.written_tokens
        self.written = begun
        if tokens_before >= self._max_tokens:
            return
        generation = self._engine.generate(
            self._messages,
            max_tokens=self._max_tokens - tokens_before,
            priority=Priority.BULK,
            prefill=begun,
        )
        async with closing(generation):
            async for delta in generation:
                self.written += delta.text
                self.written_tokens = tokens_before + delta.completion_tokens
                # What an earlier go wrote is in the prompt of a later one.
                self.prompt_tokens = self.prompt_tokens or delta.prompt_tokens
