"""What stands in a line at the top: founded, people, revenue, operating profit.

A fact is believed only where one sentence about the company names the thing, the number
and, but for the founding, the period, and names each once. Rows of tables say it, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inference_sidecar.summaries.hints import TO_COME
from inference_sidecar.summaries.names import OwnNames
from inference_sidecar.summaries.numbers import years
from inference_sidecar.summaries.schemas import Citation, SummaryRequest, SummarySentence
from inference_sidecar.summaries.sentences import Sentence
from inference_sidecar.summaries.tables import Row

FACTS = ("founded", "people", "revenue", "operating_profit")
FACT_OF_ROW = {0: "revenue", 1: "operating_profit", 3: "people"}
"""By ``Row.measure``."""

_WON = r"(?:\d[\d,.]*\s?[조억만천백]{1,2}\s?)+원|\d[\d,.]*\s?(?:억|조|백만|천만)?\s?달러"
_MONEY = (
    r"(?:US|C|A)?[$€£₩]\s?\d[\d,.]*\d(?:\s?(?:million|billion|trillion|thousand|bn|m)\b)?"
    r"|(?:KRW|USD|EUR|GBP|SEK|CHF)\s\d[\d,.]*\d(?:\s(?:million|billion|trillion|thousand))?"
    r"|\d[\d,.]*\s(?:million|billion|trillion|thousand)\s(?:\w+\s)?"
    r"(?:dollars|won|euros|pounds|francs|yen)"
)
_IS = r"\s(?:was|were|of|is|totall?ed|reached|rose to|fell to|came to|amounted to)\s(?:about\s)?"
_SAYS: Mapping[str, re.Pattern[str]] = {
    "founded": re.compile(
        r"(?P<value>(?:19|20)\d\d)년(?:\s?\d{1,2}월)?(?:\s?\d{1,2}일)?에?\s(?:[가-힣]+에서?\s)?"
        r"(?P<name>설립|창립|창업)(?:되|된|됐|한|했)"
        r"|\b(?P<named>founded|established|incorporated)(?:\sin\s[A-Z]\w+)?\sin\s(?P<other>(?:19|20)\d\d)\b"
    ),
    "people": re.compile(
        r"(?P<name>임직원|직원|종업원|상시 근로자|구성원)(?:\s?수)?(?:은|는|이)?"
        r"\s(?:[^.,]{0,20}\s)?"
        r"(?P<value>\d[\d,]*\s?명)"
        r"|\b(?P<named>employ(?:ed|s))\s(?:about\s|approximately\s|more than\s)?"
        r"(?P<other>\d[\d,]*\s(?:full-time\s)?(?:people|employees|staff))",
        re.IGNORECASE,
    ),
    "revenue": re.compile(
        rf"(?P<name>매출액?|영업수익)(?:은|이|는|을)?\s(?:약\s)?(?P<value>{_WON})"
        rf"|\b(?P<named>revenues?|net sales|turnover){_IS}(?P<other>{_MONEY})",
        re.IGNORECASE,
    ),
    "operating_profit": re.compile(
        rf"(?P<name>영업이익)(?:은|이|는|을)?\s(?:약\s)?(?P<value>{_WON})"
        rf"|\b(?P<named>operating (?:income|profit)){_IS}(?P<other>{_MONEY})",
        re.IGNORECASE,
    ),
}
_PERIOD = re.compile(
    r"(?<!\d)20\d\d년(?:\s?(?:[1-4]분기|상반기|하반기|\d{1,2}월\s?말?|말))?"
    r"(?!\s?(?:보다|대비|에 비))"
    r"|\b(?:the\s)?(?:first|second|third|fourth) (?:quarter|half) of (?:fiscal )?20\d\d"
    r"|\b(?:fiscal (?:year )?|the end of )?(?<!than in )(?<!from )20\d\d\b",
    re.IGNORECASE,
)
# A part of the company, its year or its people.
_PART = re.compile(
    r"부문|사업부|해외|국내|지역|제품|서비스 매출|비중|누적|신규|채용|평균"
    r"|\b(?:segment|division|overseas|recurring|average|new hires)\b",
    re.IGNORECASE,
)


def facts_of(
    request: SummaryRequest,
    sentences: Iterable[Sentence],
    figures: Iterable[Sentence],
    rows: Iterable[tuple[Row, str]],
) -> list[SummarySentence]:
    """The newest of each kind, in the order of FACTS.

    ``figures``: the sentences that give figures of the company's own; ``rows``: of tables,
    with the ids of their sources.
    """
    names = OwnNames(request.names)
    found: dict[str, _Fact] = {}
    own = list(figures)
    chosen = dict.fromkeys(FACTS, own) | {"founded": list(sentences)}
    told = [
        (key, fact)
        for key, candidates in chosen.items()
        for sentence in candidates
        if (fact := _told(key, sentence, names, request))
    ] + [(FACT_OF_ROW[row.measure], _of(row, id)) for row, id in rows if row.measure in FACT_OF_ROW]
    for key, fact in told:
        if key not in found or fact.year > found[key].year:
            found[key] = fact
    return [
        SummarySentence(text=found[key].text, citations=found[key].citations, origin="composed")
        for key in FACTS
        if key in found
    ]


@dataclass(frozen=True, slots=True)
class _Fact:
    text: str
    year: int
    citations: list[Citation]


def _told(key: str, sentence: Sentence, names: OwnNames, request: SummaryRequest) -> _Fact | None:
    text = sentence.text
    said = list(_SAYS[key].finditer(text))
    if len(said) != 1:
        return None
    [match] = said
    value = (match["value"] or match["other"]).strip()
    name = (match["name"] or match["named"]).strip()
    period = ""
    if key == "founded":
        if not names.is_subject(text) and match.start() > 0:
            return None
    else:
        periods = list(dict.fromkeys(found[0].strip() for found in _PERIOD.finditer(text)))
        if len(periods) != 1 or any(no.search(names.masked(text)) for no in (TO_COME, _PART)):
            return None
        period = periods[0]
    if sentence.language == "ko":
        shown = f"{value}년 {name}" if key == "founded" else f"{period} {name} {value}"
    else:
        shown = f"{name[:1].upper()}{name[1:]} {value}" + (f" ({period})" if period else "")
    source_id = request.sources[sentence.source].id
    citation = Citation(source_id=source_id, start=sentence.start, end=sentence.end)
    return _Fact(shown, max(years(period), default=0), [citation])


def _of(row: Row, source_id: str) -> _Fact:
    return _Fact(row.text, row.year, cited(row, source_id))


def cited(row: Row, source_id: str) -> list[Citation]:
    places = sorted((row.header, row.row), key=lambda place: place.start)
    return [Citation(source_id=source_id, start=place.start, end=place.end) for place in places]
