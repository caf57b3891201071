"""The live event stream of a job: a Redis stream between its worker and its watchers.

The worker appends events (``progress``, ``assessment``, ``delta``, ``done``,
``error``); any number of watchers read them from the start or from where they
were, so a reload, a second tab and a reconnect see the same stream and the work
runs once. The row holds the result: the stream may vanish at any time, and then
a watcher looks at the row.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import redis
import redis.asyncio
import structlog
from django.conf import settings

logger = structlog.get_logger(__name__)

START = "0"
TTL_SECONDS = 60 * 60
MAX_EVENTS = 5000
_EVENT_ID = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")  # two 64-bit numbers


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    """Redis stream id: grows with time, is the ``Last-Event-ID`` of the page."""
    name: str
    data: dict[str, Any]

    def as_sse(self) -> str:
        return sse(self.name, json.dumps(self.data, ensure_ascii=False), self.id)


def sse(name: str, data: str, event_id: str = "") -> str:
    """One event in the text/event-stream format (WHATWG HTML, section 9.2)."""
    lines = [f"id: {event_id}"] if event_id else []
    lines.append(f"event: {name}")
    # Not splitlines(): only these three end a line here, and JSON may hold the others.
    lines += [f"data: {line}" for line in re.split("\r\n|\r|\n", data)]
    return "\n".join(lines) + "\n\n"


@functools.cache
def _pool() -> redis.ConnectionPool:
    """One pool a process, not one client: threads that start together may each build
    one, and a client that loses the race closes its connections under the user's hands.
    """
    return redis.ConnectionPool.from_url(
        settings.LIVE_STREAM_URL, socket_connect_timeout=2, socket_timeout=5
    )


class Publisher:
    """Appends events for watchers. Best effort: the job never fails for want of them."""

    def __init__(self, key: str) -> None:
        self.key = key

    def restart(self, data: dict[str, Any]) -> None:
        """Empty the stream, keeping its ids growing, and say that a run begins."""
        self._send("progress", data, trim=True)

    def publish(self, name: str, data: dict[str, Any]) -> None:
        self._send(name, data)

    def _send(self, name: str, data: dict[str, Any], *, trim: bool = False) -> None:
        fields: dict[Any, Any] = {"event": name, "data": json.dumps(data, ensure_ascii=False)}
        try:
            client = redis.Redis(connection_pool=_pool())
            with client.pipeline(transaction=True) as pipe:
                if trim:
                    pipe.xtrim(self.key, maxlen=0, approximate=False)
                pipe.xadd(self.key, fields, maxlen=MAX_EVENTS)
                # With each event: a stream that began anew must not stay for ever.
                pipe.expire(self.key, TTL_SECONDS)
                pipe.execute()
        except Exception as error:  # whatever it is, the job goes on
            logger.warning("live event lost", key=self.key, event_name=name, error=str(error))


def _parse(entry_id: bytes, fields: dict[bytes, bytes]) -> Event:
    return Event(entry_id.decode(), fields[b"event"].decode(), json.loads(fields[b"data"]))


async def follow(
    key: str, after: str = START, *, block_ms: int = 10_000
) -> AsyncIterator[list[Event]]:
    """Batches of events after the id ``after``; an empty batch after each silence.

    Ends, without an error, when Redis is lost: the watcher reconnects by itself.
    """
    client = redis.asyncio.Redis.from_url(
        settings.LIVE_STREAM_URL,
        socket_connect_timeout=2,
        socket_timeout=block_ms / 1000 + 5,  # redis-py's own 5 s would cut a quiet wait
    )
    last = after
    try:
        while True:
            replies: Any = await client.xread({key: last}, block=block_ms, count=500)
            batch = [_parse(*entry) for _key, entries in replies or [] for entry in entries]
            if batch:
                last = batch[-1].id
            yield batch
    except redis.RedisError as error:
        logger.warning("live stream lost", key=key, error=str(error))
    finally:
        await client.aclose()


def valid_event_id(value: str) -> str:
    """A client's Last-Event-ID, or the start where it is not one of ours."""
    return value if _EVENT_ID.fullmatch(value) else START
