"""Home says what to do now, and the progress page is read by everybody: axe, phone, no scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sideways, violations
from tests.people import Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]

PATH = "/progress/"
OPEN_ALL = "document.querySelectorAll('main details').forEach(one => { one.open = true })"
_PRACTISE = """
from datetime import timedelta
from django.utils import timezone
from apps.accounts.models import User
from apps.interview.models import Question
from apps.progress.tests import story
story.START = timezone.now() - timedelta(days=120)
user = User.objects.get(email={email!r})
statuses = ("covered", "missing", "partial", "covered", "wrong", "unsure")
questions = list(Question.objects.published().prefetch_related("key_points")[:12])
for n in range(40):
    question = questions[n % 12]
    points = question.key_points.all()
    marks = {{point.slug: statuses[(n + place) % 6] for place, point in enumerate(points)}}
    story.told(user, question, marks, number=n // 12 + 1, day=n * 3, score=(n * 37) % 101,
               guess=n % 10 == 9)
"""
"""Forty answers to twelve questions over four months, every tenth of them guessed at."""


@pytest.fixture(scope="module", params=["en", "ko"])
def reader(
    request: pytest.FixtureRequest,
    stack: Stack,
    cast: Iterator[Person],
    korean_cast: Iterator[Person],
) -> Person:
    person = next(korean_cast if request.param == "ko" else cast)
    stack.manage("shell", "--no-imports", "-c", _PRACTISE.format(email=person.email))
    return person


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, reader: Person, page_of: Callable[..., Page]):
    page = page_of(reader, color_scheme=scheme)
    problems = {}
    for path in [PATH, "/progress/points/", "/progress/points/?level=unknown", "/"]:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        if report := violations(page):
            problems[path] = report
    assert problems == {}


def test_a_phone_shows_all_of_it(reader: Person, page_of: Callable[..., Page]):
    page = page_of(reader, viewport={"width": 390, "height": 800})
    wide = {}
    for path in [PATH, "/progress/points/", "/"]:
        page.goto(path)
        page.evaluate(OPEN_ALL)
        if more := sideways(page):
            wide[path] = more
    assert wide == {}
    page.goto(PATH)
    sizes = page.locator("main svg text").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect().height)"
    )
    assert len(sizes) > 8
    assert min(sizes) >= 11


def test_it_is_read_without_scripts(reader: Person, page_of: Callable[..., Page]):
    page = page_of(reader, java_script_enabled=False)
    page.goto("/")
    page.locator(".menu > summary").click()
    page.locator(f".menu-panel a[href='{PATH}']").click()

    expect(page.locator(".chart-dot")).to_have_count(36)
    expect(page.locator(".chart-plot .chart-guess")).to_have_count(4)
    page.locator(".progress-scores summary").click()
    expect(page.locator(".progress-scores tbody tr")).to_have_count(40)
    page.locator(".level-counts a").first.click()
    expect(page.locator(".weak-point").first).to_be_visible()


def test_the_keyboard_opens_a_table(reader: Person, page_of: Callable[..., Page]):
    page = page_of(reader)
    page.goto(PATH)
    summary = page.locator(".progress-days summary")
    summary.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".progress-days tbody tr")).to_have_count(40)
    page.keyboard.press("Tab")
    expect(page.locator(".progress-days .table-scroll")).to_be_focused()


def test_from_the_first_answer_to_the_first_dot(
    page: Page, alice: Person, sidecar: ScriptedSidecar
):
    page.goto(PATH)
    expect(page.locator(".empty")).to_contain_text("Answer one question first.")
    page.goto("/")
    page.get_by_role("link", name="Answer your first question").click()
    words = f"The first words of {alice.name}"
    sidecar.script(words, Reply(statuses=["covered", "missing", "partial", "covered", "covered"]))
    page.locator("#answer").fill(words)
    page.locator("[data-submit]").click()
    page.wait_for_url("**/attempts/**")
    alice.finished(page.url.rstrip("/").rpartition("/")[2])

    page.goto(PATH)
    expect(page.locator(".chart-dot")).to_have_count(1)
    expect(page.locator(".progress-scores tbody tr")).to_have_count(1)
    expect(page.locator(".weak-point").first).to_contain_text("Missed once")
    page.locator(".weak-point a").first.click()
    expect(page.locator("#answer")).to_be_visible()


def test_a_draft_is_gone_on_with_from_home(page: Page, alice: Person):
    page.goto("/")
    page.get_by_role("link", name="Answer your first question").click()
    page.locator("#answer").fill("Begun on the train")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved")

    page.goto("/")
    page.get_by_role("link", name="Go on writing").click()
    expect(page.locator("#answer")).to_have_value("Begun on the train")
