from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import processes
from scripts.processes import PORTS, Places, Supervisor
from scripts.setup import ROOT

from .test_setup import is_running

# Starts a child of its own, tells both process ids, and works until SIGTERM.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY


def python(script: str) -> str:
    return f"exec {sys.executable} -c {shlex.quote(script)}"


def until(condition: Callable[[], Any]) -> Any:
    """Wait until ``condition`` gives something; returns it."""
    deadline = time.monotonic() + 20
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return result


Supervise = Callable[..., Supervisor]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    made: list[Supervisor] = []

    def make(show: Callable[[str, str], None] = print, **commands: str) -> Supervisor:
        made.append(Supervisor(commands, os.environ, tmp_path, show))
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop_all(grace=0)


def family(log: Path) -> list[int]:
    until(lambda: log.exists() and log.read_text(encoding="utf-8").count("\n"))
    return [int(word) for word in log.read_text(encoding="utf-8").split()]


@pytest.mark.parametrize("script", [FAMILY, STUBBORN], ids=["family", "stubborn"])
def test_stop_ends_the_process_and_its_children(
    supervise: Supervise, tmp_path: Path, script: str
) -> None:
    supervisor = supervise(web=python(script))
    supervisor.start("web")
    pids = family(tmp_path / "web.log")
    assert all(map(is_running, pids))
    supervisor.stop(["web"], grace=0.5)
    until(lambda: not any(map(is_running, pids)))
    assert supervisor.running == []
    assert supervisor.collect_exits() == []


def test_an_end_that_nobody_asked_for_is_told_with_the_last_lines(supervise: Supervise) -> None:
    script = "for number in range(30): print(number)\nraise SystemExit(3)"
    supervisor = supervise(web=python(script))
    supervisor.start("web")
    (ended,) = until(supervisor.collect_exits)
    assert str(ended) == "web ended (status 3)"
    assert ended.tail == [str(number) for number in range(10, 30)]


def test_kill_reaches_the_children_too(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(worker=python(FAMILY))
    supervisor.start("worker")
    pids = family(tmp_path / "worker.log")
    supervisor.kill("worker", signal.SIGKILL)
    (ended,) = until(supervisor.collect_exits)
    assert str(ended) == "worker ended (SIGKILL)"
    until(lambda: not any(map(is_running, pids)))


def test_children_of_a_process_that_died_are_ended(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(sidecar=python(FAMILY))
    supervisor.start("sidecar")
    leader, child = family(tmp_path / "sidecar.log")
    os.kill(leader, signal.SIGKILL)
    until(supervisor.collect_exits)
    until(lambda: not is_running(child))


def test_log_holds_one_run_over_restarts_and_starts_anew_with_the_next(
    supervise: Supervise, tmp_path: Path
) -> None:
    (tmp_path / "web.log").write_text("of the last run\n", encoding="utf-8")
    supervisor = supervise(web="echo hello")
    for _start in range(2):
        supervisor.start("web")
        until(supervisor.collect_exits)
    assert (tmp_path / "web.log").read_text(encoding="utf-8") == "hello\nhello\n"


def test_stores_end_after_those_that_write_to_them(supervise: Supervise, tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(0.3)\n"
        "    print('ended', flush=True)\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    heard: list[tuple[str, str]] = []
    supervisor = supervise(
        lambda name, line: heard.append((name, line)), valkey=python(script), web=python(script)
    )
    supervisor.start("valkey", "web")
    until(lambda: len(heard) == 2)
    supervisor.stop_all()
    assert heard[2:] == [("web", "ended"), ("valkey", "ended")]


def test_processes_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, time\n"
        "from pathlib import Path\n"
        "from scripts.processes import Supervisor\n"
        "commands = {'web': 'exec sleep 60'}\n"
        f"supervisor = Supervisor(commands, os.environ, Path({str(tmp_path)!r}))\n"
        "supervisor.start('web')\n"
        "print(supervisor.pid('web'), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout is not None
        web = int(runner.stdout.readline())
        assert is_running(web)
        runner.kill()
    until(lambda: not is_running(web))


def test_ports_are_kept_for_the_next_start(tmp_path: Path) -> None:
    first = Places(tmp_path, 24_900)
    assert len(set(first.ports.values()) | {24_900}) == len(PORTS) + 1
    first.remove_run()
    assert Places(tmp_path, 24_900).ports == first.ports


def test_sites_that_start_together_share_no_port(tmp_path: Path) -> None:
    sites = [Places(tmp_path / str(number), 24_900) for number in range(40)]
    ports = [port for site in sites for port in site.ports.values()]
    assert len(set(ports)) == len(ports) == 40 * len(PORTS)
    again = Places(tmp_path / "0", 24_900)  # while the first still runs
    assert not set(again.ports.values()) & set(ports)


def test_a_port_that_another_program_took_is_replaced(tmp_path: Path) -> None:
    first = Places(tmp_path, 24_900)
    first.remove_run()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.ports["VALKEY_PORT"]))
        taken.listen()
        second = Places(tmp_path, 24_900)
    changed = {name for name in PORTS if second.ports[name] != first.ports[name]}
    assert changed == {"VALKEY_PORT"}
    assert f"REDIS_URL={second.redis_url}\n" in (tmp_path / "addresses.env").read_text("utf-8")


def test_a_broken_address_file_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "addresses.env").write_text("VALKEY_PORT=many\nnonsense\n", encoding="utf-8")
    places = Places(tmp_path, 24_900)
    assert set(places.ports) == set(PORTS)


def test_sockets_of_a_deep_folder_lie_in_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    places = Places(deep, 24_900)
    assert len(str(places.run)) <= 60
    places.remove_run()
    assert not places.run.exists()


def test_site_never_reaches_a_store_that_the_shell_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "S3_ENDPOINT_URL"):
        monkeypatch.setenv(name, "elsewhere.example.org")
    environment = Places(tmp_path, 24_900).environment()
    assert not [name for name, value in environment.items() if "elsewhere" in value]


def test_a_sidecar_that_the_shell_names_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Places(tmp_path, 24_900).own_sidecar
    monkeypatch.setenv("INFERENCE_URL", "http://gpu.example.org:8100/")
    places = Places(tmp_path, 24_900)
    assert not places.own_sidecar
    assert places.environment()["INFERENCE_URL"] == "http://gpu.example.org:8100"


def test_every_variable_of_the_procfile_is_set(tmp_path: Path) -> None:
    environment = Places(tmp_path, 24_900).environment()
    for command in processes.commands().values():
        subprocess.run(["sh", "-uc", f": {command}"], env=environment, check=True)
