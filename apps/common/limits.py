"""How often one person may do a thing.

Counted in the service that does it, so that it holds for pages, the API and whatever way
in comes next. Counters live in the cache: while Redis is away nobody is stopped.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import ngettext

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST_IN_SECONDS = 90
"""Waits that are longer are told in minutes."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` times in ``seconds``, which begin with the first time."""

    purpose: str
    amount: int
    seconds: int


class LimitReached(Exception):
    """``retry_after``: seconds until it may be done again."""

    def __init__(self, limit: Limit, retry_after: float) -> None:
        super().__init__(limit.purpose)
        self.limit = limit
        self.retry_after = max(1, math.ceil(retry_after))

    @property
    def message(self) -> str:
        """For the person, in the language of the page."""
        if self.retry_after <= LONGEST_IN_SECONDS:
            return ngettext(
                "That was a lot at once. Please try again in %(n)d second.",
                "That was a lot at once. Please try again in %(n)d seconds.",
                self.retry_after,
            ) % {"n": self.retry_after}
        minutes = math.ceil(self.retry_after / MINUTE)
        return ngettext(
            "That was a lot at once. Please try again in %(n)d minute.",
            "That was a lot at once. Please try again in %(n)d minutes.",
            minutes,
        ) % {"n": minutes}


def count(who: object, *limits: Limit) -> None:
    """One more time for ``who``. Raises LimitReached where that is once too often."""
    for limit in limits:
        key = f"limit:{limit.purpose}:{limit.amount}/{limit.seconds}:{who}"
        ends = time.time() + limit.seconds
        # Two steps, each of which is atomic: of a hundred at once just ``amount`` get through.
        if cache.add(key, 1, limit.seconds):
            cache.set(f"{key}:ends", ends, limit.seconds)
            continue
        try:
            used = cache.incr(key)
        except ValueError:  # it ended between the two steps, or the cache is away
            continue
        if used > limit.amount:
            known_end = cache.get(f"{key}:ends") or ends
            raise LimitReached(limit, known_end - time.time())
