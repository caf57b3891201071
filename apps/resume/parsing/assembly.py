"""Sections become the parts of a résumé, each value with its place on the page."""

from __future__ import annotations

import logging
import re
from typing import Any

from ..bounds import MOST_ENTRIES
from .contact import EMAIL, URL, link_key, read_contact
from .headings import heading_kinds
from .layout import Block, Line
from .names import read_label, read_name
from .outline import Section, body_size, split_sections
from .provenance import Value, joined, unfold
from .sections.education import read_education
from .sections.listed import (
    CERTIFICATE,
    CERTIFIED,
    LANGUAGE,
    LANGUAGE_TEST,
    LISTED,
    read_listed,
)
from .sections.projects import read_projects, split_projects
from .sections.work import read_work
from .segments import Box
from .skills import read_skills
from .technologies import known_in
from .vocabulary import is_school

logger = logging.getLogger(__name__)

AROUND = 3  # lines above and below an e-mail address that may be about the person too


def assemble(
    blocks: list[Block], links: dict[int, list[tuple[Box, str]]], language: str
) -> tuple[dict[str, Any], list[str]]:
    """JSON Resume (with "provenance" by JSON pointer) and the codes of warnings."""
    size = body_size(blocks)
    sections = split_sections(blocks)
    near, rest = _near_and_rest(sections)
    known = [section for section in sections if section.kind not in ("header", "other", "contact")]
    if not known:
        # Without headings only the top of the page is about the person.
        near, rest = near[:12], near[12:] + rest
    contact = read_contact(near, rest, links, language)
    email = contact.email.text if contact.email else None
    length = sum(len(line.text) for section in sections for line in section.lines)
    name = None
    if known or contact.email:  # what is neither is an invoice as likely as a person's
        name = read_name(sections, size, language, email)
    tree: dict[str, Any] = {}
    basics: dict[str, Any] = {
        "name": name,
        "label": read_label(near, name) if known else None,
        "email": contact.email,
        "phone": contact.phone,
        "summary": _summary(sections),
        "location": {"address": contact.location} if contact.location else None,
    }
    profiles = []
    for network, address in contact.links or []:
        if not network and "url" not in basics:
            basics["url"] = address
            continue
        username = link_key(address.text).split("/")[-1] if network else ""
        profiles.append(
            {
                "network": network or link_key(address.text).split("/")[0],
                "username": username,
                "url": address,
            }
        )
    if profiles:
        basics["profiles"] = profiles
    order = ("name", "label", "email", "phone", "url", "summary", "location", "profiles")
    tree["basics"] = {key: basics[key] for key in order if basics.get(key)}
    parts, unread = _parts(sections, size)
    tree |= parts
    provenance: dict[str, dict[str, Any]] = {}
    resume = {"basics": {}, **unfold(tree, "", provenance)}
    resume["provenance"] = provenance
    warnings = []
    if length < 60:
        warnings.append("little_text")
    elif not known:
        warnings.append("not_a_resume")
    if not contact.email and not contact.phone:
        warnings.append("no_contact")
    if unread:
        warnings.append("section_unread")
    return resume, warnings


def _near_and_rest(sections: list[Section]) -> tuple[list[Line], list[Line]]:
    """The lines about the person, and all others.

    What stands around an e-mail address elsewhere, as at the page's foot, is about the
    person too where the top gives none.
    """
    near: list[Line] = []
    rest: list[Line] = []
    for section in sections:
        about = not section.kinds or "contact" in section.kinds or _only_addresses(section)
        target = near if about else rest
        target.extend(section.lines)
    if any(EMAIL.search(line.text) for line in near):
        return near, rest
    for index, line in enumerate(rest):
        if EMAIL.search(line.text):
            around = [
                other for other in rest[max(0, index - AROUND) : index + AROUND + 1]
                if other.page == line.page and abs(other.y0 - line.y0) < 2 * AROUND * line.first.size
            ]  # fmt: skip
            ids = {id(other) for other in around}
            return near + around, [other for other in rest if id(other) not in ids]
    return near, rest


def _only_addresses(section: Section) -> bool:
    """Whether "Portfolio" heads nothing but where to find it, as forms of job sites have it."""
    return section.kind == "projects" and all(
        URL.fullmatch(line.segments[-1].text.strip()) and len(line.text) - len(line.segments[-1].text) < 12
        for line in section.lines
    )  # fmt: skip


def _summary(sections: list[Section]) -> Value | None:
    for section in sections:
        if section.kind == "summary" and section.lines:
            return joined([one for line in section.lines[:20] for one in line.segments], 0.8)
    return None


