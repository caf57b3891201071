"""content/ into the database: each app loads its own part, and one command loads all.

Loading is idempotent. A row remembers what the files last made of it; one that
differs was edited by staff and stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from .composed import composed

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(composed)
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class ContentError(Exception):
    """A content file that cannot be loaded: names the file and what is wrong in it."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Both(Strict):
    ko: Text
    en: Text


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Edited by staff: the files were not applied."""


Loader = Callable[[Path], Report]
_loaders: dict[str, Loader] = {}
_samples: set[str] = set()


def register_loader(name: str, loader: Loader, *, is_sample: bool = False) -> None:
    """Let an app load its part of the content folder. Called from AppConfig.ready.

    A loader raises ContentError before it writes anything. A sample is made up, to look
    at and to develop against: nothing for a real site.
    """
    _loaders[name] = loader
    if is_sample:
        _samples.add(name)


def load(directory: Path, *, samples: bool) -> dict[str, Report]:
    """Every app's part, in the order of INSTALLED_APPS. Raises ContentError."""
    return {
        name: loader(directory)
        for name, loader in _loaders.items()
        if samples or name not in _samples
    }


def hash_of(value: Any) -> str:
    """SHA-256 of a JSON-ready value, in hexadecimal."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
