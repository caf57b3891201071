"""How much each sentence is worth to each section, by its words, its place and its date."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inference_sidecar.assessment.text import content_words
from inference_sidecar.summaries.numbers import amounts, years
from inference_sidecar.summaries.schemas import SectionKey, SourceKind, SummaryRequest
from inference_sidecar.summaries.sections import KEYS, fits
from inference_sidecar.summaries.sentences import Sentence

# Less than one clear cue is a chance meeting.
FIT_MIN = 0.45
CENTRALITY_WEIGHT = 0.4
NAME_WEIGHT = 0.25
DEFINITION_WEIGHT = 0.4
PRODUCT_WEIGHT = 0.3
FIGURES_IN_INTRODUCTION = 0.25
EARLY_WEIGHT = 0.3
OLD_YEAR = 0.3
"""Lost for each year that a figure is behind the newest one."""
STALE_YEARS = 2
FIRST_LINES, FIRST_WORDS = 0.1, 0.03
FUTURE = 0.4
NEWER_SOURCE = 0.15
SPEECH, LOUD, NOTE, LONG, LEANING = 0.4, 0.3, 0.15, 0.3, 0.3
SHORT, SHORT_CHARACTERS = 0.6, (40, 20)
IDEAL_ENGLISH_WORDS, IDEAL_KOREAN_WORDS = 30, 22

_KINDS: dict[SectionKey, frozenset[SourceKind]] = {
    "what_it_does": frozenset({"introduction"}),
    "figures": frozenset({"ir", "report"}),
    "interview": frozenset({"introduction"}),
}
KIND_WEIGHT = 0.15
_SPEECH = re.compile(
    r"[\"“”「『]|\bsaid\b|\bsays\b|\baccording to\b"
    r"|말했|밝혔|전했|덧붙였|강조했|에 따르면|반응[이도]",
    re.IGNORECASE,
)
# What a product is and what it does for whom.
_PRODUCT = re.compile(
    r"\b(?:lets|allows|helps|enables|connects|stores|sells|offers|provides|covers|serves|delivers"
    r"|matches|charges)\b"
    r"|\bis (?:an?|our|the) [^.,]{0,40}\b(?:product|service|game|app|platform|tool|software"
    r"|program)"
    r"|(?:제품|서비스|상품|게임|앱|프로그램|소프트웨어|플랫폼|장비)(?:입니다|이다|이며|이고|예요"
    r"|이에요)"
    r"|(?:게|도록) (?:해 줍니다|합니다|돕습니다|해 주고)"
    r"|(?:받습니다|팝니다|제공합니다|판매합니다|납품합니다)",
    re.IGNORECASE,
)
# Words within a sentence that point at another one.
_LEANING = re.compile(
    r"\b(?:therefore|nevertheless|nonetheless|however|thus|instead|those|the rest|the same"
    r"|the (?:latter|former|other)|did so|do so|as well|too\.|also)\b"
    r"|\b(?:this|these|that (?:segment|product|team|year|period|means|reason)) \w"
    r"|^(?:In|On|At|By|Since|For|After|Until|\w+(?:ed|tten|ing))\b[^,]{0,40},? (?:it|they|he"
    r"|she)\b"
    r"|두 (?:제품|회사|사업) 모두|때문입니다|때문이다|덕분입니다|까닭입니다"
    r"|(?:^|\s)(?:이|그|이런|그런) [가-힣]|그해|그때|이날|마찬가지",
    re.IGNORECASE,
)
_RELATIVE_TIME = re.compile(
    r"\b(?:today|yesterday|this (?:year|quarter|month|week)|last (?:year|quarter|month)|recently)\b"
    r"|올해|작년|지난해|이번 (?:달|분기)|지난 (?:달|분기)|최근",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:target|goal|aims?|plans?|expects?|will|would|should|if|forecast|guidance)\b"
    r"|목표|계획|예정|전망|예상|겠습니다|[할될울릴일] 것|[다라]면",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\bis (?:an?|the)\b[^.,]{0,60}\b(?:company|firm|maker|manufacturer|provider|operator|platform"
    r"|start-?up|studio|developer|bank|retailer|business)\b|\bis a company\b"
    r"|(?:회사|기업|스타트업|업체|플랫폼|스튜디오)(?:입니다|이다|예요|이에요|인)",
    re.IGNORECASE,
)
# After the company's name: that the sentence is about the company, not about its staff,
# its letter or a product that bears its name.
_AS_SUBJECT = re.compile(
    r"(?:,?\s+(?:inc|ltd|co|corp|limited|corporation)\b\.?|\s?\([^()]{1,30}\)|㈜|\s?주식회사)*"
    r"(?:(?:은|는|이|가)(?![가-힣])|(?=,?\s(?-i:[a-z])))",
    re.IGNORECASE,
)
# What happened once: in English after the name, in Korean at the end.
_ENGLISH_PAST = re.compile(
    r"[\w.]*\s+(?:\w+ly\s+)?(?:\w+ed|was|were|had|did|began|became|came|took|made|built|sold|won"
    r"|grew|went|left|lost|ran|rose|fell)\b"
)
_KOREAN_ENDING = re.compile(r"([가-힣])(?:습니다|다|어요)\W*$")
_BEGINNING = re.compile(
    r"\b(?:began|started|founded|established|set up)\b"
    r"|설립|창업|창립|시작했|출발했|세웠|세워졌|문을 열었",
    re.IGNORECASE,
)
_TIMES = frozenset(
    word.form
    for word in content_words(
        "first second third fourth last half quarter quarterly year yearly annual fiscal month"
        " h1 h2 q1 q2 q3 q4 fy january february march april may june july august september october"
        " november december 상반기 하반기 분기 년 연도 연간 월 올해 작년 지난해 전년 지난"
    )
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence for a section, and what it is worth there by words alone."""

    key: SectionKey
    sentence: Sentence
    weight: float


