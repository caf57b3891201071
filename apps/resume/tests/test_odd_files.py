"""Files that are no résumé: each has its code and its sentence, nothing is made up."""

import io
import zipfile

import pymupdf
import pytest

from apps.resume.drawing import draw
from apps.resume.parsing import MESSAGES, Limits, RefusedFile, parse, scans

from .pages import Sheet, resume

# Its name is there at run time only, which a type checker does not see.
AES_256 = getattr(pymupdf, "PDF_ENCRYPT_AES_256")  # noqa: B009


def refusal(pdf: bytes, **options: object) -> str:
    with pytest.raises(RefusedFile) as caught:
        parse(pdf, **options)  # type: ignore[arg-type]
    return caught.value.code


def word_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


def picture_of_a_page() -> bytes:
    picture = resume().page.get_pixmap(dpi=100)
    document = pymupdf.open()
    page = document.new_page()
    page.insert_image(page.rect, pixmap=picture)
    data: bytes = document.tobytes()
    return data


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0" * 100, "empty"),
        (b"plain text, not a PDF", "not_pdf"),
        (b"<!DOCTYPE html><html><body>My CV</body></html>", "html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "FileHeader".encode("utf-16-le"), "hwp"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "word_file"),
        (b"HWP Document File V3.00", "hwp"),
        (word_file(), "word_file"),
        (b"%PDF-1.7\n" + b"\x93" * 400, "damaged"),
    ],
    ids=["empty", "zeros", "text", "html", "hwp", "doc", "old hwp", "docx", "garbage"],
)
def test_refused_by_its_bytes(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_encrypted() -> None:
    locked = resume().bytes(encryption=AES_256, user_pw="secret", owner_pw="owner")

    assert refusal(locked) == "encrypted"


def test_only_protected_against_changes_is_read() -> None:
    protected = resume().bytes(encryption=AES_256, user_pw="", owner_pw="owner")

    assert parse(protected).resume["basics"]["name"] == "Nora Lindholm"


def test_cut_short_before_anything_readable() -> None:
    assert refusal(resume().bytes()[:300]) == "damaged"


def test_cut_short_at_the_end_gives_what_is_there_and_says_so() -> None:
    whole = resume().bytes()

    parsed = parse(whole[: int(len(whole) * 0.97)])

    assert "repaired" in parsed.warnings
    assert parsed.resume["basics"].get("email") in (None, "nora@lindholm.test")


def test_no_pages() -> None:
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    pages = b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    start = len(head + pages)
    table = b"xref\n0 3\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n" % (9, len(head))
    trailer = b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start

    assert refusal(head + pages + table + trailer) == "no_pages"


def test_blank() -> None:
    assert refusal(Sheet().bytes()) == "blank"


def test_too_many_pages() -> None:
    sheet = Sheet()
    for _ in range(30):
        sheet.next_page()

    assert refusal(sheet.bytes()) == "too_many_pages"


def test_too_large() -> None:
    assert refusal(resume().bytes(), limits=Limits(size=500)) == "too_large"


def test_a_scan_without_ocr_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "tesseract_data", lambda: None)

    assert refusal(picture_of_a_page()) == "scanned_without_ocr"


def test_one_line_of_text_gives_no_made_up_fields() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Hello World", 12)

    read = sheet.read()

    assert read["basics"] == {}
    assert {key for key in read if key not in ("$schema", "meta")} == {"basics"}
    assert [w["code"] for w in read["meta"]["warnings"]] == ["little_text", "no_contact"]


def test_a_cover_letter_gives_no_jobs_and_says_so() -> None:
    sheet = Sheet()
    sheet.lines(
        60, 80, "Nora Lindholm", "nora@lindholm.test", "Dear hiring team,",
        "I am writing to apply for the backend position at Harborlight Inc.",
        "Since 2019 I have worked at Fernway, where I built the search index.",
        "I studied at Calder State University from 2014 to 2018.",
        "Sincerely, Nora Lindholm",
    )  # fmt: skip

    read = sheet.read()

    assert read["basics"]["email"] == "nora@lindholm.test"
    assert not {"work", "education", "projects", "skills"} & set(read)
    assert [w["code"] for w in read["meta"]["warnings"]] == ["not_a_resume"]


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_speaks_both_languages(code: str) -> None:
    korean, english = RefusedFile(code).message("ko"), RefusedFile(code).message("en")

    assert any("가" <= character <= "힣" for character in korean)
    assert english.isascii() or "é" in english
    assert "!" not in korean + english


@pytest.mark.parametrize(
    ("turned", "rotation"),
    [(90, 0), (270, 0), (180, 0), (0, 90), (0, 180), (90, 90), (270, 180)],
)
def test_a_page_on_its_side_is_read_upright_and_drawn_so(turned: int, rotation: int) -> None:
    upright = resume()
    width, height = upright.page.rect.width, upright.page.rect.height
    document = pymupdf.open()
    lying = turned % 180 != 0
    page = document.new_page(width=height if lying else width, height=width if lying else height)
    page.show_pdf_page(page.rect, upright.document, 0, rotate=turned)
    page.set_rotation(rotation)
    data = document.tobytes()

    parsed = parse(data).resume

    expected = upright.read()
    assert parsed["basics"] == expected["basics"]
    assert parsed["work"] == expected["work"]
    (drawn,), _pictures = draw(data)
    assert (round(drawn["width"]), round(drawn["height"])) == (width, height)
    box = parsed["meta"]["provenance"]["/basics/name"]["box"]
    assert box == pytest.approx(expected["meta"]["provenance"]["/basics/name"]["box"], abs=2)
