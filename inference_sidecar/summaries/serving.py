"""The work behind ``POST /v1/summaries``, as events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from inference_sidecar import errors, metrics
from inference_sidecar.admission import Admission
from inference_sidecar.engine import Engine
from inference_sidecar.schemas import Usage
from inference_sidecar.strategies import Strategy
from inference_sidecar.streaming import Event
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.checks import checked
from inference_sidecar.summaries.draft import Draft
from inference_sidecar.summaries.schemas import (
    Progress,
    Summary,
    SummaryDone,
    SummaryRequest,
    SummaryResponse,
    SummaryTiming,
)
from inference_sidecar.tasks import cancel_and_wait, closing, milliseconds


async def summary_events(
    engine: Engine, strategy: Strategy, admission: Admission, request: SummaryRequest
) -> AsyncIterator[Event]:
    """``progress``…, ``summary``, ``done``. Failures are raised; nothing follows them.

    Raises ApiError (429 before anything ran, 422 when there is nothing to say), and
    what the engine and the strategy raise.
    """
    admission.bulk_lane.refuse_when_full()
    if admission.bulk_lane.is_busy:
        # The line may take minutes: who waits in it shall hear that they do.
        yield Event("progress", Progress(done=0, total=0))
    async with admission.bulk() as waited:
        started = time.monotonic()
        bulk = BulkEngine(engine, admission)
        reports = Reports()
        work = asyncio.create_task(strategy.summarizer.summarise(bulk, request, reports.report))
        work.add_done_callback(lambda _: reports.end())
        try:
            async for progress in reports:
                yield Event("progress", progress)
            draft: Draft = work.result()
        finally:
            await cancel_and_wait(work)
        await admission.quiet()
        summary = await asyncio.to_thread(checked, request, draft)
        if not summary.sections:
            raise errors.nothing_to_say()
        yield Event("summary", summary)
        metrics.SUMMARY.observe(time.monotonic() - started)
        metrics.BULK_PROMPT_TOKENS.inc(bulk.used.prompt_tokens)
        metrics.BULK_COMPLETION_TOKENS.inc(bulk.used.completion_tokens)
        yield Event(
            "done",
            SummaryDone(
                model=engine.info.model,
                prompt_version=strategy.summarizer.prompt_version,
                usage=Usage(
                    prompt_tokens=bulk.used.prompt_tokens,
                    completion_tokens=bulk.used.completion_tokens,
                ),
                timing=SummaryTiming(
                    queue_ms=milliseconds(waited),
                    total_ms=milliseconds(time.monotonic() - started),
                ),
            ),
        )


async def whole_summary(events: AsyncIterator[Event]) -> SummaryResponse:
    """All events of one summary as one body."""
    summary: Summary | None = None
    done: SummaryDone | None = None
    async with closing(events):
        async for event in events:
            if isinstance(event.data, Summary):
                summary = event.data
            elif isinstance(event.data, SummaryDone):
                done = event.data
    assert summary is not None and done is not None
    return SummaryResponse(**dict(summary), **dict(done))


class Reports:
    """Progress as it is told, each state once, until ``end``."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Progress | None] = asyncio.Queue()

    def report(self, done: int, total: int) -> None:
        self._queue.put_nowait(Progress(done=done, total=total))

    def end(self) -> None:
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Progress]:
        while (progress := await self._queue.get()) is not None:
            yield progress
