"""Files from strangers: their text comes out, or a reason that staff can act on."""

from __future__ import annotations

import io
import zipfile

import pytest

from apps.common import children
from apps.companies import extracting
from apps.companies.extracting import FILE_MAX_BYTES, MESSAGES, UnreadableFile, extract

from .files import ENGLISH, KOREAN, endless_pdf, page, pdf, scanned_pdf, word


def refusal(content: bytes, ending: str, **kwargs: object) -> str:
    with pytest.raises(UnreadableFile) as caught:
        extract(content, ending, **kwargs)  # type: ignore[arg-type]
    assert caught.value.message == str(MESSAGES[caught.value.code])
    return caught.value.code


def test_a_pdf_becomes_paragraphs_without_its_running_heads():
    sheets = [[KOREAN, f"{number}번째 공장은 창원에 있어요."] for number in range(1, 5)]

    text = extract(pdf(*sheets, head="나래정밀 연간 보고서"), "pdf").text

    paragraphs = text.split("\n\n")
    assert paragraphs[0] == KOREAN
    assert paragraphs[1] == "1번째 공장은 창원에 있어요."
    assert len(paragraphs) == 8
    assert "연간 보고서" not in text


def test_a_head_on_one_page_alone_is_text():
    assert extract(pdf([ENGLISH], head="Annual report"), "pdf").text.startswith("Annual report 1")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no pdf at all", "not_pdf"),
        (pdf([ENGLISH])[:400], "damaged"),
        (pdf([]), "no_text"),
        (scanned_pdf(), "scanned"),
        (pdf([ENGLISH], password="secret"), "encrypted"),
        (b"", "empty"),
    ],
    ids=["not a pdf", "cut off", "blank", "scanned", "locked", "empty"],
)
def test_a_pdf_without_text_says_why(content, code):
    assert refusal(content, "pdf") == code


def test_a_page_that_never_ends_is_stopped():
    endless = endless_pdf(b"BT /F 10 Tf 50 700 Td (hello there) Tj ET\n" * 1_500_000)

    assert refusal(endless, "pdf", limits=children.Limits(2, 1500)) == "too_complex"


def test_a_page_that_eats_memory_is_stopped():
    bomb = endless_pdf(b"0" * (400 << 20))

    assert refusal(bomb, "pdf", limits=children.Limits(30, 500)) in ("too_complex", "no_text")


def test_word_gives_paragraphs_and_tables_in_order():
    content = word(KOREAN, ENGLISH, table=[["Year", "Revenue"], ["2025", "128.4"]])

    assert extract(content, "docx").text == f"{KOREAN}\n\n{ENGLISH}\n\nYear | Revenue\n2025 | 128.4"


def test_word_without_text_says_so():
    assert refusal(word(), "docx") == "no_text"


@pytest.mark.parametrize("content", [b"text", pdf([ENGLISH])], ids=["text", "pdf"])
def test_what_is_only_named_word_is_refused(content):
    assert refusal(content, "docx") == "not_docx"


def test_another_zip_is_no_word_document():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("readme.txt", "hello")

    assert refusal(packed.getvalue(), "docx") == "not_docx"


def test_a_zip_bomb_is_not_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * (101 << 20))

    assert refusal(packed.getvalue(), "docx") == "too_complex"


def test_a_locked_word_file_says_so():
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")

    assert refusal(locked, "docx") == "encrypted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp949"])
def test_a_korean_text_is_read_in_the_encodings_it_is_saved_in(encoding):
    assert extract((KOREAN + " 똠방각하").encode(encoding), "txt").text == KOREAN + " 똠방각하"


def test_an_english_text_in_the_old_windows_encoding_is_read():
    text = ENGLISH + " Its café – “the best” – seats 40."

    assert extract(text.encode("cp1252"), "txt").text == text


def test_bytes_that_are_no_text_are_refused():
    assert refusal(bytes(range(256)) * 20, "txt") == "encoding"


@pytest.mark.parametrize("content", [pdf([ENGLISH]), word(ENGLISH)], ids=["pdf", "word"])
@pytest.mark.parametrize("ending", ["txt", "html"])
def test_another_kind_of_file_is_not_read_as_text(content, ending):
    assert refusal(content, ending) == "binary"


def test_a_text_of_blanks_has_no_text():
    assert refusal(b" \n\n ", "txt") == "no_text"


def test_a_text_far_over_the_limit_is_not_read():
    assert refusal(b"word " * 700_000, "txt") == "too_long"


