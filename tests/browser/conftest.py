"""One site with a scripted sidecar, Debian's Chromium, and people to look through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.people import Person, make_people
from tests.scripted_sidecar import COMMAND, ScriptedSidecar
from tests.stack import Stack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = """
--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync
""".split()

# A deadline, not a measure: machines that run tests are busy.
expect.set_options(timeout=15_000)

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("site"), sidecar=COMMAND) as stack:
        yield stack


@pytest.fixture(scope="session")
def sidecar(stack: Stack) -> ScriptedSidecar:
    return ScriptedSidecar(stack.sidecar_url)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(stack: Stack) -> dict[str, Any]:
    """Playwright's own default is an English browser of nobody's."""
    return {"base_url": stack.base_url}


@pytest.fixture(scope="session")
def cast(stack: Stack) -> Iterator[Person]:
    return iter(make_people(stack, *(f"person-{number}" for number in range(90))))


@pytest.fixture(scope="session")
def korean_cast(stack: Stack) -> Iterator[Person]:
    return iter(make_people(stack, *(f"saram-{n}" for n in range(20)), language="ko"))


_MAKE_COMPANY = """
from apps.companies.tests.cast import make_company, make_summary
from apps.interview.models import Topic
company = make_company()
for language in ("en", "ko"):
    make_summary(company, language).topics.add(Topic.objects.get(slug="networks"))
"""


@pytest.fixture(scope="session")
def company(stack: Stack) -> str:
    """The address of a company with a published summary in both languages."""
    stack.manage("shell", "--no-imports", "-c", _MAKE_COMPANY)
    return "/companies/cloud-bakery/"


@pytest.fixture
def alice(cast: Iterator[Person]) -> Person:
    """Someone new for each test, signed up, with English pages."""
    return next(cast)


def log_in(context: BrowserContext, person: Person) -> None:
    """As a login leaves the browser: with the person's session."""
    cookie = {"name": "sessionid", "value": person.session_key, "url": person.base_url}
    context.add_cookies([cookie])  # type: ignore[list-item]


def violations(page: Page) -> str:
    """What axe finds wrong with the page; empty when nothing is."""
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


@pytest.fixture
def page_of(new_context: NewContext) -> Callable[..., Page]:
    """``page_of(person, **options)``: a page of a browser of their own, logged in."""

    def open_page(person: Person, **options: Any) -> Page:
        context = new_context(**options)
        log_in(context, person)
        return context.new_page()

    return open_page


@pytest.fixture
def page(page_of: Callable[..., Page], alice: Person) -> Page:
    """Alice's browser."""
    return page_of(alice)
