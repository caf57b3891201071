"""Schools, jobs, awards and links in the words and orders people use."""

from typing import Any

import pymupdf
import pytest

from .pages import Sheet


def page(heading: str, *lines: str, bold: bool = False) -> dict[str, Any]:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, heading, 14, bold=True)
    y = 130.0
    for line in lines:
        sheet.put(50, y, line, bold=bold and line is lines[0])
        y += 15
    korean = "가" <= heading[0] <= "힣"
    sheet.put(50, y + 30, "기술" if korean else "Skills", 14, bold=True)
    sheet.put(50, y + 50, "Go, Python, SQL")
    return sheet.read()


@pytest.mark.parametrize(
    ("lines", "school"),
    [
        (
            ("Calder University", "Diplome d'ingenieur (M.Eng.), Data Science", "2013 - 2018"),
            ("Calder University", "Diplome d'ingenieur (M.Eng.)", "Data Science"),
        ),
        (
            ("Calder University", "MSc Physics, with distinction", "2013 - 2018"),
            ("Calder University", "MSc", "Physics"),
        ),
        (
            ("Calder University", "BSc", "Game Design", "2013 - 2018"),
            ("Calder University", "BSc", "Game Design"),
        ),
        (
            ("Calder University", "BSc (Hons) Physics", "2013 - 2018"),
            ("Calder University", "BSc (Hons)", "Physics"),
        ),
        (
            ("Calder University", "Bachelor of Science (B.S.), Physics", "2013 - 2018"),
            ("Calder University", "Bachelor of Science (B.S.)", "Physics"),
        ),
        (
            ("Calder University", "BS/MS Physics", "2013 - 2018"),
            ("Calder University", "BS/MS", "Physics"),
        ),
        (
            ("Calder University", "Computer Science (BSc)", "2013 - 2018"),
            ("Calder University", "BSc", "Computer Science"),
        ),
        (
            ("Inzynier, Informatics, Politechnika Nadmorska", "2013 - 2018"),
            ("Politechnika Nadmorska", None, "Inzynier, Informatics"),
        ),
        (
            ("2013 - 2018     B.Sc. Physics, Calder University. Thesis on small boats.",),
            ("Calder University", "B.Sc.", "Physics"),
        ),
    ],
)
def test_it_reads_degrees_as_they_are_told(
    lines: tuple[str, ...], school: tuple[str, str | None, str]
) -> None:
    (read,) = page("Education", *lines)["education"]

    assert (read["institution"], read.get("studyType"), read["area"]) == school


def test_a_town_after_every_company_is_where_it_is() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Experience", 14, bold=True)
    for y, company, title, dates in (
        (130, "Harborlight Bank, Singapore", "Backend Engineer", "2019 - 2021"),
        (180, "Fernway, Porto", "Web Developer", "2016 - 2019"),
    ):
        sheet.put(50, y, title, bold=True)
        sheet.put(450, y, dates)
        sheet.put(50, y + 14, company)
        sheet.put(60, y + 28, "- Kept the lights on")
    sheet.put(50, 240, "Skills", 14, bold=True)
    sheet.put(50, 260, "Go, Python, SQL")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["location"]) for job in jobs] == [
        ("Harborlight Bank", "Singapore"),
        ("Fernway", "Porto"),
    ]


def test_what_is_told_after_the_full_stop_is_neither_company_nor_title() -> None:
    jobs = page(
        "Experience",
        "2019 - 2021     Engineer, Fernway Labs. Built the engine for ten thousand boats.",
        "2016 - 2019     Developer, Oakbridge Systems. Wrote the manual twice.",
    )["work"]

    assert [(job["name"], job["position"]) for job in jobs] == [
        ("Fernway Labs", "Engineer"),
        ("Oakbridge Systems", "Developer"),
    ]


