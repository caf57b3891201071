"""May this Word file be a template? It is tried before anybody relies on it."""

from __future__ import annotations

import io
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
from .parts import check_parts, not_word
from .sample import EMPTY_PROFILE, FULL_PROFILE, PHOTO

MAX_UNPACKED = 30 * 1024 * 1024
LANGUAGES = ("ko", "en")


def check_template(template: bytes) -> None:
    """Renders a full and an empty profile in both languages.

    Raises TemplateBroken with a sentence for whoever made the template.
    """
    _check_size(template)
    _check_parts(template)
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
        raise not_word() from None
    if "word/document.xml" not in parts:
        raise not_word()
    if unpacked > MAX_UNPACKED:
        raise TemplateBroken(
            "파일이 너무 커요. 그림을 줄이고 다시 저장해 주세요.",
            "The file is too large. Save it with smaller pictures.",
        )


def _check_parts(template: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        check_parts(archive)


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
