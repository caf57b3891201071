from __future__ import annotations

import platform
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inference_sidecar.packaged.models import GB, MODELS
from scripts import preflight
from scripts.preflight import Problem
from scripts.setup import ROOT

# All that the first half of the demo reads.
SOURCES = ("scripts", "inference_sidecar/packaged")


def test_taken_port_is_one_sentence_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as problem:
            preflight.check_port(port)
    assert str(problem.value) == (
        f"Port {port} is taken by another program; name a free one: make demo PORT={port + 1}"
    )
    preflight.check_port(port)


def test_port_taken_on_all_addresses_counts_as_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        assert not preflight.is_port_free(taken.getsockname()[1])


@pytest.mark.parametrize("port", [0, 80, 65536])
def test_port_out_of_range(port: int) -> None:
    with pytest.raises(Problem, match=f"PORT must be between 1024 and 65535; {port} is not"):
        preflight.check_port(port)


def test_too_little_disk_names_both_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=2_500_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    preflight.check_disk(tmp_path, 2_500_000_000)
    with pytest.raises(Problem) as problem:
        preflight.check_disk(tmp_path, 6_000_000_000)
    assert str(problem.value) == (
        f"Too little disk: 6.0 GB are needed in {tmp_path} and 2.5 GB are free."
    )


def test_too_little_disk_for_a_model_names_a_smaller_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, default, small = MODELS["1.5B"], MODELS["0.5B"], MODELS["135M"]
    for free, way_out in (
        (
            2 * GB + default.disk,
            "; run the smaller Qwen2.5-Coder-0.5B-Judge: make demo MODEL=0.5B",
        ),
        (2 * GB + small.disk, "; run the smaller SmolLM2-135M-Instruct: make demo MODEL=135M"),
        (2 * GB, ""),
    ):
        usage = shutil.disk_usage(tmp_path)._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder, usage=usage: usage)
        with pytest.raises(Problem) as problem:
            preflight.check_disk(tmp_path, 2 * GB, large)
        assert str(problem.value) == (
            f"Too little disk: {2 + large.disk / GB:.1f} GB are needed in {tmp_path} "
            f"and {free / GB:.1f} GB are free{way_out}."
        )


def test_too_little_memory_names_the_model_that_fits() -> None:
    preflight.check_memory(MODELS["0.5B"], MODELS["0.5B"].memory)
    with pytest.raises(Problem) as problem:
        preflight.check_memory(MODELS["0.5B"], 5 * GB)
    assert str(problem.value) == (
        f"Too little memory: Qwen2.5-Coder-0.5B-Judge needs {MODELS['0.5B'].memory / GB:.1f} GB "
        "and 5.0 GB are free; run the smaller SmolLM2-135M-Instruct: make demo MODEL=135M."
    )
    with pytest.raises(Problem, match=r"make demo MODEL=0\.5B\.$"):
        preflight.check_memory(MODELS["1.5B"], MODELS["0.5B"].memory)
    with pytest.raises(Problem, match=r"1\.0 GB are free; close other programs\.$"):
        preflight.check_memory(MODELS["135M"], 1 * GB)


def test_other_machines_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    preflight.check_platform()
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    with pytest.raises(Problem, match="Linux on x86-64 and this is Darwin on arm64"):
        preflight.check_platform()


def test_missing_venv_module_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    preflight.check_venv_module()
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Problem, match=r"install the package python3\.11-venv"):
        preflight.check_venv_module()


def test_processor_without_avx2() -> None:
    preflight.check_model_server_needs("flags : sse avx avx2 fma")
    with pytest.raises(Problem, match="no AVX2"):
        preflight.check_model_server_needs("flags : sse avx fma")


def test_missing_system_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "SYSTEM_LIBRARIES", {"libnowhere.so.7": "libnowhere7"})
    with pytest.raises(Problem) as problem:
        preflight.check_model_server_needs("flags : avx2")
    assert str(problem.value) == (
        "The system library libnowhere.so.7 is missing; install it: apt-get install libnowhere7"
    )


def test_another_python_is_one_sentence() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys; sys.version_info = (3, 9, 2); import scripts",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Ssammu needs Python 3.11 and this is 3.9; install it, or name it: "
        "make demo PYTHON=/path/to/python3.11\n"
    )


def test_demo_on_a_taken_port_ends_before_it_writes_anything(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for sources in SOURCES:
            shutil.copytree(ROOT / sources, tmp_path / sources)
        done = subprocess.run(
            [sys.executable, "-m", "scripts.demo", "--port", str(port)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port} is taken by another program; name a free one: make demo PORT={port + 1}\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inference_sidecar", "scripts"]


def test_a_model_that_does_not_exist_is_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--port", "24999", "--model", "7B"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "MODEL=7B is neither 135M, 0.5B, 1.5B nor a folder nor a name on the hub "
        "such as Qwen/Qwen2.5-7B-Instruct.\n"
    )
