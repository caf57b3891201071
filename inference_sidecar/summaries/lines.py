"""What a model writes in lines: ``section [3,4] A sentence.``"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inference_sidecar.summaries.readable import speaks_to_its_reader
from inference_sidecar.summaries.schemas import SectionKey
from inference_sidecar.summaries.sections import KEYS
from inference_sidecar.summaries.sentences import normalised

_LINE = re.compile(
    rf"\W{{0,20}}?(?P<key>{'|'.join(KEYS)})?[\s:*-]{{0,20}}\[(?P<numbers>\d{{1,4}}(?:\s*,\s*\d{{1,4}})*)\]\s*"
    r"(?P<text>\S.*)"
)
_STOP = re.compile(r"[.!?。다요][\"'”’)\]]*$")
SHORTEST_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Line:
    key: SectionKey | None
    numbers: tuple[int, ...]
    """Empty when the line names none."""
    text: str


def lines_of(text: str) -> list[Line]:
    """The lines that hold a whole sentence, each once. One that a limit cut short does not."""
    found: dict[str, Line] = {}
    for raw in text.splitlines():
        line = _line(raw)
        if line is not None:
            found.setdefault(line.text.lower(), line)
    return list(found.values())


def _line(raw: str) -> Line | None:
    match = _LINE.fullmatch(raw.strip())
    if match is None:
        words = normalised(raw)
        return Line(None, (), words) if _is_sentence(words) else None
    words = normalised(match["text"])
    if not _is_sentence(words):
        return None
    key: SectionKey | None = match["key"]  # type: ignore[assignment]
    numbers = tuple(dict.fromkeys(int(number) for number in match["numbers"].split(",")))
    return Line(key, numbers, words)


def _is_sentence(words: str) -> bool:
    return (
        len(words) >= SHORTEST_CHARACTERS
        and _STOP.search(words) is not None
        and not speaks_to_its_reader(words)
    )
