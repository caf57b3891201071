"""May this Word file be a template? It is tried before anybody relies on it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import docx
from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from lxml import etree

from .errors import RenderingError, TemplateBroken
from .filling import render_file
from .sample import EMPTY_PROFILE, FULL_PROFILE, PHOTO

MAX_UNPACKED = 30 * 1024 * 1024
LINK = "/hyperlink"
"""How the one kind of relationship ends that may lead out of the file."""
PROGRAMS = re.compile(r"(^|/)(vbaProject|vbaData|activeX|embeddings)\b", re.IGNORECASE)
REACHING_FIELDS = re.compile(
    r"\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DDE|DDEAUTO|DATABASE|RD)\b", re.IGNORECASE
)
LANGUAGES = ("ko", "en")


def check_template(template: bytes) -> None:
    """Renders a full and an empty profile in both languages.

    Raises TemplateBroken with a sentence for whoever made the template.
    """
    _check_size(template)
    _check_reach(template)
    for profile, photo in ((EMPTY_PROFILE, None), (FULL_PROFILE, PHOTO)):
        for language in LANGUAGES:
            document = docx.Document(io.BytesIO(fill(template, profile, language, photo)))
            _check_document(document)
    name = FULL_PROFILE["basics"]["name"]
    if name not in "".join(document.element.itertext()):
        raise TemplateBroken(
            "이 양식에는 이름이 나오지 않아요. {{ name }}을 넣어 주세요.",
            "A person's name does not appear. Put {{ name }} where it belongs.",
        )


def _check_size(template: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
            parts = archive.namelist()
    except zipfile.BadZipFile:
        raise _not_word() from None
    if "word/document.xml" not in parts:
        raise _not_word()
    if unpacked > MAX_UNPACKED:
        raise TemplateBroken(
            "파일이 너무 커요. 그림을 줄이고 다시 저장해 주세요.",
            "The file is too large. Save it with smaller pictures.",
        )


def _check_reach(template: bytes) -> None:
    """A document goes to employers: it fetches nothing when it is opened, and runs nothing."""
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        for name in archive.namelist():
            if PROGRAMS.search(name):
                raise TemplateBroken(
                    "매크로나 다른 파일이 들어 있어요. 빼고 .docx로 다시 저장해 주세요.",
                    "The file holds macros or other files. Take them out and save it as .docx.",
                )
            if name.endswith((".xml", ".rels")) and _reaches_out(archive.read(name)):
                raise TemplateBroken(
                    "다른 곳에서 그림이나 서식 파일을 가져오는 파일이에요. 그림은 파일 안에 "
                    "넣고, 연결된 서식 파일은 떼어 주세요.",
                    "The file fetches pictures, a template or other content from elsewhere. Put "
                    "pictures into the file itself, and detach a template that it is linked to.",
                )


def _reaches_out(part: bytes) -> bool:
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise _not_word() from None
    if root.getroottree().docinfo.doctype:  # Word writes none; entities are its only use
        raise _not_word()
    fields = [""]  # those that are open, one within the other
    for element in root.iter(etree.Element):
        if element.get("TargetMode") == "External" and not element.get("Type", "").endswith(LINK):
            return True
        if element.tag == qn("w:fldSimple") and REACHING_FIELDS.match(
            element.get(qn("w:instr"), "")
        ):
            return True
        if element.tag == qn("w:instrText"):
            fields[-1] += element.text or ""
            if REACHING_FIELDS.match(fields[-1]):
                return True
        elif element.tag == qn("w:fldChar"):
            kind = element.get(qn("w:fldCharType"))
            if kind == "begin":
                fields.append("")
            elif kind == "end" and len(fields) > 1:
                fields.pop()
    return False


def _not_word() -> TemplateBroken:
    return TemplateBroken(
        "워드(.docx) 파일이 아니에요. 워드에서 .docx로 저장해 주세요.",
        "This is not a Word file. Save it from Word as .docx.",
    )


def fill(
    template: bytes,
    profile: dict[str, Any],
    language: str,
    photo: bytes | None = None,
    *,
    today: date | None = None,
) -> bytes:
    """As ``render_file``, but whatever the template does wrong is a TemplateBroken."""
    try:
        return render_file(template, profile, language, photo, today=today)
    except (RenderingError, MemoryError):
        raise
    except TemplateSyntaxError as error:
        raise TemplateBroken(
            f"태그를 읽을 수 없어요: {error.message}", f"A tag cannot be read: {error.message}"
        ) from error
    except UndefinedError as error:
        raise TemplateBroken(
            f"없는 항목을 쓰고 있어요: {error.message}",
            f"A tag names a field that does not exist: {error.message}",
        ) from error
    except SecurityError as error:
        raise TemplateBroken(
            f"허용되지 않는 태그가 있어요: {error.message}",
            f"A tag does what templates may not do: {error.message}",
        ) from error
    except etree.XMLSyntaxError as error:
        raise TemplateBroken(
            "태그 때문에 문서가 깨져요. 여는 태그와 닫는 태그를 같은 문단, 행, 칸에 두어 주세요.",
            "The tags break the document: open and close each of them in the same paragraph, "
            "row or cell.",
        ) from error
    except Exception as error:
        # A template is a program that somebody else wrote: anything may come out of it.
        raise TemplateBroken(
            f"이 파일로는 문서를 만들 수 없어요: {error}",
            f"No document can be made from this file: {error}",
        ) from error


def _check_document(document: Any) -> None:
    if any(len(text) for text in document.element.iter(qn("w:t"))):
        raise TemplateBroken(
            "링크는 태그에 r을 붙여 주세요. 예: {{r email }}",
            "Write links with r in the tag, for example {{r email }}.",
        )
