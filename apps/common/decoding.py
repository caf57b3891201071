"""Bytes of a text or a page into characters, without a guess that could be wrong unseen."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import charset_normalizer

_BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,30})", re.I)
# Guessed at last; others would make Korean out of anything, or anything out of Korean.
_OTHER_ENCODINGS = ["utf_16_le", "utf_16_be", "cp949", "johab", "cp1252", "cp932", "gb18030"]


class EncodingUnknown(Exception):
    pass


def declared_charset(page: bytes) -> str:
    """What a page of HTML says of itself in its first lines."""
    found = _META_CHARSET.search(page[:4096])
    return found.group(1).decode("ascii") if found else ""


def decode(content: bytes, charset: str = "") -> str:
    """Raises EncodingUnknown."""
    for text in _attempts(content, charset):
        # A NUL is no text: UTF-16 without its mark, or not a text at all.
        if text is not None and "\0" not in text:
            return text
    raise EncodingUnknown


def _attempts(content: bytes, charset: str) -> Iterator[str | None]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            yield _strictly(content, "utf-8-sig" if encoding == "utf-8" else encoding)
            return
    yield _strictly(content, "utf-8")
    if charset:
        yield _strictly(content, charset)
    korean = _strictly(content, "cp949")
    yield korean if korean is not None and _is_everyday_korean(korean) else None
    best = charset_normalizer.from_bytes(content, cp_isolation=_OTHER_ENCODINGS).best()
    yield str(best) if best is not None else None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        name = codecs.lookup(encoding).name
        # Pages that say EUC-KR hold what Windows added to it, too.
        return content.decode("cp949" if name in ("euc_kr", "ks_c_5601-1987") else name)
    except (LookupError, UnicodeDecodeError):
        return None


def _is_everyday_korean(text: str) -> bool:
    """Whether most of what is not ASCII is Hangul of the old standard's 2,350 syllables."""
    foreign = [sign for sign in text if not sign.isascii()]
    hangul = [sign for sign in foreign if "가" <= sign <= "힣"]
    common = sum(1 for sign in hangul if _strictly_encodes(sign))
    return bool(foreign) and common >= 0.7 * len(foreign)


def _strictly_encodes(sign: str) -> bool:
    try:
        return len(sign.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False
