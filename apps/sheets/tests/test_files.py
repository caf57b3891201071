"""Files that staff choose are read within bounds, by the numbers that a spreadsheet shows."""

from __future__ import annotations

import datetime
import io
import json
import time
import zipfile

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.utils import translation

from apps.common import children
from apps.sheets import files, reading
from apps.sheets.files import SheetRefused, SheetTooSlow, kind_of
from apps.sheets.reading import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Refused


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
    "read", [lambda rows: reading.read(table(rows), "csv"),
             lambda rows: reading.read(book(rows), "xlsx")], ids=["csv", "xlsx"]
)  # fmt: skip


@READERS
def test_rows_have_the_numbers_that_a_spreadsheet_shows(read):
    sheet = read([["slug", "name"], ["a", "b"], ["", ""], ["c"], ["d", "e", ""], ["", ""]])

    assert sheet["headers"] == ["slug", "name"]
    assert [[number, [cell or "" for cell in cells]] for number, cells in sheet["rows"]] == [
        [2, ["a", "b"]],
        [4, ["c", ""]],
        [5, ["d", "e"]],
    ]


@READERS
def test_it_has_two_thousand_rows_and_no_more(read):
    rows = [["slug"], *([n] for n in range(MOST_ROWS))]

    assert len(read(rows)["rows"]) == 2_000
    with pytest.raises(Refused, match="too_many_rows"):
        read([*rows, ["one more"]])


@READERS
def test_it_has_a_hundred_columns_and_no_more(read):
    assert len(read([["c"] * MOST_COLUMNS])["headers"]) == 100
    with pytest.raises(Refused, match="too_many_columns"):
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
    with pytest.raises(Refused, match="too_much_text"):
        reading.read(content, "xlsx")


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

    sheet = reading.read(content, "xlsx")

    assert sheet["rows"] == [[2, ["a"]]]
    assert time.process_time() - begun < 1


def test_a_large_file_is_not_read_at_all():
    with pytest.raises(SheetRefused) as refused:
        kind_of(b"x" * (MOST_BYTES + 1))

    assert refused.value.message == (
        "This file is larger than 5 MB. Split it into several and import each."
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04...", "xlsx"), (b"slug,name\n", "csv"), ("\ufeff주제\n".encode(), "csv")],
)
def test_a_kind_is_told_by_the_bytes(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_what_is_chosen_by_mistake_is_refused_at_once(content):
    with pytest.raises(SheetRefused) as refused:
        kind_of(content)

    assert "Save it as XLSX" in refused.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_csv_is_read_in_the_encodings_that_excel_writes(encoding):
    content = "slug,질문\nvtable,똠방각하는 뷁을 모르지만 가상 메모리는 알아요\n".encode(encoding)

    assert reading.read(content, "csv") == {
        "headers": ["slug", "질문"],
        "rows": [[2, ["vtable", "똠방각하는 뷁을 모르지만 가상 메모리는 알아요"]]],
    }


def test_cells_of_a_workbook_keep_what_they_say():
    moment = datetime.datetime(2026, 3, 2, 9, 30)  # a cell has no zone
    content = book(
        [["day", "moment", "number", "yes"], [datetime.date(2026, 3, 2), moment, 3, True]]
    )

    answer = json.loads(reading.answer(content, "xlsx"))

    assert answer["rows"] == [[2, ["2026-03-02", "2026-03-02 09:30:00", 3, True]]]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(bytes(range(256)), "csv"), (b"PK\x03\x04 no zip", "xlsx"), (b"", "xlsx")],
)
def test_what_is_no_sheet_is_refused(content, kind):
    assert json.loads(reading.answer(content, kind)) == {"refused": "unreadable"}


def test_the_child_reads_and_refuses_as_its_module_does():
    sheet = files.read(book([["slug"], ["a"]]), "xlsx")

    assert (sheet.headers, sheet.rows) == (["slug"], [(2, ["a"])])
    with pytest.raises(SheetRefused) as refused:
        files.read(b"slug,name\n", "csv")
    assert refused.value.code == "no_rows"


def test_a_child_that_takes_too_long_is_ended():
    with pytest.raises(SheetTooSlow):
        files.read(b"slug\na\n", "csv", children.Limits(seconds=0.001, megabytes=1500))
