"""What a template can write, for whoever makes one: read off the fields themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .fields import fields
from .profile import read_profile
from .sample import FULL_PROFILE


@dataclass(frozen=True, slots=True)
class Tag:
    written: str
    """As it stands in the Word file."""
    example: str


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    """Of the list; "" for what a person has once."""
    tags: list[Tag]


class _Run(str):
    """Marks what is written with a run tag."""


def reference(language: str) -> list[Part]:
    """Every tag with what it gives for the sample profile."""
    values = fields(read_profile(FULL_PROFILE), language, _Run, _Run, date.today())
    labels = values.pop("t")
    del values["facts"]  # pairs for the form's table, whose second may be missing
    single = {name: value for name, value in values.items() if not _is_list(value)}
    once = [tag for name, value in single.items() for tag in _tags(name, value)]
    parts = [Part("", [*once, Tag("{{ photo }}", "")])]
    for name, value in values.items():
        if _is_list(value):
            parts.append(Part(name, list(_tags("one", value[0]))))
    return [*parts, Part("t", [Tag(f"{{{{ t.{key} }}}}", text) for key, text in labels.items()])]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _tags(name: str, value: Any) -> Iterator[Tag]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _tags(f"{name}.{key}", inner)
    elif _is_list(value):
        yield Tag(f"{{{{ {name} | join(', ') }}}}", ", ".join(value))
    elif isinstance(value, _Run):
        yield Tag(f"{{{{r {name} }}}}", value)
    else:
        yield Tag(f"{{{{ {name} }}}}", str(value))
