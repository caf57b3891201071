"""kombu's Redis transport, for workers that outlive a broker that goes away.

A worker that holds an unacknowledged message when its connection breaks puts it back
while it closes the connection. kombu 5.7 then reads the address of a connection that is
closed already, and what follows is no connection error, so Celery ends the worker
("Unrecoverable error") where it should connect again. Here it is a connection error.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError


class Channel(kombu_redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker is closed")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]
        return parameters


class Transport(kombu_redis.Transport):
    Channel = Channel


def install() -> None:
    """Use it for every redis:// and rediss:// address."""
    TRANSPORT_ALIASES.update(
        dict.fromkeys(("redis", "rediss"), f"{Transport.__module__}:{Transport.__name__}")
    )
