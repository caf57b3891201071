"""Assessment by a model that chooses: one small question for each key point.

1. Read the answer as lettered passages, once for all key points (``judging.answer_part``).
2. Ask of each key point whether the answer supports it, supports it partly, opposes it
   or ignores it, with what is commonly mistaken about it beside it.
3. Mark only what is sure; between the thresholds the mark says ``unsure``.
4. Where the answer speaks of the point, choose the passage that does: the quote.
5. Where it is wrong, ask which of the named misconceptions it makes.

Nothing is decoded, so the same answer gets the same marks every time.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from inference_sidecar.assessment.judging import VERDICTS, answer_part, claim_part, place_part
from inference_sidecar.assessment.passages import LETTERS, Passage, passages
from inference_sidecar.engine import Engine, Priority
from inference_sidecar.schemas import (
    FeedbackRequest,
    KeyPoint,
    KeyPointAssessment,
    Quote,
    Status,
)
from inference_sidecar.tasks import cancel_and_wait

METHOD = "judge"
_SUPPORTS, _PARTLY, _OPPOSES, _IGNORES = range(len(VERDICTS))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a verdict is sure; found on labelled answers to questions
    that the judge was not taught (``tools/judge``), not by taste."""

    covered: float
    partial: float
    """Of supporting it wholly or partly, together."""
    wrong: float
    missing: float
    misconception: float = 0.5
    """Of making a named mistake, once the point is wrong."""


class JudgeAssessor:
    method = METHOD

    def __init__(self, thresholds: Mapping[str, Thresholds]) -> None:
        self.thresholds = thresholds
        """By the feedback's language: a small judge is not as sure in each."""

    async def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        """Each key point's mark as soon as it is decided; the first one alone, so that the
        others find the answer in the engine's prefix cache. Raises what the engine raises."""
        pieces = claiming_passages(request)
        if not pieces:
            for point in request.key_points:
                yield KeyPointAssessment(id=point.id, status="missing", confidence=1.0)
            return
        judgement = _Judgement(self, engine, request, pieces, priority)
        first, *others = request.key_points
        yield await judgement.mark(first)
        tasks = [asyncio.ensure_future(judgement.mark(point)) for point in others]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            await cancel_and_wait(*tasks)

    def decide(self, verdicts: Sequence[float], language: str) -> tuple[Status, float]:
        """The status that the chances of VERDICTS bear, and how sure it is."""
        limits = self.thresholds[language]
        supports, opposes, ignores = (verdicts[i] for i in (_SUPPORTS, _OPPOSES, _IGNORES))
        somewhat = supports + verdicts[_PARTLY]
        if supports >= limits.covered:
            return "covered", supports
        if opposes >= limits.wrong:
            return "wrong", opposes
        if ignores >= limits.missing:
            return "missing", ignores
        if somewhat >= limits.partial:
            return "partial", somewhat
        return "unsure", max(verdicts)


def claiming_passages(request: FeedbackRequest) -> list[Passage]:
    """The answer's passages without those that only repeat the question."""
    question = "".join(request.question.split()).casefold()
    return [
        piece
        for piece in passages(request.answer)
        if "".join(piece.text.split()).casefold() not in question
    ]


def quote_of(answer: str, piece: Passage) -> Quote:
    return Quote(start=piece.start, end=piece.end, text=answer[piece.start : piece.end])


class _Judgement:
    """One answer before the judge."""

    def __init__(
        self,
        assessor: JudgeAssessor,
        engine: Engine,
        request: FeedbackRequest,
        pieces: Sequence[Passage],
        priority: Priority,
    ) -> None:
        self._assessor = assessor
        self._engine = engine
        self._request = request
        self._pieces = pieces
        self._priority = priority
        self._answer = answer_part(
            unicodedata.normalize("NFC", request.question), [piece.text for piece in pieces]
        )

    async def mark(self, point: KeyPoint) -> KeyPointAssessment:
        mistake = point.misconceptions[0].statement if point.misconceptions else None
        context = self._answer + claim_part(point.text, mistake)
        verdicts = await self._choose(context, VERDICTS)
        status, confidence = self._assessor.decide(verdicts, self._request.language)
        mark = KeyPointAssessment(id=point.id, status=status, confidence=round(confidence, 3))
        if status == "missing":
            return mark
        # The letter is asked for as the verdict that the mark goes with.
        mark.quote = await self._quote(context, max(range(_IGNORES), key=verdicts.__getitem__))
        if status == "wrong":
            mark.misconception = await self._misconception(point)
        return mark

    async def _quote(self, context: str, verdict: int) -> Quote:
        at = 0
        if len(self._pieces) > 1:
            letters = LETTERS[: len(self._pieces)]
            chances = await self._choose(context + place_part(VERDICTS[verdict]), letters)
            at = max(range(len(letters)), key=chances.__getitem__)
        return quote_of(self._request.answer, self._pieces[at])

    async def _misconception(self, point: KeyPoint) -> int | None:
        """Which misconception the answer states, if it surely states one."""
        contexts = [
            self._answer + claim_part(misconception.statement, point.text)
            for misconception in point.misconceptions
        ]
        if not contexts:
            return None
        rows = await self._engine.choose(contexts, VERDICTS, priority=self._priority)
        chances = [row[_SUPPORTS] for row in rows]
        best = max(range(len(chances)), key=chances.__getitem__)
        limits = self._assessor.thresholds[self._request.language]
        return best if chances[best] >= limits.misconception else None

    async def _choose(self, context: str, options: Sequence[str]) -> list[float]:
        [row] = await self._engine.choose([context], options, priority=self._priority)
        return row
