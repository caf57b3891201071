"""The one client of the inference sidecar (contract v1 in docs/architecture.md).

Replies from outside are parsed by pydantic at the door. Every failure is an
``InferenceError`` that carries the retry decision; nothing that failed is ever
yielded as a result.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import requests
from django.conf import settings
from django.core.cache import cache
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from urllib3.exceptions import ReadTimeoutError

from .jobs import JobError

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 60.0  # the sidecar sends a comment line at least every 15 s
LOADING_WAIT = timedelta(minutes=30)
DOWN_WAIT = timedelta(minutes=5)
STATUS_CACHE_SECONDS = 3


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Quote(_Reply):
    """Words of the answer: character offsets, end exclusive, and the text itself."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class KeyPointMark(_Reply):
    id: str
    status: Literal["covered", "partial", "missing", "wrong"]
    confidence: float = Field(ge=0, le=1)
    quote: Quote | None = None


class Assessment(_Reply):
    score: int = Field(ge=0, le=100)
    key_points: list[KeyPointMark]
    method: str


class Delta(_Reply):
    text: str


class Usage(_Reply):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class Done(_Reply):
    model: str
    prompt_version: str
    prose_method: Literal["model", "guided", "composed"] = "model"
    usage: Usage
    timing: dict[str, float | None] = {}


class Alive(_Reply):
    """A comment line: nothing new, but the sidecar is still at it."""


FeedbackEvent = Alive | Assessment | Delta | Done
_EVENT_TYPES: dict[str, type[Assessment] | type[Delta] | type[Done]] = {
    "assessment": Assessment,
    "delta": Delta,
    "done": Done,
}


class InferenceError(JobError):
    """The sidecar could not, or would not, do the work."""


def _headers() -> dict[str, str]:
    headers = {"Accept": "text/event-stream"}
    if settings.INFERENCE_TOKEN:
        headers["Authorization"] = f"Bearer {settings.INFERENCE_TOKEN}"
    return headers


def stream_feedback(payload: dict[str, Any]) -> Iterator[FeedbackEvent]:
    """POST /v1/feedback: an Assessment, then Deltas, then one Done; Alive at any time.

    Raises InferenceError; closing the iterator closes the connection, which
    cancels the generation.
    """
    try:
        with requests.post(
            f"{settings.INFERENCE_URL}/v1/feedback",
            json=payload,
            headers=_headers(),
            stream=True,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        ) as response:
            if response.status_code != 200:
                raise _refusal(response)
            yield from _events(response)
    except requests.ConnectTimeout as error:
        raise _down(error) from error
    except requests.Timeout as error:
        raise InferenceError("inference_timeout", str(error), retryable=True) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise InferenceError("inference_cut", str(error), retryable=True) from error
    except requests.ConnectionError as error:
        # requests calls a silence in the middle of a stream a connection error.
        if error.args and isinstance(error.args[0], ReadTimeoutError):
            raise InferenceError("inference_timeout", str(error), retryable=True) from error
        raise _down(error) from error
    except requests.RequestException as error:
        raise InferenceError("inference_cut", str(error), retryable=True) from error


def _down(error: Exception) -> InferenceError:
    return InferenceError("inference_down", str(error), wait_limit=DOWN_WAIT)


def _events(response: requests.Response) -> Iterator[FeedbackEvent]:
    finished = False
    for name, data in _sse(response):
        if not name:
            yield Alive()
            continue
        if name == "error":
            raise _error(data)
        event_type = _EVENT_TYPES.get(name)
        if event_type is None:
            raise InferenceError("inference_invalid", f"unknown event {name!r}", retryable=True)
        try:
            event = event_type.model_validate_json(data)
        except ValidationError as error:
            raise InferenceError("inference_invalid", str(error), retryable=True) from error
        finished = isinstance(event, Done)
        yield event
        if finished:
            return
    raise InferenceError("inference_cut", "stream ended before done", retryable=True)


def _sse(response: requests.Response) -> Iterator[tuple[str, str]]:
    """(event, data) of a text/event-stream whose data is one line of JSON each.

    A block without an event, as a comment is, gives ("", "").
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    buffer = ""
    for chunk in response.iter_content(chunk_size=None):
        buffer += decoder.decode(chunk)
        while "\n\n" in buffer:
            block, _separator, buffer = buffer.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line[1:])
            yield fields.get("event", ""), fields.get("data", "")
        if len(buffer) > 1_000_000:
            raise InferenceError("inference_invalid", "endless event", retryable=True)


def _refusal(response: requests.Response) -> InferenceError:
    error = _error(response.text)
    if response.status_code == 429:
        error.wait_limit = LOADING_WAIT
    elif response.status_code == 503:
        error.wait_limit = LOADING_WAIT if error.code == "inference_loading" else DOWN_WAIT
    elif response.status_code >= 500:
        error.retryable = True
    try:
        error.retry_after = min(60.0, max(1.0, float(response.headers["Retry-After"])))
    except (KeyError, ValueError):
        pass
    return error


_CODES = {
    "loading": "inference_loading",
    "overloaded": "inference_busy",
    "too_long": "answer_too_long_for_model",
}


def _error(body: str) -> InferenceError:
    try:
        error = json.loads(body)["error"]
        code, message = str(error["code"]), str(error["message"])
        retryable = error["retryable"] is True
    except (ValueError, KeyError, TypeError):
        return InferenceError("inference_invalid", body[:500], retryable=True)
    return InferenceError(
        _CODES.get(code, "inference_failed"), f"{code}: {message}", retryable=retryable
    )


@dataclass(frozen=True, slots=True)
class Status:
    """Whether feedback can be made now: ``ready``, ``loading`` or ``down``."""

    state: str
    model: str = ""


def status() -> Status:
    """Ask /readyz, at most once every few seconds over all pages."""
    cached = cache.get("inference-status")
    if cached is not None:
        return Status(*cached)
    current = _ask_status()
    cache.set("inference-status", (current.state, current.model), STATUS_CACHE_SECONDS)
    return current


class _Ready(_Reply):
    model: str = ""


def _ask_status() -> Status:
    try:
        reply = requests.get(f"{settings.INFERENCE_URL}/readyz", timeout=(0.5, 1.0))
        if reply.status_code == 200:
            return Status("ready", _Ready.model_validate_json(reply.content).model)
    except (requests.RequestException, ValidationError):
        return Status("down")
    return Status("loading" if _error(reply.text).code == "inference_loading" else "down")
