"""Korean résumés as job sites, forms and design templates set them."""

import pymupdf
import pytest

from apps.resume.parsing.outline import CLOSING

from .pages import Sheet


def korean_page() -> Sheet:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 22)
    sheet.put(50, 84, "doyun@maru.test 010-2222-3333")
    return sheet


def close(sheet: Sheet, y: float) -> None:
    sheet.put(50, y, "기술", 14)
    sheet.put(50, y + 20, "Go, Python, SQL")


def test_parts_of_a_job_with_periods_of_their_own_are_no_jobs() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    sheet.put(80, 140, "총 경력 2년 3개월", 8)
    sheet.put(50, 160, "2023.09 - 현재")
    sheet.put(160, 160, "(주)바람데이터", 11)
    sheet.put(160, 175, "서버 개발자")
    for y, part, period in (
        (195, "지도 서비스 개발", "2023.09 - 현재"),
        (240, "채팅 서버 신규 개발", "2024.05 - 2024.12"),
    ):
        sheet.put(160, y, part)
        sheet.put(160, y + 15, period)
        sheet.put(170, y + 30, "- 응답 시간을 절반으로 줄였습니다")
    close(sheet, 310)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("(주)바람데이터", "서버 개발자", "2023-09")
    ]


def test_two_roles_of_one_employer_told_with_periods_alone_on_their_lines_are_two_jobs() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    y = 140.0
    for size, text in (
        (12, "바람데이터"),
        (10, "3년 10개월"),
        (10, "선임 연구원"),
        (9, "2023년 1월 - 현재 (2년)"),
        (9, "대한민국 서울"),
        (9, "추천 모델 학습"),
        (10, "데이터 엔지니어"),
        (9, "2021년 2월 - 2023년 1월 (1년)"),
        (9, "수집 서버를 새로 만들었습니다."),
        (12, "마루시스템"),
        (10, "프로그래머"),
        (9, "2019년 7월 - 2021년 1월 (1년)"),
        (9, "사내 도구를 만들었습니다."),
    ):
        sheet.put(50, y, text, size)
        y += 15
    close(sheet, y + 20)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("바람데이터", "선임 연구원", "2023-01"),
        ("바람데이터", "데이터 엔지니어", "2021-02"),
        ("마루시스템", "프로그래머", "2019-07"),
    ]


def test_a_period_s_end_below_its_beginning_keeps_its_dash() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    for y, start, end, company, title in (
        (140, "2022.04", "- 현재", "바람데이터", "게임 프로그래머"),
        (210, "2020.02", "- 2022.03", "마루시스템", "앱 개발자"),
    ):
        sheet.put(50, y, start)
        sheet.put(50, y + 14, end)
        sheet.put(150, y, company, 12)
        sheet.put(150, y + 17, title)
        sheet.put(160, y + 34, "- 모바일 게임의 전투를 만들었습니다")
    close(sheet, 280)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["startDate"], job.get("endDate")) for job in jobs] == [
        ("바람데이터", "2022-04", None),
        ("마루시스템", "2020-02", "2022-03"),
    ]


def test_a_heading_in_a_cell_merged_over_all_rows_heads_the_table() -> None:
    sheet = korean_page()
    y = 120.0
    schools = (
        ("기 간", "학교명", "전 공"),
        ("2017.03 ~ 2021.02", "한빛대학교", "컴퓨터공학과"),
        ("2014.03 ~ 2017.02", "한솔고등학교", "이과"),
    )
    jobs = (
        ("근무기간", "회사명", "직 위"),
        ("2023.05 ~ 현재", "(주)바람데이터", "대리"),
        ("2021.03 ~ 2023.04", "마루시스템", "사원"),
    )
    for letters, rows in (("학력사항", schools), ("경력사항", jobs)):
        for step, letter in enumerate(letters):
            sheet.put(55, y + 14 + 13 * step, letter)
        sheet.page.draw_line((50, y), (50, y + 60))
        for x in (72, 200, 330, 500):
            sheet.page.draw_line((x, y), (x, y + 60))
        for step in range(4):
            sheet.page.draw_line((72, y + 20 * step), (500, y + 20 * step))
        for step, row in enumerate(rows):
            for x, text in zip((80, 210, 340), row, strict=True):
                sheet.put(x, y + 14 + 20 * step, text)
        y += 75

    read = sheet.read()

    assert [one["institution"] for one in read["education"]] == ["한빛대학교", "한솔고등학교"]
    assert [(job["name"], job["position"]) for job in read["work"]] == [
        ("(주)바람데이터", "대리"),
        ("마루시스템", "사원"),
    ]


