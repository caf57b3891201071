"""`make demo` from its start to Ctrl-C: every part is real but the model server."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.preflight import is_port_free
from scripts.setup import ROOT, site_environment

PORT = 29_870 + os.getpid() % 100
# Answers like a sidecar that is ready, and has a child as vLLM has.
MODEL_SERVER = """
import http.server, os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"model": "stand-in"}')
print("model server", os.getpid(), flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["SIDECAR_PORT"])), Ready).serve_forever()
"""
SIDECAR = f"exec {sys.executable} -c {shlex.quote(MODEL_SERVER)}"


def command(data: Path) -> list[str]:
    script = (
        "from pathlib import Path\n"
        "from scripts import run_demo, setup\n"
        "with setup.one_sentence_for_problems():\n"
        f"    run_demo.run(Path({str(data)!r}), {PORT}, sidecar={SIDECAR!r})\n"
    )
    return [str(site_environment().python), "-c", script]


class RunningDemo:
    """scripts.run_demo in a process of its own, and what it has printed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen(
            command(data),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def until(self, condition: Callable[[], object], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def until_says(self, text: str, seconds: float = 90) -> None:
        self.until(lambda: text in self.output or self.process.poll() is not None, seconds)
        assert text in self.output, self.output

    def wait(self) -> int:
        status = self.process.wait(timeout=60)
        self._reader.join(timeout=10)
        return status

    def pids(self) -> set[int]:
        return processes_of(self.data)


def processes_of(data: Path) -> set[int]:
    """Every process that works on this demo's folder."""
    mark = f"DATA_DIR={data}".encode()
    found = set()
    for process in Path("/proc").iterdir():
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.add(int(process.name))
        except (OSError, ValueError):
            continue
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, which every test here starts anew on what the last one left."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def start(data: Path) -> Iterator[Callable[[], RunningDemo]]:
    started: list[RunningDemo] = []

    def start() -> RunningDemo:
        started.append(RunningDemo(data))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
        for pid in running.pids():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def demo(start: Callable[[], RunningDemo]) -> RunningDemo:
    return start()


def test_starts_stops_and_starts_again_with_its_data(start: Callable[[], RunningDemo]) -> None:
    demo = start()
    demo.until_says("Ctrl-C stops everything.")
    assert f"the site is up at http://127.0.0.1:{PORT}, feedback is warming up" in demo.output
    assert re.search(r"candidate +demo@ssammu\.test +demo-candidate-1\n", demo.output)
    assert re.search(r"staff +staff@ssammu\.test +demo-staff-1 ", demo.output)
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/accounts/login/") as page:
        assert page.status == 200
    names = {path.stem for path in (demo.data / "log").iterdir()}
    assert names == {
        *("valkey", "s3", "sidecar", "prepare", "web", "beat"),
        *("worker-interactive", "worker-bulk", "worker"),
    }
    # uvicorn's line for each request stays in the log.
    assert '"GET /accounts/login/' in (demo.data / "log" / "web.log").read_text("utf-8")
    assert '"GET /' not in demo.output

    assert len(demo.pids()) >= 9
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait() == 0
    assert demo.pids() == set()
    assert is_port_free(PORT)
    assert not (demo.data / "run").exists()
    assert "Traceback" not in demo.output

    again = start()
    again.until_says("Ctrl-C stops everything.")
    assert re.search(r"questions: 0 new, 0 updated, [1-9]\d* unchanged", again.output)
    again.process.terminate()
    assert again.wait() == 0
    assert again.pids() == set()


def test_model_server_is_started_again_while_the_site_goes_on(demo: RunningDemo) -> None:
    demo.until_says("Ctrl-C stops everything.")
    log = demo.data / "log" / "sidecar.log"
    (pid,) = re.findall(r"model server (\d+)", log.read_text("utf-8"))
    os.kill(int(pid), signal.SIGKILL)
    demo.until_says("sidecar ended (SIGKILL); the site goes on")
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz") as page:
        assert page.status == 200
    demo.until_says("feedback is back")
    assert log.read_text("utf-8").count("model server") == 2


def test_what_dies_is_named_and_started_again(demo: RunningDemo) -> None:
    demo.until_says("Ctrl-C stops everything.")
    kill(demo, "beat")
    kill(demo, "uvicorn")
    demo.until_says("beat ended (SIGKILL); the site goes on")
    demo.until_says("web ended (SIGKILL); the site goes on")
    demo.until_says("beat runs again")
    demo.until_says("web runs again")
    demo.until(lambda: pid_of(demo, "beat") and pid_of(demo, "uvicorn"))
    demo.until(readyz)
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait() == 0
    assert demo.pids() == set()


def pid_of(demo: RunningDemo, program: str) -> int | None:
    """The process in whose command line ``program`` stands."""
    for pid in demo.pids():
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_text("utf-8")
            if any(Path(word).name == program for word in re.split(r"[\0 ]", line) if word):
                return pid
    return None


def kill(demo: RunningDemo, program: str) -> None:
    pid = pid_of(demo, program)
    assert pid is not None, program
    os.kill(pid, signal.SIGKILL)


def readyz() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz") as page:
            return bool(page.status == 200)
    except OSError:
        return False


def test_what_dies_during_the_start_ends_it(data: Path, start: Callable[[], RunningDemo]) -> None:
    demo = start()
    demo.until_says("starting Valkey and the file store")
    demo.until(lambda: pid_of(demo, "weed"))
    kill(demo, "weed")
    assert demo.wait() == 1
    assert "s3 ended (SIGKILL); its last lines:" in demo.output
    assert demo.pids() == set()


def test_another_demo_in_the_folder_is_refused_and_a_second_ctrl_c_kills(
    start: Callable[[], RunningDemo],
) -> None:
    demo = start()
    demo.until_says("the site is up at")
    other = start()
    assert other.wait() == 1
    assert other.output == "The demo of this folder is running already; stop it first.\n"
    assert demo.process.poll() is None

    demo.process.send_signal(signal.SIGINT)
    demo.until_says("Ctrl-C again to stop at once")
    demo.process.send_signal(signal.SIGINT)
    demo.wait()
    assert demo.pids() == set()


def test_ctrl_c_during_the_start(demo: RunningDemo) -> None:
    demo.until_says("starting Valkey and the file store")
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait() == 0
    assert demo.pids() == set()


def test_ends_when_nobody_reads_what_it_prints(data: Path) -> None:
    """`make demo | head -1`"""
    subprocess.run(
        ["sh", "-c", f"{shlex.join(command(data))} | head -1"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=90,
        check=False,
    )
    assert processes_of(data) == set()
