"""`make evaluate`: the gate on the demo's model, in a sidecar of its own.

    python -m scripts.evaluate [--held-out] [--every N] [--report OUT.json]

The whole set takes hours on two cores; ``--every 20`` an idea of it in minutes. With
``--report`` it can be stopped and goes on later.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from inference_sidecar.packaged.models import DEFAULT

from . import preflight, setup
from .processes import answers_ok

LONG_TO_LOAD_SECONDS = 900
"""On a machine that is four times as slow as a quiet one."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def sidecar() -> Iterator[str]:
    """The address of a sidecar that is ready. Raises Problem where it ends or never is."""
    url = f"http://127.0.0.1:{free_port()}"
    log = setup.VAR / "log" / "evaluate.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(setup.sidecar_environment().python), "-m", "inference_sidecar"]
    command += ["--model", str(setup.model_folder(DEFAULT)), "--port", url.rpartition(":")[2]]
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=setup.ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + LONG_TO_LOAD_SECONDS
        while not answers_ok(f"{url}/readyz"):
            if process.poll() is not None or time.monotonic() > until:
                raise preflight.Problem(f"The model server did not start; {log} says why.")
            time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    with setup.one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_model_server_needs()
        setup.prepare([setup.sidecar_environment()], model=DEFAULT)
        setup.say("evaluate: loading the model")
        with sidecar() as url:
            python = str(setup.sidecar_environment().python)
            command = [python, "-m", "inference_sidecar.evaluate", "--gate", "--url", url]
            ended = subprocess.run([*command, *sys.argv[1:]], cwd=setup.ROOT, check=False)
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