def test_a_team_in_a_column_of_its_own_is_no_part_of_the_position() -> None:
    (job,) = page("경력", "(주)바람데이터   2019.03 - 2021.02", "플랫폼개발팀 | 대리")["work"]

    assert (job["name"], job["position"]) == ("(주)바람데이터", "대리")


def test_clubs_among_internships_are_activities() -> None:
    read = page(
        "인턴·대외활동",
        "2022.07 - 2022.08   바람시스템 | 인턴",
        "2020.03 - 2021.12   보안 동아리 | 부회장",
    )

    assert [job["name"] for job in read["work"]] == ["바람시스템"]
    assert [one["organization"] for one in read["volunteer"]] == ["보안 동아리"]


@pytest.mark.parametrize(
    ("lines", "titles"),
    [
        (("우수상, 전국 소프트웨어 경진대회   2020.05",), ["우수상, 전국 소프트웨어 경진대회"]),
        (
            ("1st Prize, HackHarbor · Dean's List · Regents Scholarship",),
            ["1st Prize, HackHarbor", "Dean's List", "Regents Scholarship"],
        ),
    ],
)
def test_it_reads_awards_whole(lines: tuple[str, ...], titles: list[str]) -> None:
    awards = page("수상" if "상" in lines[0] else "Awards", *lines)["awards"]

    assert [award["title"] for award in awards] == titles


def test_a_row_says_itself_whether_it_is_an_award_or_a_certificate() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 20)
    sheet.put(50, 84, "doyun@maru.test 010-2222-3333")
    sheet.put(50, 120, "자격증 및 수상", 14)
    for y, date, name, giver in (
        (140, "날짜", "내용", "기관"),
        (160, "2023.11", "정보처리기사", "한국산업인력공단"),
        (180, "2022.05", "올해의 기술혁신상", "바람데이터"),
    ):
        sheet.put(50, y, date)
        sheet.put(150, y, name)
        sheet.put(350, y, giver)

    read = sheet.read()

    assert [one["name"] for one in read["certificates"]] == ["정보처리기사"]
    assert [one["title"] for one in read["awards"]] == ["올해의 기술혁신상"]


def test_a_site_at_the_mail_s_own_domain_is_the_person_s() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 80, "nora@lindholm.dev  |  lindholm.dev  |  +33 6 39 98 12 47")
    sheet.put(50, 110, "Skills", 14, bold=True)
    sheet.put(50, 130, "Go, Python, SQL")

    basics = sheet.read()["basics"]

    assert basics["url"] == "https://lindholm.dev"
    assert basics["phone"] == "+33 6 39 98 12 47"


def test_software_is_what_one_uses_or_what_one_wrote() -> None:
    used = page("Software", "OCaml, Haskell, C, Python")
    wrote = page("Software", "tidemux   carries the lines of eight buoys over one cable")

    assert "Haskell" in [one["name"] for one in used["skills"]]
    assert wrote["projects"][0]["name"] == "tidemux"


def test_only_the_column_of_names_holds_skills() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 20)
    sheet.put(50, 84, "doyun@maru.test 010-2222-3333")
    sheet.put(50, 120, "보유 기술", 14)
    for y, row in (
        (140, ("기술명", "수준", "활용 내용")),
        (160, ("Java", "상", "주문 화면 설계")),
        (180, ("Oracle", "중", "테이블 설계")),
        (200, ("Git", "상", "브랜치 전략")),
    ):
        for x, text in zip((50, 200, 300), row, strict=True):
            sheet.put(x, y, text)
    for x in (45, 195, 295, 500):
        sheet.page.draw_line((x, 126), (x, 206))
    for y in (126, 146, 166, 186, 206):
        sheet.page.draw_line((45, y), (500, y))
    sheet.put(50, 240, "학력", 14)
    sheet.put(50, 260, "한빛대학교 컴퓨터공학과 2012.03 - 2016.02")

    assert sheet.read()["skills"] == [{"name": "Java"}, {"name": "Oracle"}, {"name": "Git"}]


