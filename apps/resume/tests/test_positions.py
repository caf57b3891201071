"""What stands where decides what belongs together: margins, ends of rows, broken lines."""

from typing import Any

import pymupdf
import pytest

from apps.resume.parsing import parse
from apps.resume.parsing.headings import heading_kinds
from apps.resume.parsing.vocabulary import is_place, label_field

from .pages import Sheet


def top(sheet: Sheet, name: str = "Nora Lindholm", contact: str = "nora@lindholm.test") -> None:
    sheet.put(50, 50, name, 22, bold=True)
    sheet.put(50, 68, contact)


def skills(sheet: Sheet, y: float) -> None:
    sheet.put(50, y, "SKILLS", 13, bold=True)
    sheet.put(50, y + 18, "Languages: Go, Python, SQL")


def test_a_period_broken_in_a_narrow_margin_is_one_period() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.put(50, 110, "EXPERIENCE", 13, bold=True)
    for number, (start, end, company) in enumerate(
        (("Mar 2021 -", "Present", "Harborlight"), ("Jun 2018 -", "Feb 2021", "Fernway"))
    ):
        y = 130 + 60 * number
        sheet.put(62, y, start)
        sheet.put(62, y + 12, end)
        sheet.put(150, y, "Software Engineer", bold=True)
        sheet.put(150, y + 12, company)
        sheet.put(160, y + 24, "- Built the search index with three colleagues in a year")
    skills(sheet, 270)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["startDate"], job.get("endDate")) for job in jobs] == [
        ("Harborlight", "2021-03", None),
        ("Fernway", "2018-06", "2021-02"),
    ]


def test_dates_below_a_place_belong_to_the_heading_beside_whose_text_they_stand() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.put(50, 110, "EXPERIENCE", 13, bold=True)
    for y, company, period in (
        (130, "Harborlight", "2021 - 2023"),
        (180, "Fernway", "2018 - 2021"),
    ):
        sheet.put(50, y, f"{company}, Software Engineer", bold=True)
        sheet.put(480, y, "Portland, OR")
        sheet.put(60, y + 12, "- Cut the latency of checkout in half")
        sheet.put(482, y + 12, period)
        sheet.put(60, y + 24, "- Wrote the runbooks of every team")
    skills(sheet, 240)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["startDate"], job["endDate"]) for job in jobs] == [
        ("Harborlight", "2021", "2023"),
        ("Fernway", "2018", "2021"),
    ]
    assert jobs[0]["highlights"] == [
        "Cut the latency of checkout in half", "Wrote the runbooks of every team",
    ]  # fmt: skip


def test_right_aligned_dates_and_places_are_no_column() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.put(240, 110, "EXPERIENCE", 13, bold=True)
    rows = [("Harborlight", "Portland, OR"), ("Engineer", "March 2021 - Present"),
            ("Fernway", "Springfield, MA"), ("Developer", "May 2018 - February 2021")]  # fmt: skip
    for number, (left, right) in enumerate(rows):
        sheet.put(50, 130 + 14 * number, left, bold=number % 2 == 0)
        width = pymupdf.get_text_length(right, fontsize=10)
        sheet.put(560 - width, 130 + 14 * number, right)
    skills(sheet, 220)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("Harborlight", "Engineer", "2021-03"),
        ("Fernway", "Developer", "2018-05"),
    ]


