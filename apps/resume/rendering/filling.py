"""Filling a Word template: docxtpl in a sandbox, with what never changes remembered.

docxtpl works on the XML as text, and replaces `{_{` and its like even in what a person
wrote. So braces of values travel as character references until the XML is read again.
"""

from __future__ import annotations

import io
from datetime import date
from functools import lru_cache
from typing import Any

from docx.image.exceptions import InvalidImageStreamError, UnrecognizedImageError
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from .errors import PhotoUnreadable
from .fields import fields
from .profile import Profile, read_profile
from .registry import template_bytes
from .text import link_target

PHOTO_BOX = (Mm(30), Mm(40))
"""Korean forms expect a photo of 3 by 4 cm."""
PROPERTY_LENGTH = 255
REMEMBERED = 64
"""Parts of templates (a body, a header, a footer each count)."""


def render(
    profile: dict[str, Any],
    template: str,
    language: str,
    photo: bytes | None = None,
    *,
    today: date | None = None,
) -> bytes:
    """The Word file of a profile in the shipped template of this name.

    `profile` is JSON Resume v1.0.0, `language` "ko" or "en", `photo` a JPEG or PNG for
    templates that take one. Raises ProfileInvalid, PhotoUnreadable, and KeyError for a
    template that does not exist.
    """
    return render_file(template_bytes(template), profile, language, photo, today=today)


def render_file(
    template: bytes,
    profile: dict[str, Any],
    language: str,
    photo: bytes | None = None,
    *,
    today: date | None = None,
) -> bytes:
    """The same with any Word file as the template; whatever it does wrong is raised."""
    known = read_profile(profile)
    document = _Document(io.BytesIO(template))
    document.init_docx()

    def plain(text: str) -> _Run | str:
        return _Run(text) if text.strip() else ""

    def link(text: str) -> _Run | str:
        return _Run(text, document) if text.strip() else ""

    values = fields(known, language, link, plain, today or date.today())
    values["photo"] = _photo(document, photo) if photo else ""
    document.render(values, ENVIRONMENT)
    _describe(document, known, values["t"]["resume"], language)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _finalize(value: Any) -> Any:
    """Written values with their braces out of docxtpl's reach."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return Markup(str(escape(value)).replace("{", "&#123;").replace("}", "&#125;"))
    return value


class _Environment(ImmutableSandboxedEnvironment):
    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        return _compiled(source)


ENVIRONMENT = _Environment(autoescape=True, finalize=_finalize, undefined=StrictUndefined)


@lru_cache(REMEMBERED)
def _compiled(source: str) -> Template:
    return ImmutableSandboxedEnvironment.from_string(ENVIRONMENT, source)


@lru_cache(REMEMBERED)
def _patched(xml: str) -> str:
    """docxtpl's reading of tags depends on the XML alone."""
    return str(DocxTemplate.patch_xml(DocxTemplate(""), xml))


class _Document(DocxTemplate):
    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml)

    def fix_tables(self, xml: str) -> Any:
        # docxtpl reads what it can of broken XML and drops the rest in silence.
        etree.fromstring(xml)
        tree = super().fix_tables(xml)
        # Word refuses a cell without a paragraph, which is what empty conditions leave.
        for cell in tree.iter(qn("w:tc")):
            if cell.find(qn("w:p")) is None:
                etree.SubElement(cell, qn("w:p"))
        # LibreOffice, which makes the previews, takes missing distances for wide ones.
        for picture in tree.iter(qn("wp:inline")):
            for side in ("distT", "distB", "distL", "distR"):
                picture.set(side, "0")
        return tree

    def link(self, address: str) -> str | None:
        """The id by which a run may point to an address; None in headers and footers.

        Their addresses are a list of their own, which docxtpl gives no way to add to.
        """
        part = self.docx.part
        if self.current_rendering_part is not part:
            return None
        return str(part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))


class _Run:
    """A run of text: what `{{r … }}` writes. With a document it leads where it says."""

    def __init__(self, text: str, document: _Document | None = None) -> None:
        self._text = text
        self._document = document

    def __str__(self) -> str:
        return self._text

    def __html__(self) -> str:
        text = f'<w:t xml:space="preserve">{_finalize(self._text)}</w:t>'
        target = link_target(self._text) if self._document else None
        key = self._document.link(target) if self._document and target else None
        if key is None:
            return f"<w:r>{text}</w:r>"
        return (
            f'<w:hyperlink r:id="{key}" w:history="1">'
            f'<w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr>{text}</w:r></w:hyperlink>'
        )


def _photo(document: _Document, photo: bytes) -> InlineImage:
    """The photo as large as its box lets it be. PhotoUnreadable: Word cannot show it."""
    try:
        picture = Image.from_blob(photo)
        width, height = int(picture.px_width), int(picture.px_height)
    except (UnrecognizedImageError, InvalidImageStreamError, ValueError, KeyError, OSError):
        width = height = 0
    except Exception as error:  # python-docx reads headers without checking their lengths
        raise _unreadable_photo() from error
    if width <= 0 or height <= 0:
        raise _unreadable_photo()
    scale = min(PHOTO_BOX[0] / width, PHOTO_BOX[1] / height)
    return InlineImage(
        document, io.BytesIO(photo), width=int(width * scale), height=int(height * scale)
    )


def _unreadable_photo() -> PhotoUnreadable:
    return PhotoUnreadable(
        "사진을 읽을 수 없어요. JPEG나 PNG 파일로 다시 골라 주세요.",
        "The photo cannot be read. Choose a JPEG or PNG file.",
    )


def _describe(document: _Document, profile: Profile, title: str, language: str) -> None:
    """Title and author as file managers show them; never tags of a template."""
    name = profile.basics.name.strip()
    properties = document.docx.core_properties
    properties.author = name[:PROPERTY_LENGTH]
    properties.last_modified_by = name[:PROPERTY_LENGTH]
    properties.title = (f"{name} {title}" if name else title)[:PROPERTY_LENGTH]
    properties.language = "ko-KR" if language == "ko" else "en-US"
