"""How fast the judge is: seconds to the first mark and to all, and tokens a second.

    .venv-sidecar/bin/python -m benchmarks.judge_speed             as `make demo` runs it
    .venv-sidecar/bin/python -m benchmarks.judge_speed --compare   one setting after another

Labelled answers to questions with six key points go through the judge, one after another,
with vLLM in this process: nothing else of the site runs, so keep the machine quiet.
Arguments that are not named here are the engine's (`--dtype float32`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machine import machine_line
from inference_sidecar.assessment.judge import JudgeAssessor, Thresholds
from inference_sidecar.engine import Engine, Priority
from inference_sidecar.evaluation.gate import item_of
from inference_sidecar.evaluation.labelled import Answer, load_answers, load_questions
from inference_sidecar.packaged.models import DEFAULT
from inference_sidecar.schemas import FeedbackRequest

ROOT = Path(__file__).resolve().parent.parent
KEY_POINTS = 6
# Between the limits most marks are unsure, so most have a quote: the dearer case.
THRESHOLDS = dict.fromkeys(
    ("en", "ko"), Thresholds(covered=0.9, partial=0.6, wrong=0.9, missing=0.9)
)
CORES = sorted(os.sched_getaffinity(0))
BOUND = ",".join(map(str, CORES))


@dataclass(frozen=True)
class Setting:
    name: str
    environment: dict[str, str]
    arguments: tuple[str, ...] = ()


DEMO = {
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": str(min(len(CORES), 8)),
    "OMP_WAIT_POLICY": "PASSIVE",
}


def settings(iomp: Path | None, tcmalloc: Path | None) -> list[Setting]:
    bound = {"VLLM_CPU_OMP_THREADS_BIND": BOUND}
    found = [
        Setting("vLLM's own: a core kept for others", {}),
        Setting("no core kept", {"VLLM_CPU_NUM_OF_RESERVED_CPU": "0"}),
        Setting("all cores, not bound, idle asleep", DEMO),
        Setting("all cores, bound", bound),
        Setting("the same, idle asleep", bound | {"OMP_WAIT_POLICY": "PASSIVE"}),
        Setting("the demo's, blocks of 16", DEMO, ("--block-size", "16")),
        Setting("the demo's, blocks of 64", DEMO, ("--block-size", "64")),
        Setting("the demo's, 512 tokens a step", DEMO, ("--max-num-batched-tokens", "512")),
        Setting("the demo's, 1,024 tokens a step", DEMO, ("--max-num-batched-tokens", "1024")),
    ]
    if iomp:
        found.append(Setting("bound, Intel OpenMP", bound | {"LD_PRELOAD": str(iomp)}))
        found.append(Setting("the demo's, Intel OpenMP", DEMO | {"LD_PRELOAD": str(iomp)}))
    if tcmalloc:
        found.append(Setting("the demo's, tcmalloc", DEMO | {"LD_PRELOAD": str(tcmalloc)}))
    if iomp and tcmalloc:
        both = {"LD_PRELOAD": f"{tcmalloc}:{iomp}"}
        found.append(Setting("bound, Intel OpenMP and tcmalloc", bound | both))
    return found


class Recording:
    """The engine, and what it was asked to read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.contexts: list[str] = []

    async def choose(
        self, contexts: Sequence[str], options: Sequence[str], *, priority: Priority
    ) -> list[list[float]]:
        self.contexts += contexts
        return await self._engine.choose(contexts, options, priority=priority)


def tokens_read(engine: Engine, contexts: Sequence[str]) -> tuple[int, int]:
    """How many ``contexts`` have in all, and without the beginnings read before."""
    asked = new = 0
    for number, context in enumerate(contexts):
        tokens = engine.count_tokens(context)
        known = max((shared(context, earlier) for earlier in contexts[:number]), default=0)
        asked += tokens
        new += tokens - engine.count_tokens(context[:known])
    return asked, new


def processor_seconds() -> dict[str, float]:
    """What vLLM's processes have used so far, by what they call themselves."""
    used = {}
    for child in psutil.Process().children(recursive=True):
        times = child.cpu_times()
        used[" ".join(child.cmdline()[:1])] = times.user + times.system
    return used


def shared(first: str, second: str) -> int:
    """Characters that both begin with."""
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return at
    return min(len(first), len(second))


