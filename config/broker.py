"""kombu's Redis transport, for workers that outlive a broker that goes away.

A worker that holds an unacknowledged message when its connection breaks puts it back
while it closes the connection. kombu 5.7 then reads the address of a connection that is
closed already, and what follows is no connection error, so Celery ends the worker
("Unrecoverable error") where it should connect again. Here it is a connection error.

It also ends the worker over one message that is not JSON, or JSON of another shape than
its own. Here such a message is dropped with a line in the log: it names no job, and a job
whose message is lost is sent again by the sweeper.
"""

from __future__ import annotations

from queue import Empty
from typing import Any

import structlog
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError

logger = structlog.get_logger(__name__)
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What kombu raises over text that is not JSON, and over JSON that is no message of its own."""


class Channel(kombu_redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker is closed")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]
        return parameters

    def _brpop_read(self, **options: Any) -> Any:
        """What the worker's event loop reads a message with."""
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except UNREADABLE:
            logger.exception("unreadable message dropped")
            raise Empty from None

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The same, for whoever asks for one message."""
        try:
            return super()._get(queue)
        except UNREADABLE:
            logger.exception("unreadable message dropped")
            raise Empty from None


class Transport(kombu_redis.Transport):
    Channel = Channel


def install() -> None:
    """Use it for every redis:// and rediss:// address."""
    TRANSPORT_ALIASES.update(
        dict.fromkeys(("redis", "rediss"), f"{Transport.__module__}:{Transport.__name__}")
    )
