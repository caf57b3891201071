"""What headings mean, in both languages."""

import pytest

from apps.resume.parsing.headings import heading_kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("WORK EXPERIENCE", ("work",)),
        ("경력 (총 3년 2개월)", ("work",)),
        ("경력 총 4년 2개월", ("work",)),
        ("Work Experience 업무 경험", ("work",)),
        ("■ 경력사항", ("work",)),
        ("1. 학력 사항", ("education",)),
        ("Skills & Awards", ("skills", "awards")),
        ("어학 및 자격증", ("languages", "certificates")),
        ("수상 · 자격증", ("awards", "certificates")),
        ("Technical Skills:", ("skills",)),
        ("Open Source Contributions", ("projects",)),
        ("Leadership / Extracurricular", ("volunteer",)),
        ("인적사항", ("contact",)),
        ("경력기술서", ("detail",)),
        ("지원동기", ("other",)),
        ("일한 곳", ("work",)),
        ("해온 일", ("work",)),
        ("제가 만든 것들", ("projects",)),
        ("배운 곳", ("education",)),
        ("다룰 줄 아는 기술", ("skills",)),
        ("받은 상", ("awards",)),
        ("해본 것들", ("projects",)),
        ("● 스킬 인벤토리", ("projects",)),
        ("Where I’ve been", ("work",)),
        ("Education & Qualifications", ("education",)),
        ("Further Training", ("education",)),
        ("Scholastic Achievements", ("awards",)),
        ("Civilian Service", ("other",)),
    ],
)
def test_known_headings(text: str, kinds: tuple[str, ...]) -> None:
    assert heading_kinds(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Software Engineer",
        "한빛대학교",
        "Experience with distributed systems at scale",
        "결제 서비스 경험을 바탕으로 성장했습니다",
        "Skills, Inc.",
        "매일 만든 것을 배포한 팀",
        "",
    ],
)
def test_other_text_is_no_heading(text: str) -> None:
    assert heading_kinds(text) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("What I have been doing", ("work",)),
        ("Where I've worked", ("work",)),
        ("Where I studied", ("education",)),
        ("Things I made", ("projects",)),
        ("What I work with", ("skills",)),
        ("Tools of the trade", ("skills",)),
        ("Learning", ("education",)),
        ("Jobs so far", ("work",)),
        ("Grants and Fellowships", ("awards",)),
        ("Invited Talks", ("publications",)),
        ("Peer-reviewed Publications", ("publications",)),
        ("Languages spoken", ("languages",)),
        ("Where I live", ()),
    ],
)
def test_it_knows_headings_told_as_one_would_say_them(text: str, kinds: tuple[str, ...]) -> None:
    assert heading_kinds(text) == kinds
