"""A PDF becomes a profile in a browser: sent, watched, reviewed beside its pages, taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import FileChooser, Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from scripts.setup import ROOT
from tests.browser.conftest import sideways, violations
from tests.people import Person
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]

SAMPLES = ROOT / "apps/resume/corpus/sample"
ENGLISH = SAMPLES / "en-two-column-chromium-006.pdf"
KOREAN = SAMPLES / "ko-form-chromium-011.pdf"
UPLOAD = re.compile(r"/resumes/[0-9a-f-]{36}/$")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 800}}


def choose(page: Page, file: Path | dict[str, Any]) -> None:
    page.goto("/resumes/")
    page.locator("#upload-file").set_input_files(file)  # type: ignore[arg-type]


def upload(page: Page, file: Path = ENGLISH) -> None:
    """Send a file; ends on its review."""
    choose(page, file)
    expect(page).to_have_url(UPLOAD)
    expect(page.locator("[data-review]")).to_be_visible(timeout=60_000)


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#id_{name}")


def pointed(page: Page) -> Locator:
    return page.locator(".mark.is-pointed")


def take_all(page: Page) -> None:
    for button in page.locator("[data-take-all]").all():
        button.click()


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status]")).to_have_text(re.compile("Saved|저장했어요"))


def profile_of(person: Person) -> dict[str, Any]:
    reply = person.api("GET", "profile")
    assert reply.status_code == 200, reply.text
    profile: dict[str, Any] = reply.json()
    return profile


def test_the_whole_way(page: Page, alice: Person):
    upload(page)
    picture = page.locator(".review-page img").first
    expect(picture).to_have_js_property("naturalWidth", 992)  # 120 pixels an inch

    # Choosing a field marks its words on the page, and choosing them goes to the field.
    field(page, "work-0-position").focus()
    expect(pointed(page)).to_have_count(1)
    expect(pointed(page)).to_have_attribute("data-fields", "id_work-0-position")
    page.locator('.mark[data-fields="id_basics-0-email"]').click()
    expect(field(page, "basics-0-email")).to_be_focused()

    field(page, "work-0-position").fill("Staff Engineer")
    dropped = page.locator("[data-entry]", has=field(page, "skills-0-name"))
    name = field(page, "skills-0-name").input_value()
    take_all(page)
    dropped.get_by_text("Leave out").click()
    expect(field(page, "skills-0-name")).to_be_hidden()
    second = page.locator("[data-entry]", has=field(page, "work-1-name"))
    second.locator('[data-move="-1"]').click()
    expect(page.locator("[data-move-status]")).to_contain_text("now 1 of 3")
    saved(page)
    page.reload()
    expect(field(page, "work-0-position")).to_have_value("Staff Engineer")
    page.locator("[data-apply]").click()

    expect(page).to_have_url(re.compile("/profile/$"))
    profile = profile_of(alice)
    assert profile["work"][1]["position"] == "Staff Engineer"
    assert name not in [group["name"] for group in profile["skills"]]
    assert profile["basics"]["email"] == "ethan.brennan@example.com"
    page.goto("/resumes/")
    expect(page.locator(".upload-row")).to_contain_text("in your profile")


def test_a_conflict_is_chosen_between(page: Page, alice: Person):
    mine = {"basics": {"name": "E. Brennan", "label": "Builder"}}
    assert alice.api("PUT", "profile", json=mine).status_code == 200
    upload(page)
    take_all(page)
    page.locator("[data-apply]").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Which is right?")
    assert profile_of(alice)["basics"] == mine["basics"]
    assert violations(page) == ""
    page.get_by_label("Ethan Brennan").check()
    page.get_by_role("button", name="Put into my profile").click()
    expect(page).to_have_url(re.compile("/profile/$"))
    basics = profile_of(alice)["basics"]
    assert (basics["name"], basics["label"]) == ("Ethan Brennan", "Builder")


def test_what_the_reader_was_unsure_of_is_decided_by_the_person(page: Page, alice: Person):
    upload(page)
    left = page.locator("[data-undecided-count]")
    expect(left).to_have_text("2")
    expect(page.locator(".is-unsure").first).to_contain_text("Please check")

    page.locator("[data-apply]").click()
    expect(page.locator("#review-problems")).to_be_focused()
    expect(page.locator(".decision.is-missing")).to_have_count(2)
    assert "work" not in profile_of(alice)
    for missing in page.locator(".decision.is-missing").all():
        missing.get_by_text("Take").click()
    expect(page.locator("[data-undecided]")).to_be_hidden()
    page.locator("[data-apply]").click()
    expect(page).to_have_url(re.compile("/profile/$"))
    assert len(profile_of(alice)["work"]) == 3


def chooser_by_keyboard(page: Page) -> FileChooser:
    """Opened with the space bar; a busy browser may still drop the first press."""
    for last in (False, False, True):
        try:
            with page.expect_file_chooser(timeout=10_000) as chooser:
                page.locator("#upload-file").press("Space")
            return chooser.value
        except PlaywrightTimeout:
            if last:
                raise
    raise AssertionError("not reached")


def test_with_the_keyboard_alone(page: Page, alice: Person):
    page.goto("/resumes/")
    chooser_by_keyboard(page).set_files(ENGLISH)
    expect(page.locator("[data-review]")).to_be_visible(timeout=60_000)

    move = page.locator("[data-entry]", has=field(page, "work-2-name")).locator('[data-move="-1"]')
    move.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(move).to_be_focused()
    page.locator("#work-0-take").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#work-0-leave")).to_be_checked()
    for index in (1, 2):
        page.locator(f"#work-{index}-take").focus()
        page.keyboard.press("Space")
    field(page, "basics-0-name").focus()
    expect(pointed(page)).to_have_count(1)
    page.keyboard.press("Enter")  # keeps what was typed, and no more
    saved(page)
    expect(page).to_have_url(UPLOAD)
    page.locator("[data-apply]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/profile/$"))
    companies = [entry["name"] for entry in profile_of(alice)["work"]]
    assert companies == ["Marigold Health", "Tidewater Analytics"]


def test_an_ended_session_loses_nothing(page: Page, alice: Person):
    upload(page)
    take_all(page)
    saved(page)
    session = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    field(page, "basics-0-name").fill("Ethan J. Brennan")
    page.locator("[data-apply]").click()

    status = page.locator("[data-save-status]")
    expect(status).to_have_text("You are logged out. Log in in another tab, then go on here.")
    expect(page).to_have_url(UPLOAD)
    page.context.add_cookies(session)  # type: ignore[arg-type]
    page.locator("[data-apply]").click()
    expect(page).to_have_url(re.compile("/profile/$"))
    assert profile_of(alice)["basics"]["name"] == "Ethan J. Brennan"


def test_two_devices(page: Page):
    upload(page)
    other = page.context.new_page()
    other.goto(page.url)
    field(other, "basics-0-name").fill("From the other")
    saved(other)

    field(page, "basics-0-name").fill("From here")
    expect(page.locator("[data-save-conflict]")).to_be_visible()
    page.locator("[data-save-mine]").click()
    saved(page)
    other.reload()
    expect(field(other, "basics-0-name")).to_have_value("From here")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cv.hwp", b"HWP Document File", "This is a Hangul (HWP) file."),
        ("cv.docx", b"PK", "This is a Word file."),
        ("cv.png", b"x", "This is not a PDF."),
        ("cv.pdf", b"", "This file is empty."),
        ("cv.pdf", b"%PDF-" + b"x" * 10_500_000, "This file is larger than 10 MB."),
    ],
)
def test_a_file_that_cannot_be_a_resume_is_said_at_once(
    page: Page, name: str, content: bytes, said: str
):
    choose(page, {"name": name, "mimeType": "", "buffer": content})

    expect(page.locator("[data-upload-error]")).to_contain_text(said)
    expect(page).to_have_url(re.compile("/resumes/$"))


def test_a_web_page_named_pdf_is_refused_with_a_way_out(page: Page):
    choose(page, {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"<html><body>cv"})

    expect(page.locator(".failure")).to_contain_text("Use your browser's Print, choose Save as PDF")
    expect(page.get_by_role("link", name="Upload another file")).to_be_visible()


def test_a_lost_connection_and_trying_again(page: Page, stack: Stack):
    """The store is not reached at first; the same file then goes through."""
    failed: list[str] = []

    def once(route: Route) -> None:
        if failed:
            route.continue_()
        else:
            failed.append(route.request.url)
            route.abort("connectionreset")

    page.route(re.compile(re.escape(stack.places.s3_url) + r"/ssammu/?$"), once)
    choose(page, ENGLISH)
    expect(page.locator("[data-upload-error]")).to_contain_text("could not be reached")
    retry = page.locator("[data-upload-retry]")
    expect(retry).to_be_focused()
    retry.click()
    expect(page.locator("[data-review]")).to_be_visible(timeout=60_000)
    assert len(failed) == 1


def test_cancelling(page: Page, stack: Stack):
    # Held until the test ends: the file is on its way.
    page.route(re.compile(re.escape(stack.places.s3_url) + r"/ssammu/?$"), lambda route: None)
    choose(page, ENGLISH)
    expect(page.locator("[data-upload-progress]")).to_be_visible()
    page.locator("[data-upload-cancel]").click()
    expect(page.locator("[data-upload-status]")).to_have_text("Cancelled. Nothing was kept.")
    expect(page.locator("#upload-file")).to_be_enabled()
    page.reload()
    expect(page.locator(".upload-row")).to_have_count(0)


def test_dropping_a_file(page: Page):
    page.goto("/resumes/")
    transfer = page.evaluate_handle(
        """bytes => {
            const transfer = new DataTransfer();
            const file = new File([new Uint8Array(bytes)], "cv.pdf", {type: "application/pdf"});
            transfer.items.add(file);
            return transfer;
        }""",
        list(ENGLISH.read_bytes()),
    )
    page.dispatch_event("[data-drop-zone]", "drop", {"dataTransfer": transfer})
    expect(page.locator("[data-review]")).to_be_visible(timeout=60_000)


def test_the_pdf_is_private_and_keeps_its_name(page: Page, alice: Person, cast: Iterator[Person]):
    choose(
        page,
        {
            "name": "이력서 (최종).pdf",
            "mimeType": "application/pdf",
            "buffer": KOREAN.read_bytes(),
        },
    )
    expect(page.locator("[data-review]")).to_be_visible(timeout=60_000)
    path = page.url.removeprefix(alice.base_url)

    own = alice.page(f"{path}file")
    assert own.content == KOREAN.read_bytes()
    assert "%EC%9D%B4%EB%A0%A5%EC%84%9C" in own.headers["Content-Disposition"]
    stranger = next(cast)
    for place in ("", "file", "pages/1.png", "stream"):
        assert stranger.page(f"{path}{place}").status_code == 404
    bare = own.url.partition("?")[0]
    assert requests.get(bare, timeout=10).status_code == 403


def test_deleting(page: Page, alice: Person):
    upload(page)
    path = page.url.removeprefix(alice.base_url)
    picture = alice.page(f"{path}pages/1.png").url
    page.goto("/resumes/")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".notice-success")).to_have_text("The uploaded file is deleted.")
    expect(page.locator(".upload-row")).to_have_count(0)
    assert alice.page(path).status_code == 404
    Stack.until(lambda: requests.get(picture, timeout=10).status_code == 404)


def test_without_scripts(page_of: Callable[..., Page], alice: Person):
    page = page_of(alice, java_script_enabled=False)
    choose(page, ENGLISH)
    page.get_by_role("button", name="Upload").click()
    expect(page).to_have_url(UPLOAD)
    for _time in range(60):
        if page.locator("[data-review]").count():
            break
        page.wait_for_timeout(500)
        page.goto(page.url)
    field(page, "basics-0-name").fill("Typed by hand")
    page.get_by_role("button", name="Save for later").click()
    expect(page.locator(".notice-success")).to_contain_text("Saved.")
    expect(field(page, "basics-0-name")).to_have_value("Typed by hand")
    page.locator('[name="work-0-order"]').fill("9")
    undecided = page.locator("[data-entry]:not(:has(input:checked))")
    while undecided.count():
        undecided.first.locator('label[for$="-take"]').click()
    page.get_by_role("button", name="Put into my profile").click()
    expect(page).to_have_url(re.compile("/profile/$"))
    profile = profile_of(alice)
    assert profile["basics"]["name"] == "Typed by hand"
    assert profile["work"][2]["name"] == "Bluepine Labs"


def test_on_a_phone(page_of: Callable[..., Page], alice: Person):
    page = page_of(alice, **PHONE)
    upload(page)
    pages = page.locator("[data-pages]")
    expect(pages).to_be_hidden()
    page.locator("[data-look]").click()
    expect(pages).to_be_visible()
    field(page, "work-1-position").focus()
    expect(pointed(page)).to_be_in_viewport()
    expect(field(page, "work-1-position")).to_be_in_viewport()
    assert sideways(page) == 0
    page.locator("[data-look]").click()
    expect(pages).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_reader(
    scheme: str,
    language: str,
    page_of: Callable[..., Page],
    cast: Iterator[Person],
    korean_cast: Iterator[Person],
):
    person = next(korean_cast if language == "ko" else cast)
    page = page_of(person, color_scheme=scheme, **PHONE)
    page.goto("/resumes/")
    assert violations(page) == ""
    upload(page, KOREAN if language == "ko" else ENGLISH)
    assert violations(page) == ""
    with page.expect_navigation():  # refused where something is undecided
        page.locator("[data-apply]").click()
    assert violations(page) == ""
    assert sideways(page) == 0
    page.goto("/resumes/")
    assert violations(page) == ""
    assert sideways(page) == 0
    with page.expect_navigation():
        page.locator(".upload-row .btn").click()
    assert violations(page) == ""
