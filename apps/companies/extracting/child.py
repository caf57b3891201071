"""The child process of extract(): a file on stdin, JSON of what was read on stdout."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import sys
from typing import Any

from . import MEMORY_SPENT
from .reading import Reading, RefusedFile

MODULES = {"pdf": "pdf", "docx": "word", "txt": "plain", "html": "page", "htm": "page"}


def read(content: bytes, ending: str, charset: str) -> Reading:
    """Imports one kind's reader: that of all takes longer than reading most files."""
    reader = importlib.import_module(f"{__package__}.{MODULES[ending]}")
    reading: Reading = reader.read(content, charset)
    return reading


def _answer(content: bytes, ending: str, charset: str) -> dict[str, Any]:
    try:
        return dataclasses.asdict(read(content, ending, charset))
    except RefusedFile as refusal:
        return {"refused": refusal.code}
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # a file that breaks its reader is a damaged file
        if "alloc" in str(error):
            raise MemoryError from error
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return {"refused": "damaged"}


def main(ending: str, charset: str) -> int:
    # Whatever a library prints must not land in the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        answer = json.dumps(_answer(sys.stdin.buffer.read(), ending, charset)).encode()
    except (MemoryError, RecursionError):
        return MEMORY_SPENT
    answers.write(answer)
    answers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
