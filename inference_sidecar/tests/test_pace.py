"""Deltas are put together without loss, the first at once and none after the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inference_sidecar.engine import Delta
from inference_sidecar.pace import gathered, pause_among

pytestmark = pytest.mark.anyio


class Source:
    """Deltas that the test hands out one by one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Delta | Exception | None] = asyncio.Queue()
        self.closed = False

    def give(self, *texts: str) -> None:
        for number, text in enumerate(texts, start=1):
            self.queue.put_nowait(Delta(text, 7, number))

    async def deltas(self) -> AsyncIterator[Delta]:
        try:
            while (item := await self.queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self.closed = True


async def test_the_first_comes_at_once_and_the_rest_together() -> None:
    source = Source()
    pieces = gathered(source.deltas(), lambda: 3600.0)
    source.give("a")
    assert await anext(pieces) == Delta("a", 7, 1)
    source.give("b", "c", "d")
    source.queue.put_nowait(None)
    # An hour's pause is not waited for: the text is over.
    assert await anext(pieces) == Delta("bcd", 7, 3)
    with pytest.raises(StopAsyncIteration):
        await anext(pieces)


async def test_a_pause_that_is_over_lets_the_next_pass() -> None:
    source = Source()
    pieces = gathered(source.deltas(), lambda: 0.0)
    for text in ("a", "b", "c"):
        source.give(text)
        assert (await anext(pieces)).text == text
    await pieces.aclose()


async def test_what_came_before_a_failure_is_not_lost() -> None:
    source = Source()
    pieces = gathered(source.deltas(), lambda: 3600.0)
    source.give("a")
    assert (await anext(pieces)).text == "a"
    source.give("b", "c")
    source.queue.put_nowait(RuntimeError("engine"))
    assert (await anext(pieces)).text == "bc"
    with pytest.raises(RuntimeError, match="engine"):
        await anext(pieces)


async def test_closing_ends_the_source() -> None:
    source = Source()
    pieces = gathered(source.deltas(), lambda: 3600.0)
    source.give("a")
    await anext(pieces)
    await pieces.aclose()
    assert source.closed


def test_a_lone_reader_waits_for_no_word() -> None:
    assert pause_among(1) == 0.015
    assert pause_among(8) == 0.12
    assert pause_among(32) == 0.3