def _parts(sections: list[Section], size: float) -> tuple[dict[str, Any], bool]:
    """The entries of all sections by their kind, and whether a section could not be read."""
    parts: dict[str, list[Any]] = {
        key: [] for key in ("work", "volunteer", "education", "projects", "skills",
                            "certificates", "awards", "languages", "publications")
    }  # fmt: skip
    has_work = any(section.kind == "work" and section.lines for section in sections)
    unread = False
    for section in sections:
        lines = [line for line in section.lines if line.segments]
        if not lines or section.kind in ("header", "contact", "summary"):
            continue
        if _only_addresses(section):
            continue
        if section.kind == "other":
            for key, entries in _named_among(section, lines, size).items():
                parts[key] += entries
            continue
        try:
            found = _read_section(section, lines, size, has_work)
        except Exception:  # a section that cannot be read must not lose the others
            logger.exception("a section of kind %s was not read", section.kind)
            unread = True
            continue
        for key, entries in found.items():
            parts[key] += entries
    parts["work"] = _distinct(parts["work"], ("name", "position", "startDate"))
    parts["education"] = _distinct(parts["education"], ("institution", "area", "studyType"))
    parts["projects"] = _distinct(parts["projects"], ("name",))
    parts["certificates"] = _distinct(parts["certificates"], ("name",))
    parts["awards"] = _distinct(parts["awards"], ("title", "date"))
    unread = unread or any(len(entries) > MOST_ENTRIES for entries in parts.values())
    return {key: entries[:MOST_ENTRIES] for key, entries in parts.items() if entries}, unread


def _read_section(
    section: Section, lines: list[Line], size: float, has_work: bool
) -> dict[str, list[Any]]:
    """The entries in `lines`, the text of `section`, by their kind."""
    kind = section.kind
    if kind == "languages" and not any(
        LANGUAGE.search(line.text) or LANGUAGE_TEST.search(line.text) for line in lines
    ):
        # "Languages" over Java and Go is about programming.
        section.kinds = ("skills",)
    if _lists_own_software(section, lines):
        return {"projects": read_projects(lines, size)}
    if "skills" in section.kinds:
        skills, aside = _sorted_out(lines, section.kinds)
        parts: dict[str, list[Any]] = {"skills": list(read_skills(skills, size))}
        for aside_kind, aside_lines in aside.items():
            for key, entries in read_listed(aside_lines, size, (aside_kind,)).items():
                parts.setdefault(key, []).extend(entries)
        return parts
    if kind == "projects":
        return {"projects": read_projects(lines, size)}
    if kind in ("work", "detail"):
        lines, told = split_projects(lines, size)
        projects = {"projects": read_projects(told, size)} if told else {}
        if not lines or (kind == "detail" and has_work):
            return dict(projects)
        jobs = read_work(lines, size)
        if not {"volunteer", "education"} & set(section.kinds):
            return projects | {"work": jobs}
        return projects | _told_apart(jobs, section.kinds)
    if kind == "education":
        return _educate(read_education(lines, size), section.kinds)
    if kind in LISTED:
        kinds = tuple(one for one in section.kinds if one in LISTED)
        if kinds == ("awards",) and "other" in section.kinds:
            kinds = ("awards", "certificates")  # "수상 및 기타"
        return dict(read_listed(lines, size, kinds))
    return {}


# What people do beside their studies, where a section tells it together with jobs.
CLUB = re.compile(
    r"동아리|학회|봉사|학생회|스터디|서포터즈|기자단|멘토링|\b(?:club|society|volunteer|student (?:union|council))\b",
    re.IGNORECASE,
)


# A course among jobs and activities; "교육 담당 매니저" is a job.
COURSE = re.compile(r"(?:과정|교육|캠프|연수|수료|bootcamp|course)\W*$", re.IGNORECASE)


def _told_apart(jobs: list[dict[str, Any]], kinds: tuple[str, ...]) -> dict[str, list[Any]]:
    """The jobs and the other activities of a section that holds both."""
    parts: dict[str, list[Any]] = {"work": [], "volunteer": [], "education": []}
    for job in jobs:
        name, title = job.get("name"), job.get("position")
        course = title if isinstance(title, Value) else name
        if "education" in kinds and isinstance(course, Value) and COURSE.search(course.text):
            school = {"institution": name or course, "area": course if name is not course else None}
            school |= {key: job.get(key) for key in ("startDate", "endDate")}
            parts["education"].append({key: value for key, value in school.items() if value})
        elif "volunteer" in kinds and isinstance(name, Value) and CLUB.search(name.text):
            parts["volunteer"].append(
                {"organization" if key == "name" else key: value for key, value in job.items()}
            )
        else:
            parts["work"].append(job)
    return parts


