"""Pages as people send them: what earlier readings of such layouts got wrong."""

from typing import Any

import pymupdf
import pytest

from apps.resume.parsing import assembly
from apps.resume.parsing.characters import OLD_CODES, old_tex

from .pages import Sheet, resume


def test_a_section_that_cannot_be_read_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any) -> list[Any]:
        raise ValueError("broken")

    monkeypatch.setattr(assembly, "read_work", broken)

    read = resume().read()

    assert "work" not in read
    assert read["education"][0]["institution"] == "Calder State University"
    assert [warning["code"] for warning in read["meta"]["warnings"]] == ["section_unread"]


def test_a_section_that_opens_with_a_label_of_details_is_read() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "EXPERIENCE", 13, bold=True)
    sheet.put(50, 130, "Technologies: Go", bold=True)
    sheet.put(50, 146, "Harborlight Inc., Backend Engineer, 2019 - 2021")
    sheet.put(50, 180, "SKILLS", 13, bold=True)
    sheet.put(50, 198, "Go, SQL")

    assert sheet.read()["work"][0]["startDate"] == "2019"


def test_labels_set_against_their_text_are_read_with_it() -> None:
    sheet = Sheet()
    sheet.put(190, 60, "Nora Lindholm", 14, bold=True)
    sheet.put(190, 76, "nora@lindholm.test")
    for y, label, text in (
        (60, "PERSONAL", ""),
        (110, "WORK EXPERIENCE", ""),
        (130, "2019 - 2021", "Backend Engineer"),
        (144, "", "Harborlight Ltd"),
        (160, "", "Kept the orders of forty shops in step with their stock"),
        (180, "2016 - 2018", "Junior Developer"),
        (194, "", "Fernway Inc."),
        (220, "EDUCATION", ""),
        (240, "2012 - 2016", "Bachelor of Science in Physics"),
        (254, "", "Calder State University"),
        (280, "SKILLS", ""),
        (300, "Digital skills", "Go, Python, SQL"),
    ):
        if label:
            sheet.put(175 - 5.0 * len(label), y, label)
        if text:
            sheet.put(190, y, text)

    read = sheet.read()

    assert [(job["name"], job["position"], job["startDate"]) for job in read["work"]] == [
        ("Harborlight Ltd", "Backend Engineer", "2019"),
        ("Fernway Inc.", "Junior Developer", "2016"),
    ]
    assert read["education"][0]["institution"] == "Calder State University"


def test_dates_in_a_margin_belong_to_what_stands_lower_beside_them() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Experience", 15, bold=True)
    for y, dates, company, title in (
        (130, "2021.03 - Present", "Harborlight", "Backend Developer"),
        (210, "2019.01 - 2021.02", "Fernway", "Web Developer"),
        (290, "2017.01 - 2018.12", "Oakbridge", "Graphic Designer"),
    ):
        sheet.put(50, y, dates, 8)
        sheet.put(170, y + 4, company, 11)
        sheet.put(170, y + 22, title)
        sheet.put(180, y + 40, "- Built what the people of the town had asked for, twice")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["startDate"]) for job in jobs] == [
        ("Harborlight", "2021-03"), ("Fernway", "2019-01"), ("Oakbridge", "2017-01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ("2015 \x15 2019", "2015 – 2019"),
        ("veri\x1ced and e\x0ecient", "verified and efficient"),
        ("o\x1bice", "office"),
    ],
)
def test_codes_ofold_tex_fonts_are_what_they_print(codes: str, text: str) -> None:
    assert OLD_CODES.search(codes)
    assert old_tex(codes) == text


