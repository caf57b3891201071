"""`make test`: set up what the suites need, run all of them, end with their closing lines."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from inference_sidecar.packaged.models import DEFAULT

from . import preflight, setup
from .setup import ROOT, run_showing_life, say

CHROMIUM = "chromium"
KOREAN_FONT = "fonts-nanum"
CLOSING_LINE = re.compile(r"^=+ .* in [\d.]+s.* =+$|^.*(passed|failed|error|no tests ran).* in ")


@dataclass(frozen=True)
class Suite:
    name: str
    python: Path
    arguments: tuple[str, ...]


def suites(with_browser: bool) -> list[Suite]:
    site = setup.site_environment().python
    sidecar = setup.sidecar_environment().python
    # The sidecar's environment has no Django: neither pytest.ini nor conftest.py is for it.
    markers = "markers=vllm: starts real vLLM; run by .ci/run alone"
    alone = ("-c", "pyproject.toml", "--confcutdir", "inference_sidecar", "-o", markers)
    two_by_file = ("-n", "2", "--dist", "loadfile")
    # Real processes on a busy machine: what fails once and then passes is named "rerun".
    again = ("--reruns", "1")
    found = [
        Suite("site", site, ("apps", "scripts", "-m", "not services and not faults", "-n", "2")),
        Suite("sidecar", sidecar, (*alone, "inference_sidecar", "-m", "not vllm")),
        Suite("main job on vLLM", site, ("tests/main_job/test_feedback.py", *again)),
    ]
    if with_browser:
        browser = ("tests/browser", "-m", "not long", *two_by_file, *again)
        found.append(Suite("browser", site, browser))
    return found


def run(suite: Suite) -> tuple[int, str]:
    """pytest's exit status and its closing line."""
    say(f"\n---- {suite.name}")
    command = [str(suite.python), "-m", "pytest", "-p", "no:cacheprovider", *suite.arguments]
    closing = "pytest said nothing"
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "SSAMMU_MODEL_DIR": str(setup.MODEL)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if CLOSING_LINE.match(line):
                closing = line.strip()
        process.wait()
    finally:
        if process.poll() is None:
            # As Ctrl-C does: pytest then stops what its fixtures have started.
            process.send_signal(signal.SIGINT)
            process.wait()
    return process.returncode, closing


def missing_for_browser() -> list[str]:
    """Debian packages that the browser suite needs and this machine lacks."""
    missing = []
    if shutil.which("chromium") is None:
        missing.append(CHROMIUM)
    if (
        shutil.which("fc-list") is None
        or not subprocess.run(
            ["fc-list", ":lang=ko", "family"], capture_output=True, text=True, check=False
        ).stdout.strip()
    ):
        missing.append(KOREAN_FONT)
    return missing


def prepare_browser() -> bool:
    """Whether the browser suite can run; as root its packages are installed first."""
    missing = missing_for_browser()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"browser suite: installing {', '.join(missing)}")
        install(missing)
        missing = missing_for_browser()
    if not missing:
        return True
    sentence = f"The browser suite needs {' and '.join(missing)}: apt-get install them."
    if os.environ.get("CI") == "true":
        raise preflight.Problem(sentence)
    say(f"\nSKIPPED: {sentence}\n")
    return False


def install(packages: list[str]) -> None:
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run_showing_life(["apt-get", "update"], "apt-get", "reading the lists of packages")
    run_showing_life(
        ["apt-get", "install", "-y", "--no-install-recommends", "fontconfig", *packages],
        "apt-get",
        f"installing {', '.join(packages)}",
    )


def compile_korean_texts() -> None:
    """Before any suite: Django reads them once, when it starts."""
    code = "from scripts.prepare_site import compile_messages; compile_messages()"
    python = setup.site_environment().python
    run_showing_life([str(python), "-c", code], "test", "compiling the Korean texts")


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m scripts.test", description="Set up and run every test suite."
    ).parse_args()
    with setup.one_sentence_for_problems():
        preflight.check_platform()
        preflight.check_model_server_needs()
        setup.prepare(
            [setup.site_environment("test"), setup.sidecar_environment("sidecar-test")],
            model=DEFAULT,
        )
        compile_korean_texts()
        results = [(suite, *run(suite)) for suite in suites(prepare_browser())]
    say("")
    for suite, _status, closing in results:
        say(f"{suite.name:<18}{closing}")
    sys.exit(any(status != 0 for _suite, status, _closing in results))


if __name__ == "__main__":
    main()
