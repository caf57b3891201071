"""The sections of a summary, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from inference_sidecar.schemas import Language
from inference_sidecar.summaries.schemas import SectionKey

ALL_KEYS: tuple[SectionKey, ...] = get_args(SectionKey)
KEYS: tuple[SectionKey, ...] = tuple(key for key in ALL_KEYS if key != "facts")
"""Of sentences; facts are composed."""

HEADINGS: Mapping[Language, Mapping[SectionKey, str]] = {
    "en": {
        "facts": "At a glance",
        "what_it_does": "What it does",
        "business": "Business and products",
        "figures": "Recent figures",
        "technology": "Technology and culture",
        "interview": "For your interview",
    },
    "ko": {
        "facts": "한눈에 보기",
        "what_it_does": "어떤 회사인가요",
        "business": "사업과 제품",
        "figures": "최근 수치",
        "technology": "기술과 문화",
        "interview": "면접 준비",
    },
}

CLAIM_OF: Mapping[SectionKey, str] = {
    "what_it_does": "what",
    "business": "products",
    "figures": "figures",
    "technology": "technology",
    "interview": "hiring",
}
"""Which of the judge's claims (``sentence_judge.CLAIMS``) a section's sentences bear out."""