class Weighed:
    """All candidates of all sections, and how alike their sentences are."""

    def __init__(
        self, candidates: Sequence[Candidate], forms: dict[Sentence, frozenset[str]]
    ) -> None:
        self._forms = forms
        self._best: dict[SectionKey, list[Candidate]] = {key: [] for key in KEYS}
        for candidate in sorted(candidates, key=lambda item: -item.weight):
            self._best[candidate.key].append(candidate)

    def best(self, key: SectionKey) -> list[Candidate]:
        return self._best[key]

    def opening(self, sentence: Sentence) -> str:
        """The first content word that is no time: in a figure, what it is a figure of."""
        forms = (word.form for word in content_words(sentence.text))
        return next((form for form in forms if not form[0].isdigit() and form not in _TIMES), "")

    def alike(self, one: Sentence, other: Sentence) -> float:
        """0..1: share of the shorter one's words that stand in the other."""
        first, second = self._forms[one], self._forms[other]
        shorter = min(len(first), len(second))
        return len(first & second) / shorter if shorter else 1.0


def forms_of(sentence: Sentence) -> frozenset[str]:
    return frozenset(word.form for word in content_words(sentence.text))


class Scales:
    """Weighs the sentences of one request, each by what is known of all."""

    def __init__(self, request: SummaryRequest, forms: dict[Sentence, frozenset[str]]) -> None:
        self._request = request
        self._central = _centrality(forms)
        self._calendar = Calendar(request, list(forms))
        self._name = _named(request.company, request.aliases)

    def candidates(self, sentence: Sentence) -> list[Candidate]:
        """The sentence for each section that it may belong to."""
        fit = fits(sentence)
        most = max(fit.values())
        fit["what_it_does"] = _as_introduction(fit["what_it_does"], most, sentence, self._name)
        return [
            Candidate(key, sentence, self._weight(key, value, sentence))
            for key, value in fit.items()
            # Where another section fits better, it is the one that should have it.
            if value >= max(FIT_MIN, most - 0.2)
            and not (key == "figures" and self._calendar.is_stale(sentence))
        ]

    def as_first_words(self, sentence: Sentence) -> list[Candidate]:
        """Where nobody says who the company is, the first words about it come nearest."""
        if sentence.place >= FIRST_WORDS:
            return []
        return [Candidate("what_it_does", sentence, self._central[sentence] - sentence.place)]

    def _weight(self, key: SectionKey, fit: float, sentence: Sentence) -> float:
        return (
            fit
            + CENTRALITY_WEIGHT * self._central[sentence]
            + _by_section(self._request, key, sentence, self._name)
            + self._calendar.worth(key, sentence)
            - _flaws(sentence)
        )


def _as_introduction(fit: float, most: float, sentence: Sentence, name: re.Pattern[str]) -> float:
    """What a company is, is told with its name, and first of all in the first lines."""
    named = name.search(sentence.text)
    if _DEFINITION.search(sentence.text):
        return max(fit, most, FIT_MIN)
    if named is None:
        return 0.0
    tells = _opens(sentence, named) and (
        not _is_past(sentence, named) or _BEGINNING.search(sentence.text)
    )
    return max(fit, most, FIT_MIN) if tells and sentence.place < FIRST_LINES else fit


def _says_what_it_does(sentence: Sentence, named: re.Match[str] | None) -> bool:
    if _DEFINITION.search(sentence.text):
        return True
    return named is not None and _opens(sentence, named) and not _is_past(sentence, named)


def _opens(sentence: Sentence, named: re.Match[str]) -> bool:
    return named.start() < 8 and _AS_SUBJECT.match(sentence.text, named.end()) is not None


def _is_past(sentence: Sentence, named: re.Match[str]) -> bool:
    """Whether it tells what the company once did, rather than what it does."""
    if sentence.language != "ko":
        return _ENGLISH_PAST.match(sentence.text, named.end()) is not None
    ending = _KOREAN_ENDING.search(sentence.text)
    # ㅆ closes the syllable of every past tense; 있 and 겠 have it, too.
    return ending is not None and (ord(ending[1]) - 0xAC00) % 28 == 20 and ending[1] not in "있겠"