def test_a_numbered_project_in_large_type_ends_the_section_before_it() -> None:
    sheet = resume()
    sheet.next_page()
    sheet.put(50, 80, "Project 1. Tide tables", 18, bold=True)
    sheet.put(50, 104, "2023.01 - 2023.05")
    sheet.put(50, 122, "Reads the buoys of two harbours every minute.")
    sheet.put(50, 180, "Project 2. Ferry times", 18, bold=True)
    sheet.put(50, 204, "2022.01 - 2022.05")
    sheet.put(50, 222, "Tells when the boat is late.")

    read = sheet.read()

    assert [project["name"] for project in read["projects"]] == ["Tide tables", "Ferry times"]
    assert read["skills"][1]["keywords"] == ["Docker", "Git"]


def test_what_a_korean_form_ends_with_is_no_award() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 20)
    sheet.put(50, 90, "doyun@maru.test  010-2222-3333")
    sheet.put(50, 130, "수상", 14)
    sheet.put(50, 150, "2023.05  전국 해커톤 대상")
    sheet.put(50, 200, "위 기재사항은 사실과 틀림이 없습니다.")
    sheet.put(50, 216, "지원자: 한도윤 (인)")

    awards = sheet.read()["awards"]

    assert [award["title"] for award in awards] == ["전국 해커톤 대상"]


def test_a_title_that_breaks_behind_its_company_is_read_whole() -> None:
    """As word processors' templates print it: company and place, a dash, the title."""
    sheet = Sheet()
    sheet.put(50, 60, "Priya Raman", 22, bold=True)
    sheet.put(50, 78, "priya@raman.test | (503) 555-0117")
    sheet.put(50, 120, "EXPERIENCE", 11, bold=True)
    y = 142.0
    for title in ("Engineer", "Engineering Intern"):
        sheet.put(50, y, "Gearbox Outdoor, Seattle - Software", 11)
        sheet.put(50, y + 14, title, 11)
        sheet.put(50, y + 28, "AUGUST 2017 - APRIL 2021", 8)
        sheet.put(50, y + 42, "Built the checkout in React", 9)
        y += 66
    sheet.put(256, 120, "SKILLS", 11, bold=True)
    sheet.put(256, 142, "Go, TypeScript, Ruby, SQL", 9)
    sheet.put(256, 156, "React, Rails, Flutter", 9)

    work = sheet.read()["work"]

    assert [(one["name"], one["position"]) for one in work] == [
        ("Gearbox Outdoor", "Software Engineer"),
        ("Gearbox Outdoor", "Software Engineering Intern"),
    ]


def told(*lines: str) -> Sheet:
    """A plain page: "# heading", "* bold", and what follows a tab at the right margin."""
    sheet = Sheet()
    sheet.put(50, 60, "Dana Whitfield", 20, bold=True)
    sheet.put(50, 80, "dana@whitfield.test")
    y = 100.0
    for line in lines:
        size, bold = (13, True) if line.startswith("# ") else (10, line.startswith("* "))
        text, _tab, right = line.removeprefix("# ").removeprefix("* ").partition("\t")
        y += 6 if size == 13 else 0
        sheet.put(50, y, text, size, bold)
        if right:
            sheet.put(440, y, right)
        y += 1.4 * size
    return sheet


def test_the_number_of_an_employer_is_no_part_of_its_name() -> None:
    work = told(
        "# Work Experience",
        "* 1. Northwind Traders\t2020.06 - Present",
        "Software Engineer",
        "- Built the order service in Go",
        "* 2. Blue Fjord Inc.\t2018.05 - 2020.05",
        "Junior Developer",
        "- Wrote tests for the billing service",
    ).read()["work"]

    assert [one["name"] for one in work] == ["Northwind Traders", "Blue Fjord Inc."]


def test_a_role_below_another_is_at_the_same_company() -> None:
    work = told(
        "# Experience",
        "* Northwind Traders",
        "4 yrs 2 mos",
        "Senior Software Engineer",
        "Jun 2020 - Present (2 yrs)",
        "- Led the team",
        "Software Engineer",
        "May 2018 - Jun 2020 (2 yrs 2 mos)",
        "- Wrote the order service in Go",
    ).read()["work"]

    assert [(one["name"], one["position"]) for one in work] == [
        ("Northwind Traders", "Senior Software Engineer"),
        ("Northwind Traders", "Software Engineer"),
    ]


