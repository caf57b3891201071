"""HTTP only: read the request, call one thing, answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from inference_sidecar.engine import Engine
from inference_sidecar.feedback import assess_many, feedback_events, whole_feedback
from inference_sidecar.request_log import note
from inference_sidecar.schemas import (
    AssessRequest,
    AssessResponse,
    ErrorBody,
    FeedbackRequest,
    FeedbackResponse,
    ModelResponse,
    SummaryStrategyInfo,
)
from inference_sidecar.service import Service
from inference_sidecar.strategies import Strategy
from inference_sidecar.streaming import (
    ClientGone,
    Costs,
    Event,
    EventStream,
    note_done,
    until_disconnected,
)
from inference_sidecar.summaries.schemas import SummaryRequest, SummaryResponse
from inference_sidecar.summaries.serving import summary_events, whole_summary

T = TypeVar("T")

router = APIRouter(
    responses={status: {"model": ErrorBody} for status in (401, 413, 422, 429, 502, 503)}
)


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def ready(request: Request) -> tuple[Engine, Strategy]:
    """The engine and how it is used. Raises 503 while there is none to use."""
    return service_of(request).ready()


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    return await until_disconnected(request.receive, work)


async def next_event(events: AsyncIterator[Event]) -> Event:
    return await anext(events)


def client_gone(request: Request) -> Response:
    """An answer for the log alone; 499 is what proxies write for this."""
    note(request.scope, outcome="client_gone")
    return Response(status_code=499)


@router.post("/v1/feedback", response_model=FeedbackResponse)
async def feedback(request: Request, body: FeedbackRequest) -> Response:
    """Events by default; one JSON body for ``Accept: application/json``.

    What fails before the assessment is an HTTP error; later it is an ``error`` event.
    """
    note(request.scope, id=body.id, language=body.language)
    engine, strategy = ready(request)
    events = feedback_events(engine, strategy, service_of(request).admission, body)
    return await answer(request, events, whole_feedback)


@router.post("/v1/summaries", response_model=SummaryResponse)
async def summaries(request: Request, body: SummaryRequest) -> Response:
    """Events by default; one JSON body for ``Accept: application/json``. Bulk work.

    What fails before the first step is an HTTP error; later it is an ``error`` event.
    """
    note(request.scope, id=body.id, language=body.language, sources=len(body.sources))
    engine, strategy = ready(request)
    events = summary_events(engine, strategy, service_of(request).admission, body)
    return await answer(request, events, whole_summary)


async def answer(
    request: Request,
    events: AsyncIterator[Event],
    whole: Callable[[AsyncIterator[Event]], Coroutine[Any, Any, Costs]],
) -> Response:
    """``events`` as they come, or what ``whole`` makes of them, as the client accepts."""
    accepted = request.headers.get("accept", "")
    try:
        if "application/json" in accepted and "text/event-stream" not in accepted:
            reply = await while_connected(request, whole(events))
            note_done(request.scope, reply)
            return JSONResponse(reply.model_dump(exclude_none=True))
        first = await while_connected(request, next_event(events))
    except ClientGone:
        return client_gone(request)
    return EventStream(first, events)


@router.post("/v1/assess", response_model=AssessResponse, response_model_exclude_none=True)
async def assess(request: Request, body: AssessRequest) -> AssessResponse | Response:
    """Assessments alone, many at once, as bulk work."""
    note(request.scope, items=len(body.items))
    engine, strategy = ready(request)
    work = assess_many(engine, strategy, service_of(request).admission, body)
    try:
        return await while_connected(request, work)
    except ClientGone:
        return client_gone(request)


@router.get("/v1/model")
async def model(request: Request) -> ModelResponse:
    engine, strategy = ready(request)
    info = engine.info
    return ModelResponse(
        model=info.model,
        context_length=info.context_length,
        engine=info.engine,
        engine_version=info.engine_version,
        method=strategy.method,
        guess=strategy.guess,
        prompt_versions=strategy.prompt_versions(),
        summaries=SummaryStrategyInfo(
            method=strategy.summarizer.method, prompt_version=strategy.summarizer.prompt_version
        ),
    )


@router.get("/livez")
async def livez(request: Request) -> dict[str, str]:
    """Fails only when a restart is the cure: loading is life, a dead engine is not."""
    await service_of(request).check_alive()
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    ready(request)
    await service_of(request).check_alive()
    return {"status": "ready"}


@router.get("/metrics")
async def metrics() -> PlainTextResponse:
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)
