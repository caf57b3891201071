"""Facts at the top: each with its period and the words that say it, or none."""

from __future__ import annotations

import pytest

from inference_sidecar.summaries.facts import facts_of
from inference_sidecar.summaries.schemas import Source, SummaryRequest
from inference_sidecar.summaries.sentences import sentences_of
from inference_sidecar.summaries.tables import rows_of


def facts(text: str, table: str = "-") -> list[str]:
    sentences = list(sentences_of(text))
    request = SummaryRequest(
        id="r",
        language="en",
        company="Tea Street",
        aliases=["차거리"],
        sources=[Source(id="s", text=text), Source(id="t", text=table)],
    )
    rows = [(row, "t") for row in rows_of(table)]
    return [fact.text for fact in facts_of(request, sentences, sentences, rows)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2011년에 부산에서 설립되었습니다.", ["2011년 설립"]),
        ("당사는 2009년 6월 1일 설립되었습니다.", ["2009년 설립"]),
        ("Tea Street was founded in 1991.", ["Founded 1991"]),
        ("Tea Street was incorporated in Delaware in 2006.", ["Incorporated 2006"]),
        ("2025년 말 차거리의 임직원은 240명입니다.", ["2025년 말 임직원 240명"]),
        (
            "Tea Street employed 240 people at the end of 2025.",
            ["Employed 240 people (the end of 2025)"],
        ),
        (
            "차거리의 2025년 매출은 120억 원으로 2024년보다 20% 늘었습니다.",
            ["2025년 매출 120억 원"],
        ),
        (
            "2025년 매출액 782억원, 영업이익 51억원을 시현함.",
            ["2025년 매출액 782억원", "2025년 영업이익 51억원"],
        ),
        ("차거리의 2025년 매출은 1조 2,300억 원입니다.", ["2025년 매출 1조 2,300억 원"]),
        (
            "Revenue was $84.2 million in fiscal 2025.",
            ["Revenue $84.2 million (fiscal 2025)"],
        ),
        (
            "In 2025 revenue was 41.2 billion won, 18% more than in 2024.",
            ["Revenue 41.2 billion won (2025)"],
        ),
    ],
)
def test_a_fact_has_its_value_and_its_period_as_they_are_written(text, found) -> None:
    assert facts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "2011년 부산에 연구소를 설립했습니다.",
        "커피거리는 2011년 설립되었습니다.",
        "차거리의 매출은 120억 원입니다.",
        "2025년 엔진부문의 매출은 120억 원입니다.",
        "2026년 매출은 200억 원을 목표로 합니다.",
        "매출은 2024년 100억 원, 2025년 120억 원입니다.",
        "2025년 신규 채용 직원은 40명입니다.",
        "The cloud segment's revenue was $8 million in 2025.",
        "Revenue was $8 million.",
        "Our goals for 2028 are revenue of KRW 380 billion and an operating margin of 20%.",
        "Revenue was $8 million in 2025 and is planned to grow.",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert facts(text) == []


def test_the_newest_period_is_taken() -> None:
    text = "차거리의 2024년 매출은 100억 원입니다. 차거리의 2025년 매출은 120억 원입니다."

    assert facts(text) == ["2025년 매출 120억 원"]


def test_rows_say_what_no_sentence_does_or_what_is_later() -> None:
    table = "(단위: 억원)\n구분 | 2024 | 2025\n매출액 | 100 | 120\n영업이익 | 9 | 12"

    assert facts("차거리의 2024년 매출은 100억 원입니다.", table) == [
        "2025 매출액 120억원",
        "2025 영업이익 12억원",
    ]
