"""The whole way from bytes to a résumé: checks, pages, order, sections, values."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymupdf

from .assembly import assemble
from .layout import Block, read_order
from .refusals import RefusedFile
from .text import PageText, read_page

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
HANGUL = re.compile(r"[가-힣]")
LATIN = re.compile(r"[A-Za-z]")
PAGE_HAS_TEXT = 12  # characters; fewer on a page with a picture is a scan with a page number

WARNINGS = {
    "hidden_text": (
        "보이지 않는 글자가 있어서 읽지 않았어요.",
        "Some text on the page cannot be seen by a reader, so it was left out.",
    ),
    "repaired": (
        "파일이 손상돼서 읽을 수 있는 부분만 읽었어요.",
        "The file is damaged; only what could be recovered was read.",
    ),
    "picture_page": (
        "사진으로만 된 쪽은 읽지 못했어요.",
        "A page that is only a picture was not read.",
    ),
    "recognised": (
        "사진에서 글자를 알아낸 쪽이 있어요. 잘못 읽은 곳이 없는지 확인해 주세요.",
        "Text was recognised from a picture of the page; check it for misreadings.",
    ),
    "little_text": (
        "글이 아주 짧아서 읽어 낸 내용이 거의 없어요.",
        "There is very little text, so little could be read.",
    ),
    "not_a_resume": (
        "이력서의 항목(경력, 학력, 기술 등)을 찾지 못했어요. 이력서 파일이 맞는지 확인해 주세요.",
        "No résumé sections such as experience or education were found. Check that this is a résumé.",
    ),
    "no_contact": (
        "이메일과 전화번호를 찾지 못했어요.",
        "No e-mail address or phone number was found.",
    ),
}


@dataclass(slots=True, frozen=True)
class Limits:
    """How much a file may ask for. Seconds and megabytes hold in a child process only."""

    size: int = 10 * 1024 * 1024  # bytes
    pages: int = 30
    seconds: float = 20.0
    megabytes: int = 1024


@dataclass(slots=True)
class ParsedResume:
    """`resume` is JSON Resume v1.0.0 with `meta.provenance` and `meta.warnings`."""

    resume: dict[str, Any]
    language: str
    pages: int
    warnings: list[str] = field(default_factory=list)


def parse(pdf: bytes, *, limits: Limits = Limits()) -> ParsedResume:
    """Read a résumé. Raises RefusedFile for what cannot be read at all."""
    check(pdf, limits)
    document = open_document(pdf, limits)
    try:
        return _read(document, limits)
    finally:
        document.close()


def check(pdf: bytes, limits: Limits) -> None:
    """Refuse by size and first bytes, before anything opens the file."""
    if not pdf.strip(b"\0 \r\n\t"):
        raise RefusedFile("empty")
    if len(pdf) > limits.size:
        raise RefusedFile("too_large")
    head = pdf[:2048]
    if b"%PDF-" in head:
        return
    if head[:4] == b"PK\x03\x04":
        if b"word/" in pdf[:65536] or b"[Content_Types]" in head:
            raise RefusedFile("word_file")
        if b"application/hwp" in head or b"Contents/" in head:
            raise RefusedFile("hwp")
        raise RefusedFile("not_pdf")
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        # The old container of both; what it holds is named inside in UTF-16.
        hwp = "FileHeader".encode("utf-16-le") in pdf or b"HWP Document File" in pdf
        raise RefusedFile("hwp" if hwp else "word_file")
    if head.startswith(b"HWP Document File"):
        raise RefusedFile("hwp")
    if head.startswith(b"{\\rtf"):
        raise RefusedFile("word_file")
    if re.search(rb"<!doctype\s+html|<html|<head|<body", head, re.IGNORECASE):
        raise RefusedFile("html")
    raise RefusedFile("not_pdf")


def open_document(pdf: bytes, limits: Limits) -> pymupdf.Document:
    """Open the PDF or say why not."""
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        document = pymupdf.open(stream=pdf, filetype="pdf")
    except Exception as error:  # MuPDF raises many kinds; all mean the same here
        raise RefusedFile("damaged") from error
    try:
        if document.needs_pass:
            raise RefusedFile("encrypted")
        count = document.page_count
    except RefusedFile:
        document.close()
        raise
    except Exception as error:
        document.close()
        raise RefusedFile("damaged") from error
    if count > limits.pages:
        document.close()
        raise RefusedFile("too_many_pages")
    if count == 0:
        broken = document.is_repaired or b"%%EOF" not in pdf[-2048:]
        document.close()
        raise RefusedFile("damaged" if broken else "no_pages")
    return document


def _read(document: pymupdf.Document, limits: Limits) -> ParsedResume:
    pages, warnings = _pages(document)
    if document.is_repaired:
        warnings.append("repaired")
    if not any(page.segments for page in pages):
        if "picture_page" in warnings:
            raise RefusedFile("scanned_without_ocr")
        raise RefusedFile("damaged" if document.is_repaired else "blank")
    if sum(page.hidden for page in pages) > 3:
        warnings.append("hidden_text")
    _drop_furniture(pages)
    language = _language(pages)
    blocks: list[Block] = []
    for page in pages:
        blocks += read_order(page)
    links = {page.number: page.links for page in pages}
    resume, found = assemble(blocks, links, language)
    warnings += found
    meta = {
        "version": "v1.0.0",
        "language": language,
        "pages": len(pages),
        "warnings": [{"code": code, "message": WARNINGS[code][1]} for code in warnings],
        "provenance": resume.pop("provenance"),
    }
    return ParsedResume({"$schema": SCHEMA, **resume, "meta": meta}, language, len(pages), warnings)


def _pages(document: pymupdf.Document) -> tuple[list[PageText], list[str]]:
    pages: list[PageText] = []
    warnings: list[str] = []
    broken = 0
    for number in range(document.page_count):
        try:
            page = document[number]
            text = read_page(page)
        except Exception:  # one broken page must not lose the others
            broken += 1
            continue
        if sum(len(one.text) for one in text.segments) < PAGE_HAS_TEXT:
            text = _from_picture(page, text, warnings)
        pages.append(text)
    if broken:
        if not pages:
            raise RefusedFile("damaged")
        warnings.append("repaired")
    return pages, list(dict.fromkeys(warnings))


PAGE_NUMBER = re.compile(
    r"^\W*(?:page\s*)?\d{1,2}\s*(?:(?:/|of)\s*\d{1,2})?\s*(?:쪽|페이지)?\W*$|^(?:https?|file|about):\S+$",
    re.IGNORECASE,
)
MARGIN = 0.06  # of the page's height, at its top and bottom


def _drop_furniture(pages: list[PageText]) -> None:
    """Leave out page numbers, and running heads and feet after they were read once."""
    seen: set[tuple[str, int]] = set()
    for page in pages:
        kept = []
        for one in page.segments:
            if MARGIN * page.height < one.y0 and one.y1 < (1 - MARGIN) * page.height:
                kept.append(one)
                continue
            key = (re.sub(r"\d+", "0", one.text), round(one.y0 / 4))
            number = bool(PAGE_NUMBER.match(one.text)) and (
                one.y0 > page.height / 2 or len(pages) > 1
            )
            if number or key in seen:
                continue
            seen.add(key)
            kept.append(one)
        page.segments = kept


def _from_picture(page: pymupdf.Page, text: PageText, warnings: list[str]) -> PageText:
    """A page without text may be a scan: use its own text layer, or recognise it."""
    pictures = page.get_image_info()
    area = max(1.0, page.rect.width * page.rect.height)
    covered = sum(
        max(0.0, pymupdf.Rect(picture["bbox"]).intersect(page.rect).get_area())
        for picture in pictures
    )
    scan = covered > 0.4 * area
    if scan and text.hidden > PAGE_HAS_TEXT:
        layer = read_page(page, keep_invisible=True)
        if layer.segments:
            warnings.append("recognised")
            return layer
    if not scan and not _drawn_letters(page):
        return text
    recognised = _recognise(page)
    if recognised is None:
        warnings.append("picture_page")
        return text
    if recognised.segments:
        warnings.append("recognised")
    return recognised


def _drawn_letters(page: pymupdf.Page) -> bool:
    """Text turned into outlines, as design tools export it: hundreds of small shapes."""
    small = 0
    for drawing in page.get_cdrawings():
        x0, y0, x1, y1 = drawing["rect"]
        if x1 - x0 < 400 and 2 < y1 - y0 < 60:
            small += len(drawing["items"])
            if small > 300:
                return True
    return False


def tesseract_data() -> str | None:
    """Where Tesseract's language data is, or None where it is not installed."""
    for folder in (
        os.environ.get("TESSDATA_PREFIX", ""),
        "/usr/share/tesseract-ocr/5/tessdata",
        "/usr/share/tesseract-ocr/4.00/tessdata",
        "/usr/share/tessdata",
        "/usr/local/share/tessdata",
        "/opt/homebrew/share/tessdata",
    ):
        if folder and (Path(folder) / "eng.traineddata").exists():
            return folder
    return None


def _recognise(page: pymupdf.Page) -> PageText | None:
    """The page read by OCR, or None where Tesseract's data is not installed."""
    folder = tesseract_data()
    if folder is None:
        return None
    korean = (Path(folder) / "kor.traineddata").exists()
    language = "kor+eng" if korean else "eng"
    try:
        textpage = page.get_textpage_ocr(language=language, dpi=200, full=True, tessdata=folder)
    except Exception:  # OCR is a best effort; without it the page counts as a picture
        return None
    return read_page(page, ocr=textpage, keep_invisible=True)


def _language(pages: list[PageText]) -> str:
    text = " ".join(one.text for page in pages for one in page.segments)
    korean, latin = len(HANGUL.findall(text)), len(LATIN.findall(text))
    # Technology names are Latin in Korean résumés too; a syllable says more than a letter.
    return "ko" if korean * 4 > latin else "en"