def test_what_the_maker_and_the_thing_are_called_is_one_skill() -> None:
    read = page("Tools", "Python, AWS IAM, Terraform")

    assert [one["name"] for one in read["skills"]][:3] == ["Python", "AWS IAM", "Terraform"]


def test_an_award_among_odds_and_ends_is_read_and_nothing_else_there_is() -> None:
    read = page("기타", "2022.12   사내 최고의 동료상", "2013.04 - 2015.01   육군 병장 만기전역")

    assert [award["title"] for award in read["awards"]] == ["사내 최고의 동료상"]


def test_a_date_that_touches_the_next_column_is_cut_from_it() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Experience", 14, bold=True)
    for y, dates, rest, text in (
        (130, "June 2022 - present", "", "Security Engineer, Harborlight Labs. Watches ten boats."),
        (170, "June 2020 - June", "2022", "Junior Engineer, Fernway Systems. Watched two boats."),
        (210, "May 2018 - May", "2020", "Developer, Oakbridge Group. Wrote the log of a boat."),
    ):
        width = pymupdf.get_text_length(dates, "helv", 10)
        sheet.put(143 - width, y, dates)
        sheet.put(150, y, text)
        if rest:
            sheet.put(143 - pymupdf.get_text_length(rest, "helv", 10), y + 13, rest)
            sheet.put(150, y + 13, "Came back every morning.")
    sheet.put(50, 260, "Skills", 14, bold=True)
    sheet.put(50, 280, "Go, Python, SQL")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["startDate"], job.get("endDate")) for job in jobs] == [
        ("Harborlight Labs", "2022-06", None),
        ("Fernway Systems", "2020-06", "2022-06"),
        ("Oakbridge Group", "2018-05", "2020-05"),
    ]


def test_a_label_set_off_by_its_weight_names_the_project() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Projects", 14, bold=True)
    for y, name in ((130, "Tide tables"), (190, "Ferry times")):
        sheet.put(50, y, "Project Title", bold=True)
        sheet.put(116, y, name)
        sheet.put(50, y + 15, "Period: 2021.03 - 2022.08")
        sheet.put(50, y + 30, "Role: PL")
    sheet.put(50, 260, "Skills", 14, bold=True)
    sheet.put(50, 280, "Go, Python, SQL")

    assert [one["name"] for one in sheet.read()["projects"]] == ["Tide tables", "Ferry times"]


def test_rules_typed_as_characters_are_no_text() -> None:
    read = page("Experience", "=" * 60, "Fernway Inc.   2019 - 2021", "Engineer", "=" * 60)

    assert [(job["name"], job["position"]) for job in read["work"]] == [
        ("Fernway Inc.", "Engineer")
    ]


def test_a_period_whose_last_month_fell_to_the_next_line_of_its_cell_is_whole() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 20)
    sheet.put(50, 84, "doyun@maru.test 010-2222-3333")
    sheet.put(50, 120, "경력", 14)
    for y, row in (
        (140, ("회사명", "근무기간", "직위")),
        (160, ("바람데이터", "2018. 03. ~ 2024.", "인턴")),
        (172, ("", "02.", "")),
        (190, ("마루시스템", "2016. 01. ~ 2017.", "사원")),
        (202, ("", "12.", "")),
    ):
        for x, text in zip((50, 200, 350), row, strict=True):
            if text:
                sheet.put(x, y, text)
    for x in (45, 195, 345, 500):
        sheet.page.draw_line((x, 126), (x, 208))
    for y in (126, 146, 178, 208):
        sheet.page.draw_line((45, y), (500, y))
    sheet.put(50, 240, "학력", 14)
    sheet.put(50, 260, "한빛대학교 컴퓨터공학과 2012.03 - 2016.02")

    assert [(job["startDate"], job["endDate"]) for job in sheet.read()["work"]] == [
        ("2018-03", "2024-02"),
        ("2016-01", "2017-12"),
    ]


