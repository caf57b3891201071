"""The application. It answers at once; the engine loads behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from inference_sidecar import errors
from inference_sidecar.admission import BULK_STEPS, Admission, Limits
from inference_sidecar.engine import ModelInfo
from inference_sidecar.guard import Guard
from inference_sidecar.request_log import RequestLog, note
from inference_sidecar.routes import router
from inference_sidecar.service import LoadEngine, Service
from inference_sidecar.strategies import Strategy, strategy_for
from inference_sidecar.tasks import cancel_and_wait

log = logging.getLogger("inference_sidecar")

# 32 answers at a time fill the demo's CPU; the line is what they clear in a minute.
INTERACTIVE_LIMITS = Limits(running=32, waiting=64)
# Several summaries at a time, so that one's last steps leave no part of the engine idle.
BULK_LIMITS = Limits(running=8, waiting=32)


def create_app(
    load_engine: LoadEngine,
    *,
    interactive: Limits = INTERACTIVE_LIMITS,
    bulk: Limits = BULK_LIMITS,
    bulk_steps: int = BULK_STEPS,
    token: str | None = None,
    choose_strategy: Callable[[ModelInfo], Strategy] = strategy_for,
    on_load_failure: Callable[[BaseException], None] = lambda error: None,
) -> FastAPI:
    """``on_load_failure`` is told when the engine cannot be loaded; the app then answers
    503 until it is stopped. ``token`` None leaves every address open."""
    service = Service(
        Admission(interactive=interactive, bulk=bulk, bulk_steps=bulk_steps), choose_strategy
    )

    async def load() -> None:
        try:
            await service.load(load_engine)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            # SystemExit is vLLM's parser, which has already said what it does not like.
            log.error("the engine could not be loaded", exc_info=not isinstance(error, SystemExit))
            on_load_failure(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(load())
        yield
        await cancel_and_wait(loading)
        service.shutdown()

    app = FastAPI(
        title="Ssammu inference sidecar", lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.service = service
    app.include_router(router)
    app.add_middleware(Guard, token=token)
    app.add_middleware(RequestLog)
    # FastAPI has handlers of its own for these two; everything else reaches RequestLog.
    app.add_exception_handler(HTTPException, answer_error)
    app.add_exception_handler(RequestValidationError, answer_error)
    return app


async def answer_error(request: Request, error: Exception) -> Response:
    told = errors.as_api_error(error)
    note(request.scope, outcome=told.code)
    return told.response()