def test_a_school_broken_in_a_narrow_column_is_one_school() -> None:
    sheet = Sheet()
    sheet.page.draw_rect(pymupdf.Rect(0, 0, 190, 792), color=None, fill=(0.93, 0.93, 0.93))
    sheet.put(20, 60, "EDUCATION", 12, bold=True)
    sheet.put(20, 78, "Lindqvist University of Applied", 10, bold=True)
    sheet.put(20, 90, "Technology", 10, bold=True)
    sheet.put(20, 104, "B.S. Physics")
    sheet.put(20, 118, "2014 - 2018")
    sheet.put(20, 150, "SKILLS", 12, bold=True)
    for number, skill in enumerate(("Go", "Python", "Docker")):
        sheet.put(20, 168 + 14 * number, skill)
    sheet.put(220, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(220, 80, "nora@lindholm.test")
    sheet.put(220, 110, "EXPERIENCE", 12, bold=True)
    sheet.put(220, 128, "Harborlight", 10, bold=True)
    sheet.put(220, 142, "Engineer, 2019 - 2023")
    sheet.put(230, 156, "- Built the search index with three colleagues in the first year")

    read = sheet.read()

    assert [school["institution"] for school in read["education"]] == [
        "Lindqvist University of Applied Technology"
    ]
    where = read["meta"]["provenance"]["/education/0/institution"]
    _, y0, _, y1 = where["box"]
    assert (where["text"], y1 - y0 > 20) == ("Lindqvist University of Applied Technology", True)
    assert [skill["name"] for skill in read["skills"]] == ["Go", "Python", "Docker"]


def test_short_items_one_a_line_stay_apart() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.put(50, 110, "SKILLS", 13, bold=True)
    for number, skill in enumerate(("Elasticsearch", "Go", "Kubernetes", "Python")):
        sheet.put(50, 128 + 14 * number, skill)
    sheet.put(50, 210, "EDUCATION", 13, bold=True)
    sheet.put(50, 228, "Calder State University, B.S. Physics, 2014 - 2018")

    names = [skill["name"] for skill in sheet.read()["skills"]]

    assert names == ["Elasticsearch", "Go", "Kubernetes", "Python"]


def test_an_address_broken_over_two_lines_is_one_address() -> None:
    sheet = Sheet()
    top(sheet, contact="nora@lindholm.test")
    width = pymupdf.get_text_length("https://github.com/nora-lind", fontsize=10)
    sheet.put(560 - width, 50, "https://github.com/nora-lind")
    sheet.put(560 - width, 62, "holm-dev")
    sheet.put(50, 110, "EDUCATION", 13, bold=True)
    sheet.put(50, 128, "Calder State University, B.S. Physics, 2014 - 2018")
    skills(sheet, 160)

    assert sheet.read()["basics"]["profiles"] == [
        {
            "network": "GitHub",
            "username": "nora-lindholm-dev",
            "url": "https://github.com/nora-lindholm-dev",
        }
    ]


def test_a_link_under_a_picture_is_an_address_with_its_box() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.page.insert_link(
        {
            "kind": pymupdf.LINK_URI,
            "from": pymupdf.Rect(400, 56, 414, 70),
            "uri": "https://github.com/nlind",
        }
    )
    skills(sheet, 110)

    read = parse(sheet.bytes()).resume

    assert read["basics"]["profiles"][0]["url"] == "https://github.com/nlind"
    where = read["meta"]["provenance"]["/basics/profiles/0/url"]
    assert where["box"] == pytest.approx([400, 56, 414, 70], abs=1)


def test_contact_details_at_the_foot_are_the_persons() -> None:
    sheet = Sheet()
    sheet.put(50, 50, "Nora Lindholm", 22, bold=True)
    skills(sheet, 110)
    sheet.put(50, 700, "Portland, OR")
    sheet.put(50, 714, "nora@lindholm.test")
    sheet.put(50, 728, "github.com/nlind")

    basics = sheet.read()["basics"]

    assert basics["email"] == "nora@lindholm.test"
    assert basics["profiles"][0]["url"] == "https://github.com/nlind"


def test_a_name_set_apart_from_what_follows_it_by_its_look() -> None:
    sheet = Sheet()
    sheet.put(50, 50, "Nora Lindholm", 22, bold=True)
    end = 50 + pymupdf.get_text_length("Nora Lindholm ", "hebo", 22)
    sheet.put(end, 50, "Backend Developer", 14)
    sheet.put(50, 70, "nora@lindholm.test")
    skills(sheet, 110)

    assert sheet.read()["basics"]["name"] == "Nora Lindholm"


def test_entry_titles_in_the_look_of_the_headings_start_no_sections() -> None:
    sheet = Sheet()
    top(sheet)
    for y, heading in ((110, "EXPERIENCE"), (240, "EDUCATION"), (290, "SKILLS")):
        sheet.put(50, y, heading, 13, bold=True)
    for y, company, period in (
        (130, "HARBORLIGHT", "2021 - 2023"),
        (180, "FERNWAY", "2018 - 2021"),
    ):
        sheet.put(50, y, company, 13, bold=True)
        sheet.put(50, y + 14, f"Software Engineer | {period}")
        sheet.put(60, y + 28, "- Built the search index")
    sheet.put(50, 258, "Calder State University, B.S. Physics, 2014 - 2018")
    sheet.put(50, 308, "Languages: Go, Python, SQL")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"]) for job in jobs] == [
        ("HARBORLIGHT", "Software Engineer"),
        ("FERNWAY", "Software Engineer"),
    ]