def test_a_town_beside_the_school_is_no_subject() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Education", 14, bold=True)
    sheet.put(50, 130, "Calder University,", bold=True)
    sheet.put(145, 130, "Fort Collins, CO")
    sheet.put(240, 130, "B.S.", bold=True)
    sheet.put(50, 145, "Information Systems")
    sheet.put(50, 160, "2012 - 2016")
    sheet.put(50, 200, "Skills", 14, bold=True)
    sheet.put(50, 220, "Go, Python, SQL")

    assert sheet.read()["education"][0]["area"] == "Information Systems"


def test_what_a_pupil_was_honoured_for_is_no_subject() -> None:
    read = page("Education", "Ridge High School   2018 - 2022", "captain of the mathematics team")

    assert "area" not in read["education"][0]


def section(heading: str, *lines: str) -> dict[str, Any]:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, heading, 14, bold=True)
    sheet.lines(50, 130, *lines)
    sheet.put(50, 400, "Interests", 14, bold=True)
    sheet.put(50, 420, "Sailing")
    return sheet.read()


def test_a_comma_in_brackets_ends_no_company() -> None:
    read = section(
        "Experience",
        "Aug 2022 - Jan 2024",
        "Cloud Engineer (6-month contract, extended twice) - Fernway Mutual",
        "- Moved forty accounts in a quarter",
    )

    assert read["work"][0]["name"] == "Fernway Mutual"


def test_the_place_below_the_dates_may_name_its_state() -> None:
    read = section(
        "Experience",
        "Fernway",
        "Web Developer",
        "May 2012 - May 2015",
        "Portland, Oregon, United States",
        "- Built shops for regional retailers",
    )

    job = read["work"][0]
    assert (job["name"], job["location"]) == ("Fernway", "Portland, Oregon, United States")


def test_certificates_under_training_are_no_schools() -> None:
    read = section(
        "Training & Certifications", "AWS Certified Developer (Mar 2022)", "PRINCE2 Basics (2019)"
    )

    assert "education" not in read
    assert len(read["certificates"]) == 2


def test_a_certificate_renewed_is_still_one() -> None:
    read = section("Certifications", "Certified Scrum Master, 2018, renewed 2024", "CKA, 2021")

    assert [one["name"] for one in read["certificates"]] == ["Certified Scrum Master", "CKA"]


def test_the_grade_of_a_certificate_may_stand_below_its_dash() -> None:
    read = section("Certifications", "AWS Certified Developer", "- Associate", "Scrum Basics")

    names = [one["name"] for one in read["certificates"]]
    assert names == ["AWS Certified Developer – Associate", "Scrum Basics"]


def test_a_bullet_among_skills_is_a_skill() -> None:
    read = section("Skills", "• React", "• Design Systems", "• Jest")

    assert [one["name"] for one in read["skills"]] == ["React", "Design Systems", "Jest"]


def test_a_level_between_skills_is_none() -> None:
    assert [one["name"] for one in section("Skills", "React", "Master", "Jest")["skills"]] == [
        "React",
        "Jest",
    ]


def test_a_number_behind_its_initial_is_a_phone_s() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "M: 07700 900142   E: nora@lindholm.test")
    sheet.put(50, 110, "Skills", 14, bold=True)
    sheet.put(50, 130, "Go, SQL")

    assert sheet.read()["basics"]["phone"] == "07700 900142"


def test_what_heads_the_second_page_is_no_entry() -> None:
    sheet = Sheet()
    sheet.put(50, 80, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 98, "nora@lindholm.test")
    sheet.put(50, 700, "Skills", 14, bold=True)
    sheet.put(50, 720, "Go")
    sheet.next_page()
    sheet.put(50, 36, "Curriculum Vitae")
    sheet.put(400, 36, "Nora Lindholm")
    sheet.put(50, 80, "SQL")

    assert [one["name"] for one in sheet.read()["skills"]] == ["Go", "SQL"]


