"""How feedback is put into words, in pieces as they come.

The assessment fixes what may be said. Large models put it into words themselves.
A 135M model left alone writes fluent nonsense (asked to encourage, it loops; asked
why a fact matters, it invents), so it gets one task it can do, restating one
sentence of the reference answer, and its sentence is shown only when it holds to
its source. Everything else, and everything in a language the model cannot write,
is composed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from inference_sidecar.engine import ContextLengthExceeded, Delta, Engine, Message, Priority
from inference_sidecar.prompts import load
from inference_sidecar.prose.composed import Section, compose, escaped, lower_opening, opening_step
from inference_sidecar.prose.facts import Facts, chooser, facts_of
from inference_sidecar.prose.guards import restates
from inference_sidecar.schemas import Assessment, FeedbackRequest, Language

RESTATEMENT_TOKENS = 60
FREE_TOKENS = {"en": 320, "ko": 640}
FREE_TEMPERATURE = 0.3
FREE_WORDS_MIN = 40
_SENTENCE = re.compile(r".+?[.!?。](?:[\"'”’)*]*)(?:\s+|$)|[^\n]*\n+", re.DOTALL)


class Pen:
    """Puts text out in small pieces and keeps count of the tokens behind it."""

    def __init__(self) -> None:
        self.prompt_tokens = 0
        self.completion_tokens = 0

    async def write(self, text: str, *, composed: bool = True) -> AsyncIterator[Delta]:
        for piece in re.findall(r"\s*(?:\S+\s*?){1,3}(?=\s|$)|\s+$", text):
            yield Delta(piece, self.prompt_tokens, self.completion_tokens, composed=composed)
            await asyncio.sleep(0)  # others get their turn, and a client that left is noticed

    def count(self, delta: Delta | None) -> None:
        """Add one generation, given its last delta."""
        if delta is not None:
            self.prompt_tokens += delta.prompt_tokens
            self.completion_tokens += delta.completion_tokens


def _joined(sections: list[Section]) -> str:
    return "\n\n".join(section.text for section in sections)


class GuidedWriter:
    """For small models: composed, with one sentence of the model's where it holds."""

    languages: frozenset[Language] = frozenset({"en"})

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        facts = facts_of(request, assessment)
        sections = compose(facts, request.language, chooser(request))
        pen = Pen()
        if request.language not in self.languages or not (facts.target and facts.example):
            async for piece in pen.write(_joined(sections)):
                yield piece
            return
        before = [section for section in sections if section.kind not in ("step", "close")]
        after = [section for section in sections if section.kind == "close"]
        async for piece in pen.write(_joined(before) + "\n\n" + opening_step(facts)):
            yield piece
        sentence = await self._restatement(engine, request, facts, pen, priority)
        async for piece in pen.write(" You could put it like this: “"):
            yield piece
        words = escaped(sentence or facts.example)
        async for piece in pen.write(words, composed=sentence is None):
            yield piece
        async for piece in pen.write(f"”\n\n{_joined(after)}"):
            yield piece

    async def _restatement(
        self,
        engine: Engine,
        request: FeedbackRequest,
        facts: Facts,
        pen: Pen,
        priority: Priority,
    ) -> str | None:
        """The example in the model's words; None when what it writes does not hold.

        The example's first words open the model's sentence: of 27 sentences begun
        freely 2 held to their source, of those begun so 16.
        """
        assert facts.target and facts.example
        head = lower_opening(" ".join(facts.example.split()[:4]))
        simple = load("prose_guided", "en").render(fact=facts.example)
        retry = load("prose_guided_retry", "en").render(
            question=request.question, point=facts.target.text, fact=facts.example
        )
        for prompt, opener in ((simple, "In other words, "), (retry, "You could add that ")):
            text = await _first_sentence(engine, prompt, opener + head, pen, priority)
            sentence = text.removeprefix(opener)
            if restates(sentence, facts.example, (facts.target.text,)):
                return sentence[0].upper() + sentence[1:]
        return None


async def _first_sentence(
    engine: Engine, prompt: str, prefill: str, pen: Pen, priority: Priority
) -> str:
    text, last = prefill, None
    generation = engine.generate(
        [Message("user", prompt)],
        max_tokens=RESTATEMENT_TOKENS,
        priority=priority,
        stop=["\n"],
        prefill=prefill,
    )
    try:
        async for last in generation:
            text += last.text
            if ended := re.match(r".+?[.!?](?=\s|$)", text):
                if ended.end() < len(text):
                    text = ended[0]
                    break
    except ContextLengthExceeded:
        return ""  # the composed sentence stands in
    finally:
        await generation.aclose()  # type: ignore[attr-defined]
    pen.count(last)
    return " ".join(text.split())


class FreeWriter:
    """For large models: they write, and what they write is passed on as it comes."""

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        language = request.language
        facts = facts_of(request, assessment)
        system = load("prose_free", language).render(
            question=request.question,
            reference_answer=request.reference_answer or "-",
            judgement=_judgement(facts),
        )
        written = ""
        last: Delta | None = None
        unlooped = Unlooped()
        generation = engine.generate(
            [Message("system", system), Message("user", request.answer)],
            max_tokens=FREE_TOKENS[language],
            priority=priority,
            temperature=FREE_TEMPERATURE,
        )
        try:
            async for last in generation:
                text = unlooped.take(last.text, ended=last.finish_reason is not None)
                written += text
                if text:
                    yield Delta(text, last.prompt_tokens, last.completion_tokens)
                if unlooped.looping:
                    break
        finally:
            await generation.aclose()  # type: ignore[attr-defined]
        if len(written.split()) >= FREE_WORDS_MIN:
            return
        pen = Pen()
        pen.count(last)
        text = _joined(compose(facts, language, chooser(request)))
        async for piece in pen.write(("\n\n" if written.strip() else "") + text):
            yield piece


class Unlooped:
    """Lets text through at once, but no sentence a second time.

    Only the beginning of a sentence that one was begun with before is held back,
    until it goes another way.
    """

    def __init__(self) -> None:
        self.looping = False
        self._seen: set[str] = set()
        self._sentence = ""
        self._shown = 0

    def take(self, text: str, *, ended: bool) -> str:
        """What may be shown now. ``looping`` turns true at a repeated sentence."""
        self._sentence += text
        shown = ""
        while match := _SENTENCE.match(self._sentence):
            if match.end() == len(self._sentence) and not ended:
                break  # the sentence may go on: "e.g. this"
            key = _key(match[0])
            if key in self._seen:
                self.looping = True
                return shown
            if key:
                self._seen.add(key)
            shown += match[0][self._shown :]
            self._sentence, self._shown = self._sentence[match.end() :], 0
        begun = _key(self._sentence)
        if ended or not any(known.startswith(begun) for known in self._seen):
            shown += self._sentence[self._shown :]
            self._shown = len(self._sentence)
        return shown


def _key(sentence: str) -> str:
    return " ".join(sentence.lower().split())


def _judgement(facts: Facts) -> str:
    rows = [
        *(("covered", point) for point in facts.covered),
        *(("partly there", point) for point in facts.partial),
        *(("mistaken", point) for point in facts.wrong),
        *(("missing", point) for point in facts.missing),
        *(("new since the previous attempt", point) for point in facts.gained),
    ]
    return "\n".join(f"- {status}: {point.text}" for status, point in rows)
