"""A client that goes away cancels its generation and gives its place back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI

from inference_sidecar.admission import Limits
from inference_sidecar.engine import Priority
from inference_sidecar.tests.conftest import serving, until
from inference_sidecar.tests.scripted import Reply, ScriptedEngine

pytestmark = pytest.mark.anyio


class Caller:
    """One HTTP request at ASGI level, which can hang up whenever it likes."""

    def __init__(self, app: FastAPI, path: str, body: Any, accept: str = "*/*") -> None:
        self.sent: list[dict[str, Any]] = []
        self._body: bytes | None = json.dumps(body).encode()
        self._hung_up = asyncio.Event()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"accept", accept.encode())],
            "app": app,
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    def hang_up(self) -> None:
        self._hung_up.set()

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def test_hanging_up_in_the_middle_of_prose(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    engine.queue(Reply(["One. ", "Two."], hold=asyncio.Event(), hold_after=1))
    async with serving(engine) as (app, _, service):
        caller = Caller(app, "/v1/feedback", body)
        await until(lambda: "One. " in caller.text)
        assert service.admission.interactive_lane.running == 1

        caller.hang_up()
        await caller.task

        assert engine.cancelled == 1
        assert engine.running == 0
        assert service.admission.interactive_lane.running == 0
        assert "Two." not in caller.text


async def test_hanging_up_before_the_assessment(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    engine.score_hold = asyncio.Event()
    async with serving(engine) as (app, _, service):
        caller = Caller(app, "/v1/feedback", body)
        await until(lambda: engine.running == 1)

        caller.hang_up()
        await caller.task

        assert (engine.cancelled, engine.running) == (1, 0)
        assert service.admission.interactive_lane.running == 0
        assert engine.generate_calls == []


async def test_hanging_up_while_waiting_for_one_body(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    engine.queue(Reply(["One."], hold=asyncio.Event()))
    async with serving(engine) as (app, _, _):
        caller = Caller(app, "/v1/feedback", body, accept="application/json")
        await until(lambda: len(engine.generate_calls) == 1)

        caller.hang_up()
        await caller.task

        assert (engine.cancelled, engine.running) == (1, 0)


async def test_hanging_up_in_the_line_leaves_it(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    async with serving(engine, interactive=Limits(running=1, waiting=1)) as (app, _, service):
        async with service.admission.interactive():
            caller = Caller(app, "/v1/feedback", body)
            await until(lambda: service.admission.interactive_lane.waiting == 1)

            caller.hang_up()
            await caller.task

            assert service.admission.interactive_lane.waiting == 0
        assert engine.calls == []


async def test_hanging_up_on_bulk_work(engine: ScriptedEngine, body: dict[str, Any]) -> None:
    engine.score_hold = asyncio.Event()
    async with serving(engine) as (app, _, service):
        items = [body | {"id": str(number)} for number in range(3)]
        caller = Caller(app, "/v1/assess", {"items": items})
        await until(lambda: engine.running == 3)
        assert {call.priority for call in engine.score_calls} == {Priority.BULK}

        caller.hang_up()
        await caller.task

        assert (engine.cancelled, engine.running) == (3, 0)
        assert service.admission.bulk_lane.running == 0
