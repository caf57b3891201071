"""Bulk work on the engine: it gives way, goes on where it was stopped, and is counted."""

from __future__ import annotations

import asyncio

import pytest

from inference_sidecar import admission as admission_module
from inference_sidecar.admission import Admission, Limits
from inference_sidecar.engine import EngineError, Message, Priority
from inference_sidecar.summaries.bulk import CHOICES_AT_ONCE, BulkEngine
from inference_sidecar.tests.conftest import until
from inference_sidecar.tests.scripted import Reply, ScriptedEngine

pytestmark = pytest.mark.anyio

MESSAGES = [Message("system", "Take notes."), Message("user", "One two three.")]


def new_admission(bulk_steps: int = 4) -> Admission:
    return Admission(interactive=Limits(4, 4), bulk=Limits(4, 4), bulk_steps=bulk_steps)


async def test_a_text_is_written_as_bulk_work_and_counted(engine: ScriptedEngine) -> None:
    bulk = BulkEngine(engine, new_admission())
    engine.queue("All is well.")

    assert await bulk.generate(MESSAGES, max_tokens=9) == "All is well."

    [call] = engine.generate_calls
    assert (call.messages, call.max_tokens, call.prefill) == (tuple(MESSAGES), 9, "")
    assert call.priority is Priority.BULK
    assert (bulk.used.prompt_tokens, bulk.used.completion_tokens) == (5, 3)


async def test_a_disturbed_text_goes_on_where_it_was_stopped(engine: ScriptedEngine) -> None:
    admission = new_admission()
    bulk = BulkEngine(engine, admission)
    engine.queue(Reply(["All ", "is ", "lost."], hold=asyncio.Event(), hold_after=2))
    engine.queue(" well.")

    writing = asyncio.create_task(bulk.generate(MESSAGES, max_tokens=9))
    await until(lambda: engine.running == 1)
    await asyncio.sleep(0.01)
    async with admission.interactive():
        await until(lambda: engine.running == 0)
        await asyncio.sleep(0.01)
        assert len(engine.generate_calls) == 1

    assert await writing == "All is well."
    again = engine.generate_calls[1]
    assert (again.prefill, again.max_tokens) == ("All is", 7)
    # The prompt is counted once, and what was written twice is not written at all.
    assert (bulk.used.prompt_tokens, bulk.used.completion_tokens) == (5, 3)


async def test_a_text_that_was_at_its_limit_when_disturbed_is_done(engine: ScriptedEngine) -> None:
    admission = new_admission()
    bulk = BulkEngine(engine, admission)
    engine.queue(Reply(["All ", "is ", "never sent"], hold=asyncio.Event(), hold_after=2))

    writing = asyncio.create_task(bulk.generate(MESSAGES, max_tokens=2))
    await until(lambda: engine.running == 1)
    await asyncio.sleep(0.01)
    async with admission.interactive():
        await until(lambda: engine.running == 0)

    assert await writing == "All is"
    assert len(engine.generate_calls) == 1


async def test_choices_come_in_small_steps_in_order(engine: ScriptedEngine) -> None:
    engine.chances = lambda context, options: [float(context.split()[-1]), 0.0]
    bulk = BulkEngine(engine, new_admission())
    contexts = [f"tea {number}" for number in range(2 * CHOICES_AT_ONCE + 1)]

    rows = await bulk.choose(contexts, (" yes", " no"))

    assert [len(call.contexts) for call in engine.choose_calls] == [
        CHOICES_AT_ONCE,
        CHOICES_AT_ONCE,
        1,
    ]
    assert [call.priority for call in engine.choose_calls] == [Priority.BULK] * 3
    assert [row[0] for row in rows] == list(range(len(contexts)))
    assert bulk.used.prompt_tokens == 2 * len(contexts)


async def test_no_contexts_ask_nothing(engine: ScriptedEngine) -> None:
    assert await BulkEngine(engine, new_admission()).choose([], ("a", "b")) == []
    assert engine.calls == []


async def test_a_dead_engine_ends_all_steps(engine: ScriptedEngine) -> None:
    engine.scores_left = 1

    with pytest.raises(EngineError):
        await BulkEngine(engine, new_admission()).choose(["a"] * 3 * CHOICES_AT_ONCE, ("b", "c"))

    assert engine.running == 0


async def test_so_many_steps_run_at_once_and_no_more(engine: ScriptedEngine) -> None:
    bulk = BulkEngine(engine, new_admission(bulk_steps=3))
    hold = asyncio.Event()
    engine.queue(*(Reply(["Done."], hold=hold) for _ in range(5)))

    writing = [asyncio.create_task(bulk.generate(MESSAGES, max_tokens=9)) for _ in range(5)]
    await until(lambda: engine.running == 3)
    await asyncio.sleep(0.02)
    assert (engine.running, len(engine.generate_calls)) == (3, 3)
    hold.set()

    assert await asyncio.gather(*writing) == ["Done."] * 5


async def test_when_patience_ends_one_step_goes_ahead_and_not_all(
    engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_module, "PATIENCE_SECONDS", 0.1)
    admission = new_admission()
    bulk = BulkEngine(engine, admission)
    engine.queue(*(Reply(["Done."], hold=asyncio.Event()) for _ in range(3)))

    async with admission.interactive():
        writing = [asyncio.create_task(bulk.generate(MESSAGES, max_tokens=9)) for _ in range(3)]
        await until(lambda: engine.running == 1)
        await asyncio.sleep(0.05)
        assert engine.running == 1
        # The next one has been patient for as long again.
        await until(lambda: engine.running == 2)
    for task in writing:
        task.cancel()
    await asyncio.gather(*writing, return_exceptions=True)


async def test_patience_begins_when_a_long_step_is_disturbed(
    engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_module, "PATIENCE_SECONDS", 0.2)
    admission = new_admission()
    bulk = BulkEngine(engine, admission)
    engine.queue(*(Reply(["Done."], hold=asyncio.Event()) for _ in range(2)))

    writing = asyncio.create_task(bulk.generate(MESSAGES, max_tokens=9))
    await until(lambda: engine.running == 1)
    await asyncio.sleep(0.25)  # longer than patience lasts
    async with admission.interactive():
        await until(lambda: engine.running == 0)
        await asyncio.sleep(0.05)
        assert len(engine.generate_calls) == 1
        await until(lambda: len(engine.generate_calls) == 2)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