def test_a_page_that_begins_with_a_number_shows_a_project() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "수상", 11)
    sheet.put(50, 140, "2023.11   포항 해커톤 대상")
    sheet.put(50, 170, "기술", 11)
    sheet.put(50, 190, "Swift, SwiftUI, UIKit")
    for number, name in (("01", "산책 기록"), ("02", "찰칵 노트"), ("03", "모두의 시간표")):
        sheet.next_page()
        sheet.put(50, 160, number, 16)
        sheet.put(50, 184, name, 18)
        sheet.put(50, 210, "일정을 나누는 앱입니다.")
        sheet.put(50, 240, "문제와 해결", 11)
        sheet.put(60, 260, "- 배터리 소모를 삼분의 일로 줄였습니다")
        sheet.put(400, 210, "기간", 11)
        sheet.put(400, 228, "2024.04 - 2024.10")
        sheet.put(400, 246, "기술 스택", 11)
        sheet.put(400, 264, "MapKit, HealthKit")

    read = sheet.read()

    assert [one["name"] for one in read["projects"]] == ["산책 기록", "찰칵 노트", "모두의 시간표"]
    assert [one["name"] for one in read["skills"]] == ["Swift", "SwiftUI", "UIKit"]
    assert [one["title"] for one in read["awards"]] == ["포항 해커톤 대상"]


def test_a_title_that_is_a_link_begins_a_project_as_the_others_do() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "프로젝트", 14)
    sheet.put(50, 140, "gopher-queue", 12, bold=True, color=(0, 0, 1))
    sheet.put(50, 155, "A small queue over streams")
    sheet.put(50, 180, "crowd-notes", 12, bold=True)
    sheet.put(50, 195, "A bot for crowded trains")
    close(sheet, 230)

    assert [one["name"] for one in sheet.read()["projects"]] == ["gopher-queue", "crowd-notes"]


def test_certificates_told_on_one_line_each_have_their_date() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "자격증", 14)
    sheet.put(50, 140, "데이터분석 준전문가(ADsP) 2019.06 / SQL 전문가(SQLP) 2020.12")
    close(sheet, 180)

    assert [(one["name"], one["date"]) for one in sheet.read()["certificates"]] == [
        ("데이터분석 준전문가(ADsP)", "2019-06"),
        ("SQL 전문가(SQLP)", "2020-12"),
    ]


def test_other_skills_are_skills() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "보유 기술", 14)
    sheet.put(50, 140, "언어: Java, Kotlin")
    sheet.put(50, 155, "기타: Jenkins, Kubernetes")
    sheet.put(50, 190, "학력", 14)
    sheet.put(50, 210, "한빛대학교 컴퓨터공학과 2012.03 - 2016.02")

    assert [group["keywords"] for group in sheet.read()["skills"]] == [
        ["Java", "Kotlin"],
        ["Jenkins", "Kubernetes"],
    ]


def test_a_bold_line_over_skills_names_them() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "Skills", 14, bold=True)
    for y, label, skills in (
        (140, "Frontend", "React, Recoil"),
        (180, "Test & Build", "Jest, Vite"),
    ):
        sheet.put(50, y, label, bold=True)
        sheet.put(50, y + 16, skills)
    sheet.put(50, 230, "Education", 14, bold=True)
    sheet.put(50, 250, "Calder University, 2012 - 2016")

    assert sheet.read()["skills"] == [
        {"name": "Frontend", "keywords": ["React", "Recoil"]},
        {"name": "Test & Build", "keywords": ["Jest", "Vite"]},
    ]


def test_an_address_that_a_cell_broke_after_a_slash_is_whole() -> None:
    sheet = korean_page()
    for y, row in ((140, ("희망직무", "백엔드 개발", "GitHub", "https://github.com/")),):
        for x, text in zip((55, 125, 255, 325), row, strict=True):
            sheet.put(x, y, text)
    sheet.put(325, 154, "hando-yun")
    sheet.put(55, 174, "거주지")
    sheet.put(125, 174, "서울특별시")
    for x in (50, 120, 250, 320, 540):
        sheet.page.draw_line((x, 126), (x, 180))
    for y in (126, 160, 180):
        sheet.page.draw_line((50, y), (540, y))
    close(sheet, 220)

    assert [one["url"] for one in sheet.read()["basics"]["profiles"]] == [
        "https://github.com/hando-yun"
    ]


