"""From a PDF page to segments: runs of text on one baseline, with how they look.

Coordinates are points from the top left of the page as it is displayed. Text a reader
cannot see (transparent, off the page, too small, the colour of what is behind it) never
becomes a segment; it is counted so that the caller can say so.
"""

import re
from collections import Counter
from typing import Any

import pymupdf

from apps.resume.turning import turn_upright

from .characters import (
    MISREAD_BULLETS,
    OLD_CODES,
    RECOGNISED,
    UNMAPPED,
    clean,
    font_kind,
    is_bold,
    old_tex,
)
from .refusals import RefusedFile
from .runs import (
    LONGEST_LINE,
    UNSPACED,
    Letters,
    continues,
    cut_at_borders,
    join,
    segments_of,
    space_out,
    walled,
)
from .segments import Box, PageText, Segment, Vector

# Vectors come from the same pass as the text: rules under headings, drawn bullets, cards.
TEXT_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_COLLECT_VECTORS
TEX = re.compile(r"tex\b|dvipdf", re.IGNORECASE)
SMALLEST_HEIGHT = 2.0  # points; nobody reads smaller text, but keyword stuffing uses it
LONGEST_ROW = 2 * LONGEST_LINE
MOST_CHARACTERS = 50_000
"""On one page: an A4 page set in four points, margin to margin, holds about as many."""


def read_page(
    page: pymupdf.Page, *, ocr: pymupdf.TextPage | None = None, keep_invisible: bool = False
) -> PageText:
    """Read one page. With `ocr`, its recognised text stands in for the page's own.

    `keep_invisible` is for searchable scans, whose text layer is transparent by design.
    """
    textpage = ocr or page.get_textpage(clip=pymupdf.INFINITE_RECT(), flags=TEXT_FLAGS)
    letters = Letters(textpage)
    blocks = textpage.extractDICT()["blocks"]
    if _characters(blocks) > MOST_CHARACTERS:
        raise RefusedFile("too_complex")
    if ocr is None:
        turn_upright(page, blocks)
    width, height = page.rect.width, page.rect.height
    result = PageText(page.number, width, height, [], [], [], [], [], from_ocr=ocr is not None)
    rotation = page.rotation
    turn = page.rotation_matrix if rotation else None
    bullets: list[Vector] = []
    fills: list[Vector] = []
    runs: list[Segment] = []
    seen: set[tuple[str, int, int]] = set()
    suspects: list[Segment] = []
    for block in blocks:
        kind = block["type"]
        if kind == 3:
            _sort_vector(block, result, bullets, fills, turn)
            continue
        if kind != 0:
            continue
        for line in block["lines"]:
            direction = line["dir"]
            upright = _along(direction, rotation) > 0.98 if ocr is None else True
            previous: Segment | None = None
            for span in line["spans"]:
                text = span["text"]
                if not text.isprintable() and OLD_CODES.search(text):
                    text = old_tex(text)
                if not text or text.isspace():
                    if previous is not None and text:
                        previous.text += " "
                    continue
                box = span["bbox"]
                if turn is not None:
                    box = tuple(pymupdf.Rect(box) * turn)
                x0, y0, x1, y1 = box
                off_page = x1 < 1 or y1 < 1 or x0 > width - 1 or y0 > height - 1
                if (
                    (span["alpha"] == 0 and not keep_invisible)
                    or off_page
                    or (y1 - y0 < SMALLEST_HEIGHT)
                ):
                    if not upright:
                        continue
                    result.hidden += len(text.strip())
                    result.hidden_words.append(text.strip()[:80])
                    continue
                if not upright:
                    continue
                font = span["font"]
                if previous is None and font == RECOGNISED and text.strip() in MISREAD_BULLETS:
                    text = "• "
                if not text.isascii() and UNMAPPED.match(text):
                    # A glyph without a meaning in Unicode: a bullet at the start, else an icon.
                    icon = previous is not None or font_kind(font) == "icon"
                    text = " " if icon else "• "
                text = clean(text, font)
                if not text.strip():
                    continue
                if len(text) > LONGEST_LINE:  # it runs off the page, and who put it there knows
                    result.hidden += len(text) - LONGEST_LINE
                    text = text[:LONGEST_LINE]
                key = (text, round(x0 / 2), round(y0 / 2))
                if key in seen and len(text) > 1:
                    continue  # the same words printed twice to look bold
                seen.add(key)
                segment = _segment(text, box, span, font, page.number)
                if (
                    previous is not None
                    and continues(previous, segment)
                    and not (result.uprights and walled(previous, segment, result.uprights))
                ):
                    join(previous, segment)
                    continue
                runs.append(segment)
                previous = segment
                if _near_white(segment.colour):
                    suspects.append(segment)
    if suspects:
        suspects = [run for run in suspects if not _on_dark(run, fills)]
    if suspects and not keep_invisible:
        unseen = _same_as_background(page, suspects)
        if unseen:
            result.hidden += sum(len(run.text) for run in unseen)
            result.hidden_words += [run.text[:80] for run in unseen]
            gone = {id(run) for run in unseen}
            runs = [run for run in runs if id(run) not in gone]
    if _by_tex(page) or sum(1 for run in runs if UNSPACED.search(run.text)) > 2:
        for run in runs:
            space_out(letters, run)
    if result.uprights:
        runs = [part for run in runs for part in cut_at_borders(letters, run, result.uprights)]
    result.segments = segments_of(letters, runs, bullets, result.uprights)
    if any(length > LONGEST_ROW for length in _rows(result.segments).values()):
        raise RefusedFile("too_complex")
    result.links = _links(page, turn)
    return result


