"""The work of a ResumeParse: fetch the file, read it, draw its pages, store the pictures."""

from __future__ import annotations

import threading
from typing import Any

from apps.common import leftovers, storage
from apps.common.children import ChildNotStarted
from apps.common.jobs import JobError
from apps.common.live import Publisher

from .models import PNG_TYPE, ResumeParse
from .parsing import ParsedResume, RefusedFile
from .parsing.limits import Parser
from .pictures import Picture, draw

STEPS = ("fetching", "reading", "drawing")
"""What a watcher is told, in this order: ``progress {state: "running", step}``."""

_kept = threading.local()


def read(job: ResumeParse, stream: Publisher) -> dict[str, Any]:
    """What the file says, with its pages as pictures. Raises JobError.

    Without pictures the reading is still worth having, so they never make it fail.
    """
    _tell(stream, "fetching")
    pdf = _fetch(job.key)
    _tell(stream, "reading")
    parsed = _parse(pdf)
    job.beat()
    _tell(stream, "drawing")
    pictures = draw(pdf)
    job.beat()
    return {
        "resume": parsed.resume,
        "language": parsed.language,
        "pages": _stored(job, stream, pictures),
    }


def _tell(stream: Publisher, step: str, **more: int) -> None:
    stream.publish("progress", {"state": "running", "step": step, **more})


def _fetch(key: str) -> bytes:
    try:
        return storage.read(key)
    except storage.ObjectMissing as error:
        raise JobError("file_missing", str(error)) from error
    except storage.StorageError as error:
        raise JobError("storage_down", str(error), retryable=True) from error


def _parse(pdf: bytes) -> ParsedResume:
    try:
        return _parser().parse(pdf)
    except RefusedFile as refusal:
        raise JobError(refusal.code) from refusal
    except ChildNotStarted as error:  # a busy machine heals
        raise JobError("internal", str(error), retryable=True) from error


def _parser() -> Parser:
    """One child process for each thread of the worker, kept over many files."""
    if not hasattr(_kept, "parser"):
        _kept.parser = Parser()
    parser: Parser = _kept.parser
    return parser


def _stored(job: ResumeParse, stream: Publisher, pictures: list[Picture]) -> list[dict[str, Any]]:
    keys = [storage.new_key("pages", "png") for _picture in pictures]
    leftovers.expect(keys)
    pages = []
    try:
        for picture, key in zip(pictures, keys, strict=True):
            _tell(stream, "drawing", page=picture.number, pages=len(pictures))
            storage.write(key, picture.png, content_type=PNG_TYPE)
            job.beat()
            pages.append(
                {
                    "number": picture.number,
                    "width": picture.width,
                    "height": picture.height,
                    "key": key,
                }
            )
    except storage.StorageError as error:
        if job.failures + 1 < job.MAX_FAILURES:
            raise JobError("storage_down", str(error), retryable=True) from error
        return []
    return pages