def test_projects_told_by_number_under_jobs_are_projects() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력기술서", 15)
    y = 145.0
    for size, line in (
        (12, "1. (주)바람데이터 (2021.03 ~ 현재, 총 3년 2개월)"),
        (10, "선임 연구원"),
        (11, "[프로젝트 1] 통합 결제 구축"),
        (10, "- 기간 : 2022.01 ~ 2022.12"),
        (11, "[프로젝트 2] 정산 배치 개선"),
        (10, "- 기간 : 2021.04 ~ 2021.10"),
        (12, "2. 마루시스템 (2018.07 ~ 2021.02, 2년 8개월)"),
        (10, "서버 개발자"),
    ):
        sheet.put(50, y, line, size)
        y += 17
    close(sheet, y + 20)

    read = sheet.read()

    assert [(job["name"], job["position"], job["startDate"]) for job in read["work"]] == [
        ("(주)바람데이터", "선임 연구원", "2021-03"),
        ("마루시스템", "서버 개발자", "2018-07"),
    ]
    assert [one["name"] for one in read["projects"]] == ["통합 결제 구축", "정산 배치 개선"]


def test_labels_below_the_company_tell_rank_and_period() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력사항", 14)
    y = sheet.lines(
        50, 140,
        "회사명 : (주)바람데이터", "부서/직급 : 개발1팀 / 대리", "근무기간 : 2022.04 ~ 현재 (2년)",
        "담당업무 : 물류 시스템 서버 개발",
    )  # fmt: skip
    y = sheet.lines(
        50, y + 14,
        "회사명 : 마루시스템", "부서/직급 : 사업부 / 사원", "근무기간 : 2020.03 ~ 2022.03 (2년)",
        "담당업무 : 공공기관 시스템 구축",
    )  # fmt: skip
    close(sheet, y + 20)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("(주)바람데이터", "대리", "2022-04"),
        ("마루시스템", "사원", "2020-03"),
    ]


def test_a_team_between_company_and_rank_is_neither() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    for y, dates, text in (
        (140, "2024.03 - 현재", "(주)바람데이터 / 데이터플랫폼팀 / 연구원"),
        (175, "2021.07 - 2021.08", "한별은행 / 디지털본부 / 하계 인턴"),
    ):
        sheet.put(50, y, dates)
        sheet.put(170, y, text)
        sheet.put(180, y + 15, "- 수집 서버 운영")
    close(sheet, 220)

    assert [(job["name"], job["position"]) for job in sheet.read()["work"]] == [
        ("(주)바람데이터", "연구원"),
        ("한별은행", "하계 인턴"),
    ]


def test_a_column_s_name_over_its_dates_leaves_each_date_in_its_row() -> None:
    sheet = Sheet((595.0, 842.0))
    sheet.put(50, 60, "이력서", 22)
    sheet.put(50, 94, "인적사항", 13)
    for y, row in (
        (114, ("이 름", "임채원", "생년월일", "2000.05.14")),
        (129, ("휴 대 폰", "010-7070-8080", "이 메 일", "chaewon@maru.test")),
        (191, ("재학기간", "학교명", "전공", "구분")),
        (206, ("2019.03 ~ 2025.02", "한빛대학교", "컴퓨터공학과", "졸업예정")),
        (221, ("2016.03 ~ 2019.02", "한솔고등학교", "이과", "졸업")),
        (268, ("근무기간", "근무처", "직위", "담당업무")),
        (283, ("2023.07 ~ 2023.12", "정보기술연구원", "학생연구원", "영상 처리 실험")),
        (298, ("2022.06 ~ 2022.08", "(주)별빛", "인턴", "화면 시험")),
    ):
        for x, text in zip((50, 170, 310, 430), row, strict=True):
            sheet.put(x, y, text)
    sheet.put(50, 171, "학력사항", 13)
    sheet.put(50, 248, "경력사항", 13)

    read = sheet.read()

    assert [(one["startDate"], one["endDate"]) for one in read["education"]] == [
        ("2019-03", "2025-02"),
        ("2016-03", "2019-02"),
    ]
    assert [(one["startDate"], one["endDate"]) for one in read["work"]] == [
        ("2023-07", "2023-12"),
        ("2022-06", "2022-08"),
    ]