def test_a_web_page_gives_its_main_text_title_and_date():
    head = '<meta property="article:published_time" content="2026-05-02">'
    read = extract(page(*[KOREAN] * 3, title="회사 소개", head=head).encode(), "html")

    assert KOREAN in read.text
    for noise in ("Home", "Privacy", "alert", "<p>"):
        assert noise not in read.text
    assert read.title == "회사 소개"
    assert str(read.published_on) == "2026-05-02"


def test_a_table_of_a_web_page_keeps_its_cells():
    table = "<table><tr><th>연도</th><th>매출</th></tr><tr><td>2025</td><td>1,284</td></tr></table>"
    text = extract(page(*[KOREAN] * 3, table).encode(), "html").text

    assert "연도 | 매출" in text
    assert "2025 | 1,284" in text
    assert "---" not in text


def test_a_web_page_is_read_in_the_charset_it_names():
    content = page(*[KOREAN] * 3, head='<meta charset="euc-kr">').encode("cp949")

    assert KOREAN in extract(content, "html").text


def test_the_charset_that_a_host_names_is_used():
    japanese = "当社は物流プラットフォームを開発しています。" * 5

    assert japanese in extract(page(japanese).encode("shift_jis"), "html", "shift_jis").text


def test_a_web_page_without_text_says_so():
    assert refusal(b"<div>" * 100_000, "html") == "no_text"


@pytest.mark.parametrize(
    "body",
    [
        "<script>app()</script>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
        "<div id=root><p>You need to enable JavaScript to run this app.</p></div>",
        "<p>이 앱을 실행하려면 자바스크립트를 활성화해야 합니다.</p><script src=a.js></script>",
        "<p>This browser is not a supported browser.</p><script>1</script>",
        "<p>Loading…</p><script src=app.js></script>",
    ],
)
def test_a_page_that_only_a_browser_fills_is_refused(body):
    content = f"<html><head><title>App</title></head><body>{body}</body></html>".encode()

    assert refusal(content, "html") in ("needs_browser", "no_text")
    if "<script" in body:
        assert refusal(content, "html") == "needs_browser"


def test_a_page_about_javascript_is_a_page():
    told = "한빛클라우드는 자바스크립트로 웹 편집기를 만들어 출판사에 파는 회사입니다."

    assert told[:20] in extract(page(*[told] * 3).encode(), "html").text


def test_no_date_is_made_of_a_founding_or_a_footer():
    content = (
        "<html><head><title>회사소개</title></head><body><main><h1>회사소개</h1>"
        "<p>한빛클라우드는 병원용 백업 소프트웨어를 만드는 회사입니다. 서울에서 일합니다.</p>"
        "<p>2011년에 부산에서 설립되었습니다. 2025년 매출은 120억 원입니다.</p></main>"
        "<footer>© 2019 Hanbit. All rights reserved.</footer></body></html>"
    )

    assert extract(content.encode(), "html").published_on is None


@pytest.mark.parametrize(
    "declared",
    [
        '<script type="application/ld+json">{"datePublished": "2025-03-06"}</script>',
        '<meta name="date" content="2025-03-06">',
    ],
)
def test_the_date_that_a_page_declares_is_taken(declared):
    content = page(*[KOREAN] * 3, "2011년 3월 1일에 설립되었습니다.", head=declared)

    assert str(extract(content.encode(), "html").published_on) == "2025-03-06"


def test_a_file_over_the_limit_is_not_even_sent_to_a_child(monkeypatch):
    monkeypatch.setattr(children, "run", lambda *args, **kwargs: pytest.fail("was read"))

    assert refusal(b"0" * (FILE_MAX_BYTES + 1), "txt") == "too_large"


@pytest.mark.parametrize("name", ["report.hwp", "report.doc", "report", ".pdf.exe", ""])
def test_other_endings_are_refused(name):
    with pytest.raises(UnreadableFile) as caught:
        extracting.ending_of(name)

    assert caught.value.code == "unknown_type"


def test_an_ending_is_read_whatever_its_case():
    assert extracting.ending_of("IR Report 2026.PDF") == "pdf"


def test_a_reader_that_does_not_run_is_not_the_files_fault(monkeypatch):
    ended = children.Ended(1, b"", b"ModuleNotFoundError: pymupdf")
    monkeypatch.setattr(children, "run", lambda *args, **kwargs: ended)

    with pytest.raises(RuntimeError, match="pymupdf"):
        extract(b"text", "txt")
