"""The sidecar and vLLM's own OpenAI server in one process, on one engine.

    python -m benchmarks.engine_server --raw-port 20102 --model MODEL [as the sidecar]

Runs in .venv-sidecar. benchmarks/feedback.py sends work through the sidecar, and the
very same work, token for token, straight to vLLM's server beside it. To know what
that work is, every call the sidecar makes to the engine is written down under its
request's id. Three addresses are added to vLLM's server:

    GET  /bench/calls/{id}   {scores, prose: [{prompt, temperature, completion_tokens}]}:
                             how many likelihoods, and the generations in order
    POST /bench/scores/{id}  the likelihoods of the assessment again, straight from the
                             engine: vLLM's HTTP API cannot ask for them with a warm
                             prefix cache, which the sidecar does
    POST /bench/cold         forget the prefix cache
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import contextvars
import dataclasses
import logging
import os
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI

from inference_sidecar import vllm_engine  # first: it sets what vllm reads at import
from inference_sidecar.app import create_app
from inference_sidecar.engine import Delta, Engine, Message, ModelInfo, Priority
from inference_sidecar.prompts import load
from inference_sidecar.schemas import Assessment, FeedbackRequest, KeyPointAssessment
from inference_sidecar.strategies import Strategy, strategy_for

# isort: split
from vllm import SamplingParams
from vllm.entrypoints.launchers.api_server.app_state import init_app_state
from vllm.entrypoints.launchers.app import build_app
from vllm.entrypoints.launchers.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser
from vllm.v1.engine.async_llm import AsyncLLM


@dataclasses.dataclass
class Call:
    """One request that the sidecar made to the engine."""

    prompt: Any
    parameters: SamplingParams
    completion_tokens: int = 0

    @property
    def is_score(self) -> bool:
        return self.parameters.prompt_logprobs is not None


CALLS: dict[str, list[Call]] = {}
_current: contextvars.ContextVar[list[Call] | None] = contextvars.ContextVar(
    "current", default=None
)


class StreamedWriter:
    """Passes on every token as it comes: the most that prose can ask of the product."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    async def write(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        judged = {item.id: item.status for item in assessment.key_points}
        system = load("prose_free", request.language).render(
            question=request.question,
            reference_answer=request.reference_answer or "-",
            judgement="\n".join(
                f"- {judged[point.id]}: {point.text}" for point in request.key_points
            ),
        )
        messages = [Message("system", system), Message("user", request.answer)]
        generation = engine.generate(messages, max_tokens=self._tokens, priority=priority)
        async for delta in generation:
            yield delta


class Recorded:
    """A strategy whose calls to the engine are written down by request id."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._strategy, name)

    async def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        CALLS[request.id] = []
        _current.set(CALLS[request.id])
        async for mark in self._strategy.marks(engine, request, priority=priority):
            yield mark

    async def write_prose(
        self,
        engine: Engine,
        request: FeedbackRequest,
        assessment: Assessment,
        *,
        priority: Priority,
    ) -> AsyncIterator[Delta]:
        _current.set(CALLS[request.id])
        prose = self._strategy.write_prose(engine, request, assessment, priority=priority)
        async for delta in prose:
            yield delta


def record_calls(llm: AsyncLLM) -> None:
    """Make ``llm`` write down what it is asked for while a recorded strategy runs."""
    generate = llm.generate

    async def recording(prompt: Any, parameters: SamplingParams, *more: Any, **named: Any) -> Any:
        calls = _current.get()
        call = Call(prompt, parameters.clone())
        if calls is not None:
            calls.append(call)
        async with contextlib.aclosing(generate(prompt, parameters, *more, **named)) as outputs:
            async for output in outputs:
                call.completion_tokens += len(output.outputs[0].token_ids)
                yield output

    llm.generate = recording


def add_bench_routes(app: FastAPI, llm: AsyncLLM) -> None:
    async def again(call: Call) -> None:
        outputs = AsyncLLM.generate(
            llm, call.prompt, call.parameters.clone(), request_id=uuid.uuid4().hex
        )
        async with contextlib.aclosing(outputs):
            async for _ in outputs:
                pass

    @app.get("/bench/calls/{request_id}")
    async def calls(request_id: str) -> dict[str, Any]:
        made = CALLS[request_id]
        prose = [call for call in made if not call.is_score]
        assert all(call.parameters.structured_outputs is None for call in prose)
        return {
            "scores": len(made) - len(prose),
            "prose": [
                {
                    "prompt": call.prompt["prompt_token_ids"],
                    "temperature": call.parameters.temperature,
                    "completion_tokens": call.completion_tokens,
                }
                for call in prose
            ],
        }

    @app.post("/bench/scores/{request_id}")
    async def scores(request_id: str) -> dict[str, int]:
        made = [call for call in CALLS[request_id] if call.is_score]
        await asyncio.gather(*map(again, made))
        return {"scores": len(made)}

    @app.post("/bench/cold")
    async def cold() -> dict[str, bool]:
        return {"cold": await llm.reset_prefix_cache()}


async def serve(options: argparse.Namespace, engine_arguments: Sequence[str]) -> None:
    loaded: asyncio.Future[AsyncLLM] = asyncio.get_running_loop().create_future()

    async def load_engine() -> Engine:
        engine = await vllm_engine.load(engine_arguments)
        llm = engine._llm
        record_calls(llm)
        loaded.set_result(llm)
        return engine

    def choose(info: ModelInfo) -> Any:
        strategy = strategy_for(info)
        if options.prose == "streamed":
            writer = StreamedWriter(options.prose_tokens)
            strategy = dataclasses.replace(strategy, writer=writer)
        return Recorded(strategy)

    def failed(error: BaseException) -> None:
        loaded.set_exception(error)

    sidecar = create_app(load_engine, choose_strategy=choose, on_load_failure=failed)
    servers = [_server(sidecar, options.port)]
    tasks = [asyncio.create_task(servers[0].serve())]
    llm = await loaded

    # vLLM's server as its own entry point builds it, on the engine that is already there.
    parser = make_arg_parser(FlexibleArgumentParser())
    arguments = parser.parse_args([*engine_arguments, "--disable-uvicorn-access-log"])
    supported = await llm.get_supported_tasks()
    raw = build_app(arguments, supported, llm.model_config)
    await init_app_state(llm, raw.state, arguments, supported)
    add_bench_routes(raw, llm)
    servers.append(_server(raw, options.raw_port))
    tasks.append(asyncio.create_task(servers[1].serve()))
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


def _server(app: FastAPI, port: int) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--raw-port", type=int, required=True)
    parser.add_argument("--prose", choices=["streamed", "shipped"], default="shipped")
    parser.add_argument("--prose-tokens", type=int, default=128)
    options, engine_arguments = parser.parse_known_args()
    asyncio.run(serve(options, engine_arguments))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
