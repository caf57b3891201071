"""Staff in a browser: a file becomes a source text, and can be had back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.companies.tests.files import ENGLISH, pdf, scanned_pdf
from tests.browser.conftest import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.long]
UPLOAD = "/admin/companies/sourcetext/upload/"


def log_in(page: Page) -> None:
    page.goto("/admin/login/")
    page.locator("#id_username").fill("staff@ssammu.test")
    page.locator("#id_password").fill("demo-staff-1")
    page.locator("input[type=submit]").click()
    expect(page.locator("#user-tools")).to_be_visible()


def choose_company(page: Page, words: str) -> None:
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text="Cloud Bakery").first.click()


def test_a_file_is_refused_then_read_and_had_back(
    new_context: NewContext, company: str, tmp_path: Path
):
    page = new_context(locale="en-GB", viewport={"width": 390, "height": 800}).new_page()
    (tmp_path / "scan.pdf").write_bytes(scanned_pdf())
    (tmp_path / "Results 2025.pdf").write_bytes(pdf([ENGLISH]))
    log_in(page)
    page.goto("/admin/companies/sourcetext/")
    page.get_by_role("link", name="Upload a file").click()
    choose_company(page, "구름")
    page.get_by_label("Title").fill("Results of 2025")
    page.get_by_label("Language").select_option("en")
    page.locator("#id_file").set_input_files(tmp_path / "scan.pdf")
    page.get_by_role("button", name="Upload and read").click()
    expect(page.locator(".errorlist")).to_contain_text("holds pictures of pages and no text")
    expect(page.get_by_label("Title")).to_have_value("Results of 2025")
    expect(page.locator(".select2-selection")).to_contain_text("Cloud Bakery")

    page.locator("#id_file").set_input_files(tmp_path / "Results 2025.pdf")
    page.get_by_role("button", name="Upload and read").click()
    expect(page.locator(".messagelist")).to_contain_text(f"Read {len(ENGLISH)} characters.")
    expect(page.locator("#id_text")).to_have_value(ENGLISH)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as download:
        page.get_by_role("link", name="Results 2025.pdf").click()
    assert download.value.suggested_filename == "Results 2025.pdf"
    assert download.value.path().read_bytes() == (tmp_path / "Results 2025.pdf").read_bytes()
