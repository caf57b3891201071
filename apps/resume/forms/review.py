"""The review of what was read: each entry is taken or left out, as it stands or corrected.

The form is one flat mapping of strings, from the browser or from the saved draft alike:
``work-0-name``, and for each entry ``work-0-decision`` and ``work-0-order``. Entries keep
the place in which the parser found them as their number; their order is what one sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..merging import BASICS
from ..profile_cards import SECTION_NAMES, TITLES
from ..profile_data import LINKS, SECTIONS, Entry, entries
from .profile import ENTRY_FORMS, BasicsForm, ProfilePartForm

TAKE, LEAVE = "take", "leave"
SURE = 0.7
"""What the parser is less sure of than this has to be looked at."""
MARGIN = 2
"""Points around what is marked, so that a frame does not touch the letters."""
REVIEW_NAMES: dict[str, str | Promise] = {BASICS: _("Who you are"), **SECTION_NAMES}
REVIEW_FORMS: dict[str, type[ProfilePartForm]] = {BASICS: BasicsForm, **ENTRY_FORMS}
ALWAYS_SHOWN = {"startDate", "endDate", "date", "position", *TITLES.values()}
"""Fields that are shown also where nothing was read; the others wait in a fold."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where on a page something was read, in points."""

    page: int
    x: float
    y: float
    width: float
    height: float
    sure: bool


Marks = dict[str, list[Mark]]


@dataclass(frozen=True, slots=True)
class Box:
    """A mark with the fields that were read there."""

    mark: Mark
    field_ids: tuple[str, ...]


class ReviewField:
    def __init__(self, bound: forms.BoundField, marks: list[Mark]) -> None:
        self.bound = bound
        self.marks = marks

    @property
    def id(self) -> str:
        return self.bound.auto_id

    @property
    def sure(self) -> bool:
        return all(mark.sure for mark in self.marks)

    @property
    def first_page(self) -> int | None:
        return self.marks[0].page if self.marks else None

    @property
    def is_folded(self) -> bool:
        return not (
            self.marks or self.bound.value() or self.bound.errors
            or self.bound.name in ALWAYS_SHOWN
        )  # fmt: skip


class ReviewEntry:
    """One entry of a section; the basics are a section with one entry."""

    def __init__(
        self,
        section: str,
        index: int,
        entry: Entry,
        marks: Marks,
        data: Mapping[str, str] | None,
    ) -> None:
        self.section = section
        self.index = index
        self.prefix = f"{section}-{index}"
        self.form = REVIEW_FORMS[section](data, entry=entry)
        self.form.prefix = self.prefix
        self.fields = [
            ReviewField(bound, marks.get(self._pointer(bound.name), [])) for bound in self.form
        ]
        sure = all(field.sure for field in self.fields)
        self.decision = (TAKE if sure else "") if data is None else self._posted(data)
        self.order = index + 1 if data is None else _number(data.get(f"{self.prefix}-order"), index)

    def _pointer(self, name: str) -> str:
        if self.section == BASICS:
            place = "location/" if name in BasicsForm.LOCATION else ""
            return f"/basics/{place}{name}"
        holder = "/basics" if self.section == LINKS else ""
        return f"{holder}/{self.section}/{self.index}/{name}"

    def _posted(self, data: Mapping[str, str]) -> str:
        decision = data.get(f"{self.prefix}-decision", "")
        return decision if decision in (TAKE, LEAVE) else ""

    @property
    def title(self) -> str:
        """What the entry is called, as it was read or is corrected now."""
        if self.section == BASICS:
            return str(REVIEW_NAMES[BASICS])
        for name in (TITLES[self.section], "position", "keywords", "url", "username"):
            value = self.form[name].value() if name in self.form.fields else ""
            if value:
                return value if isinstance(value, str) else ", ".join(value)
        return f"{REVIEW_NAMES[self.section]} {self.index + 1}"

    @property
    def shown(self) -> list[ReviewField]:
        return [field for field in self.fields if not field.is_folded]

    @property
    def folded(self) -> list[ReviewField]:
        return [field for field in self.fields if field.is_folded]

    @property
    def is_valid(self) -> bool:
        return self.decision == LEAVE or (self.decision == TAKE and self.form.is_valid())

    def names(self) -> Iterator[str]:
        yield from (self.form.add_prefix(name) for name in self.form.fields)
        yield from (f"{self.prefix}-decision", f"{self.prefix}-order")


class Review:
    """``resume`` as it was read; ``data`` what was decided, None where nothing is yet."""

    def __init__(self, resume: Entry, data: Mapping[str, str] | None = None) -> None:
        marks = _marks(resume.get("meta", {}).get("provenance", {}))
        basics = {k: v for k, v in (resume.get("basics") or {}).items() if k != LINKS}
        self.sections: list[tuple[str, str | Promise, list[ReviewEntry]]] = []
        for section in (BASICS, LINKS, *SECTIONS):
            rows = ([basics] if basics else []) if section == BASICS else entries(resume, section)
            found = [
                ReviewEntry(section, index, entry, marks, data) for index, entry in enumerate(rows)
            ]
            if found:
                found.sort(key=lambda entry: entry.order)
                self.sections.append((section, REVIEW_NAMES[section], found))

    @cached_property
    def entries(self) -> list[ReviewEntry]:
        return [entry for _section, _name, found in self.sections for entry in found]

    @property
    def undecided(self) -> int:
        return sum(not entry.decision for entry in self.entries)

    def is_valid(self) -> bool:
        """Whether everything is decided, and what is taken can go into a profile."""
        return all(entry.is_valid for entry in self.entries)

    def draft(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Of what was sent, what belongs to this review."""
        names = (name for entry in self.entries for name in entry.names())
        return {name: str(given[name]) for name in names if name in given}

    def accepted(self) -> Entry:
        """JSON Resume with what is taken, in the person's order. Only of a valid review."""
        taken: Entry = {}
        for section, _name, found in self.sections:
            rows = [entry.form.changed() for entry in found if entry.decision == TAKE]
            if not rows:
                continue
            if section == BASICS:
                taken["basics"] = {**taken.get("basics", {}), **rows[0]}
            elif section == LINKS:
                taken.setdefault("basics", {})[LINKS] = rows
            else:
                taken[section] = rows
        return taken

    def boxes(self) -> dict[int, list[Box]]:
        """What to mark, by page. Two dates read at one place share their box."""
        ids: dict[Mark, list[str]] = {}
        for entry in self.entries:
            for field in entry.fields:
                for mark in field.marks:
                    ids.setdefault(mark, []).append(field.id)
        pages: dict[int, list[Box]] = {}
        for mark, field_ids in ids.items():
            pages.setdefault(mark.page, []).append(Box(mark, tuple(dict.fromkeys(field_ids))))
        return pages


def _marks(provenance: Mapping[str, Any]) -> Marks:
    """By the pointer of the value; those of a list's items also by the list's."""
    marks: Marks = {}
    for pointer, source in provenance.items():
        x0, y0, x1, y1 = source["box"]
        mark = Mark(
            source["page"],
            round(x0 - MARGIN, 1),
            round(y0 - MARGIN, 1),
            round(x1 - x0 + 2 * MARGIN, 1),
            round(y1 - y0 + 2 * MARGIN, 1),
            source["confidence"] >= SURE,
        )
        holder, _slash, last = pointer.rpartition("/")
        marks.setdefault(holder if last.isdecimal() else pointer, []).append(mark)
    return marks


def _number(text: str | None, otherwise: int) -> int:
    try:
        return max(0, min(int(text or ""), 9999))
    except ValueError:
        return otherwise + 1
