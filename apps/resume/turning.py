"""Which way up a page is, by its text. Reading and drawing must turn it alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pymupdf

ENOUGH = 30
"""Characters: fewer say nothing about a page."""


def turn_upright(page: pymupdf.Page, blocks: Iterable[dict[str, Any]] | None = None) -> None:
    """Set the page's rotation so that most of its text reads from left to right.

    ``blocks`` are those of its "dict" text, where they are known already.
    """
    if blocks is None:
        blocks = page.get_text("dict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]
    towards: Counter[int] = Counter()
    for block in blocks:
        for line in block.get("lines", ()):
            across, down = line["dir"]
            quarter = round(math.degrees(math.atan2(down, across)) / 90) * 90
            towards[quarter % 360] += sum(len(span["text"]) for span in line["spans"])
    if sum(towards.values()) < ENOUGH:
        return
    ((angle, count),) = towards.most_common(1)
    wanted = -angle % 360
    if count > 0.6 * sum(towards.values()) and wanted != page.rotation:
        page.set_rotation(wanted)
