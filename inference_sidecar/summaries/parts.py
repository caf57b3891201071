"""Parts of a document that no summary of a company is made of, told by their headings.

A yearly report of a million characters is risk factors and notes for the most part.
"""

from __future__ import annotations

import re

# In a short text such a heading may stand above all that is said.
LONG_FROM_CHARACTERS = 60_000

# The numbering of filings: Item 1A. of a 10-K, III. of a 사업보고서.
_TOP = re.compile(
    r"(?:item|part)\s+[\divx]+[a-c]?\b|[IVX]{1,5}\s?\.\s|제\s?\d+\s?부", re.IGNORECASE
)
# What follows the notes in the same part of a 사업보고서.
_AFTER_NOTES = re.compile(r"\d{1,2}\.\s*(?:재무제표|배당|증권의 발행|기타 재무|요약)(?!.*주석)")
_LONG = re.compile(
    r"\brisk factors\b|\bnotes to\b.*\bfinancial statements\b|\bunresolved staff comments\b"
    r"|\blegal proceedings\b|\bcontrols and procedures\b|\bexecutive compensation\b"
    r"|\bmarket risk\b|\bexhibits?\b|\bcorporate governance\b"
    r"|주석$|투자\s?위험|위험\s?요[인소]|이사회|주주에 관한|주주총회|계열회사|이해관계자|특수관계자"
    r"|투자자 보호|전문가의 확인|감사의견|상세표",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"forward[- ]looking|safe harbou?r|cautionary|disclaimer|non-gaap"
    r"|면책|유의\s?사항|개인정보\s?처리방침|이용\s?약관|privacy policy|terms of (?:use|service)"
    r"|cookie (?:policy|settings)",
    re.IGNORECASE,
)
HEADING_WORDS_MAX = 14


class LeftOut:
    """Follows the headings of one document: ``is_on`` between one to leave out and its end."""

    def __init__(self, characters: int) -> None:
        self._is_long = characters >= LONG_FROM_CHARACTERS
        self._long = self._short = False

    @property
    def is_on(self) -> bool:
        return self._long or self._short

    def pass_heading(self, heading: str) -> None:
        is_title = len(heading.split()) <= HEADING_WORDS_MAX
        self._short = is_title and _SHORT.search(heading) is not None
        if self._is_long and is_title and _LONG.search(heading):
            self._long = True
        elif _TOP.match(heading) or _AFTER_NOTES.match(heading):
            self._long = False
