"""Text, dates and links as a Word file can hold them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

# XML 1.0 has no place for most control characters, lone surrogates and U+FFFE/FFFF.
UNWRITABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LINE_BREAK = re.compile("\r\n?|\x85")
HOST = re.compile(r"[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)+\.?")
EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@" + HOST.pattern)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def clean(value: Any) -> Any:
    """The same JSON value without characters that a Word file cannot hold."""
    if isinstance(value, str):
        return UNWRITABLE.sub("", LINE_BREAK.sub("\n", value))
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {clean(key): clean(one) for key, one in value.items()}
    return value


def lines(text: str) -> list[str]:
    """The lines of a text that have something on them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def written_date(date: str, language: str) -> str:
    """2021, 2021-03 or 2021-03-15 as people write it; "" stays ""."""
    year, *rest = date.split("-")
    if language == "ko":
        return ".".join([year, *rest])
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return f"{month} {int(rest[1])}, {year}" if len(rest) == 2 else f"{month} {year}"


def written_period(start: str, end: str, language: str) -> str:
    """A span in months. JSON Resume leaves the end out of what still goes on."""
    first, last = (written_date(date[:7], language) for date in (start, end))
    if first and not last:
        last = "현재" if language == "ko" else "Present"
    if first == last or not first:
        return last
    return f"{first} ~ {last}" if language == "ko" else f"{first} – {last}"


def link_target(text: str) -> str | None:
    """The address that a written link leads to, or None where it is not safe to follow.

    Word refuses a whole file over one address it cannot read, and only web and mail
    addresses may be clicked.
    """
    address = text.strip()
    if EMAIL.fullmatch(address):
        return "mailto:" + quote(address, safe="@.+-_")
    if not re.match(r"[a-zA-Z][\w+.-]*:", address) or re.match(r"[\w.-]+:\d+(/|$)", address):
        address = "https://" + address.lstrip("/")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not HOST.fullmatch(host):
        return None
    if "@" in parts.netloc:  # "https://known.com@elsewhere.com" leads elsewhere
        return None
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    target = f"{parts.scheme.lower()}://{name}" + (f":{port}" if port else "")
    target += quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    if parts.fragment:
        target += "#" + quote(parts.fragment, safe="/?%:@!$&'()*+,;=~-._")
    return target
