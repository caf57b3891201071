"""How feedback is put into words, in pieces as they come.

The marks fix what may be said. Large models put it into words themselves, under checks;
for models that judge and do not write, the words are composed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from inference_sidecar.engine import Delta, Engine, Message, Priority
from inference_sidecar.prompts import load
from inference_sidecar.prose.composed import WORDS_MAX, compose
from inference_sidecar.prose.facts import Facts, facts_of
from inference_sidecar.schemas import Assessment, FeedbackRequest, Language
from inference_sidecar.tasks import closing

__all__ = ["ComposedWriter", "FreeWriter", "Passing"]

FREE_TOKENS = {"en": 320, "ko": 640}
FREE_TEMPERATURE = 0.3
# Shown only from here on: with less it has said nothing, and composed words say more.
FREE_WORDS_MIN = 25
# Of Hangul among the letters: Korean about computers is full of English names.
KOREAN_FROM, ENGLISH_UP_TO = 0.25, 0.1

_PIECE = re.compile(r"\s*(?:\S+\s*?){1,3}(?=\s|$)|\s+$")
_SENTENCE = re.compile(r".+?[.!?。][\"'”’)*]*\s+|[^\n]*\n+", re.DOTALL)
_LETTER, _HANGUL = re.compile(r"[^\W\d_]"), re.compile(r"[가-힣]")
_HAN_OR_KANA = re.compile(r"[぀-ヿ一-鿿]")


class ComposedWriter:
    """For models that judge and do not write: no model is asked."""

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        for piece in _PIECE.findall(compose(request, assessment)):
            yield Delta(piece, 0, 0, composed=True)
            await asyncio.sleep(0)  # others get their turn, and a client that left is noticed


class FreeWriter:
    """For large models: they write, and each sentence is shown when it passes.

    Where too little passes, and where the score bears no praise (asked for feedback, a
    model praises all the same), the words are composed.
    """

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        last = Delta("", 0, 0)
        passing = Passing(request.language)
        if assessment.score:
            async with closing(_generation(engine, request, assessment, priority)) as generation:
                held = ""
                async for last in generation:
                    held += passing.take(last.text, ended=last.finish_reason is not None)
                    if passing.words >= FREE_WORDS_MIN:
                        for piece in _PIECE.findall(held):
                            yield Delta(piece, last.prompt_tokens, last.completion_tokens)
                        held = ""
                    if passing.is_over:
                        break
        if passing.words < FREE_WORDS_MIN:
            async for delta in ComposedWriter().write(
                engine, request, assessment, priority=priority
            ):
                yield Delta(delta.text, last.prompt_tokens, last.completion_tokens, composed=True)


class Passing:
    """Lets a model's sentences through one by one, up to the first that must not be shown.

    That is one in another language, one that was there before, and one too many.
    """

    def __init__(self, language: Language) -> None:
        self.words = 0
        self.is_over = False
        self._language = language
        self._seen: set[str] = set()
        self._begun = ""

    def take(self, text: str, *, ended: bool) -> str:
        """The sentences that may be shown now; what is unfinished waits."""
        self._begun += text
        shown = ""
        while not self.is_over and (sentence := self._next(ended=ended)):
            self._begun = self._begun[len(sentence) :]
            key = " ".join(sentence.lower().split())
            words = self.words + len(sentence.split())
            if key in self._seen or words > WORDS_MAX or not is_in(self._language, sentence):
                self.is_over = True
                break
            if key:
                self._seen.add(key)
            self.words = words
            shown += re.sub(r"!(?=\s|$)", ".", sentence)
        return shown

    def _next(self, *, ended: bool) -> str:
        match = _SENTENCE.match(self._begun)
        if match and (ended or match.end() < len(self._begun)):  # it may go on: "e.g. this"
            return match[0]
        return self._begun if ended and self._begun.rstrip()[-1:] in (*'.!?。"”)', "") else ""


def is_in(language: Language, sentence: str) -> bool:
    letters = len(_LETTER.findall(sentence))
    if not letters:
        return True
    share = len(_HANGUL.findall(sentence)) / letters
    korean = share >= KOREAN_FROM if language == "ko" else share > ENGLISH_UP_TO
    return korean == (language == "ko") and not _HAN_OR_KANA.search(sentence)


def _generation(
    engine: Engine, request: FeedbackRequest, assessment: Assessment, priority: Priority
) -> AsyncIterator[Delta]:
    system = load("prose_free", request.language).render(
        question=request.question,
        reference_answer=request.reference_answer or "-",
        judgement=_judgement(facts_of(request, assessment)),
    )
    return engine.generate(
        [Message("system", system), Message("user", request.answer)],
        max_tokens=FREE_TOKENS[request.language],
        priority=priority,
        temperature=FREE_TEMPERATURE,
    )


def _judgement(facts: Facts) -> str:
    names = {"covered": "right", "partial": "partly there", "unsure": "cannot be told"}
    rows = []
    for point in facts.points:
        quote = f" (“{point.quote}”)" if point.quote else ""
        correction = f" Correction: {point.correction}" if point.correction else ""
        rows.append(f"- {names.get(point.status, point.status)}{quote}: {point.text}.{correction}")
    return "\n".join(rows)
