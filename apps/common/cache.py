"""Django's Redis cache, which behaves as an empty one while Redis is away.

Throttles, rate limits and remembered states live here: a Redis that restarts
must stop nobody. An unthrottled minute costs less than a site that answers 500.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


@functools.cache
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> RedisCacheClient:
    return RedisCacheClient(list(servers), **dict(options))


class FailOpenRedisCache(RedisCache):
    @property
    def _cache(self) -> RedisCacheClient:
        """One pool of connections a process.

        Under ASGI each request runs in a thread of its own with a cache object of its
        own, and Django would connect anew for every one of them.
        """
        servers: list[str] = self._servers  # type: ignore[attr-defined]
        options: dict[str, Any] = self._options  # type: ignore[attr-defined]
        return _client(tuple(servers), tuple(sorted(options.items())))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, lambda: super(FailOpenRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        _or(None, lambda: super(FailOpenRedisCache, self).set(key, value, *args, **kwargs))

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """True while Redis is away: what is not there can be added."""
        return _or(True, lambda: super(FailOpenRedisCache, self).add(key, value, *args, **kwargs))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """One while Redis is away, as for the first of anything."""
        return _or(delta, lambda: super(FailOpenRedisCache, self).incr(key, delta, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _or(False, lambda: super(FailOpenRedisCache, self).delete(key, version))


def _or(fallback: Any, operation: Callable[[], Any]) -> Any:
    try:
        return operation()
    except RedisError as error:
        logger.warning("cache away", error=str(error))
        return fallback
