"""Bodies are bounded before they are read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from apps.common.bodies import HEARD_OUT_MAX_BYTES, bounded, max_bytes
from config.settings.base import BODY_MAX_BYTES, DATA_UPLOAD_MAX_MEMORY_SIZE

KILOBYTE, MEGABYTE = 1024, 1024 * 1024


class Wire:
    """A client that sends ``pieces``, and an application that reads them all."""

    def __init__(self, path, pieces, headers=()):
        self.scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"",
            "headers": list(headers),
        }  # fmt: skip
        self.pieces = list(pieces)
        self.read = 0
        self.taken = []
        self.sent = []

    async def receive(self):
        self.read += 1
        body = self.pieces.pop(0) if self.pieces else b""
        return {"type": "http.request", "body": body, "more_body": bool(self.pieces)}

    async def send(self, message):
        self.sent.append(message)

    async def application(self, scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            self.taken.append(message["body"])
            if not message["more_body"]:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"ok"})
                return

    def run(self):
        async_to_sync(bounded(self.application))(self.scope, self.receive, self.send)
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def text(self):
        return self.sent[1]["body"].decode()


def _length(number):
    return [(b"content-length", str(number).encode())]


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/profile", "/nowhere"])
def test_400_megabytes_are_refused_unread(path):
    wire = Wire(path, [b"x"], _length(400 * MEGABYTE))

    assert wire.run() == 413
    assert (wire.read, wire.taken) == (0, [])
    assert wire.headers[b"connection"] == b"close"


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off():
    wire = Wire("/", [b"x" * MEGABYTE] * 400, [(b"transfer-encoding", b"chunked")])

    assert wire.run() == 413
    assert wire.read == 6
    assert len(wire.taken) == 5
    assert [message["type"] for message in wire.sent] == [
        "http.response.start",
        "http.response.body",
    ]


def test_what_fits_is_passed_on_whole():
    wire = Wire("/", [b"a" * (5 * MEGABYTE - 1), b"b"], _length(5 * MEGABYTE))

    assert wire.run() == 200
    assert sum(map(len, wire.taken)) == 5 * MEGABYTE


def test_one_byte_more_does_not():
    assert Wire("/", [b"a" * (5 * MEGABYTE), b"b"]).run() == 413


def test_a_browser_that_sends_a_little_too_much_is_heard_out():
    """Else it shows a broken connection in the place of our page."""
    wire = Wire("/resumes/", [b"x" * MEGABYTE] * 12, _length(12 * MEGABYTE))

    assert wire.run() == 413
    assert (wire.read, wire.taken) == (12, [])
    assert "Go back and choose a smaller file" in wire.text
    assert "더 작은 파일을 고르거나" in wire.text


def test_the_api_answers_in_its_shape_and_the_clients_language():
    korean = [*_length(6 * MEGABYTE), (b"accept-language", b"ko")]
    wire = Wire("/api/v1/profile", [b"x"], korean)

    assert wire.run() == 413
    assert json.loads(wire.text)["error"] == {
        "code": "too_large",
        "message": "여기에 보낼 수 있는 것보다 길어요. 나눠서 보내 주세요.",
    }


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/accounts/login/", 64 * KILOBYTE),
        ("/accounts/signup/", 64 * KILOBYTE),
        ("/api/v1/auth/token", 64 * KILOBYTE),
        ("/admin/login/", 64 * KILOBYTE),
        ("/resumes/", 11 * MEGABYTE),
        ("/resumes/start", 5 * MEGABYTE),
        ("/profile/photo", 9 * MEGABYTE),
        ("/admin/companies/company/import/", 6 * MEGABYTE),
        ("/admin/companies/company/", 5 * MEGABYTE),
        ("/elsewhere", 5 * MEGABYTE),
    ],
)
def test_how_long_depends_on_where(path, size):
    assert max_bytes(path) == size


def test_websockets_and_lifespan_pass():
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    nothing: Any = None
    async_to_sync(bounded(application))({"type": "lifespan"}, nothing, nothing)

    assert seen == ["lifespan"]


def test_the_proxys_example_holds_to_the_same_sizes(request):
    text = (request.config.rootpath / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    units = {"k": KILOBYTE, "m": MEGABYTE}
    found = {
        pattern: int(number) * units[unit]
        for pattern, number, unit in re.findall(
            r"location ~ \^(\S+) \{[^}]*?client_max_body_size (\d+)([km]);", text
        )
    }
    default = re.search(r"^    client_max_body_size (\d+)m;", text, re.MULTILINE)

    assert found == dict(BODY_MAX_BYTES)
    assert default and int(default[1]) * MEGABYTE == DATA_UPLOAD_MAX_MEMORY_SIZE
    assert max(found.values()) < HEARD_OUT_MAX_BYTES
