"""Sheets that staff choose are read within bounds, and told of them in words."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from apps.common import sheet_files
from apps.common.sheet_files import CSV, MOST_COLUMNS, MOST_ROWS, XLSX, SheetTooLarge
from apps.interview.models import Question


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def book(rows):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def with_part(content, name, change):
    """The workbook with one of its parts changed."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            text = before.read(part)
            after.writestr(part, change(text) if part == name else text)
    return kept.getvalue()


def table(rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


READERS = pytest.mark.parametrize(
    "read", [lambda rows: CSV().create_dataset(table(rows)),
             lambda rows: XLSX().create_dataset(book(rows))], ids=["csv", "xlsx"]
)  # fmt: skip


@READERS
def test_it_is_read(read):
    sheet = read([["slug", "name"], ["a", "b"], ["c"], ["d", "e", ""], ["", ""]])

    assert sheet.headers == ["slug", "name"]
    assert [[cell or "" for cell in row] for row in sheet] == [["a", "b"], ["c", ""], ["d", "e"]]


@READERS
def test_it_has_two_thousand_rows_and_no_more(read):
    rows = [["slug"], *([n] for n in range(MOST_ROWS))]

    assert len(read(rows)) == 2_000
    with pytest.raises(SheetTooLarge, match=r"more than 2000 rows\. Split it"):
        read([*rows, ["one more"]])


@READERS
def test_it_has_a_hundred_columns_and_no_more(read):
    assert len(read([["c"] * MOST_COLUMNS]).headers) == 100
    with pytest.raises(SheetTooLarge, match="more than 100 columns"):
        read([["c"] * (MOST_COLUMNS + 1)])


def test_what_unpacks_to_too_much_is_not_opened(monkeypatch):
    """55 MB of XML in a file of some hundred kB: 200 s before."""
    row = b'<row><c t="inlineStr"><is><t>' + b"x" * 400 + b"</t></is></c></row>"
    content = with_part(
        book([["slug"]]), "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b"</sheetData>", row * 125_000 + b"</sheetData>"),
    )  # fmt: skip
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_a, **_k: pytest.fail("opened"))

    assert len(content) < 400_000
    with pytest.raises(SheetTooLarge, match="too much text"):
        XLSX().create_dataset(content)


def test_a_cell_in_the_last_row_and_column_stands_for_itself():
    """Not for a million empty rows of sixteen thousand cells."""
    content = with_part(
        book([["slug"], ["a"]]), "xl/worksheets/sheet1.xml",
        lambda text: text.replace(
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>',
        ),
    )  # fmt: skip
    begun = time.process_time()

    sheet = XLSX().create_dataset(content)

    assert [list(row) for row in sheet] == [["a"]]
    assert time.process_time() - begun < 1


def test_a_large_file_is_not_read_at_all():
    with pytest.raises(SheetTooLarge, match="larger than 5 MB"):
        CSV().create_dataset(b"x" * (sheet_files.MOST_BYTES + 1))


@pytest.mark.django_db
def test_the_page_says_it_and_writes_nothing(client_for, staff, topic):
    content = book([["slug"], *([f"q-{n}"] for n in range(MOST_ROWS + 1))])
    file = SimpleUploadedFile("questions.xlsx", content)

    page = client_for(staff).post(
        reverse("admin:interview_question_import"),
        {"format": "1", "resource": "0", "import_file": file},
    )

    assert "This sheet has more than 2000 rows. Split it into several" in page.text
    assert "confirm_form" not in page.context
    assert not Question.objects.exists()
