"""Staff: companies with their aliases, in admin and as sheets."""

from __future__ import annotations

import csv
import io

import pytest

from apps.companies.models import Company, CompanyAlias, SourceText
from apps.companies.texts import match_key
from apps.sheets.tests.desk import choose, confirm, counts, problems, sheet_file

from .files import ENGLISH, FRENCH, KOREAN

pytestmark = pytest.mark.django_db
COMPANIES = "/admin/companies/company/"
SOURCES = "/admin/companies/sourcetext/"


@pytest.fixture
def admin(staff, client_for):
    return client_for(staff)


@pytest.fixture
def company(db):
    company = Company.objects.create(
        slug="narae", name_ko="나래정밀", name_en="Narae Precision", industry="manufacturing"
    )
    company.aliases.create(name="㈜나래")
    return company


def _given(*aliases, **changes):
    rows = {f"aliases-{place}-name": alias for place, alias in enumerate(aliases)}
    management = {
        f"{prefix}-{name}": value
        for prefix, total in (("aliases", len(aliases)), ("pages", 0))
        for name, value in (("TOTAL_FORMS", total), ("INITIAL_FORMS", 0))
    }
    return {
        "name_ko": "다온",
        "name_en": "Daon",
        "slug": "daon",
        "industry": "games",
        "homepage": "https://daon.example",
        **rows,
        **management,
        **changes,
    }


def test_a_company_is_added_with_its_aliases(admin):
    response = admin.post(COMPANIES + "add/", _given("다온게임즈", "Daon Games Inc."))

    assert response.status_code == 302, response.content.decode()
    names = CompanyAlias.objects.values_list("name", "match_key")
    assert list(names) == [("다온게임즈", "다온게임즈"), ("Daon Games Inc.", "daongames")]
    assert not Company.objects.get().is_published


@pytest.mark.parametrize(
    ("aliases", "changes", "message"),
    [
        (["(주) 나래"], {}, "“㈜나래” already names"),
        (["Daon Inc.", "DAON"], {}, "“Daon Inc.” and “DAON” are the same name"),
        (["1004"], {}, "a number is read as an id"),
        ([], {"slug": "1004"}, "a number is read as an id"),
        ([], {"name_en": ""}, "This field is required"),
        ([], {"homepage": "javascript:alert(1)"}, "Enter a valid URL"),
        ([], {"slug": "narae"}, "already exists"),
    ],
)
def test_what_would_confuse_companies_is_refused(admin, company, aliases, changes, message):
    response = admin.post(COMPANIES + "add/", _given(*aliases, **changes))

    assert message in response.content.decode()
    assert Company.objects.get() == company


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈜나래정밀", "나래 정밀 주식회사"),
        ("(주)나래정밀", "나래정밀(주)"),
        ("Narae Precision Co., Ltd.", "NARAE PRECISION"),
        ("Ｎａｒａｅ Inc.", "narae"),
        ("유한회사 나래", "나래"),
    ],
)
def test_ways_to_write_one_name(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("나래정밀", "나래"), ("Costco", "Cost"), ("주식회사", "유한회사"), ("Zinc", "Z")],
)
def test_names_that_differ(one, other):
    assert match_key(one) != match_key(other)


def test_companies_are_found_by_every_name(admin, company):
    def found(words):
        page = admin.get(COMPANIES, {"q": words})
        return [row.slug for row in page.context["cl"].result_list]

    for words in ("narae", "나래정밀", "Precision", "㈜나래"):
        assert found(words) == ["narae"]
    assert found("다온") == []


def test_companies_are_shown_and_hidden(admin, company):
    chosen = {"_selected_action": [company.pk]}

    admin.post(COMPANIES, {"action": "publish", **chosen})
    assert Company.objects.published().count() == 1

    admin.post(COMPANIES, {"action": "unpublish", **chosen})
    assert Company.objects.published().count() == 0


# Sheets


LABELS = {COMPANIES: "companies.company", SOURCES: "companies.sourcetext"}


def _checked(admin, address, rows, kind="csv"):
    return choose(admin, address + "import/", sheet_file(rows, kind), LABELS[address])


def _import(admin, address, rows, kind="csv"):
    """After its confirmation, where nothing is wrong."""
    return confirm(admin, _checked(admin, address, rows, kind))


def _texts(sheet_import):
    return " ".join(text for _row, _column, text in problems(sheet_import))


COMPANY_ROW = {
    "slug": "daon",
    "name_ko": "다온",
    "name_en": "Daon",
    "aliases": "다온게임즈\nDaon Games Inc.\nDAON GAMES",
    "industry": "games",
    "homepage": "https://daon.example",
    "is_published": "yes",
    "auto_publish": "",
}


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_companies_come_in_as_a_sheet_and_again_unchanged(admin, kind):
    done = _import(admin, COMPANIES, [COMPANY_ROW], kind)

    assert (done.stage, counts(done)) == ("done", (1, 0, 0))
    company = Company.objects.get()
    assert (company.slug, company.industry, company.is_published, company.auto_publish) == (
        "daon",
        "games",
        True,
        False,
    )
    assert [alias.name for alias in company.aliases.all()] == ["다온게임즈", "DAON GAMES"]

    again = _checked(admin, COMPANIES, [COMPANY_ROW], kind)
    assert (again.stage, counts(again)) == ("nothing_new", (0, 0, 1))


