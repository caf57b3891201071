"""Where the title stands in a reference: after the authors, before where it was published."""

from __future__ import annotations

import re

_INITIALS = r"[A-Z]\.(?:[\s-]?[A-Z]\.)*"
_SURNAME = r"(?:(?:van|von|de|der|la)\s)*[A-ZÀ-Þ][\w'’-]+"
_AUTHOR = (
    rf"(?:{_INITIALS}\s?{_SURNAME}|{_SURNAME},\s{_INITIALS}"
    rf"|[A-ZÀ-Þ][\w'’-]+\s(?:[A-Z]\.\s)?{_SURNAME})[*†‡]?"
)
_NEXT = r"(?:\s*[,;&]\s*(?:and\s+|&\s*)?|\s+and\s+)"
_AUTHORS = re.compile(
    rf"(?:\[\d+\]\s*)?(?:{_AUTHOR}{_NEXT})*(?:{_AUTHOR}|et al\.?)(?:,?\s+et al\.?)?\s*[.:,]?\s*(?=[\"“(A-Z0-9])"
    rf"(?:\(?(?:19|20)\d\d\)?[.,:]?\s+)?"
)
_QUOTED = re.compile(r"[\"“]([^\"”]{8,}?)[,.]?[\"”]")
_SENTENCE = re.compile(r"(?P<title>.{8,}?)(?:[.?!](?=\s|$)|,\s+(?:In|Proc\.?|Journal)\b|$)")


def cited_title(text: str) -> tuple[int, int] | None:
    """Begin and end of the title in a reference with authors; None where `text` is none."""
    if quoted := _QUOTED.search(text):
        return quoted.span(1)
    authors = _AUTHORS.match(text)
    if authors is None or not re.search(rf"{_INITIALS}|{_NEXT}", authors.group()[:-1]):
        return None
    title = _SENTENCE.match(text, authors.end())
    return title.span("title") if title else None
