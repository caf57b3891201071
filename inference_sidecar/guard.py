"""What a request must show before anything reads it: a token, and a body of sane size."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_sidecar import errors
from inference_sidecar.request_log import note

# All sources of a company as JSON escapes them, six bytes a Korean letter, fit in; a flood
# does not.
BODY_MAX_BYTES = 16_000_000
OPEN_PATHS = frozenset({"/livez", "/readyz"})


class Guard:
    """``token`` None means that everybody may ask (loopback only)."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._expected = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._expected is not None and scope["path"] not in OPEN_PATHS:
            given = headers.get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                await self._refuse(errors.unauthorized(), scope, receive, send)
                return
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > BODY_MAX_BYTES:
            await self._refuse(errors.body_too_large(BODY_MAX_BYTES), scope, receive, send)
            return
        received = 0

        async def count() -> Message:
            # A chunked body has no length to announce; it is counted as it comes.
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_MAX_BYTES:
                raise errors.body_too_large(BODY_MAX_BYTES)
            return message

        await self._app(scope, count, send)

    @staticmethod
    async def _refuse(error: errors.ApiError, scope: Scope, receive: Receive, send: Send) -> None:
        note(scope, outcome=error.code)
        await error.response()(scope, receive, send)
