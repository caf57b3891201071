"""The child process of pictures.py: a PDF on stdin, its pages as PNG on stdout.

The answer is one line of JSON, [{number, width, height, bytes}], and the pictures after
it, one behind the other. Imports next to nothing of the site: the child starts often.
"""

from __future__ import annotations

import json
import sys
import time

import pymupdf

from .turning import turn_upright

DOTS_PER_INCH = 120
LONGEST_SIDE = 2200
"""Pixels: a poster, or a page as long as a website, is drawn smaller."""
MOST_PAGES = 30
MOST_BYTES = 40 * 1024 * 1024
SECONDS = 25.0
"""After this no further page is begun; the parent's own limit is for a page that hangs."""


def draw(pdf: bytes) -> tuple[list[dict[str, float]], list[bytes]]:
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    ends = time.monotonic() + SECONDS
    pages: list[dict[str, float]] = []
    pictures: list[bytes] = []
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for number in range(1, min(document.page_count, MOST_PAGES) + 1):
            if time.monotonic() > ends or sum(map(len, pictures)) > MOST_BYTES:
                break
            try:
                page = document[number - 1]
                turn_upright(page)
                width, height = page.rect.width, page.rect.height
                scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / max(width, height))
                pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
                picture: bytes = pixels.tobytes("png")
            except Exception:  # one broken page must not lose the others
                continue
            pages.append(
                {"number": number, "width": width, "height": height, "bytes": len(picture)}
            )
            pictures.append(picture)
    return pages, pictures


def main() -> int:
    pages, pictures = draw(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(pages).encode() + b"\n" + b"".join(pictures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
