"""What this machine must have, checked before anything is written.

Each check raises Problem with one sentence that says what is missing and what to do.
"""

from __future__ import annotations

import ctypes
import importlib.util
import platform
import shutil
import socket
from pathlib import Path

GB = 1_000_000_000
# Libraries that vLLM's and PyTorch's wheels expect from the system, and their Debian packages.
SYSTEM_LIBRARIES = {"libnuma.so.1": "libnuma1", "libstdc++.so.6": "libstdc++6"}


class Problem(Exception):
    """Something this machine lacks, in one sentence for the person at the terminal."""


def check_platform() -> None:
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise Problem(
            f"The demo runs on Linux on x86-64 and this is {system} on {machine}; "
            "docs/architecture.md says how to run the parts elsewhere."
        )


def check_venv_module() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Problem("Python's venv module is missing; install the package python3.11-venv.")


def check_model_server_needs(cpu_info: str | None = None) -> None:
    """What vLLM on a CPU needs. ``cpu_info``: the text of /proc/cpuinfo."""
    if cpu_info is None:
        cpu_info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    if " avx2" not in cpu_info:
        raise Problem("This processor has no AVX2, which vLLM needs to run a model on a CPU.")
    for library, package in SYSTEM_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            raise Problem(
                f"The system library {library} is missing; install it: apt-get install {package}"
            ) from None


def check_disk(folder: Path, needed: int) -> None:
    """``needed`` bytes must be free where ``folder`` is."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"Too little disk: {needed / GB:.1f} GB are needed in {folder} "
            f"and {free / GB:.1f} GB are free."
        )


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: an address whose last connections just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def check_port(port: int) -> None:
    if not 1024 <= port <= 65535:
        raise Problem(f"PORT must be between 1024 and 65535; {port} is not.")
    if not is_port_free(port):
        raise Problem(
            f"Port {port} is taken by another program; name a free one: make demo PORT={port + 1}"
        )