ODDS = re.compile(
    r"^\W*(?:etc|기타(?:\s?사항)?|그\s?외|misc(?:ellaneous)?|others?|additional(?: information)?|(?:most )?proud of|추가 정보)\W*$",
    re.IGNORECASE,
)
PLAINLY_AWARD = re.compile(
    r"\b(?:award|prize)\b|\bof the year\b|\b\d(?:st|nd|rd) place\b|최우수상|우수상|대상$|금상|은상|동상|장려상|표창|동료상|(?<=\s)\S{1,8}[^이향영세가보일현형협\W]상$",
    re.IGNORECASE,
)

PLAINLY_CERTIFICATE = re.compile(
    rf"{CERTIFIED.pattern}|{LANGUAGE_TEST.pattern}|^(?:sqld|sqlp|adsp|adp|ckad?|cks|ocp|ocjp)\b",
    re.IGNORECASE,
)


def _named_among(section: Section, lines: list[Line], size: float) -> dict[str, list[Any]]:
    """Awards and certificates under a heading of odds and ends: only what says so itself."""
    if section.heading is None or not ODDS.match(section.heading.text):
        return {}
    try:
        found = read_listed(lines, size, ("awards", "certificates"))
    except Exception:
        logger.exception("odds and ends were not read")
        return {}
    plainly = {"awards": ("title", PLAINLY_AWARD), "certificates": ("name", PLAINLY_CERTIFICATE)}
    return {
        kind: [
            entry for entry in found.get(kind, [])
            if isinstance(title := entry.get(key), Value)
            and len(title.text) < 50 and pattern.search(title.text)
        ]
        for kind, (key, pattern) in plainly.items()
    }  # fmt: skip


def _lists_own_software(section: Section, lines: list[Line]) -> bool:
    """Whether "Software" heads what the person wrote and not what they use."""
    if section.heading is None or section.heading.text.strip(" :.").lower() != "software":
        return False
    return not any(known_in(line.first.text) for line in lines)


def _educate(entries: list[dict[str, Any]], kinds: tuple[str, ...]) -> dict[str, list[Any]]:
    """Certificates told under "Education & Certifications" are not schools."""
    parts: dict[str, list[Any]] = {"education": [], "certificates": []}
    for entry in entries:
        institution = entry["institution"].text
        alone = "studyType" not in entry and not is_school(institution)
        if alone and (
            "certificates" in kinds and (CERTIFICATE.search(institution) or "area" not in entry)
            or CERTIFIED.search(institution)
        ):  # fmt: skip
            certificate = {"name": entry["institution"], "date": entry.get("endDate")}
            parts["certificates"].append(certificate)
        else:
            parts["education"].append(entry)
    return parts


LABEL = re.compile(r"^\s*([^:]{2,30}?)\s*(?::\s*|$)")


def _sorted_out(
    lines: list[Line], kinds: tuple[str, ...]
) -> tuple[list[Line], dict[str, list[Line]]]:
    """Lines of a skills section that are about something else by their own label."""
    skills: list[Line] = []
    aside: dict[str, list[Line]] = {}
    current: str | None = None
    for line in lines:
        label = LABEL.match(line.first.text)
        text = line.text
        if label and (label.end() < len(text) or line.first.bold or len(line.segments) > 1):
            about = heading_kinds(label.group(1))
            kind = about[0] if about else None
            if kind == "other" and known_in(text[label.end(1) :]):
                kind = None  # "기타: Git, Jenkins"
            if kind == "languages" and not (
                LANGUAGE.search(text[label.end(1) :]) or LANGUAGE_TEST.search(text)
            ):
                kind = "skills"
            if kind in ("certificates", "awards", "languages", "other"):
                current = kind
                target = _without_label(line, label)
                if target is not None:
                    aside.setdefault(kind, []).append(target)
                continue
            current = None
        if current is not None and not label:
            aside.setdefault(current, []).append(line)
            continue
        current = None
        if "languages" in kinds and LANGUAGE.search(text) and not label:
            aside.setdefault("languages", []).append(line)
            continue
        skills.append(line)
    aside.pop("other", None)
    return skills, aside


def _without_label(line: Line, label: re.Match[str]) -> Line | None:
    first = line.first
    rest = first.text[label.end() :]
    if rest.strip():
        return Line([first.part(label.end(), len(first.text)), *line.segments[1:]])
    return Line(line.segments[1:]) if line.segments[1:] else None


# What a name is written with or without: "(주)한빛", "주식회사 한빛"
FORM = re.compile(r"[\s().,㈜]|주식회사|\(주\)")


def _distinct(entries: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Without repeats: a summary table and the detail after it tell the same things."""
    seen: set[tuple[str, ...]] = set()
    result = []
    for entry in entries:
        key = tuple(
            FORM.sub("", entry[name].text).lower()
            if name in entry and isinstance(entry[name], Value)
            else ""
            for name in keys
        )
        if key in seen:
            continue
        seen.add(key)
        result.append(entry)
    return result
