"""What would make a profile say more: a hint, never a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .profile_data import LINKS, Entry, entries

ENOUGH_SKILLS = 5
ENOUGH_HIGHLIGHTS = 2


@dataclass(frozen=True, slots=True)
class Hint:
    section: str
    """Where to go: ``basics`` or a section of profile_data."""
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Completeness:
    done: int
    total: int
    hints: list[Hint]

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total)


def completeness(data: Entry) -> Completeness:
    """How many of the things that readers of a developer's résumé look for are there."""
    basics: dict[str, Any] = data.get("basics") or {}
    experience = entries(data, "work") + entries(data, "projects") + entries(data, "volunteer")
    highlights = [line for entry in experience for line in entry.get("highlights") or []]
    skills = sum(len(skill.get("keywords") or [0]) for skill in entries(data, "skills"))
    checks = [
        (basics.get("name"), Hint("basics", _("Add your name."))),
        (basics.get("email"), Hint("basics", _("Add an e-mail address."))),
        (basics.get("phone"), Hint("basics", _("Add a phone number."))),
        (basics.get("label"), Hint("basics", _("Say what you do, for example Backend developer."))),
        (experience, Hint("projects", _("Add a job or a project, a study project counts too."))),
        (
            len(highlights) >= ENOUGH_HIGHLIGHTS,
            Hint(
                "work" if data.get("work") else "projects", _("Add what you achieved, a line each.")
            ),
        ),
        (
            any(re.search(r"\d", line) for line in highlights),
            Hint("work" if data.get("work") else "projects", _("Give one achievement a number.")),
        ),
        (
            experience and all(entry.get("startDate") for entry in experience),
            Hint(
                "work" if data.get("work") else "projects", _("Say when, for each job and project.")
            ),
        ),
        (
            skills >= ENOUGH_SKILLS,
            Hint("skills", _("Name at least five skills that you could talk about.")),
        ),
        (entries(data, "education"), Hint("education", _("Add your school or course."))),
        (
            entries(data, LINKS) or basics.get("url"),
            Hint(LINKS, _("Link to code or writing of yours, for example on GitHub.")),
        ),
        (basics.get("summary"), Hint("basics", _("Introduce yourself in three sentences."))),
    ]
    missing = [hint for present, hint in checks if not present]
    return Completeness(len(checks) - len(missing), len(checks), missing)
