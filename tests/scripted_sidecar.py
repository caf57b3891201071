"""A sidecar that does what a test tells it: contract v1 over a real socket, no model.

    with Stack(folder, sidecar=COMMAND) as stack:
        sidecar = ScriptedSidecar(stack.sidecar_url)
        sidecar.script("words of one answer", Reply(ending="cut"), Reply())

Replies belong to the answers that contain a text, so that what one test left behind
cannot meet another's. They are used in turn; the last one stays. Every other answer
gets ``Reply()``: marks, an assessment, three pieces of prose, and the end. For a summary the
text is looked for in the request's id, and ``Reply()`` quotes the first source's start.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs

import requests

COMMAND = "exec python -m tests.scripted_sidecar $SIDECAR_PORT"
PIECES = ["You say what belongs to each. ", "Name the **price** of it, too, ", "in a sentence."]
SCORE = 61
QUOTED = 60
"""Characters of the first source that a summary quotes."""
HELD_FOR_AT_MOST = 150
"""Seconds: longer than any test, so that a forgotten hold ends."""


@dataclass(frozen=True)
class Reply:
    """What one POST /v1/feedback or /v1/summaries gets.

    ``status`` other than 200: a refusal with ``code``. ``raw``: these bytes in place of
    events. ``hold_after``: that many pieces of prose, then nothing but comments until
    ``release``; 0 holds right after the assessment, and before a summary, of which
    there are no pieces. ``hold_after_marks``: the same after that many marks.
    ``statuses``: of the key points, in their order; a ``wrong`` one makes the first
    misconception there is, and each but a missing one rests on a line of the answer.
    ``ending``: ``done``, ``early``
    (the stream ends without it), ``cut`` (the connection breaks), ``error`` (an error
    event) or ``silence`` (not even a comment). ``assessment`` replaces fields of the
    assessment, ``quote`` fields of its one quote.
    """

    status: int = 200
    code: str = "overloaded"
    retryable: bool = True
    retry_after: int | None = None
    raw: str | None = None
    assessment: dict[str, Any] = field(default_factory=dict)
    quote: dict[str, Any] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=lambda: list(PIECES))
    hold_after: int | None = None
    hold_after_marks: int | None = None
    statuses: list[str] = field(default_factory=list)
    ending: Literal["done", "early", "cut", "error", "silence"] = "done"


class ScriptedSidecar:
    """The test's side: sets replies, lets go of held ones, reads what came in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def script(self, text: str, *replies: Reply) -> None:
        """What the next calls get that are about an answer, or an id, with ``text`` in it."""
        self._post("script", text=text, replies=[asdict(reply) for reply in replies])

    def release(self, text: str) -> None:
        self._post("release", text=text)

    def set_state(self, state: Literal["ready", "loading", "dead"]) -> None:
        self._post("state", state=state)

    def calls(self, text: str) -> list[dict[str, Any]]:
        """The request bodies whose answer, or summary's id, contains ``text``, oldest first."""
        reply = requests.get(f"{self.url}/control/calls", params={"text": text}, timeout=5)
        reply.raise_for_status()
        calls: list[dict[str, Any]] = reply.json()
        return calls

    def _post(self, action: str, **body: Any) -> None:
        requests.post(f"{self.url}/control/{action}", json=body, timeout=5).raise_for_status()


