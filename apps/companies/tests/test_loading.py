"""Folders of companies: shipped content, and what a pipeline collected."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.common.content import ContentError
from apps.companies import loading
from apps.companies.models import Company, CompanyAlias, SourceText

from .files import ENGLISH, FRENCH, KOREAN, extract_here, page, pdf, scanned_pdf, word

pytestmark = pytest.mark.django_db
SHIPPED = settings.BASE_DIR / "content"

NARAE: dict[str, Any] = {
    "slug": "narae-precision",
    "name": {"ko": "나래정밀", "en": "Narae Precision"},
    "aliases": ["(주)나래정밀", "나래정밀 주식회사", "Narae Precision Co., Ltd.", "NRP"],
    "industry": "manufacturing",
    "homepage": "https://www.narae-precision.example",
    "sources": [
        {
            "file": "introduction.ko.txt",
            "kind": "introduction",
            "language": "ko",
            "title": "나래정밀 소개",
            "published_on": datetime.date(2026, 2, 1),
        },
        {"file": "ir.en.txt", "kind": "ir", "language": "en", "title": "2025 results"},
    ],
}


def write(folder: Path, company: dict | None, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if company is not None:
        (folder / "company.yaml").write_text(yaml.safe_dump(company, allow_unicode=True))
    for name, content in files.items():
        body = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("__", ".")).write_bytes(body)
    return folder


@pytest.fixture(autouse=True)
def _no_children(monkeypatch):
    monkeypatch.setattr("apps.companies.management.commands.ingest_sources.extract", extract_here)


@pytest.fixture
def shipped(tmp_path):
    """A content folder with one company and its two texts."""
    texts = {"introduction__ko__txt": KOREAN, "ir__en__txt": ENGLISH}
    write(tmp_path / "companies" / "narae-precision", NARAE, **texts)
    return tmp_path


def ingest(folder: Path) -> str:
    said = io.StringIO()
    call_command("ingest_sources", folder, stdout=said, no_color=True)
    return said.getvalue()


def refused(folder: Path) -> str:
    said = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("ingest_sources", folder, stdout=said, no_color=True)
    return said.getvalue() + str(caught.value)


def rows() -> list[Any]:
    return [
        *Company.objects.order_by("pk").values(),
        *CompanyAlias.objects.order_by("pk").values(),
        *SourceText.objects.order_by("pk").values(),
    ]


def test_the_shipped_companies_load_whole():
    report = loading.load(SHIPPED)

    companies = Company.objects.published()
    assert companies.count() >= 6
    assert len(report.created) == companies.count() + SourceText.objects.count()
    long = 0
    for company in companies:
        assert company.aliases.exists(), company.slug
        for language in ("ko", "en"):
            texts = company.sources.active().filter(language=language)
            assert texts.exists(), (company.slug, language)
            words = sum(len(text.split()) for text in texts.values_list("text", flat=True))
            long += language == "en" and words > 8000
    assert long >= 2


def test_a_company_and_its_texts_are_loaded(shipped):
    report = loading.load(shipped)

    assert report.created == [
        "narae-precision",
        "narae-precision/introduction.ko.txt",
        "narae-precision/ir.en.txt",
    ]
    company = Company.objects.get()
    names = Company.objects.values_list("name_ko", "name_en", "is_published")
    assert list(names) == [("나래정밀", "Narae Precision", True)]
    # Two of the four aliases are one name, written differently.
    assert [alias.name for alias in company.aliases.all()] == [
        "(주)나래정밀",
        "Narae Precision Co., Ltd.",
        "NRP",
    ]
    introduction = company.sources.get(language="ko")
    assert (introduction.text, introduction.origin, str(introduction.published_on)) == (
        KOREAN,
        "content",
        "2026-02-01",
    )


def test_loading_twice_changes_nothing(shipped):
    loading.load(shipped)
    before = rows()

    report = loading.load(shipped)

    assert (report.created, report.updated, report.kept) == ([], [], [])
    assert len(report.unchanged) == 3
    assert rows() == before


def test_changed_files_change_rows_that_nobody_edited(shipped):
    loading.load(shipped)
    kept = SourceText.objects.get(language="en").pk
    changed = NARAE | {"aliases": ["NRP", "Narae"], "industry": "semiconductors"}
    write(shipped / "companies" / "narae-precision", changed, ir__en__txt=ENGLISH + " More.")

    report = loading.load(shipped)

    assert report.updated == ["narae-precision", "narae-precision/ir.en.txt"]
    company = Company.objects.get()
    assert company.industry == "semiconductors"
    assert [alias.name for alias in company.aliases.all()] == ["NRP", "Narae"]
    source = SourceText.objects.get(language="en")
    assert (source.pk, source.text) == (kept, ENGLISH + " More.")


def test_what_staff_edited_stays(shipped):
    loading.load(shipped)
    company = Company.objects.get()
    company.aliases.create(name="나래")
    source = SourceText.objects.get(language="en")
    source.text = ENGLISH + " Mended."
    source.save()
    changed = NARAE | {"industry": "semiconductors"}
    write(shipped / "companies" / "narae-precision", changed, ir__en__txt=ENGLISH + " More.")

    report = loading.load(shipped)

    assert report.kept == ["narae-precision", "narae-precision/ir.en.txt"]
    company.refresh_from_db()
    assert company.industry == "manufacturing"
    assert SourceText.objects.get(language="en").text == ENGLISH + " Mended."


def test_a_text_that_came_in_another_way_is_not_kept_twice(shipped):
    loading.load(shipped)
    SourceText.objects.update(origin="pasted", loaded_from="")

    assert len(loading.load(shipped).unchanged) == 3
    assert SourceText.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"industry": "magic"}, "industry"),
        ({"name": {"ko": "나래정밀"}}, "en"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "42"}, "slug"),
        ({"homepage": "javascript:alert(1)"}, "homepage"),
        ({"unknown": 1}, "unknown"),
        ({"sources": [NARAE["sources"][0] | {"file": "../../secrets.txt"}]}, "file"),
        ({"sources": [NARAE["sources"][0] | {"file": "missing.txt"}]}, "missing.txt"),
        ({"sources": [NARAE["sources"][0] | {"language": "en"}]}, "text"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_written(shipped, change, named):
    write(shipped / "companies" / "narae-precision", NARAE | change)

    with pytest.raises(ContentError) as caught:
        loading.load(shipped)

    assert "narae-precision" in str(caught.value)
    assert named in str(caught.value)
    assert rows() == []


def test_another_companys_alias_is_refused(shipped):
    other = NARAE | {"slug": "other", "aliases": ["㈜ 나래정밀"], "sources": []}
    write(shipped / "companies" / "other", other)

    with pytest.raises(ContentError, match=r"나래정밀.*narae-precision"):
        loading.load(shipped)


def test_one_command_loads_all_of_the_content():
    said = io.StringIO()

    call_command("loadcontent", "--samples", stdout=said)

    lines = said.getvalue().splitlines()
    assert lines[0].startswith("questions: ")
    assert lines[1].startswith("companies and their texts: ")
    assert lines[1].endswith("0 updated, 0 unchanged, 0 kept as staff edited them")
    # One waits for staff, to show how a review goes.
    assert set(Company.objects.filter(auto_publish=False).values_list("slug", flat=True)) == {
        "gureum-works"
    }


def test_a_real_site_gets_no_fictional_companies():
    said = io.StringIO()

    call_command("loadcontent", stdout=said)

    assert said.getvalue().startswith("questions: 216 new")
    assert not Company.objects.exists()


def test_staff_switch_publishing_at_once_for_good(shipped):
    write(shipped / "companies" / "narae-precision", NARAE | {"auto_publish": True})
    loading.load(shipped)
    Company.objects.update(auto_publish=False)

    write(shipped / "companies" / "narae-precision", NARAE | {"homepage": "https://n.example"})
    loading.load(shipped)

    company = Company.objects.get(slug="narae-precision")
    assert (company.auto_publish, company.homepage) == (False, "https://n.example")


ABOUT = "kind: ir\nlanguage: en\ntitle: 2025 results\npublished_on: 2026-03-02\n"


@pytest.fixture
def narae(db):
    company = Company.objects.create(
        slug="narae", name_ko="나래정밀", name_en="Narae Precision", industry="manufacturing"
    )
    company.aliases.create(name="NRP")
    return company


def test_files_of_every_kind_are_ingested(narae, tmp_path):
    more = [f"{ENGLISH} Part {number}." for number in range(4)]
    files: dict[str, str | bytes] = {
        "a__pdf": pdf([more[0]]),
        "b__docx": word(more[1]),
        "c__txt": more[2].encode("utf-16"),
        "d__html": page(*[more[3]] * 2).encode(),
    }
    about = {f"{name}__yaml": ABOUT for name in files}
    write(tmp_path / "NRP", None, **files, **about, __DS_Store="noise")

    said = ingest(tmp_path)

    assert said.splitlines() == [
        "NRP/a.pdf: new",
        "NRP/b.docx: new",
        "NRP/c.txt: new",
        "NRP/d.html: new",
    ]
    assert set(narae.sources.values_list("origin", flat=True)) == {"command"}
    assert narae.sources.get(loaded_from="NRP/c.txt").text == more[2]
    assert str(narae.sources.get(loaded_from="NRP/a.pdf").published_on) == "2026-03-02"


def test_ingesting_twice_changes_nothing(narae, tmp_path):
    write(tmp_path / "narae", None, notes__txt=ENGLISH, notes__txt__yaml=ABOUT)
    ingest(tmp_path)
    before = rows()

    assert ingest(tmp_path) == "narae/notes.txt: unchanged\n"
    assert rows() == before


def test_a_changed_file_changes_its_text_unless_staff_did(narae, tmp_path):
    write(tmp_path / "narae", None, notes__txt=ENGLISH, notes__txt__yaml=ABOUT)
    ingest(tmp_path)
    write(tmp_path / "narae", None, notes__txt=ENGLISH + " More.")

    assert ingest(tmp_path) == "narae/notes.txt: changed\n"

    source = narae.sources.get()
    assert source.text == ENGLISH + " More."
    source.title = "Mended"
    source.save()
    write(tmp_path / "narae", None, notes__txt=ENGLISH + " Even more.")
    assert ingest(tmp_path) == "narae/notes.txt: kept as staff edited it\n"
    assert narae.sources.get().text == ENGLISH + " More."


def test_a_company_yaml_makes_a_company_that_staff_show_later(tmp_path):
    folder = write(tmp_path / "any name", NARAE, introduction__ko__txt=KOREAN, ir__en__txt=ENGLISH)

    said = ingest(folder)

    assert said.splitlines() == [
        "any name/company.yaml: new",
        "any name/introduction.ko.txt: new",
        "any name/ir.en.txt: new",
    ]
    assert not Company.objects.get(slug="narae-precision").is_published


def test_a_bad_file_does_not_stop_the_others(narae, tmp_path):
    files: dict[str, str | bytes] = {
        "a_scan__pdf": scanned_pdf(),
        "b_french__txt": FRENCH,
        "c_garbage__txt": bytes(range(256)) * 9,
        "d_huge__txt": b"0" * (10 * 1024 * 1024 + 1),
        "e_old__doc": b"\xd0\xcf\x11\xe0",
        "g_good__txt": ENGLISH,
    }
    about = {f"{name}__yaml": ABOUT for name in files}
    write(tmp_path / "narae", None, **files, **about, f_nothing__txt=ENGLISH, bad__txt=ENGLISH)
    write(tmp_path / "narae", None, bad__txt__yaml="kind: rumour\nlanguage: en\ntitle: x\n")
    (tmp_path / "narae" / "link.txt").symlink_to("/etc/hostname")
    write(tmp_path / "narae", None, link__txt__yaml=ABOUT)
    write(tmp_path / "나래정밀", None, notes__txt=ENGLISH, notes__txt__yaml=ABOUT)

    lines = refused(tmp_path).splitlines()

    wanted = [
        ("narae/a_scan.pdf", "pictures of pages"),
        ("narae/b_french.txt", "reads as French"),
        ("narae/bad.txt", "kind"),
        ("narae/c_garbage.txt", "encoding"),
        ("narae/d_huge.txt", "10 MB"),
        ("narae/e_old.doc", "cannot be read"),
        ("narae/f_nothing.txt", "nor a f_nothing.txt.yaml"),
        ("narae/g_good.txt", "new"),
        ("narae/link.txt", "outside of its folder"),
        # Its name alone names nobody: only a slug, an id or an alias does.
        ("나래정밀", "No company here has the slug, id or alias “나래정밀”."),
    ]
    assert [line.split(":")[0] for line in lines[:-1]] == [place for place, _said in wanted]
    for line, (_place, said) in zip(lines, wanted):
        assert said in line
    assert lines[-1] == "9 were not taken."
    assert narae.sources.get().text == ENGLISH


def test_a_listed_file_that_is_missing_is_named(tmp_path):
    folder = write(tmp_path / "narae", NARAE, ir__en__txt=ENGLISH)

    said = refused(folder)

    assert "narae/introduction.ko.txt" in said
    assert "narae/ir.en.txt: new" in said


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(CommandError, match="is no folder"):
        call_command("ingest_sources", tmp_path / "nowhere")
