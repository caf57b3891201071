"""Days as a person has them: they begin and end in the person's own time zone."""

from __future__ import annotations

import datetime
import functools
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.conf import settings
from django.utils import timezone

CLOCK_SLACK = timedelta(minutes=5)
"""By which the clocks of our own machines may differ."""
REGIONS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip
"""Where a zone's name begins with a place; the others are old or abbreviations."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a person's, as it is at the moment ``now``."""

    now: datetime.datetime
    zone: zoneinfo.ZoneInfo

    @property
    def date(self) -> datetime.date:
        return self.now.astimezone(self.zone).date()

    @property
    def hour(self) -> int:
        return self.now.astimezone(self.zone).hour

    @property
    def begins(self) -> datetime.datetime:
        return self._midnight(self.date)

    @property
    def ends(self) -> datetime.datetime:
        """The first moment of the next day, in UTC."""
        return self._midnight(self.date + timedelta(days=1))

    @property
    def tomorrow_ends(self) -> datetime.datetime:
        return self._midnight(self.date + timedelta(days=2))

    def _midnight(self, date: datetime.date) -> datetime.datetime:
        midnight = datetime.datetime.combine(date, datetime.time(), self.zone)
        return midnight.astimezone(UTC)

    def days_until(self, moment: datetime.datetime) -> int:
        """Midnights between now and then; 0 for whatever is today or over."""
        return max(0, (moment.astimezone(self.zone).date() - self.date).days)


def day_in(zone_name: str) -> Day:
    return Day(timezone.now(), zone(zone_name))


def zone(name: str) -> zoneinfo.ZoneInfo:
    """By its name, or the site's own where there is none such (any more)."""
    return zoneinfo.ZoneInfo(name if name in zone_names() else settings.TIME_ZONE)


@functools.cache
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@functools.cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """[(region, [(name, place)])], and UTC: what a select offers."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for region in REGIONS:
        names = sorted(name for name in zone_names() if name.startswith(f"{region}/"))
        groups.append((region, [(name, _place(name)) for name in names]))
    return [*groups, ("UTC", [("UTC", "UTC")])]


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", " · ")
