"""POST /v1/summaries: bad input, waiting in line, silence, hanging up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from inference_sidecar import streaming
from inference_sidecar.admission import Limits
from inference_sidecar.engine import Priority
from inference_sidecar.schemas import SummaryStrategyInfo
from inference_sidecar.strategies import strategy_for
from inference_sidecar.summaries import schemas
from inference_sidecar.summaries.draft import Draft
from inference_sidecar.summaries.schemas import Citation, SummarySentence
from inference_sidecar.tests.conftest import MISSING, serving, until
from inference_sidecar.tests.scripted import SCRIPTED_INFO, ScriptedEngine, ScriptedStrategy
from inference_sidecar.tests.test_cancellation import Caller
from inference_sidecar.tests.test_contract import events_of

pytestmark = pytest.mark.anyio

TEXT = "Tea Street is a company that grows tea."
SENTENCE = SummarySentence(
    text=TEXT, citations=[Citation(source_id="a", start=0, end=len(TEXT))], origin="quoted"
)


@pytest.fixture
def body() -> dict[str, Any]:
    return {
        "id": "summary-1",
        "language": "en",
        "company": "Tea Street",
        "sources": [{"id": "a", "text": TEXT}],
    }


@pytest.fixture
def strategy() -> ScriptedStrategy:
    return ScriptedStrategy(MISSING, draft=Draft("quoted", {"what_it_does": [SENTENCE]}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"language": "fr"}, "language: Input should be 'ko' or 'en'"),
        ({"company": " "}, "company: Value error, must not be blank"),
        ({"sources": []}, "sources: List should have at least 1 item"),
        ({"sources": [{"id": "a", "text": " \n"}]}, "sources.0.text: Value error, must not be"),
        ({"sources": [{"id": "a", "text": "b", "kind": "gossip"}]}, "sources.0.kind: "),
        ({"sources": [{"id": "a", "text": "b", "published_on": "May"}]}, "sources.0.published_on"),
        ({"sources": [{"id": "a", "text": "b", "mood": "c"}]}, "sources.0.mood: Extra inputs"),
        ({"sources": [{"id": f"s{n}", "text": "b"} for n in range(41)]}, "sources: List should"),
        ({"topics": [{"id": "t", "terms": []}]}, "topics.0.terms: List should have at least 1"),
        ({"topics": [{"id": "t", "terms": ["x"]}] * 2}, "Value error, topics: ids must differ"),
        ({"length": "endless"}, "length: Input should be 'short', 'medium' or 'long'"),
        ({"sources": [{"id": "a", "text": "half a pair \ud800"}]}, "sources.0.text: "),
    ],
)
async def test_bad_input_is_refused(
    engine: ScriptedEngine, body: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    async with serving(engine) as (_, client, _):
        response = await client.post(
            "/v1/summaries",
            content=json.dumps(body | change),
            headers={"Content-Type": "application/json"},
        )

    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith(message)
    assert response.json()["error"]["retryable"] is False
    assert engine.calls == []


async def test_sources_that_are_too_long_are_refused_with_the_limit(
    engine: ScriptedEngine, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemas, "ALL_SOURCES_MAX_CHARACTERS", 2 * len(TEXT) - 1)
    sources = [{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}]
    async with serving(engine) as (_, client, _):
        response = await client.post("/v1/summaries", json=body | {"sources": sources})
        one = await client.post(
            "/v1/summaries",
            json=body
            | {"sources": [{"id": "a", "text": "a" * (schemas.SOURCE_MAX_CHARACTERS + 1)}]},
        )

    assert response.status_code == one.status_code == 422
    assert response.json()["error"]["message"] == (
        "Value error, sources: their texts should have at most 77 characters together"
    )
    assert one.json()["error"]["message"] == (
        "sources.0.text: String should have at most 1600000 characters"
    )


async def test_whoever_waits_in_line_hears_of_it(
    engine: ScriptedEngine, body: dict[str, Any], strategy: ScriptedStrategy
) -> None:
    async with serving(engine, strategy=strategy, bulk=Limits(1, 1)) as (app, _, service):
        async with service.admission.bulk():
            caller = Caller(app, "/v1/summaries", body)
            await until(lambda: "progress" in caller.text)
            assert events_of(caller.text) == [
                {"event": "progress", "data": {"done": 0, "total": 0}}
            ]
        await caller.task

    assert [event["event"] for event in events_of(caller.text)] == [
        *["progress"] * 4,
        "summary",
        "done",
    ]


async def test_hanging_up_ends_the_work_and_gives_the_place_back(
    engine: ScriptedEngine, body: dict[str, Any], strategy: ScriptedStrategy
) -> None:
    engine.score_hold = asyncio.Event()
    async with serving(engine, strategy=strategy) as (app, _, service):
        caller = Caller(app, "/v1/summaries", body)
        await until(lambda: engine.running == 1)
        assert service.admission.bulk_lane.running == 1
        assert {call.priority for call in engine.choose_calls} == {Priority.BULK}

        caller.hang_up()
        await caller.task

        assert (engine.cancelled, engine.running) == (1, 0)
        assert service.admission.bulk_lane.running == 0


async def test_silence_is_broken_so_that_nobody_takes_it_for_a_failure(
    engine: ScriptedEngine,
    body: dict[str, Any],
    strategy: ScriptedStrategy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "PING_SECONDS", 0.02)
    engine.score_hold = asyncio.Event()
    async with serving(engine, strategy=strategy) as (app, _, _):
        caller = Caller(app, "/v1/summaries", body)
        await until(lambda: caller.text.count(": still here\n\n") >= 2)
        engine.score_hold.set()
        await caller.task

    assert events_of(caller.text.replace(": still here\n\n", ""))[-1]["event"] == "done"


async def test_interactive_work_stops_it_and_it_goes_on_after(
    engine: ScriptedEngine, body: dict[str, Any], strategy: ScriptedStrategy
) -> None:
    async with serving(engine, strategy=strategy) as (app, _, service):
        async with service.admission.interactive():
            caller = Caller(app, "/v1/summaries", body)
            await until(lambda: "progress" in caller.text)
            await asyncio.sleep(0.02)
            assert engine.calls == []
        await caller.task

    assert events_of(caller.text)[-1]["event"] == "done"


async def test_the_costs_are_logged_and_nothing_of_the_sources(
    engine: ScriptedEngine,
    body: dict[str, Any],
    strategy: ScriptedStrategy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    async with serving(engine, strategy=strategy) as (_, client, _):
        await client.post("/v1/summaries", json=body)

    [line] = [r.message for r in caplog.records if r.message.startswith("POST /v1/summaries")]
    assert 'id="summary-1"' in line and "total_ms=" in line and "completion_tokens=0" in line
    assert "Tea" not in line


@pytest.mark.parametrize(
    ("model", "asked", "method"),
    [
        ("SmolLM2-135M-Instruct", None, "quoted"),
        ("Qwen2.5-7B-Instruct", None, "written"),
        ("SmolLM2-135M-Instruct", "written", "written"),
        ("Qwen2.5-7B-Instruct", "quoted", "quoted"),
    ],
)
def test_the_strategy_follows_the_model_unless_it_is_told(model, asked, method) -> None:
    loaded = type(SCRIPTED_INFO)(
        model=model, context_length=8192, engine="vllm", engine_version="0"
    )

    strategy = strategy_for(loaded, summaries=asked)

    told = SummaryStrategyInfo(
        method=strategy.summarizer.method, prompt_version=strategy.summarizer.prompt_version
    )
    assert told.method == method
    assert told.prompt_version.startswith(f"{method}-")