def _named(company: str, aliases: Sequence[str]) -> re.Pattern[str]:
    """The company's name in a text, or another of its names where a sentence begins.

    Further on, another name is mostly told for its own sake: "was founded as Acme Labs".
    """
    name = re.escape(bare_name(company))
    pattern = rf"(?<![a-z0-9]){name}(?![a-z0-9])"
    if aliases:
        # The longest first: none ends inside another.
        others = sorted({bare_name(alias) for alias in aliases}, key=len, reverse=True)
        any_other = "|".join(map(re.escape, others))
        pattern += rf"|^.{{0,7}}?(?<![a-z0-9])(?:{any_other})(?![a-z0-9])"
    return re.compile(pattern, re.IGNORECASE)


def bare_name(company: str) -> str:
    """The name without what every company has in it."""
    bare = re.sub(
        r"\(주\)|㈜|주식회사|유한회사|,?\s*\b(?:inc|ltd|co|corp|corporation|company|limited|llc|plc)\b\.?",
        " ",
        company,
        flags=re.IGNORECASE,
    )
    return " ".join(bare.split()) or company


def _centrality(forms: dict[Sentence, frozenset[str]]) -> dict[Sentence, float]:
    """0..1: how much of what the sources keep speaking of is in a sentence."""
    counts = Counter(form for each in forms.values() for form in each)
    raw = {
        sentence: sum(math.log(counts[form]) for form in each) / (len(each) + 4)
        for sentence, each in forms.items()
    }
    most = max(raw.values(), default=0.0)
    return {sentence: value / most if most else 0.0 for sentence, value in raw.items()}


def _by_section(
    request: SummaryRequest, key: SectionKey, sentence: Sentence, name: re.Pattern[str]
) -> float:
    worth = 0.0
    if request.sources[sentence.source].kind in _KINDS.get(key, frozenset()):
        worth += KIND_WEIGHT
    if key == "what_it_does":
        named = name.search(sentence.text)
        worth += EARLY_WEIGHT * (1 - sentence.place)
        worth += NAME_WEIGHT * ((named is not None) + (named is not None and named.start() < 8))
        worth += DEFINITION_WEIGHT * _says_what_it_does(sentence, named)
        worth -= FIGURES_IN_INTRODUCTION * min(2, len(amounts(sentence.text)))
    if key == "business":
        worth += PRODUCT_WEIGHT * (_PRODUCT.search(sentence.text) is not None)
        worth -= 0.1 * min(4, len(amounts(sentence.text)))
    if key == "figures":
        worth += 0.1 * min(3, len(amounts(sentence.text)))
    return worth


def _flaws(sentence: Sentence) -> float:
    text = sentence.text
    words = len(text.split())
    ideal = IDEAL_KOREAN_WORDS if sentence.language == "ko" else IDEAL_ENGLISH_WORDS
    return (
        SPEECH * (_SPEECH.search(text) is not None)
        + LOUD * ("!" in text)
        + NOTE * (sentence.language == "ko" and text.rstrip(" .)")[-1:] not in "다요죠")
        + LEANING * (_LEANING.search(text) is not None)
        + LONG * max(0.0, (words - ideal) / ideal)
        + SHORT * (len(text) < SHORT_CHARACTERS[sentence.language == "ko"])
    )


class Calendar:
    """How new a sentence is, by its own years and its source's date."""

    def __init__(self, request: SummaryRequest, sentences: Sequence[Sentence]) -> None:
        self._published = [
            source.published_on.year if source.published_on else None for source in request.sources
        ]
        known = [year for year in self._published if year]
        named = Counter(year for sentence in sentences for year in years(sentence.text))
        # Without a date anywhere, the newest year that is spoken of more than once.
        often = [year for year, count in named.items() if count > 1] or list(named)
        self._newest = max(known) if known else max(often, default=0)
        dated = sorted({source.published_on for source in request.sources if source.published_on})
        self._rank = [
            dated.index(source.published_on) / max(1, len(dated) - 1)
            if source.published_on and len(dated) > 1
            else 0.5
            for source in request.sources
        ]

    def is_stale(self, sentence: Sentence) -> bool:
        """True when the newest year it names is long past."""
        told = years(sentence.text)
        return bool(told) and max(told) <= self._newest - STALE_YEARS

    def worth(self, key: SectionKey, sentence: Sentence) -> float:
        worth = NEWER_SOURCE * self._rank[sentence.source]
        if key == "what_it_does":
            return worth
        told = years(sentence.text)
        past = [year for year in told if year <= self._newest]
        if told and not past or _TARGET.search(sentence.text):
            worth -= FUTURE if key == "figures" else 0.0
        if past and self._newest:
            worth -= (
                OLD_YEAR * min(3, self._newest - max(past)) * (1.0 if key == "figures" else 0.4)
            )
        elif key == "figures" and _RELATIVE_TIME.search(sentence.text):
            worth -= 0.1
        return worth
