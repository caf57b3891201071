"""E-mail, phone, links and place of the person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from .dates import find_periods
from .layout import Line
from .provenance import Value
from .segments import Box, Segment
from .vocabulary import PLACE_BEFORE, PLACE_TAIL, is_place

# No address has more than 64 characters before the @ and 255 after it (RFC 5321, 4.5.3.1).
EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}\s?@\s?[A-Za-z0-9][A-Za-z0-9.\-]{0,253}\.[A-Za-z]{2,10}"
)
URL = re.compile(
    r"(?:https?://|www\.)[^\s<>|,()\[\]]+"
    r"|(?<![@\w.-])(?:[a-zA-Z0-9-]+\.)+(?:com|io|dev|me|net|org|kr|co|ai|app|site|page|blog|tech|xyz|so|in|us|uk|de|fr|ca"
    r"|edu|info|link|space|codes|design|cloud|gg|works|studio|tv|ly|gl|team|online|id|am|fyi|sh)(?:/[^\s<>|,()\[\]]*)?(?![\w@])"
)
PHONE = re.compile(r"(?<![\w./-])(?:\+|\(?\+?\d|\()[\d\s().\-–‐‑·]{6,22}\d(?![\w])")
PHONE_LABEL = re.compile(r"phone|tel|mobile|cell|연락처|전화|휴대폰|핸드폰", re.IGNORECASE)
INITIAL = re.compile(r"(?:^|[\s|•·])(?:m|t|p|ph|mob)\s?[.:]?\s*$", re.IGNORECASE)  # "M: 07700 ..."
NETWORKS = {
    "linkedin.com": "LinkedIn", "github.com": "GitHub", "gitlab.com": "GitLab",
    "stackoverflow.com": "Stack Overflow", "twitter.com": "Twitter", "x.com": "X",
    "medium.com": "Medium", "velog.io": "velog", "tistory.com": "Tistory", "notion.so": "Notion",
    "notion.site": "Notion", "brunch.co.kr": "Brunch", "blog.naver.com": "Naver Blog",
    "leetcode.com": "LeetCode", "hackerrank.com": "HackerRank", "codeforces.com": "Codeforces",
    "kaggle.com": "Kaggle", "dev.to": "DEV", "facebook.com": "Facebook", "behance.net": "Behance",
    "instagram.com": "Instagram", "youtube.com": "YouTube", "rocketpunch.com": "RocketPunch",
    "scholar.google.com": "Google Scholar", "hashnode.dev": "Hashnode", "github.io": "GitHub Pages",
    "solved.ac": "solved.ac", "acmicpc.net": "BOJ", "bitbucket.org": "Bitbucket", "dribbble.com": "Dribbble",
    "researchgate.net": "ResearchGate", "orcid.org": "ORCID", "codepen.io": "CodePen",
}  # fmt: skip
NOT_A_SITE = re.compile(
    r"^(?:node|vue|react|next|express|nest|three|d3|chart|socket|backbone|ember|nuxt|asp|vb|ml|discord|p5|electron)\.(?:js|net|io)$|\.net$|^socket\.io$",
    re.IGNORECASE,
)
# Where many have their mail: no page of anyone's own.
MAIL_HOST = re.compile(
    r"^(?:gmail|googlemail|naver|daum|hanmail|kakao|nate|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|mac|proton(?:mail)?|pm"
    r"|gmx|web|mail|zoho|aol|yandex|fastmail|hey|tutanota|tuta|posteo|qq|163|126|sina|korea|dreamwiz|empas|t-online|orange|free|sapo|btinternet)\."
    r"|\.(?:edu|ac\.\w\w)$"
)
# Addresses that can only be somebody's own page.
PROFILE = re.compile(
    r"^linkedin\.com/in/|^github\.com/[\w-]+$|^[\w-]+\.github\.io$|^velog\.io/@[\w.-]+(?:/posts)?$"
    r"|^[\w-]+\.tistory\.com$|^medium\.com/@[\w.-]+$|^blog\.naver\.com/[\w-]+$|^gitlab\.com/[\w-]+$"
)


def is_contact(text: str) -> bool:
    """Whether `text` holds an e-mail address, a phone number or a web address."""
    return bool(EMAIL.search(text) or PHONE.search(text) or URL.search(text))


@dataclass(slots=True)
class Contact:
    email: Value | None = None
    phone: Value | None = None
    links: list[tuple[str, Value]] | None = None  # (network, address)
    location: Value | None = None


def read_contact(
    near: list[Line], rest: list[Line], links: dict[int, list[tuple[Box, str]]], language: str
) -> Contact:
    """Contact details from the top and the contact sections (`near`), then the rest.

    `links` are the pages' link annotations by page number. Addresses far from the contact
    details are taken only where they can only be the person's own.
    """
    contact = Contact()
    region = "KR" if language == "ko" else "US"
    contact.email = _email(near, links) or _email(rest, {})
    contact.phone = _phone(near, region) or _phone(rest, region)
    contact.links = _addresses(near, rest, links, contact.email)
    contact.location = _location(near)
    return contact


def _email(lines: list[Line], links: dict[int, list[tuple[Box, str]]]) -> Value | None:
    for line in lines:
        for segment in line.segments:
            if "@" in segment.text and (found := EMAIL.search(segment.text)):
                text = re.sub(r"\s", "", found.group()).strip(".")
                return Value(text, [(segment, found.start(), found.end())], 0.98)
    # An address broken over two lines, as in a narrow column.
    for line, following in zip(lines, lines[1:], strict=False):
        first, second = line.segments[-1], following.segments[0]
        if "@" in first.text or "@" in second.text:
            glued = first.text.rstrip() + second.text.lstrip()
            if (found := EMAIL.search(glued)) and found.start() < len(first.text):
                return Value(
                    found.group(),
                    [(first, found.start(), len(first.text)), (second, 0, len(second.text))],
                    0.8,
                )
    for segment, uri in _linked(lines, links):
        if uri.lower().startswith("mailto:"):
            address = uri[7:].split("?")[0].strip()
            if EMAIL.fullmatch(address):
                return Value(address, [(segment, 0, len(segment.text))], 0.85)
    return None


def _phone(lines: list[Line], region: str) -> Value | None:
    """The first number; in Korea the first mobile one, for people have both there."""
    first: Value | None = None
    for value, digits in _phones(lines, region):
        if region != "KR" or re.match(r"(?:82)?0?1[016789]", digits):
            return value
        first = first or value
    return first


def _phones(lines: list[Line], region: str) -> Iterator[tuple[Value, str]]:
    for line in lines:
        for segment in line.segments:
            text = segment.text
            if sum(map(str.isdigit, text)) < 8:
                continue
            for found in PHONE.finditer(text):
                words = found.group()
                digits = re.sub(r"\D", "", words)
                dates = sum(period.stop - period.begin for period in find_periods(words))
                if not 8 <= len(digits) <= 15 or dates > 0.5 * len(words):
                    continue
                if _is_phone(words, digits, region, text):
                    begin = found.start()
                    yield Value(words.strip(), [(segment, begin, found.end())], 0.96), digits


def _is_phone(words: str, digits: str, region: str, context: str) -> bool:
    for country in (region, "KR", "US", None):
        if country is None and not words.strip().startswith("+"):
            continue
        try:
            number = phonenumbers.parse(words, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
        if words.strip().startswith("+") and phonenumbers.is_possible_number(number):
            return True  # numbers kept for fiction, and ranges newer than the library
        if country in (None, "US") and phonenumbers.is_possible_number(number):
            # Made-up numbers such as 123-456-7890 are possible without being valid.
            grouped = len(re.findall(r"\d+", words)) in (3, 4)
            if len(digits) in (10, 11, 12) and grouped:
                return True
    if re.fullmatch(r"82(?:10\d{8}|1[16789]\d{7,8})", digits):
        return True  # +82 without its plus
    if re.match(r"0?1[016789]\D?\d{3,4}\D?\d{4}$", digits):
        return True
    return bool(PHONE_LABEL.search(context) or INITIAL.search(context[: context.find(words)]))


def _linked(
    lines: list[Line], links: dict[int, list[tuple[Box, str]]]
) -> list[tuple[Segment, str]]:
    """The annotations that lie on these lines, with the text they lie on."""
    result = []
    for line in lines:
        for segment in line.segments:
            middle = (segment.y0 + segment.y1) / 2
            for (x0, y0, x1, y1), uri in links.get(segment.page, ()):
                if y0 - 2 <= middle <= y1 + 2 and x0 < segment.x1 + 14 and x1 > segment.x0 - 14:
                    result.append((segment, uri))
    return result


def _addresses(
    near: list[Line], rest: list[Line], links: dict[int, list[tuple[Box, str]]], email: Value | None
) -> list[tuple[str, Value]]:
    found: dict[str, tuple[str, Value]] = {}
    domain = email.text.split("@")[1].lower() if email else ""

    def add(uri: str, value: Value) -> None:
        uri = uri.strip().rstrip(".,;:'\"")
        if not re.match(r"^[a-z]+://", uri, re.IGNORECASE):
            uri = f"https://{uri}"
        key = link_key(uri)
        host = key.split("/")[0]
        if not key or "." not in host or (host == domain and MAIL_HOST.search(host)):
            return
        value.text = uri
        found.setdefault(key, (network_of(uri), value))

    annotated: set[tuple[int, int]] = set()
    for segment, uri in _linked(near, links):
        if uri.lower().startswith(("http://", "https://")):
            begin, end = _words_of(segment, uri)
            add(uri, Value(uri, [(segment, begin, end)], 0.95))
            annotated.add((id(segment), begin))
    for value in _under_pictures(near, links):
        if not any(name == network_of(value.text) for name, _ in found.values()):
            add(value.text, value)
    for line in near:
        for segment in line.segments:
            for match in URL.finditer(segment.text):
                words = match.group()
                if NOT_A_SITE.search(words) or (id(segment), match.start()) in annotated:
                    continue
                if (
                    "/" not in words
                    and not words.startswith("www")
                    and not _looks_personal(segment, match)
                ):
                    continue
                if match.end() == len(segment.text) and _is_cut(words, found):
                    continue
                add(words, Value(words, [(segment, match.start(), match.end())], 0.93))
            for network, handle, begin, end in _handles(segment):
                if any(name == network_of(network) for name, _ in found.values()):
                    continue  # the link under the word says it better
                add(f"{network}{handle}", Value(handle, [(segment, begin, end)], 0.7))
    hosts = {key.split("/")[0] for key in found}
    for line in rest:
        for segment in line.segments:
            for match in URL.finditer(segment.text):
                words = match.group()
                key = link_key(words)
                host = key.split("/")[0]
                alone = len(segment.text) - len(words) < 14
                if host not in hosts and PROFILE.search(key) and (alone or host == "linkedin.com"):
                    add(words, Value(words, [(segment, match.start(), match.end())], 0.6))
                    hosts.add(host)
    # A shorter form of an address already known ("github.com" beside "github.com/kim").
    keys = list(found)
    for key in keys:
        if any(other != key and other.startswith(key + "/") for other in keys) and "/" not in key:
            del found[key]
    return list(found.values())


def _is_cut(words: str, found: dict[str, tuple[str, Value]]) -> bool:
    """Whether an address at a line's end is the first half of one already known whole."""
    key = link_key(words)
    return any(other != key and other.startswith(key) for other in found)


