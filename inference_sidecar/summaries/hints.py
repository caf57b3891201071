"""Which sentences are worth the judge's time, by their words.

A report has ten thousand sentences and the judge reads one in a moment. Words only make
the list shorter here; what of it is shown, the judge says. Without a judge they must be
certain: then a sentence that does not have the company for its subject, or stands below
no heading of its section, is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from inference_sidecar.summaries.names import OwnNames
from inference_sidecar.summaries.numbers import amounts
from inference_sidecar.summaries.schemas import SectionKey
from inference_sidecar.summaries.sentences import Sentence


def _cues(english: str, korean: str) -> re.Pattern[str]:
    """English cues from a word's beginning, Korean ones anywhere in a word."""
    latin = "|".join(re.escape(cue).replace("_", r"\s") for cue in english.split())
    hangul = "|".join(re.escape(cue).replace("_", r"\s?") for cue in korean.split())
    return re.compile(rf"(?<![a-z0-9])(?:{latin})|(?:{hangul})", re.IGNORECASE)


CUES: Mapping[SectionKey, re.Pattern[str]] = {
    "what_it_does": _cues(
        "is_a_ is_an_ is_the_ provid offer develop build make design manufactur produc sell "
        "operat runs_ helps lets_ serves rents leas lend insur connect distribut deliver",
        "회사 기업 업체 스타트업 플랫폼 은행 영위 운영 제공 공급 판매 개발 제조 생산 만드 만듭 "
        "만들 돕 이어_주 연결 납품",
    ),
    "business": _cues(
        "product brand segment subsidiar line_of line of_business lines_of division portfolio "
        "pipeline business service customer client market",
        "제품 상품 브랜드 사업 부문 서비스 솔루션 품목 고객 거래처 대표작 파이프라인 취항",
    ),
    "figures": _cues(
        "operating_income operating_profit net_income net_profit net_loss gross_profit "
        "earnings_per_share revenue sales turnover income profit loss earnings margin ebitda "
        "employ headcount staff "
        "people customers users subscribers stores shops backlog assets orders shipments bookings "
        "premium capacity deposits loans cash market_share dividend",
        "영업이익 영업손실 당기순이익 순이익 매출 영업수익 이익 손실 임직원 직원 종업원 근로자 "
        "고객 가입자 이용자 회원 매장 점포 "
        "수주 자산 거래액 점유율 가맹점 다운로드 비중 용량 계정 투자 수출",
    ),
    "technology": _cues(
        "engineer developer architecture kubernetes postgres mysql kafka redis spring "
        "kotlin java python typescript javascript react golang rust aws cloud microservice deploy "
        "code_review infrastructure backend back-end frontend front-end database data_pipeline "
        "machine_learning model algorithm open_source test remote technolog firmware sensor "
        "design_document pair_program retrospective patent robot encrypt",
        "개발자 개발팀 엔지니어 기술 백엔드 서버 프론트엔드 인프라 클라우드 배포 코드_리뷰 "
        "테스트 아키텍처 데이터베이스 머신러닝 알고리즘 오픈소스 쿠버네티스 카프카 코틀린 자바 "
        "파이썬 스프링 리액트 타입스크립트 레디스 마이크로서비스 회고 온콜 재택 모델 특허 로봇 "
        "센서 공법 암호 자체_개발",
    ),
    "interview": _cues(
        "hire hiring recruit interview applicant applying candidate coding_test take-home "
        "onboarding intern graduate apprentic mentor salary salaries leave benefit holiday bonus "
        "probation train pays_ equity",
        "채용 면접 지원자 인재상 신입 인턴 코딩_테스트 전형 온보딩 우대 자격_요건 입사 지원서 "
        "포트폴리오 멘토 복지 휴가 휴직 근무제 성과급 상여 스톡옵션 뽑 모집",
    ),
}
_LEANING = re.compile(
    r"(?:^|[\s,])(?:this|these|those|they|them|it|its|he|she|his|her|however|therefore|also|too)\b"
    r"|(?:^|\s)[이그] [가-힣]|그해|그때|이날|마찬가지",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"[\"“”「『]|\b(?:said|says|according to)\b|말했|밝혔|전했|덧붙였|강조했|에 따르면",
    re.IGNORECASE,
)
TO_COME = re.compile(
    r"\b(?:targets?|goals?|aim(?:s|ing)?|plan(?:s|ned)?|expects?|will|would|should|forecast|guidance)\b"
    r"|목표|계획|예정|전망|예상|겠습니다|[할될울릴일] 것",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:competitors?|rivals?|industry|worldwide|(?:the|global) (?:\w+ )?market)\b"
    r"|경쟁사|경쟁업체|업계|시장(?:은|이|의| 규모| 점유)|국내 [가-힣]+ 시장|최대주주|지분율",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"(?:회사|기업|업체|스타트업|은행)(?:입니다|이다|임|예요|이에요|다)\W*$"
    r"|\bis an? [^.,]{0,60}\b(?:company|maker|provider|operator|platform|bank|retailer|studio)",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"(?:[니는한된]다|어요|아요|에요|예요|[니인이있]다|[음함됨임])\W*$|\b(?:is|are|\w+s)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"[았었했됐렸였쳤][다습어]|\b(?:was|were|had|\w+ed|made|sold|grew"
    r"|rose|fell|won|lost|ran|began|became|took|built|came|went|saw)\b"
)
_TIME = re.compile(r"^\W*+(?:in|as of|at|for)?\s*+\d{4}년?,?\s", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(r"\D*")
_OF_MACHINES = re.compile(r"\bmilliseconds?\b|\bp9\d\b|밀리초", re.IGNORECASE)
# What a reader looks for first.
_FIRST_MEASURES = (
    re.compile(r"매출|영업수익|revenue|sales|turnover", re.IGNORECASE),
    re.compile(r"영업|operating", re.IGNORECASE),
    re.compile(r"순이익|net_", re.IGNORECASE),
)
ENOUGH_CUES = 3
HEADING_WEIGHT, SUBJECT_WEIGHT, EARLY_WEIGHT, FAULT = 0.35, 0.4, 0.3, 0.25
EARLY = 0.1
"""Share of a source: what a company is, is told in its first lines."""


class Hints:
    def __init__(self, names: OwnNames) -> None:
        self._names = names

    def worth(self, key: SectionKey, sentence: Sentence) -> float:
        """How much speaks for the sentence in the section; 0 when it cannot belong there."""
        text = self._names.masked(sentence.text)
        if key == "figures" and not self._is_own_figure(sentence, text):
            return 0.0
        own = len({cue.lower() for cue in CUES[key].findall(text)})
        # Of what the company itself does, and of its own figures, no list of words is whole.
        if key == "what_it_does" and self._names.is_agent(sentence.text):
            own = own or 1
        if key == "figures" and self._names.is_subject(sentence.text):
            own = own or 1
        titled = CUES[key].search(sentence.heading) is not None
        if not own and not titled:
            return 0.0
        return (
            min(own, ENOUGH_CUES) / ENOUGH_CUES
            + HEADING_WEIGHT * titled
            + SUBJECT_WEIGHT * self._names.is_subject(sentence.text)
            + EARLY_WEIGHT * (key == "what_it_does") * max(0.0, 1 - sentence.place / EARLY)
            - FAULT * (_SPEECH.search(text) is not None)
            - FAULT * (TO_COME.search(text) is not None)
            - FAULT * (_OTHERS.search(text) is not None)
        )

    def is_certain(self, key: SectionKey, sentence: Sentence) -> bool:
        """Whether words alone bear the sentence out, for want of a judge."""
        text = self._names.masked(sentence.text)
        if any(pattern.search(text) for pattern in (_LEANING, _SPEECH, TO_COME, _OTHERS)):
            return False
        if not CUES[key].search(text):
            return False
        is_subject = self._names.is_subject(sentence.text)
        if key == "what_it_does":
            is_agent = self._names.is_agent(sentence.text)
            is_told = sentence.place < EARLY or _DEFINES.search(text) is not None
            return (
                is_agent
                and is_told
                and _PRESENT.search(text) is not None
                and not _PAST.search(text)
            )
        if key == "figures":
            return self._is_own_figure(sentence, text)
        is_titled = key != "business" and CUES[key].search(sentence.heading) is not None
        return is_subject or is_titled

    def _is_own_figure(self, sentence: Sentence, text: str) -> bool:
        """Whether nobody else's name stands where the figure's owner would.

        Without the company in it, a sentence must begin with what it measures.
        """
        if not _has_figure(text) or _OTHERS.search(text):
            return False
        opening = _BEFORE_NUMBER.match(_TIME.sub("", text))
        is_measure = opening is not None and CUES["figures"].search(opening[0]) is not None
        return is_measure or self._names.are_in(sentence.text)

    def measure(self, sentence: Sentence) -> str:
        return self.measure_of(sentence.text)

    def differ(self, one: Sentence, other: Sentence) -> bool:
        """Whether two sentences give figures of two things."""
        return self.measure(one) != self.measure(other)

    def rank(self, sentence: Sentence) -> int:
        """Of a figure, in reading order: revenue, operating profit, net profit, others."""
        measure = self.measure(sentence).replace(" ", "_")
        ranks = (at for at, first in enumerate(_FIRST_MEASURES) if first.search(measure))
        return next(ranks, len(_FIRST_MEASURES))

    def measure_of(self, text: str) -> str:
        """What a figure is a figure of: the first word that says it."""
        found = CUES["figures"].search(self._names.masked(text))
        return found[0].lower() if found else ""


def _has_figure(text: str) -> bool:
    """A figure without a number is talk, and one in milliseconds a machine's."""
    return bool(amounts(text)) and _OF_MACHINES.search(text) is None
