"""Word résumés in a browser: make one, watch, look, download, make again, delete."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import docx
import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import sideways, violations
from tests.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.long]

DOCUMENT = re.compile(r"/documents/[0-9a-f-]{36}/$")
PROFILE = {
    "basics": {
        "name": "서미나",
        "label": "R&D <x> {{ 7*7 }}",
        "summary": "느린 화면의 까닭을 찾아요. 😀",
        "email": "mina@example.com",
    },
    "work": [{"name": "종이등불", "position": "개발자", "startDate": "2021-03"}],
}


@pytest.fixture
def alice(alice: Person) -> Person:
    return with_profile(alice)


def with_profile(person: Person, **basics: str) -> Person:
    profile = {**PROFILE, "basics": {**PROFILE["basics"], **basics}}  # type: ignore[dict-item]
    assert person.api("PUT", "profile", json=profile).status_code == 200
    return person


def make(page: Page, template: str = "Korean form", language: str = "한국어") -> None:
    page.goto("/documents/")
    page.get_by_role("radio", name=template).check()
    page.get_by_role("radio", name=language, exact=True).check()
    page.get_by_role("button", name="Make a Word file").click()
    expect(page).to_have_url(DOCUMENT)


def made(page: Page) -> None:
    """Until the file and its preview have come by themselves."""
    expect(page.locator('[data-state="succeeded"]')).to_be_visible(timeout=60_000)
    if shutil.which("soffice"):
        picture = page.locator(".paper-page").first
        expect(picture).to_be_visible(timeout=120_000)
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth") > 900
    else:
        expect(page.locator(".paper")).to_contain_text("서미나", timeout=60_000)


def test_made_watched_downloaded_made_again_and_deleted(page: Page, alice: Person):
    make(page)
    made(page)
    expect(page.locator(".document-filename")).to_contain_text("이력서_서미나_v1.docx")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "이력서_서미나_v1.docx"
    content = download.value.path().read_bytes()
    url = alice.api("GET", "documents").json()["results"][0]["download_url"]
    assert content == requests.get(url, timeout=30).content
    word = docx.Document(io.BytesIO(content))
    texts = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert {"서미나", "R&D <x> {{ 7*7 }}", "mina@example.com"} <= set(texts)
    assert "느린 화면의 까닭을 찾아요. 😀" in [one.text for one in word.paragraphs]

    page.get_by_role("button", name="Make again").click()
    expect(page.locator(".notice")).to_contain_text("Nothing has changed since version 1")
    with_profile(alice, name="서미나리")
    page.reload()
    expect(page.locator(".notice-warning")).to_contain_text("Your profile has changed since.")
    page.get_by_role("button", name="Make again").click()
    expect(page.locator(".document-filename")).to_contain_text(
        "이력서_서미나리_v2.docx", timeout=60_000
    )

    page.goto("/documents/")
    expect(page.locator(".document-row")).to_have_count(2)
    page.get_by_role("link", name=re.compile("Delete.*Version 1")).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".notice")).to_contain_text("The document is deleted.")
    expect(page.locator(".document-name a")).to_have_text(["Version 2"])


def test_by_keyboard(page: Page):
    page.goto("/documents/")
    page.get_by_role("radio", name="English résumé").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Korean developer résumé")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="English", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".template-picture-ko").first).to_be_visible()
    expect(page.locator(".template-picture-en").first).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(DOCUMENT)
    expect(page.locator("h1")).to_have_text("Korean developer résumé")


def test_the_list_follows_what_is_being_made(page: Page, alice: Person):
    page.goto("/documents/")
    reply = alice.api("POST", "documents", json={"template": "english", "language": "en"})
    assert reply.status_code == 201
    page.reload()
    download = page.get_by_role("link", name=re.compile("Download.*Resume_서미나_v1.docx"))
    expect(download).to_be_visible(timeout=60_000)


def test_without_scripts(page_of: Callable[..., Page], alice: Person):
    page = page_of(alice, java_script_enabled=False)
    make(page, "English résumé", "English")
    document = alice.api("GET", "documents").json()["results"][0]["id"]
    finished(alice, document)
    page.reload()
    expect(page.locator(".document-filename")).to_contain_text("Resume_서미나_v1.docx")


def finished(person: Person, document: str) -> None:
    for _ in range(200):
        if person.api("GET", f"documents/{document}").json()["job"]["status"] == "succeeded":
            return
        person.page("/documents/")  # takes a moment
    raise TimeoutError(document)


def test_an_empty_profile_shows_the_way(page_of: Callable[..., Page], cast: Iterator[Person]):
    page = page_of(next(cast))
    page.goto("/documents/")
    page.get_by_role("link", name="Upload a PDF résumé").click()
    expect(page).to_have_url(re.compile("/resumes/$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_for_every_reader(
    scheme: str,
    language: str,
    page_of: Callable[..., Page],
    cast: Iterator[Person],
    korean_cast: Iterator[Person],
):
    person = with_profile(next(korean_cast if language == "ko" else cast))
    document = person.api(
        "POST", "documents", json={"template": "korean-form", "language": language}
    ).json()["id"]
    finished(person, document)
    for width in (1280, 390):
        options: dict[str, Any] = {"viewport": {"width": width, "height": 800}}
        page = page_of(person, color_scheme=scheme, **options)
        for path in ("/documents/", f"/documents/{document}/", f"/documents/{document}/delete"):
            page.goto(path)
            if path.endswith(f"{document}/"):
                expect(page.locator(".paper-page, .paper").first).to_be_visible(timeout=120_000)
            assert violations(page) == "", path
            assert sideways(page) <= 0, path
