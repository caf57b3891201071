"""Prose in fewer, larger pieces while many read at once.

Every piece costs each process on its way to the reader a little, and where all of
them share a few processors, what is spent on pieces is taken from the model. One
reader sees each word as it comes; among many, words come so slowly that a few at a
time read no worse.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from inference_sidecar.engine import Delta
from inference_sidecar.tasks import cancel_and_wait

PAUSE_SECONDS_EACH = 0.015
PAUSE_SECONDS_MOST = 0.3


def pause_among(running: int) -> float:
    """Seconds between two pieces of one text while ``running`` texts are written."""
    return min(PAUSE_SECONDS_EACH * running, PAUSE_SECONDS_MOST)


async def gathered(
    deltas: AsyncIterator[Delta], pause: Callable[[], float]
) -> AsyncGenerator[Delta, None]:
    """``deltas``, those of each ``pause()`` seconds in one.

    The first comes at once and the end is not held back. Raises what ``deltas``
    raises, after everything that came before it.
    """
    box: list[Delta] = []
    arrived = asyncio.Event()

    async def fill() -> None:
        async for delta in deltas:
            box.append(delta)
            arrived.set()

    filling = asyncio.create_task(fill())
    filling.add_done_callback(lambda _: arrived.set())
    due = 0.0
    try:
        while True:
            await arrived.wait()
            wait = due - time.monotonic()
            if wait > 0 and not filling.done():
                await asyncio.wait({filling}, timeout=wait)
            arrived.clear()
            if box:
                piece = _joined(box)
                box.clear()
                due = time.monotonic() + pause()
                yield piece
            if filling.done() and not box:
                filling.result()
                return
    finally:
        await cancel_and_wait(filling)


def _joined(deltas: list[Delta]) -> Delta:
    """One delta for several: token counts are totals so far, so the last one's hold."""
    last = deltas[-1]
    if len(deltas) == 1:
        return last
    return Delta(
        text="".join(delta.text for delta in deltas),
        prompt_tokens=last.prompt_tokens,
        completion_tokens=last.completion_tokens,
        finish_reason=last.finish_reason,
    )
