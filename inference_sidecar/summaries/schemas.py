"""What ``POST /v1/summaries`` takes and gives (contract v1).

Offsets count characters (Unicode code points) of a source's ``text`` exactly as it
was sent, ``end`` exclusive.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from inference_sidecar.schemas import (
    Count,
    Identifier,
    Language,
    Milliseconds,
    Schema,
    Usage,
    not_blank,
)

SectionKey = Literal["facts", "what_it_does", "business", "figures", "technology", "interview"]
SourceKind = Literal["ir", "introduction", "report", "news"]
Length = Literal["short", "medium", "long"]
Origin = Literal["quoted", "written"]
"""``quoted``: a source's own sentence. ``written``: the model's, on the words it cites."""
SentenceOrigin = Literal["quoted", "written", "composed"]
"""``composed``: a measure, its number and its period, each as the cited words have it."""

SOURCES_MAX = 40
SOURCE_MAX_CHARACTERS = 1_600_000
ALL_SOURCES_MAX_CHARACTERS = 2_400_000
TOPICS_MAX = 200
ALIASES_MAX = 50

Title = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(not_blank)]
SourceText = Annotated[
    str, Field(min_length=1, max_length=SOURCE_MAX_CHARACTERS), AfterValidator(not_blank)
]
Term = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(not_blank)]


class Source(Schema):
    id: Identifier
    title: Title = ""
    text: SourceText
    language: Language | None = None
    """What most of it is written in; read off the text when it is not told."""
    kind: SourceKind | None = None
    published_on: date | None = None


class Topic(Schema):
    """A topic of the question bank, and the words that give it away in a text."""

    id: Identifier
    terms: list[Term] = Field(min_length=1, max_length=100)


class SummaryRequest(Schema):
    id: Identifier
    language: Language
    company: Name
    aliases: list[Name] = Field(default_factory=list, max_length=ALIASES_MAX)
    """What else the sources may call the company."""
    sources: list[Source] = Field(min_length=1, max_length=SOURCES_MAX)
    topics: list[Topic] = Field(default_factory=list, max_length=TOPICS_MAX)
    length: Length = "medium"

    @property
    def names(self) -> list[str]:
        return [self.company, *self.aliases]

    @model_validator(mode="after")
    def _ids_differ(self) -> SummaryRequest:
        for name, items in (("sources", self.sources), ("topics", self.topics)):
            ids = [item.id for item in items]
            if len(set(ids)) != len(ids):
                raise ValueError(f"{name}: ids must differ")
        return self

    @model_validator(mode="after")
    def _size(self) -> SummaryRequest:
        if sum(len(source.text) for source in self.sources) > ALL_SOURCES_MAX_CHARACTERS:
            raise ValueError(
                f"sources: their texts should have at most {ALL_SOURCES_MAX_CHARACTERS} "
                "characters together"
            )
        return self


# --- events and replies -----------------------------------------------------------------


class Progress(Schema):
    """Steps of work. ``total`` is 0 while it is not known, and may grow."""

    done: Count
    total: Count


class Citation(Schema):
    source_id: Identifier
    start: Count
    end: Count


class SummarySentence(Schema):
    text: str = Field(min_length=1)
    citations: list[Citation] = Field(min_length=1)
    origin: SentenceOrigin


class Section(Schema):
    key: SectionKey
    heading: str
    sentences: list[SummarySentence] = Field(min_length=1)


class Dropped(Schema):
    """Sentences that were left out, by why."""

    citation: Count = 0
    """What they cite does not stand in a source, or does not bear them out."""
    number: Count = 0
    """They hold a number that no cited passage has."""
    instruction: Count = 0
    """The source tells whoever makes a summary what to write."""


class Summary(Schema):
    """``sections`` in the order of ``SectionKey``, empty ones left out."""

    sections: list[Section] = Field(min_length=1)
    topics: list[Identifier]
    """Those of the request's topics that the summary or its sources touch, most first."""
    dropped: Dropped
    method: Origin


class SummaryTiming(Schema):
    """Milliseconds: ``queue_ms`` until the request had its place, ``total_ms`` from there on."""

    queue_ms: Milliseconds
    total_ms: Milliseconds


class SummaryDone(Schema):
    model: str
    prompt_version: str
    usage: Usage
    timing: SummaryTiming


class SummaryResponse(Summary, SummaryDone):
    """The whole stream as one body, for ``Accept: application/json``."""