class Script:
    """The replies for one text, and whether held ones may go on."""

    def __init__(self, replies: list[Reply]) -> None:
        self.replies = replies
        self.released = threading.Event()

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Memory:
    """All that the server knows; its lock is held for a moment only."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.state = "ready"
        self.scripts: dict[str, Script] = {}
        self.calls: list[dict[str, Any]] = []

    def take(self, call: dict[str, Any]) -> tuple[Reply, Script]:
        with self.lock:
            self.calls.append(call)
            for text, script in self.scripts.items():
                if text in _about(call):
                    return script.next(), script
        return Reply(), Script([Reply()])


def _about(call: dict[str, Any]) -> str:
    return str(call.get("answer", call["id"]))


memory = Memory()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: what matters is in ``calls``."""

    def do_GET(self) -> None:
        path, _mark, query = self.path.partition("?")
        if path == "/control/calls":
            text = parse_qs(query)["text"][0]
            with memory.lock:
                found = [call for call in memory.calls if text in _about(call)]
            self._json(200, found)
        elif path == "/livez":
            self._json(200, {"status": "ok"})
        elif memory.state != "ready":
            self._refuse_by_state()
        elif path == "/readyz":
            self._json(200, {"status": "ready"})
        elif path == "/v1/model":
            self._json(200, _MODEL)
        else:
            self._refuse(404, "not_found", retryable=False)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path in _STREAMS:
            self._answer(body, _STREAMS[self.path])
            return
        with memory.lock:
            if self.path == "/control/script":
                replies = [Reply(**reply) for reply in body["replies"]]
                memory.scripts[body["text"]] = Script(replies)
            elif self.path == "/control/release":
                memory.scripts[body["text"]].released.set()
            elif self.path == "/control/state":
                memory.state = body["state"]
        self._json(200, {})

    def _answer(self, body: dict[str, Any], stream: Stream) -> None:
        if memory.state != "ready":
            self._refuse_by_state()
            return
        reply, script = memory.take(body)
        if reply.status != 200:
            self._refuse(reply.status, reply.code, reply.retryable, reply.retry_after)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        try:
            for piece in stream(body, reply, script):
                self._chunk(piece)
            if reply.ending != "cut":
                self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the worker has gone

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _refuse_by_state(self) -> None:
        code = "loading" if memory.state == "loading" else "engine_unavailable"
        self._refuse(503, code, retryable=True, retry_after=1)

    def _refuse(
        self, status: int, code: str, retryable: bool, retry_after: int | None = None
    ) -> None:
        error = {"code": code, "message": f"SIDECAR SAYS {code}", "retryable": retryable}
        self._json(status, {"error": error}, retry_after)

    def _json(self, status: int, body: Any, retry_after: int | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.end_headers()
        self.wfile.write(data)


def _feedback(body: dict[str, Any], reply: Reply, script: Script) -> Iterator[str]:
    if reply.raw is not None:
        yield reply.raw
        return
    assessment = _assessment(body, reply) | reply.assessment
    for number, mark in enumerate(assessment["key_points"]):
        if number == reply.hold_after_marks:
            yield from _held(script)
        yield _event("mark", mark)
    yield _event("assessment", assessment)
    for number in range(len(reply.pieces) + 1):
        if number == reply.hold_after:
            yield from _held(script)
        if number < len(reply.pieces):
            yield _event("delta", {"text": reply.pieces[number]})
    yield from _end(reply, script)


def _summary(body: dict[str, Any], reply: Reply, script: Script) -> Iterator[str]:
    if reply.raw is not None:
        yield reply.raw
        return
    yield _event("progress", {"done": 1, "total": 2})
    if reply.hold_after is not None:
        yield from _held(script)
    source = body["sources"][0]
    sentence = {
        "text": source["text"][:QUOTED],
        "citations": [
            {"source_id": source["id"], "start": 0, "end": min(QUOTED, len(source["text"]))}
        ],
        "origin": "quoted",
    }
    sections = [{"key": "business", "heading": "Business", "sentences": [sentence]}]
    dropped = {"citation": 0, "number": 0}
    yield _event(
        "summary", {"sections": sections, "topics": [], "dropped": dropped, "method": "quoted"}
    )
    yield from _end(reply, script)


def _held(script: Script) -> Iterator[str]:
    for _wait in range(HELD_FOR_AT_MOST * 10):
        if script.released.wait(0.1):
            break
        yield ": held\n\n"


def _end(reply: Reply, script: Script) -> Iterator[str]:
    if reply.ending == "done":
        yield _event("done", _done(reply))
    elif reply.ending == "error":
        error = {"code": "engine_unavailable", "message": "SIDECAR SAYS it died", "retryable": True}
        yield _event("error", {"error": error})
    elif reply.ending == "silence":
        script.released.wait(HELD_FOR_AT_MOST)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _assessment(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """First key point covered (by the answer's first words), second partial, the rest missing,
    where the reply has no statuses of its own."""
    answer = body["answer"]
    statuses = reply.statuses or ["covered", "partial"]
    passages = answer.splitlines() if reply.statuses else [answer[:12]]
    points: list[dict[str, Any]] = []
    for number, point in enumerate(body["key_points"]):
        status = statuses[number] if number < len(statuses) else "missing"
        mark = {"id": point["id"], "status": status, "confidence": 0.8}
        if status != "missing" and number < len(passages):
            start = answer.index(passages[number])
            place = {"start": start, "end": start + len(passages[number])}
            mark["quote"] = place | {"text": passages[number]} | reply.quote
        if status == "wrong" and point["misconceptions"]:
            mark["misconception"] = 0
        points.append(mark)
    return {"score": SCORE, "key_points": points, "method": "judge"}


def _done(reply: Reply) -> dict[str, Any]:
    timing = {"queue_ms": 0.1, "assessment_ms": 1.0, "first_delta_ms": 2.0, "total_ms": 3.0}
    return {
        "model": "scripted-model",
        "prompt_version": "scripted-1",
        "prose_method": "model",
        "usage": {"prompt_tokens": 20, "completion_tokens": len(reply.pieces)},
        "timing": timing,
    }


Stream = Callable[[dict[str, Any], Reply, Script], Iterator[str]]
_STREAMS: dict[str, Stream] = {"/v1/feedback": _feedback, "/v1/summaries": _summary}
_MODEL = {
    "model": "scripted-model",
    "guess": False,
    "summaries": {"method": "quoted", "prompt_version": "scripted-1"},
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
