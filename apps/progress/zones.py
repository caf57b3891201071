"""Which day it is for a person."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from django.utils import timezone

from apps.accounts.models import User


def zone_of(user: User) -> tzinfo:
    return timezone.get_default_timezone()


def local_day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()
