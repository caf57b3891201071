"""What a template can write: the profile's values, dates and links ready for print.

Every field is always there, as "" or [] when the profile says nothing, so that a
misspelt field in a template is an error and never a gap. Links, and only links, are
written with a run tag, `{{r email }}`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from typing import Any

from babel import Locale
from pydantic import BaseModel

from .labels import labels
from .profile import Location, OnlineProfile, Profile
from .text import lines, written_date, written_period

MakeRun = Callable[[str], Any]
"""A text becomes a run of its own; "" stays ""."""


def fields(
    profile: Profile, language: str, link: MakeRun, plain: MakeRun, today: Date
) -> dict[str, Any]:
    """The variables of a template, except `photo`. `link` makes runs that can be clicked."""
    basics = profile.basics
    text = labels(language)
    location = written_location(basics.location, language)
    sites = [{"name": text["url"], "link": link(basics.url)}] if basics.url.strip() else []
    for online in basics.profiles:
        name, address = _site(online)
        if address:
            sites.append({"name": name, "link": link(address) if online.url else plain(address)})
    contact = [link(basics.email), plain(basics.phone), plain(location)]
    result: dict[str, Any] = {
        "t": text,
        "language": language,
        "today": _long_date(today, language),
        "name": basics.name,
        "label": basics.label,
        "phone": basics.phone,
        "email": link(basics.email),
        "location": location,
        "url": link(basics.url),
        "birth_date": written_date(basics.birthDate, language),
        "military_service": basics.militaryService,
        "summary": lines(basics.summary),
        "sites": sites,
        "contact": [one for one in contact if one],
    }
    facts = [
        {"label": text[key], "run": run}
        for key, run in (
            ("name", plain(basics.name)),
            ("birth_date", plain(result["birth_date"])),
            ("phone", plain(basics.phone)),
            ("email", link(basics.email)),
            ("label", plain(basics.label)),
            ("military_service", plain(basics.militaryService)),
        )
        if run
    ]
    wide = [{"label": text["address"], "run": plain(location)}] if location else []
    wide += [{"label": site["name"], "run": site["link"]} for site in sites]
    if len(facts) % 2:
        wide.insert(0, facts.pop())
    result["facts"] = [
        {"first": first, "second": second}
        for first, second in zip(facts[::2], facts[1::2], strict=True)
    ] + [{"first": one, "second": ""} for one in wide]
    for section in SECTIONS:
        rows = [SECTIONS[section](one, language) for one in getattr(profile, section)]
        for row in rows:
            if "url" in row:
                row["link"] = link(row.pop("url"))
        result[section] = [row for row in rows if any(row.values())]
    return result


def written_location(location: Location, language: str) -> str:
    """One line; what the address already says is not said again."""
    address = location.address.strip()
    code = location.countryCode.strip()
    country = Locale(language).territories.get(code.upper(), code)
    parts = [location.city, location.region, country]
    if language == "ko":
        parts.reverse()
    rest = [part.strip() for part in parts if part.strip() and part.strip() not in address]
    postal = location.postalCode.strip()
    if postal in address:
        postal = ""
    if language == "ko":
        return " ".join(part for part in (f"({postal})" if postal else "", *rest, address) if part)
    return ", ".join(part for part in (address, *rest, postal) if part)


def _site(profile: OnlineProfile) -> tuple[str, str]:
    """The name of the network, and the address or else the user name."""
    name = profile.network
    if profile.url and profile.username and profile.username not in profile.url:
        name = f"{name} {profile.username}".strip()
    return name, profile.url or profile.username or profile.network


def _long_date(day: Date, language: str) -> str:
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return written_date(day.isoformat(), language)


def _work(entry: Any, language: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "position": entry.position,
        "location": entry.location,
        "description": entry.description,
        "period": written_period(entry.startDate, entry.endDate, language),
        "url": entry.url,
        "paragraphs": lines(entry.summary),
        "highlights": _written(entry.highlights),
    }


def _volunteer(entry: Any, language: str) -> dict[str, Any]:
    return {
        "organization": entry.organization,
        "position": entry.position,
        "period": written_period(entry.startDate, entry.endDate, language),
        "url": entry.url,
        "paragraphs": lines(entry.summary),
        "highlights": _written(entry.highlights),
    }


def _education(entry: Any, language: str) -> dict[str, Any]:
    return {
        "institution": entry.institution,
        "area": entry.area,
        "degree": entry.studyType,
        "score": entry.score,
        "period": written_period(entry.startDate, entry.endDate, language),
        "url": entry.url,
        "courses": _written(entry.courses),
    }


def _project(entry: Any, language: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "entity": entry.entity,
        "type": entry.type,
        "roles": _written(entry.roles),
        "technologies": _written(entry.keywords),
        "period": written_period(entry.startDate, entry.endDate, language),
        "url": entry.url,
        "paragraphs": lines(entry.description),
        "highlights": _written(entry.highlights),
    }


def _award(entry: Any, language: str) -> dict[str, Any]:
    return {
        "title": entry.title,
        "awarder": entry.awarder,
        "date": written_date(entry.date, language),
        "paragraphs": lines(entry.summary),
    }


def _certificate(entry: Any, language: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "issuer": entry.issuer,
        "date": written_date(entry.date, language),
        "url": entry.url,
    }


def _publication(entry: Any, language: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "publisher": entry.publisher,
        "date": written_date(entry.releaseDate, language),
        "url": entry.url,
        "paragraphs": lines(entry.summary),
    }


def _skill(entry: Any, language: str) -> dict[str, Any]:
    return {"name": entry.name, "level": entry.level, "keywords": _written(entry.keywords)}


def _language(entry: Any, language: str) -> dict[str, Any]:
    return {"name": entry.language, "fluency": entry.fluency}


def _interest(entry: Any, language: str) -> dict[str, Any]:
    return {"name": entry.name, "keywords": _written(entry.keywords)}


def _reference(entry: Any, language: str) -> dict[str, Any]:
    return {"name": entry.name, "paragraphs": lines(entry.reference)}


def _written(texts: list[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]


SECTIONS: dict[str, Callable[[BaseModel, str], dict[str, Any]]] = {
    "work": _work,
    "education": _education,
    "projects": _project,
    "skills": _skill,
    "certificates": _certificate,
    "awards": _award,
    "languages": _language,
    "volunteer": _volunteer,
    "publications": _publication,
    "interests": _interest,
    "references": _reference,
}
