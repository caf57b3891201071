"""What tells a job title from an organisation and from work done."""

import pytest

from apps.resume.parsing.vocabulary import is_organisation, is_title


@pytest.mark.parametrize("text", ["선임연구원", "책임연구원", "학생연구원", "백엔드 개발"])
def test_a_researcher_s_rank_is_a_title(text: str) -> None:
    assert is_title(text) >= 2
    assert not is_organisation(text)


def test_what_a_bracket_adds_is_no_part_of_a_title() -> None:
    text = "Backend Engineer (Alternative Military Service)"
    assert is_title(text) == 3
    assert not is_organisation(text)


@pytest.mark.parametrize("text", ["한국전자통신연구원", "국방과학기술연구원"])
def test_an_institute_is_an_organisation_and_no_title(text: str) -> None:
    assert is_organisation(text)
    assert is_title(text) < 2


def test_what_was_developed_is_no_title() -> None:
    assert is_title("주문 도메인 API 개발") < 2
