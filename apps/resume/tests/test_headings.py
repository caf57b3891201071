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
        "",
    ],
)
def test_other_text_is_no_heading(text: str) -> None:
    assert heading_kinds(text) == ()
