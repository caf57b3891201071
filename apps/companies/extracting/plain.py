"""A text as it is, in whatever encoding it was saved."""

from __future__ import annotations

from apps.common.decoding import EncodingUnknown, decode

from .reading import READ_MAX_LENGTH, Reading, RefusedFile


def decoded(content: bytes, charset: str) -> str:
    if b"%PDF-" in content[:1024] or content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise RefusedFile("binary")
    try:
        return decode(content, charset)
    except EncodingUnknown as error:
        raise RefusedFile("encoding") from error


def read(content: bytes, charset: str) -> Reading:
    text = decoded(content, charset)
    if len(text) > READ_MAX_LENGTH:
        raise RefusedFile("too_long")
    if not text.strip():
        raise RefusedFile("no_text")
    return Reading(text)
