"""What makes one sentence worth more than another."""

from __future__ import annotations

from typing import Any

import pytest

from inference_sidecar.summaries import quoted
from inference_sidecar.summaries.quoted import choose
from inference_sidecar.summaries.schemas import SectionKey, Source, SummaryRequest
from inference_sidecar.summaries.sentences import sentences_of
from inference_sidecar.summaries.weighing import Scales, Weighed, bare_name, forms_of

FILLER = " ".join(f"The weather in town number {n} is mild and often wet." for n in range(30))


def request(text: str, **more: Any) -> SummaryRequest:
    source = Source(id="s", text=text)
    return SummaryRequest(
        **{"id": "r", "language": "en", "company": "Tea Street", "sources": [source], **more}
    )


def weighed(asked: SummaryRequest) -> Weighed:
    sentences = list(sentences_of(asked.sources[0].text))
    forms = {sentence: forms_of(sentence) for sentence in sentences}
    scales = Scales(asked, forms)
    return Weighed([it for sentence in sentences for it in scales.candidates(sentence)], forms)


def best(key: SectionKey, text: str) -> list[str]:
    return [candidate.sentence.text for candidate in weighed(request(text)).best(key)]


@pytest.mark.parametrize(
    ("key", "better", "worse"),
    [
        (
            "what_it_does",
            "Tea Street is a company for green tea.",
            "Tea Street was founded by two farmers.",
        ),
        (
            "what_it_does",
            "Tea Street provides offices with all kinds of tea.",
            "Tea Street provides 40 offices with 12 kinds of tea.",
        ),
        (
            "business",
            "Customers order the tea product by subscription.",
            "Customers order the tea product, according to the paper.",
        ),
        (
            "interview",
            "Hiring begins in May with a coding test for everyone.",
            "Written in a week, it was hiring with a coding test for everyone.",
        ),
        (
            "technology",
            "Engineers review the Kotlin code of colleagues every day.",
            "Engineers review the Kotlin code of those colleagues every day.",
        ),
        (
            "technology",
            "Engineers review the Kotlin code of colleagues every day.",
            "“Engineers review the Kotlin code of colleagues every day,” Kim said.",
        ),
        (
            "technology",
            "Engineers deploy Kotlin and PostgreSQL to Kubernetes.",
            "Engineers like the quiet of the office a lot.",
        ),
        (
            "figures",
            "Revenue was 41.2 billion won at a margin of 5%.",
            "Revenue will be 48.0 billion won at a margin of 6%.",
        ),
        ("business", "Route lets customers plan trips.", "Route is loved by all of its customers."),
        (
            "business",
            "Customers of the tea product order by subscription.",
            "Customers of 9 products, 8 markets, 7 segments order at 6.",
        ),
    ],
)
def test_the_better_of_two_whichever_comes_first(key: SectionKey, better: str, worse: str) -> None:
    assert best(key, f"{better} {worse}")[0] == better
    assert best(key, f"{worse} {better}")[0] == better


def test_first_things_are_told_first() -> None:
    first = "Tea Street provides offices with green tea and cakes."
    last = "Tea Street provides offices with black tea and bread."

    assert best("what_it_does", f"{FILLER} {first} {FILLER} {last}") == [first, last]


def test_a_heading_says_where_a_sentence_belongs() -> None:
    sentence = "We ask for the story behind something that you have built and learn from it."

    assert best("interview", f"Hiring and interviews\n\n{sentence}") == [sentence]
    assert best("interview", f"Weather and climate\n\n{sentence}") == []


def test_a_figure_without_a_number_is_talk() -> None:
    assert best("figures", "Revenue and the margin grew a lot year-on-year.") == []
    assert len(best("figures", "Revenue and the margin grew by 18% year-on-year.")) == 1


def test_a_sentence_goes_where_it_fits_best() -> None:
    text = "Revenue, operating profit, net income and the margin of the product grew by 18%."

    assert best("figures", text) == [text]
    assert best("business", text) == []


def test_what_a_company_does_is_told_before_how_it_began() -> None:
    begun = "Tea Street began in June 2017 in a market alley in Boseong."
    now = "Tea Street helps small hotels choose tea and serve it well."

    assert best("what_it_does", f"{begun} {now} {FILLER}") == [now, begun]


