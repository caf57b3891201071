"""Sheets that go out run nothing where they are opened, and come back as they were."""

from __future__ import annotations

import io

import openpyxl  # type: ignore[import-untyped]
import pytest
import tablib

from apps.companies.models import Company
from apps.companies.resources import CompanyResource
from apps.companies.tests.cast import make_company
from apps.interview.resources import QuestionResource
from apps.sheets.resources import Excerpts

pytestmark = pytest.mark.django_db
FORMULAS = [
    "=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''=1",
    '=HYPERLINK("https://evil.example","x")', "=cmd|' /C calc'!A0",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula_and_all_come_back(text, kind):
    company = make_company(name_en=text)

    content = CompanyResource().export().export(kind)

    if kind == "xlsx":
        cells = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows())
        assert "f" not in {cell.data_type for row in cells for cell in row}
        sheet = tablib.Dataset().load(content, "xlsx")
    else:
        sheet = tablib.Dataset().load(content, "csv")
    [written] = sheet["name_en"]
    assert written == f"'{text}"
    result = CompanyResource().import_data(sheet, raise_errors=True)
    assert Company.objects.get(name_en=text) == company
    assert result.totals["update"] == 0


@pytest.mark.parametrize("text", ["Cloud Bakery", "a=b", "'quoted'", "3 - 2", "구름빵집"])
def test_other_texts_stay_as_they_are(text):
    make_company(name_en=text)

    assert CompanyResource().export()["name_en"] == [text]


def test_key_points_and_questions_too(question):
    question.text_en = "=1+1"
    question.save()

    assert QuestionResource().export()["text_en"] == ["'=1+1"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one", "two", ("one", "two")),
        ("same", "same", ("same", "same")),
        ("a" * 100 + "b", "a" * 100 + "c", ("…" + "a" * 40 + "b", "…" + "a" * 40 + "c")),
        ("", "x" * 400, ("", "x" * 300 + "… (400)")),
    ],
)
def test_long_texts_are_shown_around_where_they_differ(before, after, shown):
    excerpts = Excerpts.__new__(Excerpts)
    excerpts.left, excerpts.right, excerpts.new = [before], [after], False

    assert excerpts.as_html() == [shown]