def _characters(blocks: list[dict[str, Any]]) -> int:
    return sum(
        len(span["text"])
        for block in blocks
        if block["type"] == 0
        for line in block["lines"]
        for span in line["spans"]
    )


def _rows(segments: list[Segment]) -> Counter[int]:
    """Characters of each baseline, whatever stands side by side on it."""
    rows: Counter[int] = Counter()
    for segment in segments:
        rows[round(segment.baseline / 2)] += len(segment.text)
    return rows


def _by_tex(page: pymupdf.Page) -> bool:
    """Whether TeX set the page: it leaves a gap between words and writes no space."""
    producer = (page.parent.metadata or {}).get("producer") or ""
    return bool(TEX.search(producer))


def _along(direction: tuple[float, float], rotation: int) -> float:
    """1 for a line that reads from left to right (or back) on the page as it is shown."""
    across, down = direction
    return abs(down if rotation % 180 else across)


def _segment(text: str, box: Box, span: dict[str, Any], font: str, page: int) -> Segment:
    x0, y0, x1, y1 = box
    flags, size, colour = span["flags"], span["size"], span["color"]
    if font == RECOGNISED:
        size = y1 - y0  # Tesseract's own differs from word to word of a line
    bold = bool(flags & 16) or is_bold(font)
    baseline = span["origin"][1] if y0 <= span["origin"][1] <= y1 else y1
    lead = (round(size * 2) / 2, bold, colour)
    return Segment(
        text, x0, y0, x1, y1, baseline, size, bold, bool(flags & 2), colour, font, page, False,
        lead, (lead[0], bold, bool(flags & 2), colour), font, [], [(0, box)],
    )  # fmt: skip


def _near_white(colour: int) -> bool:
    return min(colour >> 16 & 255, colour >> 8 & 255, colour & 255) > 200


def _on_dark(run: Segment, fills: list[Vector]) -> bool:
    """Whether the last rectangle filled behind a pale run is dark, so that it can be read."""
    x, y = (run.x0 + run.x1) / 2, (run.y0 + run.y1) / 2
    for fill in reversed(fills):
        if fill.x0 <= min(x, run.x0 + 1) and run.x1 - 1 <= fill.x1 and fill.y0 <= y <= fill.y1:
            colour = fill.colour
            return max(colour >> 16 & 255, colour >> 8 & 255, colour & 255) < 150
    return False


def _same_as_background(page: pymupdf.Page, suspects: list[Segment]) -> list[Segment]:
    """Those of the pale runs that leave no mark on the rendered page."""
    unseen = []
    picture = page.get_pixmap(matrix=pymupdf.Matrix(1, 1), colorspace=pymupdf.csGRAY, alpha=False)
    width, samples = picture.width, picture.samples
    for run in suspects:
        left, right = max(0, int(run.x0)), min(width, int(run.x1) + 1)
        values: set[int] = set()
        for y in range(max(0, int(run.y0)), min(picture.height, int(run.y1) + 1)):
            values.update(samples[y * width + left : y * width + right])
        if not values or max(values) - min(values) < 12:
            unseen.append(run)
    return unseen


def _sort_vector(
    block: dict[str, Any], result: PageText, bullets: list[Vector], fills: list[Vector],
    turn: pymupdf.Matrix | None,
) -> None:  # fmt: skip
    box = block["bbox"]
    if turn is not None:
        box = tuple(pymupdf.Rect(box) * turn)
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if width > 9 and height > 9 and block["isrect"] and not block["stroked"]:
        fills.append(Vector(x0, y0, x1, y1, block["color"], stroked=False))
    if width < 4 and height > 8:
        if height < result.height * 0.9:
            result.uprights.append(Vector(x0, y0, x1, y1, block["color"], block["stroked"]))
        return
    if width < 9:
        if width > 1.2 and 1.2 < height < 9 and 0.5 < width / height < 2:
            bullets.append(Vector(x0, y0, x1, y1, block["color"], block["stroked"]))
        return
    if height < 4 and width > 25:
        result.rules.append(Vector(x0, y0, x1, y1, block["color"], block["stroked"]))
    elif height > 25 and width > 60 and width < result.width * 0.96:
        result.boxes.append(Vector(x0, y0, x1, y1, block["color"], block["stroked"]))


def _links(page: pymupdf.Page, turn: pymupdf.Matrix | None) -> list[tuple[Box, str]]:
    links = []
    link = page.first_link
    while link:
        if link.is_external and link.uri:
            box = link.rect * turn if turn is not None else link.rect
            links.append(((box.x0, box.y0, box.x1, box.y1), link.uri))
        link = link.next
    return links
