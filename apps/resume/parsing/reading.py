"""The whole way from bytes to a résumé: checks, pages, order, sections, values."""

from __future__ import annotations

import re
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pymupdf

from .assembly import assemble
from .contact import is_contact
from .layout import Block, read_order
from .refusals import RefusedFile
from .scans import PAGE_HAS_TEXT, read_picture
from .segments import PageText, Segment
from .text import read_page

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
HANGUL = re.compile(r"[가-힣]+")
LATIN = re.compile(r"[A-Za-z]+")
RECOGNISING = 0.6  # of the time limit; a picture looked at later is left unread

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
    "section_unread": (
        "읽지 못한 항목이 있어요. 빠진 내용이 없는지 확인해 주세요.",
        "One section could not be read; check what is missing.",
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
    seconds: float = 35.0  # OCR takes three for a page
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
    pages, warnings = _pages(document, limits)
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


def _pages(document: pymupdf.Document, limits: Limits) -> tuple[list[PageText], list[str]]:
    until = time.monotonic() + RECOGNISING * limits.seconds
    pages: list[PageText] = []
    warnings: list[str] = []
    broken = 0
    for number in range(document.page_count):
        try:
            page = document[number]
            _check_contents(page)
            text = read_page(page)
        except (RefusedFile, MemoryError):
            raise
        except Exception as error:  # one broken page must not lose the others
            if "alloc" in str(error):
                raise MemoryError from error
            broken += 1
            continue
        if sum(len(one.text) for one in text.segments) < PAGE_HAS_TEXT:
            text = read_picture(page, text, warnings, until)
        pages.append(text)
    if broken:
        if not pages:
            raise RefusedFile("damaged")
        warnings.append("repaired")
    return pages, list(dict.fromkeys(warnings))


LONGEST_CONTENTS = 50 << 20
"""Bytes of one page's drawing, unpacked."""
MOST_INFLATED = 1032
"""How many bytes Deflate can make of one (RFC 1951: 258 of two bits)."""


def _check_contents(page: pymupdf.Page) -> None:
    """Refuse a page whose contents unpack to more than any page needs.

    MuPDF would work through it for minutes, or give up on it as on a damaged one.
    """
    room = LONGEST_CONTENTS
    for xref in page.get_contents():
        packed = page.parent.xref_stream_raw(xref)
        if packed is None or len(packed) * MOST_INFLATED < room:
            continue
        inflater = zlib.decompressobj()
        try:
            while packed and room > 0:
                room -= len(inflater.decompress(packed, 1 << 20))
                packed = inflater.unconsumed_tail
        except zlib.error:
            continue  # packed otherwise, or broken: MuPDF knows better
        if room <= 0:
            raise RefusedFile("too_complex")


PAGE_NUMBER = re.compile(
    r"^\W*(?:page\s*)?\d{1,2}\s*(?:(?:/|of)\s*\d{1,2})?\s*(?:쪽|페이지)?\W*$|^(?:https?|file|about):\S+$",
    re.IGNORECASE,
)
FOOT = re.compile(
    r"\bpage\s+\d+\s*(?:of|/)\s*\d+|\blast updated\b|[-–—·|]\s*\d+\s*/\s*\d+$"
    r"|^\W*\d{4}\s?[년./]\s?\d{1,2}\s?[월./]\s?\d{1,2}\s?일?\W*$"
    r"|^\W*(?:curriculum vitae|r[eé]sum[eé]|cv|이력서|경력기술서)\W*\d*\W*$",
    re.IGNORECASE,
)
DRAWN_RULE = re.compile(r"^[=\-_*~#.─━═—]{6,}$")  # a rule typed as characters
NUMBER = re.compile(r"\d+")
MARGIN = 0.06  # of the page's height, at its top and bottom


def _drop_furniture(pages: list[PageText]) -> None:
    """Leave out page numbers, and running heads and feet after they were read once."""
    seen: set[tuple[str, int]] = set()
    repeated: set[tuple[str, int]] = set()
    if len(pages) > 1:
        places = Counter(
            _place_and_words(one)
            for page in pages
            for one in page.segments
            if _in_margin(one, page)
        )
        repeated = {key for key, times in places.items() if times > 1}
    # What heads a later page was said at the top of the first: the name, a number.
    top = " ".join(one.text for one in pages[0].segments if one.y1 < 0.25 * pages[0].height)
    for page in pages:
        kept = []
        for one in page.segments:
            if DRAWN_RULE.match(one.text):
                continue
            if not _in_margin(one, page):
                kept.append(one)
                continue
            key = _place_and_words(one)
            low = one.y0 > page.height / 2
            number = bool(PAGE_NUMBER.match(one.text)) and (low or len(pages) > 1)
            foot = low and (FOOT.search(one.text) or (key in repeated and not is_contact(one.text)))
            head = page is not pages[0] and not low and (FOOT.search(one.text) or one.text in top)
            if number or foot or head or key in seen:
                continue
            seen.add(key)
            kept.append(one)
        page.segments = kept


def _in_margin(one: Segment, page: PageText) -> bool:
    return one.y0 <= MARGIN * page.height or one.y1 >= (1 - MARGIN) * page.height


def _place_and_words(one: Segment) -> tuple[str, int]:
    return (NUMBER.sub("0", one.text), round(one.y0 / 4))


def _language(pages: list[PageText]) -> str:
    text = " ".join(one.text for page in pages for one in page.segments)
    korean, latin = (sum(map(len, letters.findall(text))) for letters in (HANGUL, LATIN))
    # Technology names are Latin in Korean résumés too; a syllable says more than a letter.
    return "ko" if korean * 4 > latin else "en"
