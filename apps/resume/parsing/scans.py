"""Pages without text of their own: scans and pictures, read by OCR where Tesseract's data is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pymupdf

from .segments import PageText
from .text import read_page

PAGE_HAS_TEXT = 12  # characters; fewer on a page with a picture is a scan with a page number
DOTS_PER_INCH = 300
LONGEST_SIDE = 4000
"""Dots. A photograph's page may be metres long, and its memory grows by the square."""


def read_picture(page: pymupdf.Page, text: PageText, warnings: list[str], until: float) -> PageText:
    """A page without text may be a scan: use its own text layer, or recognise it.

    Recognising takes seconds a page and does not begin after `until`, of the clock
    `time.monotonic`: what was read by then is worth more than a refusal.
    """
    pictures = page.get_image_info()
    area = max(1.0, page.rect.width * page.rect.height)
    covered = sum(
        max(0.0, pymupdf.Rect(picture["bbox"]).intersect(page.rect).get_area())
        for picture in pictures
    )
    scan = covered > 0.4 * area
    if scan and text.hidden > PAGE_HAS_TEXT:
        layer = read_page(page, keep_invisible=True)
        if layer.segments:
            warnings.append("recognised")
            return layer
    if not scan and not _drawn_letters(page):
        return text
    recognised = _recognise(page) if time.monotonic() < until else None
    if recognised is None:
        warnings.append("picture_page")
        return text
    if recognised.segments:
        warnings.append("recognised")
    return recognised


def _drawn_letters(page: pymupdf.Page) -> bool:
    """Text turned into outlines, as design tools export it: hundreds of small shapes."""
    small = 0
    for drawing in page.get_cdrawings():
        x0, y0, x1, y1 = drawing["rect"]
        if x1 - x0 < 400 and 2 < y1 - y0 < 60:
            small += len(drawing["items"])
            if small > 300:
                return True
    return False


def tesseract_data() -> str | None:
    """Where Tesseract's language data is, or None where it is not installed."""
    for folder in (
        os.environ.get("TESSDATA_PREFIX", ""),
        "/usr/share/tesseract-ocr/5/tessdata",
        "/usr/share/tesseract-ocr/4.00/tessdata",
        "/usr/share/tessdata",
        "/usr/local/share/tessdata",
        "/opt/homebrew/share/tessdata",
    ):
        if folder and (Path(folder) / "eng.traineddata").exists():
            return folder
    return None


def _recognise(page: pymupdf.Page) -> PageText | None:
    """The page read by OCR, or None where Tesseract's data is not installed."""
    folder = tesseract_data()
    if folder is None:
        return None
    korean = (Path(folder) / "kor.traineddata").exists()
    language = "kor+eng" if korean else "eng"
    dpi = min(DOTS_PER_INCH, int(72 * LONGEST_SIDE / max(page.rect.width, page.rect.height)))
    try:
        textpage = page.get_textpage_ocr(language=language, dpi=dpi, full=True, tessdata=folder)
    except Exception:  # OCR is a best effort; without it the page counts as a picture
        return None
    return read_page(page, ocr=textpage, keep_invisible=True)
