"""Lines that the width of their column broke, read as the one line they were."""

from __future__ import annotations

import re

from .dates import find_periods
from .headings import heading_kinds
from .layout import Block, Line, breaks_period
from .segments import Segment, glued
from .technologies import KNOWN
from .vocabulary import LEVEL, is_organisation, is_place, is_school, is_title, label_field

ADDRESS_TAIL = re.compile(
    r"(?:https?://|www\.|(?<![\w.-])[\w.-]+\.(?:com|io|net|org|kr|dev|me|in)/)\S{1,200}$|\S@[\w.-]*[.-]$"
)
ADDRESS_HEAD = re.compile(
    r"^(?!https?:|www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|io|net|org|kr|dev|me|in|app|site)\b)[\w%./?=&#~+-]+"
    r"(?:\s\([A-Za-z가-힣 ]+\))?$"
)
# What an e-mail address may still lack: "ann@mail.example" over ".org".
DOMAIN_TAIL = re.compile(r"\S@[\w-]+(?:\.[\w-]+)*$")
DOMAIN_HEAD = re.compile(r"^\.[a-z]{2,}(?:\.[a-z]{2})?$")
# "ann@mail.c" over "om" in a narrow cell.
MAIL_TAIL = re.compile(r"\S@[\w-]+(?:\.[\w-]+)*\.?[a-z]{0,2}$")
MAIL_HEAD = re.compile(r"^[a-z]{1,4}(?:\.[a-z]{2,3}){0,2}$")
HYPHEN = re.compile(r"[A-Za-z]{2}[-\u2010]$")
# What such a first half is followed by keeps its hyphen: "role-based", "on-call".
COMPOUND = re.compile(
    r"\b(?:role|on|off|re|co|non|pre|multi|full|front|back|end|open|real|high|low|self|cross|well|time"
    r"|state|data|event|user|test|cloud|server|client|object|long|short|one|two|three|large|small|in"
    r"|built|third|first|cost|fault|model|domain|micro|risk|web|team|hands|on|to)[-\u2010]$",
    re.IGNORECASE,
)
CERTIFICATE_GRADE = re.compile(
    r"(?:foundational|practitioner|associate|professional|specialty|expert)$", re.IGNORECASE
)
URL_ONLY = re.compile(r"^(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?$")
CONTACT = re.compile(
    r"\d{3}[\s.)-]*\d{3,4}[\s.-]*\d{3,4}|\.(?:com|io|kr|dev|me)\b|github|linkedin", re.IGNORECASE
)
OPEN_END = re.compile(
    r"(?:[,/&+·(–—:]|\s-|\b(?:of|and|in|for|the|to|with|at|a|an|on|by|or|de|di|및|와|과))$",
    re.IGNORECASE,
)
OPEN_HEAD = re.compile(r"^(?:[a-z)\]&/]|\(\w|(?:of|and|및)\b)")
# What stands after a company's name and a dash: "Trailhead Maps, Portland — Software".
AFTER_DASH = re.compile(r"\s[—–|-]\s([^—–|]{2,40})$")
LONGEST_PARAGRAPH = 4_000
"""Characters. What is longer stays in several parts: much that is asked of a text grows faster
than the text."""
NEXT_LABEL = re.compile(r"^[^:.,]{2,24}:(?:\s|$)")


def join_wrapped(block: Block) -> None:
    """Join the broken lines of `block` in place; headings and periods are told by what they say."""
    lines = block.lines
    kept: list[Line] = []
    for line in lines:
        if kept and _join(kept[-1], line):
            continue
        kept.append(line)
    block.lines = kept


def _join(above: Line, below: Line) -> bool:
    if above.page != below.page or len(above.text) + len(below.text) > LONGEST_PARAGRAPH:
        return False
    if below.first.bullet:
        return _grades(above, below)
    if len(below.segments) > 1:
        if len(above.segments) > 1 and _completes(above.first, below.first, alone=False):
            # A heading broken in its margin, each half beside text.
            above.segments[0] = glued(above.first, below.first, " ")
            del below.segments[0]
            return False
        _take_address(above, below)
        return False
    second = below.segments[0]
    if _completes(above.segments[0], second, alone=len(above.segments) == 1):
        above.segments[0] = glued(above.segments[0], second, " ")
        return True
    for index, first in enumerate(above.segments):
        begin = first.x0 - (14 if first.bullet else 3)
        if not (begin <= second.x0 <= first.x0 + 3 or abs(second.x0 - first.last_box[0]) < 3):
            continue
        if above.table_row == below.table_row >= 0 and first.text.endswith("/"):
            if ADDRESS_TAIL.search(first.text) and ADDRESS_HEAD.match(second.text):
                above.segments[index] = glued(first, second, "")
                return True
        limit = above.limit
        after = above.segments[index + 1 :]
        if after:
            if not all(one.x0 > first.last_box[2] and len(one.text) < 40 for one in after):
                return False
            limit = min(limit, after[0].x0 - 0.8 * first.size)
        glue = _wraps(first, second, limit, alone=not after)
        if glue is None:
            return False
        above.segments[index] = glued(first, second, glue)
        return True
    return False


