"""How feedback is put into words, in pieces as they come."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from inference_sidecar.engine import Delta, Engine, Priority
from inference_sidecar.prose.composed import compose
from inference_sidecar.prose.facts import chooser, facts_of
from inference_sidecar.schemas import Assessment, FeedbackRequest, Language, ProseMethod


async def stream(text: str, prompt_tokens: int = 0, completion_tokens: int = 0) -> AsyncIterator[Delta]:
    """A finished text in pieces of a few words."""
    for piece in re.findall(r"\s*(?:\S+\s*?){1,3}(?=\s|$)|\s+$", text):
        yield Delta(piece, prompt_tokens, completion_tokens)
        await asyncio.sleep(0)  # others get their turn, and a client that left is noticed


class ComposedWriter:
    """Every section in the staff's own words."""

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        sections = compose(facts_of(request, assessment), request.language, chooser(request))
        async for delta in stream("\n\n".join(section.text for section in sections)):
            yield delta

    def method(self, language: Language) -> ProseMethod:
        return "composed"
