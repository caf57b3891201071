"""What makes two source texts, or two ways to write a company's name, the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata

TEXT_MAX_LENGTH = 1_600_000
"""Characters of one source text: the longest annual reports, notes and all."""

# Signs that no reader sees and that would part two equal words: soft hyphens,
# zero-width spaces, marks of direction, byte order marks.
_UNSEEN = dict.fromkeys(
    [0x00AD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")

# As written before or after a name, folded and in NFKC (which writes ㈜ as "(주)").
_LEGAL_FORM_BEFORE = re.compile(r"^(?:\((?:주|유)\)|주식회사|유한회사)\s*")
_LEGAL_FORM_AFTER = re.compile(
    r"(?:(?<!\s)\s*+(?:\((?:주|유)\)|주식회사|유한회사)"
    r"|(?<![\s,])(?:[\s,]++co\.?)?[\s,]++(?:ltd|inc|corp|llc|limited|corporation)\.?)$"
)


def normalise(text: str) -> str:
    """A text as it is stored. Spans count in this form, so it is applied once, on saving."""
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    text = re.sub(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]", "\n", text)
    text = _CONTROL.sub("", text)
    lines = (line.replace("\u00a0", " ").replace("\t", " ").rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def is_garbled(text: str) -> bool:
    """Whether a reader left more than one sign in a hundred undecided."""
    return text.count("\ufffd") * 100 > len(text)


def content_hash(text: str) -> str:
    """SHA-256 of a normalised text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def match_key(name: str) -> str:
    """A company's name without what people write differently: case, spaces, legal form."""
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    bare = _LEGAL_FORM_AFTER.sub("", _LEGAL_FORM_BEFORE.sub("", folded))
    return re.sub(r"\s+", "", bare or folded)
