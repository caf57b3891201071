"""Signing up, finding a question, and writing before one has an account."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.people import PASSWORD, QUESTION, Person

pytestmark = pytest.mark.browser

PATH = f"/questions/{QUESTION}/"


@pytest.mark.parametrize("locale, language", [("ko-KR", "ko"), ("en-US", "en")])
def test_signing_up(locale: str, language: str, new_context: NewContext):
    page = new_context(locale=locale).new_page()
    page.goto("/accounts/signup/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("[name=email]").fill(f"new-{language}@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/questions/$"))
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".question-row")).to_have_count(20)

    # The first guess stays theirs, on a browser that speaks otherwise.
    other = new_context(locale="en-US" if language == "ko" else "ko-KR").new_page()
    other.goto("/accounts/login/")
    other.locator("[name=login]").fill(f"new-{language}@example.org")
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main form").first.get_by_role("button").first.click()
    expect(other).to_have_url(re.compile("/questions/$"))
    expect(other.locator("html")).to_have_attribute("lang", language)


def test_a_visitors_words_survive_signing_up(new_context: NewContext):
    page = new_context().new_page()
    page.goto(PATH)
    page.locator("#answer").press_sequentially("Written by nobody yet")
    page.locator("[data-submit]").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("main").get_by_role("link", name="Sign up").click()
    expect(page).to_have_url(re.compile("/accounts/signup/"))
    page.locator("[name=email]").fill("visitor@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile(PATH))
    expect(page.locator("#answer")).to_have_value("Written by nobody yet")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")


def test_a_visitors_words_survive_logging_in(new_context: NewContext, alice: Person):
    page = new_context().new_page()
    page.goto(PATH)
    page.locator("#answer").press_sequentially("Written before the login")
    page.locator("#answer").press("Control+Enter")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("[name=login]").fill(alice.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page).to_have_url(re.compile(PATH))
    expect(page.locator("#answer")).to_have_value("Written before the login")
    page.locator("#answer").press("Control+Enter")
    expect(page.locator('[data-state="succeeded"]')).to_be_attached()


def test_search_and_filters_live_in_the_address(page: Page):
    page.goto("/questions/")
    page.locator("[name=q]").press_sequentially("deadlock")
    expect(page).to_have_url(re.compile(r"[?&]q=deadlock"))
    rows = page.locator(".question-row")
    expect(rows.filter(has=page.locator("a[href*=deadlock-conditions]"))).to_have_count(1)
    page.locator("[name=topic]").select_option("operating-systems")
    expect(page).to_have_url(re.compile("topic=operating-systems"))
    page.locator("[name=state]").select_option("new")
    expect(page).to_have_url(re.compile("state=new"))
    address = page.url
    found = rows.count()
    assert 0 < found < 20

    page.reload()
    expect(rows).to_have_count(found)
    expect(page.locator("[name=q]")).to_have_value("deadlock")
    expect(page.locator("[name=topic]")).to_have_value("operating-systems")
    page.locator("a[href*=deadlock-conditions]").click()
    expect(page.locator("#answer")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(address)
    expect(rows).to_have_count(found)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("[name=q]").fill("no such words at all")
    expect(page.locator(".empty")).to_be_visible()
    assert len([url for url in asked if "such" in url]) == 1
    page.locator("[name=q]").blur()
    page.wait_for_timeout(600)
    assert len([url for url in asked if "such" in url]) == 1
    page.locator(".empty a").click()
    expect(rows).to_have_count(20)


def test_tried_questions_can_be_told_apart(page: Page, alice: Person):
    attempt = alice.submit("one that was tried")
    alice.finished(attempt["id"])
    page.goto("/questions/?state=tried")
    expect(page.locator(".question-row")).to_have_count(1)
    expect(page.locator(".question-standing")).to_contain_text("61")
    page.goto("/questions/?state=improve")
    expect(page.locator(".question-row")).to_have_count(1)
    page.goto(f"/questions/?state=new&q={QUESTION}&topic=operating-systems")
    expect(page.locator(f"a[href='{PATH}']")).to_have_count(0)


# Where a whole row is one link, its ::after is the row.
OUTLINED = """() => ["", "::after"].some((part) => {
  const style = getComputedStyle(document.activeElement, part);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
})"""


def focused_walk(page: Page, selector: str) -> None:
    """Press Tab until ``selector`` has the focus; every stop on the way can be seen."""
    for _stop in range(60):
        page.keyboard.press("Tab")
        outlined = page.evaluate(OUTLINED)
        assert outlined, page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_with_the_keyboard_alone(page: Page):
    page.goto("/questions/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    focused_walk(page, "[name=q]")
    page.keyboard.type("deadlock")
    expect(page).to_have_url(re.compile("q=deadlock"))
    focused_walk(page, "a[href*=deadlock-conditions]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/questions/deadlock"))
    expect(page.locator("#answer")).to_be_visible()
    focused_walk(page, "#answer")
    page.keyboard.type("Each waits for what the other holds.")
    focused_walk(page, "[data-submit]")
    page.keyboard.press("Enter")
    expect(page.locator('[data-state="succeeded"]')).to_be_attached()
    focused_walk(page, "#my-answer-tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#model-answer-tab")).to_be_focused()
    expect(page.locator("#model-answer")).to_be_visible()
    focused_walk(page, ".area-actions a:first-child")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_visible()


def test_logging_out(page: Page):
    page.goto(PATH)
    page.locator("[data-menu] summary").click()
    page.locator("form[action*=logout] button").click()
    expect(page.locator("a[href^='/accounts/login/']").first).to_be_visible()
    page.goto("/account/settings")
    expect(page).to_have_url(re.compile("/accounts/login/"))
