"""The work behind the routes: assessment first, then prose, as events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from inference_sidecar import errors, metrics
from inference_sidecar.admission import Admission
from inference_sidecar.assessment.scoring import assessment_of
from inference_sidecar.engine import Delta, Engine, Priority
from inference_sidecar.pace import gathered, pause_among
from inference_sidecar.schemas import (
    AssessedItem,
    Assessment,
    AssessRequest,
    AssessResponse,
    DeltaEvent,
    DoneEvent,
    FeedbackRequest,
    FeedbackResponse,
    KeyPointAssessment,
    ProseMethod,
    Timing,
    Usage,
    founded,
)
from inference_sidecar.strategies import Strategy
from inference_sidecar.streaming import Event
from inference_sidecar.tasks import all_or_none, closing, milliseconds

# Enough to keep a large GPU busy; each one gives way on its own.
BULK_ITEMS_AT_ONCE = 8


class Written:
    """Takes note of who wrote the prose, piece by piece."""

    def __init__(self) -> None:
        self._by_model = False

    async def note(self, prose: AsyncIterator[Delta]) -> AsyncIterator[Delta]:
        async with closing(prose):
            async for delta in prose:
                self._by_model |= bool(delta.text.strip()) and not delta.composed
                yield delta

    @property
    def method(self) -> ProseMethod:
        return "model" if self._by_model else "composed"


async def feedback_events(
    engine: Engine, strategy: Strategy, admission: Admission, request: FeedbackRequest
) -> AsyncIterator[Event]:
    """``mark``…, ``assessment``, ``delta``…, ``done``. Failures are raised, and end it.

    Raises ApiError (429 before anything ran, 502 for prose without a word), and
    what the engine and the strategy raise.
    """
    async with admission.interactive() as waited:
        started = time.monotonic()
        marks: list[KeyPointAssessment] = []
        first_mark: float | None = None
        judging = strategy.marks(engine, request, priority=Priority.INTERACTIVE)
        async with closing(judging):
            async for mark in judging:
                first_mark = first_mark or time.monotonic()
                marks.append(founded(request.answer, mark))
                yield Event("mark", marks[-1])
        assessment = assessment_of(request, marks, strategy.method)
        assessed = time.monotonic()
        yield Event("assessment", assessment)
        first_delta: float | None = None
        visible = False
        prompt_tokens = completion_tokens = 0
        written = Written()
        prose = written.note(
            strategy.write_prose(engine, request, assessment, priority=Priority.INTERACTIVE)
        )
        pieces = gathered(prose, lambda: pause_among(admission.interactive_lane.running))
        async with closing(prose), closing(pieces):
            async for delta in pieces:
                prompt_tokens = delta.prompt_tokens
                completion_tokens = delta.completion_tokens
                if delta.text:
                    first_delta = first_delta or time.monotonic()
                    visible = visible or not delta.text.isspace()
                    yield Event("delta", DeltaEvent(text=delta.text))
        if not visible or first_delta is None:
            raise errors.invalid_output("The model wrote nothing.")
        ended = time.monotonic()
        metrics.QUEUE.observe(waited)
        metrics.FIRST_MARK.observe((first_mark or assessed) - started)
        metrics.ASSESSMENT.observe(assessed - started)
        metrics.FIRST_DELTA.observe(first_delta - started)
        metrics.FEEDBACK.observe(ended - started)
        metrics.PROMPT_TOKENS.inc(prompt_tokens)
        metrics.COMPLETION_TOKENS.inc(completion_tokens)
        yield Event(
            "done",
            DoneEvent(
                model=engine.info.model,
                prompt_version=strategy.prompt_version,
                prose_method=written.method,
                usage=Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens),
                timing=Timing(
                    queue_ms=milliseconds(waited),
                    assessment_ms=milliseconds(assessed - started),
                    first_delta_ms=milliseconds(first_delta - started),
                    total_ms=milliseconds(ended - started),
                ),
            ),
        )


async def whole_feedback(events: AsyncIterator[Event]) -> FeedbackResponse:
    """All events of one feedback as one body."""
    assessment: Assessment | None = None
    done: DoneEvent | None = None
    pieces: list[str] = []
    async with closing(events):
        async for event in events:
            if isinstance(event.data, Assessment):
                assessment = event.data
            elif isinstance(event.data, DeltaEvent):
                pieces.append(event.data.text)
            elif isinstance(event.data, DoneEvent):
                done = event.data
    assert assessment is not None and done is not None
    return FeedbackResponse(assessment=assessment, text="".join(pieces), **dict(done))


async def assess(
    engine: Engine, strategy: Strategy, request: FeedbackRequest, *, priority: Priority
) -> Assessment:
    """The strategy's assessment, without claims that the answer does not bear out."""
    judging = strategy.marks(engine, request, priority=priority)
    async with closing(judging):
        marks = [founded(request.answer, mark) async for mark in judging]
    return assessment_of(request, marks, strategy.method)


async def assess_many(
    engine: Engine, strategy: Strategy, admission: Admission, request: AssessRequest
) -> AssessResponse:
    """Assess all items as bulk work. One item that fails, fails the request."""
    at_once = asyncio.Semaphore(BULK_ITEMS_AT_ONCE)

    async def assess_one(item: FeedbackRequest) -> AssessedItem:
        async with at_once:
            assessment = await admission.give_way(
                lambda: assess(engine, strategy, item, priority=Priority.BULK)
            )
        return AssessedItem(id=item.id, assessment=assessment)

    async with admission.bulk():
        items = await all_or_none(map(assess_one, request.items))
    return AssessResponse(
        model=engine.info.model, prompt_version=strategy.prompt_version, items=items
    )