def _under_pictures(near: list[Line], links: dict[int, list[tuple[Box, str]]]) -> list[Value]:
    """Links to profiles under nothing but a picture, at the height of the contact details."""
    if not near:
        return []
    page = near[0].page
    here = [line for line in near if line.page == page]
    top, bottom = min(line.y0 for line in here) - 40, max(line.y1 for line in here) + 40
    values = []
    for box, uri in links.get(page, ()):
        path = link_key(uri).split("/")[1:]
        if not (top < box[1] and box[3] < bottom and network_of(uri) and path):
            continue
        if len(path) > 1 and path[0] not in ("in", "u", "users", "profile"):
            continue
        size = box[3] - box[1]
        icon = Segment(uri, *box, box[3], size, False, False, 0, "", page)
        if not any(_touches(box, segment) for line in here for segment in line.segments):
            values.append(Value(uri, [(icon, 0, len(uri))], 0.8))
    return values


def _touches(box: Box, segment: Segment) -> bool:
    return (
        box[0] < segment.x1 and segment.x0 < box[2] and box[1] < segment.y1 and segment.y0 < box[3]
    )


def _looks_personal(segment: Segment, match: re.Match[str]) -> bool:
    """A bare domain set apart in a contact line is a site; in a sentence a product's name."""
    before, after = segment.text[: match.start()], segment.text[match.end() :]
    return bool(
        re.search(r"(?:^|[|•·∙,;:/]|\s{2}|\s[-–])\s*$", before)
        and re.match(r"\s*(?:$|[|•·∙,;/]|\s{2}|[-–]\s)", after)
    )


