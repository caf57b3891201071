"""The sidecar for benchmarks/summaries.py, and the engine without it.

    python -m benchmarks.summary_server --port N --prose-tokens N ENGINE_ARGUMENTS
    python -m benchmarks.summary_server --offline PROMPTS.json ENGINE_ARGUMENTS

The first serves the sidecar with the writing strategy and writes down what summaries
ask of the engine: GET /bench/calls gives it, POST /bench/one-after-another asks for it
again, each call after the last, POST /bench/cold forgets it and empties the prefix cache.
The second hands the same prompts to vLLM's own offline interface, all at once and with
vLLM's own step size, and prints the seconds it took.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from inference_sidecar import vllm_engine  # first: it sets what vllm reads at import
from inference_sidecar.app import create_app
from inference_sidecar.engine import Delta, Engine, Message, ModelInfo, Priority
from inference_sidecar.prompts import load
from inference_sidecar.schemas import Assessment, FeedbackRequest
from inference_sidecar.strategies import Strategy, strategy_for

# isort: split
import vllm
from vllm import SamplingParams
from vllm.inputs.engine import tokens_input
from vllm.utils.argparse_utils import FlexibleArgumentParser
from vllm.v1.engine.async_llm import AsyncLLM


@dataclasses.dataclass
class Call:
    """One prompt of a summary, as token ids, and how much was written."""

    prompt: list[int]
    completion_tokens: int = 0
    is_score: bool = False
    """Asked for the likelihoods of the prompt, and not for a text."""
    seconds: float = 0.0


CALLS: list[Call] = []


class ModelWriter:
    """The model writes all prose: what batch work disturbs most."""

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
        system = load("prose_free", request.language).render(
            question=request.question,
            reference_answer=request.reference_answer or "-",
            judgement="\n".join(f"- {item.status}: {item.id}" for item in assessment.key_points),
        )
        messages = [Message("system", system), Message("user", request.answer)]
        async for delta in engine.generate(messages, max_tokens=self._tokens, priority=priority):
            yield delta


def record_bulk(llm: AsyncLLM) -> None:
    """Make ``llm`` write down what bulk work has it write."""
    generate = llm.generate

    async def recording(prompt: Any, parameters: SamplingParams, *more: Any, **named: Any) -> Any:
        call = Call(prompt["prompt_token_ids"], is_score=parameters.prompt_logprobs is not None)
        if named.get("priority") == Priority.BULK:
            CALLS.append(call)
        started = time.perf_counter()
        async with contextlib.aclosing(generate(prompt, parameters, *more, **named)) as outputs:
            async for output in outputs:
                call.completion_tokens += len(output.outputs[0].token_ids)
                call.seconds = time.perf_counter() - started
                yield output

    llm.generate = recording


def add_bench_routes(app: FastAPI, llm: AsyncLLM) -> None:
    @app.get("/bench/calls")
    async def calls() -> list[dict[str, Any]]:
        return [dataclasses.asdict(call) for call in CALLS if call.completion_tokens]

    @app.post("/bench/one-after-another")
    async def one_after_another(wanted: list[Call]) -> dict[str, float]:
        started = time.perf_counter()
        for call in wanted:
            outputs = AsyncLLM.generate(
                llm, tokens_input(call.prompt), replay(call), request_id=uuid.uuid4().hex
            )
            async for _ in outputs:
                pass
        return {"seconds": time.perf_counter() - started}

    @app.post("/bench/cold")
    async def cold() -> dict[str, bool]:
        CALLS.clear()
        return {"cold": await llm.reset_prefix_cache()}


def replay(call: Call) -> SamplingParams:
    """Exactly as many tokens as before, wherever they stopped."""
    return SamplingParams(
        max_tokens=call.completion_tokens,
        temperature=0.0,
        ignore_eos=True,
        prompt_logprobs=0 if call.is_score else None,
        detokenize=not call.is_score,
    )


async def serve(options: argparse.Namespace, engine_arguments: Sequence[str]) -> None:
    loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def load_engine() -> Engine:
        engine = await vllm_engine.load(engine_arguments)
        record_bulk(engine._llm)
        add_bench_routes(sidecar, engine._llm)
        loaded.set_result(None)
        return engine

    def choose(info: ModelInfo) -> Strategy:
        strategy = strategy_for(info, summaries="written")
        if options.prose_tokens:
            return dataclasses.replace(strategy, writer=ModelWriter(options.prose_tokens))
        return strategy

    sidecar = create_app(load_engine, choose_strategy=choose, on_load_failure=loaded.set_exception)
    server = uvicorn.Server(
        uvicorn.Config(
            sidecar,
            port=options.port,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve())
    await loaded
    await serving


def offline(prompts: Path, engine_arguments: Sequence[str]) -> None:
    parser = vllm_engine.add_arguments(FlexibleArgumentParser())
    parser.set_defaults(max_num_batched_tokens=None, scheduling_policy="fcfs")
    arguments = vllm.EngineArgs.from_cli_args(parser.parse_args(list(engine_arguments)))
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", vllm_engine.CPU_KV_CACHE_GIB)
    llm = vllm.LLM(
        **{field.name: getattr(arguments, field.name) for field in dataclasses.fields(arguments)}
    )
    calls = [Call(**call) for call in json.loads(prompts.read_text())]
    # As the server: the first call of each kind sets something up.
    llm.generate([{"prompt_token_ids": [1] * 300}] * 2, SamplingParams(max_tokens=2))
    llm.reset_prefix_cache()
    started = time.perf_counter()
    llm.generate(
        [{"prompt_token_ids": call.prompt} for call in calls],
        [replay(call) for call in calls],
        use_tqdm=False,
    )
    print(json.dumps({"seconds": time.perf_counter() - started}))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--prose-tokens", type=int, default=64)
    parser.add_argument("--offline", type=Path)
    options, engine_arguments = parser.parse_known_args()
    if options.offline:
        offline(options.offline, engine_arguments)
    else:
        asyncio.run(serve(options, engine_arguments))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
