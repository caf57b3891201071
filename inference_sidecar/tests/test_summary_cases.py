"""Small texts of companies that do not exist, each of one kind on which summaries failed.

What is ``shown`` must be, and what is ``hidden`` must nowhere be. Three readers: a judge
that knows (whether the sentences reach it whole), words alone (nothing wrong is shown),
and the model that ``SSAMMU_JUDGE_DIR`` names, where it was taught to judge.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from inference_sidecar.admission import Admission, Limits
from inference_sidecar.engine import Engine
from inference_sidecar.summaries.bulk import BulkEngine
from inference_sidecar.summaries.checks import checked
from inference_sidecar.summaries.quoted import JUDGED_FROM, QuotedSummarizer
from inference_sidecar.summaries.schemas import SectionKey, Source, Summary, SummaryRequest
from inference_sidecar.summaries.sections import CLAIM_OF
from inference_sidecar.summaries.sentence_judge import CLAIMS, SUPPORTS
from inference_sidecar.tests.scripted import ScriptedEngine

pytestmark = pytest.mark.anyio

TEXTS = Path(__file__).parent / "companies"
MODEL = os.environ.get("SSAMMU_JUDGE_DIR", "")


@dataclass(frozen=True, slots=True)
class Case:
    file: str
    company: str
    shown: dict[SectionKey, list[str]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    """Words of what may not be shown."""
    instructions: int = 0

    @property
    def request(self) -> SummaryRequest:
        text = (TEXTS / f"{self.file}.txt").read_text(encoding="utf-8")
        language: Any = self.file.rsplit(".", 1)[1]
        return SummaryRequest(
            id="r", language=language, company=self.company, sources=[Source(id="s", text=text)]
        )


CASES = (
    Case(
        "s01_figures_open_with_name.en",
        "Hanbit Foods",
        {
            "what_it_does": ["Hanbit Foods is a company that sells soup to hospitals."],
            "figures": [
                "Hanbit Foods had revenue of 12 million dollars in 2025, 20% more than in 2024.",
                "Hanbit Foods made an operating profit of 2 million dollars in 2025.",
                "Hanbit Foods employed 240 people at the end of 2025.",
            ],
        },
    ),
    Case(
        "s01_figures_open_with_name.ko",
        "한빛클라우드",
        {
            "what_it_does": ["한빛클라우드는 병원에 백업 소프트웨어를 파는 회사입니다."],
            "figures": [
                "한빛클라우드의 2025년 매출은 120억 원으로 2024년보다 20% 늘었습니다.",
                "한빛클라우드는 2025년 영업이익 20억 원을 냈습니다.",
                "한빛클라우드의 임직원은 2025년 말 240명입니다.",
            ],
        },
    ),
    Case(
        "s02_noun_endings.ko",
        "한빛클라우드",
        {
            "what_it_does": [
                "(주)한빛클라우드는 병원용 백업 소프트웨어를 개발하여 공급하는 전문업체임.",
                "전국 종합병원을 주요 고객으로 하며 유지보수 서비스를 함께 제공하고 있음.",
            ],
        },
    ),
    Case(
        "s03_dangsa.ko",
        "한빛테크",
        {
            "what_it_does": [
                "당사는 병원용 백업 소프트웨어를 개발하여 판매하는 사업을 영위하고 있습니다."
            ]
        },
        ("명칭은",),
    ),
    Case(
        "s03_the_company.en",
        "Hanbit",
        {"what_it_does": ["The Company designs and sells backup software for hospitals."]},
    ),
    Case(
        "s04_no_blank_after_stop.ko",
        "한빛테크",
        {"what_it_does": ["한빛테크는 병원용 백업 소프트웨어를 만드는 회사입니다."]},
        ("②", "2019년 5월"),
    ),
    Case(
        "s05_small_letter_brand.en",
        "Hanbit",
        {"business": ["zPhone is a line of telephones for nurses made by Hanbit."]},
        ("Products",),
    ),
    Case(
        "s06_bullets.en",
        "Hanbit",
        {"what_it_does": ["Hanbit sells tools to shops and has 40 stores."]},
        ("hardlines", "entertainment items", "Rented tools"),
    ),
    Case(
        "s07_url_in_the_definition.ko",
        "한빛",
        {
            "what_it_does": [
                "한빛 주식회사는 병원 백업 서비스 스냅(www.snap.example)을 "
                "운영하는 인터넷 전문 기업입니다."
            ]
        },
        ("고객과 함께",),
    ),
    Case(
        "s08_connective.ko",
        "한빛",
        {
            "what_it_does": ["한빛은 30개 나라의 병원에 백업 소프트웨어를 공급하고 있다."],
            "figures": [
                "한빛은 2025년 3분기까지 누적 1619억 원의 매출과 344억 원의 영업이익을 거뒀다."
            ],
        },
        ("이로써", "또한"),
    ),
    Case(
        "s09_own_name_is_a_cue.en",
        "Hanbit Cloud Data Systems",
        hidden=("pays lunch", "opened a shop"),
    ),
    Case(
        "s10_no_abstention.en",
        "Hanbit",
        {
            "figures": [
                "Third quarter revenue was 12 million dollars, up 5% from a year ago.",
                "Earnings per share were 2 dollars in the third quarter.",
            ]
        },
        ("joined by", "audio replay"),
    ),
    Case("s11_page_without_content.en", "Hanbit", hidden=("JavaScript",)),
    Case("s11_page_without_content.ko", "한빛", hidden=("자바스크립트",)),
    Case(
        "s12_competitor.ko",
        "한빛클라우드",
        {"what_it_does": ["한빛클라우드는 병원용 백업 소프트웨어를 만드는 회사입니다."]},
        ("900억", "4조"),
    ),
    Case(
        "s13_boilerplate_is_the_business.en",
        "Hanbit Rights",
        {
            "what_it_does": [
                "Hanbit Rights is a company that protects the copyright of web comics for "
                "300 artists."
            ]
        },
    ),
    Case(
        "s13_boilerplate_is_the_business.ko",
        "한빛라이츠",
        {
            "what_it_does": [
                "한빛라이츠는 웹툰 저작권을 보호하는 서비스를 300명의 작가에게 "
                "제공하는 회사입니다.",
                "개인정보 처리방침을 자동으로 점검하는 솔루션을 은행에 공급합니다.",
            ]
        },
    ),
    Case(
        "s14_llm_company.en",
        "Hanbit AI",
        {
            "what_it_does": [
                "Hanbit AI builds tools that help banks run language models that must meet "
                "strict security rules."
            ],
            "figures": ["Hanbit AI employed 40 people at the end of 2025."],
        },
    ),
    Case(
        "s15_title_brackets.ko",
        "한빛게임즈",
        {
            "what_it_does": ["한빛게임즈는 게임을 만드는 회사입니다."],
            "figures": [
                "한빛게임즈는 <별무리>와 <달무리>를 출시하여 2025년 매출 270억 원을 기록하였습니다."
            ],
        },
    ),
    Case(
        "s16_boilerplate_quoted.en",
        "Hanbit Tools",
        {"figures": ["Revenue was 12 million dollars in 2025."]},
        ("statements about", "obligation", "conference call", "partners"),
    ),
    Case(
        "s16_boilerplate_quoted.ko",
        "한빛",
        {"figures": ["2025년 매출은 120억 원입니다."]},
        ("쿠키", "상기"),
    ),
    Case(
        "s17_dangling_each.ko",
        "한빛",
        {"figures": ["한빛의 3분기 매출은 400억 원, 영업이익은 90억 원이다."]},
        ("각각", "18개 기업", "상기", "본 분할"),
    ),
    Case(
        "s18_instructions.en",
        "Hanbit Tools",
        {"what_it_does": ["Hanbit Tools is a company that sells tools to shops."]},
        ("number one", "first among", "million dollars a year"),
        instructions=3,
    ),
    Case(
        "s18_instructions.ko",
        "한빛클라우드",
        {"what_it_does": ["한빛클라우드는 병원에 백업 소프트웨어를 파는 회사입니다."]},
        ("1위", "최고"),
        instructions=2,
    ),
    Case(
        "s19_table_only.ko",
        "한빛",
        {
            "facts": [
                "2025 매출액 181,004백만원",
                "2025 영업이익 20,334백만원",
                "2025 직원 수 301명",
            ]
        },
    ),
    Case(
        "s21_wrapped_lines_as_paragraphs.en",
        "Hanbit Inc.",
        {
            "figures": [
                "Revenue was 2.5 million dollars in the second quarter of 2025, up 5% and above "
                "what had been expected."
            ]
        },
    ),
)


async def summary_of(
    request: SummaryRequest, engine: Engine, judged_from: float | None = JUDGED_FROM
) -> Summary:
    admission = Admission(interactive=Limits(1, 1), bulk=Limits(1, 1))
    summarizer = QuotedSummarizer(judged_from=judged_from)
    draft = await summarizer.summarise(
        BulkEngine(engine, admission), request, lambda done, total: None
    )
    return checked(request, draft)


def by_section(summary: Summary, besides: str = "facts") -> dict[SectionKey, list[str]]:
    """Without the facts, which repeat what sentences say, unless they are all there is."""
    return {
        section.key: sorted(sentence.text for sentence in section.sentences)
        for section in summary.sections
        if section.key != besides or len(summary.sections) == 1
    }


class Knowing(ScriptedEngine):
    """A judge that knows what should be shown."""

    def __init__(self, case: Case) -> None:
        right = {
            (f"A) {text}\n", CLAIMS[CLAIM_OF[key]].format(company=case.company))
            for key, texts in case.shown.items()
            if key != "facts"
            for text in texts
        }

        def chances(context: str, options: Sequence[str]) -> Sequence[float]:
            is_right = any(text in context and claim in context for text, claim in right)
            supports = 0.9 if is_right else 0.1
            rest = (1 - supports) / (len(options) - 1)
            return [supports if option == SUPPORTS else rest for option in options]

        super().__init__(chances=chances)


@pytest.mark.parametrize(
    ("file", "facts"),
    [
        (
            "s01_figures_open_with_name.en",
            [
                "Employed 240 people (the end of 2025)",
                "Operating profit 2 million dollars (2025)",
                "Revenue 12 million dollars (2025)",
            ],
        ),
        (
            "s01_figures_open_with_name.ko",
            ["2025년 말 임직원 240명", "2025년 매출 120억 원", "2025년 영업이익 20억 원"],
        ),
        ("s03_dangsa.ko", ["2011년 설립"]),
        ("s12_competitor.ko", []),
    ],
)
async def test_facts_at_the_top(file: str, facts: list[str]) -> None:
    [case] = [case for case in CASES if case.file == file]

    summary = await summary_of(case.request, Knowing(case))

    assert by_section(summary, besides="").get("facts", []) == facts


def named(case: Case) -> str:
    return case.file


@pytest.mark.parametrize("case", CASES, ids=named)
async def test_what_should_be_shown_reaches_the_judge_whole(case: Case) -> None:
    summary = await summary_of(case.request, Knowing(case))

    assert by_section(summary) == {key: sorted(texts) for key, texts in case.shown.items()}
    assert summary.dropped.instruction == case.instructions
    assert summary.dropped.citation == 0


@pytest.mark.parametrize("case", CASES, ids=named)
async def test_words_alone_show_nothing_that_is_wrong(case: Case) -> None:
    engine = ScriptedEngine()

    summary = await summary_of(case.request, engine, judged_from=None)

    told = " ".join(text for texts in by_section(summary).values() for text in texts)
    assert [words for words in case.hidden if words in told] == []
    assert engine.calls == []


@pytest.fixture(scope="module")
async def judge() -> AsyncIterator[Engine]:
    from inference_sidecar import vllm_engine

    engine = await vllm_engine.load(["--model", MODEL, "--max-model-len", "1024"])
    yield engine
    engine.shutdown()


@pytest.mark.vllm
@pytest.mark.skipif("judge" not in MODEL.lower(), reason="SSAMMU_JUDGE_DIR names no judge")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=named)
async def test_the_judge_shows_nothing_that_is_wrong(case: Case, judge: Engine) -> None:
    found = by_section(await summary_of(case.request, judge))

    told = " ".join(text for texts in found.values() for text in texts)
    assert [words for words in case.hidden if words in told] == []
    assert set(case.shown.get("what_it_does", [])[:1]) <= set(found.get("what_it_does", []))


HELD_OUT = Path(__file__).parents[1] / "evaluation" / "sentences_held_out"
GOOD_FROM = 0.85
"""Share of the sentences shown that are worth it."""
FOUND_FROM = 0.5
"""Share of the good ones that are shown: silence costs less than noise."""


@pytest.mark.vllm
@pytest.mark.skipif("judge" not in MODEL.lower(), reason="SSAMMU_JUDGE_DIR names no judge")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("language", ["ko", "en"])
async def test_most_of_what_the_judge_shows_is_worth_it(language: str, judge: Engine) -> None:
    rows = yaml.safe_load((HELD_OUT / f"{language}.yaml").read_text(encoding="utf-8"))
    shown = []
    for row in rows:
        source = Source(id="s", text=f"{row['sentence']}\n")
        request = SummaryRequest(
            id="r", language=row["language"], company=row["company"], sources=[source]
        )
        if by_section(await summary_of(request, judge)):
            shown.append(row)

    good = [row for row in shown if row["section"] != "none"]
    assert len(good) >= GOOD_FROM * len(shown)
    assert len(good) >= FOUND_FROM * sum(row["section"] != "none" for row in rows)