def test_learning_is_a_heading() -> None:
    resume = told(
        "# Learning",
        "* Reed College, B.A. Computer Science\t2014 - 2018",
        "# What I've built",
        "* Tidepool (2021)",
        "A tide table for surfers",
    ).read()

    assert [one["institution"] for one in resume["education"]] == ["Reed College"]
    assert [one["name"] for one in resume["projects"]] == ["Tidepool"]


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("D. Whitfield, A. Roe. Fast tide tables. SOSP 2020.", "Fast tide tables"),
        ("[1] D. Whitfield, A. Roe. Fast tide tables. In SOSP, 2020.", "Fast tide tables"),
        ("Whitfield, D., & Roe, A. (2019). Slow tide tables. OSDI.", "Slow tide tables"),
        ('Dana Whitfield and Ann Roe, "Tides at scale", VLDB 2021', "Tides at scale"),
    ],
)
def test_a_publication_is_named_by_its_title(reference: str, title: str) -> None:
    (publication,) = told("# Publications", reference).read()["publications"]

    assert publication["name"] == title


def test_a_score_beside_a_language_is_no_language() -> None:
    languages = told("# Languages", "German\tNative", "English\tC1, TOEFL 108").read()["languages"]

    assert [one["language"] for one in languages] == ["German", "English"]


def test_a_degree_with_its_own_dates_is_taken_at_the_school_above() -> None:
    education = told(
        "# Education",
        "* Harbour University\tGoyang, Korea",
        "M.S. in Computer Engineering\tMar 2019 - Feb 2021",
        "B.S. in Computer Engineering\tMar 2013 - Feb 2019",
    ).read()["education"]

    assert [(one["institution"], one["studyType"], one["startDate"]) for one in education] == [
        ("Harbour University", "M.S.", "2019-03"),
        ("Harbour University", "B.S.", "2013-03"),
    ]


def test_a_side_column_set_to_its_right_edge_is_a_column() -> None:
    sheet = Sheet()
    sheet.put(140, 50, "Ilse Vandermolen", 26, bold=True)
    for y, size, text in (
        (124, 12, "contact"), (138, 9, "ilse@vandermolen.test"), (149, 9, "+31 6 5550 1834"),
        (192, 12, "Skills"), (208, 9, "Front end"), (219, 9, "TypeScript, Vue.js"),
        (230, 9, "CSS, HTML"), (243, 9, "Back end"), (254, 9, "Node.js, Django"),
    ):  # fmt: skip
        sheet.put(144 - pymupdf.get_text_length(text, "helv", size), y, text, size)
    sheet.put(172, 170, "Where I've been", 13, bold=True)
    for y, period, title, name in (
        (184, "2022 -", "Frontend Developer", "Tulpenveld Digital"),
        (232, "2014 - 2020", "Pharmacist", "Apotheek De Linde"),
    ):
        sheet.put(172, y, period, 9)
        sheet.put(250, y, title, 10, bold=True)
        sheet.put(250, y + 12, name, 9)
        sheet.put(258, y + 24, "- Owns the booking flow in Vue and TypeScript", 9)
    sheet.put(172, 290, "Education", 13, bold=True)
    sheet.put(172, 306, "2008 - 2014", 9)
    sheet.put(250, 306, "PharmD", 10, bold=True)
    sheet.put(250, 318, "University of Eemland", 9)

    resume = sheet.read()

    assert [(job["name"], job["position"]) for job in resume["work"]] == [
        ("Tulpenveld Digital", "Frontend Developer"),
        ("Apotheek De Linde", "Pharmacist"),
    ]
    assert {"TypeScript", "CSS", "Django"} <= {one["name"] for one in resume["skills"]}
