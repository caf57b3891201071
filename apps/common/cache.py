"""Django's Redis cache, which behaves as an empty one while Redis is away.

Throttles, rate limits and remembered states live here: a Redis that restarts
must stop nobody. An unthrottled minute costs less than a site that answers 500.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


class FailOpenRedisCache(RedisCache):
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, lambda: super(FailOpenRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        _or(None, lambda: super(FailOpenRedisCache, self).set(key, value, *args, **kwargs))

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """True while Redis is away: what is not there can be added."""
        return _or(True, lambda: super(FailOpenRedisCache, self).add(key, value, *args, **kwargs))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _or(False, lambda: super(FailOpenRedisCache, self).delete(key, version))


def _or(fallback: Any, operation: Callable[[], Any]) -> Any:
    try:
        return operation()
    except RedisError as error:
        logger.warning("cache away", error=str(error))
        return fallback
