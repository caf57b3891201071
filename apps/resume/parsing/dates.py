"""Dates and periods as people write them on a résumé, Korean and English."""

import re
from dataclasses import dataclass
from functools import lru_cache

YEARISH = re.compile(r"\d\d")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_YEAR = r"(?:19[5-9]\d|20[0-3]\d)"
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_SEASON = r"(?:spring|summer|fall|autumn|winter)"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
# Group names end in the number of the side of a period: 1 from, 2 to.
_ATOM = (
    rf"(?:{_DAY}(?:st|nd|rd|th)?\s+)?(?P<mn#>{_MONTH_NAME})(?:\s+{_DAY}(?:st|nd|rd|th)?,)?"
    rf"[\s,./-]*(?P<mny#>{_YEAR}|['’‘`]\d\d)"
    rf"|(?P<ynm#>{_YEAR})\s*[.,/-]?\s*(?P<nm#>{_MONTH_NAME})(?![a-z])"
    rf"|(?P<se#>{_SEASON})[\s,]*(?P<sey#>{_YEAR}|['’‘]\d\d)"
    rf"|(?P<ky#>{_YEAR}|['’‘]?\d\d)\s*년\s*(?:(?P<km#>{_MONTH})\s*월)?(?:\s*{_DAY}\s*일)?"
    rf"|(?P<y#>{_YEAR})\s?[./-]\s?(?P<m#>{_MONTH})(?:\s?[./-]\s?{_DAY}(?!\d|\s?[./]\s?\d))?(?!\d)\.?"
    rf"|(?P<da#>{_DAY})\s?[./-]\s?(?P<db#>{_DAY})\s?[./-]\s?(?P<dy#>{_YEAR})(?!\d)"
    rf"|(?P<sm#>{_MONTH})\s?[./]\s?(?P<smy#>{_YEAR})(?!\d)"
    rf"|(?<![\d.])['’‘`]?(?P<yy#>[0-4]\d|9\d)\s?\.\s?(?P<yym#>1[0-2]|0[1-9])"
    rf"(?:\s?\.\s?{_DAY})?(?![\d%])\.?"
    rf"|(?P<yo#>{_YEAR})(?![\d%])"
    rf"|['’‘](?P<yyo#>\d\d)(?!\d)"
)
_NOW = (
    r"present|current(?:ly)?|now|ongoing|on-going|today|till\s+date|to\s+date|date|until\s+now"
    r"|현\s?재|지금|재직\s?중|진행\s?중|재학\s?중|재직|운영\s?중|근무\s?중|휴학\s?중|활동\s?중|수료\s?예정"
)
_DASH = r"\s*(?:-{1,3}|[–—―−‐‑‒]{1,2}|[~～∼〜˜]|→|to\b|until\b|till\b|through\b|부터)\s*"

