"""What stands in the broker's queues."""

from __future__ import annotations

import re
from uuid import UUID

import redis
import structlog
from celery import current_app
from django.conf import settings

logger = structlog.get_logger(__name__)
PAGE = 1000
"""Messages read at a time: about a megabyte."""
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def standing(task: str) -> frozenset[UUID] | None:
    """The jobs for which a message stands in the queue of ``task``; None if nobody can say.

    Every UUID that a message holds is given: its arguments are the job, and the others are
    random numbers that no job has. What a worker has taken already no longer stands there.
    """
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
        return frozenset()
    queue = current_app.amqp.router.route({}, task)["queue"].name
    found: set[bytes] = set()
    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=2, socket_timeout=5
        ) as client:
            first = 0
            while messages := client.lrange(queue, first, first + PAGE - 1):
                first += len(messages)
                for message in messages:
                    found.update(_UUID.findall(message))
    except redis.RedisError as error:
        logger.warning("queue not read", queue=queue, error=str(error))
        return None
    return frozenset(UUID(text.decode()) for text in found)
