"""What was read and confirmed joins the profile, and overwrites nothing unseen.

An empty place is filled, equal values stay, lists are united, an entry that the profile
has already is not doubled. Where both say something and it differs, that is a conflict,
and the profile's value stays unless the person chooses the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .profile_cards import TITLES
from .profile_data import LINKS, SECTIONS, Entry, entries, with_basics, with_entries

BASICS = "basics"
THEIRS = "theirs"
"""The choice that takes the value of the résumé; every other keeps the profile's."""
LOCATION = "location"

STARTS = {"certificates": "date", "awards": "date", "publications": "releaseDate"}
"""Where an entry's day is not its startDate."""
TELLING = {"work": ("position",), "volunteer": ("position",), "education": ("studyType", "area")}
"""What else tells entries of one title apart where their dates do not."""
DATES = ("startDate", "endDate", "date", "releaseDate")
COMPANY_FORMS = re.compile(
    r"\(주\)|\(유\)|주식회사|유한회사|\b(?:inc|incorporated|co|ltd|llc|corp|corporation|gmbh)\b"
)


@dataclass(frozen=True, slots=True)
class Conflict:
    id: str
    """``section/place/field``: the place is the entry's in the profile."""
    section: str
    entry: Entry
    """The profile's, to name it by."""
    field: str
    mine: Any
    """The profile's value; "" for the end of what still goes on."""
    theirs: Any
    """The résumé's."""


@dataclass(slots=True)
class Merged:
    data: Entry
    conflicts: list[Conflict] = field(default_factory=list)
    """All there are, also those that a choice has settled."""


def merge(profile: Entry, accepted: Entry, choices: Mapping[str, str]) -> Merged:
    """The profile with what was accepted. ``choices`` are "theirs" by a conflict's id."""
    merged = Merged(profile)
    joining = _Joining(choices, merged.conflicts)
    basics = {name: value for name, value in accepted.get("basics", {}).items() if name != LINKS}
    if basics:
        merged.data = with_basics(
            merged.data, joining.entry(BASICS, 0, profile.get("basics") or {}, basics)
        )
    for section in (LINKS, *SECTIONS):
        theirs = entries(accepted, section)
        if theirs:
            rows = joining.section(section, entries(merged.data, section), theirs)
            merged.data = with_entries(merged.data, section, rows)
    return merged


class _Joining:
    def __init__(self, choices: Mapping[str, str], conflicts: list[Conflict]) -> None:
        self.choices = choices
        self.conflicts = conflicts

    def section(self, name: str, mine: list[Entry], theirs: list[Entry]) -> list[Entry]:
        if name == "skills":
            theirs = _unknown_skills(mine, theirs)
        joined = list(mine)
        free = list(range(len(mine)))
        new = []
        for entry in theirs:
            place = next((at for at in free if _is_same_entry(name, mine[at], entry)), None)
            if place is None:
                new.append(entry)
            else:
                free.remove(place)
                joined[place] = self.entry(name, place, mine[place], entry)
        return _placed(name, joined, new)

    def entry(self, section: str, place: int, mine: Entry, theirs: Entry) -> Entry:
        joined = dict(mine)
        for name, value in theirs.items():
            if not value:
                continue
            now = mine.get(name)
            if isinstance(value, list) and isinstance(now or [], list):
                joined[name] = _united(now or [], value)
            elif name == LOCATION and isinstance(value, dict):
                joined[name] = self._location(mine, value)
            elif not now and not (name == "endDate" and mine.get("startDate")):
                joined[name] = value
            elif name == TITLES.get(section):
                continue  # by which they were found to be the same
            elif not _says_nothing_new(name, str(now or ""), str(value)):
                joined[name] = self._choice(section, place, mine, name, now or "", value)
        return {name: value for name, value in joined.items() if value}

    def _location(self, mine: Entry, theirs: dict[str, str]) -> dict[str, str]:
        """As a whole: one's city with the other's street would be nowhere."""
        now = mine.get(LOCATION) or {}
        both = [name for name in now if now.get(name) and theirs.get(name)]
        if all(_folded(now[name]) == _folded(theirs[name]) for name in both) and (both or not now):
            return {**theirs, **now}
        choice: dict[str, str] = self._choice(BASICS, 0, mine, LOCATION, now, theirs)
        return choice

    def _choice(
        self, section: str, place: int, entry: Entry, name: str, mine: Any, theirs: Any
    ) -> Any:
        conflict = Conflict(f"{section}/{place}/{name}", section, entry, name, mine, theirs)
        self.conflicts.append(conflict)
        return theirs if self.choices.get(conflict.id) == THEIRS else mine


def _folded(text: Any) -> str:
    """For comparing: case, spacing and compatibility forms do not count."""
    return " ".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def _bare(text: Any) -> str:
    """For comparing names: neither does the legal form nor punctuation."""
    folded = _folded(text)
    return re.sub(r"\W", "", COMPANY_FORMS.sub("", folded)) or folded


def _address(url: Any) -> str:
    return re.sub(r"^(https?:)?(//)?(www\.)?|/+$", "", _folded(url))


def _says_nothing_new(name: str, mine: str, theirs: str) -> bool:
    if name == "url":
        return _address(mine) == _address(theirs)
    if name == "phone":
        return re.sub(r"\D", "", mine) == re.sub(r"\D", "", theirs) != ""
    if name in DATES:
        return bool(mine) and mine.startswith(theirs)  # the month of that year, the same year
    return _folded(mine) == _folded(theirs)


def _united(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    known = {_folded(one) for one in mine}
    return [*mine, *(one for one in theirs if _folded(one) not in known)]


def _is_same_entry(section: str, mine: Entry, theirs: Entry) -> bool:
    if section == LINKS:
        if mine.get("url") and theirs.get("url"):
            return _address(mine["url"]) == _address(theirs["url"])
        names = ("network", "username")
        return all(_folded(mine.get(name, "")) == _folded(theirs.get(name, "")) for name in names)
    title = TITLES[section]
    if _bare(mine.get(title, "")) != _bare(theirs.get(title, "")):
        return False
    start = STARTS.get(section, "startDate")
    first, second = mine.get(start, ""), theirs.get(start, "")
    if not (first.startswith(second) or second.startswith(first)):
        return False
    if first and second:
        return True
    telling = TELLING.get(section, ())
    return all(
        not mine.get(name) or not theirs.get(name) or _bare(mine[name]) == _bare(theirs[name])
        for name in telling
    )


def _unknown_skills(mine: list[Entry], theirs: list[Entry]) -> list[Entry]:
    """Each skill once: groups are cut to the skills that no group of the profile has."""
    known = {_folded(word) for group in mine for word in group.get("keywords") or []}
    groups = {_folded(group.get("name", "")) for group in mine}
    unknown = []
    for group in theirs:
        keywords = group.get("keywords") or []
        new = [word for word in keywords if _folded(word) not in known]
        if keywords and not new:
            continue
        if not keywords and _folded(group.get("name", "")) in known - groups:
            continue
        unknown.append({**group, "keywords": new} if keywords else group)
    return unknown


def _placed(section: str, mine: list[Entry], new: list[Entry]) -> list[Entry]:
    """New entries after the profile's, or among them where those run from the newest back."""
    start = STARTS.get(section, "startDate")
    days = [entry.get(start, "") for entry in [*mine, *new]]
    own = days[: len(mine)]
    if mine and all(days) and all(later >= earlier for later, earlier in pairwise(own)):
        return sorted([*mine, *new], key=lambda entry: str(entry[start]), reverse=True)
    return [*mine, *new]
