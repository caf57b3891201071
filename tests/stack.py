"""The whole site, real and throw-away, for the suites that need it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from scripts import processes
from scripts.preflight import is_port_free
from scripts.processes import Places, Supervisor, answers_ok
from scripts.setup import ROOT, site_environment

WEB_PORTS = range(30_501, 32_000)  # above the lanes of scripts/processes.py
WORKERS = ("worker-interactive", "worker-bulk", "worker")
REAL_SIDECAR = processes.commands()["sidecar"]


class StackError(Exception):
    """The site did not start, or a process ended; the message ends with its log."""


class Stack:
    """Valkey, S3, sidecar, web, workers and beat in ``folder``, on free ports.

        with Stack(tmp_path) as stack:
            requests.get(stack.base_url)

    ``sidecar`` is a shell command that listens on $SIDECAR_PORT, or None for a site
    without one. ``database_url`` names an empty MariaDB database to use instead of a
    SQLite file in the folder. ``environment`` is added to that of every process.
    ``log(name)`` is what a process printed. Use it from one thread that outlives it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sidecar: str | None = REAL_SIDECAR,
        database_url: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        port = next(port for port in _shuffled_web_ports() if is_port_free(port))
        self.places = Places(folder, port)
        more = dict(environment or {})
        if database_url is not None:
            more["DATABASE_URL"] = database_url
        self.env = self.places.environment(**more)
        commands = processes.commands()
        del commands["sidecar"]
        if sidecar is not None:
            commands["sidecar"] = sidecar
        self.supervisor = Supervisor(commands, self.env, folder / "log")

    @property
    def base_url(self) -> str:
        return self.places.web_url

    @property
    def sidecar_url(self) -> str:
        return self.places.sidecar_url

    @property
    def names(self) -> list[str]:
        return list(self.supervisor.commands)

    def __enter__(self) -> Stack:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        if error is not None:
            print(self.logs())

    def start(self) -> None:
        """Start everything and wait until it serves, the model included."""
        first = [name for name in ("sidecar", "valkey", "s3") if name in self.names]
        self.supervisor.start(*first)
        self.manage("prepare")
        self.supervisor.start("web", *WORKERS, "beat")
        self.wait_for(*self.names)

    def manage(self, *arguments: str) -> str:
        """What a manage.py command prints, run against this site.

        ``prepare`` stands for what the demo does before it starts the web.
        """
        command = (
            ["-m", "scripts.prepare_site"]
            if arguments == ("prepare",)
            else ["manage.py", *arguments]
        )
        done = subprocess.run(
            [str(site_environment().python), *command],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"{' '.join(command)} failed:\n{done.stdout}")
        return done.stdout

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process and all its children; wait for its end if it must end."""
        self.supervisor.kill(name, number)
        if number is signal.SIGKILL:
            self.until(lambda: name in [exit.name for exit in self.supervisor.collect_exits()])

    def restart(self, name: str) -> None:
        """Start ``name`` (stopped first if it runs) and wait until it serves."""
        self.supervisor.stop([name], grace=10)
        self.supervisor.start(name)
        self.wait_for(name)

    def wait_for(self, *names: str, seconds: float = 300) -> None:
        """Until each of ``names`` serves. Raises StackError when one ends instead."""

        def ready() -> bool:
            ended = [exit for exit in self.supervisor.collect_exits() if exit.name in names]
            if ended:
                raise StackError(f"{ended[0]}\n{self.log(ended[0].name)}")
            return all(self.serves(name) for name in names)

        try:
            self.until(ready, seconds=seconds)
        except TimeoutError:
            late = [name for name in names if not self.serves(name)]
            raise StackError(f"{late} not ready after {seconds} s\n{self.logs(late)}") from None

    def serves(self, name: str) -> bool:
        if name == "web":
            return answers_ok(f"{self.base_url}/readyz")
        if name == "sidecar":
            return answers_ok(f"{self.sidecar_url}/readyz")
        if name == "s3":
            return answers_ok(f"{self.places.s3_url}/healthz")
        if name == "valkey":
            return not is_port_free(self.places.ports["VALKEY_PORT"])
        if name in WORKERS:
            # Its latest start: the log goes on over restarts.
            return " ready." in self.log(name).rpartition("[config]")[2]
        return name in self.supervisor.running

    @staticmethod
    def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
        """Wait for ``condition``; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not so after {seconds} s")
            time.sleep(0.1)

    def log(self, name: str) -> str:
        path = self.supervisor.log_folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def logs(self, names: list[str] | None = None, lines: int = 40) -> str:
        """The last lines of every process, for a failure's report."""
        return "\n".join(
            f"---- {name}\n" + "\n".join(self.log(name).splitlines()[-lines:])
            for name in (self.names if names is None else names)
        )

    def stop(self) -> None:
        self.supervisor.stop_all(grace=5)
        self.places.remove_run()


def _shuffled_web_ports() -> list[int]:
    """Not from the front, so that two suites at once do not meet at the same port."""
    start = os.getpid() % len(WEB_PORTS)
    return [*WEB_PORTS[start:], *WEB_PORTS[:start]]
