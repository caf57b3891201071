"""What a text calls the company, and whether a sentence is about it."""

from __future__ import annotations

import pytest

from inference_sidecar.summaries.names import OwnNames, bare_name


@pytest.mark.parametrize(
    ("company", "bare"),
    [
        ("㈜한빛로지스", "한빛로지스"),
        ("주식회사 한빛", "한빛"),
        ("한빛(주)", "한빛"),
        ("Tea Street Co., Ltd.", "Tea Street"),
        ("Inc.", "Inc."),
    ],
)
def test_a_name_without_its_legal_form(company: str, bare: str) -> None:
    assert bare_name(company) == bare


NAMES = OwnNames(["Tea Street Inc.", "차거리"])


@pytest.mark.parametrize(
    "text",
    [
        "Tea Street grows tea.",
        "Tea Street, Inc. grows tea.",
        "The Company grows tea.",
        "We grow tea.",
        "In 2025 Tea Street grew tea.",
        "Founded in 1991, Tea Street grows tea.",
        "차거리는 차를 기른다.",
        "(주)차거리는 차를 기른다.",
        "주식회사 차거리(Tea Street)는 차를 기른다.",
        "당사는 차를 기른다.",
        "동사는 차를 기르고 있음.",
        "회사는 차를 기른다.",
        "저희는 차를 길러요.",
        "2025년 말 차거리는 차를 길렀다.",
    ],
)
def test_the_company_does_it(text: str) -> None:
    assert NAMES.is_agent(text)


@pytest.mark.parametrize(
    "text",
    [
        "차거리의 매출은 30억 원이다.",
        "당사의 명칭은 차거리이다.",
        "Tea Street's revenue was 3 million dollars.",
        "우리 팀은 문서를 먼저 쓴다.",
    ],
)
def test_something_of_the_company_is_the_subject(text: str) -> None:
    assert NAMES.is_subject(text)


@pytest.mark.parametrize(
    "text",
    [
        "Coffee Street grows coffee.",
        "Customers of Tea Street drink tea.",
        "Tea Streets are wide.",
        "경쟁사인 커피거리는 커피를 판다.",
        "찻집이 차거리를 찾는다.",
        "이 회사는 차를 기른다.",
        "우리나라는 차를 마신다.",
    ],
)
def test_somebody_else_does_it(text: str) -> None:
    assert not NAMES.is_subject(text)


def test_the_name_is_no_cue() -> None:
    assert OwnNames(["Hanbit Cloud Data"]).masked("Hanbit Cloud Data sells data.").split() == [
        "sells",
        "data.",
    ]
