"""A PDF's text as paragraphs: lines joined again, running heads and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pymupdf

from .reading import Reading, RefusedFile, joined

PAGES_MAX = 1000
SMALL_STEP = 0.6
"""Points: lines whose type differs by less are set in one size."""

_LISTED = re.compile(r"^\s*(?:[•·▪‣◦●○■□◆※–—-]|\(?\d{1,2}[.)]|[가-하][.)])\s")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    left: float
    right: float


def read(content: bytes, charset: str) -> Reading:
    return Reading(joined(_document_paragraphs(content)))


def _document_paragraphs(content: bytes) -> Iterator[str]:
    """Raises RefusedFile."""
    if b"%PDF-" not in content[:1024]:
        raise RefusedFile("not_pdf")
    try:
        document = pymupdf.open(stream=content, filetype="pdf")
    except pymupdf.FileDataError as error:
        raise RefusedFile("damaged") from error
    if document.needs_pass:
        raise RefusedFile("encrypted")
    if document.page_count > PAGES_MAX:
        raise RefusedFile("too_long")
    pages = [_blocks(page) for page in document.pages()]
    if not any(blocks for blocks in pages):
        has_pictures = any(page.get_images() for page in document.pages())
        raise RefusedFile("scanned" if has_pictures else "no_text")
    repeated = _running_heads(pages)
    for blocks in pages:
        for place, block in enumerate(blocks):
            if place in (0, len(blocks) - 1) and _shape(block) in repeated:
                continue
            yield from _paragraphs(block)


def _blocks(page: Any) -> list[list[_Line]]:
    flags = pymupdf.TEXT_DEHYPHENATE | pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
    blocks = []
    for block in page.get_text("dict", flags=flags)["blocks"]:
        lines = [line for line in map(_line, block.get("lines", [])) if line.text.strip()]
        if lines:
            blocks.append(lines)
    return blocks


def _line(line: dict[str, Any]) -> _Line:
    spans = line["spans"]
    left, _top, right, _bottom = line["bbox"]
    size = max((span["size"] for span in spans), default=0.0)
    return _Line("".join(span["text"] for span in spans), size, left, right)


def _shape(block: list[_Line]) -> str:
    """What a running head has in common from page to page: all but its numbers."""
    return _DIGITS.sub("#", " ".join(" ".join(line.text for line in block).split()))


def _running_heads(pages: list[list[list[_Line]]]) -> set[str]:
    """First and last blocks on more than half of the pages, three or more, but no sentences."""
    seen = Counter(
        shape for blocks in pages if blocks for shape in {_shape(blocks[0]), _shape(blocks[-1])}
    )
    return {
        shape
        for shape, times in seen.items()
        if times >= 3 and times > len(pages) / 2 and not shape.endswith((".", "?", "!"))
    }


def _paragraphs(block: list[_Line]) -> Iterator[str]:
    """A block's lines, joined where the paragraph goes on."""
    right = max(line.right for line in block)
    text = block[0].text.strip()
    for before, line in zip(block, block[1:]):
        ends_early = right - before.right > _width_of_first_word(line)
        if ends_early or abs(line.size - before.size) > SMALL_STEP or _LISTED.match(line.text):
            yield text
            text = line.text.strip()
        else:
            text = f"{text} {line.text.strip()}"
    yield text


def _width_of_first_word(line: _Line) -> float:
    """With some room to spare: where it would have fitted the line above, a paragraph ended."""
    words = line.text.strip()
    of_a_sign = (line.right - line.left) / len(words)
    return of_a_sign * (len(words.split()[0]) + 2)
