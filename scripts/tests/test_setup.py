from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from inference_sidecar.packaged.models import DEFAULT, MODELS, PackagedModel
from scripts import preflight, setup
from scripts.setup import CommandFailed, Environment, MissingPackage, run_showing_life


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's root is an empty folder with one requirements file."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("one==1\n", encoding="utf-8")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VAR", tmp_path / "var")
    return tmp_path


@pytest.fixture
def environment(elsewhere: Path) -> Environment:
    environment = Environment(elsewhere / ".venv", ("base",), disk=0)
    (environment.folder / "bin").mkdir(parents=True)
    for name in ("python", "pip"):
        (environment.folder / "bin" / name).touch()
    return environment


def test_environment_is_installed_again_only_when_its_requirements_change(
    environment: Environment, elsewhere: Path
) -> None:
    assert environment.outdated() == ["base"]
    environment.mark_installed()
    assert environment.outdated() == []
    (elsewhere / "requirements" / "base.txt").write_text("one==2\n", encoding="utf-8")
    assert environment.outdated() == ["base"]


def test_environment_whose_making_was_interrupted_is_made_again(environment: Environment) -> None:
    environment.mark_installed()
    (environment.folder / "bin" / "pip").unlink()
    assert environment.outdated() == ["base"]


def test_nothing_is_built_when_everything_is_there(
    environment: Environment, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.mark_installed()
    monkeypatch.setattr(PackagedModel, "is_prepared", lambda model, folder: True)
    monkeypatch.setattr(setup, "build", lambda environment: pytest.fail("built again"))
    setup.prepare([environment], model=DEFAULT)


def test_what_fails_ends_what_is_built_beside_it(
    environment: Environment, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "requirements" / "sidecar.txt").write_text("two==2\n", encoding="utf-8")
    beside = Environment(elsewhere / ".venv-sidecar", ("sidecar",), disk=0)
    started = elsewhere / "started"

    def build(built: Environment) -> None:
        if built == beside:
            script = f"import time; open({str(started)!r}, 'w').close(); time.sleep(60)"
            run_showing_life([sys.executable, "-c", script], "beside", "waiting")
        while not started.exists():
            time.sleep(0.05)
        raise MissingPackage("one==1")

    monkeypatch.setattr(setup, "build", build)
    with pytest.raises(MissingPackage, match="one==1"):
        setup.prepare([environment, beside])
    assert not [line for line in processes_running() if str(started) in line]


@pytest.fixture
def done(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started and ended, in order; an environment takes until the model is fetched."""
    (elsewhere / "requirements" / "sidecar.txt").write_text("two==2\n", encoding="utf-8")
    steps: list[str] = []
    fetched = threading.Event()

    def build(environment: Environment) -> None:
        steps.append(f"install {environment.folder.name}")
        assert fetched.wait(20)
        steps.append(f"{environment.folder.name} is ready")

    def run(command: list[str], name: str, doing: str, describe: object = None) -> None:
        if "venv" in command:
            steps.append(f"make {name}")
            return
        assert command[1:3] == ["-m", "inference_sidecar.prepare_model"]
        steps.append("fetch" if "--fetch-only" in command else "unpack")
        fetched.set()

    monkeypatch.setattr(setup, "build", build)
    monkeypatch.setattr(setup, "run_showing_life", run)
    return steps


def test_the_model_is_fetched_beside_the_installing_and_unpacked_at_the_end(
    elsewhere: Path, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sidecar = Environment(elsewhere / ".venv-sidecar", ("sidecar",), disk=0)
    setup.prepare([sidecar], model=DEFAULT)
    assert done[0] == "make .venv-sidecar"
    assert set(done[1:3]) == {"install .venv-sidecar", "fetch"}
    assert done[3:] == [".venv-sidecar is ready", "unpack"]
    said = capsys.readouterr().out
    assert "model: fetching Qwen2.5-Coder-0.5B-Judge, 0.5 GB in 6 parts\n" in said


def test_a_model_that_is_installed_is_only_unpacked(
    environment: Environment, done: list[str]
) -> None:
    environment.mark_installed()
    setup.prepare([environment], model=MODELS["135M"])
    assert done == ["unpack"]


def test_disk_is_checked_for_environments_and_model_together(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_disk(*needs: object) -> None:
        assert needs == (setup.ROOT, 7, DEFAULT)
        raise preflight.Problem("too little")

    monkeypatch.setattr(preflight, "check_disk", check_disk)
    with pytest.raises(preflight.Problem, match="too little"):
        setup.prepare([dataclasses.replace(environment, disk=7)], model=DEFAULT)


def processes_running() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return lines


def test_torch_comes_from_its_own_index_where_pip_does_not_know_it(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def pip_install(environment: Environment, options: list[str], packages: int) -> None:
        asked.append(options)
        if len(asked) == 1:
            raise MissingPackage("torch==2.13.0+cpu")

    monkeypatch.setattr(setup, "pip_install", pip_install)
    setup.build(environment)
    assert asked == [
        ["-r", "requirements/base.txt"],
        [
            *("--no-deps", "--index-url", "https://download.pytorch.org/whl/cpu"),
            "torch==2.13.0+cpu",
        ],
        ["-r", "requirements/base.txt"],
    ]
    assert environment.outdated() == []


def test_other_missing_packages_are_a_problem(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pip_install(environment: Environment, options: list[str], packages: int) -> None:
        raise MissingPackage("celery==99")

    monkeypatch.setattr(setup, "pip_install", pip_install)
    with pytest.raises(MissingPackage, match="celery==99"):
        setup.build(environment)
    assert environment.outdated() == ["base"]


def test_long_silence_is_filled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "HEARTBEAT_SECONDS", 0.1)
    script = "import time; print('fetching celery', flush=True); time.sleep(1.5)"
    run_showing_life([sys.executable, "-c", script], ".venv", "waiting", lambda line: line)
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert lines[-1].startswith(".venv: fetching celery (")


def test_failure_shows_the_errors_and_names_the_log(elsewhere: Path) -> None:
    script = "print('fine'); print('ERROR: the disk is full'); raise SystemExit(1)"
    with pytest.raises(CommandFailed) as failure:
        run_showing_life([sys.executable, "-c", script], ".venv", "installing")
    assert str(failure.value) == (
        ".venv: installing failed; var/log/setup.log has it all:\n  ERROR: the disk is full"
    )
    assert "fine" in (elsewhere / "var" / "log" / "setup.log").read_text(encoding="utf-8")


def test_interrupted_command_leaves_no_process(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grandchild included: pip starts compilers."""
    pid_file = elsewhere / "pid"
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid))\n"
        "print('started', flush=True)\n"
        "child.wait()\n"
    )

    def interrupt(line: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_showing_life([sys.executable, "-c", script], ".venv", "installing", interrupt)
    grandchild = int(pid_file.read_text(encoding="utf-8"))
    for _try in range(50):
        if not is_running(grandchild):
            break
        time.sleep(0.1)
    assert not is_running(grandchild)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
