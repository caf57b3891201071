"""The work of a DocumentPreview: a Word file becomes pictures of its pages, else HTML."""

from __future__ import annotations

from typing import Any

import structlog

from apps.common import leftovers, storage
from apps.common.jobs import JobError
from apps.common.live import Publisher

from . import office
from .models import PNG_TYPE, DocumentPreview
from .pictures import Picture, draw
from .rendering import RenderingError
from .rendering.limited import html_limited

logger = structlog.get_logger(__name__)


def preview(job: DocumentPreview, stream: Publisher) -> dict[str, Any]:
    """Raises JobError."""
    try:
        word = storage.read(job.document.key)
        pictures = _pictures(word)
        job.beat()
        if pictures:
            return {"pages": _stored(job, pictures), "html": ""}
        return {"pages": [], "html": html_limited(word)}
    except storage.ObjectMissing as error:
        raise JobError("file_missing", str(error)) from error
    except storage.StorageError as error:
        raise JobError("storage_down", str(error), retryable=True) from error
    except RenderingError as error:
        raise JobError("not_shown", str(error)) from error


def _pictures(word: bytes) -> list[Picture]:
    """None where LibreOffice is missing, or gives nothing that can be drawn."""
    if not office.is_installed():
        return []
    try:
        return draw(office.to_pdf(word))
    except office.OfficeError as error:
        logger.warning("no pages from LibreOffice", error=str(error))
        return []


def _stored(job: DocumentPreview, pictures: list[Picture]) -> list[dict[str, Any]]:
    keys = [storage.new_key("previews", "png") for _picture in pictures]
    leftovers.expect(keys)
    for picture, key in zip(pictures, keys, strict=True):
        storage.write(key, picture.png, content_type=PNG_TYPE)
        job.beat()
    return [
        {"number": picture.number, "width": picture.width, "height": picture.height, "key": key}
        for picture, key in zip(pictures, keys, strict=True)
    ]
