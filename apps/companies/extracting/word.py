"""A Word document's paragraphs and tables, in their order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from .reading import Reading, RefusedFile, joined

UNPACKED_MAX_BYTES = 100 * 1024 * 1024
"""Of all parts together: more is a bomb, not a document."""


def read(content: bytes, charset: str) -> Reading:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if "word/document.xml" not in parts.namelist():
                raise RefusedFile("not_docx")
            if sum(part.file_size for part in parts.infolist()) > UNPACKED_MAX_BYTES:
                raise RefusedFile("too_complex")
    except zipfile.BadZipFile as error:
        # A locked Word file is an OLE container with an encrypted package in it.
        locked = (
            content.startswith(b"\xd0\xcf\x11\xe0")
            and "EncryptedPackage".encode("utf-16-le") in content
        )
        raise RefusedFile("encrypted" if locked else "not_docx") from error
    document = docx.Document(io.BytesIO(content))
    return Reading(joined(_docx_paragraphs(document.iter_inner_content())))


def _docx_paragraphs(blocks: Iterator[Paragraph | Table]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _words(block)
        else:
            yield "\n".join(_rows(block))


def _words(paragraph: Paragraph) -> str:
    """Also what was inserted under revision; what Word repeats for old readers only once."""
    words: list[str] = []
    for node in paragraph._p.iter(qn("w:t"), qn("w:tab"), qn("w:br")):
        if any(above.tag.endswith("}Fallback") for above in node.iterancestors()):
            continue
        if any(above.tag == qn("w:tabs") for above in node.iterancestors()):
            continue  # a tab stop, not a tab
        words.append(node.text or "" if node.tag == qn("w:t") else " ")
    return "".join(words)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen = None
        for cell in row.cells:
            if cell._tc is not seen:  # a merged cell comes once for each column
                inner = " ".join(_docx_paragraphs(cell.iter_inner_content()))
                cells.append(" ".join(inner.split()))
            seen = cell._tc
        if any(cells):
            yield " | ".join(cells)
