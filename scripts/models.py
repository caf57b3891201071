"""Which model the sidecar runs: a packaged one, a folder, or a name on the hub."""

from __future__ import annotations

from pathlib import Path

from inference_sidecar.packaged.models import DEFAULT, MODELS, PackagedModel

from .preflight import Problem


def choose(named: str) -> PackagedModel | str:
    """A packaged model, or what `--model` of the sidecar shall get. Raises Problem."""
    if not named:
        return DEFAULT
    if model := MODELS.get(named.upper()):
        return model
    if Path(named).is_dir():
        if not (Path(named) / "config.json").is_file():
            raise Problem(f"The folder {named} is no model: it has no config.json.")
        return str(Path(named).resolve())
    owner, _slash, name = named.partition("/")
    if owner and name and not named.startswith((".", "/", "~")) and "/" not in name:
        return named
    raise Problem(
        f"MODEL={named} is neither {', '.join(MODELS)} nor a folder nor a name on the hub "
        "such as Qwen/Qwen2.5-7B-Instruct."
    )
