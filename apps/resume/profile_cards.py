"""How an entry of the profile is shown: one shape for all sections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .bounds import MOST_ENTRIES
from .profile_data import LINKS, Entry, entries, fingerprint
from .rendering.text import lines, link_target, written_date, written_period

SECTION_NAMES: dict[str, str | Promise] = {
    LINKS: _("Links"),
    "work": _("Work"),
    "projects": _("Projects"),
    "education": _("Education"),
    "skills": _("Skills"),
    "certificates": _("Certificates"),
    "awards": _("Awards"),
    "languages": _("Languages"),
    "volunteer": _("Activities and volunteering"),
    "publications": _("Publications"),
    "interests": _("Interests"),
    "references": _("References"),
}
TITLES = {
    "work": "name",
    "projects": "name",
    "education": "institution",
    "skills": "name",
    "certificates": "name",
    "awards": "title",
    "languages": "language",
    "volunteer": "organization",
    "publications": "name",
    "interests": "name",
    "references": "name",
    LINKS: "network",
}
SUBTITLES = {
    "work": ("position", "location"),
    "projects": ("type", "entity"),
    "education": ("area", "studyType", "score"),
    "skills": ("level",),
    "certificates": ("issuer",),
    "awards": ("awarder",),
    "languages": ("fluency",),
    "volunteer": ("position",),
    "publications": ("publisher",),
    LINKS: ("username",),
}
PARAGRAPHS = ("description", "summary", "reference")
POINTS = ("highlights", "courses")
CHIPS = ("keywords", "roles")
DATES = ("date", "releaseDate")


@dataclass(frozen=True, slots=True)
class Card:
    mark: str
    """The entry's fingerprint."""
    title: str
    subtitle: str
    period: str
    url: str
    target: str | None
    """Where the address leads, if it is safe to follow."""
    paragraphs: list[str]
    points: list[str]
    chips: list[str]


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    name: str | Promise
    cards: list[Card] = field(default_factory=list)


def sections(data: Entry, language: str) -> list[Section]:
    """All of them, also those without entries: each can be added to.

    Of a section from before ``profile_limits`` what is over them appears as it shrinks.
    """
    return [
        Section(
            slug,
            name,
            [card(slug, entry, language) for entry in entries(data, slug)[:MOST_ENTRIES]],
        )
        for slug, name in SECTION_NAMES.items()
    ]


def card(section: str, entry: Entry, language: str) -> Card:
    url = _text(entry.get("url"))
    subtitle = [_text(entry.get(name)) for name in SUBTITLES.get(section, ())]
    title = _text(entry.get(TITLES[section]))
    rest = [part for part in subtitle if part]
    if not title and rest:
        title = rest.pop(0)
    return Card(
        mark=fingerprint(entry),
        title=title or url,
        subtitle=" · ".join(rest),
        period=_period(entry, language),
        url=url,
        target=link_target(url) if url else None,
        paragraphs=[line for name in PARAGRAPHS for line in lines(_text(entry.get(name)))],
        points=_texts(entry, POINTS),
        chips=_texts(entry, CHIPS),
    )


def _period(entry: Entry, language: str) -> str:
    for name in DATES:
        if entry.get(name):
            return written_date(entry[name], language)
    if entry.get("startDate") or entry.get("endDate"):
        return written_period(entry.get("startDate") or "", entry.get("endDate") or "", language)
    return ""


def _text(value: Any) -> str:
    return str(value or "").strip()


def _texts(entry: Entry, names: tuple[str, ...]) -> list[str]:
    return [text for name in names for text in entry.get(name) or [] if text.strip()]
