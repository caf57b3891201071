"""A mock interview in a browser: the clock, two devices, the end of time, and the debrief."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.resume.rendering.sample import FULL_PROFILE
from tests.browser.conftest import sideways, violations
from tests.people import Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

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


def test_from_the_first_letter_to_the_debrief(page: Page, sidecar: ScriptedSidecar):
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


def test_when_the_clock_ends_the_box_is_sent(page: Page, alice: Person):
    """The page's clock is moved on; the server's, which decides, is tested with the services."""
    session = begin(alice, minutes=10)
    page.clock.install()
    page.goto(address(session))
    page.locator("#answer").press_sequentially("What I have so far")
    expect(page.locator("[data-countdown-waiting]")).to_have_count(0)
    page.clock.run_for(301_000)
    expect(page.locator("[data-countdown-said]")).to_have_text("Five minutes left")
    page.clock.run_for(240_000)
    expect(page.locator("[data-countdown-said]")).to_have_text("One minute left")
    page.clock.run_for(60_000)

    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    steps = alice.api("GET", f"sessions/{session['id']}").json()["steps"]
    assert [step["state"] for step in steps] == ["answered", "open", "open"]


def test_the_servers_end_counts_what_was_being_written(page: Page, alice: Person, stack: Stack):
    session = begin(alice, minutes=5)
    page.goto(address(session))
    page.locator("#answer").press_sequentially("What I have so far (s2)")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")
    code = f"""
from django.utils import timezone
from apps.practice.models import Session
Session.objects.filter(pk="{session["id"]}").update(ends_at=timezone.now())
"""
    stack.manage("shell", "--no-imports", "-c", code)
    page.reload()

    expect(page).to_have_url(DEBRIEF)
    expect(page.get_by_text("Time was up; what you were writing was taken along.")).to_be_visible()
    expect(page.get_by_text("1 of 3 questions answered")).to_be_visible()


def test_the_clock_can_be_hidden_and_stays_so(page: Page, alice: Person):
    session = begin(alice)
    page.goto(address(session))
    page.get_by_role("button", name="Hide the time").click()
    expect(page.locator("[data-countdown-time]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-countdown-time]")).to_be_hidden()
    page.get_by_role("button", name="Show the time").click()
    expect(page.locator("[data-countdown-time]")).to_be_visible()


def test_two_devices(page: Page, page_of: Callable[..., Page], alice: Person):
    session = begin(alice)
    page.goto(address(session))
    phone = page_of(alice, viewport={"width": 390, "height": 844})
    phone.goto(address(session))
    phone.locator("#answer").fill("From the phone (s3)")
    page.locator("#answer").fill("From the desk (s3)")
    page.locator("#answer").press("Control+Enter")
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()

    phone.locator("#answer").press("Control+Enter")

    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "You have answered this on another device"
    )
    expect(phone.get_by_text("From the phone (s3)")).to_be_visible()
    expect(phone.get_by_text("From the desk (s3)")).to_be_visible()
    phone.get_by_role("link", name="Go on with the session").click()
    expect(phone.get_by_text("Question 2 of 3")).to_be_visible()


def test_a_model_that_is_away_holds_nothing_up(page: Page, alice: Person, sidecar: ScriptedSidecar):
    sidecar.script("(s4)", Reply(hold_after=0))
    session = begin(alice, count=1, minutes=None)
    page.goto(address(session))
    expect(page.locator("[data-countdown]")).to_have_count(0)
    page.locator("#answer").fill("An answer that waits (s4)")
    page.locator("#answer").press("Control+Enter")

    expect(page).to_have_url(DEBRIEF)
    expect(page.get_by_text("1 answer is being read")).to_be_visible()
    sidecar.release("(s4)")
    expect(page.locator(".debrief-sum .score-value")).to_have_text(re.compile(r"^\d+/100$"))


def test_without_scripts(page_of: Callable[..., Page], alice: Person):
    session = begin(alice)
    page = page_of(alice, java_script_enabled=False)
    page.goto(address(session))
    page.get_by_role("button", name="Start the clock").click()
    expect(page.get_by_role("button", name="Start the clock")).to_have_count(0)
    expect(page.locator("[data-countdown-time]")).to_have_text(re.compile(r"9:5\d"))
    page.locator("#answer").fill("Half an answer")
    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    page.locator("#answer").fill("A whole answer (s5)")
    page.get_by_role("button", name="Save and go on").click()
    page.locator(".session-place-skipped a").click()
    expect(page.locator("#answer")).to_have_value("Half an answer")
    page.get_by_text("End it here").click()
    page.get_by_role("button", name="End the session").click()

    expect(page).to_have_url(DEBRIEF)
    expect(page.get_by_text("Ended early.")).to_be_visible()
    expect(page.get_by_text("1 of 3 questions answered")).to_be_visible()


@pytest.fixture(scope="module", params=["en", "ko"])
def reader(
    request: pytest.FixtureRequest, cast: Iterator[Person], korean_cast: Iterator[Person]
) -> tuple[Person, list[str]]:
    """Someone with a running session, an ended one and a profile, and the pages of theirs."""
    person = next(korean_cast if request.param == "ko" else cast)
    running = begin(person, language=request.param)
    ended = begin(person, language=request.param)
    path = f"sessions/{ended['id']}"
    for position in (1, 2):
        reply = person.api(
            "PUT", f"{path}/questions/{position}/answer", json={"answer": f"Answer {position}."}
        )
        person.finished(reply.json()["steps"][position - 1]["attempt"])
    person.api("POST", f"{path}/end")
    person.api("PUT", "profile", json=FULL_PROFILE)
    pages = ["/practice/", "/practice/new", "/practice/from-resume", address(running)]
    return person, [*pages, f"{address(ended)}debrief"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    scheme: str, reader: tuple[Person, list[str]], page_of: Callable[..., Page]
):
    person, paths = reader
    page = page_of(person, color_scheme=scheme)
    problems = {}
    for path in paths:
        page.goto(path)
        if report := violations(page):
            problems[path] = report
    assert problems == {}


def test_nothing_is_wider_than_a_phone(
    reader: tuple[Person, list[str]], page_of: Callable[..., Page]
):
    person, paths = reader
    page = page_of(person, viewport={"width": 390, "height": 844})
    for path in paths:
        page.goto(path)
        assert sideways(page) <= 0, path


def test_the_debrief_prints_without_the_site_around_it(
    reader: tuple[Person, list[str]], page_of: Callable[..., Page]
):
    person, paths = reader
    page = page_of(person)
    page.goto(paths[-1])
    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".btn:visible")).to_have_count(0)
    expect(page.locator(".debrief-sum")).to_be_visible()
