"""Who may use the engine now: places for interactive and for bulk work.

Interactive work waits in a short line of its own and never behind bulk work.
Bulk work gives way: it starts only while no interactive work runs, and it is
aborted and started anew when some arrives. vLLM's own priorities cannot do
that, they only order its waiting queue. A bulk step must therefore be small
and safe to repeat, or go on where it was stopped (``summaries/bulk.py``); what
it had read comes back from the prefix cache.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from inference_sidecar import errors, metrics
from inference_sidecar.tasks import cancel_and_wait

T = TypeVar("T")

# When bulk work has stood still for so long, one step of it runs to its end beside
# interactive work, so that nothing waits for ever on a busy day.
PATIENCE_SECONDS = 30.0
LONGEST_RETRY_AFTER_SECONDS = 60
# Steps of all bulk requests that run at once: what fills the demo's CPU.
BULK_STEPS = 32


@dataclass(frozen=True, slots=True)
class Limits:
    running: int
    waiting: int


class Lane:
    """``limits.running`` places and a first-come line of ``limits.waiting``."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.running = 0
        self.waiting = 0
        self._places = asyncio.Semaphore(limits.running)
        self._usual_seconds = 2.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[float]:
        """Hold a place; yields the seconds waited for it. Raises 429 when the line is full."""
        self.refuse_when_full()
        asked = time.monotonic()
        self.waiting += 1
        self._show()
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
            self._show()
        self.running += 1
        self._show()
        started = time.monotonic()
        try:
            yield started - asked
        finally:
            self._usual_seconds += 0.1 * (time.monotonic() - started - self._usual_seconds)
            self.running -= 1
            self._places.release()
            self._show()

    @property
    def is_busy(self) -> bool:
        """Whoever comes now must wait or is refused."""
        return self._places.locked()

    def refuse_when_full(self) -> None:
        """Raises 429 when neither a place nor room in the line is left."""
        if self.is_busy and self.waiting >= self.limits.waiting:
            raise errors.overloaded(self._retry_after())

    def _retry_after(self) -> int:
        """Seconds until a place in the line should be free, by what work took lately."""
        seconds = math.ceil(self._usual_seconds / self.limits.running)
        return max(1, min(seconds, LONGEST_RETRY_AFTER_SECONDS))

    def _show(self) -> None:
        metrics.RUNNING.labels(self.name).set(self.running)
        metrics.WAITING.labels(self.name).set(self.waiting)


class Admission:
    def __init__(self, *, interactive: Limits, bulk: Limits, bulk_steps: int = BULK_STEPS) -> None:
        self.interactive_lane = Lane("interactive", interactive)
        self.bulk_lane = Lane("bulk", bulk)
        self._bulk_steps = asyncio.Semaphore(bulk_steps)
        self._bulk_moved = time.monotonic()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._busy = asyncio.Event()

    @asynccontextmanager
    async def interactive(self) -> AsyncIterator[float]:
        """Hold an interactive place; yields the seconds waited. Raises 429 when full."""
        async with self.interactive_lane.place() as waited:
            self._quiet.clear()
            self._busy.set()
            try:
                yield waited
            finally:
                # The place is given back after this block: one left means only this.
                if self.interactive_lane.running == 1:
                    self._busy.clear()
                    self._quiet.set()

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[float]:
        """Hold a bulk place; yields the seconds waited. Raises 429 when full."""
        async with self.bulk_lane.place() as waited:
            yield waited

    async def give_way(self, step: Callable[[], Awaitable[T]]) -> T:
        """Run one bulk step while nothing interactive runs; begin again when disturbed.

        At most ``bulk_steps`` run at once, first come first served.
        """
        async with self._bulk_steps:
            while await self.quiet():
                work = asyncio.ensure_future(step())
                disturbed = asyncio.ensure_future(self._busy.wait())
                try:
                    await asyncio.wait({work, disturbed}, return_when=asyncio.FIRST_COMPLETED)
                    if work.done():
                        return work.result()
                finally:
                    await cancel_and_wait(work, disturbed)
                    # It has moved until now: patience begins here.
                    self._bulk_moved = time.monotonic()
                metrics.GIVEN_WAY.inc()
            return await step()

    async def quiet(self) -> bool:
        """Wait until nothing interactive runs. False when patience ended first.

        Patience is one for all bulk work: where many wait, one goes ahead at a time.
        """
        while not self._quiet.is_set():
            patience = self._bulk_moved + PATIENCE_SECONDS - time.monotonic()
            if patience <= 0:
                self._bulk_moved = time.monotonic()
                return False
            try:
                async with asyncio.timeout(patience):
                    await self._quiet.wait()
            except TimeoutError:
                pass
        return True
