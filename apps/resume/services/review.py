"""What a person's review writes: decisions as they are made, and the profile at its end."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ..models import Profile, Upload
from ..profile_data import Entry
from .profiles import profile_save


class ReviewConflict(Exception):
    """Other decisions were saved later, maybe on another device; ``current`` has them."""

    def __init__(self, current: Upload) -> None:
        super().__init__(str(current.review_revision))
        self.current = current


def review_save(*, upload: Upload, decisions: Mapping[str, str], revision: int) -> Upload:
    """Save the decisions that continue ``revision``. Raises ReviewConflict if newer ones exist."""
    saved = Upload.objects.filter(pk=upload.pk, review_revision=revision).update(
        review=dict(decisions), review_revision=F("review_revision") + 1
    )
    upload.refresh_from_db()
    if not saved and upload.review != decisions:
        raise ReviewConflict(upload)
    return upload


def review_apply(*, upload: Upload, data: Entry, revision: int) -> Profile:
    """Save the profile that the review ends in, made of ``revision``.

    Raises profiles.ProfileConflict if the profile has changed since, and ProfileInvalid.
    """
    with transaction.atomic():
        profile = profile_save(user=upload.user, data=data, revision=revision)
        upload.reviewed_at = timezone.now()
        upload.save(update_fields=["reviewed_at"])
    return profile
