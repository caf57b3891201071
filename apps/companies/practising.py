"""What to practise for a company: what its texts call for, each with the sentence that does."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.common.limits import HOUR
from apps.interview.models import Question, QuestionProgress, Topic
from apps.practice.matching import Find, Text, cut_around, finds_in
from apps.practice.recommending import (
    called_for,
    in_turn,
    questions_with_progress,
    readiness_of,
)

from .models import SourceText, Summary
from .topics import place_of

TECHNOLOGIES_MAX = 5
"""Named by the company itself: what is special to it."""
QUESTIONS_EACH = 2
"""Of a technology or a topic: a dozen in all, an evening's work."""
READ_MAX = 100_000
"""Characters of its sources that are read for it, so that a first look takes no second."""


@dataclass(frozen=True, slots=True)
class Where:
    """The sentence that called for something."""

    anchor: str
    """Of a sentence in the page; empty for one that only a source has."""
    title: str
    """Of that source."""


@dataclass(frozen=True, slots=True)
class Part:
    """A technology or a topic that the company's texts call for."""

    reason: str
    quote: str
    """Empty where only the summary's own topics say so."""
    where: Where
    questions: list[Any]
    """Each with ``own_progress``: not tried first, then those to improve."""


@dataclass(frozen=True, slots=True)
class Practice:
    """All that there is to practise for a company, and how ready one is for it."""

    parts: list[Part]

    @property
    def questions(self) -> list[Question]:
        """In the order of asking: what is special to the company first."""
        return in_turn(part.questions for part in self.parts)

    @property
    def asked(self) -> int:
        return sum(len(part.questions) for part in self.parts)

    @property
    def scores(self) -> list[int]:
        """One's own last ones."""
        return [
            progress.last_score
            for part in self.parts
            for question in part.questions
            for progress in question.own_progress
            if progress.last_score is not None
        ]

    @property
    def score(self) -> int | None:
        scores = self.scores
        return round(sum(scores) / len(scores)) if scores else None


def anchor_of(number: int) -> str:
    """The place of the summary's sentence of this number, from 1, in the page."""
    return f"said-{number}"


def practice_for(summary: Summary, user: User | None) -> Practice:
    """What its texts name, and then its topics, with questions that were not had already."""
    topics = list(summary.topics.all())
    finds, places = _calls(summary, topics)
    called = called_for(finds, user, most=TECHNOLOGIES_MAX, each=QUESTIONS_EACH)
    parts = [Part(one.in_texts, one.find.quote, one.place, one.questions) for one in called]
    taken = {question.pk for part in parts for question in part.questions}
    chosen = _of_topics(summary, topics, taken, user)
    for topic in topics:
        if questions := chosen.get(topic.pk):
            quote, where = places.get(topic.slug, ("", Where("", "")))
            reason = gettext("Its texts touch: %(topic)s") % {"topic": topic.name}
            parts.append(Part(reason, quote, where, questions))
    return Practice(parts)


def _calls(
    summary: Summary, topics: Sequence[Topic]
) -> tuple[list[Find], dict[str, tuple[str, Where]]]:
    """(technologies, topic → its sentence), from the summary first and then from its sources.

    Kept for an hour: reading the sources takes a while, and they change seldom.
    """
    state = zlib.crc32(json.dumps(summary.sections, sort_keys=True).encode())
    key = f"company-calls:{summary.pk}:{state}:{'-'.join(str(topic.pk) for topic in topics)}"
    known = cache.get(key)
    if known is None:
        texts = [*_said(summary), *_written(summary)]
        places = {topic.slug: place for topic in topics if (place := _place(topic, texts))}
        known = (finds_in(texts), places)
        cache.set(key, known, HOUR)
    return known


def _said(summary: Summary) -> Iterator[Text]:
    """The summary's sentences, and after each the passages that it rests on."""
    for number, sentence in enumerate(summary.sentences, start=1):
        where = Where(anchor_of(number), "")
        yield Text(sentence["text"], source=where)
        for citation in sentence["citations"]:
            yield Text(citation["text"], source=where)


def _written(summary: Summary) -> Iterator[Text]:
    """The lines of the sources that the summary was made of, as far as they are read."""
    ids = [source["id"] for source in summary.sources]
    left = READ_MAX
    for source in SourceText.objects.active().filter(company=summary.company_id, pk__in=ids):
        for line in source.text[:left].splitlines():
            yield Text(line.strip(), source=Where("", source.title))
        left -= min(left, len(source.text))


def _place(topic: Topic, texts: Iterable[Text]) -> tuple[str, Where] | None:
    for text in texts:
        if place := place_of(topic, text.text):
            return cut_around(text.text, *place), text.source
    return None


def _of_topics(
    summary: Summary, topics: Sequence[Topic], taken: set[int], user: User | None
) -> dict[int, list[Any]]:
    """Questions of each topic: those that one should practise, and others for other companies."""
    rows = Question.objects.published().filter(topic__in=topics).exclude(pk__in=taken)
    own: dict[int, int | None] = {}
    if user:
        progress = QuestionProgress.objects.filter(user=user, question__topic__in=topics)
        own = dict(progress.values_list("question_id", "last_score"))

    def order(row: tuple[int, str, int]) -> tuple[int, int]:
        pk, slug, _topic = row
        luck = zlib.crc32(f"{summary.company_id}:{slug}".encode())
        return readiness_of(pk in own, own.get(pk)), luck

    by_topic: dict[int, list[int]] = {}
    for pk, _slug, topic in sorted(rows.values_list("pk", "slug", "topic_id"), key=order):
        by_topic.setdefault(topic, []).append(pk)
    chosen = {topic: pks[:QUESTIONS_EACH] for topic, pks in by_topic.items()}
    shown = questions_with_progress({pk for pks in chosen.values() for pk in pks}, user)
    return {topic: [shown[pk] for pk in pks if pk in shown] for topic, pks in chosen.items()}
