"""Runs of text put together from the pieces a PDF draws, and cut where a reader sees a gap."""

import re
from functools import lru_cache

import pymupdf

from .characters import BULLET, HANGUL, RECOGNISED
from .gaps import cut_at_columns
from .segments import Box, Segment, Vector

LONGEST_LINE = 1_000
"""Characters of one run of text. The smallest print that can be read sets some 400 across A4
and A3; what holds more stands beside the page. Much that is asked of a line grows faster than
the line, so nothing longer is ever asked about."""
WIDE_GAP = re.compile(r"(?: {3,}|\t+| {2,}(?=\S))")


class Letters:
    """Where single characters stand; asked for only when a run alone does not tell."""

    def __init__(self, textpage: pymupdf.TextPage) -> None:
        self._textpage = textpage
        self._lines: list[tuple[Box, list[tuple[float, float, str]]]] | None = None

    def inside(self, run: Segment) -> list[tuple[float, float, str]]:
        """Left, right and text of each character in the box of `run`."""
        if self._lines is None:
            self._lines = [
                (line["bbox"], [
                    (one["bbox"][0], one["bbox"][2], one["c"])
                    for span in line["spans"] for one in span["chars"]
                ])
                for block in self._textpage.extractRAWDICT()["blocks"]
                if block["type"] == 0
                for line in block["lines"]
            ]  # fmt: skip
        middle = (run.y0 + run.y1) / 2
        return [
            one
            for box, characters in self._lines
            if box[1] <= middle <= box[3] and box[0] < run.x1 and run.x0 < box[2]
            for one in characters
            if one[0] < run.x1 - 0.2 and run.x0 + 0.2 < one[1]
        ]


# Korean words hardly ever are this long: where they seem so, no space was written, only a gap.
UNSPACED = re.compile(r"[가-힣]{10}")


def space_out(letters: Letters, run: Segment) -> None:
    """Put spaces where a reader sees them, in Korean text that TeX set without any."""
    if not HANGUL.search(run.text):
        return
    found = letters.inside(run)
    written = [one for one in found if not one[2].isspace()]
    text = run.text
    words = BULLET.sub("", text)
    letters_of_words = "".join(words.split())
    # A bullet before the words may be a letter of a font of pictures.
    first = len(written) - len(letters_of_words)
    if first < 0 or "".join(one[2] for one in written[first:]) != letters_of_words:
        return
    written = written[first:]
    index = len(text) - len(words)
    for left, right in zip(written, written[1:], strict=False):
        index = text.index(left[2], index) + 1
        if 0.14 * run.size < right[0] - left[1] and text[index : index + 1] != " ":
            text = f"{text[:index]} {text[index:]}"
            run.pieces = [(at + (at >= index), box) for at, box in run.pieces]
            run.changes = [at + (at >= index) for at in run.changes]
    run.text = text


ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")


def _raised_ordinal(left: Segment, right: Segment) -> bool:
    """Whether `right` is what stands small and high after a number: "2nd"."""
    return (
        right.size < 0.8 * left.size
        and left.text[-1:].isdigit()
        and ORDINAL.match(right.text) is not None
        and left.y0 - 0.4 * left.size < right.y0 < right.y1 <= left.y1
        and abs(right.x0 - left.x1) < 0.15 * left.size
    )


def continues(left: Segment, right: Segment) -> bool:
    """Whether `right` is the same run of text as `left`, to the eye."""
    if len(left.text) + len(right.text) > LONGEST_LINE:
        return False
    if _raised_ordinal(left, right):
        return True
    if abs(left.baseline - right.baseline) > 0.35 * max(left.size, right.size):
        return False
    gap = right.x0 - left.x1
    size = max(left.size, right.size)
    # Another look after more than a space stands in a column of its own.
    same = (left.bold, left.colour) == (right.bold, right.colour) or left.text.endswith("• ")
    return -0.6 * size < gap < (0.75 if same else 0.45) * size


def _look(run: Segment) -> tuple[float, bool, bool, int]:
    return (round(run.size * 2) / 2, run.bold, run.italic, run.colour)


WEIGHT = re.compile(
    r"^[A-Z]{6}\+|(?i:extra|semi|demi|bold|regular|medium|light|thin|italic|oblique)"
    r"|[-_, ]|(?<=Nanum)$"
)


@lru_cache(maxsize=256)
def _family(font: str) -> str:
    return WEIGHT.sub("", font)


def _space_of(left: Segment, right: Segment) -> float:
    """The narrowest space between two runs, as a share of their size."""
    # The boxes that Tesseract gives syllables of one word stand apart.
    recognised = left.font == RECOGNISED == right.font
    return 0.28 if recognised and HANGUL.match(left.text[-1]) and HANGUL.match(right.text) else 0.16