def test_a_korean_middle_dot_separates() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    sheet.put(50, 140, "바람데이터", 12)
    sheet.put(50, 156, "서버 개발자 ㆍ 정규직")
    sheet.put(50, 171, "2022.08 ~ 현재 ㆍ 2년 4개월")
    close(sheet, 210)

    (job,) = sheet.read()["work"]

    assert (job["name"], job["position"]) == ("바람데이터", "서버 개발자")


def test_a_degree_in_brackets_with_its_standing_is_read() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "학력", 14)
    sheet.put(50, 140, "한빛대학교 멀티미디어공학과 (학사 졸업)")
    sheet.put(50, 156, "2016년 3월 ~ 2022년 2월")
    close(sheet, 190)

    (school,) = sheet.read()["education"]

    assert (school["institution"], school["studyType"], school["area"]) == (
        "한빛대학교",
        "학사",
        "멀티미디어공학과",
    )


def form(sheet: Sheet, y: float, *rows: tuple[str, ...]) -> float:
    """A ruled table of equal columns from ``y``; where it ends."""
    width = 500 / len(rows[0])
    for number in range(len(rows) + 1):
        at = y + 20 * number
        sheet.page.draw_line((50, at), (550, at))
    for number in range(len(rows[0]) + 1):
        x = 50 + width * number
        sheet.page.draw_line((x, y), (x, y + 20 * len(rows)))
    for row in rows:
        for number, cell in enumerate(row):
            sheet.put(54 + width * number, y + 14, cell, 9)
        y += 20
    return y


def test_first_and_last_day_in_columns_of_their_own_are_a_period() -> None:
    sheet = korean_page()
    sheet.put(50, 116, "학력사항", 14)
    y = form(
        sheet, 124,
        ("입학년월", "졸업년월", "학교명", "학과(전공)", "졸업여부"),
        ("2010.03", "2017.02", "나루대학교", "컴퓨터통계학과", "졸업"),
    )  # fmt: skip
    sheet.put(50, y + 24, "경력사항", 14)
    form(
        sheet, y + 32,
        ("회사명", "부서", "직위", "입사일", "퇴사일"),
        ("솔바람", "개발팀", "과장", "2019.08.01", "재직중"),
        ("다래기술", "운영팀", "주임", "2017.03.02", "2019.07.31"),
    )  # fmt: skip

    resume = sheet.read()

    (school,) = resume["education"]
    assert (school["institution"], school["startDate"], school["endDate"]) == (
        "나루대학교", "2010-03", "2017-02",
    )  # fmt: skip
    assert [(job["name"], job["startDate"], job.get("endDate")) for job in resume["work"]] == [
        ("솔바람", "2019-08", None),
        ("다래기술", "2017-03", "2019-07"),
    ]
    boxes = resume["meta"]["provenance"]["/work/1/endDate"]
    assert boxes != resume["meta"]["provenance"]["/work/1/startDate"]


def test_a_project_table_may_have_columns_of_its_own() -> None:
    sheet = korean_page()
    sheet.put(50, 116, "● 스킬 인벤토리", 14)
    form(
        sheet, 124,
        ("프로젝트명", "기간", "고객사", "역할", "언어/DB", "OS"),
        ("보험 청약 시스템", "2023.01~2024.06", "나루생명", "PL", "Java, Oracle", "Linux"),
        ("물류 통합 시스템", "2018.01~2019.12", "다온물류", "개발", "C#, MS-SQL", "Windows"),
    )  # fmt: skip

    projects = sheet.read()["projects"]

    assert [project["name"] for project in projects] == ["보험 청약 시스템", "물류 통합 시스템"]


def test_the_vowel_i_between_words_is_a_bar() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    sheet.put(50, 140, "2022.12 ~ 재직중")
    sheet.put(170, 140, "해오름네트웍스")
    sheet.put(170, 155, "인프라운영팀 ㅣ 과장")
    close(sheet, 190)

    (job,) = sheet.read()["work"]

    assert (job["name"], job["position"]) == ("해오름네트웍스", "과장")


@pytest.mark.parametrize(
    "sentence", ["위 내용은 사실과 다름이 없습니다.", "위 사실은 틀림이 없음을 서약합니다."]
)
def test_a_form_ends_where_it_is_signed(sentence: str) -> None:
    assert CLOSING.search(sentence)


