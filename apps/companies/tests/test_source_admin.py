"""Staff: add texts by pasting and by uploading, mend them, leave them out, delete them."""

from __future__ import annotations

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.common import storage
from apps.common.models import Leftover
from apps.companies.models import Company, SourceText

from .files import ENGLISH, FRENCH, KOREAN, extract_here, page, pdf, scanned_pdf, word

pytestmark = pytest.mark.django_db
ADD = "/admin/companies/sourcetext/add/"
UPLOAD = "/admin/companies/sourcetext/upload/"


@pytest.fixture(autouse=True)
def _no_children(monkeypatch):
    monkeypatch.setattr("apps.companies.services.sources.extract", extract_here)


@pytest.fixture
def admin(staff, client_for):
    return client_for(staff)


@pytest.fixture
def company(db):
    return Company.objects.create(
        slug="narae", name_ko="나래정밀", name_en="Narae Precision", industry="manufacturing"
    )


@pytest.fixture
def source(company):
    return SourceText.objects.create(
        company=company, kind="ir", title="2025 results", language="en", text=ENGLISH
    )


def _pasted(company, **changes):
    return {
        "company": company.pk,
        "kind": "ir",
        "title": "2025 results",
        "language": "en",
        "published_on": "2026-03-02",
        "url": "",
        "text": ENGLISH,
        "is_active": "on",
    } | changes


def _upload(admin, company, name, content, **changes):
    given = {
        "company": company.pk,
        "file": SimpleUploadedFile(name, content),
        "kind": "ir",
        "language": "en",
        "title": "2025 results",
        "published_on": "2026-03-02",
        "url": "https://narae.example/ir",
    } | changes
    return admin.post(UPLOAD, given)


def test_a_pasted_text_is_kept_as_it_will_be_cited(admin, company):
    messy = f"\ufeff{ENGLISH}  \r\n\r\n\r\n\r\nPlants\u200b in Changwon.\x00 "

    response = admin.post(ADD, _pasted(company, text=messy))

    assert response.status_code == 302
    source = SourceText.objects.get()
    assert source.text == f"{ENGLISH}\n\nPlants in Changwon."
    assert source.characters == len(source.text)
    assert len(source.content_hash) == 64
    assert source.origin == "pasted"


def test_an_address_without_a_scheme_is_https(admin, company):
    admin.post(ADD, _pasted(company, url="narae.example/ir"))

    assert SourceText.objects.get().url == "https://narae.example/ir"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " \n "}, "This field is required."),
        ({"text": "1,284 — 12%"}, "There is no text here."),
        ({"text": FRENCH}, "This text reads as French."),
        ({"text": KOREAN}, "This text reads as Korean: choose that as its language."),
        ({"text": "a�b" * 50}, "unreadable signs"),
        ({"text": "word " * 320_001}, "at most 1600000 characters"),
        ({"published_on": "2026-02-31"}, "Enter a valid date."),
    ],
)
def test_a_bad_text_is_named_and_nothing_typed_is_lost(admin, company, changes, message):
    response = admin.post(ADD, _pasted(company, **changes))

    html = response.content.decode()
    assert response.status_code == 200
    assert message in html
    assert 'value="2025 results"' in html
    assert not SourceText.objects.exists()


def test_the_same_text_again_names_the_one_that_is_here(admin, company, source):
    response = admin.post(ADD, _pasted(company, title="Again", text=ENGLISH + " \r\n"))

    assert "This text is here already, as “2025 results”" in response.content.decode()
    assert SourceText.objects.count() == 1


def test_another_company_may_have_the_same_text(admin, company, source):
    other = Company.objects.create(slug="other", name_ko="다른", name_en="Other", industry="media")

    assert admin.post(ADD, _pasted(other)).status_code == 302
    assert SourceText.objects.count() == 2


