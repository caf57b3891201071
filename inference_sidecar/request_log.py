"""Around every request: one log line, one count, and an answer for whatever went wrong.

The log holds nothing of what a candidate wrote.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_sidecar import metrics
from inference_sidecar.errors import as_api_error

log = logging.getLogger("inference_sidecar")

QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
NOTES = "sidecar.notes"


def note(scope: Scope, **values: Any) -> None:
    """Add ``values`` to the log line of this request."""
    scope.setdefault(NOTES, {}).update(values)


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        notes: dict[str, Any] = {}
        scope[NOTES] = notes
        status: int | None = None
        started = time.monotonic()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            told = as_api_error(error)
            notes["outcome"] = told.code
            # Half a response cannot become another one; ending it short tells enough.
            if status is None:
                await told.response()(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            metrics.REQUESTS.labels(route, status).inc()
            if (outcome := notes.get("outcome")) is not None:
                metrics.ERRORS.labels(route, outcome).inc()
            level = logging.DEBUG if route in QUIET_PATHS else logging.INFO
            values = " ".join(f"{key}={json.dumps(value)}" for key, value in notes.items())
            milliseconds = (time.monotonic() - started) * 1000
            log.log(
                level, "%s %s %s %.0fms %s", scope["method"], route, status, milliseconds, values
            )
