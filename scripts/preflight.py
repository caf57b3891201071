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

from inference_sidecar.packaged.models import GB, PackagedModel, smaller_than

from .memory import available_memory

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


def check_disk(folder: Path, needed: int, model: PackagedModel | None = None) -> None:
    """``needed`` bytes and those of ``model`` must be free where ``folder`` is."""
    free = shutil.disk_usage(folder).free
    whole = needed + (model.disk if model else 0)
    if free < whole:
        fits = [one for one in smaller_than(model) if needed + one.disk <= free] if model else []
        raise Problem(
            f"Too little disk: {whole / GB:.1f} GB are needed in {folder} "
            f"and {free / GB:.1f} GB are free{_way_out(fits)}."
        )


def check_memory(model: PackagedModel, available: int | None = None) -> None:
    """``available`` bytes: by default what this machine and this container leave."""
    if available is None:
        available = available_memory()
    if available < model.memory:
        fits = [one for one in smaller_than(model) if one.memory <= available]
        raise Problem(
            f"Too little memory: {model.name} needs {model.memory / GB:.1f} GB and "
            f"{available / GB:.1f} GB are free{_way_out(fits) or '; close other programs'}."
        )


def _way_out(fits: list[PackagedModel]) -> str:
    """``fits``: the smaller models that this machine can run, the largest first."""
    return f"; run the smaller {fits[0].name}: make demo MODEL={fits[0].size}" if fits else ""


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
