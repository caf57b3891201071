"""Every example in contract/ holds, on the sidecar's side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from inference_sidecar.admission import Limits
from inference_sidecar.assessment import InvalidModelOutput
from inference_sidecar.schemas import Assessment, Timing
from inference_sidecar.summaries.draft import Draft
from inference_sidecar.summaries.schemas import SummarySentence, SummaryTiming
from inference_sidecar.tests.conftest import MISSING, serving, until
from inference_sidecar.tests.scripted import (
    SCRIPTED_INFO,
    Reply,
    ScriptedEngine,
    ScriptedStrategy,
)

pytestmark = pytest.mark.anyio

EXAMPLES = sorted((Path(__file__).parent / "contract").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_the_example_holds(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    request, expected = example["request"], example["response"]

    async with set_up(example["setup"]) as client:
        response = await client.request(
            request["method"], request["path"], json=request["body"], headers=request["headers"]
        )

    assert response.status_code == expected["status"]
    for name, value in expected["headers"].items():
        assert response.headers[name].lower() == value.lower()
    if "events" in expected:
        events = joined_deltas(events_of(response.text))
        assert without_times(events) == without_times(joined_deltas(expected["events"]))
    else:
        assert without_times(response.json()) == without_times(expected["body"])


def test_the_examples_cover_every_failure() -> None:
    statuses = {
        json.loads(path.read_text(encoding="utf-8"))["response"]["status"] for path in EXAMPLES
    }

    assert statuses == {200, 401, 404, 405, 413, 422, 429, 502, 503}


@asynccontextmanager
async def set_up(setup: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    engine = ScriptedEngine(
        info=replace(SCRIPTED_INFO, context_length=setup.get("context_length", 4096))
    )
    if "reply" in setup:
        engine.replies.append(Reply(setup["reply"], dies_after=setup.get("dies_after")))
    assessment = (
        Assessment.model_validate(setup["assessment"]) if "assessment" in setup else MISSING
    )
    failure = InvalidModelOutput() if "assess_fails" in setup else None
    if "dies_in_summary" in setup:
        engine.scores_left = 1
    options: dict[str, Any] = {"strategy": ScriptedStrategy(assessment, failure, draft_of(setup))}
    if setup.get("loading"):
        options["load"] = asyncio.Event().wait
    if "token" in setup:
        options["token"] = setup["token"]
    if setup.get("full"):
        options["interactive"] = Limits(running=1, waiting=0)
        options["bulk"] = Limits(running=1, waiting=0)
    async with AsyncExitStack() as stack:
        _, client, service = await stack.enter_async_context(serving(engine, **options))
        if setup.get("full"):
            await stack.enter_async_context(service.admission.interactive())
            await stack.enter_async_context(service.admission.bulk())
        engine.dead = setup.get("dead", False)
        yield client
    await until(lambda: engine.running == 0)


def draft_of(setup: dict[str, Any]) -> Draft | None:
    if "draft" not in setup:
        return None
    sections = {
        key: [SummarySentence.model_validate(sentence) for sentence in sentences]
        for key, sentences in setup["draft"].items()
    }
    return Draft(setup["method"], sections)


def events_of(text: str) -> list[dict[str, Any]]:
    """Parse as a browser would: a blank line ends an event, ``data`` is JSON."""
    events = []
    for block in text.strip("\n").split("\n\n"):
        name, data = block.split("\n")
        assert name.startswith("event: ") and data.startswith("data: ")
        events.append(
            {"event": name.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}
        )
    return events


def joined_deltas(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """``events`` with neighbouring deltas in one: a text may come in any number of pieces."""
    joined: list[dict[str, Any]] = []
    for event in events:
        if event["event"] == "delta" and joined and joined[-1]["event"] == "delta":
            text = joined[-1]["data"]["text"] + event["data"]["text"]
            joined[-1] = {"event": "delta", "data": {"text": text}}
        else:
            joined.append(event)
    return joined


def without_times(value: Any) -> Any:
    """``value`` with each valid ``timing`` blanked out: it differs from run to run."""
    if isinstance(value, list):
        return [without_times(item) for item in value]
    if isinstance(value, dict):
        blanked = {key: without_times(item) for key, item in value.items()}
        if "timing" in value:
            check_timing(value["timing"])
            blanked["timing"] = "valid"
        return blanked
    return value


def check_timing(value: dict[str, Any]) -> None:
    if "assessment_ms" not in value:
        SummaryTiming.model_validate(value)
        return
    timing = Timing.model_validate(value)
    assert timing.assessment_ms <= timing.first_delta_ms <= timing.total_ms
