"""A sidecar that plays back queued replies over real HTTP."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Sequence[bytes] = ()
    then: str = "end"
    """``end`` properly, ``cut`` the connection, or stay ``silent`` until the client goes."""
    pause: float = 0.0
    """Seconds of silence after the first piece."""


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    body: Any


def event(name: str, data: Any) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {text}\n\n".encode()


class ScriptedSidecar:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.deserted = 0
        """Clients that went away in a silence."""
        self.ready = Reply(pieces=[json.dumps(LOADED).encode()])
        self._replies: deque[Reply] = deque()
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answers(self, reply: Reply) -> None:
        """Queue the reply to one more request."""
        self._replies.append(reply)

    def streams(self, *pieces: bytes, then: str = "end", pause: float = 0.0) -> None:
        """Queue a stream of server-sent events, sent piece by piece."""
        headers = {"Content-Type": "text/event-stream; charset=utf-8"}
        self.answers(Reply(200, headers, pieces, then, pause))

    def refuses(self, status: int, code: str, *, retryable: bool, **headers: str) -> None:
        """Queue an error of the contract; ``Retry_After="5"`` adds a header."""
        body = {"error": {"code": code, "message": f"It is {code}.", "retryable": retryable}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers(Reply(status, named, [json.dumps(body).encode()]))

    def judges(
        self,
        *,
        score: int = 67,
        key_points: Sequence[dict[str, Any]],
        marks: Sequence[dict[str, Any]] = (),
        method: str = "judge",
        prose: Sequence[str] = ("You name **memory**.\n\n", "Say what a switch costs."),
    ) -> None:
        """Queue a whole feedback; ``marks`` are told one by one before the assessment."""
        assessment = {"score": score, "key_points": list(key_points), "method": method}
        self.streams(
            *(event("mark", mark) for mark in marks),
            event("assessment", assessment),
            *(event("delta", {"text": text}) for text in prose),
            event("done", DONE),
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sidecar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._play(sidecar.ready)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length) or b"null")
                sidecar.asked.append(Asked(self.path, dict(self.headers), body))
                self._play(sidecar._replies.popleft())

            def _play(self, reply: Reply) -> None:
                self.close_connection = True
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for number, piece in enumerate(reply.pieces):
                        if number == 1:
                            sidecar._over.wait(reply.pause)
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                        self.wfile.flush()
                    if reply.then == "silent":
                        self._wait_until_deserted()
                    elif reply.then == "end":
                        self.wfile.write(b"0\r\n\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client went away, as it may

            def _wait_until_deserted(self) -> None:
                while not sidecar._over.is_set():
                    readable, _writable, _broken = select.select([self.connection], [], [], 0.02)
                    if readable and not self.connection.recv(1, socket.MSG_PEEK):
                        sidecar.deserted += 1
                        return

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


LOADED = {
    "status": "ready",
    "model": "scripted",
    "summaries": {"method": "quoted", "prompt_version": "scripted-1"},
}
"""What every GET gets: /readyz and /v1/model read their part of it."""
DONE = {
    "model": "scripted",
    "prompt_version": "scripted-1",
    "prose_method": "model",
    "usage": {"prompt_tokens": 20, "completion_tokens": 7},
    "timing": {"queue_ms": 0.5, "assessment_ms": 12.0, "first_delta_ms": 20.0, "total_ms": 90.0},
}
