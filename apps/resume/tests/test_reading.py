"""From a page to JSON Resume: exact values, provenance, what is not read."""

from typing import Any

import pymupdf
import pytest

from apps.resume.parsing import parse

from .pages import Sheet, resume


def test_it_reads_a_plain_resume() -> None:
    read = resume().read()

    assert read["basics"]["name"] == "Nora Lindholm"
    assert read["basics"]["email"] == "nora@lindholm.test"
    assert read["basics"]["phone"] == "(503) 555-0117"
    assert read["basics"]["location"] == {"address": "Portland, OR"}
    assert read["work"] == [
        {
            "name": "Harborlight Inc.",
            "position": "Backend Engineer",
            "startDate": "2021-03",
            "highlights": ["Cut the latency of checkout in half"],
        },
        {
            "name": "Fernway",
            "position": "Software Engineer",
            "startDate": "2018-06",
            "endDate": "2021-02",
            "highlights": ["Built the search index"],
        },
    ]
    assert read["education"] == [
        {
            "institution": "Calder State University",
            "studyType": "Bachelor of Science",
            "area": "Computer Science",
            "startDate": "2014",
            "endDate": "2018",
        }
    ]
    assert read["skills"] == [
        {"name": "Languages", "keywords": ["Go", "Python", "SQL"]},
        {"name": "Tools", "keywords": ["Docker", "Git"]},
    ]
    assert read["meta"]["warnings"] == []


def test_every_value_says_where_it_was_read() -> None:
    read = resume().read()

    where = read["meta"]["provenance"]["/work/1/position"]

    assert where["page"] == 1
    assert where["text"] == "Software Engineer"
    assert 0 < where["confidence"] <= 1
    x0, y0, x1, y1 = where["box"]
    assert (round(x0), round(y1) > 190 > y0, x1 > 120) == (50, True, True)
    pointers = {p for p in read["meta"]["provenance"] if p.startswith("/work/0")}
    assert pointers == {
        "/work/0/name", "/work/0/position", "/work/0/startDate", "/work/0/highlights/0",
    }  # fmt: skip


def test_a_value_inside_a_line_has_its_own_box() -> None:
    read = resume().read()

    email = read["meta"]["provenance"]["/basics/email"]["box"]
    phone = read["meta"]["provenance"]["/basics/phone"]["box"]

    assert email[0] == pytest.approx(50, abs=1)
    assert email[2] < phone[0] < phone[2] < 240


@pytest.mark.parametrize(
    "options",
    [
        {"render_mode": 3},
        {"color": (1, 1, 1)},
        {"fill_opacity": 0},
    ],
    ids=["no ink", "white on white", "transparent"],
)
def test_text_nobody_sees_is_not_read_and_is_flagged(options: dict) -> None:
    sheet = resume()
    sheet.put(50, 342, "Frameworks: Kubernetes, Terraform, Rust", **options)

    read = sheet.read()

    assert [skill["name"] for skill in read["skills"]] == ["Languages", "Tools"]
    assert [warning["code"] for warning in read["meta"]["warnings"]] == ["hidden_text"]


def test_text_off_the_page_and_tiny_text_is_not_read() -> None:
    sheet = resume()
    sheet.put(-400, 342, "Frameworks: Kubernetes")
    sheet.put(50, 356, "Other: Terraform", size=1)

    read = sheet.read()

    assert len(read["skills"]) == 2
    assert [warning["code"] for warning in read["meta"]["warnings"]] == ["hidden_text"]


