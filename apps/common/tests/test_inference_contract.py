"""The sidecar's contract examples, from the site's side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from apps.common import inference
from apps.common.tests.scripted_sidecar import Reply, event

EXAMPLES = Path(settings.BASE_DIR) / "inference_sidecar" / "tests" / "contract"
ASK = {"/v1/feedback": inference.stream_feedback, "/v1/summaries": inference.stream_summary}
NAMES = {"summarydone": "done"}


def _is_streamed(path):
    request = json.loads(path.read_text())["request"]
    asks = request["method"] == "POST" and request["path"] in ASK
    return asks and "Accept" not in request["headers"]


STREAMED = [path for path in sorted(EXAMPLES.glob("*.json")) if _is_streamed(path)]
# Every code of the contract stands here: a renamed one must fail, not fall back.
OUR_CODES = {
    "engine_unavailable": "inference_failed",
    "invalid_output": "inference_failed",
    "invalid_request": "inference_failed",
    "unauthorized": "inference_failed",
    "loading": "inference_loading",
    "overloaded": "inference_busy",
    "too_long": "answer_too_long_for_model",
    "nothing_to_say": "nothing_to_summarise",
}


def _play(sidecar, response):
    if "events" in response:
        pieces = [event(item["event"], item["data"]) for item in response["events"]]
        sidecar.streams(*pieces)
    else:
        body = json.dumps(response["body"]).encode()
        sidecar.answers(Reply(response["status"], response["headers"], [body]))


def test_there_are_examples():
    assert len([path for path in STREAMED if path.stem.startswith("feedback_")]) >= 8
    assert len([path for path in STREAMED if path.stem.startswith("summary_")]) >= 8


def test_the_examples_show_what_a_mark_can_be():
    """Every status and a named misconception, so that both sides agree on their form."""
    marks = [
        item["data"]
        for path in STREAMED
        for item in json.loads(path.read_text())["response"].get("events", [])
        if item["event"] == "mark"
    ]

    assert {mark["status"] for mark in marks} >= {"covered", "unsure", "missing", "wrong"}
    assert [mark["misconception"] for mark in marks if "misconception" in mark] == [1]


@pytest.mark.parametrize("path", STREAMED, ids=lambda path: path.stem)
def test_the_client_understands(path, scripted_sidecar):
    example = json.loads(path.read_text())
    response = example["response"]
    _play(scripted_sidecar, response)
    expected = response.get("events", [])
    error = response.get("body") or (
        expected[-1]["data"] if expected[-1]["event"] == "error" else None
    )
    seen = []

    try:
        for item in ASK[example["request"]["path"]](example["request"]["body"]):
            name = type(item).__name__.lower()
            seen.append((NAMES.get(name, name), item.model_dump(exclude_none=True)))
        failure = None
    except inference.InferenceError as caught:
        failure = caught

    told = [(item["event"], item["data"]) for item in expected if item["event"] != "error"]
    assert [name for name, _data in seen] == [name for name, _data in told]
    for (_name, ours), (_same, theirs) in zip(seen, told, strict=True):
        assert ours.items() >= {k: v for k, v in theirs.items() if k != "timing"}.items()
    if error is None:
        assert failure is None
        assert seen[-1][0] == "done"
    else:
        assert failure is not None
        code = error["error"]["code"]
        assert failure.code == OUR_CODES[code]
        assert (failure.retryable or failure.wait_limit is not None) == error["error"]["retryable"]


@pytest.mark.parametrize(("name", "state"), [("readyz", "ready"), ("readyz_loading", "loading")])
def test_readiness(name, state, scripted_sidecar):
    response = json.loads((EXAMPLES / f"{name}.json").read_text())["response"]
    body = json.dumps(response["body"]).encode()
    scripted_sidecar.ready = Reply(response["status"], response["headers"], [body])

    assert inference.status().state == state


def test_what_is_loaded(scripted_sidecar):
    response = json.loads((EXAMPLES / "model.json").read_text())["response"]
    body = json.dumps(response["body"]).encode()
    scripted_sidecar.ready = Reply(response["status"], response["headers"], [body])

    assert inference.model() == inference.Model(
        model="scripted",
        guess=False,
        summaries=inference.SummaryStrategy(method="quoted", prompt_version="scripted-1"),
    )
