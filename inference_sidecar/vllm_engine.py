"""The engine protocol on vLLM, in this process: the only module that imports vllm."""

from __future__ import annotations

import math
import os
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

# The engine core is a process of its own. It is spawned, not forked: a fork would
# inherit the listening socket and the threads of a server that already answers.
os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "spawn")
os.environ.setdefault("VLLM_WORKER_SHUTDOWN_TIMEOUT_SECONDS", "1")
os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")

import vllm
from vllm import SamplingParams
from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.inputs.engine import tokens_input
from vllm.platforms import current_platform
from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams
from vllm.utils.argparse_utils import FlexibleArgumentParser
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

from inference_sidecar.engine import (
    ContextLengthExceeded,
    Delta,
    EngineError,
    Message,
    ModelInfo,
    Priority,
    Score,
)
from inference_sidecar.tasks import all_or_none, in_daemon_thread

# What a CPU needs to be ready soon and to answer soon: no compilation; prompts in
# short steps, so that nobody waits long behind another's prompt (a step that has begun
# is not interrupted, and bulk work may have begun it); small cache blocks, so that key
# points scored against one answer share nearly all of its tokens.
# bfloat16 rounds by block, so that a mark near its threshold would depend on what else the
# engine read just then, and most processors emulate it at a seventh of the speed.
CPU_DEFAULTS = {
    "dtype": "float32",
    "enforce_eager": True,
    "max_num_batched_tokens": 256,
    "block_size": 32,
}
CPU_KV_CACHE_GIB = "2"
# vLLM takes an engine for dead, for good, when one step lasts longer than 300 s. On a CPU
# that others keep busy a step of a larger model may: it grows with the weights, and shrinks
# with the processors. 3 GiB on 2 processors get half an hour; nothing gets less than vLLM's.
STEP_SECONDS_MIN = 300
STEP_SECONDS_PER_GIB_AND_CPU = 1200
UNKNOWN_WEIGHTS_GIB = 16.0  # of a model that is not a folder here
# Whoever stops the sidecar kills it after five seconds or so; this must be over by then.
SHUTDOWN_SECONDS = 1.5


def add_arguments(parser: FlexibleArgumentParser) -> FlexibleArgumentParser:
    """Add every vLLM engine argument, with the defaults that the sidecar stands on."""
    parser = AsyncEngineArgs.add_cli_args(parser)
    parser.set_defaults(scheduling_policy="priority")
    if current_platform.is_cpu():
        parser.set_defaults(**CPU_DEFAULTS)
    return parser


def step_seconds(model: str, processors: int) -> int:
    """How long one step on a CPU may take before the engine counts as dead."""
    folder = Path(model)
    gib = UNKNOWN_WEIGHTS_GIB
    if folder.is_dir():
        gib = sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 2**30
    return max(STEP_SECONDS_MIN, round(STEP_SECONDS_PER_GIB_AND_CPU * gib / processors))


async def load(arguments: Sequence[str]) -> VLLMEngine:
    """Start vLLM with command-line ``arguments``; return when it answers at full speed.

    Raises SystemExit for arguments that vLLM does not know, and whatever vLLM
    raises when the model cannot be loaded.
    """
    parser = add_arguments(FlexibleArgumentParser(prog="python -m inference_sidecar"))
    engine_arguments = AsyncEngineArgs.from_cli_args(parser.parse_args(list(arguments)))
    if current_platform.is_cpu():
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", CPU_KV_CACHE_GIB)
        seconds = step_seconds(engine_arguments.model, len(os.sched_getaffinity(0)))
        os.environ.setdefault("VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS", str(seconds))
        if engine_arguments.enforce_eager:
            # vLLM compiles a few helpers even so: seconds in the first request, and
            # a C++ compiler that the machine may not have.
            os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
    if Path(engine_arguments.model).is_dir():
        # Everything is here; a look at the hub would only wait for a network.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    engine = VLLMEngine(await in_daemon_thread(lambda: AsyncLLM.from_engine_args(engine_arguments)))
    # The first call of each kind and size sets something up; no candidate shall wait for it.
    warm_up = [("Threads share the heap of their process. " * 12, " Warm up.")]
    for pairs in (warm_up, warm_up * 6):
        await engine.score(pairs, priority=Priority.INTERACTIVE)
    async for _ in engine.generate(
        [Message("user", "Hello")], max_tokens=2, priority=Priority.INTERACTIVE
    ):
        pass
    return engine


