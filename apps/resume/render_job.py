"""The work of a Document: the profile as it was becomes a Word file in the store."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import structlog
from django.utils import timezone

from apps.common import leftovers, storage
from apps.common.jobs import JobError
from apps.common.live import Publisher

from .models import WORD_TYPE, Document, DocumentTemplate
from .rendering import TEMPLATES, PhotoUnreadable, ProfileInvalid, RenderingError
from .rendering.limited import render_limited
from .rendering.registry import template_bytes

logger = structlog.get_logger(__name__)

NAME_LENGTH = 60
"""Characters: Korean takes three bytes each, and file systems end a name at 255 bytes."""
WORDS = {"ko": "이력서", "en": "Resume"}


def write(document: Document, stream: Publisher) -> dict[str, Any]:
    """Make the file and store it. Raises JobError."""
    try:
        photo = _photo(document)
        content = render_limited(
            _template(document.template),
            document.profile,
            document.language,
            photo,
            # Also when it is tried again tomorrow.
            today=timezone.localdate(document.created_at),
        )
        document.beat()
        key = storage.new_key("documents", "docx")
        leftovers.expect([key])
        storage.write(key, content, content_type=WORD_TYPE)
    except RenderingError as error:
        logger.warning("document not rendered", template=document.template, error=str(error))
        raise _told(document, error) from error
    except storage.StorageError as error:
        raise JobError("storage_down", str(error), retryable=True) from error
    return {"key": key, "filename": filename(document), "size": len(content)}


def _photo(document: Document) -> bytes | None:
    if not document.photo_key:
        return None
    try:
        return storage.read(document.photo_key)
    except storage.ObjectMissing as error:
        raise JobError("photo_unreadable", str(error)) from error


def _template(slug: str) -> bytes:
    if slug in TEMPLATES:
        return template_bytes(slug)
    contents = DocumentTemplate.objects.filter(slug=slug).values_list("content", flat=True)
    for content in contents:
        return bytes(content)
    raise JobError("template_gone", slug)


def _told(document: Document, error: RenderingError) -> JobError:
    if isinstance(error, ProfileInvalid):
        return JobError("profile_invalid", str(error))
    if isinstance(error, PhotoUnreadable):
        return JobError("photo_unreadable", str(error))
    if document.template in TEMPLATES:  # it works: the machine had no time for it
        return JobError("internal", str(error), retryable=True)
    return JobError("template_broken", str(error))


def filename(document: Document) -> str:
    """이력서_지우_v2.docx: a name that every file system takes."""
    parts = [WORDS[document.language], _written(document.profile), f"v{document.version}"]
    return "_".join(part for part in parts if part) + ".docx"


def _written(profile: dict[str, Any]) -> str:
    """The person's name without what Windows refuses, or what turns or hides text."""
    name = str((profile.get("basics") or {}).get("name") or "")
    name = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character)[0] != "C" or character in "\t\n"
    )
    name = re.sub(r'[\\/:*?"<>|\s_.]+', "_", name)
    return name[:NAME_LENGTH].strip("_")
