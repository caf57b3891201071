"""Staff in a browser: run the batch, watch it, edit a sentence, publish. By keyboard, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.people import Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]

TEXT = "Reed Robotics builds sensors for greenhouses and sold 412 of them in 2025."
_MAKE = f"""
from apps.accounts.models import User
from apps.companies.models import Company, SourceText
User.objects.filter(email={{email!r}}).update(is_staff=True, is_superuser=True)
company = Company.objects.create(
    slug="reed-robotics", name_ko="리드로보틱스", name_en="Reed Robotics", industry="manufacturing"
)
SourceText.objects.create(
    company=company, kind="ir", title="Letter of 2026", language="en", text={TEXT!r}
)
"""


@pytest.fixture
def editor(stack: Stack, cast: Iterator[Person]) -> Person:
    person = next(cast)
    stack.manage("shell", "--no-imports", "-c", _MAKE.format(email=person.email))
    return person


def has_no_flaw(page: Page) -> None:
    # Django's own breadcrumbs tell links by colour alone.
    violations = Axe().run(page, context="#main .content").response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in violations] == []
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_from_the_sources_to_the_readers(
    editor: Person, page_of: Callable[..., Page], sidecar: ScriptedSidecar
):
    sidecar.script("reed-robotics", Reply(hold_after=0))
    page = page_of(editor, viewport={"width": 390, "height": 800}, color_scheme="dark")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))

    page.goto("/admin/companies/summaryrun/")
    page.get_by_role("link", name="Summarise now").click()
    page.get_by_label("Reed Robotics (reed-robotics)").check()
    has_no_flaw(page)
    page.get_by_role("button", name="Summarise now").click()

    # It goes on by itself: nobody loads the page again.
    expect(page.get_by_role("progressbar").first).to_have_attribute("value", "50")
    has_no_flaw(page)
    sidecar.release("reed-robotics")
    expect(page.get_by_role("status")).to_contain_text("1 written, 1 unchanged, 0 failed")
    expect(page.get_by_role("button", name="Stop this run")).to_have_count(0)

    row = page.get_by_role("row", name=re.compile("English"))
    row.get_by_role("link", name="version 1").click()
    expect(page.locator(".review-passages mark")).to_have_text(TEXT[:60])
    page.locator(".review-sentence summary").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Sentence", exact=True)
    field.fill("It sold 500 sensors.")
    page.get_by_role("button", name="Save the sentence").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("It sold 500 sensors.")
    expect(page.locator(".errornote")).to_contain_text("No passage that this sentence cites says")
    has_no_flaw(page)
    field.fill("It builds sensors for greenhouses.")
    page.get_by_role("button", name="Save the sentence").click()
    expect(page.locator(".review-sentence p").first).to_have_text(
        "It builds sensors for greenhouses."
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("This version is published.")
    has_no_flaw(page)
    assert problems == []