def join(left: Segment, right: Segment) -> None:
    gap = right.x0 - left.x1
    if (
        gap > _space_of(left, right) * min(left.size, right.size)
        and not left.text.endswith(" ")
        and not right.text.startswith(" ")
    ):
        left.text += " "
    look = _look(right)
    if len(left.text) < 4 and BULLET.fullmatch(left.text):
        left.lead, left.tail = right.lead, look
    if look != left.tail and not _raised_ordinal(left, right):
        # A name in two weights: "Ada" and "Byron", hardly apart at that size.
        if gap > 0.04 * right.size and left.text[-1:].islower() and right.text[:1].isupper():
            left.text += " "
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


def cut_at_borders(letters: Letters, run: Segment, uprights: list[Vector]) -> list[Segment]:
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
    characters = [(left, character) for left, _, character in letters.inside(run)]
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


def segments_of(
    letters: Letters, runs: list[Segment], bullets: list[Vector], uprights: list[Vector]
) -> list[Segment]:
    """Join neighbours that were drawn apart, cut at wide gaps, take bullets off the front."""
    runs.sort(key=lambda run: (round(run.baseline / 2), run.x0))
    joined: list[Segment] = []
    for run in runs:
        if (
            joined
            and continues(joined[-1], run)
            and run.x0 >= joined[-1].x0
            and not (uprights and walled(joined[-1], run, uprights))
        ):
            join(joined[-1], run)
        else:
            joined.append(run)
    segments: list[Segment] = []
    for run in joined:
        segments.extend(_cut(letters, run))
    segments = [_unbullet(one, segments) for one in segments]
    segments = cut_at_columns(segments)
    segments = _attach_bullets(segments, bullets)
    segments.sort(key=lambda one: (one.y0, one.x0))
    return segments


def walled(left: Segment, right: Segment, uprights: list[Vector]) -> bool:
    middle = (right.y0 + right.y1) / 2
    return any(
        left.x1 - 2 <= line.x0 <= right.x0 + 2 and line.y0 <= middle <= line.y1 for line in uprights
    )


def _cut(letters: Letters, run: Segment) -> list[Segment]:
    """Split where somebody used spaces as a tab, and undo l e t t e r   s p a c i n g."""
    text = run.text
    stripped = text.strip()
    if len(stripped) > 4 and _letter_spaced(stripped):
        run.text = _close_up(letters, run)
        run.pieces = [(0, run.box)]
        run.changes = []
        return [run]
    if "  " not in stripped:
        if text != stripped:
            if text[0] == " ":
                return [_tidy(run)]
            run.text = stripped
            while run.pieces[-1][0] >= len(stripped) > 0 < len(run.pieces) - 1:
                run.pieces.pop()
        return [run]
    if "   " not in stripped:
        return [_tidy(run)]
    parts = []
    start = 0
    for gap in re.finditer(r" {3,}", text):
        if JUSTIFIED.search(text[: gap.start()]) and JUSTIFIED_END.match(text[gap.end() :]):
            continue  # "이    름": a label driven to the width of the others
        if text[start : gap.start()].strip():
            parts.append(run.part(start, gap.start()))
        start = gap.end()
    if text[start:].strip():
        parts.append(run.part(start, len(text)))
    return [_tidy(part) for part in parts]


JUSTIFIED = re.compile(r"(?:^|[^가-힣])[가-힣]$")
JUSTIFIED_END = re.compile(r"[가-힣](?:\s*[:：]|\s*$|\s{2,})")


def _letter_spaced(text: str) -> bool:
    if text.count(" ") < 0.3 * len(text):
        return False
    tokens = text.split()
    if len(tokens) < 3 or any(character.isdigit() for character in text):
        return False
    single = sum(1 for token in tokens if len(token) == 1)
    return single >= 0.6 * len(tokens) and all(len(token) <= 3 for token in tokens)


def _close_up(letters: Letters, run: Segment) -> str:
    """The words of a letter-spaced run: its widest gaps are where they part."""
    found = sorted(one for one in letters.inside(run) if not one[2].isspace())
    if "".join(character for _, _, character in found) != "".join(run.text.split()):
        return "".join(run.text.split())
    gaps = [right[0] - left[1] for left, right in zip(found, found[1:], strict=False)]
    usual = sorted(gaps)[len(gaps) // 2]
    words = found[0][2]
    for gap, (_, _, character) in zip(gaps, found[1:], strict=True):
        words += (" " if gap > 1.5 * usual + 0.1 * run.size else "") + character
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