def test_a_mail_address_that_a_cell_broke_anywhere_is_whole() -> None:
    sheet = Sheet()
    sheet.put(50, 60, "한도윤", 22)
    sheet.put(50, 90, "E-mail")
    sheet.put(110, 90, "dwham91@gmail.c")
    sheet.put(300, 90, "병역")
    sheet.put(350, 90, "군필 (육군,")
    sheet.put(110, 103, "om")
    sheet.put(350, 103, "2011.05~2013.02)")
    close(sheet, 140)

    assert sheet.read()["basics"]["email"] == "dwham91@gmail.com"


def test_words_that_tex_sets_apart_without_a_space_are_words() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "프로젝트", 14)
    sheet.put(50, 140, "장바구니")
    sheet.put(50 + 4 * 10 + 2.7, 140, "추천")
    sheet.put(60, 155, "- 추천 서버를 Go로 다시 썼습니다")
    close(sheet, 190)
    sheet.document.set_metadata({"producer": "xdvipdfmx (20211117)"})

    assert [one["name"] for one in sheet.read()["projects"]] == ["장바구니 추천"]


def test_an_upright_line_parts_a_side_column_of_small_headings() -> None:
    sheet = Sheet()
    sheet.page.draw_line((400, 40), (400, 380))
    for y, size, text in (
        (66, 24, "옥다연"), (90, 10, "데이터로 말하는 백엔드 개발자"),
        (121, 13.5, "걸어온 길"),
        (152, 11, "마루에듀"), (170, 10, "백엔드 개발자, 2022.03 - 현재"),
        (187, 10, "학습 기록을 설계하고 월 1.2억 건을 저장합니다."),
        (212, 11, "씨앗소프트"), (230, 10, "웹 개발자, 2019.09 - 2022.02"),
        (247, 10, "쇼핑몰 유지보수와 결제 연동."),
        (277, 13.5, "해본 것들"),
        (308, 11, "오답노트 메이커"), (326, 10, "틀린 문제를 모아 주는 서비스. 사용자 800명."),
        (351, 11, "쓰담쓰담"), (369, 10, "플로깅 모임 지도."),
    ):  # fmt: skip
        sheet.put(40, y, text, size)
    for y, text in (
        (63, "연락은 여기로"), (81, "dayeon@maru.test"), (99, "010-2874-0019"),
        (143, "할 줄 아는 것"), (162, "Java"), (179, "Spring Boot"), (196, "ClickHouse"),
        (213, "MySQL"), (230, "GitLab CI"),
        (258, "공부한 곳"), (276, "나루대학교"), (292, "컴퓨터교육과"), (307, "2014.03-2019.08"),
        (335, "가진 자격"), (354, "정보처리기사"),
    ):  # fmt: skip
        sheet.put(418, y, text)

    resume = sheet.read()

    assert [job["name"] for job in resume["work"]] == ["마루에듀", "씨앗소프트"]
    assert [one["institution"] for one in resume["education"]] == ["나루대학교"]
    assert [one["name"] for one in resume["projects"]] == ["오답노트 메이커", "쓰담쓰담"]
    assert [one["name"] for one in resume["certificates"]] == ["정보처리기사"]
    assert "Java" in [one["name"] for one in resume["skills"]]


def test_parts_set_like_the_company_beside_a_margin_of_dates_are_no_jobs() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    sheet.put(50, 160, "2022.03 - 현재")
    sheet.put(200, 160, "바람데이터", 12)
    sheet.put(200, 176, "플랫폼팀 / 서버 개발자")
    for y, part, period in (
        (200, "추천 서빙 개편", "2022.08 - 2023.04"),
        (250, "배포 자동화", "2022.03 - 2022.07"),
    ):
        sheet.put(200, y, part, 12)
        sheet.put(200, y + 15, period)
        sheet.put(210, y + 30, "- 지연 시간을 절반으로 줄였습니다")
    sheet.put(50, 300, "2020.07 - 2022.02")
    sheet.put(200, 300, "마루시스템", 12)
    sheet.put(200, 316, "백엔드 개발자")
    close(sheet, 350)

    assert [(job["name"], job["startDate"]) for job in sheet.read()["work"]] == [
        ("바람데이터", "2022-03"),
        ("마루시스템", "2020-07"),
    ]


def test_certificates_among_odds_and_ends_are_certificates() -> None:
    sheet = korean_page()
    close(sheet, 120)
    sheet.put(50, 180, "기타", 14)
    sheet.put(50, 200, "정보보안기사 (2018.12)")
    sheet.put(50, 216, "사내 개발 기사 번역 모임 운영 (2019.02)")
    sheet.put(50, 232, "교내 경진대회 우수상 (2017.11)")

    read = sheet.read()

    assert [one["name"] for one in read["certificates"]] == ["정보보안기사"]
    assert [one["title"] for one in read["awards"]] == ["교내 경진대회 우수상"]


