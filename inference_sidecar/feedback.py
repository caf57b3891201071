"""The work behind the routes: assessment first, then prose, as events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from inference_sidecar import errors, metrics
from inference_sidecar.admission import Admission
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
    ProseMethod,
    Timing,
    Usage,
    drop_unfounded_quotes,
)
from inference_sidecar.strategies import Strategy
from inference_sidecar.streaming import Event
from inference_sidecar.tasks import all_or_none, closing, milliseconds

# Enough to keep a large GPU busy; each one gives way on its own.
BULK_ITEMS_AT_ONCE = 8


class Written:
    """Takes note of who wrote the prose, piece by piece."""

    def __init__(self) -> None:
        self._by_model = self._composed = False

    async def note(self, prose: AsyncIterator[Delta]) -> AsyncIterator[Delta]:
        async with closing(prose):
            async for delta in prose:
                if delta.text.strip():
                    self._composed |= delta.composed
                    self._by_model |= not delta.composed
                yield delta

    @property
    def method(self) -> ProseMethod:
        if not self._by_model:
            return "composed"
        return "guided" if self._composed else "model"


async def feedback_events(
    engine: Engine, strategy: Strategy, admission: Admission, request: FeedbackRequest
) -> AsyncIterator[Event]:
    """``assessment``, ``delta``…, ``done``. Failures are raised; nothing else follows them.

    Raises ApiError (429 before anything ran, 502 for prose without a word), and
    what the engine and the strategy raise.
    """
    async with admission.interactive() as waited:
        started = time.monotonic()
        assessment = await assess(engine, strategy, request, priority=Priority.INTERACTIVE)
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
    assessment = await strategy.assess(engine, request, priority=priority)
    return drop_unfounded_quotes(request.answer, assessment)


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
