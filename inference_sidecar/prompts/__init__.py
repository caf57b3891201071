"""Prompts as files: ``<name>.<language>.v<version>.txt`` beside this module.

A template names its variables as ``$variable``. Rendering is strict: a variable
that is not given and one that the template does not know are both errors, so a
prompt and the code that fills it cannot drift apart unseen.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

# Enough to tell versions of one prompt apart, short enough to read.
DIGEST_DIGITS = 8

_FOLDER = Path(__file__).parent
_FILE_NAME = re.compile(r"(?P<name>[a-z_]+)\.(?P<language>ko|en)\.v(?P<version>\d+)\.txt")


class PromptError(ValueError):
    """A template is not there, or is filled with the wrong variables."""


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    language: str
    version: int
    text: str

    def render(self, **variables: str) -> str:
        """The text with every variable filled in. Values are never expanded again."""
        template = Template(self.text)
        wanted, given = set(template.get_identifiers()), set(variables)
        if missing := sorted(wanted - given):
            raise PromptError(f"{self.name}: no value for {', '.join(missing)}")
        if unknown := sorted(given - wanted):
            raise PromptError(f"{self.name}: does not use {', '.join(unknown)}")
        return template.substitute(variables)


@cache
def load(name: str, language: str) -> Prompt:
    """The newest version of a prompt. Raises PromptError when there is none."""
    found = [
        (int(match["version"]), path)
        for path in _FOLDER.glob(f"{name}.{language}.v*.txt")
        if (match := _FILE_NAME.fullmatch(path.name)) and match["name"] == name
    ]
    if not found:
        raise PromptError(f"there is no prompt {name} in {language}")
    version, path = max(found)
    text = path.read_text(encoding="utf-8").removesuffix("\n")
    if not Template(text).is_valid():
        raise PromptError(f"{path.name}: a $ that is no variable")
    return Prompt(name, language, version, text)


def versions(*names: str) -> dict[str, str]:
    """``{"name.language": "v1"}`` of the newest files of these names."""
    found = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        match = _FILE_NAME.fullmatch(path.name)
        if match and match["name"] in names:
            prompt = load(match["name"], match["language"])
            found[f"{prompt.name}.{prompt.language}"] = f"v{prompt.version}"
    return found


def digest(*names: str, constants: tuple[object, ...] = ()) -> str:
    """Eight hexadecimal digits that change with the newest files of these names, in every
    language, and with the values of ``constants`` (by their ``repr``)."""
    found = hashlib.sha256()
    for label, _ in sorted(versions(*names).items()):
        found.update(load(*label.rsplit(".", 1)).text.encode())
    found.update(repr(constants).encode())
    return found.hexdigest()[:DIGEST_DIGITS]
