"""Scanned résumés: pictures of pages, read with Tesseract where its data is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from apps.resume.corpus.score import COMMITTED
from apps.resume.parsing import parse, reading, scans
from apps.resume.parsing.limits import Parser
from apps.resume.parsing.text import read_page

from .pages import resume

DATA = scans.tesseract_data()
needs_english = pytest.mark.skipif(DATA is None, reason="needs Debian's tesseract-ocr-eng")
needs_korean = pytest.mark.skipif(
    DATA is None or not (Path(DATA) / "kor.traineddata").exists(),
    reason="needs Debian's tesseract-ocr-eng and tesseract-ocr-kor",
)


def scanned(printed: pymupdf.Document, turned: int = 0) -> pymupdf.Document:
    """Its pages as nothing but pictures, as a scanner saves them at 200 dpi."""
    document = pymupdf.open()
    for page in printed.pages():
        width, height = page.rect.width, page.rect.height
        if turned:
            width, height = height, width
        shown = document.new_page(width=width, height=height)
        picture = page.get_pixmap(dpi=200)
        shown.insert_image(shown.rect, stream=picture.tobytes("jpeg"), rotate=turned)
        shown.set_rotation(turned)
    return document


@needs_english
def test_a_scan_is_read_word_for_word_and_flagged() -> None:
    with Parser() as parser:
        parsed = parser.parse(scanned(resume().document).tobytes())

    read = parsed.resume
    assert parsed.warnings == ["recognised"]
    assert read["basics"]["name"] == "Nora Lindholm"
    assert read["basics"]["email"] == "nora@lindholm.test"
    assert [
        (job["name"], job["position"], job["startDate"], job["highlights"]) for job in read["work"]
    ] == [
        (
            "Harborlight Inc.",
            "Backend Engineer",
            "2021-03",
            ["Cut the latency of checkout in half"],
        ),
        ("Fernway", "Software Engineer", "2018-06", ["Built the search index"]),
    ]


@needs_english
@pytest.mark.parametrize("turned", [0, 90])
def test_it_tells_where_on_the_scan_a_value_stands(turned: int) -> None:
    printed = parse(resume().bytes()).resume["meta"]["provenance"]
    read = parse(scanned(resume().document, turned).tobytes()).resume["meta"]["provenance"]

    for pointer in ("/basics/name", "/work/0/name", "/work/1/position"):
        assert read[pointer]["box"][:1] + read[pointer]["box"][2:3] == pytest.approx(
            printed[pointer]["box"][:1] + printed[pointer]["box"][2:3], abs=4
        )
        assert read[pointer]["box"][3] == pytest.approx(printed[pointer]["box"][3], abs=8)


@needs_korean
def test_a_korean_scan_is_read() -> None:
    printed = pymupdf.open(COMMITTED / "ko-one-column-chromium-001.pdf")
    printed.select([0])

    parsed = parse(scanned(printed).tobytes())

    read = parsed.resume
    assert (parsed.language, parsed.warnings) == ("ko", ["recognised"])
    assert read["basics"]["name"].replace(" ", "") == "최시우"
    assert read["basics"]["email"] == "siwoo.dev@ssammu.test"
    # Tesseract sees spaces within some words.
    assert [(job["name"].replace(" ", ""), job["startDate"]) for job in read["work"]][:2] == [
        ("별헤는컴퍼니", "2022-12"),
        ("푸른고래", "2021-09"),
    ]
    schools = [school["institution"].replace(" ", "") for school in read["education"]]
    assert "동백대학교" in schools


@needs_english
def test_a_page_metres_long_is_read_at_fewer_dots() -> None:
    photograph = pymupdf.open()
    page = photograph.new_page(width=6120, height=7920)
    page.insert_image(page.rect, stream=resume().page.get_pixmap(dpi=200).tobytes("jpeg"))

    with Parser() as parser:
        parsed = parser.parse(photograph.tobytes())

    assert parsed.resume["basics"]["email"] == "nora@lindholm.test"


def test_pictures_that_the_time_does_not_suffice_for_are_left_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []
    monkeypatch.setattr(scans, "tesseract_data", lambda: looked_at.append(1))
    monkeypatch.setattr(reading, "RECOGNISING", -1.0)
    document = resume().document
    document.insert_pdf(scanned(resume().document))

    parsed = parse(document.tobytes())

    assert looked_at == []
    assert parsed.warnings == ["picture_page"]
    assert parsed.resume["basics"]["name"] == "Nora Lindholm"


def test_words_that_tesseract_wrote_are_no_icons() -> None:
    """Its font is called GlyphLessFont; short words in it went the way of pictographs."""
    written = resume().page
    textpage: Any = written.get_textpage()
    described = textpage.extractDICT()
    for block in described["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                span["font"] = "GlyphLessFont"
    textpage.extractDICT = lambda: described

    page = read_page(written, ocr=textpage, keep_invisible=True)

    assert "Cut the latency of checkout in half" in [one.text for one in page.segments]
    (company,) = (one for one in page.segments if one.text == "Fernway")
    assert company.size == company.y1 - company.y0
