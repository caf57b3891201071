"""Answering again and what came of it; finding, keeping and disputing: in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext, log_in, sideways, violations
from tests.people import QUESTION, Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATH = f"/questions/{QUESTION}/"
ATTEMPT = re.compile(r"/attempts/[0-9a-f-]{36}/$")
MISSING = ["missing"] * 6
OPEN_ALL = "() => document.querySelectorAll('main details').forEach((part) => (part.open = true))"
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


def test_a_bookmark_is_set_in_the_list_and_found_by_it(page: Page):
    page.goto("/questions/?q=deadlock")
    button = page.locator("#bookmark-deadlock-conditions-and-prevention")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(page).to_have_url(re.compile("q=deadlock"))

    page.goto("/questions/?state=bookmarked")
    expect(page.locator(".question-row")).to_have_count(1)
    page.locator(".question-row h2 a").click()
    on_page = page.locator("#bookmark-deadlock-conditions-and-prevention")
    expect(on_page).to_have_text(re.compile("Bookmarked"))
    on_page.click()
    expect(on_page).to_have_attribute("aria-pressed", "false")
    page.goto("/questions/?state=bookmarked")
    expect(page.get_by_text("No question fits all of these")).to_be_visible()


def test_every_answer_is_found(page: Page, alice: Person):
    address = answered(alice, "Needle in the heap (r5)")
    answered(alice, "Threads share the heap (r6)")
    page.goto("/")
    page.get_by_role("link", name="All your answers").click()
    expect(page.locator(".question-row")).to_have_count(2)

    page.locator("[name=q]").fill("needle")
    expect(page.locator(".question-row")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=needle"))
    page.locator("[name=since]").fill("2999-01-01")
    expect(page.get_by_text("None of your answers fits")).to_be_visible()
    page.get_by_role("link", name="Show all your answers").click()
    expect(page.locator(f'.question-row a[href="{address}"]')).to_be_visible()


_DECIDE = """
from apps.accounts.models import User
from apps.interview.models import Dispute
from apps.interview.services import dispute_decide
dispute = Dispute.objects.get(reason={reason!r})
dispute_decide(dispute=dispute, decided_by=User.objects.get(name={name!r}),
               reply="You are right, it is there.", mark_after="covered")
"""


def test_a_mark_is_disputed_and_answered(
    page: Page, alice: Person, sidecar: ScriptedSidecar, stack: Stack
):
    sidecar.script("(r7)", Reply(statuses=MISSING, hold_after=1))
    page.goto(PATH)
    page.locator("#answer").fill("Each process has its own address space. (r7)")
    page.locator("#answer").press("Control+Enter")
    expect(page).to_have_url(ATTEMPT)
    expect(page.locator(".point-missing")).to_have_count(6)
    expect(page.get_by_text("This mark is wrong?")).to_have_count(0)
    sidecar.release("(r7)")

    page.get_by_text("This mark is wrong?").click()
    page.locator("#dispute-reason").fill("I said that. (r7)")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    expect(page.locator("[data-state=succeeded]")).to_be_attached()
    address = page.url

    stack.manage(
        "shell", "--no-imports", "-c", _DECIDE.format(reason="I said that. (r7)", name=alice.name)
    )
    page.goto("/")
    page.get_by_role("status").get_by_role("link").click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    expect(page.locator(".dispute:target")).to_contain_text("You are right, it is there.")
    expect(page.locator(".point-covered")).to_have_count(1)


def test_without_scripts(new_context: NewContext, alice: Person, sidecar: ScriptedSidecar):
    sidecar.script("(r8)", Reply(statuses=MISSING))
    answered(alice, "Threads share the heap (r8a)")
    address = answered(alice, "Threads share the heap (r8)")
    context = new_context(java_script_enabled=False)
    log_in(context, alice)
    page = context.new_page()

    page.goto(address)
    expect(page.locator("#comparison ins")).to_have_count(1)
    page.locator(".point-missing a").first.click()
    expect(page.locator(".passage:target")).to_be_in_viewport()
    page.locator("#dispute summary").click()
    page.locator("#dispute-reason").fill("It is there.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    page.goto(PATH)
    page.locator(f"#bookmark-{QUESTION}").click()
    expect(page.locator(f"#bookmark-{QUESTION}")).to_have_attribute("aria-pressed", "true")
    page.goto("/attempts/?score=improve")
    expect(page.locator(".question-row")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_for_every_reader(
    scheme: str,
    language: str,
    cast: Iterator[Person],
    korean_cast: Iterator[Person],
    page_of: Callable[..., Page],
    sidecar: ScriptedSidecar,
):
    person = next(korean_cast if language == "ko" else cast)
    text = f"Threads share the heap ({scheme} {language})"
    sidecar.script(text, Reply(statuses=["covered", "wrong", "unsure", "partial", "missing"]))
    first = answered(person, f"{'아' * 60} first {text}", language)
    second = answered(person, f"{'word' * 30} second {text}", language)
    compared = f"{second}compare/{first.split('/')[2]}/"
    begun = f"{PATH}?from={first.split('/')[2]}"
    page = page_of(person, color_scheme=scheme)

    found = {}
    for path in (second, compared, begun, "/attempts/", "/attempts/?q=nothing"):
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            page.evaluate(OPEN_ALL)
            if report := violations(page):
                found[path, width] = report
            if (wider := sideways(page)) > 0:
                found[path, width] = f"{wider} px too wide"
    assert found == {}, "\n".join(f"{key}: {one}" for key, one in found.items())
