"""A form that does not leave after all, a timer over a reload, and what copying gives."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.people import QUESTION

pytestmark = pytest.mark.browser

PATH = f"/questions/{QUESTION}/"


def send_and_hang(page: Page) -> None:
    """Send an answer to a site that never answers.

    Into a frame: Playwright itself waits for a page that has begun to leave.
    """
    page.goto(PATH)
    page.locator("#answer").fill("Threads share the heap")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    page.evaluate(
        """() => {
          const frame = document.createElement("iframe");
          frame.name = document.querySelector("[data-editor]").target = "elsewhere";
          document.body.append(frame);
        }"""
    )
    page.route("**/attempts", lambda _route: None)
    page.locator("[data-submit]").click(no_wait_after=True)
    expect(page.locator("[data-submit]")).to_be_disabled()


def goes_on(page: Page) -> None:
    expect(page.locator("[data-submit]")).to_be_enabled()
    with page.expect_response("**/draft") as saved:
        page.locator("#answer").press_sequentially(" of their process")
    assert saved.value.ok
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")


def test_a_submit_that_hangs_and_is_stopped_gives_everything_back(page: Page):
    send_and_hang(page)

    page.keyboard.press("Escape")

    goes_on(page)


def test_a_submit_that_fails_gives_everything_back(page: Page):
    send_and_hang(page)

    page.evaluate("navigation.dispatchEvent(new Event('navigateerror'))")

    goes_on(page)


def test_whoever_goes_on_typing_is_still_here(page: Page):
    send_and_hang(page)

    page.locator("#answer").press_sequentially(".")

    goes_on(page)


def test_the_timer_goes_on_over_a_reload(page: Page):
    page.goto(PATH)
    page.locator("[data-timer-toggle]").click()
    expect(page.locator("[data-timer-value]")).to_have_text(re.compile(r"0:0[2-9]"))

    page.reload()

    expect(page.locator("[data-timer-value]")).to_have_text(re.compile(r"0:0[3-9]"))
    expect(page.locator("[data-timer-toggle]")).to_have_text("Pause")


def test_a_visit_elsewhere_pauses_the_timer(page: Page):
    page.goto(PATH)
    page.locator("[data-timer-toggle]").click()
    expect(page.locator("[data-timer-value]")).to_have_text(re.compile(r"0:0[2-9]"))

    page.goto("/questions/")
    page.goto(PATH)

    expect(page.locator("[data-timer-toggle]")).to_have_text("Go on")
    expect(page.locator("[data-timer-value]")).to_have_text(re.compile(r"0:0[2-9]"))


def test_copying_an_answer_gives_the_answer(page: Page):
    text = "Threads share the heap (1)"
    page.goto(PATH)
    page.locator("#answer").fill(text)
    page.locator("#answer").press("Control+Enter")
    expect(page.locator(".answer-text .evidence-number").first).to_be_visible()

    copied = page.evaluate(
        """() => {
          getSelection().selectAllChildren(document.querySelector(".answer-text"));
          return getSelection().toString();
        }"""
    )

    assert copied.strip() == text
