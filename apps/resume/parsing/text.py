"""From a PDF page to segments: runs of text on one baseline, with how they look.

Coordinates are points from the top left of the page as it is displayed. Text a reader
cannot see (transparent, off the page, too small, the colour of what is behind it) never
becomes a segment; it is counted so that the caller can say so.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pymupdf

Box = tuple[float, float, float, float]

# Vectors come from the same pass as the text: rules under headings, drawn bullets, cards.
TEXT_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_COLLECT_VECTORS
SMALLEST_HEIGHT = 2.0  # points; nobody reads smaller text, but keyword stuffing uses it

BOLD_FONT = re.compile(
    r"bold|black|heavy|semib|demi|^cmbx|^sfbx|^ecbx|-medi|medium|700|800|600"
    r"|nanum\w*?(?:e?b)$|-(?:e|s|x)?b$",
    re.IGNORECASE,
)
# Fonts whose glyphs are pictures: what the codes spell is meaningless.
ICON_FONT = re.compile(
    r"awesome|icon|material|glyph|marvosym|simple-?line|entypo|typicon|fontello|octicon|devicon",
    re.IGNORECASE,
)
SYMBOL_FONT = re.compile(r"wingding|symbol|dingbat|webding|cmsy|msam|msbm", re.IGNORECASE)
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    "\ufeff\ufffc\ufffd\ufe0e\ufe0f]"
)
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
UNMAPPED = re.compile("^\\s*[\u0080-\u009f\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]\\s*$")
# Pictographs people put before a label; the label says the same in words.
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2702-\u2712\u2728\u2709\u260e\u2706\u231a-\u23ff\u20e3]"
)
BULLETS = "•●▪■□◦○‣▸▹►▶▷➢➤➔✓✔☑·∙⦁∘◆◇◈✦✧❖※⁃▫➣☞⚬ㆍ・⋅\uf0b7\uf0a7"
BULLET = re.compile(rf"^\s*(?:[{BULLETS}]+|[-–—*+](?=\s)|[oㅇ](?=\s{{2,}}|\s[A-Z가-힣]))\s*")
WIDE_GAP = re.compile(r"(?: {3,}|\t+| {2,}(?=\S))")
HANGUL = re.compile(r"[가-힣]")


@dataclass(slots=True, eq=False)
class Segment:
    """A run of text on one baseline with nothing wide between its words."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    bold: bool
    italic: bool
    colour: int
    font: str
    page: int
    bullet: bool = False
    # The look of its first run; a heading keeps it whatever follows on the row.
    lead: tuple[float, bool, int] = (0.0, False, 0)
    # The look of its last run.
    tail: tuple[float, bool, bool, int] = (0.0, False, False, 0)
    tail_font: str = ""
    # Offsets at which weight, slant, size or colour changes: where one thing ends.
    changes: list[int] = field(default_factory=list)
    # Where each piece of the text starts, and its box: (offset, box).
    pieces: list[tuple[int, Box]] = field(default_factory=list)

    @property
    def box(self) -> Box:
        return (self.x0, self.y0, self.x1, self.y1)

    @property
    def style(self) -> tuple[float, bool, int]:
        """What a reader sees as the same kind of text."""
        return (round(self.size * 2) / 2, self.bold, self.colour)

    def part(self, start: int, end: int) -> "Segment":
        """The same run cut to `text[start:end]`, its box by proportion inside each piece."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        x0, x1 = self.across(start)[0], self.across(max(start, end - 1))[1]
        return Segment(
            self.text[start:end], x0, self.y0, x1, self.y1, self.baseline, self.size,
            self.bold, self.italic, self.colour, self.font, self.page, self.bullet and start == 0,
            self.lead, self.tail, self.tail_font, [change - start for change in self.changes if start < change < end],
            [(0, (x0, self.y0, x1, self.y1))],
        )  # fmt: skip

    def across(self, offset: int) -> tuple[float, float]:
        """Left and right of the character at `offset`."""
        pieces = self.pieces or [(0, self.box)]
        index = len(pieces) - 1
        while index and pieces[index][0] > offset:
            index -= 1
        begin, (x0, _, x1, _) = pieces[index]
        end = pieces[index + 1][0] if index + 1 < len(pieces) else len(self.text)
        step = (x1 - x0) / max(1, end - begin)
        return x0 + step * (offset - begin), x0 + step * (offset - begin + 1)


@dataclass(slots=True)
class Vector:
    x0: float
    y0: float
    x1: float
    y1: float
    colour: int
    stroked: bool


@dataclass(slots=True)
class PageText:
    """What one page shows: its segments, rules and boxes, links, and what it hides."""

    number: int
    width: float
    height: float
    segments: list[Segment]
    rules: list[Vector]
    uprights: list[Vector]  # thin vertical lines: the borders of a table's cells
    boxes: list[Vector]
    links: list[tuple[Box, str]]
    hidden: int = 0  # characters a reader cannot see
    hidden_words: list[str] = field(default_factory=list)
    has_images: bool = False
    from_ocr: bool = False


def read_page(
    page: pymupdf.Page, *, ocr: pymupdf.TextPage | None = None, keep_invisible: bool = False
) -> PageText:
    """Read one page. With `ocr`, its recognised text stands in for the page's own.

    `keep_invisible` is for searchable scans, whose text layer is transparent by design.
    """
    textpage = ocr or page.get_textpage(clip=pymupdf.INFINITE_RECT(), flags=TEXT_FLAGS)
    blocks = textpage.extractDICT()["blocks"]
    width, height = page.rect.width, page.rect.height
    result = PageText(page.number, width, height, [], [], [], [], [], from_ocr=ocr is not None)
    turn = page.rotation_matrix if page.rotation else None
    bullets: list[Vector] = []
    runs: list[Segment] = []
    seen: set[tuple[str, int, int]] = set()
    suspects: list[Segment] = []
    for block in blocks:
        kind = block["type"]
        if kind == 3:
            _sort_vector(block, result, bullets, turn)
            continue
        if kind != 0:
            continue
        for line in block["lines"]:
            direction = line["dir"]
            upright = abs(direction[0]) > 0.98 if turn is None else True
            previous: Segment | None = None
            for span in line["spans"]:
                text = span["text"]
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
                if UNMAPPED.match(text):
                    # A glyph without a meaning in Unicode: a bullet at the start, else an icon.
                    text = " " if previous is not None else "• "
                text = _clean(text, font)
                if not text.strip():
                    continue
                key = (text, round(x0 / 2), round(y0 / 2))
                if key in seen and len(text) > 1:
                    continue  # the same words printed twice to look bold
                seen.add(key)
                segment = _segment(text, box, span, font, page.number)
                if (
                    previous is not None
                    and _continues(previous, segment)
                    and not (result.uprights and _walled(previous, segment, result.uprights))
                ):
                    _join(previous, segment)
                    continue
                runs.append(segment)
                previous = segment
                if _near_white(segment.colour):
                    suspects.append(segment)
    if suspects and not keep_invisible:
        unseen = _same_as_background(page, suspects)
        if unseen:
            result.hidden += sum(len(run.text) for run in unseen)
            result.hidden_words += [run.text[:80] for run in unseen]
            gone = {id(run) for run in unseen}
            runs = [run for run in runs if id(run) not in gone]
    if result.uprights:
        runs = [part for run in runs for part in _cut_at_borders(page, run, result.uprights)]
    result.segments = _segments(page, runs, bullets, result.uprights)
    result.links = _links(page, turn)
    return result


@lru_cache(maxsize=256)
def _is_bold(font: str) -> bool:
    return bool(BOLD_FONT.search(font))


@lru_cache(maxsize=256)
def _font_kind(font: str) -> str:
    """ "icon", "symbol" or "text"."""
    if ICON_FONT.search(font):
        return "icon"
    return "symbol" if SYMBOL_FONT.search(font) else "text"


def _segment(text: str, box: Box, span: dict[str, Any], font: str, page: int) -> Segment:
    x0, y0, x1, y1 = box
    flags, size, colour = span["flags"], span["size"], span["color"]
    bold = bool(flags & 16) or _is_bold(font)
    baseline = span["origin"][1] if y0 <= span["origin"][1] <= y1 else y1
    lead = (round(size * 2) / 2, bold, colour)
    return Segment(
        text, x0, y0, x1, y1, baseline, size, bold, bool(flags & 2), colour, font, page, False,
        lead, (lead[0], bold, bool(flags & 2), colour), font, [], [(0, box)],
    )  # fmt: skip


def _clean(text: str, font: str) -> str:
    kind = _font_kind(font)
    if text.isascii():
        if kind == "text":
            return text if text.isprintable() else INVISIBLE.sub("", text.replace("\t", "   "))
        if kind == "symbol":
            lone = text.strip()
            return "• " if len(lone) == 1 and lone not in "|<>{}/" else text
    if kind == "icon" and len(text.strip()) <= 3:
        return " "
    if kind == "symbol" and len(text.strip()) == 1 and not text.strip().isalnum():
        return "• "
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\u00a0", " ").replace("\u3000", "  ").replace("\t", "   ")
    text = text.replace("\uf0b7", "•").replace("\uf0a7", "▪")
    if SPACING_ACCENT.search(text):
        text = SPACING_ACCENT.sub(_accented, text)
    text = text.translate(LIGATURES)
    return EMOJI.sub(" ", PRIVATE.sub(" ", INVISIBLE.sub("", text)))


# Old TeX fonts print an accent and a letter; a reader sees one letter.
SPACING_ACCENT = re.compile("([¨´`ˆ˜¸˚ˇ¯˘])\\s?([A-Za-zı])")
COMBINING = dict(
    zip("¨´`ˆ˜¸˚ˇ¯˘", "\u0308\u0301\u0300\u0302\u0303\u0327\u030a\u030c\u0304\u0306", strict=True)
)


def _accented(found: re.Match[str]) -> str:
    letter = "i" if found.group(2) == "ı" else found.group(2)
    return unicodedata.normalize("NFC", letter + COMBINING[found.group(1)])


LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "：": ":", "（": "(", "）": ")"}
)


def _near_white(colour: int) -> bool:
    return min(colour >> 16 & 255, colour >> 8 & 255, colour & 255) > 200


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
    block: dict[str, Any], result: PageText, bullets: list[Vector], turn: pymupdf.Matrix | None
) -> None:
    box = block["bbox"]
    if turn is not None:
        box = tuple(pymupdf.Rect(box) * turn)
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
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


def _continues(left: Segment, right: Segment) -> bool:
    """Whether `right` is the same run of text as `left`, to the eye."""
    if abs(left.baseline - right.baseline) > 0.35 * max(left.size, right.size):
        return False
    gap = right.x0 - left.x1
    size = max(left.size, right.size)
    # Another look after more than a space stands in a column of its own.
    same = (left.bold, left.colour) == (right.bold, right.colour) or left.text.endswith("• ")
    return -0.6 * size < gap < (0.75 if same else 0.45) * size


def _look(run: Segment) -> tuple[float, bool, bool, int]:
    return (round(run.size * 2) / 2, run.bold, run.italic, run.colour)


def _family(font: str) -> str:
    return re.sub(
        r"^[A-Z]{6}\+|(?i:extra|semi|demi|bold|regular|medium|light|thin|italic|oblique)|[-_, ]|(?<=Nanum)$",
        "", font,
    )  # fmt: skip


def _join(left: Segment, right: Segment) -> None:
    gap = right.x0 - left.x1
    if (
        gap > 0.16 * min(left.size, right.size)
        and not left.text.endswith(" ")
        and not right.text.startswith(" ")
    ):
        left.text += " "
    look = _look(right)
    if look != left.tail:
        # A fallback font for another script may only seem heavier or lighter.
        fallback = (look[0], look[3]) == (left.tail[0], left.tail[3]) and (
            _family(right.font) != _family(left.tail_font)
            and bool(HANGUL.search(right.text)) != bool(HANGUL.search(left.text[-3:]))
        )
        if not fallback:
            left.changes.append(len(left.text))
        left.tail = look
    left.tail_font = right.font
    # The look of a run is the look of most of it.
    if len(right.text.strip()) > len(left.text.strip()):
        left.bold, left.italic, left.colour = right.bold, right.italic, right.colour
        left.font = right.font
        if right.size > left.size:
            left.baseline = right.baseline
    left.size = max(left.size, right.size)
    left.pieces.append((len(left.text), right.box))
    left.text += right.text
    left.x0, left.y0 = min(left.x0, right.x0), min(left.y0, right.y0)
    left.x1, left.y1 = max(left.x1, right.x1), max(left.y1, right.y1)


def _cut_at_borders(page: pymupdf.Page, run: Segment, uprights: list[Vector]) -> list[Segment]:
    """Text of neighbouring cells can arrive as one run; the border between them tells."""
    middle = (run.y0 + run.y1) / 2
    edges = sorted(
        (line.x0 + line.x1) / 2
        for line in uprights
        if run.x0 + 2 < line.x0 and line.x1 < run.x1 - 2 and line.y0 <= middle <= line.y1
    )
    if not edges:
        return [run]
    # Only now are the places of single characters worth their price.
    characters = [
        (character["bbox"][0], character["c"])
        for block in page.get_text("rawdict", clip=run.box, flags=pymupdf.TEXT_PRESERVE_WHITESPACE)[
            "blocks"
        ]
        for line in block["lines"]
        for span in line["spans"]
        for character in span["chars"]
    ]
    parts = []
    start = 0
    for edge in [*edges, float("inf")]:
        width = sum(1 for x, character in characters if x < edge and not character.isspace())
        end = start
        seen = sum(1 for character in run.text[:start] if not character.isspace())
        while end < len(run.text) and seen < width:
            seen += not run.text[end].isspace()
            end += 1
        if run.text[start:end].strip():
            part = run.part(start, end)
            inside = [
                x
                for x, _ in characters
                if (edges[edges.index(edge) - 1] if edge in edges and edges.index(edge) else 0)
                <= x
                < edge
            ]
            if inside:
                part.x0 = max(run.x0, min(inside)) if edge == edges[0] else part.x0
            parts.append(part)
        start = end
    for part, left, right in zip(parts, [run.x0, *edges], [*edges, run.x1], strict=False):
        part.x0, part.x1 = max(part.x0, left), min(part.x1, right)
        part.pieces = [(0, part.box)]
    return parts or [run]


def _segments(
    page: pymupdf.Page, runs: list[Segment], bullets: list[Vector], uprights: list[Vector]
) -> list[Segment]:
    """Join neighbours that were drawn apart, cut at wide gaps, take bullets off the front."""
    runs.sort(key=lambda run: (round(run.baseline / 2), run.x0))
    joined: list[Segment] = []
    for run in runs:
        if (
            joined
            and _continues(joined[-1], run)
            and run.x0 >= joined[-1].x0
            and not (uprights and _walled(joined[-1], run, uprights))
        ):
            _join(joined[-1], run)
        else:
            joined.append(run)
    segments: list[Segment] = []
    for run in joined:
        segments.extend(_cut(page, run))
    segments = [_unbullet(one, segments) for one in segments]
    segments = _attach_bullets(segments, bullets)
    segments.sort(key=lambda one: (one.y0, one.x0))
    return segments


def _walled(left: Segment, right: Segment, uprights: list[Vector]) -> bool:
    middle = (right.y0 + right.y1) / 2
    return any(
        left.x1 - 2 <= line.x0 <= right.x0 + 2 and line.y0 <= middle <= line.y1 for line in uprights
    )


def _cut(page: pymupdf.Page, run: Segment) -> list[Segment]:
    """Split where somebody used spaces as a tab, and undo l e t t e r   s p a c i n g."""
    text = run.text
    stripped = text.strip()
    if len(stripped) > 4 and _letter_spaced(stripped):
        run.text = _close_up(page, run)
        run.pieces = [(0, run.box)]
        run.changes = []
        return [run]
    if "   " not in stripped:
        if "  " in text or text != stripped:
            return [_tidy(run)]
        return [run]
    parts = []
    start = 0
    for gap in re.finditer(r" {3,}", text):
        if text[start : gap.start()].strip():
            parts.append(run.part(start, gap.start()))
        start = gap.end()
    if text[start:].strip():
        parts.append(run.part(start, len(text)))
    return [_tidy(part) for part in parts]


def _letter_spaced(text: str) -> bool:
    tokens = text.split()
    if len(tokens) < 3 or any(character.isdigit() for character in text):
        return False
    single = sum(1 for token in tokens if len(token) == 1)
    return single >= 0.6 * len(tokens) and all(len(token) <= 2 for token in tokens)


def _close_up(page: pymupdf.Page, run: Segment) -> str:
    """The words of a letter-spaced run: its widest gaps are where they part."""
    letters = [
        character
        for block in page.get_text("rawdict", clip=run.box, flags=pymupdf.TEXT_PRESERVE_WHITESPACE)[
            "blocks"
        ]
        for line in block["lines"]
        for span in line["spans"]
        for character in span["chars"]
        if not character["c"].isspace()
    ]
    letters.sort(key=lambda character: character["bbox"][0])
    if "".join(one["c"] for one in letters) != "".join(run.text.split()):
        return "".join(run.text.split())
    gaps = [
        right["bbox"][0] - left["bbox"][2]
        for left, right in zip(letters, letters[1:], strict=False)
    ]
    usual = sorted(gaps)[len(gaps) // 2]
    words = str(letters[0]["c"])
    for gap, letter in zip(gaps, letters[1:], strict=True):
        words += (" " if gap > 1.5 * usual + 0.1 * run.size else "") + letter["c"]
    return words


def _tidy(run: Segment) -> Segment:
    """One space between words, none around; piece offsets follow."""
    offsets = dict(run.pieces)
    out: list[str] = []
    pieces: list[tuple[int, Box]] = []
    length = 0
    changes: list[int] = []
    for index, character in enumerate(run.text):
        if index in offsets:
            pieces.append((length, offsets[index]))
        if index in run.changes:
            changes.append(length)
        if character == " " and (not out or out[-1] == " "):
            continue
        out.append(character)
        length += 1
    run.text = "".join(out).rstrip()
    kept = [(start, box) for start, box in pieces if start < len(run.text)]
    run.pieces = kept or [(0, run.box)]
    run.changes = [change for change in changes if 0 < change < len(run.text)]
    return run


def _unbullet(segment: Segment, around: list[Segment]) -> Segment:
    """Take a leading bullet off. A mark that stands alone is left without text."""
    found = BULLET.match(segment.text)
    if segment.text.strip() in ("-", "–", "—", "*"):
        # Alone at the left it is a bullet; between two dates it is a dash.
        if any(
            0 <= segment.x0 - one.x1 < 60 and abs(one.baseline - segment.baseline) < 2
            for one in around
        ):
            return segment
        segment.text, segment.bullet = "", True
        return segment
    if not found:
        return segment
    rest = segment.text[found.end() :]
    if not rest.strip():
        # Alone: it belongs to the text on its right. Kept as an empty segment for now.
        segment.text = ""
        segment.bullet = True
        return segment
    left = segment.part(found.end(), len(segment.text))
    left.bullet = True
    left.x0 = segment.x0 if left.x0 - segment.x0 > 3 * segment.size else left.x0
    return left


def _attach_bullets(segments: list[Segment], drawn: list[Vector]) -> list[Segment]:
    """Give marks that stand alone, as text or as a drawing, to the text on their right."""
    marks = [(one.x1, (one.y0 + one.y1) / 2, one.size) for one in segments if not one.text]
    marks += [(one.x1, (one.y0 + one.y1) / 2, 0.0) for one in drawn]
    texts = [one for one in segments if one.text]
    if not marks:
        return texts
    marks.sort(key=lambda mark: mark[1])
    ordered = sorted(texts, key=lambda one: one.y0)
    begin = 0
    for right, middle, _ in marks:
        while begin < len(ordered) and ordered[begin].y1 < middle - 40:
            begin += 1
        for one in ordered[begin:]:
            if one.y0 > middle:
                break
            if one.y1 >= middle and -1 <= one.x0 - right < 1.8 * one.size:
                one.bullet = True
                break
    return texts


def _links(page: pymupdf.Page, turn: pymupdf.Matrix | None) -> list[tuple[Box, str]]:
    links = []
    link = page.first_link
    while link:
        if link.is_external and link.uri:
            box = link.rect * turn if turn is not None else link.rect
            links.append(((box.x0, box.y0, box.x1, box.y1), link.uri))
        link = link.next
    return links
