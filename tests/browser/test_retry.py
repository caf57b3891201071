"""Answering again and what came of it; finding, keeping and disputing: in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.people import QUESTION, Person
from tests.scripted_sidecar import Reply, ScriptedSidecar

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATH = f"/questions/{QUESTION}/"
ATTEMPT = re.compile(r"/attempts/[0-9a-f-]{36}/$")
MISSING = ["missing"] * 6
COVERED = ["covered", "covered", *["missing"] * 4]


def answered(person: Person, text: str, language: str = "en") -> str:
    """The address of an answer with its feedback."""
    attempt = person.submit(text, language=language)["id"]
    person.finished(attempt)
    return f"/attempts/{attempt}/"


def test_answering_again_from_the_last_answer(page: Page, alice: Person, sidecar: ScriptedSidecar):
    sidecar.script("(r1)", Reply(statuses=MISSING))
    sidecar.script("(r2)", Reply(statuses=COVERED, hold_after_marks=1))
    page.goto(answered(alice, "Threads share the heap. (r1)"))

    page.get_by_role("link", name="Go on from this answer").click()
    expect(page.locator("#answer")).to_have_value("Threads share the heap. (r1)")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    expect(page.locator(".evidence, .point")).to_have_count(0)
    page.locator("#answer").fill("Threads share the heap and the code. (r2)")
    page.locator("#answer").press("Control+Enter")
    expect(page).to_have_url(ATTEMPT)

    # The words are compared at once, the points when they are all marked.
    page.get_by_role("tab", name="Compare", exact=True).click()
    comparison = page.locator("#comparison")
    expect(comparison.locator("ins")).to_contain_text(["heap and the code. (r2)"])
    expect(comparison).to_contain_text("compared once both answers have their feedback")
    expect(comparison.locator(".change-gained")).to_have_count(0)
    sidecar.release("(r2)")
    expect(comparison.locator(".change-gained li")).to_have_count(2)
    expect(comparison.locator(".change-missing li")).to_have_count(4)
    page.reload()
    page.get_by_role("tab", name="Compare", exact=True).click()
    expect(page.locator("#comparison .change-gained li")).to_have_count(2)


def test_beginning_from_nothing_keeps_the_draft_until_one_types(page: Page, alice: Person):
    answered(alice, "Threads share the heap (r3)")
    page.goto(PATH)
    page.locator("#answer").fill("Half done")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")

    page.get_by_role("link", name="an empty page").click()
    expect(page.locator("#answer")).to_have_value("")
    page.get_by_text("Your draft is kept").click()
    expect(page.locator(".set-aside .answer-text")).to_have_text("Half done")
    page.get_by_role("link", name="your draft").click()
    expect(page.locator("#answer")).to_have_value("Half done")


def test_a_missing_point_opens_the_model_answer_at_its_paragraph(
    page: Page, alice: Person, sidecar: ScriptedSidecar
):
    sidecar.script("(r4)", Reply(statuses=MISSING))
    page.goto(answered(alice, "Threads share the heap (r4)"))
    link = page.locator(".point-missing a").first
    target = link.get_attribute("href") or ""
    assert re.fullmatch(r"#model-answer-[1-3]", target)

    link.click()

    expect(page.locator("#model-answer-tab")).to_have_attribute("aria-selected", "true")
    expect(page.locator(target)).to_be_in_viewport()
    assert page.evaluate("id => document.querySelector(id).matches(':target')", target)
    # The address names it, too: whoever comes with it sees it.
    page.reload()
    expect(page.locator(target)).to_be_visible()
