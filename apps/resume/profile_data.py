"""A profile's JSON Resume as its editor sees it: sections of entries.

An entry has no id in JSON Resume and its place changes when others move, so the editor
names it by a fingerprint of what it says. An entry that was edited elsewhere meanwhile
is then simply not found, and nothing is overwritten unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

Entry = dict[str, Any]

SECTIONS = (
    "work",
    "projects",
    "education",
    "skills",
    "certificates",
    "awards",
    "languages",
    "volunteer",
    "publications",
    "interests",
    "references",
)
"""Those with entries, in the order in which they are shown."""
LINKS = "profiles"
"""Online profiles, which JSON Resume keeps inside ``basics``; here a section like others."""


def entries(data: Entry, section: str) -> list[Entry]:
    holder = data.get("basics", {}) if section == LINKS else data
    return list(holder.get(section) or [])


def with_entries(data: Entry, section: str, rows: Sequence[Entry]) -> Entry:
    """A copy in which the section holds these rows; an empty section is left out."""
    if section == LINKS:
        return _with(data, "basics", _with(data.get("basics", {}), LINKS, list(rows)))
    return _with(data, section, list(rows))


def with_basics(data: Entry, basics: Entry) -> Entry:
    return _with(data, "basics", basics)


def _with(holder: Entry, name: str, value: Any) -> Entry:
    changed = {**holder, name: value}
    if not value:
        del changed[name]
    return changed


def fingerprint(entry: Entry) -> str:
    """Twelve hexadecimal digits that change with anything the entry says."""
    canonical = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def position(rows: Sequence[Entry], mark: str) -> int | None:
    """Where the entry with this fingerprint stands, if it (still) does."""
    return next((place for place, row in enumerate(rows) if fingerprint(row) == mark), None)


def is_empty(data: Entry) -> bool:
    """Whether there is nothing in it to make a document of."""
    return not any(value for value in data.values())