def test_editing_the_text_makes_a_new_hash_and_says_what_follows(admin, company, source):
    address = reverse("admin:companies_sourcetext_change", args=[source.pk])

    response = admin.post(address, _pasted(company, text=ENGLISH + " More."), follow=True)

    assert "The text has changed" in response.content.decode()
    before, source.content_hash = source.content_hash, ""
    source.refresh_from_db()
    assert source.text == ENGLISH + " More."
    assert source.content_hash != before
    assert source.characters == len(ENGLISH) + 6


def test_saving_with_a_browsers_line_ends_is_no_change_of_the_text(admin, company, source):
    source.text = f"{ENGLISH}\n\n{ENGLISH} Twice."
    source.save()
    address = reverse("admin:companies_sourcetext_change", args=[source.pk])
    text = source.text.replace("\n", "\r\n")

    response = admin.post(address, _pasted(company, text=text, kind="report"), follow=True)

    assert "The text has changed" not in response.content.decode()
    logged = json.loads(LogEntry.objects.get().change_message)
    assert logged == [{"changed": {"fields": ["Kind", "Published on"]}}]
    kept = SourceText.objects.get()
    assert (kept.kind, kept.content_hash) == ("report", source.content_hash)


def test_an_upload_is_stored_read_and_shown_for_mending(admin, company, s3):
    content = pdf([ENGLISH])

    response = _upload(admin, company, "IR 2025.pdf", content)

    source = SourceText.objects.get()
    assert response.headers["Location"] == reverse(
        "admin:companies_sourcetext_change", args=[source.pk]
    )
    assert source.text == ENGLISH
    assert (source.origin, source.filename, source.title) == (
        "upload",
        "IR 2025.pdf",
        "2025 results",
    )
    assert storage.read(source.file_key) == content
    assert not Leftover.objects.exists()
    html = admin.get(response.headers["Location"]).content.decode()
    assert "IR 2025.pdf" in html
    assert f"Read {len(ENGLISH)} characters." in html


def test_without_a_title_the_page_or_the_file_gives_one(admin, company, s3):
    html = page(*[ENGLISH] * 3, title="Who we are").encode()

    _upload(admin, company, "about.html", html, title="", published_on="")
    _upload(admin, company, "Q2 notes.docx", word(ENGLISH), title="")

    assert set(SourceText.objects.values_list("title", flat=True)) == {"Who we are", "Q2 notes"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scan.pdf", scanned_pdf(), "holds pictures of pages and no text"),
        ("report.hwp", b"HWP Document File", "This kind of file cannot be read."),
        ("notes.txt", bytes(range(256)) * 9, "encoding is not known"),
        ("notes.txt", b"0" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ("notes.txt", FRENCH.encode(), "This text reads as French."),
        ("notes.txt", KOREAN.encode(), "This text reads as Korean"),
        ("notes.txt", b"", "The submitted file is empty."),
    ],
)
def test_a_bad_file_is_named_and_nothing_typed_is_lost(admin, company, s3, name, content, message):
    response = _upload(admin, company, name, content)

    html = response.content.decode()
    assert response.status_code == 200
    assert message in html
    for typed in ('value="2025 results"', 'value="2026-03-02"', "https://narae.example/ir"):
        assert typed in html
    assert "나래정밀" in html or "Narae" in html
    assert not SourceText.objects.exists()
    assert not Leftover.objects.exists()


def test_the_choice_of_companies_speaks_the_pages_language(admin):
    html = admin.get(UPLOAD).content.decode()

    assert "select2/i18n/en.js" in html
    assert 'lang="en"' in html.partition('id="id_company"')[2].partition(">")[0]


def test_an_uploaded_twin_names_the_one_that_is_here(admin, company, source, s3):
    response = _upload(admin, company, "again.txt", ENGLISH.encode())

    assert "as “2025 results”" in response.content.decode()
    assert not Leftover.objects.exists()


def test_the_errors_are_korean_for_korean_staff(staff, company, s3):
    from django.test import Client

    korean = Client(headers={"accept-language": "ko"})
    korean.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")

    html = _upload(korean, company, "scan.pdf", scanned_pdf()).content.decode()

    assert 'lang="ko"' in html
    assert 'class="errorlist"' in html


