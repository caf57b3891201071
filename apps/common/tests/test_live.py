"""The live stream of a job, against a real Valkey."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from apps.common import live
from apps.common.live import Event, Publisher

KEY = "job:feedback:1"


def _read(after=live.START, batches=1, **options):
    async def read():
        seen = []
        stream: Any = live.follow(KEY, after, **options)
        async for batch in stream:
            seen.append(batch)
            if len(seen) == batches:
                await stream.aclose()
                break
        return seen

    return asyncio.run(asyncio.wait_for(read(), 20))


def test_watchers_see_the_stream_from_the_start(valkey):
    publisher = Publisher(KEY)
    publisher.restart({"state": "running", "run": 1})
    publisher.publish("delta", {"text": "안녕 <b>"})

    for _watcher in range(2):
        [batch] = _read()
        assert [(e.name, e.data) for e in batch] == [
            ("progress", {"state": "running", "run": 1}),
            ("delta", {"text": "안녕 <b>"}),
        ]


def test_a_watcher_goes_on_from_where_it_was(valkey):
    publisher = Publisher(KEY)
    for text in "abc":
        publisher.publish("delta", {"text": text})
    [batch] = _read()

    [rest] = _read(after=batch[1].id)

    assert [e.data["text"] for e in rest] == ["c"]


def test_a_second_run_empties_the_stream_and_its_ids_grow(valkey):
    publisher = Publisher(KEY)
    publisher.publish("delta", {"text": "old"})
    [[old]] = _read()

    publisher.restart({"state": "running", "run": 2})

    [[begin]] = _read()
    assert begin.data == {"state": "running", "run": 2}
    [[same]] = _read(after=old.id)
    assert same == begin


def test_silence_is_an_empty_batch(valkey):
    assert _read(batches=2, block_ms=20) == [[], []]


def test_a_wait_longer_than_the_clients_own_time_out(valkey):
    """redis-py gives a socket 5 s; a model may think longer."""
    assert _read(block_ms=5200) == [[]]


@pytest.mark.parametrize("first", ["restart", "publish"])
def test_a_stream_goes_away_by_itself(valkey, first):
    publisher = Publisher(KEY)
    if first == "restart":
        publisher.restart({"state": "running"})
    else:
        publisher.publish("delta", {"text": "a"})

    assert 0 < valkey.ttl(KEY) <= live.TTL_SECONDS


def test_threads_that_publish_first_together_lose_nothing(valkey):
    threads_at_once, rounds = 16, 8
    for _round in range(rounds):
        live._pool.cache_clear()
        together = threading.Barrier(threads_at_once)

        def publish(together=together):
            together.wait()
            Publisher(KEY)._send("delta", {"text": "a"})

        threads = [threading.Thread(target=publish) for _ in range(threads_at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert valkey.xlen(KEY) == threads_at_once * rounds


def test_without_valkey_publishing_is_harmless_and_watching_ends():
    live._pool.cache_clear()
    Publisher(KEY).restart({"state": "running"})
    Publisher(KEY).publish("delta", {"text": "lost"})

    async def read():
        return [batch async for batch in live.follow(KEY)]

    assert asyncio.run(read()) == []
    live._pool.cache_clear()


def test_an_event_on_the_wire():
    wire = Event("5-0", "delta", {"text": "한 줄\n두 줄"}).as_sse()

    assert wire == 'id: 5-0\nevent: delta\ndata: {"text": "한 줄\\n두 줄"}\n\n'


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb", "\n", "", "a\u2028b", "a\x85b\x0bc"])
def test_data_comes_out_as_it_went_in(text):
    """A browser ends a line at CR, LF or CRLF only, and joins data lines with LF."""
    wire = live.sse("prose", text)

    lines = wire.removesuffix("\n\n").split("\n")
    assert lines[0] == "event: prose"
    assert all(line.startswith("data: ") for line in lines[1:])
    assert "\r" not in wire
    read = "\n".join(line.removeprefix("data: ") for line in lines[1:])
    assert read == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("value", ["0-0", "1772366400000-12"])
def test_an_event_id_of_ours(value):
    assert live.valid_event_id(value) == value


@pytest.mark.parametrize(
    "value", ["", "0", "$", "+", "1-", "-1", "a-b", "1-2-3", "١-٢", "1" * 20 + "-0", "1-0\n"]
)
def test_any_other_event_id_means_the_start(value):
    assert live.valid_event_id(value) == live.START


def test_events_are_kept_as_json(valkey):
    Publisher(KEY).publish("done", {"state": "succeeded"})

    [(_id, fields)] = valkey.xrange(KEY)
    assert fields[b"event"] == b"done"
    assert json.loads(fields[b"data"]) == {"state": "succeeded"}