def _words_of(segment: Segment, uri: str) -> tuple[int, int]:
    key = link_key(uri)
    for match in URL.finditer(segment.text):
        if link_key(match.group()) == key:
            return match.start(), match.end()
    name = network_of(uri).lower().split(" ")[0]
    begin = segment.text.lower().find(name)
    if begin >= 0 and name:
        return begin, begin + len(name)
    return 0, len(segment.text)


HANDLE = re.compile(
    r"\b(github|linkedin|깃허브|깃헙|링크드인)\s*(?::|\||@|-|–)\s*@?([A-Za-z0-9][A-Za-z0-9_-]{1,38})(?=$|[\s,|])",
    re.IGNORECASE,
)


def _handles(segment: Segment) -> list[tuple[str, str, int, int]]:
    result = []
    if found := re.fullmatch(r"\W*(/?in/)([A-Za-z0-9-]{3,60})/?", segment.text.strip()):
        # How LinkedIn itself shortens an address.
        begin = segment.text.find(found.group(2))
        return [("https://linkedin.com/in/", found.group(2), begin, begin + len(found.group(2)))]
    for match in HANDLE.finditer(segment.text):
        name = match.group(1).lower()
        if match.group(2).lower() in ("http", "https", "www", "github", "linkedin", "blog"):
            continue
        network = (
            "https://github.com/"
            if name[0] == "g" or name.startswith("깃")
            else "https://linkedin.com/in/"
        )
        result.append((network, match.group(2), match.start(2), match.end(2)))
    return result


