"""A web page's main text, without what surrounds it on every page of its site."""

from __future__ import annotations

import re

import trafilatura
from trafilatura.settings import Document

from apps.common.decoding import declared_charset

from .plain import decoded
from .reading import Reading, RefusedFile, joined

TITLE_MAX_LENGTH = 200
# Shorter, beside a script, it is a note to readers without one, not the page.
SHORTEST_TEXT = 40
_HEAD = re.compile(r"<head\b.*?</head\s*>", re.IGNORECASE | re.DOTALL)
_LINKED_DATA = re.compile(
    r"<script[^>]{0,200}application/ld\+json[^>]{0,200}>.*?</script\s*>", re.IGNORECASE | re.DOTALL
)
_ASKS_FOR_BROWSER = re.compile(
    r"(?<![^.!?\n])[^.!?\n]*"
    r"(?:(?:enable|turn on|requires?|without|needs?)[^.!?\n]{0,40}java\s?script"
    r"|java\s?script[^.!?\n]{0,40}(?:enabled|disabled|required|turned)"
    r"|자바\s?스크립트[^.!?\n]{0,20}(?:활성|켜|허용)|(?:supported|modern|update your) browser"
    r"|지원(?:하지 않는|되지 않는) 브라우저|브라우저[는를] 지원)[^.!?\n]*[.!?]?",
    re.IGNORECASE,
)


def read(content: bytes, charset: str) -> Reading:
    html = decoded(content, charset or declared_charset(content))
    page = trafilatura.bare_extraction(
        html, include_comments=False, with_metadata=True, favor_recall=True
    )
    text = (page.text or "") if isinstance(page, Document) else ""
    if _is_shell(html, text):
        raise RefusedFile("needs_browser")
    if not isinstance(page, Document):
        raise RefusedFile("no_text")
    text = joined(map(_table_line, text.split("\n")))
    return Reading(text, (page.title or "").strip()[:TITLE_MAX_LENGTH], _published_on(html))


def _is_shell(html: str, text: str) -> bool:
    """A page whose text a script would bring: what is left are words about that."""
    told = _ASKS_FOR_BROWSER.sub("", text)
    return len(told.strip()) < SHORTEST_TEXT and (told != text or "<script" in html.lower())


def _published_on(html: str) -> str:
    """The date that the page declares of itself; a date in its text may be anything's."""
    head = _HEAD.search(html)
    declared = "".join([head[0] if head else "", "<body>", *_LINKED_DATA.findall(html), "</body>"])
    found = trafilatura.extract_metadata(
        f"<html>{declared}</html>",
        date_config={"extensive_search": False, "original_date": True},
    )
    return (found.date if found else None) or ""


def _table_line(line: str) -> str:
    """A row of a table without the rulers that Markdown puts around it."""
    if re.fullmatch(r"\s*\|[\s|:-]*", line):
        return ""
    return line.strip().strip("|").strip() if line.lstrip().startswith("|") else line
