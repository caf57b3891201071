"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import Document, Profile, Upload

DOCUMENT_FIELDS = (
    "id", "template", "language", "version", "status", "error_code", "filename", "size",
    "created_at", "profile",
)  # fmt: skip


def export(user: User) -> dict[str, Any]:
    """{profile, uploads: [{…, resume}], documents: [{…, profile}]}, oldest first.

    The files themselves are behind their pages.
    """
    uploads = Upload.objects.for_user(user).arrived().select_related("parse").order_by("created_at")
    documents = Document.objects.filter(user=user).order_by("created_at")
    profile = Profile.objects.filter(user=user).first()
    return {
        "profile": profile.data if profile else {},
        "uploads": [_upload(upload) for upload in uploads],
        "documents": list(documents.values(*DOCUMENT_FIELDS)),
    }


def _upload(upload: Upload) -> dict[str, Any]:
    assert upload.parse is not None
    return {
        "id": upload.pk,
        "filename": upload.filename,
        "size": upload.size,
        "created_at": upload.created_at,
        "reviewed_at": upload.reviewed_at,
        "review": upload.review,
        "status": upload.parse.status,
        "error_code": upload.parse.error_code,
        "resume": upload.parse.resume,
    }