def requests(count: int) -> list[FeedbackRequest]:
    """Right and false answers in both languages, each to a question with six key points."""
    questions = load_questions()
    chosen: dict[tuple[str, str, str], Answer] = {}
    for answer in load_answers():
        if len(questions[answer.question].points) == KEY_POINTS:
            topic = questions[answer.question].topic
            chosen.setdefault((topic, answer.kind, answer.language), answer)
    step = max(1, len(chosen) // count)
    return [
        FeedbackRequest.model_validate(
            item_of(str(number), questions[answer.question], answer.language, answer.text)
        )
        for number, answer in enumerate(list(chosen.values())[::step][:count])
    ]


async def measure(answers: list[FeedbackRequest], engine_arguments: list[str]) -> dict[str, Any]:
    from inference_sidecar import vllm_engine

    began = time.monotonic()
    engine = await vllm_engine.load(engine_arguments)
    loaded = time.monotonic() - began
    recording: Any = Recording(engine)
    judge = JudgeAssessor(THRESHOLDS)
    first, whole = [], []
    asked = new = 0
    before = processor_seconds()
    try:
        for answer in answers:
            recording.contexts.clear()
            started = time.monotonic()
            marks = judge.marks(recording, answer, priority=Priority.INTERACTIVE)
            await anext(marks)
            first.append(time.monotonic() - started)
            async for _mark in marks:
                pass
            whole.append(time.monotonic() - started)
            more = tokens_read(engine, recording.contexts)
            asked, new = asked + more[0], new + more[1]
        after = processor_seconds()
    finally:
        engine.shutdown()
    return {
        "load": loaded,
        "first": first,
        "whole": whole,
        "asked": asked / len(answers),
        "new": new / len(answers),
        "tokens_per_second": new / sum(whole),
        "processor": {
            part: sum(
                (seconds - before.get(name, 0)) / len(answers)
                for name, seconds in after.items()
                if part in name
            )
            for part in ("Worker", "EngineCore")
        },
    }


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


HEAD = f"{'':<38}{'load':>7}{'first mark':>16}{'six marks':>16}{'new/s':>8}{'new':>6}{'asked':>7}"
HEAD += f"{'worker':>8}{'core':>6}"


def line(name: str, result: dict[str, Any]) -> str:
    first, whole = result["first"], result["whole"]
    return (
        f"{name:<38}{result['load']:>7.0f}"
        f"{statistics.median(first):>8.2f} /{p95(first):>6.2f}"
        f"{statistics.median(whole):>8.2f} /{p95(whole):>6.2f}"
        f"{result['tokens_per_second']:>8.0f}{result['new']:>6.0f}{result['asked']:>7.0f}"
        f"{result['processor']['Worker']:>8.2f}{result['processor']['EngineCore']:>6.2f}"
    )


def compare(options: argparse.Namespace, engine_arguments: list[str]) -> None:
    shown = [one for one in settings(options.iomp, options.tcmalloc) if options.only in one.name]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("VLLM_CPU")}
    for setting in shown:
        command = [
            *(sys.executable, "-m", "benchmarks.judge_speed", "--json"),
            *("--answers", str(options.answers), "--model", options.model),
            *(*engine_arguments, *setting.arguments),
        ]
        done = subprocess.run(
            command,
            env=inherited | setting.environment,
            stdout=subprocess.PIPE,
            stderr=None if options.verbose else subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"{setting.name:<38}   failed; --verbose shows why", flush=True)
        else:
            print(line(setting.name, json.loads(done.stdout.splitlines()[-1])), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.judge_speed", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--model", default=str(ROOT / "var" / "model" / DEFAULT.name))
    parser.add_argument("--answers", type=int, default=24)
    parser.add_argument("--compare", action="store_true", help="one setting after another")
    parser.add_argument("--only", default="", help="of --compare: those with this in their name")
    parser.add_argument("--iomp", type=Path, help="libiomp5.so, of the package intel-openmp")
    parser.add_argument("--tcmalloc", type=Path, help="libtcmalloc_minimal.so")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", action="store_true", help="one line for another program")
    options, engine_arguments = parser.parse_known_args()
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    if not options.json:
        print(
            "Seconds, median / 95th percentile; tokens and processor seconds an answer.\n" + HEAD,
            flush=True,
        )
    if options.compare:
        compare(options, engine_arguments)
    else:
        if not options.json:
            os.environ.update(DEMO)
        arguments = ["--model", options.model, "--max-model-len", "auto", *engine_arguments]
        result = asyncio.run(measure(requests(options.answers), arguments))
        print(json.dumps(result) if options.json else line("as make demo runs it", result))
    if not options.json:
        print(machine_line())
    sys.stdout.flush()
    os._exit(0)  # vLLM's threads need not be waited for


if __name__ == "__main__":
    main()