@pytest.mark.parametrize(
    "text",
    [
        "Tea Street's staff may not take photos home.",
        "Tea Street Kitchen team looks after 38 kettles.",
        "Tea Street published its price list on 29 September.",
    ],
)
def test_what_only_bears_its_name_or_happened_once_does_not_introduce_it(text: str) -> None:
    assert best("what_it_does", f"{text} {FILLER}") == []


def test_a_korean_introduction_has_the_company_as_its_subject_and_tells_the_present() -> None:
    def introduction(text: str) -> list[str]:
        asked = request(f"{text} {FILLER}", language="ko", company="차거리")
        return [candidate.sentence.text for candidate in weighed(asked).best("what_it_does")]

    now, begun = (
        "차거리는 차를 기르고 말려서 집으로 보냅니다.",
        "차거리는 2017년 보성의 시장 골목에서 시작했습니다.",
    )

    assert introduction(f"{begun} {now}") == [now, begun]
    assert introduction("차거리는 차를 돌볼 사람이 있습니다.") != []
    assert introduction("차거리의 차는 집에 가져갈 수 없습니다.") == []
    assert introduction("차거리는 9월 29일 값을 알렸습니다.") == []


def test_candidates_are_people_only_where_hiring_is_spoken_of() -> None:
    sentence = "The file with 40,000 candidates took 11 seconds to open."

    assert best("interview", sentence) == []
    assert best("interview", f"Hiring\n\n{sentence}") == [sentence]


def test_what_is_told_in_milliseconds_is_no_figure_of_the_company() -> None:
    assert best("figures", "The share of slow sales calls fell from 31 to 8 milliseconds.") == []


def chosen(text: str, key: SectionKey, **more: Any) -> list[str]:
    asked = request(text, **more)
    return [sentence.text for sentence in choose(asked, weighed(asked), {})[key]]


def test_of_equals_the_one_that_adds_something_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    first = "Customers buy green tea and cups in Boseong."
    alike = "Customers buy green soap and pots in Jeonju."
    other = "Partners ship kettles abroad to Busan weekly."
    text = "\n".join((first, alike, other, "Busan takes kettles."))

    assert chosen(text, "business", length="short") == [first, other]
    monkeypatch.setattr(quoted, "REDUNDANCY_WEIGHT", 0.0)
    assert chosen(text, "business", length="short") == [first, alike]


def test_two_figures_of_the_same_thing_are_never_shown_together() -> None:
    first = "Revenue was 41.2 billion won with a margin of 5%."
    other = "Revenue of 12.0 billion won came from hotels."
    third = "Employees numbered 240 at the end of the year."

    assert sorted(chosen(f"{first} {other} {third}", "figures")) == sorted([first, third])


def test_the_time_that_a_figure_is_of_does_not_make_it_another() -> None:
    whole = "매출은 684억 원으로 전년보다 28.8% 늘었고, 영업이익은 48억 원이 되었습니다."
    part = "상반기 매출은 486억 원으로 24.0% 늘었습니다."

    assert chosen(f"{whole} {part}", "figures", language="ko", company="차거리") == [whole]


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


INTRODUCED = f"TS runs tea rooms in stations. {FILLER}"


def test_a_source_may_call_the_company_by_another_name() -> None:
    def introduction(**more: Any) -> list[str]:
        best = weighed(request(INTRODUCED, **more)).best("what_it_does")
        return [candidate.sentence.text for candidate in best]

    assert introduction() == []
    assert introduction(aliases=["Tea Road", "TS"]) == ["TS runs tea rooms in stations."]


def test_a_short_name_inside_a_longer_word_is_none() -> None:
    text = INTRODUCED.replace("TS runs", "Cats run")

    assert weighed(request(text, aliases=["TS"])).best("what_it_does") == []


def test_how_a_company_was_called_once_does_not_introduce_it() -> None:
    text = f"Six engineers founded the company in 2009 as TS to make tea machines. {FILLER}"

    assert weighed(request(text, aliases=["TS"])).best("what_it_does") == []
