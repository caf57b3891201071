"""Word files read back, the way a person's Word would: text in order, links, styles."""

from __future__ import annotations

import io
import zipfile
from functools import cached_property
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree


class Read:
    """What is in a Word file."""

    def __init__(self, document: bytes) -> None:
        self.bytes = document
        self.docx = docx.Document(io.BytesIO(document))

    @cached_property
    def paragraphs(self) -> list[str]:
        """Every paragraph of the body, those of tables too, in the order of reading."""
        return [
            "".join(_written(element) for element in paragraph.iter())
            for paragraph in self.docx.element.body.iter(qn("w:p"))
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    @property
    def headings(self) -> list[str]:
        names = {style.style_id for style in self.docx.styles if style.name == "Heading 1"}
        return [
            paragraph.text for paragraph in self.docx.paragraphs
            if paragraph.style is not None and paragraph.style.style_id in names
        ]  # fmt: skip

    @property
    def links(self) -> dict[str, str]:
        """Where each link leads, by its text."""
        found = {}
        for link in self.docx.element.body.iter(qn("w:hyperlink")):
            text = "".join(_written(element) for element in link.iter())
            found[text] = self.docx.part.rels[link.get(qn("r:id"))].target_ref
        return found

    @property
    def rows(self) -> list[list[str]]:
        return [
            ["\n".join(p.text for p in cell.paragraphs) for cell in row.cells]
            for table in self.docx.tables
            for row in table.rows
        ]

    def xml(self, part: str) -> Any:
        with zipfile.ZipFile(io.BytesIO(self.bytes)) as archive:
            return etree.fromstring(archive.read(part))

    @property
    def parts(self) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(self.bytes)) as archive:
            return archive.namelist()


def word_file(*paragraphs: str, footer: str = "") -> bytes:
    """A Word file as a member of staff might write it."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _written(element: Any) -> str:
    if element.tag == qn("w:t"):
        return element.text or ""
    return {qn("w:br"): "\n", qn("w:tab"): "\t"}.get(element.tag, "") if _in_run(element) else ""


def _in_run(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == qn("w:r")


def values(profile: Any, skip: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(path, text) of every text in a profile, but those whose key is in `skip`."""
    found: list[tuple[str, str]] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                if key not in skip:
                    walk(one, f"{path}.{key}")
        elif isinstance(value, list):
            for index, one in enumerate(value):
                walk(one, f"{path}.{index}")
        else:
            found.append((path.removeprefix("."), value))

    walk(profile, "")
    return found
