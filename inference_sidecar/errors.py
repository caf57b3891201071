"""One error body for every way to fail: `{"error": {code, message, retryable}}`.

``code`` is for programs, ``message`` for developers; neither ever holds a
candidate's words. What a candidate reads is written by the caller, per code.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from inference_sidecar.assessment import InvalidModelOutput
from inference_sidecar.engine import ContextLengthExceeded, EngineError
from inference_sidecar.schemas import ErrorBody, ErrorDetail

log = logging.getLogger(__name__)

LOADING_RETRY_AFTER_SECONDS = 5


class ApiError(HTTPException):
    """An answer that is not a success. ``retry_after`` in whole seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        retry_after: int | None = None,
    ) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(status_code=status, detail=message, headers=headers)
        self.body = ErrorBody(error=ErrorDetail(code=code, message=message, retryable=retryable))

    @property
    def code(self) -> str:
        return self.body.error.code

    def response(self) -> JSONResponse:
        return JSONResponse(
            self.body.model_dump(), status_code=self.status_code, headers=self.headers
        )


def loading() -> ApiError:
    return ApiError(
        503,
        "loading",
        "The model is still loading.",
        retryable=True,
        retry_after=LOADING_RETRY_AFTER_SECONDS,
    )


def engine_unavailable() -> ApiError:
    return ApiError(503, "engine_unavailable", "The engine cannot serve.", retryable=True)


def overloaded(retry_after: int) -> ApiError:
    return ApiError(
        429, "overloaded", "All places are taken.", retryable=True, retry_after=retry_after
    )


def invalid_output(message: str) -> ApiError:
    return ApiError(502, "invalid_output", message, retryable=True)


def nothing_to_say() -> ApiError:
    return ApiError(422, "nothing_to_say", "The sources hold no sentence to summarise.")


def body_too_large(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", f"The body is larger than {limit} bytes.")


def unauthorized() -> ApiError:
    return ApiError(401, "unauthorized", "A valid bearer token is required.")


def as_api_error(error: BaseException) -> ApiError:
    """What the world is told of ``error``; what it is not told goes to the log."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ContextLengthExceeded):
        return ApiError(413, "too_long", "The request does not fit the model's context.")
    if isinstance(error, EngineError):
        return engine_unavailable()
    if isinstance(error, InvalidModelOutput):
        return invalid_output("The model's judgement could not be read.")
    if isinstance(error, RequestValidationError):
        return ApiError(422, "invalid_request", _where_and_why(error.errors()))
    if isinstance(error, HTTPException):
        return _from_framework(error)
    # The message of an unknown exception may quote its input: only its place is logged.
    log.error(
        "unexpected %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    )
    return ApiError(500, "internal", "The sidecar failed unexpectedly.", retryable=True)


def _from_framework(error: HTTPException) -> ApiError:
    if error.status_code == 404:
        return ApiError(404, "not_found", "There is nothing at this address.")
    if error.status_code == 405:
        method_error = ApiError(405, "method_not_allowed", "This address takes another method.")
        method_error.headers = dict(error.headers or {})
        return method_error
    # FastAPI says 400 when a body is not JSON at all; to a caller that is bad input too.
    return ApiError(422, "invalid_request", "The body is not valid JSON.")


def _where_and_why(errors: Iterable[Any]) -> str:
    """Field and reason of each error, without the value that was refused."""
    lines = []
    for error in errors:
        where = ".".join(str(part) for part in error["loc"] if part != "body")
        why = "not valid JSON" if error["type"] == "json_invalid" else error["msg"]
        lines.append(f"{where}: {why}" if where and error["type"] != "json_invalid" else why)
    return "; ".join(lines[:5])