@pytest.mark.usefixtures("sheet_files")
def test_a_changed_row_changes_its_company(admin, company):
    row = {"slug": "narae", "industry": "semiconductors", "aliases": "NRP"}

    assert counts(_import(admin, COMPANIES, [row])) == (0, 1, 0)

    company.refresh_from_db()
    assert company.industry == "semiconductors"
    assert [alias.name for alias in company.aliases.all()] == ["NRP"]


@pytest.mark.usefixtures("sheet_files")
def test_a_sheet_without_aliases_leaves_them(admin, company):
    _import(admin, COMPANIES, [{"slug": "narae", "industry": "semiconductors"}])

    assert [alias.name for alias in company.aliases.all()] == ["㈜나래"]


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"industry": "magic"}, "Write one of fintech"),
        ({"aliases": "나래"}, "“㈜나래” already names"),
        ({"name_ko": ""}, "This field cannot be blank."),
        ({"is_published": "perhaps"}, "Write one of 1, yes"),
        ({"homepage": "daon"}, "Enter a valid URL."),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(admin, company, changes, message):
    rows = [COMPANY_ROW | {"slug": "good", "aliases": ""}, COMPANY_ROW | changes]

    refused = _import(admin, COMPANIES, rows)

    assert refused.stage == "refused"
    assert message in _texts(refused)
    assert Company.objects.get() == company


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_what_goes_out_comes_back_in(admin, company):
    response = admin.post(
        COMPANIES + "export/", {"format": 0, "resource": 0, "export_items": [company.pk]}
    )

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["slug"], row["aliases"], row["is_published"]) for row in rows] == [
        ("narae", "㈜나래", "no")
    ]
    assert counts(_checked(admin, COMPANIES, rows)) == (0, 0, 1)


SOURCE_ROW = {
    "company": "narae",
    "kind": "ir",
    "language": "en",
    "title": "2025 results",
    "published_on": "2026-03-02",
    "url": "",
    "text": ENGLISH,
}


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_texts_come_in_as_a_sheet_and_again_unchanged(admin, company, kind):
    rows = [SOURCE_ROW, SOURCE_ROW | {"company": "나래", "language": "ko", "text": KOREAN}]

    assert counts(_import(admin, SOURCES, rows, kind)) == (2, 0, 0)

    sources = company.sources.order_by("language")
    assert [(row.language, row.text, row.origin, str(row.published_on)) for row in sources] == [
        ("en", ENGLISH, "import", "2026-03-02"),
        ("ko", KOREAN, "import", "2026-03-02"),
    ]

    assert counts(_checked(admin, SOURCES, rows, kind)) == (0, 0, 2)
    assert SourceText.objects.count() == 2


@pytest.mark.usefixtures("sheet_files")
def test_a_row_whose_text_is_known_sets_what_stands_beside_it(admin, company):
    _import(admin, SOURCES, [SOURCE_ROW])

    again = _import(admin, SOURCES, [SOURCE_ROW | {"title": "Results", "text": ENGLISH + " "}])

    assert counts(again) == (0, 1, 0)
    assert SourceText.objects.get().title == "Results"


@pytest.mark.usefixtures("sheet_files")
def test_a_long_text_comes_in_as_csv(admin, company):
    text = "\n".join(f"{ENGLISH} Part {number}." for number in range(1500))
    assert 200_000 < len(text) < 400_000

    _import(admin, SOURCES, [SOURCE_ROW | {"text": text}])

    assert SourceText.objects.get().text == text


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"company": "나래정밀"}, "No company here has the slug, id or alias “나래정밀”."),
        ({"kind": "rumour"}, "Write one of ir, introduction, report, news"),
        ({"language": "fr"}, "Write one of ko, en"),
        ({"text": ""}, "There is no text here."),
        ({"text": FRENCH}, "This text reads as French."),
        ({"text": KOREAN}, "This text reads as Korean"),
        ({"text": ("word " * 6554)[:32767]}, "its end is probably cut off"),
        ({"title": ""}, "This field cannot be blank."),
        ({"published_on": "soon"}, "could not be parsed"),
    ],
)
def test_a_bad_text_is_named_and_nothing_is_written(admin, company, changes, message):
    rows = [SOURCE_ROW, SOURCE_ROW | {"text": ENGLISH + " B."} | changes]

    assert message in _texts(_import(admin, SOURCES, rows))
    assert not SourceText.objects.exists()


@pytest.mark.usefixtures("sheet_files")
def test_a_sheet_without_the_column_of_texts_is_refused(admin, company):
    refused = _import(admin, SOURCES, [{"company": "narae", "title": "x"}])

    assert problems(refused) == [(0, "", "The first row has no column text.")]
