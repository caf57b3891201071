"""A mock interview in a browser: from the first letter to the debrief."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.long]

DEBRIEF = re.compile(r"/practice/[0-9a-f-]{36}/debrief$")


def begin(person: Person, **wishes: Any) -> dict[str, Any]:
    """A session by API; its pages are below ``/practice/<id>/``."""
    body = {"language": "en", "count": 3, "minutes": 10, **wishes}
    reply = person.api("POST", "sessions", json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def address(session: dict[str, Any]) -> str:
    return f"/practice/{session['id']}/"


def time_left(page: Page) -> str:
    return page.locator("[data-countdown-time]").inner_text()


def test_from_the_first_letter_to_the_debrief(page: Page):
    page.goto("/practice/new")
    page.get_by_role("button", name="Start the mock interview").click()
    expect(page.get_by_text("Question 1 of 3")).to_be_visible()
    expect(page.locator("[data-countdown-waiting]")).to_be_visible()
    assert time_left(page) == "10:00"

    page.locator("#answer").press_sequentially("The first answer (s1)")
    expect(page.locator("[data-countdown-waiting]")).to_have_count(0)
    expect(page.locator("[data-countdown-time]")).to_have_text(re.compile(r"9:5\d"))
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    page.reload()
    expect(page.locator("#answer")).to_have_value("The first answer (s1)")
    expect(page.locator("[data-countdown-time]")).to_have_text(re.compile(r"9:[345]\d"))
    page.locator("#answer").press("Control+Enter")

    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    expect(page.locator("#answer")).to_have_value("")
    expect(page.locator(".session-place-saved")).to_have_count(1)
    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_text("Question 3 of 3")).to_be_visible()
    page.locator("#answer").fill("The third answer (s1)")
    page.get_by_role("button", name="Save the answer").click()
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    expect(page.locator(".chip-amber")).to_have_text("skipped before")
    page.locator("#answer").fill("The second answer (s1)")
    page.locator("#answer").press("Control+Enter")

    expect(page).to_have_url(DEBRIEF)
    expect(page.get_by_text("3 of 3 questions answered")).to_be_visible()
    expect(page.locator(".debrief-sum .score-value")).to_have_text(re.compile(r"^\d+/100$"))
    expect(page.locator(".debrief-line strong").first).to_be_visible()
    expect(page.locator(".live-state")).to_have_count(0)


def test_the_clock_can_be_hidden_and_stays_so(page: Page, alice: Person):
    session = begin(alice)
    page.goto(address(session))
    page.get_by_role("button", name="Hide the time").click()
    expect(page.locator("[data-countdown-time]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-countdown-time]")).to_be_hidden()
    page.get_by_role("button", name="Show the time").click()
    expect(page.locator("[data-countdown-time]")).to_be_visible()
