"""Web pages into sources: new, unchanged, changed, edited, failed, gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from apps.companies import collecting, fetching, tasks
from apps.companies.models import AllowedHost, Company, CompanyPage, SourceText

from .files import ENGLISH, FRENCH, KOREAN, extract_here, page, pdf
from .web import HOST, Web, html

pytestmark = pytest.mark.django_db
CHANGED = ENGLISH.replace("12%", "14%")


@pytest.fixture(autouse=True)
def _no_children(monkeypatch):
    monkeypatch.setattr("apps.companies.collecting.extract", extract_here)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        web.routes["/ir"] = html(page(ENGLISH, title="Investors"), ETag='"1"')
        yield web


@pytest.fixture
def company(db):
    return Company.objects.create(
        slug="narae", name_ko="나래정밀", name_en="Narae Precision", industry="manufacturing"
    )


@pytest.fixture
def listed(company, web):
    AllowedHost.objects.create(host=HOST)
    return CompanyPage.objects.create(company=company, url=web.url("/ir"), kind="ir", language="en")


def read(listed: CompanyPage, web: Web) -> CompanyPage:
    """Read this page now, and give it as it is then."""
    assert collecting.read_pages([listed.pk], web.reader()) == []
    listed.refresh_from_db()
    return listed


def test_a_page_becomes_a_source(listed, web, company):
    read(listed, web)

    source = SourceText.objects.get()
    assert listed.source == source
    assert ENGLISH in source.text
    assert "Privacy" not in source.text
    assert (source.company, source.kind, source.language) == (company, "ir", "en")
    assert (source.title, source.origin, source.url) == ("Investors", "fetch", listed.url)
    assert (listed.last_error_code, listed.failures, listed.etag) == ("", 0, '"1"')
    assert listed.last_fetched_at is not None


def test_an_unchanged_page_is_skipped(listed, web):
    read(listed, web)
    before = SourceText.objects.values().get()

    web.routes["/ir"] = (304, {}, b"")
    read(listed, web)

    assert web.requests[-1][2]["If-None-Match"] == '"1"'
    assert SourceText.objects.values().get() == before
    assert listed.last_error_code == ""


def test_a_page_with_the_same_text_around_other_things_is_skipped(listed, web):
    read(listed, web)
    before = SourceText.objects.values().get()

    served = page(ENGLISH, title="Investors").replace("Privacy policy", "Cookies")
    web.routes["/ir"] = html(served)
    read(listed, web)

    assert SourceText.objects.values().get() == before
    assert listed.etag == ""


def test_a_changed_page_changes_its_source(listed, web):
    kept = read(listed, web).source_id

    web.routes["/ir"] = html(page(CHANGED, title="Investors"))
    read(listed, web)

    source = SourceText.objects.get()
    assert (source.pk, source.is_active) == (kept, True)
    assert CHANGED in source.text


def test_what_staff_edited_is_left_out_and_not_overwritten(listed, web):
    read(listed, web)
    edited = SourceText.objects.get()
    edited.text = edited.text + " Mended by staff."
    edited.save()
    read(listed, web)
    assert SourceText.objects.get().text.endswith("Mended by staff.")

    web.routes["/ir"] = html(page(CHANGED, title="Investors"))
    read(listed, web)

    edited.refresh_from_db()
    assert edited.text.endswith("Mended by staff.")
    assert not edited.is_active
    assert listed.source != edited
    assert listed.source.is_active
    assert CHANGED in SourceText.objects.active().get().text


def test_a_source_that_staff_deleted_is_asked_for_whole(listed, web):
    read(listed, web)
    SourceText.objects.all().delete()
    listed.refresh_from_db()

    read(listed, web)

    assert "If-None-Match" not in web.requests[-1][2]
    assert SourceText.objects.count() == 1


def test_a_pdf_on_the_web_is_read(listed, web):
    web.routes["/ir"] = (200, {"Content-Type": "application/pdf"}, pdf([ENGLISH]))

    read(listed, web)
    assert SourceText.objects.get().text == ENGLISH


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, {}, b""), "http_error"),
        ((200, {"Content-Type": "image/png"}, b"\x89PNG"), "not_text"),
        ((200, {"Content-Type": "application/pdf"}, b"no pdf"), "unreadable"),
        ((200, {"Content-Type": "text/plain"}, bytes(range(1, 256)) * 9), "unreadable"),
        (html("<script>app()</script>"), "needs_browser"),
        ((200, {"Content-Type": "text/plain"}, b"1,284 (12%)"), "unreadable"),
        (html(page(*[KOREAN] * 3)), "wrong_language"),
        (html(page(*[FRENCH] * 3, title="Bonjour")), "wrong_language"),
        ((302, {"Location": "http://127.0.0.1/"}, b""), "host_not_allowed"),
    ],
)
def test_a_page_that_cannot_be_kept_says_why_and_leaves_its_source(listed, web, answer, code):
    read(listed, web)
    before = SourceText.objects.values().get()

    web.routes["/ir"] = answer
    read(listed, web)
    read(listed, web)

    assert (listed.last_error_code, listed.failures) == (code, 2)
    assert str(listed.error_message) == str(CompanyPage.ERROR_MESSAGES[code])
    assert SourceText.objects.values().get() == before

    web.routes["/ir"] = html(page(ENGLISH, title="Investors"))
    assert read(listed, web).failures == 0
    assert listed.last_error_code == ""


def test_a_text_that_another_source_has_is_not_kept_twice(listed, web, company):
    web.routes["/ir"] = (200, {"Content-Type": "text/plain"}, ENGLISH.encode())
    SourceText.objects.create(
        company=company, kind="ir", title="By hand", language="en", text=ENGLISH
    )

    assert read(listed, web).last_error_code == "duplicate"
    assert SourceText.objects.count() == 1


def test_a_bug_with_one_page_does_not_stop_the_others(listed, web, company, monkeypatch):
    web.routes["/about"] = html(page(CHANGED))
    other = CompanyPage.objects.create(
        company=company, url=web.url("/about"), kind="news", language="en"
    )

    def extract(content, *args):
        if b"Investors" in content:
            raise RuntimeError("a bug")
        return extract_here(content, *args)

    monkeypatch.setattr("apps.companies.collecting.extract", extract)

    collecting.read_pages(reader=web.reader())

    listed.refresh_from_db()
    other.refresh_from_db()
    assert (listed.last_error_code, listed.source) == ("internal", None)
    assert (other.last_error_code, other.source) == ("", SourceText.objects.get())


@pytest.mark.parametrize("gone", ["page", "company"])
def test_what_is_deleted_while_it_is_read_leaves_nothing(listed, web, company, gone):
    reader = web.reader()
    read_from_web = reader.read

    def read_and_delete(url, **known):
        answer = read_from_web(url, **known)
        (company if gone == "company" else listed).delete()
        return answer

    reader.read = read_and_delete

    assert collecting.read_pages([listed.pk], reader) == []
    assert not SourceText.objects.exists()
    assert not CompanyPage.objects.exists()


def test_only_pages_that_are_due_are_read(listed, web, company):
    rows: dict[str, dict[str, Any]] = {
        "/never": {},
        "/lately": {"last_fetched_at": timezone.now() - timedelta(minutes=29)},
        "/long-ago": {"last_fetched_at": timezone.now() - timedelta(minutes=31)},
        "/off": {"is_active": False},
    }
    listed.delete()
    for path, fields in rows.items():
        CompanyPage.objects.create(
            company=company, url=web.url(path), kind="ir", language="en", **fields
        )

    collecting.read_pages(reader=web.reader())

    assert web.paths() == ["/robots.txt", "/never", "/long-ago"]


def test_two_runs_at_once_read_a_page_once(listed, web):
    reader = web.reader()
    ids = []

    def read_and_run_again(url, **known):
        ids.append(url)
        collecting.read_pages(reader=web.reader())
        return

    reader.read = read_and_run_again
    collecting.read_pages(reader=reader)

    assert ids == [listed.url]
    assert web.requests == []


def test_a_run_goes_on_in_another_when_its_time_is_up(listed, monkeypatch, sent_tasks):
    monkeypatch.setattr(collecting, "AT_MOST", timedelta(seconds=-1))

    tasks.fetch_pages()

    assert sent_tasks == [("apps.companies.tasks.fetch_pages", [str(listed.pk)])]


def test_the_task_asks_only_hosts_that_staff_allowed(listed, web, monkeypatch):
    monkeypatch.setattr(fetching.Network, "ports", {web.port})
    monkeypatch.setattr(fetching.Network, "addresses", lambda *args: ["127.0.0.1"])
    AllowedHost.objects.all().delete()

    tasks.fetch_pages(str(listed.pk))

    listed.refresh_from_db()
    assert listed.last_error_code == "host_not_allowed"
    assert web.requests == []


def test_the_task_does_not_read_this_machine(listed, monkeypatch, web):
    """The real rules, and a name that leads to where the tests' own server listens."""
    monkeypatch.setattr(fetching.Network, "ports", {web.port})
    found = [(2, 1, 6, "", ("127.0.0.1", web.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: found)

    tasks.fetch_pages(str(listed.pk))

    listed.refresh_from_db()
    assert listed.last_error_code == "address_not_public"
    assert web.requests == []


# Staff's side of it

PAGES = "/admin/companies/companypage/"


@pytest.fixture
def admin(staff, client_for):
    return client_for(staff)


def test_staff_list_pages_on_hosts_they_allowed(admin, company):
    given = {
        "company": company.pk,
        "url": "https://ir.narae.example/2026",
        "kind": "ir",
        "language": "en",
        "is_active": "on",
    }

    refused = admin.post(PAGES + "add/", given)
    assert "The host ir.narae.example is not among the allowed hosts yet." in (
        refused.content.decode()
    )
    assert not CompanyPage.objects.exists()

    assert admin.post("/admin/companies/allowedhost/add/", {"host": "ir.narae.example"})
    assert admin.post(PAGES + "add/", given).status_code == 302
    assert CompanyPage.objects.get().url == given["url"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "http://a.example", "a.example:8080", "*.example", "A.kr/"]
)
def test_what_is_no_hosts_name_is_refused(admin, host):
    response = admin.post("/admin/companies/allowedhost/add/", {"host": host})

    assert "Write a host's name" in response.content.decode().replace("&#x27;", "'")
    assert not AllowedHost.objects.exists()


@pytest.mark.parametrize("url", ["ftp://a.example/", "javascript:alert(1)", "a page"])
def test_what_is_no_address_of_the_web_is_refused(admin, company, url):
    given = {"company": company.pk, "url": url, "kind": "ir", "language": "en"}

    response = admin.post(PAGES + "add/", given)

    assert response.status_code == 200
    assert not CompanyPage.objects.exists()


def test_staff_see_what_went_wrong_and_read_again_now(admin, listed, sent_tasks):
    CompanyPage.objects.update(last_error_code="too_slow", failures=3)

    assert "It took too long." in admin.get(PAGES).content.decode()

    chosen = {"action": "read_now", "_selected_action": [listed.pk]}
    response = admin.post(PAGES, chosen, follow=True)
    assert "1 page is being read" in response.content.decode()
    assert sent_tasks == [("apps.companies.tasks.fetch_pages", [str(listed.pk)])]
    assert not LogEntry.objects.exists()
