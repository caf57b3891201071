"""The one client of the inference sidecar (contract v1 in docs/architecture.md).

Replies from outside are parsed by pydantic at the door. Every failure is an
``InferenceError`` that carries the retry decision; nothing that failed is ever
yielded as a result.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self, TypeVar

import requests
from django.conf import settings
from django.core.cache import cache
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from urllib3.exceptions import ReadTimeoutError

from .connections import give_back
from .jobs import JobError

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 60.0  # the sidecar sends a comment line at least every 15 s
QUESTION_TIMEOUT = 5.0
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
_FEEDBACK_EVENTS: dict[str, type[Assessment | Delta | Done]] = {
    "assessment": Assessment,
    "delta": Delta,
    "done": Done,
}


class Progress(_Reply):
    """Steps of work; ``total`` is 0 while it is not known, and may grow."""

    done: int = Field(ge=0)
    total: int = Field(ge=0)


class Citation(_Reply):
    """A passage of a source: offsets count characters of its text as it was sent."""

    source_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a citation of nothing")
        return self


class SummarySentence(_Reply):
    text: str = Field(min_length=1)
    citations: list[Citation] = Field(min_length=1)
    origin: Literal["quoted", "written"]


class SummarySection(_Reply):
    key: Literal["what_it_does", "business", "figures", "technology", "interview"]
    heading: str
    sentences: list[SummarySentence] = Field(min_length=1)


class Dropped(_Reply):
    """Sentences left out: citations that do not stand, numbers that no source has."""

    citation: int = Field(ge=0)
    number: int = Field(ge=0)


class Summary(_Reply):
    sections: list[SummarySection] = Field(min_length=1)
    topics: list[str]
    dropped: Dropped
    method: Literal["quoted", "written"]


class SummaryDone(_Reply):
    model: str
    prompt_version: str
    usage: Usage
    timing: dict[str, float | None] = {}


SummaryEvent = Alive | Progress | Summary | SummaryDone
_SUMMARY_EVENTS: dict[str, type[Progress | Summary | SummaryDone]] = {
    "progress": Progress,
    "summary": Summary,
    "done": SummaryDone,
}
_Event = TypeVar("_Event", bound=_Reply)


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
    return _stream("/v1/feedback", payload, _FEEDBACK_EVENTS)


def stream_summary(payload: dict[str, Any]) -> Iterator[SummaryEvent]:
    """POST /v1/summaries: Progress…, a Summary, then one SummaryDone; Alive at any time.

    The work is done behind that of every candidate and may be silent but for Alive
    for minutes. Raises as ``stream_feedback`` does; closing the iterator cancels the work.
    """
    return _stream("/v1/summaries", payload, _SUMMARY_EVENTS)


def _stream(
    path: str, payload: dict[str, Any], event_types: Mapping[str, type[_Event]]
) -> Iterator[Alive | _Event]:
    give_back()  # a generation takes seconds to minutes
    try:
        with requests.post(
            f"{settings.INFERENCE_URL}{path}",
            json=payload,
            headers=_headers(),
            stream=True,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        ) as response:
            if response.status_code != 200:
                raise _refusal(response)
            yield from _events(response, event_types)
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


def _events(
    response: requests.Response, event_types: Mapping[str, type[_Event]]
) -> Iterator[Alive | _Event]:
    for name, data in _sse(response):
        if not name:
            yield Alive()
            continue
        if name == "error":
            raise _error(data)
        event_type = event_types.get(name)
        if event_type is None:
            raise InferenceError("inference_invalid", f"unknown event {name!r}", retryable=True)
        try:
            event = event_type.model_validate_json(data)
        except ValidationError as error:
            raise InferenceError("inference_invalid", str(error), retryable=True) from error
        yield event
        if name == "done":
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
    "nothing_to_say": "nothing_to_summarise",
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


class SummaryStrategy(_Reply):
    method: Literal["quoted", "written"]
    prompt_version: str


class Model(_Reply):
    """What is loaded. While it and ``summaries`` stay, the same sources give the same summary."""

    model: str
    summaries: SummaryStrategy


def model() -> Model:
    """GET /v1/model. Raises InferenceError, waiting while the model loads or is down."""
    try:
        reply = requests.get(
            f"{settings.INFERENCE_URL}/v1/model",
            headers=_headers(),
            timeout=(CONNECT_TIMEOUT, QUESTION_TIMEOUT),
        )
    except requests.ReadTimeout as error:
        raise InferenceError("inference_timeout", str(error), retryable=True) from error
    except requests.RequestException as error:
        raise _down(error) from error
    if reply.status_code != 200:
        raise _refusal(reply)
    try:
        return Model.model_validate_json(reply.content)
    except ValidationError as error:
        raise InferenceError("inference_invalid", str(error), retryable=True) from error


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
