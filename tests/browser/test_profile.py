"""The profile in a browser: by keyboard, on a phone, and without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.people import Person

pytestmark = pytest.mark.browser

WORK = [
    {"name": "Cloud Bakery", "position": "Backend developer", "startDate": "2023-03"},
    {"name": "Tide Lab", "position": "Intern", "startDate": "2022-07", "endDate": "2022-12"},
]


def saved(person: Person) -> dict[str, object]:
    data: dict[str, object] = person.api("GET", "profile").json()
    return data


def titles(page: Page) -> list[str]:
    return [
        text.split(" ")[0] for text in page.locator("#work .profile-entry-title").all_inner_texts()
    ]


def test_an_entry_is_added_by_keyboard(page: Page, alice: Person):
    page.goto("/profile/")
    page.get_by_role("link", name=re.compile("^Add ?: Work$")).press("Enter")
    expect(page.get_by_label("Company", exact=True)).to_be_focused()
    page.keyboard.type("Cloud Bakery")
    page.keyboard.press("Tab")
    page.keyboard.type("Backend developer")
    page.get_by_label("From").fill("2023.3")
    page.get_by_label("What you achieved").fill("Cut p99 to 120 ms\nWrote the runbook")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page).to_have_url(re.compile("/profile/#work$"))
    expect(page.locator("#work")).to_contain_text("Mar 2023 – Present")
    assert saved(alice) == {
        "work": [{**WORK[0], "highlights": ["Cut p99 to 120 ms", "Wrote the runbook"]}]
    }


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_entries_are_moved_and_removed(scripts: bool, alice: Person, page_of: Callable[..., Page]):
    alice.api("PUT", "profile", json={"work": WORK})
    page = page_of(alice, java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    page.goto("/profile/")
    assert titles(page) == ["Cloud", "Tide"]
    page.get_by_role("button", name="Move down: Cloud Bakery").click()
    expect(page.locator("#work .profile-entry-title").first).to_contain_text("Tide Lab")

    page.get_by_role("link", name=re.compile("^Remove ?: Tide Lab$")).click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name=re.compile("^Remove ?: Tide Lab$")).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#work .profile-entry-title")).to_have_count(1)
    assert saved(alice) == {"work": [WORK[0]]}


def test_unsaved_words_are_not_left_by_accident(page: Page):
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto("/profile/basics")
    page.get_by_label("Name", exact=True).press_sequentially("Alice")
    with page.expect_event("dialog") as dialog:
        page.locator(".brand").click(no_wait_after=True)
    assert dialog.value.type == "beforeunload"
    expect(page.get_by_label("Name", exact=True)).to_have_value("Alice")


def test_two_devices_do_not_overwrite_each_other(
    page: Page, alice: Person, page_of: Callable[..., Page]
):
    alice.api("PUT", "profile", json={"basics": {"name": "Alice"}})
    phone = page_of(alice, viewport={"width": 390, "height": 800})
    for device in (page, phone):
        device.goto("/profile/basics")
    page.get_by_label("What you do").fill("Backend developer")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#basics")).to_contain_text("Backend developer")
    phone.get_by_label("What you do").fill("Frontend developer")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nothing was overwritten.")
    assert saved(alice)["basics"] == {"name": "Alice", "label": "Backend developer"}
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator("#basics")).to_contain_text("Frontend developer")


def test_a_profile_leaves_and_comes_back_as_a_file(page: Page, alice: Person, tmp_path: Path):
    data = {"basics": {"name": "지우"}, "work": WORK}
    alice.api("PUT", "profile", json=data)
    page.goto("/profile/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    path = tmp_path / "resume.json"
    download.value.save_as(path)
    assert json.loads(path.read_text(encoding="utf-8"))["work"] == WORK

    alice.api("PUT", "profile", json={"basics": {"name": "Other"}})
    page.get_by_role("link", name="Import").click()
    page.get_by_label("JSON Resume file").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".errorlist")).to_contain_text("Your profile is not empty.")
    page.get_by_label("JSON Resume file").set_input_files(path)
    page.get_by_label("Replace what my profile says now").check()
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#basics")).to_contain_text("지우")
    assert saved(alice) == data


def test_long_words_fit_on_a_phone(alice: Person, page_of: Callable[..., Page]):
    long = "y" * 250
    entry = {
        "name": long,
        "position": long,
        "url": f"https://example.com/{long}",
        "highlights": [long],
    }
    basics = {"name": long, "url": f"https://example.com/{long}", "summary": long}
    skills = [{"name": long, "keywords": [long]}]
    alice.api("PUT", "profile", json={"basics": basics, "work": [entry, entry], "skills": skills})
    page = page_of(alice, viewport={"width": 390, "height": 800})

    page.goto("/profile/")

    expect(page.locator("#work")).to_contain_text(long)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