def test_dates_in_the_margin_leave_the_line_above_a_heading() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    for y, heading, dates, text in (
        (110, "Experience", "2019 - 2021", "Backend Engineer"),
        (160, "Education", "2012 - 2016", "Calder State University"),
        (210, "Year Abroad", "2011 - 2012", "Red Star Ambulance"),
        (260, "Skills", "", "Go, SQL"),
    ):
        sheet.put(50, y, heading, 14, bold=True)
        sheet.put(50, y + 20, dates or text)
        if dates:
            sheet.put(160, y + 20, text)
            if heading == "Experience":
                sheet.put(160, y + 34, "Fernway Inc.")

    assert [one["institution"] for one in sheet.read()["education"]] == ["Calder State University"]


def test_freelance_set_as_the_employers_are_is_one() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Experience", 16)
    for y, employer, title, dates in (
        (130, "Fernway", "Web Developer", "May 2012 - May 2015"),
        (190, "Freelance", "Web Designer", "2010 - 2012"),
    ):
        sheet.put(50, y, employer, 12)
        sheet.put(50, y + 16, title, 11)
        sheet.put(50, y + 30, dates)
        sheet.put(50, y + 44, "Built shops for regional retailers.")

    assert [(job["name"], job["position"]) for job in sheet.read()["work"]] == [
        ("Fernway", "Web Developer"),
        ("Freelance", "Web Designer"),
    ]


def test_a_place_won_among_what_one_is_proud_of_is_an_award() -> None:
    read = section("Most Proud of", "Harbor Hackathon, 2nd place", "Learned to sail alone")

    assert [one["title"] for one in read["awards"]] == ["Harbor Hackathon, 2nd place"]


def test_ranks_with_raised_endings_stand_before_what_they_were_won_at() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 120, "AWARDS", 13, bold=True)
    for y, year, number, ending, rest, event in (
        (140, "2024", "2", "nd", " place", "Rainier Coding Contest"),
        (154, "2022", "1", "st", "/50", "Campus Robotics Cup"),
    ):
        sheet.put(50, y, year)
        sheet.put(110, y, number)
        sheet.put(115.6, y - 4, ending, 6)
        sheet.put(115.6 + pymupdf.get_text_length(ending, fontsize=6), y, rest)
        sheet.put(220, y, event)

    awards = [
        {name: value for name, value in award.items() if name in ("title", "awarder", "date")}
        for award in sheet.read()["awards"]
    ]

    assert awards == [
        {"title": "Rainier Coding Contest", "awarder": "2nd place", "date": "2024"},
        {"title": "Campus Robotics Cup", "awarder": "1st/50", "date": "2022"},
    ]


def test_a_town_after_a_legal_form_and_a_school_with_its_grade() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test")
    sheet.put(50, 110, "Professional experience", 14, bold=True)
    for y, dates, title, company in (
        (130, "04/2020 - 06/2023", "Software Developer", "Harborlight GmbH & Co. KG, Chemnitz"),
        (170, "03/2018 - 03/2020", "Software Developer", "Fernway Robotics AG"),
    ):
        sheet.put(50, y, dates)
        sheet.put(180, y, title)
        sheet.put(180, y + 14, company)
    sheet.put(50, 220, "Education", 14, bold=True)
    sheet.put(50, 240, "08/2001 - 06/2009")
    sheet.put(180, 240, "Abitur (final grade: 1.7)")
    sheet.put(180, 254, "Gymnasium am Auenwald")

    resume = sheet.read()

    assert [(job["name"], job.get("location")) for job in resume["work"]] == [
        ("Harborlight GmbH & Co. KG", "Chemnitz"),
        ("Fernway Robotics AG", None),
    ]
    [school] = resume["education"]
    assert (school["institution"], school["area"]) == ("Gymnasium am Auenwald", "Abitur")