def test_white_text_on_a_dark_sidebar_is_read() -> None:
    sheet = Sheet()
    sheet.page.draw_rect(pymupdf.Rect(0, 0, 190, 792), color=None, fill=(0.1, 0.2, 0.3))
    white: dict[str, Any] = {"color": (1, 1, 1)}
    sheet.put(20, 60, "CONTACT", 12, True, **white)
    sheet.put(20, 78, "nora@lindholm.test", 9, **white)
    sheet.put(20, 110, "SKILLS", 12, True, **white)
    for number, skill in enumerate(("Go", "Python", "Docker", "Kafka")):
        sheet.put(20, 128 + 14 * number, skill, 9, **white)
    sheet.put(220, 60, "Nora Lindholm", 22, True)
    sheet.put(220, 100, "EXPERIENCE", 12, True)
    sheet.put(220, 118, "Harborlight Inc.", 10, True)
    sheet.put(220, 132, "Backend Engineer, 2019 - 2023")
    sheet.put(230, 146, "- Built the search index with three colleagues in the first year")
    sheet.put(220, 180, "EDUCATION", 12, True)
    sheet.put(220, 198, "Calder State University, B.S. Physics, 2014 - 2018")

    read = sheet.read()

    assert read["basics"]["name"] == "Nora Lindholm"
    assert [skill["name"] for skill in read["skills"]] == ["Go", "Python", "Docker", "Kafka"]
    assert read["work"][0]["name"] == "Harborlight Inc."
    assert read["work"][0]["position"] == "Backend Engineer"
    assert read["education"][0]["area"] == "Physics"
    assert read["meta"]["warnings"] == []


def test_a_korean_resume_with_a_letter_spaced_name() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "홍 길 동", 22)
    sheet.put(50, 80, "010-1234-5678 / gildong@hong.test")
    sheet.put(50, 110, "경력 (총 3년)", 14)
    sheet.put(50, 130, "㈜노을소프트 | 백엔드 개발자")
    sheet.put(400, 130, "2021.03 ~ 재직중")
    sheet.put(60, 144, "- 주문 API 개발")
    sheet.put(50, 164, "바람데이터 | 인턴")
    sheet.put(400, 164, "'20.07 ~ '20.12")
    sheet.put(50, 194, "학력", 14)
    sheet.put(50, 212, "한빛대학교 컴퓨터공학과 졸업 (2016.03 ~ 2021.02)")
    sheet.put(50, 242, "자격증", 14)
    sheet.put(50, 260, "정보처리기사 (2020.11, 한국산업인력공단)")

    read = sheet.read()

    assert read["meta"]["language"] == "ko"
    assert read["basics"]["name"] == "홍길동"
    assert read["basics"]["phone"] == "010-1234-5678"
    assert read["work"] == [
        {
            "name": "㈜노을소프트",
            "position": "백엔드 개발자",
            "startDate": "2021-03",
            "highlights": ["주문 API 개발"],
        },
        {"name": "바람데이터", "position": "인턴", "startDate": "2020-07", "endDate": "2020-12"},
    ]
    assert read["education"] == [
        {
            "institution": "한빛대학교",
            "area": "컴퓨터공학과",
            "startDate": "2016-03",
            "endDate": "2021-02",
        }
    ]
    assert read["certificates"] == [
        {"name": "정보처리기사", "issuer": "한국산업인력공단", "date": "2020-11"}
    ]


def test_several_roles_under_one_employer_are_several_jobs() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, True)
    sheet.put(50, 80, "nora@lindholm.test")
    sheet.put(50, 110, "EXPERIENCE", 13, True)
    sheet.put(50, 128, "Meridian Bank", 10, True)
    sheet.put(480, 128, "2019 - Present")
    sheet.put(50, 142, "Lead Engineer (2021 - Present)", 10, True)
    sheet.put(60, 156, "- Leads a team of twelve")
    sheet.put(50, 170, "Software Engineer (2019 - 2021)", 10, True)
    sheet.put(60, 184, "- Built fraud models")
    sheet.put(50, 214, "EDUCATION", 13, True)
    sheet.put(50, 232, "Calder State University, B.S. Physics, 2019")

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("Meridian Bank", "Lead Engineer", "2021"),
        ("Meridian Bank", "Software Engineer", "2019"),
    ]


def test_a_link_under_a_word_is_the_persons_address() -> None:
    sheet = resume()
    sheet.put(350, 78, "GitHub")
    sheet.page.insert_link(
        {
            "kind": pymupdf.LINK_URI,
            "from": pymupdf.Rect(348, 68, 390, 82),
            "uri": "https://github.com/nlind",
        }
    )

    read = parse(sheet.bytes()).resume

    assert read["basics"]["profiles"] == [
        {"network": "GitHub", "username": "nlind", "url": "https://github.com/nlind"}
    ]


def test_a_project_named_inside_a_job_starts_no_section() -> None:
    sheet = resume()
    sheet.put(60, 218, "Projects")

    read = sheet.read()

    assert "projects" not in read
    assert len(read["work"]) == 2