def _grades(above: Line, below: Line) -> bool:
    """Join "AWS Certified Developer" and "– Associate", whose dash marks no item of a list."""
    first, second = above.segments[0], below.segments[0]
    if (
        len(above.segments) + len(below.segments) > 2
        or first.bullet
        or not CERTIFICATE_GRADE.match(second.text)
        or not re.search(r"certified|certificate", first.text, re.IGNORECASE)
        or first.style != second.style
    ):
        return False
    above.segments[0] = glued(first, second, " – ")
    return True


def _take_address(above: Line, below: Line) -> None:
    """An address may go on beside other text, below itself: at the right, or in its cell."""
    for first in above.segments:
        for second in below.segments:
            if (
                abs(first.x0 - second.x0) < 3
                and MAIL_TAIL.search(first.text)
                and MAIL_HEAD.match(second.text)
                and len(below.segments) > 1
            ):
                above.segments[above.segments.index(first)] = glued(first, second, "")
                below.segments.remove(second)
                return
    first, second = above.segments[-1], below.segments[-1]
    if abs(first.x0 - second.x0) < 3 and ADDRESS_TAIL.search(first.text):
        if _wraps(first, second, above.limit, alone=True) == "":
            above.segments[-1] = glued(first, second, "")
            below.segments.pop()


def _completes(first: Segment, second: Segment, *, alone: bool) -> bool:
    """Whether both lines together are a heading or a period that neither is alone."""
    if (
        len(first.text) + len(second.text) >= 40
        or first.lead != second.lead
        or second.y0 - first.y1 >= 0.8 * first.size
        or second.y0 < first.y0
    ):
        return False
    both = f"{first.text} {second.text}"
    begin = first.x0 - (1.4 * first.size if first.bullet else 3)
    whole = heading_kinds(both) if begin < second.x0 < first.x0 + 3 else ()
    if whole and (not heading_kinds(first.text) or heading_kinds(second.text) == whole):
        return True
    return alone and breaks_period(first.text, both)


def _wraps(first: Segment, second: Segment, limit: float, *, alone: bool) -> str | None:
    """What stands between the halves of a broken line; None where `second` begins anew."""
    box = first.last_box
    gap = second.y0 - box[3]
    if not -0.45 * second.size < gap < 0.62 * second.size or second.y0 <= box[1] + 1:
        return None
    tail = first.tail
    if abs(tail[0] - second.lead[0]) > 0.6 or tail[3] != second.lead[2]:
        return None
    a, b = first.text.rstrip(), second.text.lstrip()
    if not a or not b:
        return None
    word = b.split()[0]
    needed = (second.x1 - second.x0) * min(1.0, (len(word) + 1) / max(1, len(second.text)))
    room = limit - box[2]
    if "@" in a and DOMAIN_HEAD.match(b) and DOMAIN_TAIL.search(a):
        return ""
    # Letters differ in width; what all but fits did not.
    if room >= 1.12 * needed + 0.3 * second.size:
        return None
    if room < needed and ("/" in a or "@" in a) and ADDRESS_HEAD.match(b):
        if ADDRESS_TAIL.search(a):
            return ""
    goes_on = bool(OPEN_END.search(a[-8:])) or a.count("(") > a.count(")")
    if NEXT_LABEL.match(b):
        return None
    named = gap < 0.35 * second.size and (is_school(a) or is_organisation(a))
    if heading_kinds(b) and not goes_on and not named:
        return None
    if label_field(a) or heading_kinds(a) or "@" in a or "@" in b or URL_ONLY.match(b):
        return None
    if CONTACT.search(a) and CONTACT.search(b):
        return None
    if HYPHEN.search(a[-3:]) and (b[0].islower() or a[-2].isupper() and b[0].isupper()):
        return "" if COMPOUND.search(a) else "-"
    fill = (box[2] - box[0]) / max(1.0, limit - box[0])
    if tail[1] != second.lead[1]:
        return None
    if b.lower() in KNOWN or a.lower() in KNOWN:
        return " " if f"{a} {b}".lower() in KNOWN or a.endswith(",") else None
    if goes_on or OPEN_HEAD.match(b):
        return " "
    if fill < 0.55 or _begins_anew(a, b):
        return None
    return " "


def _begins_anew(a: str, b: str) -> bool:
    """Whether `b` names a thing of its own, so that it is not the rest of `a`."""
    periods = find_periods(b)
    if periods and (periods[0].begin == 0 or sum(p.stop - p.begin for p in periods) > 0.5 * len(b)):
        return True
    if (
        re.match(r"(?:certified|aws|google|microsoft|oracle|azure)\s", b, re.IGNORECASE)
        and a[-1].isalpha()
    ):
        return True  # a certificate's name begins with who gives it
    dated = find_periods(a)
    if is_place(b) or is_place(a) or dated and sum(p.stop - p.begin for p in dated) > len(a) - 4:
        return True
    if is_school(a) and (is_school(b) or LEVEL.match(b)):
        return True
    if LEVEL.search(a) and is_school(b):
        return True
    begun = AFTER_DASH.search(a)
    if begun and is_title(f"{begun.group(1)} {b}") >= 2 > is_title(begun.group(1)):
        return False
    if is_organisation(a) and (is_title(b) >= 2 or (is_organisation(b) and " " in b)):
        return True
    return is_title(a) >= 3 and (is_organisation(b) > 0 or is_title(b) >= 3)
