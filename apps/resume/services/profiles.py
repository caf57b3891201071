"""What a person writes into their profile.

Whole-profile writers (review, import, API) name the revision they read; the editor
changes one entry and names it by its fingerprint. Neither overwrites what it has not seen.
The same form sent twice, by a double click or the way back, changes nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.common import leftovers, limits, storage
from apps.common.limits import DAY, MINUTE, Limit

from .. import profile_limits
from ..models import PHOTO_TYPE, Profile
from ..profile_data import Entry, entries, fingerprint, position, with_basics, with_entries
from ..rendering import ProfileInvalid
from ..rendering.profile import read_profile
from ..rendering.text import clean

MAX_BYTES = 1024 * 1024
"""Of the profile as JSON."""
PHOTOS = (Limit("photos", 10, MINUTE), Limit("photos", 100, DAY))
FRAME = ("$schema", "meta")
"""What a JSON Resume file says of itself rather than of the person."""


class ProfileConflict(Exception):
    """The profile, or the entry, was changed elsewhere meanwhile; ``current`` is it."""

    def __init__(self, current: Profile) -> None:
        super().__init__(str(current.revision))
        self.current = current


def profile_of(user: User) -> Profile:
    """The person's profile, made empty where there is none yet."""
    profile, _created = Profile.objects.get_or_create(user=user)
    return profile


def profile_save(*, user: User, data: Any, revision: int) -> Profile:
    """Save a whole profile that continues ``revision``.

    Raises ProfileConflict if a newer one exists, and ProfileInvalid.
    """
    read_profile(data)
    # A section may be null, which counts as left out.
    kept = {name: value for name, value in data.items() if name not in FRAME and value is not None}
    profile_of(user)
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(user=user)
        if profile.revision != revision:
            raise ProfileConflict(profile)
        _write(profile, kept)
    return profile


def basics_save(*, user: User, basics: Entry, mark: str) -> Profile:
    """Save who the person is, read when its fingerprint was ``mark``.

    Raises ProfileConflict, and ProfileInvalid for more than fits.
    """

    def change(data: Entry) -> Entry | None:
        now = data.get("basics", {})
        if fingerprint(now) != mark:
            return data if now == clean(basics) else None
        return with_basics(data, basics)

    return _change(user, change)


def entry_add(*, user: User, section: str, entry: Entry) -> Profile:
    """Put ``entry`` at the end of its section, unless the section has just this one already."""

    def change(data: Entry) -> Entry:
        rows = entries(data, section)
        return data if clean(entry) in rows else with_entries(data, section, [*rows, entry])

    return _change(user, change)


def entry_save(*, user: User, section: str, mark: str, entry: Entry) -> Profile:
    """Put ``entry`` in the place of the one with this fingerprint. Raises ProfileConflict."""
    try:
        return _change_rows(user, section, mark, lambda rows, place: rows.__setitem__(place, entry))
    except ProfileConflict as conflict:
        if clean(entry) in entries(conflict.current.data, section):
            return conflict.current
        raise


def entry_remove(*, user: User, section: str, mark: str) -> Profile:
    """Raises ProfileConflict."""
    return _change_rows(user, section, mark, lambda rows, place: rows.__delitem__(place))


def entry_move(*, user: User, section: str, mark: str, by: int) -> Profile:
    """Move an entry up (-1) or down (1); at the end it stays. Raises ProfileConflict."""

    def move(rows: list[Entry], place: int) -> None:
        rows.insert(max(0, place + by), rows.pop(place))

    return _change_rows(user, section, mark, move)


def _change_rows(
    user: User, section: str, mark: str, edit: Callable[[list[Entry], int], None]
) -> Profile:
    def change(data: Entry) -> Entry | None:
        rows = entries(data, section)
        place = position(rows, mark)
        if place is None:
            return None
        edit(rows, place)
        return with_entries(data, section, rows)

    return _change(user, change)


def _change(user: User, change: Callable[[Entry], Entry | None]) -> Profile:
    """Save what ``change`` makes of the data; None from it is a conflict."""
    profile_of(user)
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(user=user)
        data = change(profile.data)
        if data is None:
            raise ProfileConflict(profile)
        _write(profile, data)
    return profile


def _write(profile: Profile, data: Entry) -> None:
    data = clean(data)  # no database and no document takes a lone surrogate
    if data == profile.data:
        return
    profile_limits.check(data, profile.data)
    if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_BYTES:
        raise ProfileInvalid(
            "프로필이 너무 길어요. 1MB 이하로 줄여 주세요.",
            "This profile is too long. Keep it under 1 MB.",
        )
    profile.data = data
    profile.revision += 1
    profile.save(update_fields=["data", "revision", "updated_at"])


def photo_save(*, user: User, jpeg: bytes) -> Profile:
    """Store a photo in the place of the last. Raises LimitReached and StorageError."""
    limits.count(user.pk, *PHOTOS)
    profile_of(user)
    key = storage.new_key("photos", "jpg")
    leftovers.expect([key])
    storage.write(key, jpeg, content_type=PHOTO_TYPE)
    return _replace_photo(user, key)


def photo_remove(*, user: User) -> Profile:
    profile_of(user)
    return _replace_photo(user, "")


def _replace_photo(user: User, key: str) -> Profile:
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(user=user)
        leftovers.keep([key])
        leftovers.discard([profile.photo_key])
        profile.photo_key = key
        profile.revision += 1
        profile.save(update_fields=["photo_key", "revision", "updated_at"])
    return profile
