"""python -m inference_sidecar --model MODEL [any vLLM engine argument]"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial

import uvicorn

from inference_sidecar.admission import BULK_STEPS, Limits
from inference_sidecar.app import BULK_LIMITS, INTERACTIVE_LIMITS, create_app
from inference_sidecar.engine import Engine, EngineError
from inference_sidecar.strategies import STRATEGIES, SUMMARIZERS, strategy_for
from inference_sidecar.tasks import in_daemon_thread

log = logging.getLogger("inference_sidecar")

# Streams that still run get this long at the end; whoever asked will ask again.
GRACE_SECONDS = 1
# A dead engine never comes back: this process ends, and its supervisor starts another.
HEALTH_SECONDS = 5.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference_sidecar",
        description="Feedback on interview answers over HTTP, from a vLLM in this process. "
        "INFERENCE_TOKEN in the environment is the bearer token that every caller must send.",
        epilog="Every vLLM engine argument is understood too, for example --model NAME, "
        "--max-model-len 8192, --tensor-parallel-size 2. They are listed at "
        "https://docs.vllm.ai under Engine Arguments.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    for lane, limits in (("interactive", INTERACTIVE_LIMITS), ("bulk", BULK_LIMITS)):
        parser.add_argument(
            f"--{lane}-running", type=int, default=limits.running, help="at a time [%(default)s]"
        )
        parser.add_argument(
            f"--{lane}-waiting", type=int, default=limits.waiting, help="in line [%(default)s]"
        )
    parser.add_argument(
        "--bulk-steps", type=int, default=BULK_STEPS, help="of all bulk work, at once [%(default)s]"
    )
    parser.add_argument(
        "--strategy",
        choices=sorted(STRATEGIES),
        help="how answers are judged; by default what was measured for the model",
    )
    parser.add_argument(
        "--summary-strategy",
        choices=sorted(SUMMARIZERS),
        help="quote the sources or write from them; by default the model's size decides",
    )
    return parser


def bind(host: str, port: int) -> socket.socket:
    """The listening socket. Raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def main(arguments: Sequence[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    options, engine_arguments = build_parser().parse_known_args(arguments)
    token = os.environ.get("INFERENCE_TOKEN") or None
    if token is None and options.host not in LOOPBACK:
        log.warning("INFERENCE_TOKEN is not set: whoever reaches %s can use it", options.host)
    try:
        listener = bind(options.host, options.port)
    except OSError as error:
        print(
            f"Cannot listen on {options.host} port {options.port}: {error.strerror}. "
            "Choose another with --port.",
            file=sys.stderr,
        )
        return 1

    failed = False

    async def load_engine() -> Engine:
        # Importing vllm takes seconds; /livez answers meanwhile.
        module = await in_daemon_thread(
            lambda: importlib.import_module("inference_sidecar.vllm_engine")
        )
        engine: Engine = await module.load(engine_arguments)
        watching.append(asyncio.create_task(stop_when_dead(engine)))
        return engine

    watching: list[asyncio.Task[None]] = []  # the loop itself holds its tasks weakly

    async def stop_when_dead(engine: Engine) -> None:
        while True:
            try:
                await engine.check_health()
            except EngineError as error:
                log.error("the engine is dead (%s): this process ends to be started again", error)
                stop(error)
                return
            await asyncio.sleep(HEALTH_SECONDS)

    def stop(error: BaseException) -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    app = create_app(
        load_engine,
        interactive=Limits(options.interactive_running, options.interactive_waiting),
        bulk=Limits(options.bulk_running, options.bulk_waiting),
        bulk_steps=options.bulk_steps,
        token=token,
        choose_strategy=partial(
            strategy_for, named=options.strategy, summaries=options.summary_strategy
        ),
        on_load_failure=stop,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    # uvicorn ends in order on either signal and then raises it once more; by then there
    # is still an engine process to look after.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    log.info("sidecar on http://%s:%d", *listener.getsockname()[:2])
    server.run(sockets=[listener])
    # An interrupted load leaves a thread and a child that would hold this process for
    # as long as loading takes.
    for child in multiprocessing.active_children():
        child.kill()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main())
