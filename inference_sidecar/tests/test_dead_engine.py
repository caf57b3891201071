"""A dead engine ends the process, which whoever supervises it starts again."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The real command with another engine: it is well once, and dead from then on.
COMMAND = """
import sys, types
from inference_sidecar import __main__ as command
from inference_sidecar.engine import EngineError
from inference_sidecar.tests.scripted import ScriptedEngine

class Dying(ScriptedEngine):
    asked = 0
    async def check_health(self):
        self.asked += 1
        if self.asked > 1:
            raise EngineError("EngineDeadError")

async def load(arguments):
    return Dying()

module = types.ModuleType("inference_sidecar.vllm_engine")
module.load = load
sys.modules[module.__name__] = module
command.HEALTH_SECONDS = 0.1
sys.exit(command.main(sys.argv[1:]))
"""


def test_the_process_ends_with_a_failure() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    ended = subprocess.run(
        [sys.executable, "-c", COMMAND, "--port", str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,  # a busy machine imports slowly
        check=False,
    )

    assert ended.returncode == 1
    assert "the engine is dead (EngineDeadError)" in ended.stdout


@pytest.mark.vllm
def test_a_step_may_take_as_long_as_model_and_machine_need(tmp_path: Path) -> None:
    from inference_sidecar.vllm_engine import step_seconds

    weights = tmp_path / "model.safetensors"
    for gib, processors, seconds in ((0.25, 2, 300), (3, 2, 1800), (3, 16, 300), (15, 16, 1125)):
        with weights.open("wb") as file:
            file.truncate(int(gib * 2**30))  # a hole: it takes no room
        assert step_seconds(str(tmp_path), processors) == seconds
    assert step_seconds("Qwen/Qwen2.5-7B-Instruct", 16) == 1200
