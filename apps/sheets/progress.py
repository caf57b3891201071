"""How far a sheet is, for whoever looks at its page.

In the cache: what a worker writes in its transaction is seen by nobody before it ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from .models import SheetImport

KEPT_SECONDS = 120
"""Longer than any row takes, shorter than a new try of a lost worker waits."""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int


def tell(job: SheetImport, done: int, total: int) -> None:
    cache.set(_key(job), (done, total), KEPT_SECONDS)


def told(job: SheetImport) -> Progress | None:
    """None before the first row, and while the cache is away."""
    known = cache.get(_key(job))
    return Progress(*known) if known else None


def _key(job: SheetImport) -> str:
    """Each claim begins anew."""
    return f"sheet-import:{job.pk}:{job.attempts}"
