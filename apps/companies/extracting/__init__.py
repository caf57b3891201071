"""Text out of files from strangers: PDF, DOCX, TXT and HTML, read in a child process.

The other modules run in the child; they and their libraries are imported nowhere else.
"""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common import children

FILE_MAX_BYTES = 10 * 1024 * 1024
LIMITS = children.Limits(seconds=20, megabytes=1500)
ROOT = Path(__file__).resolve().parents[3]

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
    "html": "text/html",
    "htm": "text/html",
}

MESSAGES: dict[str, str | Promise] = {
    "unknown_type": _(
        "This kind of file cannot be read. Choose a PDF, DOCX, TXT or HTML file; "
        "save others (such as HWP or DOC) as PDF first."
    ),
    "too_large": _("This file is larger than 10 MB."),
    "empty": _("This file is empty."),
    "not_pdf": _("This file is named PDF but is none."),
    "not_docx": _("This file is named DOCX but is no Word document."),
    "binary": _("This file is named as a text but holds something else."),
    "encrypted": _("This file is locked with a password. Save it without one."),
    "damaged": _("This file is damaged and cannot be read."),
    "too_complex": _("Reading this file takes too long or too much memory. Save it more simply."),
    "too_long": _("This file holds more text than we keep. Split it into parts."),
    "scanned": _(
        "This PDF holds pictures of pages and no text. Recognise its text first, or paste it."
    ),
    "needs_browser": _(
        "This page shows its text only in a browser. Open it there, and paste the text."
    ),
    "no_text": _("There is no text in this file."),
    "encoding": _("This file's encoding is not known. Save it as UTF-8."),
}


class UnreadableFile(Exception):
    """No text came out of this file; ``code`` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class Extracted:
    text: str
    title: str = ""
    published_on: datetime.date | None = None


def ending_of(filename: str) -> str:
    """The ending of a file's name that says how to read it. Raises UnreadableFile."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if ending not in TYPES:
        raise UnreadableFile("unknown_type")
    return ending


def extract(
    content: bytes, ending: str, charset: str = "", limits: children.Limits = LIMITS
) -> Extracted:
    """The text of a file, as paragraphs. Raises UnreadableFile.

    ``charset``: as whoever sent the file said; used where the file itself does not say.
    """
    if not content:
        raise UnreadableFile("empty")
    if len(content) > FILE_MAX_BYTES:
        raise UnreadableFile("too_large")
    command = [sys.executable, "-m", "apps.companies.extracting.child", ending, charset]
    try:
        ended = children.run(command, limits, given=content, folder=str(ROOT))
    except children.ChildTimeout as error:
        raise UnreadableFile("too_complex") from error
    if ended.status < 0 or ended.status == MEMORY_SPENT:
        # The system ended it: for its processor time, for its memory, or in a reader's crash.
        raise UnreadableFile("too_complex" if ended.status == MEMORY_SPENT else "damaged")
    if ended.status:
        raise RuntimeError(f"the reader of files did not run: {ended.errors[-500:]!r}")
    answer = json.loads(ended.output)
    if "refused" in answer:
        raise UnreadableFile(answer["refused"])
    day = answer["published_on"]
    return Extracted(
        answer["text"], answer["title"], datetime.date.fromisoformat(day) if day else None
    )


MEMORY_SPENT = 77
"""The child's exit status after a failed allocation."""