def test_a_standing_in_brackets_after_the_degree_is_not_its_subject() -> None:
    sheet = korean_page()
    close(sheet, 120)
    sheet.put(50, 180, "학력", 14)
    sheet.put(50, 200, "나루대학교   컴퓨터공학 학사 (조기졸업)")
    sheet.put(400, 200, "2013.03 - 2016.08")

    (school,) = sheet.read()["education"]

    assert (school["studyType"], school["area"]) == ("학사", "컴퓨터공학")


def test_certificates_and_language_tests_in_one_table_are_read_by_its_columns() -> None:
    sheet = korean_page()
    close(sheet, 120)
    sheet.put(50, 180, "자격 및 어학", 14)
    form(
        sheet, 190,
        ("취득일", "자격/어학명", "등급/점수", "발행처"),
        ("2012.11", "정보처리기사", "-", "한국산업인력공단"),
        ("2017.08", "TOEIC", "780", "ETS"),
    )  # fmt: skip

    names = [one["name"] for one in sheet.read()["certificates"]]

    assert names == ["정보처리기사", "TOEIC"]


def test_headings_of_a_side_column_need_no_mark_where_the_main_ones_carry_one() -> None:
    sheet = Sheet()
    sheet.put(40, 60, "한도윤", 20)
    sheet.put(40, 84, "doyun@maru.test")
    for y, text in ((120, "기술"), (180, "학력"), (260, "자격증")):
        sheet.put(40, y, text, 11)
    sheet.lines(40, 138, "[언어]", "Kotlin, Go")
    sheet.lines(40, 198, "나루대학교", "국문학과", "2017.03 - 2022.02")
    sheet.put(40, 278, "정보처리기사 (2023.09)")
    for y, text in ((60, "■ 자기소개"), (120, "■ 프로젝트"), (220, "■ 수상")):
        sheet.put(250, y, text, 13)
    sheet.lines(250, 80, "읽히는 화면을 만드는 개발자입니다. 글을 다듬듯 화면을 다듬습니다.")
    sheet.put(250, 142, "필사노트 (2022.11 - 2023.01)", 11)
    sheet.put(250, 158, "좋아하는 문장을 모으고 따라 쓰는 웹 서비스입니다.")
    sheet.put(250, 240, "교내 공모전 장려상 (2020.11)")

    read = sheet.read()

    assert read["skills"] == [{"name": "언어", "keywords": ["Kotlin", "Go"]}]
    assert [one["institution"] for one in read["education"]] == ["나루대학교"]
    assert [one["name"] for one in read["certificates"]] == ["정보처리기사"]
    assert [one["name"] for one in read["projects"]] == ["필사노트"]


def test_a_level_in_a_badge_is_no_part_of_a_skill() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "기술", 14)
    for y, name, level in ((140, "TypeScript", "5"), (156, "Storybook", "4")):
        sheet.put(50, y, name)
        after = 53 + pymupdf.get_text_length(name, "helv", 10)
        sheet.put(after, y, level, 10, bold=True, color=(0, 0, 1))
    sheet.put(50, 172, "HTML 5")
    sheet.put(50, 210, "학력", 14)
    sheet.put(50, 230, "나루대학교 컴퓨터공학과 2014.03 - 2018.02")

    assert [one["name"] for one in sheet.read()["skills"]] == ["TypeScript", "Storybook", "HTML 5"]


def test_thanks_on_the_last_page_belong_to_no_job() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 14)
    sheet.put(50, 140, "바람데이터 백엔드 개발자   2020.07 - 2022.02")
    sheet.put(60, 156, "- 지연 시간을 절반으로 줄였습니다")
    sheet.next_page()
    sheet.put(200, 300, "감사합니다", 40)

    (job,) = sheet.read()["work"]

    assert job["highlights"] == ["지연 시간을 절반으로 줄였습니다"]