_ONE = _ATOM.replace("#", "1")
_TWO = _ATOM.replace("#", "2")
PERIOD = re.compile(
    rf"(?<![\w])(?:{_ONE})(?:\s*\([월화수목금토일]\))?{_DASH}"
    rf"(?:\(?(?P<now>{_NOW})(?:\b|(?=까지))\)?|(?:expected\s+|예상\s*)?(?:{_TWO})|(?P<bare>{_MONTH})\s*월?(?![\d\w.]))"
    rf"(?:\s*까지)?",
    re.IGNORECASE,
)
# "Mar – Jun 2021": the year is said once.
ONE_YEAR = re.compile(
    rf"(?<![\w])(?:(?P<mn1>{_MONTH_NAME})|(?P<se1>{_SEASON})|(?P<m1>{_MONTH})월){_DASH}(?:{_TWO})",
    re.IGNORECASE,
)
SINGLE = re.compile(
    rf"(?<![\w/@#])(?:{_ONE})(?P<open>\s*[~～∼〜–—-](?=\s*(?:$|[)|\]]|\(\s*(?:총\s*)?\d+\s*(?:년|개월))))?",
    re.IGNORECASE,
)
SINCE = re.compile(rf"(?:since|from)\s+(?:{_ONE})", re.IGNORECASE)
EXPECTED = re.compile(r"(?:expected|anticipated|est\.?|graduating|graduation|예정)", re.IGNORECASE)
# "(2년 3개월)", "1 yr 4 mos": how long, which the two dates already say.
DURATION = re.compile(
    r"\(?\s*(?:총\s*|약\s*|만\s*)?(?<!\d)(?:\d+\s*년\s*(?:\d+\s*개월)?(?:차)?|\d+\s*개월(?:\s*간)?|\d+\s*일간"
    r"|\d+\+?\s*(?:years?|yrs?)(?:[\s,]*\d+\s*(?:months?|mos?))?|\d+\s*(?:months?|mos?))\s*\)?"
    r"(?!\w)",
    re.IGNORECASE,
)
NOW_ALONE = re.compile(rf"^\W*(?:{_NOW})\W*$", re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class Period:
    """When something was: `start` and `end` as YYYY-MM or YYYY, `end` None if ongoing.

    `begin` and `stop` are where it stands in the text. `single` is one date, not a period.
    """

    start: str | None
    end: str | None
    ongoing: bool
    single: bool
    begin: int
    stop: int


@lru_cache(maxsize=4096)
def find_periods(text: str) -> tuple[Period, ...]:
    """Every period or date in `text`, from left to right, none overlapping another."""
    if not YEARISH.search(text):
        return ()
    found: list[Period] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= stop for start, stop in taken)

    def add(period: Period | None) -> None:
        if period is not None:
            found.append(period)
            taken.append((period.begin, period.stop))

    for match in PERIOD.finditer(text):
        add(_period(match))
    for match in ONE_YEAR.finditer(text):
        if free(match):
            add(_one_year(match))
    for match in SINCE.finditer(text):
        if free(match):
            start = _date(match, 1)
            if start:
                add(Period(start, None, True, False, match.start(), match.end()))
    for match in SINGLE.finditer(text):
        if free(match):
            date = _date(match, 1)
            whole = match.end() - match.start() >= len(text.strip())
            if date is None or (_two_digit_only(match) and not whole):
                continue
            opened = bool(match.group("open"))
            add(
                Period(
                    date if opened else None, None if opened else date, opened, not opened,
                    match.start(), match.end(),
                )
            )  # fmt: skip
    found.sort(key=lambda period: period.begin)
    return tuple(found)


def _period(match: re.Match[str]) -> Period | None:
    start = _date(match, 1)
    if start is None:
        return None
    if match.group("now"):
        return Period(start, None, True, False, match.start(), match.end())
    if match.group("bare"):
        if len(start) < 7:
            return None
        end: str | None = f"{start[:4]}-{int(match.group('bare')):02d}"
    else:
        end = _date(match, 2)
    if end is None or end[:4] < start[:4] or (len(end) == len(start) and end < start):
        return None
    return Period(start, end, False, False, match.start(), match.end())


def _one_year(match: re.Match[str]) -> Period | None:
    end = _date(match, 2)
    if end is None:
        return None
    month = None
    if match.group("mn1"):
        month = MONTHS[match.group("mn1").rstrip(".").lower()]
    elif match.group("m1"):
        month = int(match.group("m1"))
    start = f"{end[:4]}-{month:02d}" if month else end[:4]
    return Period(start, end, False, False, match.start(), match.end())


def _two_digit_only(match: re.Match[str]) -> bool:
    """'21 alone, or 10.03 alone, is too little to call a date."""
    return bool(match.group("yyo1")) or (
        bool(match.group("yy1"))
        and not re.match(r"['’‘`]", match.group())
        and match.group("yym1") is not None
        and match.group().count(".") < 2
    )


def _date(match: re.Match[str], side: int) -> str | None:
    def group(name: str) -> str | None:
        value: str | None = match.group(f"{name}{side}")
        return value

    if name := group("mn"):
        return f"{_year(group('mny'))}-{MONTHS[name.rstrip('.').lower()]:02d}"
    if name := group("nm"):
        return f"{group('ynm')}-{MONTHS[name.rstrip('.').lower()]:02d}"
    if group("se"):
        return _year(group("sey"))
    if year := group("ky"):
        month = group("km")
        return f"{_year(year)}-{int(month):02d}" if month else _year(year)
    if year := group("y"):
        return f"{year}-{int(group('m') or 0):02d}"
    if year := group("dy"):
        # Day first, as most of the world writes it, unless it cannot be.
        first, second = int(group("da") or 0), int(group("db") or 0)
        either = second if second <= 12 else first
        return f"{year}-{either:02d}" if either <= 12 else year
    if year := group("smy"):
        return f"{year}-{int(group('sm') or 0):02d}"
    if year := group("yy"):
        return f"{_year(year)}-{int(group('yym') or 0):02d}"
    if year := group("yo"):
        return year
    if year := group("yyo"):
        return _year(year)
    return None


def _year(text: str | None) -> str:
    digits = re.sub(r"\D", "", text or "")
    if len(digits) == 4:
        return digits
    return f"20{digits}" if int(digits) < 50 else f"19{digits}"
