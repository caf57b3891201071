"""LibreOffice, where it is installed: a Word file as PDF.

It runs apart, with a profile of its own: two at once in one profile refuse each other,
and what one file does to it must not reach the next.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from apps.common import children

LIMITS = children.Limits(seconds=90, megabytes=4096)
"""Some seconds are usual. It reserves far more addresses than it uses memory."""


FONTS = Path(__file__).parent / "fonts.conf"


class OfficeError(Exception):
    """LibreOffice made no PDF of this file."""


def is_installed() -> bool:
    return shutil.which(settings.SOFFICE) is not None


def to_pdf(word: bytes) -> bytes:
    """Raises OfficeError."""
    with tempfile.TemporaryDirectory(prefix="ssammu-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / "document.docx"
        source.write_bytes(word)
        try:
            ended = children.run(
                [
                    settings.SOFFICE,
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    "--headless", "--norestore", "--nolockcheck", "--nodefault",
                    "--convert-to", "pdf:writer_pdf_Export",
                    "--outdir", str(folder), str(source),
                ],
                LIMITS,
                # Its caches and its keyring belong to this folder, too.
                environment={"HOME": str(folder), "FONTCONFIG_FILE": str(FONTS)},
                folder=str(folder),
            )  # fmt: skip
        except (children.ChildTimeout, OSError) as error:
            raise OfficeError(str(error)) from error
        made = folder / "document.pdf"
        # It exits with 0 whether or not it could read the file.
        if not made.exists():
            raise OfficeError(ended.errors[-1000:].decode("utf-8", "replace"))
        return made.read_bytes()
