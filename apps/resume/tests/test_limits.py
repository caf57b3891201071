"""The child process: time and memory have an end, and a bad file costs only itself."""

import sys
import time
import zlib
from pathlib import Path

import pytest

from apps.common.children import ChildNotStarted, Kept
from apps.resume.corpus import fuzz
from apps.resume.corpus.score import COMMITTED
from apps.resume.parsing import Limits, RefusedFile, parse
from apps.resume.parsing.limits import MEMORY_SPENT, Parser
from apps.resume.parsing.runs import LONGEST_LINE

from .pages import Sheet, resume

ROOT = str(Path(__file__).resolve().parents[3])


def pdf_with_contents(stream: bytes) -> bytes:
    """A one-page PDF whose page is drawn by the compressed `stream`."""
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


def test_it_reads_like_the_parser_itself() -> None:
    with Parser() as parser:
        parsed = parser.parse(resume().bytes())

    assert parsed.resume["basics"]["name"] == "Nora Lindholm"
    assert parsed.language == "en"


def test_it_refuses_like_the_parser_itself() -> None:
    with Parser() as parser, pytest.raises(RefusedFile) as caught:
        parser.parse(b"no")

    assert caught.value.code == "not_pdf"


def test_one_child_reads_many_files() -> None:
    with Parser() as parser:
        parser.parse(resume().bytes())
        first = parser.pid
        parser.parse(resume().bytes())

        assert first is not None
        assert parser.pid == first


def test_a_page_that_never_ends_is_stopped_and_the_next_file_is_read() -> None:
    endless = pdf_with_contents(b"BT /F 10 Tf 50 700 Td (hello there) Tj ET\n" * 1_100_000)
    with Parser(Limits(seconds=1.5)) as parser:
        parser.parse(resume().bytes())  # so that starting the child costs no time

        with pytest.raises(RefusedFile) as caught:
            parser.parse(endless)

        assert caught.value.code == "too_complex"
        assert parser.parse(resume().bytes()).language == "en"


@pytest.mark.parametrize("unit", ["0", "q "])
def test_a_page_that_unpacks_to_too_much_is_refused(unit: str) -> None:
    with pytest.raises(RefusedFile) as caught:
        parse(pdf_with_contents(unit.encode() * (60 << 20)))

    assert caught.value.code == "too_complex"


def test_a_file_that_eats_memory_is_stopped() -> None:
    heavy = pdf_with_contents(b"BT /F 10 Tf 50 700 Td (hello there) Tj ET\n" * 1_100_000)
    with Parser(Limits(megabytes=400)) as parser:
        with pytest.raises(RefusedFile) as caught:
            parser.parse(heavy)

        assert caught.value.code == "too_complex"
        assert parser.parse(resume().bytes()).language == "en"


def test_closing_ends_the_child() -> None:
    parser = Parser()
    parser.parse(resume().bytes())
    child = parser.pid
    assert child is not None

    parser.close()

    assert parser.pid is None
    assert not Path(f"/proc/{child}").exists()


def test_mutated_files_are_read_or_refused() -> None:
    files = [path.read_bytes() for path in sorted(COMMITTED.glob("*typst*.pdf"))]

    outcomes = fuzz.run(files, 60, 7, Limits(seconds=10))

    assert [name for name in outcomes if name.startswith(("failed", "not_read"))] == []
    assert outcomes["read"] > 10


def test_a_child_that_earlier_files_wore_out_costs_no_good_file() -> None:
    with Parser() as parser:
        parser.parse(resume().bytes())
        child = parser._child._child
        assert child is not None
        child.kill()
        child.poll = lambda: None  # type: ignore[method-assign]  # not seen yet

        read = parser.parse(resume().bytes()).resume

    assert read["basics"]["name"] == "Nora Lindholm"


def test_a_child_that_leaves_for_want_of_memory_makes_the_file_too_complex() -> None:
    parser = parser_with_child(
        "import sys\n"
        "from apps.common.children import serve\n"
        f"serve(lambda pdf: sys.exit({MEMORY_SPENT}), 2)"
    )
    with pytest.raises(RefusedFile) as caught:
        parser.parse(resume().bytes())

    assert caught.value.code == "too_complex"


def test_a_child_that_does_not_start_blames_no_file() -> None:
    parser = parser_with_child("1")

    with pytest.raises(ChildNotStarted):
        parser.parse(resume().bytes())


def parser_with_child(code: str) -> Parser:
    parser = Parser()
    parser._child = Kept([sys.executable, "-c", code], megabytes=512, folder=ROOT)
    return parser


@pytest.mark.parametrize("text", ["1", "(", "a", "1.", "www.", "a ", "Seoul, "])
def test_a_line_that_runs_off_the_page_costs_nothing(text: str) -> None:
    """20,000 characters of one kind in a file of 1,000 bytes: "(" alone took 23 s, "1" four."""
    sheet = resume()
    sheet.put(50, 600, text * (20_000 // len(text)))
    begun = time.process_time()

    parsed = parse(sheet.bytes())

    assert time.process_time() - begun < 1
    assert parsed.resume["basics"]["name"] == "Nora Lindholm"
    assert parsed.warnings == ["hidden_text"]


def test_a_line_as_long_as_print_allows_is_read_whole() -> None:
    sheet = Sheet((2 * 842.0, 595.0))
    words = "measured " * (LONGEST_LINE // len("measured ") - 1)
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 90, "nora@lindholm.test")
    sheet.put(50, 130, "SUMMARY", 14, bold=True)
    sheet.put(50, 150, words, 2.5)

    assert sheet.read()["basics"]["summary"] == words.strip()


@pytest.mark.parametrize(
    ("rows", "length"),
    [(60, 1_000), (1, 3_000)],
    ids=["more than a page holds", "more than a row holds"],
)
def test_more_text_than_can_be_read_is_refused_at_once(rows: int, length: int) -> None:
    sheet = Sheet((5_000.0, 792.0))
    for row in range(rows):
        for part in range(0, length, 500):
            sheet.put(20 + 1.5 * part, 40 + 12 * row, "1" * 500, 2.4)
    begun = time.process_time()

    with pytest.raises(RefusedFile) as caught:
        parse(sheet.bytes())

    assert caught.value.code == "too_complex"
    assert time.process_time() - begun < 1
