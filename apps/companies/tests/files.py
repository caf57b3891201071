"""Small files of each kind, made in memory."""

from __future__ import annotations

import datetime
import io
import zlib

import docx
import pymupdf

from apps.companies.extracting import Extracted, UnreadableFile
from apps.companies.extracting.child import read
from apps.companies.extracting.reading import RefusedFile

KOREAN = (
    "나래정밀은 자동차와 반도체 장비에 들어가는 정밀 부품을 만들어요. "
    "2025년 매출은 1,284억 원으로 한 해 전보다 12% 늘었어요."
)
ENGLISH = (
    "Narae Precision makes precision parts for cars and semiconductor equipment. "
    "Revenue in 2025 was KRW 128.4 billion, 12% more than a year before."
)
FRENCH = (
    "L'entreprise développe des logiciels de gestion des stocks pour les petits commerces "
    "et emploie quarante ingénieurs à Lyon."
)


def pdf(*pages: list[str], head: str = "", password: str = "") -> bytes:
    """Pages of paragraphs, each set in its own box under a running head."""
    with pymupdf.open() as document:
        for number, paragraphs in enumerate(pages, 1):
            page = document.new_page(width=300, height=400)
            if head:
                page.insert_text((30, 20), f"{head} {number}", fontsize=8, fontname="korea")
            for place, paragraph in enumerate(paragraphs):
                box = (30, 40 + 90 * place, 270, 125 + 90 * place)
                left = page.insert_textbox(box, paragraph, fontsize=8, fontname="korea")
                assert left >= 0, "the paragraph does not fit its box"
        if not password:
            return document.tobytes()
        aes_256 = pymupdf.mupdf.PDF_ENCRYPT_AES_256
        return document.tobytes(encryption=aes_256, user_pw=password, owner_pw=password)


def scanned_pdf() -> bytes:
    with pymupdf.open() as document:
        page = document.new_page()
        picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 50, 50))
        picture.clear_with(200)
        page.insert_image(page.rect, pixmap=picture)
        return document.tobytes()


def endless_pdf(stream: bytes) -> bytes:
    """A one-page PDF whose page is drawn by the compressed ``stream``."""
    packed = zlib.compress(stream, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % (len(packed), packed)
    )


def word(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row):
                cell.text = text
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def page(*paragraphs: str, title: str = "About us", head: str = "") -> str:
    """A web page with what surrounds a text on the web."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/jobs'>Jobs</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        "<footer>Privacy policy. All rights reserved.</footer>"
        "<script>alert('no')</script></body></html>"
    )


def extract_here(content: bytes, ending: str, charset: str = "") -> Extracted:
    """As ``extract``, but without a child process: for tests of what comes after it."""
    try:
        reading = read(content, ending, charset)
    except RefusedFile as refusal:
        raise UnreadableFile(refusal.code) from refusal
    day = reading.published_on
    return Extracted(reading.text, reading.title, datetime.date.fromisoformat(day) if day else None)
