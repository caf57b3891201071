"""A follow-up in a browser: it comes when the marks stand, is written and sent on the same page,
and leads back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sideways, violations
from tests.browser.test_practice import ATTEMPT, answer, state
from tests.people import Person
from tests.scripted_sidecar import Reply, ScriptedSidecar

pytestmark = [pytest.mark.browser, pytest.mark.long]

ASKED = "passes the address of a local variable"
"""The shipped follow-up at the heaviest point that the scripted marks leave missing."""


def part(page: Page):
    return page.locator("#follow-up")


def test_it_comes_with_the_marks_and_is_answered_there(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (f1)", Reply(hold_after=1))
    answer(page, "Threads share the heap (f1)")
    expect(state(page, "writing")).to_be_attached()
    expect(part(page)).to_have_count(0)

    sidecar.release("Threads share the heap (f1)")
    expect(part(page)).to_contain_text(ASKED)
    first = page.url
    box = part(page).locator("textarea")
    box.press_sequentially("It can, while the function runs")
    expect(part(page).locator("[data-count]")).to_have_text("31")
    expect(part(page).locator("[data-draft-status]")).to_have_text("Draft saved")
    page.reload()
    expect(box).to_have_value("It can, while the function runs")

    box.press("Control+Enter")
    expect(page).not_to_have_url(first)
    expect(page).to_have_url(ATTEMPT)
    expect(page.locator("h1")).to_contain_text(ASKED)
    expect(state(page, "succeeded")).to_be_attached()
    expect(part(page).locator("[aria-current]")).to_contain_text(ASKED)
    page.get_by_role("link", name="Back to the first question").click()
    expect(page).to_have_url(first)
    expect(part(page).locator(".thread")).to_contain_text(ASKED)
    expect(part(page).locator(".thread")).to_contain_text("61 points")
    expect(part(page).locator("textarea")).to_have_value("")


def test_an_empty_answer_is_said_on_the_page(page: Page):
    answer(page, "Threads share the heap (f2)")
    part(page).locator("[data-submit]").click()
    expect(part(page).locator("#answer-error")).to_contain_text("Write your answer first")
    expect(part(page).locator("textarea")).to_be_focused()


def test_without_scripts(page_of: Callable[..., Page], alice: Person):
    attempt = alice.submit("Threads share the heap (f3)")["id"]
    alice.finished(attempt)
    page = page_of(alice, java_script_enabled=False)
    page.goto(f"/attempts/{attempt}/")
    part(page).locator("textarea").fill("It can.")
    part(page).locator("[data-submit]").click()
    expect(page.locator("h1")).to_contain_text(ASKED)
    page.locator(".asked-in a").click()
    expect(page).to_have_url(re.compile(attempt))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks_in_korean(page_of: Callable[..., Page], korean_cast, width: int, scheme: str):
    person = next(korean_cast)
    attempt = person.submit("스레드는 힙을 같이 써요.", language="ko")["id"]
    person.finished(attempt)
    page = page_of(person, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"/attempts/{attempt}/")
    expect(part(page).locator("h2")).to_have_text("꼬리 질문")
    part(page).locator("textarea").fill("함수가 끝나면 위험해요.")
    part(page).locator("[data-submit]").click()
    expect(page).not_to_have_url(re.compile(attempt))
    expect(state(page, "succeeded")).to_be_attached()
    for address in (page.url, f"/attempts/{attempt}/"):
        page.goto(address)
        assert violations(page) == ""
        assert sideways(page) <= 0
