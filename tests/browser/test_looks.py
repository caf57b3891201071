"""Every page for every reader: axe's rules, both languages, both schemes, a narrow phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.resume.rendering.sample import FULL_PROFILE
from tests.browser.conftest import NewContext, sideways, violations
from tests.people import QUESTION, Person
from tests.scripted_sidecar import Reply, ScriptedSidecar

pytestmark = [pytest.mark.browser, pytest.mark.long]

VISITOR = ["/questions/", f"/questions/{QUESTION}/", "/accounts/login/", "/accounts/signup/",
           "/accounts/password/reset/", "/no-such-page", "/companies/",
           "/companies/?q=nobody", "/companies/cloud-bakery/"]  # fmt: skip
CANDIDATE = ["/", "/questions/?state=tried", f"/questions/{QUESTION}/", "/account/settings",
             "/account/delete", "/profile/", "/profile/basics", "/profile/work/new",
             "/profile/import", "/companies/", "/companies/cloud-bakery/",
             "/progress/", "/progress/points/"]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _company(company: str) -> None:
    """The pages of a company are among those looked at."""


@pytest.fixture(scope="module", params=["en", "ko"])
def reader(
    request: pytest.FixtureRequest,
    cast: Iterator[Person],
    korean_cast: Iterator[Person],
    sidecar: ScriptedSidecar,
) -> tuple[Person, list[str]]:
    """Someone with a good, a failed and a held attempt, and the pages they look at."""
    person = next(korean_cast if request.param == "ko" else cast)
    long_word = "아" * 90 + " " + "word" * 40
    sidecar.script(f"fails {person.name}", Reply(status=422, retryable=False))
    sidecar.script(f"holds {person.name}", Reply(hold_after=1))
    good = person.submit(f"good {person.name} {long_word}", language=request.param)["id"]
    person.finished(good)
    again = person.submit(f"again {person.name} {long_word}", language=request.param)["id"]
    failed = person.submit(f"fails {person.name}", language=request.param)["id"]
    person.finished(again)
    person.finished(failed)
    held = person.submit(f"holds {person.name}", language=request.param)["id"]
    person.api("PUT", "profile", json=FULL_PROFILE)
    pages = [f"/attempts/{attempt}/" for attempt in (again, failed, held)]
    return person, CANDIDATE + pages


def settled(page: Page, path: str) -> None:
    page.goto(path)
    if "/attempts/" in path:
        # The held one streams for ever: its first piece must be there, nothing else comes.
        expect(page.locator(".area-prose .prose, [data-state=failed]").first).not_to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_for_a_candidate(
    scheme: str, reader: tuple[Person, list[str]], page_of: Callable[..., Page]
):
    person, paths = reader
    page = page_of(person, color_scheme=scheme)
    problems = {}
    for path in paths:
        settled(page, path)
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        if report := violations(page):
            problems[path] = report
    assert problems == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_axe_finds_nothing_for_a_visitor(scheme: str, locale: str, new_context: NewContext):
    page = new_context(locale=locale, color_scheme=scheme).new_page()
    problems = {}
    for path in VISITOR:
        page.goto(path)
        if report := violations(page):
            problems[path] = report
    assert problems == {}


def test_nothing_scrolls_sideways_on_a_phone(
    reader: tuple[Person, list[str]], page_of: Callable[..., Page], new_context: NewContext
):
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 800}}
    person, paths = reader
    page = page_of(person, **phone)
    wide = {}
    for path in paths:
        settled(page, path)
        if more := sideways(page):
            wide[path] = more
    visitor = new_context(**phone).new_page()
    for path in VISITOR:
        visitor.goto(path)
        if more := sideways(visitor):
            wide[f"visitor {path}"] = more
    assert wide == {}
