"""The sections of a summary: their headings, and the words that give away what belongs where.

Cues are matched in a sentence and, at less than their weight, in the heading above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from inference_sidecar.schemas import Language
from inference_sidecar.summaries.numbers import amounts
from inference_sidecar.summaries.schemas import SectionKey
from inference_sidecar.summaries.sentences import Sentence

KEYS: tuple[SectionKey, ...] = get_args(SectionKey)

HEADINGS: Mapping[Language, Mapping[SectionKey, str]] = {
    "en": {
        "what_it_does": "What it does",
        "business": "Business and products",
        "figures": "Recent figures",
        "technology": "Technology and culture",
        "interview": "For your interview",
    },
    "ko": {
        "what_it_does": "어떤 회사인가요",
        "business": "사업과 제품",
        "figures": "최근 수치",
        "technology": "기술과 문화",
        "interview": "면접 준비",
    },
}

# What the model is asked to find likely after a sentence that belongs there.
DESCRIPTIONS: Mapping[Language, Mapping[SectionKey, str]] = {
    "en": {
        "what_it_does": "This is what the company is and what it does.",
        "business": "This is about its products, customers and markets.",
        "figures": "This is about its revenue, profit, growth and size.",
        "technology": "This is about its engineering, technology and way of working.",
        "interview": "This is about hiring, interviews and what it looks for in people.",
    },
    "ko": {
        "what_it_does": "이 회사가 무엇을 하는 회사인지에 대한 설명입니다.",
        "business": "제품과 고객, 시장에 대한 설명입니다.",
        "figures": "매출과 이익, 성장과 규모에 대한 설명입니다.",
        "technology": "기술과 개발 방식, 일하는 문화에 대한 설명입니다.",
        "interview": "채용과 면접, 찾는 사람에 대한 설명입니다.",
    },
}


def _cues(english: str, korean: str) -> re.Pattern[str]:
    """English cues from a word's beginning, Korean ones anywhere in a word."""
    latin = "|".join(re.escape(cue).replace("_", r"\s") for cue in english.split())
    hangul = "|".join(re.escape(cue).replace("_", r"\s?") for cue in korean.split())
    return re.compile(rf"(?<![a-z0-9])(?:{latin})|(?:{hangul})", re.IGNORECASE)


