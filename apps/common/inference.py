"""The one client of the inference sidecar (contract v1 in docs/architecture.md).

Replies from outside are parsed by pydantic at the door. Every failure is an
``InferenceError`` that carries the retry decision; nothing that failed is ever
yielded as a result.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import queue
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self, TypeVar

import requests
import structlog
from django.conf import settings
from django.core.cache import cache
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from urllib3.exceptions import ReadTimeoutError

from .connections import give_back
from .jobs import JobError

logger = structlog.get_logger(__name__)

CONNECT_TIMEOUT = 3.05
BEAT_SECONDS = 10.0
"""Of silence, after which whoever waits may renew a lease."""
SILENCE_MAX = 60.0
"""The sidecar sends a comment line at least every 15 s. Silent for longer though it answers
others, it has forgotten us."""
FREEZE_MAX = 300.0
"""Silent to others, too, it stands still and may still answer: it is not asked a second time."""
QUESTION_TIMEOUT = 5.0
LOADING_WAIT = timedelta(minutes=30)
DOWN_WAIT = timedelta(minutes=5)
STATUS_CACHE_SECONDS = 3
MODEL_CACHE_SECONDS = 30
"""Another model takes longer than this to load."""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Quote(_Reply):
    """Words of the answer: character offsets, end exclusive, and the text itself."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class Mark(_Reply):
    """One key point, as it was judged: it never turns round after that."""

    id: str
    status: Literal["covered", "partial", "unsure", "missing", "wrong"]
    confidence: float = Field(ge=0, le=1)
    quote: Quote | None = None
    misconception: int | None = Field(default=None, ge=0)
    """With ``wrong``: which of the key point's misconceptions the answer makes."""

    @model_validator(mode="after")
    def _only_a_wrong_one_is_a_misconception(self) -> Self:
        if self.misconception is not None and self.status != "wrong":
            raise ValueError("a misconception without a contradiction")
        return self


class Assessment(_Reply):
    score: int = Field(ge=0, le=100)
    key_points: list[Mark]
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
    """Nothing new: a comment line, or a silence in which to renew a lease."""


FeedbackEvent = Alive | Mark | Assessment | Delta | Done
_FEEDBACK_EVENTS: dict[str, type[Mark | Assessment | Delta | Done]] = {
    "mark": Mark,
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
    origin: Literal["quoted", "written", "composed"]


class SummarySection(_Reply):
    key: Literal["facts", "what_it_does", "business", "figures", "technology", "interview"]
    heading: str
    sentences: list[SummarySentence] = Field(min_length=1)


class Dropped(_Reply):
    """Sentences left out: citations that do not stand, numbers that no source has, and
    what tells whoever makes a summary what to write."""

    citation: int = Field(ge=0)
    number: int = Field(ge=0)
    instruction: int = Field(default=0, ge=0)


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


def stream_feedback(payload: dict[str, Any]) -> Generator[FeedbackEvent, None, None]:
    """POST /v1/feedback: Marks, an Assessment, Deltas, then one Done; Alive at any time.

    Raises InferenceError; closing the iterator closes the connection, which
    cancels the generation.
    """
    return _stream("/v1/feedback", payload, _FEEDBACK_EVENTS)


def stream_summary(payload: dict[str, Any]) -> Generator[SummaryEvent, None, None]:
    """POST /v1/summaries: Progress…, a Summary, then one SummaryDone; Alive at any time.

    The work is done behind that of every candidate and may be silent but for Alive
    for minutes. Raises as ``stream_feedback`` does; closing the iterator cancels the work.
    """
    return _stream("/v1/summaries", payload, _SUMMARY_EVENTS)


def _stream(
    path: str, payload: dict[str, Any], event_types: Mapping[str, type[_Event]]
) -> Generator[Alive | _Event, None, None]:
    give_back()  # a generation takes seconds to minutes
    call = _Call(path, payload)
    try:
        yield from _events(_patiently(call), event_types)
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
    finally:
        call.close()


class _Call:
    """One POST, read in a thread of its own: whoever waits can do something else meanwhile."""

    def __init__(self, path: str, payload: dict[str, Any]) -> None:
        self._pieces: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self._response: requests.Response | None = None
        self._is_closed = False
        thread = threading.Thread(target=self._read, args=(path, payload), daemon=True)
        thread.start()

    def _read(self, path: str, payload: dict[str, Any]) -> None:
        try:
            with requests.post(
                f"{settings.INFERENCE_URL}{path}",
                json=payload,
                headers=_headers(),
                stream=True,
                timeout=(CONNECT_TIMEOUT, FREEZE_MAX),
            ) as response:
                self._response = response
                if response.status_code != 200:
                    raise _refusal(response)
                for piece in response.iter_content(chunk_size=None):
                    if self._is_closed:
                        return
                    self._pieces.put(piece)
            self._pieces.put(b"")
        except Exception as error:  # whatever it is, it is raised where it is waited for
            self._pieces.put(error)

    def next(self, seconds: float) -> bytes:
        """The next piece, empty at the end. Raises queue.Empty after silence, and its errors."""
        piece = self._pieces.get(timeout=seconds)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        """End the request, also while its thread waits for a piece: that cancels the work."""
        self._is_closed = True
        if self._response is not None:
            with contextlib.suppress(ValueError, RuntimeError, OSError):  # it is over already
                self._response.raw.shutdown()


def _patiently(call: _Call) -> Iterator[bytes]:
    """What arrives, and an empty piece after each BEAT_SECONDS of silence.

    Who is asked again while the first question may still be answered, answers twice. So a
    sidecar that stands still is waited for, and one that only forgot this request is not.
    """
    silent = silent_to_us = 0.0
    while True:
        try:
            piece = call.next(BEAT_SECONDS)
        except queue.Empty:
            silent += BEAT_SECONDS
            # Of a sidecar that woke a moment ago the answer may be on its way.
            silent_to_us = silent_to_us + BEAT_SECONDS if status().state != "down" else 0.0
            if silent_to_us >= SILENCE_MAX or silent >= FREEZE_MAX:
                message = f"nothing for {silent:g} s"
                raise InferenceError("inference_timeout", message, retryable=True) from None
            yield b""
            continue
        if not piece:
            return
        silent = silent_to_us = 0.0
        yield piece


def _down(error: Exception) -> InferenceError:
    return InferenceError("inference_down", str(error), wait_limit=DOWN_WAIT)


def _events(
    pieces: Iterator[bytes], event_types: Mapping[str, type[_Event]]
) -> Iterator[Alive | _Event]:
    for name, data in _sse(pieces):
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


def _sse(pieces: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """(event, data) of a text/event-stream whose data is one line of JSON each.

    A block without an event, as a comment is, gives ("", ""), and so does silence.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    buffer = ""
    for piece in pieces:
        if not piece:
            yield "", ""
        buffer += decoder.decode(piece)
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
    guess: bool = False
    """Marks of this model are guesses: whoever shows them says so."""
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


def model_guesses() -> bool:
    """Whether the loaded model says that its marks are guesses; asked once in a while.

    False where it cannot say now: nothing that is under way fails for want of it.
    """
    known = cache.get("inference-guesses")
    if known is None:
        try:
            known = model().guess
        except InferenceError as error:
            logger.warning("model not asked whether it guesses", error=str(error))
            return False
        cache.set("inference-guesses", known, MODEL_CACHE_SECONDS)
    return bool(known)


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
