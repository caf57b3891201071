"""A sidecar around a scripted engine, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from inference_sidecar.app import create_app
from inference_sidecar.schemas import Assessment, KeyPointAssessment
from inference_sidecar.service import LoadEngine, Service
from inference_sidecar.tests.scripted import ScriptedEngine, ScriptedStrategy

MISSING = Assessment(
    score=0,
    key_points=[KeyPointAssessment(id="memory", status="missing", confidence=0.8)],
    method="scripted",
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def body() -> dict[str, Any]:
    return {
        "id": "attempt-1",
        "language": "en",
        "question": "What is a process?",
        "key_points": [{"id": "memory", "text": "It has memory of its own."}],
        "answer": "A running program.",
    }


class Sidecar(NamedTuple):
    app: FastAPI
    client: httpx.AsyncClient
    service: Service


@asynccontextmanager
async def serving(
    engine: ScriptedEngine, *, strategy: Any = None, load: LoadEngine | None = None, **options: Any
) -> AsyncIterator[Sidecar]:
    """A client of a sidecar whose engine has been loaded (or is, by ``load``, still to be)."""
    chosen: Any = strategy or ScriptedStrategy(MISSING)

    async def at_once() -> ScriptedEngine:
        return engine

    app: FastAPI = create_app(load or at_once, choose_strategy=lambda info: chosen, **options)
    async with app.router.lifespan_context(app):
        service: Service = app.state.service
        if load is None:
            await until(lambda: service.is_ready)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sidecar") as client:
            yield Sidecar(app, client, service)


async def until(condition: Callable[[], bool], tries: int = 1000) -> None:
    """Let the event loop run until ``condition`` holds; fail when it never does."""
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("the condition never came true")
