"""Server-sent events, and work that ends when its client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from inference_sidecar import errors
from inference_sidecar.request_log import note
from inference_sidecar.schemas import DoneEvent
from inference_sidecar.summaries.schemas import SummaryDone
from inference_sidecar.tasks import cancel_and_wait, closing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    data: BaseModel

    def encode(self) -> bytes:
        # JSON escapes line breaks, so one data line always is enough.
        data = self.data.model_dump_json(exclude_none=True)
        return f"event: {self.name}\ndata: {data}\n\n".encode()


Costs = DoneEvent | SummaryDone
# Its readers take a silence of a minute for a failure; bulk work may wait for longer.
PING_SECONDS = 10.0
PING = b": still here\n\n"


def note_done(scope: Scope, done: Costs) -> None:
    """What a finished request cost, for its log line."""
    note(scope, **done.timing.model_dump(), completion_tokens=done.usage.completion_tokens)


class ClientGone(Exception):
    """Nobody is there to hear the answer."""


async def until_disconnected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``, which is cancelled when the client disconnects (ClientGone)."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientGone
    finally:
        await cancel_and_wait(task, gone)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def with_pings(events: AsyncIterator[Event]) -> AsyncIterator[Event | None]:
    """``events``, and None after each ``PING_SECONDS`` without one."""
    waiting = asyncio.ensure_future(_next(events))
    try:
        while True:
            await asyncio.wait({waiting}, timeout=PING_SECONDS)
            if not waiting.done():
                yield None
                continue
            event = waiting.result()
            if event is None:
                return
            yield event
            waiting = asyncio.ensure_future(_next(events))
    finally:
        await cancel_and_wait(waiting)


async def _next(events: AsyncIterator[Event]) -> Event | None:
    return await anext(events, None)


class EventStream(Response):
    """Sends ``first``, then ``rest`` as it comes. A failure on the way is an ``error`` event."""

    media_type = "text/event-stream"

    def __init__(self, first: Event, rest: AsyncIterator[Event]) -> None:
        self.status_code = 200
        self.background = None
        self._first = first
        self._rest = rest
        self.body = b""
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with closing(self._rest):
            try:
                await until_disconnected(receive, self._send(scope, send))
            except ClientGone:
                note(scope, outcome="client_gone")

    async def _send(self, scope: Scope, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await self._send_body(send, self._first.encode(), more=True)
        try:
            async for event in with_pings(self._rest):
                if event is None:
                    await self._send_body(send, PING, more=True)
                    continue
                if isinstance(event.data, Costs):
                    note_done(scope, event.data)
                await self._send_body(send, event.encode(), more=True)
        except Exception as error:
            told = errors.as_api_error(error)
            note(scope, outcome=told.code)
            await self._send_body(send, Event("error", told.body).encode(), more=True)
        await self._send_body(send, b"", more=False)

    @staticmethod
    async def _send_body(send: Send, body: bytes, *, more: bool) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": more})