class VLLMEngine:
    """See ``engine.Engine``."""

    def __init__(self, llm: AsyncLLM) -> None:
        self._llm = llm
        self._tokenizer = llm.renderer.get_tokenizer()
        model_config = llm.model_config
        name = model_config.served_model_name or model_config.model
        if isinstance(name, list):
            name = name[0]
        self._info = ModelInfo(
            # A local folder's place is nobody's business; its name is the model's.
            model=Path(name).name if Path(name).is_dir() else name,
            context_length=model_config.max_model_len,
            engine="vllm",
            engine_version=vllm.__version__,
        )
        special = sorted(
            (token.content for token in self._tokenizer.added_tokens_decoder.values()),
            key=len,
            reverse=True,
        )
        self._special = re.compile("|".join(map(re.escape, special))) if special else None

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        priority: Priority,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        prefill: str = "",
        json_schema: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Delta]:
        prompt: str = self._tokenizer.apply_chat_template(
            [{"role": item.role, "content": self._plain(item.content)} for item in messages],
            add_generation_prompt=True,
            tokenize=False,
        )
        token_ids = self._encode(prompt + prefill)
        self._check_length(len(token_ids) + max_tokens)
        parameters = SamplingParams(
            max_tokens=max_tokens,
            temperature=temperature,
            stop=list(stop) or None,
            output_kind=RequestOutputKind.DELTA,
            structured_outputs=(
                StructuredOutputsParams(json=dict(json_schema)) if json_schema is not None else None
            ),
        )
        completion_tokens = 0
        async with aclosing(self._run(token_ids, parameters, priority)) as outputs:
            async for output in outputs:
                completion = output.outputs[0]
                completion_tokens += len(completion.token_ids)
                if completion.text or completion.finish_reason:
                    yield Delta(
                        text=completion.text,
                        prompt_tokens=len(token_ids),
                        completion_tokens=completion_tokens,
                        finish_reason=completion.finish_reason,
                    )

    async def choose(
        self, contexts: Sequence[str], options: Sequence[str], *, priority: Priority
    ) -> list[list[float]]:
        if len(options) < 2:
            raise ValueError("a choice needs at least two options")
        encoded = [self._encode(self._plain(option)) for option in options]
        if any(len(ids) != 1 for ids in encoded):
            return await self._choose_by_score(contexts, options, priority)
        wanted = [ids[0] for ids in encoded]
        prompts = [self._encode(self._plain(context)) for context in contexts]
        for ids in prompts:
            self._check_length(len(ids) + 1)
        return await all_or_none(self._choose(ids, wanted, priority) for ids in prompts)

    async def _choose(
        self, token_ids: list[int], wanted: list[int], priority: Priority
    ) -> list[float]:
        parameters = SamplingParams(
            max_tokens=1,
            temperature=0.0,
            logprob_token_ids=wanted,
            detokenize=False,
            output_kind=RequestOutputKind.FINAL_ONLY,
        )
        async with aclosing(self._run(token_ids, parameters, priority)) as outputs:
            output = await anext(outputs)
        found = output.outputs[0].logprobs[0]
        return _softmax([found[token].logprob for token in wanted])

    async def _choose_by_score(
        self, contexts: Sequence[str], options: Sequence[str], priority: Priority
    ) -> list[list[float]]:
        pairs = [(context, option) for context in contexts for option in options]
        scores = [score.logprob for score in await self.score(pairs, priority=priority)]
        size = len(options)
        return [_softmax(scores[at : at + size]) for at in range(0, len(scores), size)]

    async def score(self, pairs: Sequence[tuple[str, str]], *, priority: Priority) -> list[Score]:
        encoded = []
        for context, continuation in pairs:
            # Tokenised apart, so that a continuation has the same tokens whatever
            # stands before it and its likelihoods can be compared.
            context_ids = self._encode(self._plain(context)) or [self._start_token()]
            continuation_ids = self._encode(self._plain(continuation))
            self._check_length(len(context_ids) + len(continuation_ids) + 1)
            encoded.append((context_ids, continuation_ids))
        return await all_or_none(self._score(*ids, priority) for ids in encoded)

    async def _score(
        self, context_ids: list[int], continuation_ids: list[int], priority: Priority
    ) -> Score:
        token_ids = context_ids + continuation_ids
        wanted = len(continuation_ids)
        if not wanted:
            return Score(logprob=0.0, tokens=0, prompt_tokens=len(token_ids))
        # vLLM reports no likelihoods for tokens it finds in its prefix cache and
        # therefore passes the cache by. Only the continuation matters here, so a
        # context may come from the cache (many key points share one answer); if the
        # cache reached into the continuation, it is computed again without.
        for skip_cache in (False, True):
            parameters = SamplingParams(
                max_tokens=1,
                temperature=0.0,
                prompt_logprobs=0,
                flat_logprobs=True,
                # Rows of cached tokens hold no token at all: they cannot be spelled.
                detokenize=False,
                skip_reading_prefix_cache=skip_cache,
                output_kind=RequestOutputKind.FINAL_ONLY,
            )
            async with aclosing(self._run(token_ids, parameters, priority)) as outputs:
                output = await anext(outputs)
            if (output.num_cached_tokens or 0) < len(context_ids):
                break
        logprobs: list[float] = output.prompt_logprobs.logprobs[-wanted:]
        if len(logprobs) != wanted:
            raise EngineError("vLLM returned fewer likelihoods than tokens")
        return Score(logprob=sum(logprobs), tokens=wanted, prompt_tokens=len(token_ids))

    async def _run(
        self, token_ids: list[int], parameters: SamplingParams, priority: Priority
    ) -> AsyncGenerator[vllm.RequestOutput, None]:
        """vLLM's outputs, its failures as EngineError; closing this aborts the request."""
        outputs = self._llm.generate(
            tokens_input(token_ids),
            parameters,
            request_id=uuid.uuid4().hex,
            priority=int(priority),
        )
        try:
            async with aclosing(outputs):
                async for output in outputs:
                    yield output
        except (EngineDeadError, EngineGenerateError) as error:
            raise EngineError(type(error).__name__) from error

    def count_tokens(self, text: str) -> int:
        return len(self._encode(self._plain(text)))

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return ids

    def _plain(self, text: str) -> str:
        """``text`` with no control token of the model in it.

        An answer that spells a turn's end ("<|im_end|>") must not end the turn: a
        space breaks the token up and keeps the text readable.
        """
        if self._special is None:
            return text
        return self._special.sub(lambda match: f"{match[0][:1]} {match[0][1:]}", text)

    def _start_token(self) -> int:
        """What stands before a text that has no context."""
        for token_id in (self._tokenizer.bos_token_id, self._tokenizer.eos_token_id):
            if token_id is not None:
                return int(token_id)
        return 0

    def _check_length(self, tokens: int) -> None:
        if tokens > self._info.context_length:
            raise ContextLengthExceeded(
                f"{tokens} tokens do not fit a context of {self._info.context_length}"
            )

    async def check_health(self) -> None:
        try:
            await self._llm.check_health()
        except Exception as error:
            raise EngineError(type(error).__name__) from error

    def shutdown(self) -> None:
        self._llm.shutdown(timeout=SHUTDOWN_SECONDS)


def _softmax(logprobs: Sequence[float]) -> list[float]:
    highest = max(logprobs)
    weights = [math.exp(logprob - highest) for logprob in logprobs]
    total = sum(weights)
    return [weight / total for weight in weights]
