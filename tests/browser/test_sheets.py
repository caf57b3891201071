"""Staff in a browser: a sheet is checked, confirmed and imported by a worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext, sideways, violations
from tests.browser.test_sources import log_in

pytestmark = [pytest.mark.browser, pytest.mark.long]
START = "/admin/companies/company/import/"
HEADINGS = "slug,name_ko,name_en,industry\n"


def sheet(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_bytes((HEADINGS + "".join(f"{row}\n" for row in rows)).encode("cp949"))
    return path


def choose(page: Page, path: Path, button: str) -> None:
    page.locator("#id_file").set_input_files(path)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_sheet_is_checked_confirmed_and_imported(
    new_context: NewContext, tmp_path: Path, width: int, scheme: str
):
    page = new_context(
        locale="en-GB", viewport={"width": width, "height": 800}, color_scheme=scheme
    ).new_page()
    rows = [f"sheet-{width}-{n},시트회사{width}{n},Sheet Company {width} {n},games" for n in (1, 2)]
    log_in(page)
    page.goto("/admin/companies/company/")
    page.get_by_role("link", name="Import", exact=True).click()
    choose(page, sheet(tmp_path, "companies.csv", *rows), "Check this file")

    expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible()
    expect(page.locator(".review-facts")).to_contain_text("2 new, 0 changed, 0 as they were")
    expect(page.locator(".sheet-rows tbody th")).to_have_text(["2", "3"])
    assert violations(page) == ""
    assert sideways(page) <= 0

    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.locator(".review-facts strong")).to_have_text("Imported")
    assert violations(page) == ""
    page.get_by_role("link", name="To the list").click()
    expect(page.get_by_role("link", name=f"시트회사{width}1")).to_be_visible()


def test_without_scripts_a_bad_row_is_named_and_the_way_back_is_there(
    new_context: NewContext, tmp_path: Path
):
    page = new_context(locale="ko-KR", java_script_enabled=False).new_page()
    bad = sheet(tmp_path, "bad.csv", "fine,가,A,games", "odd,나,B,magic")
    log_in(page)
    page.goto(START)
    choose(page, bad, "파일 확인하기")
    address = page.url

    for _look in range(60):
        if page.get_by_role("link", name="고친 파일 고르기").is_visible():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="다시 보기").click()
    expect(page.locator(".sheet-rows tbody th")).to_have_text(["3"])
    expect(page.locator(".sheet-rows tbody")).to_contain_text("magic")

    page.get_by_role("link", name="고친 파일 고르기").click()
    page.get_by_role("link", name="bad.csv").first.click()
    assert page.url == address
