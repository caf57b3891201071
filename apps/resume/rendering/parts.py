"""What a Word template may be made of: by list, not by ban.

A document goes to employers. It fetches nothing when it is opened, and runs nothing. What
is not known to be harmless is refused, whatever name it has in the file: a part counts by
its content type, a relationship by its own type.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from docx.oxml.ns import qn
from lxml import etree

from .errors import TemplateBroken

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_OFFICE = "application/vnd.openxmlformats-officedocument."
XML_PARTS = frozenset(
    [
        RELATIONSHIPS,
        "application/xml",
        "application/vnd.openxmlformats-package.core-properties+xml",
        "application/vnd.ms-word.stylesWithEffects+xml",
        *(
            f"{_OFFICE}{name}+xml"
            for name in (
                "extended-properties", "custom-properties", "customXmlProperties", "theme",
                "themeOverride",
            )
        ),
        *(
            f"{_WORD}{name}+xml"
            for name in (
                "document.main", "document.glossary", "styles", "settings", "webSettings",
                "fontTable", "numbering", "header", "footer", "footnotes", "endnotes", "comments",
                "commentsExtended", "commentsIds", "commentsExtensible", "people",
            )
        ),
    ]
)  # fmt: skip
PICTURES_AND_FONTS = frozenset(
    [
        "image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff",
        "application/vnd.openxmlformats-officedocument.obfuscatedFont",
    ]
)  # fmt: skip
ORIGINS = (
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/ooxml/",
    "http://schemas.microsoft.com/office/",
)
"""Who names kinds of relationships: the standard, in both of its forms, and Word."""
LINK = "hyperlink"
"""The one kind that may lead out of the file, where somebody follows it."""
RELATIONS = frozenset(
    [
        "officeDocument", "core-properties", "extended-properties", "custom-properties",
        "thumbnail", "styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "font",
        "theme", "numbering", "header", "footer", "footnotes", "endnotes", "comments",
        "commentsExtended", "commentsIds", "commentsExtensible", "people", "image", LINK,
        "customXml", "customXmlProps", "glossaryDocument",
    ]
)  # fmt: skip
PROGRAM_ELEMENTS = frozenset(["altChunk", "subDoc", "object", "OLEObject", "control"])
"""What draws another file, or a program, into the text."""
ADDRESSES = frozenset(["src", "href", "althref"])
"""Attributes of old drawings (VML), which Word would fetch."""
LINKED = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
REACHING_FIELDS = re.compile(
    r"\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DDE|DDEAUTO|DATABASE|RD)\b", re.IGNORECASE
)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raises TemplateBroken for what may not stand in a template."""
    names = archive.namelist()
    if len({name.lower() for name in names}) < len(names):
        raise not_word()  # which of two parts of one name is read is up to the reader
    kinds = _content_types(archive)
    for name in names:
        if name == CONTENT_TYPES or name.endswith("/"):
            continue
        kind = kinds(name)
        if kind in PICTURES_AND_FONTS:
            continue
        if kind not in XML_PARTS:
            raise _holds_more(name)
        root = _xml(archive.read(name))
        if kind == RELATIONSHIPS:
            _check_relationships(root, name)
        else:
            _check_elements(root, name)


class _ContentTypes:
    """The type that [Content_Types].xml gives each part: its own, or its ending's."""

    def __init__(self, root: etree._Element) -> None:
        self.own: dict[str, str] = {}
        self.by_ending: dict[str, str] = {}
        for element in root.iter(etree.Element):
            kind = element.get("ContentType", "")
            if part := element.get("PartName"):
                self.own[part.lower().lstrip("/")] = kind
            elif ending := element.get("Extension"):
                self.by_ending[ending.lower()] = kind

    def __call__(self, name: str) -> str:
        ending = name.lower().rpartition(".")[2]
        kind = self.own.get(name.lower()) or self.by_ending.get(ending, "")
        return kind.split(";")[0].strip()


def _content_types(archive: zipfile.ZipFile) -> _ContentTypes:
    try:
        return _ContentTypes(_xml(archive.read(CONTENT_TYPES)))
    except KeyError:
        raise not_word() from None


def _xml(part: bytes) -> etree._Element:
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise not_word() from None
    if root.getroottree().docinfo.doctype:  # Word writes none; entities are its only use
        raise not_word()
    return root


def _check_relationships(root: etree._Element, name: str) -> None:
    for element in root.iter(etree.Element):
        if not isinstance(element.tag, str) or etree.QName(element).localname != "Relationship":
            continue
        kind = element.get("Type", "")
        leads_out = element.get("TargetMode", "Internal") != "Internal"
        told = kind.rsplit("/", 1)[-1]
        if leads_out and not (told == LINK and LINKED.match(element.get("Target", ""))):
            raise _reaches_out()
        if told not in RELATIONS or not kind.startswith(ORIGINS):
            raise _holds_more(f"{name}: {told}")


def _check_elements(root: etree._Element, name: str) -> None:
    for element in root.iter(etree.Element):
        local = etree.QName(element).localname
        if local in PROGRAM_ELEMENTS:
            raise _holds_more(f"{name}: {local}")
        if any(
            etree.QName(attribute).localname in ADDRESSES and not str(value).startswith("#")
            for attribute, value in element.attrib.items()
            if str(value).strip()
        ):
            raise _reaches_out()
    if any(REACHING_FIELDS.match(field) for field in _fields(root)):
        raise _reaches_out()


def _fields(root: etree._Element) -> Iterator[str]:
    """The instruction of each field as far as it is written, one field within another too."""
    opened = [""]
    for element in root.iter(etree.Element):
        if element.tag == qn("w:fldSimple"):
            yield element.get(qn("w:instr"), "")
        elif element.tag == qn("w:instrText"):
            opened[-1] += element.text or ""
            yield opened[-1]
        elif element.tag == qn("w:fldChar"):
            kind = element.get(qn("w:fldCharType"))
            if kind == "begin":
                opened.append("")
            elif kind == "end" and len(opened) > 1:
                opened.pop()


def not_word() -> TemplateBroken:
    return TemplateBroken(
        "워드(.docx) 파일이 아니에요. 워드에서 .docx로 저장해 주세요.",
        "This is not a Word file. Save it from Word as .docx.",
    )


def _holds_more(what: str) -> TemplateBroken:
    return TemplateBroken(
        f"매크로나 다른 파일처럼 양식에 쓸 수 없는 것이 들어 있어요({what}). "
        "빼고 .docx로 다시 저장해 주세요.",
        f"The file holds macros or other files, which a template may not ({what}). "
        "Take them out and save it as .docx.",
    )


def _reaches_out() -> TemplateBroken:
    return TemplateBroken(
        "다른 곳에서 그림이나 서식 파일을 가져오는 파일이에요. 그림은 파일 안에 "
        "넣고, 연결된 서식 파일은 떼어 주세요.",
        "The file fetches pictures, a template or other content from elsewhere. Put "
        "pictures into the file itself, and detach a template that it is linked to.",
    )