def test_labels_with_their_periods_stand_beside_text_that_begins_at_other_heights() -> None:
    sheet = korean_page()
    sheet.put(50, 120, "경력", 16)
    for y, company, period, role in (
        (150, "바람데이터", "2022.01 ~ 재직 중", "서버 개발자"),
        (290, "마루시스템", "2020.03 ~ 2021.12", "백엔드 개발자"),
    ):
        sheet.put(50, y, company, 12)
        sheet.put(50, y + 16, period)
        sheet.put(50, y + 32, role)
        sheet.put(235, y - 7, "- 예약과 정산을 맡은 서버를 개발하고 운영했습니다")
        sheet.put(220, y + 21, "정산 배치 재설계", 12)
        sheet.put(220, y + 39, f"{period[:4]}.04 ~ {period[:4]}.09")
        sheet.put(235, y + 56, "- 네 시간 걸리던 배치를 삼십오 분으로 줄였습니다")
        sheet.put(235, y + 72, "- 실패한 구간만 다시 돌릴 수 있습니다")
    close(sheet, 440)

    jobs = sheet.read()["work"]

    assert [(job["name"], job["position"], job["startDate"]) for job in jobs] == [
        ("바람데이터", "서버 개발자", "2022-01"),
        ("마루시스템", "백엔드 개발자", "2020-03"),
    ]


def test_the_last_card_of_a_row_belongs_to_the_heading_over_it() -> None:
    sheet = korean_page()
    sheet.put(40, 120, "경력", 15)
    sheet.put(40, 146, "바람데이터", 12)
    sheet.put(40, 162, "백엔드 개발자 2021.09 - 현재")
    sheet.put(40, 178, "- 결제를 맡았습니다")
    sheet.put(40, 220, "프로젝트", 15)
    for x, name, year in (
        (40, "잠깐만요", "2023"),
        (215, "우리집 냉장고", "2022"),
        (390, "한줄회고", "2020"),
    ):
        sheet.put(x, 246, name, 12)
        sheet.put(x, 262, year, 9)
        sheet.put(x, 278, "짧은 한 줄 소개", 9)
        sheet.put(x, 294, "Vue, Express", 9)
    sheet.put(40, 340, "기술", 15)
    sheet.put(40, 364, "Go, Python, SQL")
    sheet.put(330, 340, "학력", 15)
    sheet.lines(330, 364, "나루대학교", "컴퓨터공학과", "2013.03 - 2018.08")

    read = sheet.read()

    assert [job["name"] for job in read["work"]] == ["바람데이터"]
    assert "한줄회고" in [one["name"] for one in read["projects"]]


def test_small_labels_of_a_summary_over_the_page_begin_no_columns() -> None:
    sheet = korean_page()
    sheet.put(450, 47, "등록일 2024.03.02")
    for x, label, value in (
        (54, "학력", "대학교(4년) 졸업"), (174, "경력", "5년 3개월"),
        (295, "희망연봉", "면접 후 결정"), (415, "포트폴리오", "maru.test/doyun"),
    ):  # fmt: skip
        sheet.put(x, 130, label, 8)
        sheet.put(x, 144, value)
    sheet.put(46, 190, "학력", 13)
    for y, period, school, course in (
        (220, "2012.03 ~ 2018.08", "한울대학교 (4년제)", "전자공학과"),
        (266, "2009.03 ~ 2012.02", "가람고등학교", "이과계열"),
    ):
        sheet.put(46, y, period)
        sheet.put(46, y + 15, "졸업")
        sheet.put(158, y, school)
        sheet.put(258, y, course)
        sheet.put(318, y, "(주간)")
        sheet.put(158, y + 15, "학점   3.62 / 4.5")
    close(sheet, 320)

    assert [one["institution"] for one in sheet.read()["education"]] == [
        "한울대학교 (4년제)",
        "가람고등학교",
    ]


def test_the_text_of_a_lone_heading_at_the_right_ends_no_row_of_the_left() -> None:
    sheet = Sheet((960.0, 540.0))
    sheet.put(60, 70, "한도윤", 30)
    sheet.put(60, 100, "doyun@maru.test")
    for y, heading, text in (
        (160, "학력", "나루대학교 게임공학과 2015.03 - 2021.02"),
        (260, "자격증", "정보처리기사 2020.11"),
        (360, "수상", "인디게임잼 최우수상 2019.11"),
    ):
        sheet.put(60, y, heading, 16)
        sheet.put(60, y + 28, text, 13)
    sheet.put(520, 160, "기술 스택", 16)
    for y, label, skills in ((190, "Language", "C#, Lua"), (218, "Engine", "Unity, Godot")):
        sheet.put(520, y, label, 12)
        sheet.put(620, y, skills, 13)
    sheet.put(520, 330, "관심 분야", 16)
    sheet.put(520, 358, "절차적 생성, 보드게임", 13)

    assert [one["title"] for one in sheet.read()["awards"]] == ["인디게임잼 최우수상"]


