"""Practising in a browser: find a question, write, watch the feedback, and come back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.people import QUESTION, Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = pytest.mark.browser

PATH = f"/questions/{QUESTION}/"
FIRST_PIECE = "You say what belongs to each."
WHOLE_PROSE = "You say what belongs to each. Name the price of it, too, in a sentence."
ATTEMPT = re.compile(r"/attempts/[0-9a-f-]{36}/$")


# Where each key point stands on the page.
PLACES = """() => [...document.querySelectorAll('.point')].map(
  (point) => Math.round(point.getBoundingClientRect().top + scrollY))"""


def state(page: Page, name: str):
    return page.locator(f'[data-state="{name}"]')


def answer(page: Page, text: str, path: str = PATH) -> None:
    """Type an answer and send it with the keyboard; ends on the attempt's page."""
    page.goto(path)
    page.locator("#answer").press_sequentially(text)
    page.locator("#answer").press("Control+Enter")
    expect(page).to_have_url(ATTEMPT)


def marks(page: Page) -> list[int]:
    return [page.locator(f".point-{name}").count() for name in ("covered", "partial", "missing")]


def prose(page: Page):
    return page.locator(".area-prose .prose")


def test_marks_come_first_and_prose_streams(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (1)", Reply(hold_after=0))
    answer(page, "Threads share the heap (1)")
    expect(state(page, "writing")).to_be_attached()
    expect(page.locator(".point-covered")).to_be_visible()
    expect(page.locator(".score-value")).to_have_text("61/100")
    expect(page.locator("mark.evidence")).to_have_text("Threads shar")
    assert marks(page) == [1, 1, 4]
    expect(prose(page)).to_be_empty()

    sidecar.release("Threads share the heap (1)")
    expect(prose(page)).to_have_text(WHOLE_PROSE)
    expect(prose(page).locator("strong")).to_have_text("price")
    expect(state(page, "succeeded")).to_be_attached()
    assert len(sidecar.calls("Threads share the heap (1)")) == 1


def test_marks_are_drawn_one_by_one_and_nothing_moves(page: Page, sidecar: ScriptedSidecar):
    text = "Each process has its own memory (1b).\nEach thread has a heap of its own (1b)."
    statuses = ["covered", "wrong", "unsure"]
    sidecar.script("(1b)", Reply(hold_after_marks=2, statuses=statuses))
    page.goto(PATH)
    page.locator("#answer").fill(text)
    page.locator("#answer").press("Control+Enter")
    expect(page.locator("[data-judged]")).to_have_text("2 of 6 points read")
    wrong = page.locator(".point-wrong")
    expect(wrong.locator("strong")).to_have_text("This says the opposite")
    expect(wrong.locator(".point-quote")).to_have_text("“Each thread has a heap of its own (1b).”")
    expect(page.locator(".evidence-wrong")).to_have_text("Each thread has a heap of its own (1b).")
    expect(page.get_by_text("Being read", exact=True)).to_have_count(4)
    before = page.evaluate(PLACES)

    sidecar.release("(1b)")
    expect(state(page, "succeeded")).to_be_attached()
    expect(page.locator(".point-unsure strong")).to_have_text("Not sure")
    assert page.evaluate(PLACES) == before
    correction = page.locator(".point-correction")
    expect(correction).not_to_have_attribute("open", re.compile(""))
    correction.locator("summary").click()
    expect(correction.get_by_role("link", name="of the model answer")).to_be_visible()
    page.reload()
    expect(page.locator(".point-correction")).to_have_attribute("open", "")


def test_a_reload_and_a_second_tab_in_the_middle(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (2)", Reply(hold_after=1))
    answer(page, "Threads share the heap (2)")
    expect(prose(page)).to_have_text(FIRST_PIECE)
    page.reload()
    second = page.context.new_page()
    second.goto(page.url)
    for tab in (page, second):
        expect(prose(tab)).to_have_text(FIRST_PIECE)
        expect(tab.locator(".score-value")).to_have_text("61/100")
    sidecar.release("Threads share the heap (2)")
    for tab in (page, second):
        expect(prose(tab)).to_have_text(WHOLE_PROSE)
        expect(state(tab, "succeeded")).to_be_attached()
    page.reload()
    expect(prose(page)).to_have_text(WHOLE_PROSE)
    assert len(sidecar.calls("Threads share the heap (2)")) == 1


def test_a_closed_tab_finds_its_feedback_later(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (3)", Reply(hold_after=1))
    answer(page, "Threads share the heap (3)")
    expect(prose(page)).to_have_text(FIRST_PIECE)
    url = page.url
    later = page.context.new_page()
    page.close()
    sidecar.release("Threads share the heap (3)")
    later.goto(url)
    expect(prose(later)).to_have_text(WHOLE_PROSE)
    assert len(sidecar.calls("Threads share the heap (3)")) == 1


def test_a_web_that_restarts_in_the_middle(page: Page, stack: Stack, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (4)", Reply(hold_after=1))
    answer(page, "Threads share the heap (4)")
    expect(prose(page)).to_have_text(FIRST_PIECE)
    stack.kill("web")
    stack.restart("web")
    sidecar.release("Threads share the heap (4)")
    expect(prose(page)).to_have_text(WHOLE_PROSE)
    expect(state(page, "succeeded")).to_be_attached()
    assert len(sidecar.calls("Threads share the heap (4)")) == 1


def test_switching_the_language(page: Page):
    page.goto(PATH)
    english = page.locator("h1").inner_text()
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page).to_have_url(re.compile(PATH))
    expect(page.locator("h1")).to_have_text(re.compile("[가-힣]"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text(english)


def test_switching_the_language_in_the_middle_of_a_stream(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (5)", Reply(hold_after=1))
    answer(page, "Threads share the heap (5)")
    expect(prose(page)).to_have_text(FIRST_PIECE)
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page).to_have_url(ATTEMPT)
    expect(prose(page)).to_have_text(FIRST_PIECE)
    sidecar.release("Threads share the heap (5)")
    expect(prose(page)).to_have_text(WHOLE_PROSE)


def test_a_draft_is_there_on_another_device(
    page: Page, page_of: Callable[..., Page], alice: Person
):
    page.goto(PATH)
    page.locator("#answer").press_sequentially("Begun on the train")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    expect(page.locator("[data-count]")).to_have_text("18")
    other = page_of(alice)
    other.goto(PATH)
    expect(other.locator("#answer")).to_have_value("Begun on the train")

    # Both go on: the second to save is shown both, and loses neither.
    other.locator("#answer").fill("Begun on the train and at home")
    expect(other.locator("[data-draft-status]")).to_have_text("Draft saved")
    page.locator("#answer").fill("Begun on the train, then the bus")
    conflict = page.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(page.locator("[data-conflict-text]")).to_have_text("Begun on the train and at home")
    expect(page.locator("#answer")).to_have_value("Begun on the train, then the bus")
    page.locator("[data-conflict-use]").click()
    expect(page.locator("#answer")).to_have_value("Begun on the train and at home")
    expect(page.locator("[data-conflict-text]")).to_have_text("Begun on the train, then the bus")
    page.locator("[data-conflict-use]").click()
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    other.reload()
    expect(other.locator("#answer")).to_have_value("Begun on the train, then the bus")


def test_retries_are_numbered_and_the_model_answer_opens(page: Page, sidecar: ScriptedSidecar):
    page.goto(PATH)
    expect(page.get_by_text("Model answer", exact=True)).to_have_count(0)
    answer(page, "Threads share the heap (6a)")
    expect(page.locator(".meta").first).to_contain_text("Answer 1")
    page.get_by_role("tab", name="Model answer").click()
    expect(page.locator("#model-answer")).to_be_visible()
    expect(page.locator("#my-answer")).to_be_hidden()
    expect(state(page, "succeeded")).to_be_attached()

    page.get_by_role("link", name="Answer again").click()
    expect(page.locator("#answer")).to_have_value("")
    earlier = page.get_by_role("link", name="Answer 1", exact=True)
    expect(earlier).to_be_hidden()
    page.get_by_text("Your earlier answers").click()
    expect(earlier).to_be_visible()
    page.get_by_text("Model answer", exact=True).click()
    expect(page.locator("details.fold .prose")).to_be_visible()
    answer(page, "Threads share the heap (6b)")
    expect(page.locator(".meta").first).to_contain_text("Answer 2")
    expect(state(page, "succeeded")).to_be_attached()
    expect(page.locator(".score-change")).to_have_text("The same as last time")
    page.get_by_role("tab", name="Other answers").click()
    expect(page.locator("#earlier-answers")).to_contain_text("Threads share the heap (6a)")


def test_a_failed_feedback_is_asked_for_again(page: Page, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (7)", Reply(status=422, retryable=False), Reply())
    answer(page, "Threads share the heap (7)")
    failure = state(page, "failed")
    expect(failure).to_contain_text("Your answer is safe")
    expect(prose(page)).to_be_empty()
    failure.get_by_role("button").click()
    expect(prose(page)).to_have_text(WHOLE_PROSE)
    assert len(sidecar.calls("Threads share the heap (7)")) == 2


def test_an_impatient_double_click(page: Page, sidecar: ScriptedSidecar):
    page.goto(PATH)
    page.locator("#answer").fill("Threads share the heap (8)")
    page.locator("[data-submit]").dblclick()
    expect(page).to_have_url(ATTEMPT)
    expect(state(page, "succeeded")).to_be_attached()
    expect(page.locator(".meta").first).to_contain_text("Answer 1")
    assert len(sidecar.calls("Threads share the heap (8)")) == 1


def test_what_cannot_be_sent_is_said_at_once(page: Page):
    page.goto(PATH)
    page.locator("#answer").fill("   ")
    page.locator("#answer").press("Control+Enter")
    expect(page.locator("#answer-error")).to_have_text(re.compile("Write your answer first"))
    expect(page.locator("#answer")).to_be_focused()
    page.locator("#answer").fill("x" * 4001)
    expect(page.locator("[data-count]")).to_have_text("4,001")
    page.locator("[data-submit]").click()
    expect(page.locator("#answer-error")).to_contain_text("longer than the limit")
    expect(page).to_have_url(re.compile(PATH))
    expect(page.locator("#answer")).to_have_value("x" * 4001)
    page.locator("#answer").fill("short enough")
    expect(page.locator("#answer-error")).to_be_empty()


def test_markup_runs_nowhere(page: Page, sidecar: ScriptedSidecar):
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script> (9)"
    opened: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", on_dialog)
    sidecar.script(markup, Reply(pieces=[markup, " [x](javascript:alert(3))"]))
    answer(page, markup)
    expect(prose(page)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".answer-text").first).to_contain_text("<script>alert(2)</script>")
    expect(page.locator("main img, main .prose a")).to_have_count(0)
    page.reload()
    expect(prose(page)).to_contain_text("<script>alert(2)</script>")
    page.goto(PATH)
    assert opened == []


def test_an_answer_sent_while_the_model_loads(
    page: Page, stack: Stack, alice: Person, sidecar: ScriptedSidecar
):
    sidecar.set_state("loading")
    try:
        # The site looks at the sidecar every few seconds.
        stack.until(lambda: "notice-waiting" in alice.page(PATH).text)
        page.goto(PATH)
        expect(page.locator(".notice-waiting")).to_contain_text("warming up")
        answer(page, "Threads share the heap (10)")
        expect(state(page, "waiting")).to_contain_text("Your answer is safe")
    finally:
        sidecar.set_state("ready")
    expect(prose(page)).to_have_text(WHOLE_PROSE)


def test_without_scripts(page_of: Callable[..., Page], alice: Person, sidecar: ScriptedSidecar):
    sidecar.script("Threads share the heap (11)", Reply(hold_after=1))
    page = page_of(alice, java_script_enabled=False)
    page.goto(PATH)
    page.locator("#answer").fill("Threads share the heap (11)")
    page.locator("[data-submit]").click()
    expect(page).to_have_url(ATTEMPT)
    expect(page.locator("[data-state]")).to_be_visible()
    refresh = page.locator("noscript a")
    expect(refresh).to_have_attribute("href", re.compile("/attempts/"))
    sidecar.release("Threads share the heap (11)")
    alice.finished(page.url.rstrip("/").rpartition("/")[2])
    refresh.click()
    expect(prose(page)).to_have_text(WHOLE_PROSE)
    expect(state(page, "succeeded")).to_be_attached()
    assert marks(page) == [1, 1, 4]