# Two groups a section: words that all but settle it, and words that only point there.
_STRONG: Mapping[SectionKey, re.Pattern[str]] = {
    "what_it_does": _cues(
        "is_a_ is_an_ is_the_ was_founded founded_in established_in headquartered our_mission "
        "mission_is provides_ develops_ builds_ makes_ operates_ runs_a_ specialis specializ "
        "the_company_",
        "회사입니다 회사다 회사예요 기업입니다 기업이다 기업이에요 기업으로 회사로 설립 창업 "
        "창립 본사 사명 미션 비전 주식회사 ㈜ 만드는_회사 운영하는_회사 제공하는_회사 전문_기업 "
        "스타트업 문을_열었",
    ),
    "business": _cues(
        "product customer market segment subscription contract business export partner sells_ "
        "sold_to pricing retail wholesale supplier merchant competitor what_we_make "
        "what_we_sell makes_money we_earn",
        "제품 고객 시장 사업 서비스 부문 계약 구독 수출 출시 매장 유통 파트너 수익원 요금 납품 "
        "공급 판매 상품 솔루션 경쟁사 점포 거래처 입점 가맹 만드는_것 파는_것",
    ),
    "figures": _cues(
        "revenue sales operating_profit operating_loss net_income net_profit net_loss margin "
        "ebitda earnings turnover year-on-year year-over-year compared_with market_share "
        "headcount employees employed employs gross backlog dividend capital_expenditure churn",
        "매출 영업이익 영업손실 순이익 순손실 이익률 점유율 임직원 직원_수 전년 증가 감소 "
        "성장률 누적 가입자 이용자_수 거래액 수주 흑자 적자 영업 재무 분기 배당 해지율 부채 "
        "자산",
    ),
    "technology": _cues(
        "engineer developer software architecture kubernetes postgres mysql kafka redis spring "
        "kotlin java python typescript javascript react golang rust aws cloud microservice "
        "deploy code_review pull_request on-call incident postmortem infrastructure backend "
        "back-end frontend front-end database data_pipeline machine_learning algorithm "
        "open_source unit_test continuous culture remote hybrid pair_program retrospective "
        "monolith observab latency codebase firmware embedded sensor_data programming",
        "개발자 개발팀 엔지니어 기술 백엔드 프론트엔드 인프라 클라우드 배포 코드_리뷰 테스트 "
        "아키텍처 데이터베이스 머신러닝 알고리즘 오픈소스 쿠버네티스 카프카 코틀린 자바 파이썬 "
        "스프링 리액트 타입스크립트 레디스 마이크로서비스 장애 회고 온콜 문화 재택 원격_근무 "
        "협업 스터디 짝_프로그래밍 모놀리 관측 지연_시간 코드베이스 펌웨어 임베디드 "
        "데이터_파이프라인",
    ),
    "interview": _cues(
        "hiring hires_ we_hire recruit interview applicant applying apply_ coding_test "
        "take-home assignment onboarding junior graduates internship new_hire "
        "our_values core_value company_values we_value mentor "
        "job_posting first_months probation newly_hired",
        "채용 면접 지원자 인재상 신입 인턴 코딩_테스트 과제_전형 사전_과제 전형 온보딩 "
        "핵심_가치 우대 자격_요건 찾습니다 찾고_있 인재 수습 입사 지원서 포트폴리오 멘토 구직 "
        "합격",
    ),
}
_WEAK: Mapping[SectionKey, re.Pattern[str]] = {
    "what_it_does": _cues(
        "company firm founder vision start-up startup team_of offers_ helps_ serves_ connects_",
        "회사 기업 창업자 대표 제공 운영 서비스합니다 돕습니다 연결 만듭니다 개발합니다",
    ),
    "business": _cues(
        "user order delivery demand brand price factory plant industry international overseas "
        "region expand sector hospital farm bank client service launch store platform division",
        "이용자 주문 배송 수요 브랜드 가격 공장 산업 해외 국내 확장 업계 병원 농가 은행 제휴 "
        "도입 플랫폼",
    ),
    "figures": _cues(
        "percent % increase decrease grew growth rose fell quarter fiscal million billion won "
        "per_cent average total annual monthly record",
        "% 퍼센트 성장 늘었 늘어 줄었 줄어 상승 하락 평균 총 연간 월간 기준 억 조 만_명",
    ),
    "technology": _cues(
        "system data software team tool automat api model test platform process meeting "
        "document learn research security pipeline sensor ai monitoring review",
        "시스템 데이터 소프트웨어 팀 도구 자동화 모델 연구 보안 문서 회의 모니터링 리뷰 공유 "
        "학습 설계",
    ),
    "interview": _cues(
        "candidate newcomer look_for looks_for value skill experience learn curious responsib "
        "challenge plan_to plans_to next_year priorit risk important goal people question",
        "역량 경험 배우 성장하 책임 도전 계획 내년 우선순위 과제 위험 중요 목표 질문 태도 가치",
    ),
}
_OF_MACHINES = re.compile(r"\bmilliseconds?\b|\bp9\d\b|밀리초", re.IGNORECASE)
STRONG_WEIGHT, WEAK_WEIGHT, HEADING_WEIGHT = 1.0, 0.35, 0.7


def fits(sentence: Sentence) -> dict[SectionKey, float]:
    """0..1 for each section: how much the sentence's words, and its heading's, point there."""
    found = {key: _saturated(_hits(key, sentence)) for key in KEYS}
    # A figure without a number is talk, and what is told in milliseconds a machine's.
    if not amounts(sentence.text) or _OF_MACHINES.search(sentence.text):
        found["figures"] = 0.0
    return found


def _hits(key: SectionKey, sentence: Sentence) -> float:
    own = _weight(key, sentence.text)
    above = _weight(key, sentence.heading) if sentence.heading else 0.0
    return own + HEADING_WEIGHT * min(above, 1.0)


def _weight(key: SectionKey, text: str) -> float:
    strong = {match.lower() for match in _STRONG[key].findall(text)}
    weak = {match.lower() for match in _WEAK[key].findall(text)}
    return STRONG_WEIGHT * len(strong) + WEAK_WEIGHT * len(weak)


def _saturated(weight: float) -> float:
    return weight / (1.0 + weight)
