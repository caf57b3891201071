"""Run the Procfile with data in var/, until Ctrl-C: `python -m scripts.run_demo PORT MODEL`"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from . import processes, setup
from .preflight import Problem, check_port
from .processes import Exit, Places, Supervisor, answers_ok

TELL_EVERY = 4.0
LONGEST_PREPARATION = 120.0
# What ran this long was well; its next end starts the waiting times afresh.
WELL_AFTER = 120.0
LONGEST_BACKOFF = 60.0
WARNINGS = re.compile(r"level='(warning|error|critical)'|^Traceback|Error: ")
# What a process may say on the terminal; everything is in its log.
SHOWN = {
    "prepare": re.compile(r""),
    # All but the access log: mails of the demo are printed here.
    "web": re.compile(r'^(?!INFO: +\S+ - "[A-Z]+ |INFO: )'),
    "worker-interactive": WARNINGS,
    "worker-bulk": WARNINGS,
    "worker": WARNINGS,
    "beat": WARNINGS,
}
NOTHING = re.compile(r"(?!)")


class Terminal:
    """Prefixed lines from many threads, whole."""

    def __init__(self, names: list[str]) -> None:
        self._printer = Printer(sys.stdout, width=max(map(len, names)))
        self._colours = dict(zip(names, get_colours(), strict=False))
        self._lock = threading.Lock()
        self.gone = False
        """Nobody reads any more: a closed pipe, as of `make demo | head`."""

    def show(self, name: str, line: str) -> None:
        if line and SHOWN.get(name, NOTHING).search(line):
            self.write(name, line)

    def say(self, line: str) -> None:
        self.write("ssammu", line)

    def write(self, name: str, line: str) -> None:
        message = Message(
            type="line",
            data=line,
            time=datetime.datetime.now(),
            name=name,
            colour=self._colours.get(name),
        )
        with self._lock:
            try:
                self._printer.write(message)
            except BrokenPipeError:
                self.gone = True
                # Nor may the last flush, at the end of this program, fail.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Stopped(Exception):
    """Ctrl-C, SIGTERM, or a terminal that is gone."""


class Demo:
    def __init__(self, places: Places, commands: dict[str, str], model: str) -> None:
        self.places = places
        self.terminal = Terminal(["ssammu", *commands])
        environment = places.environment(MODEL_DIR=model)
        self.supervisor = Supervisor(commands, environment, places.data / "log", self.terminal.show)
        self.is_up = False
        self._backoff = dict.fromkeys(commands, 2.0)
        self._start_at: dict[str, float] = {}
        self._sidecar_is_returning = False
        self._stopping = False
        self._spoke = time.monotonic()

    def run(self) -> None:
        """Returns only by raising: Stopped, or Problem when a process dies before all are up."""
        started = time.monotonic()
        say = self.terminal.say
        if self.places.own_sidecar:
            say("starting the model server")
            self.supervisor.start("sidecar")
        say("starting Valkey and the file store")
        self.supervisor.start("valkey", "s3", "prepare")
        self._until_prepared()
        self._until("Valkey and the file store start", self._stores_answer)
        say("starting web, workers and clock")
        self.supervisor.start("web", "worker-interactive", "worker-bulk", "worker", "beat")
        self._until("the site starts", lambda: answers_ok(f"{self.places.web_url}/readyz"))
        say(f"the site is up at {self.places.web_url}, feedback is warming up")
        self._until("feedback is warming up: the model loads", self._sidecar_answers)
        self._sidecar_is_returning = False
        self.is_up = True
        self._announce(time.monotonic() - started)
        while True:
            self._step()
            if self._sidecar_is_returning and self._sidecar_answers():
                self._sidecar_is_returning = False
                say("feedback is back")

    def _sidecar_answers(self) -> bool:
        return answers_ok(f"{self.places.sidecar_url}/readyz")

    def _stores_answer(self) -> bool:
        return answers_ok(f"{self.places.s3_url}/healthz")

    def _until_prepared(self) -> None:
        started = time.monotonic()
        while True:
            for ended in self._step(but=("prepare",)):
                if ended.status == 0:
                    return
                raise Problem(f"Setting the site up failed.\n{processes.last_lines(ended.tail)}")
            if time.monotonic() - started > LONGEST_PREPARATION:
                raise Problem("Setting the site up took too long; var/log/prepare.log tells where.")
            self._tell("setting the site up", started)

    def _until(self, doing: str, ready: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not ready():
            self._step()
            self._tell(doing, started)

    def _tell(self, doing: str, started: float) -> None:
        now = time.monotonic()
        if now - max(self._spoke, started) >= TELL_EVERY:
            self._spoke = now
            self.terminal.say(f"{doing} ({now - started:.0f} s)")

    def _step(self, but: tuple[str, ...] = ()) -> list[Exit]:
        """Wait a moment and care for processes that ended; those in ``but`` are returned."""
        time.sleep(0.2)
        if self._stopping or self.terminal.gone:
            raise Stopped
        returned = []
        for ended in self.supervisor.collect_exits():
            if ended.name in but:
                returned.append(ended)
            elif self.is_up or ended.name == "sidecar":
                self._plan_start(ended)
            else:
                self.terminal.say(f"{ended}; the site cannot start without it")
                raise Problem(f"{ended}; its last lines:\n{processes.last_lines(ended.tail)}")
        for name in [name for name, at in self._start_at.items() if time.monotonic() >= at]:
            del self._start_at[name]
            self.supervisor.start(name)
            if name == "sidecar":
                self._sidecar_is_returning = True
            else:
                self.terminal.say(f"{name} runs again")
        return returned

    def _plan_start(self, ended: Exit) -> None:
        """The site goes on: what is asked meanwhile is kept, and follows."""
        if ended.seconds > WELL_AFTER:
            self._backoff[ended.name] = 2.0
        wait = self._backoff[ended.name]
        follows = ", feedback follows" if ended.name == "sidecar" else ""
        self.terminal.say(
            f"{ended}; the site goes on{follows}. It starts again in {wait:.0f} s; "
            f"its last lines, more in {ended.name}.log:\n"
            f"{processes.last_lines(ended.tail, count=4)}"
        )
        self._start_at[ended.name] = time.monotonic() + wait
        self._backoff[ended.name] = min(2 * wait, LONGEST_BACKOFF)

    def _announce(self, seconds: float) -> None:
        url = self.places.web_url
        rule = "-" * 66
        for line in (
            rule,
            f"Ssammu is ready after {seconds:.0f} s:  {url}",
            "  candidate   demo@ssammu.test    demo-candidate-1",
            f"  staff       staff@ssammu.test   demo-staff-1      {url}/admin/",
            f"Logs are in {self.places.data.name}/log. Ctrl-C stops everything.",
            rule,
        ):
            self.terminal.say(line)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            self.supervisor.kill_all()
        self._stopping = True

    def stop(self) -> None:
        self._stopping = True
        if self.supervisor.running:
            self.terminal.say("stopping; Ctrl-C again to stop at once")
        self.supervisor.stop_all()


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Two sites on one folder would spoil each other's data."""
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("The demo of this folder is running already; stop it first.") from None
        yield


def run(
    data: Path, port: int, *, model: str = str(setup.MODEL), sidecar: str | None = None
) -> None:
    """Run the site with its data in ``data`` until it is told to stop. Raises Problem.

    ``model`` is a folder or a name on the hub; ``sidecar`` is a command to use in place
    of the Procfile's.
    """
    data.mkdir(exist_ok=True)
    with only_one(data):
        check_port(port)
        commands = {**processes.commands(), "prepare": processes.site_preparation()}
        if sidecar is not None:
            commands["sidecar"] = sidecar
        places = Places(data, port)
        demo = Demo(places, commands, model)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, demo.on_signal)
        try:
            demo.run()
        except Stopped:
            pass
        finally:
            demo.stop()
            places.remove_run()
            demo.terminal.say("stopped")


def main() -> None:
    with setup.one_sentence_for_problems():
        run(setup.VAR, int(sys.argv[1]), model=sys.argv[2])


if __name__ == "__main__":
    main()