@lru_cache(maxsize=4096)
def link_key(uri: str) -> str:
    """An address without what does not tell it from another: scheme, www, trailing slash."""
    key = re.sub(r"^[a-z]+://", "", uri.strip(), flags=re.IGNORECASE)
    key = re.sub(
        r"^(?:www|kr|m)\.(?=(?:linkedin|github|facebook))|^www\.", "", key, flags=re.IGNORECASE
    )
    key = key.split("#")[0] if key.count("#") == 1 and key.endswith("#") else key
    key = re.split(r"[?]", key)[0] if "linkedin" in key else key
    return key.rstrip("/.,").lower()


@lru_cache(maxsize=4096)
def network_of(uri: str) -> str:
    host = link_key(uri).split("/")[0]
    for domain, name in NETWORKS.items():
        if host == domain or host.endswith("." + domain):
            return name
    return ""


def _location(lines: list[Line]) -> Value | None:
    label = re.compile(r"^(?:주소|거주지|address|location|현주소|지역)\s*[:：]?\s*", re.IGNORECASE)
    for line in lines:
        for column, segment in enumerate(line.segments):
            text = segment.text
            if (found := label.match(text)) and len(text) > found.end() + 1:
                return Value(text[found.end() :], [(segment, found.end(), len(text))], 0.9)
            if found and found.end() >= len(text.strip()) and column + 1 < len(line.segments):
                following = line.segments[column + 1]
                return Value(following.text, [(following, 0, len(following.text))], 0.85)
    for line in lines:
        for segment in line.segments:
            start = 0
            for part in re.split(r"(\s*[|•·∙]\s*|\s{2,}|\s,\s|\s+-\s+)", segment.text):
                if part.strip() and is_place(part.strip(" ,")) and len(part.strip()) > 2:
                    return Value(part.strip(" ,"), [(segment, start, start + len(part))], 0.8)
                start += len(part)
            if len(segment.text) >= PLACE_BEFORE:
                continue
            tail = PLACE_TAIL.search(segment.text)
            if tail and "@" not in segment.text[: tail.start()]:
                return Value(
                    tail.group("place"), [(segment, tail.start("place"), tail.end("place"))], 0.6
                )
    return None
