"""What a person does with their Word files."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.common import leftovers, limits, storage
from apps.common.jobs import enqueue_afresh, enqueue_on_commit
from apps.common.limits import DAY, MINUTE, Limit

from ..models import PHOTO_TYPE, Document, DocumentPreview, DocumentTemplate, Profile
from ..offered import Template, template_offered
from ..profile_data import is_empty

DOCUMENTS = (Limit("documents", 30, MINUTE), Limit("documents", 300, DAY))
"""Made, first or again: each takes a worker seconds."""


class ProfileEmpty(Exception):
    """There is nothing yet to make a document of."""


@dataclass(frozen=True, slots=True)
class Made:
    document: Document
    is_new: bool
    """False: nothing has changed since ``document``, so there is no other."""


def document_create(*, user: User, template: str, language: str) -> Made:
    """Take the profile as it is and queue its document as the next version.

    The latest version serves again while nothing has changed, which also makes a double
    click harmless. Raises ProfileEmpty, TemplateGone, LimitReached and StorageError.
    """
    chosen = template_offered(template)
    profile = Profile.objects.filter(user=user).first()
    if profile is None or is_empty(profile.data):
        raise ProfileEmpty
    if latest := _still_good(profile, chosen, language):
        return Made(latest, is_new=False)
    limits.count(user.pk, *DOCUMENTS)
    photo_key = _copy_of_photo(profile, chosen)
    with transaction.atomic():
        # As with attempts: the person's row lets their requests pass one by one.
        User.objects.select_for_update().get(pk=user.pk)
        if latest := _still_good(profile, chosen, language):
            return Made(latest, is_new=False)
        known = Document.objects.filter(user=user, template=chosen.slug, language=language)
        leftovers.keep([photo_key])
        document = Document.objects.create(
            user=user,
            template=chosen.slug,
            language=language,
            version=(known.aggregate(last=Max("version"))["last"] or 0) + 1,
            profile=profile.data,
            profile_revision=profile.revision,
            photo_key=photo_key,
        )
        enqueue_on_commit(document)
    return Made(document, is_new=True)


def _still_good(profile: Profile, template: Template, language: str) -> Document | None:
    """The latest version, if making it again would give the same file."""
    latest = (
        Document.objects.filter(user=profile.user_id, template=template.slug, language=language)
        .order_by("-version")
        .first()
    )
    if latest is None or latest.status == Document.Status.FAILED:
        return None
    if latest.profile_revision != profile.revision:
        return None
    if isinstance(template, DocumentTemplate) and template.file_changed_at > latest.created_at:
        return None
    # A form says on which day it was written.
    is_of_today = timezone.localdate(latest.created_at) == timezone.localdate()
    return latest if is_of_today else None


def _copy_of_photo(profile: Profile, template: Template) -> str:
    """A document keeps its photo when the profile gets another. Raises StorageError."""
    takes_photo = isinstance(template, DocumentTemplate) or template.takes_photo
    if not (profile.photo_key and takes_photo):
        return ""
    key = storage.new_key("document-photos", "jpg")
    leftovers.expect([key])
    storage.write(key, storage.read(profile.photo_key), content_type=PHOTO_TYPE)
    return key


def document_retry(*, document: Document) -> bool:
    """Start a failed document afresh, as it was; False if that cannot help.

    Raises LimitReached.
    """
    if not document.can_be_tried_again:
        return False
    limits.count(document.user_id, *DOCUMENTS)
    if not document.requeue():
        return False
    enqueue_afresh(document)
    return True


def document_delete(*, document: Document) -> None:
    """Delete a document with its files. A worker that is at it finds that out and stops."""
    with transaction.atomic():
        # Locked, so that no worker adds a file between reading the keys and deleting.
        locked = Document.objects.select_for_update().filter(pk=document.pk).first()
        if locked is None:
            return
        previews = DocumentPreview.objects.select_for_update().filter(document=locked)
        leftovers.discard(
            [*locked.file_keys(), *(key for preview in previews for key in preview.file_keys())]
        )
        locked.delete()