def test_cards_side_by_side_are_read_one_after_the_other() -> None:
    sheet = korean_page()
    sheet.put(40, 120, "프로젝트", 15)
    for x, name, year in ((40, "잠깐만요", "2023"), (215, "우리집 냉장고", "2022")):
        sheet.put(x, 146, name, 12)
        sheet.put(x, 162, year, 9)
        sheet.put(x, 178, f"{name} 소개", 9)
        sheet.put(x, 194, "Vue, Express", 9)
    close(sheet, 240)

    assert [(one["name"], one["startDate"]) for one in sheet.read()["projects"]] == [
        ("잠깐만요", "2023"),
        ("우리집 냉장고", "2022"),
    ]


def test_an_intern_below_a_company_is_a_role() -> None:
    sheet = korean_page()
    sheet.put(60, 120, "경력", 14)
    for y, period, company, role in (
        (150, "2021.04 ~ 현재", "바람데이터", "서버 개발자"),
        (220, "2020.07 ~ 2020.12", "마루시스템", "인턴"),
    ):
        sheet.put(60, y, period)
        sheet.put(200, y, company, 12)
        sheet.put(200, y + 16, role)
        sheet.put(210, y + 32, "- 응답 시간을 절반으로 줄였습니다")
    close(sheet, 290)

    assert [job["position"] for job in sheet.read()["work"]] == ["서버 개발자", "인턴"]


def test_a_portfolio_s_cover_tells_whose_it_is_and_its_pages_are_projects() -> None:
    sheet = Sheet((960.0, 540.0))
    sheet.put(70, 200, "PORTFOLIO", 54)
    sheet.put(70, 240, "2024 Unity Client Developer", 18)
    sheet.lines(70, 400, "한도윤", "010-2222-3333", "doyun@maru.test", step=20)
    sheet.next_page()
    sheet.put(60, 70, "수상", 30)
    sheet.put(60, 110, "인디게임잼 최우수상 2019.11", 13)
    for number, name, period in (
        (1, "달토끼 점프", "2021.04 ~ 2023.03"),
        (2, "미로 속의 등대", "2019.08 ~ 2019.11"),
    ):
        sheet.next_page()
        sheet.put(60, 60, f"PROJECT {number}", 12, bold=True)
        sheet.put(60, 96, name, 28)
        for y, label, value in (
            (140, "기간", period),
            (166, "인원", "4명"),
            (192, "기술", "Unity, C#"),
        ):
            sheet.put(480, y, label, 12)
            sheet.put(540, y, value, 13)
        sheet.put(480, 240, "주요 구현", 14)
        sheet.put(480, 268, "- 저사양 기기에서 초당 60장을 그립니다", 12)

    read = sheet.read()

    assert read["basics"]["name"] == "한도윤"
    assert [(one["name"], one["startDate"]) for one in read["projects"]] == [
        ("달토끼 점프", "2021-04"),
        ("미로 속의 등대", "2019-08"),
    ]
    assert [one["title"] for one in read["awards"]] == ["인디게임잼 최우수상"]


def test_a_portfolio_of_nothing_but_addresses_is_where_to_find_the_person() -> None:
    sheet = korean_page()
    close(sheet, 120)
    sheet.put(50, 180, "포트폴리오", 14)
    sheet.put(50, 200, "URL   https://play-doyun.example.app/portfolio")
    sheet.put(50, 216, "URL   https://github.com/doyun-maru")

    read = sheet.read()

    assert read["basics"]["url"] == "https://play-doyun.example.app/portfolio"
    assert "projects" not in read


def test_a_course_among_activities_is_education() -> None:
    sheet = korean_page()
    close(sheet, 120)
    sheet.put(46, 180, "경험/활동/교육", 14)
    sheet.put(46, 204, "2018.03 ~ 2018.08")
    sheet.put(200, 204, "미리내직업학교 | 클라우드 융합 개발자 과정")
    sheet.put(46, 230, "2017.07 ~ 2017.08")
    sheet.put(200, 230, "바람데이터 | 인턴")

    read = sheet.read()

    assert [(one["institution"], one["area"]) for one in read["education"]] == [
        ("미리내직업학교", "클라우드 융합 개발자 과정")
    ]
    assert [one["name"] for one in read["work"]] == ["바람데이터"]
