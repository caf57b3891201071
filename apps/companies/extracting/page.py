"""A web page's main text, without what surrounds it on every page of its site."""

from __future__ import annotations

import re

import trafilatura
from trafilatura.settings import Document

from .decoding import declared_charset
from .plain import decoded
from .reading import Reading, RefusedFile, joined


def read(content: bytes, charset: str) -> Reading:
    page = trafilatura.bare_extraction(
        decoded(content, charset or declared_charset(content)),
        include_comments=False,
        with_metadata=True,
        favor_recall=True,
    )
    if not isinstance(page, Document):
        raise RefusedFile("no_text")
    text = joined(_table_line(line) for line in (page.text or "").split("\n"))
    return Reading(text, (page.title or "").strip()[:200], page.date or "")


def _table_line(line: str) -> str:
    """A row of a table without the rulers that Markdown puts around it."""
    if re.fullmatch(r"\s*\|[\s|:-]*", line):
        return ""
    return line.strip().strip("|").strip() if line.lstrip().startswith("|") else line
