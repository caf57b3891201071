"""Numbers in two languages, and whether a source bears a sentence out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inference_sidecar.summaries.numbers import amounts, borne_out, numbers, years


def values(text: str) -> set[Decimal]:
    return {reading.value for number in numbers(text) for reading in number}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,200억 원", "120 billion won"),
        ("3조 2천억 원", "3.2 trillion won"),
        ("1억 2,000만 원", "120 million won"),
        ("12만 3,400명", "123,400 people"),
        ("2천5백 대", "2,500 units"),
        ("3만5천 명", "35 thousand"),
        ("천만 원", "10 million won"),
        ("이천억 원", "200 billion won"),
        ("120만 건", "1.2M requests"),
        ("35억 달러", "$3.5bn"),
        ("세 곳", "three offices"),
        ("18.5퍼센트", "18.5%"),
        ("18.5%", "18.5 per cent"),
        ("２０２５년 ３월 ２일", "2 March 2025"),
        ("2025. 3. 2.", "2025-03-02"),
        ("2025.3월", "March 2025"),
        ("FY25", "2025"),
        ("2~3 billion", "20억~30억"),
        ("10~15%", "10%에서 15%"),
    ],
)
def test_what_is_one_number_in_two_writings(one: str, other: str) -> None:
    assert borne_out(one, [other])
    assert borne_out(other, [one])


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Revenue was 45 billion won.", "Revenue was 41.2 billion won."),
        ("It grew by 18%.", "It has 18 offices."),
        ("It has 18 offices.", "It grew by 18%."),
        ("매출은 1,200억 원이다.", "매출은 1,200만 원이다."),
        ("About 120 billion won.", "매출은 1,240억 원"),
        ("It employs three hundred people.", "It employs 30 people."),
        ("In May 2025 it opened.", "It opened in 2025."),
        ("Founded in 2019.", "Founded long ago."),
        ("공장이 네 곳이다.", "공장이 세 곳이다."),
        ("3.50 and 4", "3.5"),
    ],
)
def test_what_no_source_has(sentence: str, source: str) -> None:
    assert not borne_out(sentence, [source])


def test_a_number_may_stand_in_any_of_the_passages() -> None:
    assert borne_out("It has 3 offices and 40 people.", ["three offices", "40 people"])
    assert not borne_out("It has 3 offices and 41 people.", ["three offices", "40 people"])


@pytest.mark.parametrize("text", ["", "No number at all.", "It may march on.", "숫자가 없다."])
def test_no_number(text: str) -> None:
    assert numbers(text) == []
    assert borne_out(text, [])


def test_the_beginning_of_a_range_has_two_readings() -> None:
    assert values("20~30억 원") == {Decimal(20), Decimal(20 * 10**8), Decimal(30 * 10**8)}


def test_years() -> None:
    assert years("In 2024 and FY25, 12,025 units; 2030년까지, 3.2019") == [2024, 2030, 2025]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Revenue in 2025 was 41.2 billion won, up 18%.", 2),
        ("매출은 1,240억 원으로 18% 늘었습니다.", 2),
        ("Founded on 2 March 2019 in Q3.", 1),
        ("2025년 3월 2일 3분기", 0),
        ("제3공장은 IPv6와 S3를 씁니다.", 0),
        ("The 2nd and 3rd floor.", 0),
    ],
)
def test_amounts_are_no_dates_and_no_names(text: str, count: int) -> None:
    assert len(amounts(text)) == count
