"""How a company and its summary are shown to candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import translation

from apps.accounts.models import User

from .models import SourceText, Summary
from .models.companies import CompanyQuerySet
from .practising import anchor_of, practice_for


@dataclass(frozen=True, slots=True)
class Passage:
    """What a sentence rests on, as it stood in its source."""

    id: str
    """Unique in the page."""
    number: int
    """Of its source in the list below the summary."""
    source: dict[str, Any]
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Sentence:
    anchor: str
    """Its place in the page: what practice says that it was called for by."""
    text: str
    is_edited: bool
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    heading: str
    sentences: list[Sentence]


@dataclass(frozen=True, slots=True)
class Source:
    number: int
    title: str
    kind: str
    published_on: str
    url: str


def with_summaries(companies: CompanyQuerySet) -> CompanyQuerySet:
    """Each company's ``shown_summaries``: the published ones, with their topics."""
    summaries = Summary.objects.published().prefetch_related("topics")
    return companies.prefetch_related(
        Prefetch("summaries", queryset=summaries, to_attr="shown_summaries")
    )


def summary_for(company: Any, language: str) -> Summary | None:
    """The published summary in this language, else in the other."""
    summaries: list[Summary] = sorted(
        company.shown_summaries, key=lambda summary: summary.language != language
    )
    return summaries[0] if summaries else None


def first_sentence(summary: Summary) -> str:
    """What tells most in a list: a sentence, and a fact where there is none."""
    sections = sorted(summary.sections, key=lambda section: section["key"] == "facts")
    return next((one["text"] for section in sections for one in section["sentences"]), "")


def sources_of(summary: Summary) -> list[Source]:
    """The texts that the summary cites, numbered as its marks are."""
    numbers = _numbers(summary)
    known = {str(source["id"]): source for source in summary.sources}
    return [
        Source(
            number=number,
            title=known.get(key, {}).get("title", ""),
            kind=_kind_name(known.get(key, {}).get("kind", "")),
            published_on=known.get(key, {}).get("published_on") or "",
            url=_web_address(known.get(key, {}).get("url") or ""),
        )
        for key, number in numbers.items()
    ]


def _kind_name(kind: str) -> str:
    return str(SourceText.Kind(kind).label) if kind in SourceText.Kind.values else ""


def _web_address(url: str) -> str:
    return url if url.startswith(("http://", "https://")) else ""


def _numbers(summary: Summary) -> dict[str, int]:
    """Sources in the order in which the summary cites them, from 1."""
    numbers: dict[str, int] = {}
    for sentence in summary.sentences:
        for citation in sentence["citations"]:
            numbers.setdefault(str(citation["source_id"]), len(numbers) + 1)
    return numbers


def sections_of(summary: Summary) -> list[Section]:
    numbers = _numbers(summary)
    known = {str(source["id"]): source for source in summary.sources}
    shown, count, said = [], 0, 0
    for section in summary.sections:
        sentences = []
        for sentence in section["sentences"]:
            passages = []
            for citation in sentence["citations"]:
                count += 1
                key = str(citation["source_id"])
                passages.append(
                    Passage(
                        id=f"passage-{count}",
                        number=numbers[key],
                        source=known.get(key, {}),
                        before=citation.get("before", ""),
                        text=citation["text"],
                        after=citation.get("after", ""),
                    )
                )
            said += 1
            is_edited = sentence["origin"] == "edited"
            sentences.append(Sentence(anchor_of(said), sentence["text"], is_edited, passages))
        shown.append(Section(section["key"], section["heading"], sentences))
    return shown


def company_context(company: Any, user: User | None) -> dict[str, Any]:
    """Everything that the company's page shows."""
    language = translation.get_language()
    summary = summary_for(company, language)
    assert summary is not None  # the page exists for those that have one
    return {
        "company": company,
        "summary": summary,
        "is_other_language": summary.language != language,
        "sections": sections_of(summary),
        "sources": sources_of(summary),
        "practice": practice_for(summary, user),
        "is_followed": bool(user) and company.followers.filter(user=user).exists(),
    }
