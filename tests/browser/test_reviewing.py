"""A day of reviews in a browser: begin, answer, leave one, go on, and end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import sideways, violations
from tests.people import Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]
PHONE: ViewportSize = {"width": 390, "height": 800}
DESK: ViewportSize = {"width": 1280, "height": 900}
CARD = re.compile(r"/reviews/[0-9a-f-]{36}/$")
ANSWER = re.compile(r"/review-answers/[0-9a-f-]{36}/$")
PICTURES = os.environ.get("REVIEW_PICTURES", "")
"""A folder for what the pages look like; empty: none are taken."""

# Three points of one question that were answered two days ago and are due.
_MAKE_DUE = """
from datetime import timedelta
from django.utils import timezone
from apps.accounts.models import User
from apps.interview.models import KeyPoint
from apps.reviews.models import ReviewCard
points = KeyPoint.objects.filter(question__slug="process-vs-thread")[:3]
for name in {names!r}:
    user = User.objects.get(email=f"{{name}}@example.org")
    for number, point in enumerate(points):
        ReviewCard.objects.create(
            user=user, key_point=point, state=2, stability=2.3, difficulty=2.1,
            last_review=timezone.now() - timedelta(days=2),
            due=timezone.now() - timedelta(hours=9 - number),
        )
"""


@pytest.fixture(scope="module")
def due(stack: Stack, cast: Iterator[Person], korean_cast: Iterator[Person]) -> Iterator[Person]:
    """People with three due cards each, a Korean reader first."""
    people = [next(korean_cast), *(next(cast) for _number in range(8))]
    names = [person.name for person in people]
    stack.manage("shell", "--no-imports", "-c", _MAKE_DUE.format(names=names))
    return iter(people)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def looked_at(page: Page, name: str) -> str:
    """A picture of the page, and what is wrong with it at both widths."""
    wrong = violations(page)
    for width, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        picture(page, f"{name}-{width}")
        if sideways(page):
            wrong += f"{width} scrolls sideways"
    return wrong


def begin(page: Page) -> None:
    page.goto("/reviews/")
    page.locator(".btn-primary").click()
    expect(page).to_have_url(CARD)


def test_a_day_in_korean_looked_at(
    due: Iterator[Person], page_of: Callable[..., Page], sidecar: ScriptedSidecar
):
    page = page_of(next(due), locale="ko-KR")
    sidecar.script("메모리가 따로", Reply(statuses=["covered"]))
    sidecar.script("잘 모르겠어요", Reply(statuses=["missing"]))
    wrong = {}
    page.goto("/reviews/")
    expect(page.get_by_role("heading", level=1)).to_have_text("오늘 복습 3개")
    wrong["list"] = looked_at(page, "ko-list")
    page.get_by_role("link", name="시작하기 · 2분").click()
    expect(page.locator("#answer")).to_be_focused()
    wrong["card"] = looked_at(page, "ko-card")
    page.locator("#answer").fill("프로세스는 메모리가 따로 있어요.")
    page.locator("#answer").press("Control+Enter")
    expect(page).to_have_url(ANSWER)
    expect(page.locator(".point-covered strong")).to_have_text("담았어요")
    expect(page.locator(".recall-again")).to_contain_text("다시 물어봐요")
    wrong["covered"] = looked_at(page, "ko-covered")
    page.get_by_role("link", name="다음 포인트 · 2개 남음").click()
    page.locator("#answer").fill("잘 모르겠어요.")
    page.get_by_role("button", name="답 확인하기").click()
    expect(page.locator(".point-missing")).to_be_visible()
    wrong["missing"] = looked_at(page, "ko-missing")
    page.get_by_role("link", name="다음 포인트 · 1개 남음").click()
    page.get_by_role("button", name="오늘은 건너뛰기").click()
    expect(page).to_have_url(re.compile(r"/reviews/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("오늘 복습을 마쳤어요")
    wrong["done"] = looked_at(page, "ko-done")
    page.goto("/reviews/settings/")
    wrong["settings"] = looked_at(page, "ko-settings")

    assert {name: report for name, report in wrong.items() if report} == {}


def test_a_day_in_the_dark(
    due: Iterator[Person], page_of: Callable[..., Page], sidecar: ScriptedSidecar
):
    page = page_of(next(due), color_scheme="dark")
    sidecar.script("each a heap", Reply(statuses=["wrong"]))
    wrong = {}
    page.goto("/reviews/")
    wrong["list"] = looked_at(page, "en-list")
    page.locator(".btn-primary").click()
    page.get_by_text("Hint", exact=True).click()
    wrong["card"] = looked_at(page, "en-card")
    page.locator("#answer").fill("They have each a heap of their own.")
    page.locator("#answer").press("Control+Enter")
    expect(page.locator(".point-wrong")).to_be_visible()
    wrong["wrong"] = looked_at(page, "en-wrong")

    assert {name: report for name, report in wrong.items() if report} == {}


def test_without_scripts(due: Iterator[Person], page_of: Callable[..., Page]):
    page = page_of(next(due), java_script_enabled=False)
    begin(page)
    page.locator("#answer").fill("Each its own memory.")
    page.get_by_role("button", name="Check my answer").click()
    expect(page).to_have_url(ANSWER)
    for _time in range(40):
        if page.locator(".recall-point").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".recall-point")).to_be_visible()
    page.get_by_role("link", name="Next point · 2 left").click()
    page.get_by_role("button", name="Not today").click()
    expect(page.get_by_text("Left for tomorrow.")).to_be_visible()
    expect(page).to_have_url(CARD)


def test_two_devices(due: Iterator[Person], page_of: Callable[..., Page]):
    person = next(due)
    phone, desk = page_of(person), page_of(person)
    begin(phone)
    begin(desk)
    assert phone.url == desk.url
    phone.locator("#answer").fill("Own memory each.")
    phone.locator("#answer").press("Control+Enter")
    expect(phone.locator(".recall-point")).to_be_visible()

    desk.locator("#answer").fill("These words stay.")
    desk.locator("#answer").press("Control+Enter")

    expect(desk.get_by_role("alert").first).to_contain_text("on another device meanwhile")
    expect(desk.locator("#answer")).to_have_value("These words stay.")
    assert violations(desk) == ""
    desk.get_by_role("link", name="See that answer").click()
    expect(desk).to_have_url(phone.url)


def test_a_failure_is_told_and_mended(
    due: Iterator[Person], page_of: Callable[..., Page], sidecar: ScriptedSidecar
):
    page = page_of(next(due))
    sidecar.script("fails once", Reply(status=422, retryable=False), Reply())
    begin(page)
    page.locator("#answer").fill("It fails once.")
    page.locator("#answer").press("Control+Enter")
    expect(page.locator("[data-state=failed]")).to_be_visible()
    expect(page.locator(".answer-text")).to_have_text("It fails once.")
    assert looked_at(page, "en-failed") == ""

    page.get_by_role("button", name="Ask again").click()

    expect(page.locator(".recall-point")).to_be_visible()


def test_the_browsers_zone_is_offered(due: Iterator[Person], page_of: Callable[..., Page]):
    page = page_of(next(due), timezone_id="America/New_York")
    page.goto("/reviews/settings/")
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    page.get_by_label("Send me a question of the day by e-mail").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
