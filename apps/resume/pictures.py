"""Pages of a PDF as pictures, drawn in a child process: the file comes from a stranger."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import structlog
from django.conf import settings

from apps.common import children

logger = structlog.get_logger(__name__)

LIMITS = children.Limits(seconds=45, megabytes=1024)
"""Shorter than a job's lease: nobody renews it meanwhile."""


@dataclass(frozen=True, slots=True)
class Picture:
    number: int
    """Of the page, from 1."""
    width: float
    height: float
    """Of the page, in points."""
    png: bytes


def draw(pdf: bytes, limits: children.Limits = LIMITS) -> list[Picture]:
    """The pages as pictures. A page that cannot be drawn is left out; all, if need be."""
    try:
        ended = children.run(
            [sys.executable, "-m", "apps.resume.drawing"],
            limits,
            given=pdf,
            folder=str(settings.BASE_DIR),
        )
    except (children.ChildTimeout, OSError) as error:
        logger.warning("pages not drawn", error=str(error))
        return []
    if ended.status != 0:
        logger.warning(
            "pages not drawn",
            status=ended.status,
            error=ended.errors[-500:].decode("utf-8", "replace"),
        )
        return []
    head, _newline, rest = ended.output.partition(b"\n")
    pictures = []
    for page in json.loads(head):
        length = page.pop("bytes")
        pictures.append(Picture(**page, png=rest[:length]))
        rest = rest[length:]
    return pictures