def test_with_the_store_down_nothing_is_saved_and_nothing_typed_is_lost(admin, company):
    response = _upload(admin, company, "notes.txt", ENGLISH.encode())

    html = response.content.decode()
    assert "The file store could not be reached" in html
    assert 'value="2025 results"' in html
    assert not SourceText.objects.exists()
    # What may have arrived after all is swept up later.
    assert Leftover.objects.count() == 1


def test_a_file_is_downloaded_from_the_store(admin, company, s3):
    _upload(admin, company, "IR 2025.pdf", pdf([ENGLISH]))
    source = SourceText.objects.get()

    response = admin.get(reverse("admin:companies_sourcetext_file", args=[source.pk]))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(s3)
    assert "X-Amz-Signature" in response.headers["Location"]


def test_a_pasted_text_has_no_file(admin, source):
    address = reverse("admin:companies_sourcetext_file", args=[source.pk])

    assert admin.get(address).status_code == 404


def test_a_source_text_is_shown_as_text_never_as_html(admin, company):
    text = ENGLISH + " <script>alert(1)</script> </textarea><b>bold</b>"
    source = SourceText.objects.create(
        company=company, kind="ir", title="<i>title</i>", language="en", text=text
    )

    for address in (
        reverse("admin:companies_sourcetext_change", args=[source.pk]),
        reverse("admin:companies_sourcetext_changelist"),
    ):
        html = admin.get(address).content.decode()
        assert "<script>alert" not in html
        assert "</textarea><b>" not in html
        assert "<i>title" not in html


def test_the_list_is_searched_by_title_and_company_and_filtered(admin, company, source):
    SourceText.objects.create(
        company=company, kind="news", title="뉴스", language="ko", text=KOREAN
    )
    address = reverse("admin:companies_sourcetext_changelist")

    def titles(query):
        response = admin.get(address + query)
        return [row.title for row in response.context["cl"].result_list]

    assert titles("?q=narae") == titles("?q=나래") == ["2025 results", "뉴스"]
    assert titles("?q=뉴스") == ["뉴스"]
    assert titles("?kind__exact=ir") == ["2025 results"]
    assert titles("?language__exact=ko") == ["뉴스"]
    assert titles("?is_active__exact=0") == []


def test_texts_are_left_out_and_used_again(admin, source):
    address = reverse("admin:companies_sourcetext_changelist")

    admin.post(address, {"action": "leave_out", "_selected_action": [source.pk]})
    assert not SourceText.objects.active().exists()

    admin.post(address, {"action": "use", "_selected_action": [source.pk]})
    assert SourceText.objects.active().count() == 1


@pytest.mark.parametrize("way", ["one", "action", "company"])
def test_deleting_leaves_no_file_behind(
    admin, company, s3, sent_tasks, django_capture_on_commit_callbacks, way
):
    _upload(admin, company, "notes.txt", ENGLISH.encode())
    source = SourceText.objects.get()
    chosen = {"action": "delete_selected", "_selected_action": [source.pk], "post": "yes"}
    address, given = {
        "one": (reverse("admin:companies_sourcetext_delete", args=[source.pk]), {"post": "yes"}),
        "action": (reverse("admin:companies_sourcetext_changelist"), chosen),
        "company": (reverse("admin:companies_company_delete", args=[company.pk]), {"post": "yes"}),
    }[way]

    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(address, given).status_code == 302

    assert not SourceText.objects.exists()
    assert list(Leftover.objects.values_list("key", flat=True)) == [source.file_key]
    assert ("apps.common.tasks.sweep_leftovers", []) in sent_tasks


@pytest.mark.parametrize("address", [ADD, UPLOAD])
def test_others_than_staff_are_sent_to_log_in(client_for, candidate, address):
    response = client_for(candidate).get(address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_staff_without_the_right_may_neither_upload_nor_download(client_for, candidate, source):
    candidate.is_staff = True
    candidate.save()
    browser = client_for(candidate)

    assert browser.get(UPLOAD).status_code == 403
    address = reverse("admin:companies_sourcetext_file", args=[source.pk])
    assert browser.get(address).status_code == 403
