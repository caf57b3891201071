"""How well somebody knows a key point, from its marks in the order of the answers.

known      the last mark is ``covered``; after a miss, the last two are
solid      known, and the last two marks are ``covered``
shaky      the last mark is ``partial`` or ``unsure``, or ``covered`` for the first time since
           it was ever missed
unknown    the last mark is ``missing`` or ``wrong``

Marks that are guesses say neither that a point is known nor that it is missed: ``unsure``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

COVERED = "covered"
UNSURE = "unsure"
MISSED = ("missing", "wrong")

KNOWN_AFTER_A_MISS = 2
"""Covered so often in a row: once may be what was read a minute ago."""
SOLID = 2
"""Covered so often in a row: said again, another time, in other words."""


class Level(models.IntegerChoices):
    """Weakest first: lists sort by the number."""

    UNKNOWN = 1, _("Unknown")
    SHAKY = 2, _("Shaky")
    KNOWN = 3, _("Known")
    SOLID = 4, _("Solid")


@dataclass(frozen=True, slots=True)
class Standing:
    level: Level
    last_status: str
    times_covered: int
    times_missed: int
    covered_in_a_row: int
    """At the end, up to the last mark."""


def status_of(judged: str, guess: bool) -> str:
    """What a mark says: a guess claims nothing."""
    return UNSURE if guess else judged


def standing_of(statuses: Sequence[str]) -> Standing:
    """From at least one mark, first answer first."""
    last = statuses[-1]
    missed = sum(status in MISSED for status in statuses)
    in_a_row = len(list(itertools.takewhile(lambda status: status == COVERED, reversed(statuses))))
    return Standing(
        level=_level(last, missed, in_a_row),
        last_status=last,
        times_covered=statuses.count(COVERED),
        times_missed=missed,
        covered_in_a_row=in_a_row,
    )


def _level(last: str, missed: int, in_a_row: int) -> Level:
    if last in MISSED:
        return Level.UNKNOWN
    if last != COVERED or (missed and in_a_row < KNOWN_AFTER_A_MISS):
        return Level.SHAKY
    return Level.SOLID if in_a_row >= SOLID else Level.KNOWN