def test_every_bullet_of_a_section_may_be_an_entry() -> None:
    sheet = Sheet()
    top(sheet)
    sheet.put(50, 110, "PROJECTS", 13, bold=True)
    for number, name in enumerate(("Tidepool", "Grepline", "Open Shelf")):
        sheet.put(60, 128 + 28 * number, f"- {name}: Measured the tides of forty harbours and")
        sheet.put(67, 140 + 28 * number, "drew them as one map for fishermen")
    skills(sheet, 240)

    assert [project["name"] for project in sheet.read()["projects"]] == [
        "Tidepool", "Grepline", "Open Shelf",
    ]  # fmt: skip


def test_feet_are_not_read_as_content() -> None:
    sheet = Sheet()
    top(sheet)
    skills(sheet, 110)
    sheet.put(230, 780, "Nora Lindholm - Page 1 of 1", 8)

    listed: list[dict[str, Any]] = sheet.read()["skills"]

    assert [skill["keywords"] for skill in listed] == [["Go", "Python", "SQL"]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Research and Professional Experience", "work"),
        ("연구 및 실무 경력", "work"),
        ("연구및실무경력", "work"),
        ("Honors-Awards", "awards"),
        ("Extracurricular Activity", "volunteer"),
        ("Mother tongue", "languages"),
    ],
)
def test_headings_of_public_templates(text: str, kind: str) -> None:
    assert heading_kinds(text)[:1] == (kind,)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("부서/직위", "title"), ("Year of Passing", "period"), ("CGPA / %", "grade"),
        ("1. Project Title", "name"), ("Employer", "company"), ("Anything else", None),
    ],
)  # fmt: skip
def test_labels_of_forms(label: str, field: str | None) -> None:
    assert label_field(label) == field


def test_places_written_without_spaces_are_places() -> None:
    assert is_place("서울강서구")
    assert not is_place("서울소프트")


def test_what_follows_a_forms_signature_under_a_heading_is_read() -> None:
    sheet = Sheet()
    sheet.put(50, 50, "홍길동", 22)
    sheet.put(50, 68, "gildong@hong.test")
    sheet.put(50, 110, "학력", 14)
    sheet.put(50, 128, "한빛대학교 컴퓨터공학과 졸업 (2016.03 ~ 2021.02)")
    sheet.put(200, 160, "위 사항은 사실과 다름이 없습니다.")
    sheet.put(200, 174, "2024년 11월 22일")
    sheet.put(50, 210, "프로젝트", 14)
    sheet.put(50, 228, "동네책방 지도 (2022.03 ~ 2022.08)")

    read = sheet.read()

    assert [project["name"] for project in read["projects"]] == ["동네책방 지도"]
    assert len(read["education"]) == 1


def test_numbers_that_count_the_jobs_are_no_part_of_them() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Experience", 14, bold=True)
    for y, company, title, dates in (
        (130, "1. Harborlight", "Engineer", "2019 - 2021"),
        (190, "2. Fernway", "Developer", "2016 - 2019"),
    ):
        sheet.put(50, y, company, bold=True)
        sheet.put(450, y, dates)
        sheet.put(50, y + 14, title)
        sheet.put(60, y + 28, "- Kept the lights on")
    sheet.put(50, 250, "Skills", 14, bold=True)
    sheet.put(50, 270, "Go, Python, SQL")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"]) for job in jobs] == [
        ("Harborlight", "Engineer"),
        ("Fernway", "Developer"),
    ]
