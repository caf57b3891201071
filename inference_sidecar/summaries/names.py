"""What the sources call the company: its names, and the words by which it speaks of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEGAL_FORM = re.compile(
    r"\(주\)|㈜|주식회사|유한회사"
    r"|(?:,|(?<![\s,]))\s*+\b(?:inc|ltd|co|corp|corporation|company|limited|llc|plc)\b\.?",
    re.IGNORECASE,
)
_KOREAN_SELF = r"당사|동사|당행|(?:우리|저희)(?:\s?회사)?|회사|연결회사|연결실체|당사와 그 종속기업"
_ENGLISH_SELF = r"we|our|us|(?:the|our) (?:company|group|firm|studio)"
# What may stand before the subject: when, where, since when.
_LEAD = (
    r"^\W*(?:(?:in|at|as of|for|during|since|by|on|founded|based|established|headquartered)\b"
    r"[^.]{0,40}?[\s,]\s?|[^.]{0,24}(?:년|월|말|분기|기준|현재|설립된|자회사인)\s)?"
    r"(?:\(주\)|㈜|주식회사|the\s)?\s?"
)


def bare_name(company: str) -> str:
    """The name without what every company has in it."""
    return " ".join(_LEGAL_FORM.sub(" ", company).split()) or company


class OwnNames:
    """Finds the company in a sentence."""

    def __init__(self, names: Sequence[str]) -> None:
        # The longest first: none ends inside another.
        bare = sorted({bare_name(name) for name in names}, key=len, reverse=True)
        name = rf"(?<![A-Za-z0-9가-힣])(?:{'|'.join(map(re.escape, bare))})(?![A-Za-z0-9])"
        self._name = re.compile(name, re.IGNORECASE)
        self._any = re.compile(
            rf"{name}|(?<![가-힣])(?:{_KOREAN_SELF})(?:은|는|이|가|의|\s)|\b(?:{_ENGLISH_SELF})\b",
            re.IGNORECASE,
        )
        self._subject = re.compile(
            rf"{_LEAD}(?:"
            rf"(?:{name}|{_KOREAN_SELF})(?:\s?(?:주식회사|㈜|\(주\)))?(?:\s?\([^()]{{1,60}}\))?"
            r"(?P<particle>은|는|이|가|의|에는?|에서는?|도)(?![가-힣])"
            r"|(?:우리|저희)\s(?=[가-힣])"
            rf"|(?:{name}(?:,?\s+(?:inc|ltd|co|corp|corporation|limited|llc|plc)\b\.?)*"
            rf"|{_ENGLISH_SELF})(?P<owner>['’]s?)?(?=[\s,(]))",
            re.IGNORECASE,
        )

    def masked(self, text: str) -> str:
        """``text`` without the names: what they are made of tells nothing."""
        return self._name.sub(" ", text)

    def are_in(self, text: str) -> bool:
        """Whether the sentence speaks of the company anywhere."""
        return self._any.search(text) is not None

    def is_subject(self, text: str) -> bool:
        """Whether the sentence begins with the company, or with something of it."""
        return self._subject.match(text) is not None

    def is_agent(self, text: str) -> bool:
        """Whether it is the company that does, or is, what the sentence says."""
        found = self._subject.match(text)
        return (
            found is not None
            and not found["owner"]
            and found["particle"] not in ("의", "에", "에는")
        )
