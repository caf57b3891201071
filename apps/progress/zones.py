"""Which day it is for a person."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from apps.accounts.models import User
from apps.reviews.presentation import today_of


def zone_of(user: User) -> tzinfo:
    """One query."""
    return today_of(user).zone


def local_day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()
