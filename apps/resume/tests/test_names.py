"""The person's name, however it is set."""

import pymupdf
import pytest

from .pages import Sheet


def name_of(sheet: Sheet) -> str:
    sheet.put(50, 160, "Skills", 14, bold=True)
    sheet.put(50, 180, "Python, Go, SQL")
    name: str = sheet.read()["basics"].get("name", "")
    return name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("INGRID LUND‐HOLM", "Ingrid Lund-Holm"),
        ('Gregor "Greg" Marlin', 'Gregor "Greg" Marlin'),
        ("Resume - Nora Lindholm", "Nora Lindholm"),
        ("Curriculum Vitae – Nora Lindholm", "Nora Lindholm"),
        ("견하람", "견하람"),
        ("남궁 솔", "남궁솔"),
        ("유하한 | Backend Developer", "유하한"),
        ("Resume - Dana Whitfield", "Dana Whitfield"),
        ("홍길순 백엔드 개발자 gilsoon@example.com", "홍길순"),
        ("견적서", ""),
        ("Sehyun (Sean) Rim", "Sehyun (Sean) Rim"),
    ],
)
def test_it_reads_names_as_they_are_set(text: str, name: str) -> None:
    sheet = Sheet()
    sheet.page.insert_text((50, 60), text, fontname="korea", fontsize=22)
    sheet.put(50, 84, "me@lindholm.test")

    assert name_of(sheet) == name


def test_a_name_of_two_lines_is_one() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Nora", 24)
    sheet.put(50, 88, "Lindholm", 24, bold=True)
    sheet.put(50, 110, "nora@lindholm.test")

    assert name_of(sheet) == "Nora Lindholm"


def test_a_name_whose_halves_stand_apart_is_one() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "NORA", 30, bold=True)
    sheet.put(155, 60, "LINDHOLM", 30)
    sheet.put(50, 90, "me@lindholm.test")

    assert name_of(sheet) == "Nora Lindholm"


def test_a_given_name_set_before_the_family_name_is_turned() -> None:
    sheet = Sheet()
    sheet.page.insert_text((50, 60), "하늘", fontname="korea", fontsize=28)
    sheet.page.insert_text((106, 60), "서", fontname="korea", fontsize=28, color=(0.4, 0, 0))
    sheet.put(50, 84, "haneul@maru.test")

    assert name_of(sheet) == "서하늘"


@pytest.mark.parametrize(
    "line",
    [
        "성명: 한도윤 | 연락처: 010-2222-3333 | E-mail: doyun@maru.test",
        "이    름 : 한도윤 (Han Doyun)",
    ],
)
def test_it_reads_the_name_behind_its_label(line: str) -> None:
    sheet = Sheet()
    sheet.put(200, 50, "지원분야 : 임베디드 소프트웨어 개발", 12)
    sheet.put(50, 80, line)

    assert name_of(sheet) == "한도윤"


def test_a_mobile_number_goes_before_one_at_home() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 20)
    sheet.put(50, 84, "전화번호 062-555-0188")
    sheet.put(50, 100, "휴대전화 010-3388-5604")
    sheet.put(50, 130, "학력", 14)
    sheet.put(50, 150, "한빛대학교 컴퓨터공학과 졸업 2012.03 - 2016.02")

    assert sheet.read()["basics"]["phone"] == "010-3388-5604"


def test_a_word_with_its_particle_is_no_name() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "귀사의 채용에 지원합니다.")
    for y in range(90, 400, 16):
        sheet.put(50, y, "배를 좋아하고 등대의 불빛을 보며 자라서 바다의 일을 돕고 싶습니다.")

    assert "name" not in sheet.read()["basics"]


def test_a_korean_name_in_brackets_after_the_english_one_only_repeats_it() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "Dana Han", 20)
    sheet.put(50 + pymupdf.get_text_length("Dana Han ", "helv", 20), 60, "(한다나)", 20)
    sheet.put(50, 84, "dana.han@maru.test")
    sheet.put(50, 120, "EXPERIENCE", 13)
    sheet.put(50, 140, "Maru Systems, Site Reliability Engineer, Jan 2018 - Mar 2021")

    assert sheet.read()["basics"]["name"] == "Dana Han"
