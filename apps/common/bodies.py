"""How long a request may be, settled before any of it is read.

Django writes whatever is sent to disk before a view, a login or a form has its say. This
stands in front of it: what says that it is too long is refused unread, and what turns out
to be is cut off there. deploy/nginx.conf holds to the same sizes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

HEARD_OUT_MAX_BYTES = 32 * 1024 * 1024
"""A refused body up to this long is read and thrown away, because a browser that is still
sending shows a broken connection rather than our answer."""


def max_bytes(path: str) -> int:
    for pattern, size in settings.BODY_MAX_BYTES:
        if re.match(pattern, path):
            return int(size)
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def bounded(application: Application) -> Application:
    """The ASGI application, behind the bounds of settings.BODY_MAX_BYTES."""

    async def bounded_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        bound = max_bytes(scope["path"])
        declared = _declared(scope)
        if declared > bound:
            if declared <= HEARD_OUT_MAX_BYTES:
                await _hear_out(receive)
            await _refuse(scope, send)
            return
        body = _Body(scope, receive, send, bound)
        await application(scope, body.receive, body.send)

    return bounded_application


def _declared(scope: dict[str, Any]) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


class _Body:
    """One that did not say how long it is, or did not keep to it."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send, bound: int) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._left = bound
        self._is_refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request" or self._is_refused:
            return message
        self._left -= len(message.get("body", b""))
        if self._left >= 0:
            return message
        self._is_refused = True
        await _refuse(self._scope, self._send)
        return {"type": "http.disconnect"}  # Django drops what it has read, and says nothing

    async def send(self, message: Message) -> None:
        if not self._is_refused:
            await self._send(message)


async def _hear_out(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _refuse(scope: dict[str, Any], send: Send) -> None:
    if scope["path"].startswith("/api/"):
        content_type, body = b"application/json", _as_json(scope)
    else:
        content_type, body = b"text/html; charset=utf-8", get_template("413.html").render()
    content = body.encode()
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _as_json(scope: dict[str, Any]) -> str:
    language = translation.get_language_from_request(ASGIRequest(scope, BytesIO()))
    with translation.override(language):
        message = _("This is longer than what can be sent here. Send less at once.")
    error = {"error": {"code": "too_large", "message": message}}
    return json.dumps(error, ensure_ascii=False)
