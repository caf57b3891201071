"""Sections become the parts of a résumé, each value with its place on the page."""

from __future__ import annotations

import re
from typing import Any

from .contact import link_key, read_contact
from .headings import heading_kinds
from .layout import Block, Line
from .names import read_label, read_name
from .outline import Section, body_size, split_sections
from .provenance import Value, joined, unfold
from .sections.education import read_education
from .sections.listed import CERTIFICATE, LANGUAGE, LANGUAGE_TEST, read_listed
from .sections.projects import read_projects
from .sections.work import read_work
from .skills import read_skills
from .text import Box
from .vocabulary import SCHOOL

LISTED = ("certificates", "awards", "languages", "publications", "volunteer")


def assemble(
    blocks: list[Block], links: dict[int, list[tuple[Box, str]]], language: str
) -> tuple[dict[str, Any], list[str]]:
    """JSON Resume (with "provenance" by JSON pointer) and the codes of warnings."""
    size = body_size(blocks)
    sections = split_sections(blocks)
    close = [section for section in sections if not section.kinds or "contact" in section.kinds]
    near = [line for section in close for line in section.lines]
    rest = [line for section in sections if section not in close for line in section.lines]
    known = [section for section in sections if section.kind not in ("header", "other", "contact")]
    if not known:
        # Without headings only the top of the page is about the person.
        near, rest = near[:12], near[12:] + rest
    contact = read_contact(near, rest, links, language)
    email = contact.email.text if contact.email else None
    length = sum(len(line.text) for section in sections for line in section.lines)
    name = None
    if known or contact.email or contact.phone or length > 200:
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
    tree |= _parts(sections, size)
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
    return resume, warnings


def _summary(sections: list[Section]) -> Value | None:
    for section in sections:
        if section.kind == "summary" and section.lines:
            return joined([one for line in section.lines[:20] for one in line.segments], 0.8)
    return None


def _parts(sections: list[Section], size: float) -> dict[str, Any]:
    parts: dict[str, list[Any]] = {
        key: [] for key in ("work", "volunteer", "education", "projects", "skills",
                            "certificates", "awards", "languages", "publications")
    }  # fmt: skip
    has_work = any(section.kind == "work" and section.lines for section in sections)
    for section in sections:
        lines = [line for line in section.lines if line.segments]
        if not lines or section.kind in ("header", "contact", "summary", "other"):
            continue
        kind = section.kind
        if kind == "languages" and not any(
            LANGUAGE.search(line.text) or LANGUAGE_TEST.search(line.text) for line in lines
        ):
            # "Languages" over Java and Go is about programming.
            section.kinds = ("skills",)
        if "skills" in section.kinds:
            skills, aside = _sorted_out(lines, section.kinds)
            parts["skills"] += read_skills(skills, size)
            for aside_kind, aside_lines in aside.items():
                for key, entries in read_listed(aside_lines, size, (aside_kind,)).items():
                    parts[key] += entries
        elif kind == "work" or (kind == "detail" and not has_work):
            parts["work"] += read_work(lines, size)
        elif kind == "education":
            _educate(read_education(lines, size), section.kinds, parts)
        elif kind == "projects":
            parts["projects"] += read_projects(lines, size)
        elif kind in LISTED:
            kinds = tuple(one for one in section.kinds if one in LISTED)
            for key, entries in read_listed(lines, size, kinds).items():
                parts[key] += entries
    parts["work"] = _distinct(parts["work"], ("name", "position", "startDate"))
    parts["education"] = _distinct(parts["education"], ("institution", "area", "studyType"))
    parts["projects"] = _distinct(parts["projects"], ("name",))
    parts["certificates"] = _distinct(parts["certificates"], ("name",))
    parts["awards"] = _distinct(parts["awards"], ("title", "date"))
    return {key: entries for key, entries in parts.items() if entries}


def _educate(
    entries: list[dict[str, Any]], kinds: tuple[str, ...], parts: dict[str, list[Any]]
) -> None:
    """Certificates told under "Education & Certifications" are not schools."""
    for entry in entries:
        institution = entry["institution"].text
        if (
            "certificates" in kinds
            and CERTIFICATE.search(institution)
            and not SCHOOL.search(institution)
        ):
            certificate = {"name": entry["institution"], "date": entry.get("endDate")}
            parts["certificates"].append(certificate)
        else:
            parts["education"].append(entry)


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


def _distinct(entries: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Without repeats: a summary table and the detail after it tell the same things."""
    seen: set[tuple[str, ...]] = set()
    result = []
    for entry in entries:
        key = tuple(
            re.sub(r"[\s().,㈜]|주식회사|\(주\)", "", entry[name].text).lower()
            if name in entry and isinstance(entry[name], Value)
            else ""
            for name in keys
        )
        if key in seen:
            continue
        seen.add(key)
        result.append(entry)
    return result
