"""Companies in a browser: find one, open a passage, follow it, practise for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.people import Person

pytestmark = pytest.mark.browser


def test_a_company_is_found_and_followed(page: Page, company: str):
    page.goto("/")
    expect(page.locator("#content")).to_contain_text("Follow the companies that you apply to")
    page.get_by_role("link", name="Look at companies").click()
    page.get_by_label("Search").press_sequentially("구름")
    expect(page.locator("#results")).to_contain_text("1 company")
    page.get_by_role("link", name="Cloud Bakery").click()
    expect(page).to_have_url(re.compile(f"{company}$"))
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()
    page.goto("/")
    expect(page.locator(".home-companies")).to_contain_text("It bakes bread in the cloud.")


def test_a_passage_opens_by_keyboard_and_gives_the_focus_back(page: Page, company: str):
    page.goto(company)
    mark = page.get_by_role("button", name="Where this stands: source 2, Who we are")
    passage = page.get_by_role("dialog", name="Who we are")
    expect(passage).to_be_hidden()
    mark.focus()
    page.keyboard.press("Enter")
    expect(passage).to_be_visible()
    expect(passage.locator("mark")).to_have_text("It has 40 ovens.")
    page.keyboard.press("Escape")
    expect(passage).to_be_hidden()
    expect(mark).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_it_works_on_a_phone_and_without_scripts(
    scripts: bool, alice: Person, page_of: Callable[..., Page], company: str
):
    page = page_of(alice, java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    page.goto("/companies/")
    page.get_by_label("Search").fill("bakery")
    page.get_by_label("Search").press("Enter")
    page.get_by_role("link", name="Cloud Bakery").click()
    page.locator(".cite").first.click()
    expect(page.get_by_role("dialog", name="Letter of 2026")).to_be_in_viewport()
    page.get_by_role("button", name="Close").click()
    page.locator(".company-practice a").first.click()
    expect(page.locator("#answer")).to_be_visible()
