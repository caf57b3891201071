"""Places, lines, and bulk work that gives way."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from inference_sidecar import admission as admission_module
from inference_sidecar.admission import Admission, Lane, Limits
from inference_sidecar.errors import ApiError
from inference_sidecar.tests.conftest import until

pytestmark = pytest.mark.anyio


def new_admission() -> Admission:
    return Admission(interactive=Limits(2, 1), bulk=Limits(1, 1))


async def test_a_full_line_refuses_the_next() -> None:
    lane = Lane("test", Limits(running=1, waiting=1))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lane.place())
        waiting = asyncio.create_task(hold(lane, asyncio.Event()))
        await until(lambda: lane.waiting == 1)

        with pytest.raises(ApiError) as refusal:
            await stack.enter_async_context(lane.place())

        assert refusal.value.status_code == 429
        assert refusal.value.headers == {"Retry-After": "2"}
        assert (lane.running, lane.waiting) == (1, 1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert (lane.running, lane.waiting) == (0, 0)


async def test_the_line_is_first_come_first_served() -> None:
    lane = Lane("test", Limits(running=1, waiting=3))
    order: list[int] = []

    async def take(number: int) -> None:
        async with lane.place():
            order.append(number)

    async with lane.place():
        tasks = [asyncio.create_task(take(number)) for number in range(3)]
        await until(lambda: lane.waiting == 3)
    await asyncio.gather(*tasks)

    assert order == [0, 1, 2]


async def test_bulk_waits_while_interactive_work_runs() -> None:
    admission = new_admission()
    steps: list[str] = []

    async def step() -> str:
        steps.append("step")
        return "result"

    async with admission.interactive():
        bulk = asyncio.create_task(admission.give_way(step))
        await asyncio.sleep(0.02)
        assert steps == []

    assert await bulk == "result"
    assert steps == ["step"]


async def test_bulk_is_aborted_by_interactive_work_and_begins_again() -> None:
    admission = new_admission()
    starts, aborts = 0, 0
    go_on = asyncio.Event()

    async def step() -> str:
        nonlocal starts, aborts
        starts += 1
        try:
            await go_on.wait()
        except asyncio.CancelledError:
            aborts += 1
            raise
        return "result"

    bulk = asyncio.create_task(admission.give_way(step))
    await until(lambda: starts == 1)
    async with admission.interactive():
        await until(lambda: aborts == 1)
        go_on.set()
        await asyncio.sleep(0.02)
        assert starts == 1

    assert await bulk == "result"
    assert (starts, aborts) == (2, 1)


async def test_bulk_stays_quiet_until_the_last_interactive_request_ends() -> None:
    admission = new_admission()
    first, second = asyncio.Event(), asyncio.Event()
    holders = [
        asyncio.create_task(hold(admission, first)),
        asyncio.create_task(hold(admission, second)),
    ]
    await until(lambda: admission.interactive_lane.running == 2)

    async def step() -> str:
        return "result"

    bulk = asyncio.create_task(admission.give_way(step))
    first.set()
    await holders[0]
    await asyncio.sleep(0.02)
    assert not bulk.done()
    second.set()
    await holders[1]

    assert await bulk == "result"


async def test_patience_ends_and_the_step_runs_beside_interactive_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission_module, "PATIENCE_SECONDS", 0.05)
    admission = new_admission()

    async def step() -> str:
        await asyncio.sleep(0.01)
        return "result"

    async with admission.interactive():
        assert await admission.give_way(step) == "result"


async def test_a_failing_step_fails_its_caller_once() -> None:
    admission = new_admission()
    starts = 0

    async def step() -> None:
        nonlocal starts
        starts += 1
        raise LookupError

    with pytest.raises(LookupError):
        await admission.give_way(step)
    assert starts == 1


async def hold(lane: Lane | Admission, release: asyncio.Event) -> None:
    place = lane.place() if isinstance(lane, Lane) else lane.interactive()
    async with place:
        await release.wait()
