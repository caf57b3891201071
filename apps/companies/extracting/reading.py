"""What the readers of files have in common. They run in the child process only.

Each kind of file has a module of its own with ``read(content, charset) -> Reading``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..texts import TEXT_MAX_LENGTH

# Room to keep a text that staff can cut by a little, and to say "too long" of others.
READ_MAX_LENGTH = TEXT_MAX_LENGTH * 2


class RefusedFile(Exception):
    """``code`` is a key of MESSAGES in the package."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    title: str = ""
    published_on: str = ""
    """ISO date, where the file says when it was published."""


def joined(paragraphs: Iterable[str]) -> str:
    """Raises RefusedFile where there are none, or far too many."""
    kept: list[str] = []
    length = 0
    for paragraph in paragraphs:
        if not paragraph.strip():
            continue
        kept.append(paragraph.strip())
        length += len(paragraph)
        if length > READ_MAX_LENGTH:
            raise RefusedFile("too_long")
    if not kept:
        raise RefusedFile("no_text")
    return "\n\n".join(kept)
