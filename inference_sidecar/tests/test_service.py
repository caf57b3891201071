"""Loading, dying, guarding, logging, counting."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from inference_sidecar.guard import BODY_MAX_BYTES
from inference_sidecar.tests.conftest import MISSING, serving, until
from inference_sidecar.tests.scripted import Reply, ScriptedEngine, ScriptedStrategy

pytestmark = pytest.mark.anyio


async def test_it_answers_while_loading_and_serves_when_loaded(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    loaded = asyncio.Event()
    engine.queue("Good start.")

    async def load() -> ScriptedEngine:
        await loaded.wait()
        return engine

    async with serving(engine, load=load) as (_, client, service):
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.post("/v1/feedback", json=body)).status_code == 503

        loaded.set()
        await until(lambda: service.is_ready)

        assert (await client.get("/readyz")).status_code == 200
        answer = await client.post(
            "/v1/feedback", json=body, headers={"Accept": "application/json"}
        )
        assert answer.json()["text"] == "Good start."
    assert engine.shut_down


async def test_a_failed_load_is_told_and_livez_fails(engine: ScriptedEngine) -> None:
    failures: list[BaseException] = []

    async def load() -> ScriptedEngine:
        raise SystemExit(2)

    async with serving(engine, load=load, on_load_failure=failures.append) as (_, client, _):
        await until(lambda: len(failures) == 1)

        assert (await client.get("/livez")).status_code == 503
        assert (await client.get("/readyz")).json()["error"]["code"] == "engine_unavailable"


async def test_an_engine_that_died_fails_livez_and_readyz(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    engine.queue(Reply(["One. ", "Two."], dies_after=1))
    async with serving(engine) as (_, client, _):
        assert (await client.get("/livez")).status_code == 200

        stream = await client.post("/v1/feedback", json=body)

        assert stream.text.endswith(
            'event: error\ndata: {"error":{"code":"engine_unavailable",'
            '"message":"The engine cannot serve.","retryable":true}}\n\n'
        )
        assert (await client.get("/livez")).status_code == 503
        assert (await client.get("/readyz")).status_code == 503


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answer": "a" * 8001}, "answer: String should have at most 8000 characters"),
        ({"answer": ""}, "answer: String should have at least 1 character"),
        ({"language": "fr"}, "language: Input should be 'ko' or 'en'"),
        ({"key_points": []}, "key_points: List should have at least 1 item"),
        ({"key_points": [{"id": "a", "text": "b", "weight": 4}]}, "key_points.0.weight: "),
        ({"key_points": [{"id": "a", "text": "b"}] * 2}, "Value error, key_points: ids must"),
        ({"previous": {"answer": "x", "score": 101}}, "previous.score: "),
        ({"answer": "half a pair \ud800"}, "answer: "),
    ],
)
async def test_bad_input_is_refused_without_repeating_it(
    engine: ScriptedEngine, body: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    async with serving(engine) as (_, client, _):
        response = await client.post(
            "/v1/feedback",
            content=json.dumps(body | change),
            headers={"Content-Type": "application/json"},
        )

    assert response.status_code == 422
    error = response.json()["error"]
    assert error["message"].startswith(message)
    assert (error["code"], error["retryable"]) == ("invalid_request", False)
    assert len(error["message"]) < 200
    assert engine.calls == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
async def test_a_body_that_is_no_request(engine: ScriptedEngine, content: bytes) -> None:
    async with serving(engine) as (_, client, _):
        response = await client.post(
            "/v1/feedback", content=content, headers={"Content-Type": "application/json"}
        )

    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("announced", [True, False])
async def test_a_flood_is_cut_off(engine: ScriptedEngine, announced: bool) -> None:
    async def flood() -> Any:
        for _ in range(9):
            yield b" " * (BODY_MAX_BYTES // 8)

    content: Any = b" " * (BODY_MAX_BYTES + 1) if announced else flood()
    async with serving(engine) as (_, client, _):
        response = await client.post("/v1/feedback", content=content)

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"


async def test_metrics_need_the_token_and_probes_do_not(engine: ScriptedEngine) -> None:
    async with serving(engine, token="secret") as (_, client, _):
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        wrong = {"Authorization": "Bearer secretly"}
        assert (await client.get("/v1/model", headers=wrong)).status_code == 401
        right = {"Authorization": "Bearer secret"}
        response = await client.get("/metrics", headers=right)

    assert response.status_code == 200
    assert "sidecar_requests_total" in response.text


async def test_the_log_has_one_line_per_request_and_no_answer(
    engine: ScriptedEngine, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    engine.queue("Prose of the model.")
    async with serving(engine) as (_, client, _):
        caplog.clear()
        await client.post("/v1/feedback", json=body | {"answer": "candidate words"})
        await client.get("/livez")

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("inf")]
    assert len(lines) == 1
    assert lines[0].startswith("POST /v1/feedback 200 ")
    assert 'id="attempt-1" language="en" queue_ms=' in lines[0]
    assert lines[0].endswith(" completion_tokens=4")
    assert "candidate words" not in caplog.text
    assert "Prose" not in caplog.text


async def test_an_unknown_failure_is_told_without_its_message(
    engine: ScriptedEngine, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    strategy = ScriptedStrategy(MISSING, failure=LookupError("candidate words"))
    async with serving(engine, strategy=strategy) as (_, client, service):
        response = await client.post("/v1/feedback", json=body)
        assert service.admission.interactive_lane.running == 0

    assert response.status_code == 500
    assert response.json() == {
        "error": {
            "code": "internal",
            "message": "The sidecar failed unexpectedly.",
            "retryable": True,
        }
    }
    assert "LookupError" in caplog.text
    assert "candidate words" not in caplog.text


async def test_bulk_items_come_back_in_order_and_as_bulk(
    engine: ScriptedEngine, body: dict[str, Any]
) -> None:
    items = [body | {"id": f"item-{number}"} for number in range(20)]
    async with serving(engine) as (_, client, _):
        response = await client.post("/v1/assess", json={"items": items})

    assert [item["id"] for item in response.json()["items"]] == [item["id"] for item in items]
    assert len(engine.score_calls) == 20
