"""content/ into the database: topics.yaml and questions/<topic>.yaml.

A question remembers what the files last made of it in ``content_hash``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from django.db import transaction
from django.db.models import Model
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from apps.common.content import Both, ContentError, Report, Slug, Strict, Text, hash_of

from .models import MISCONCEPTIONS_MAX, KeyPoint, Misconception, Question, Topic

Item = TypeVar("Item", bound=BaseModel)


def _fits(model: type[Model], column: str) -> AfterValidator:
    """Both texts are no longer than the column: MySQL would refuse them half-way through."""
    longest: int | None = model._meta.get_field(column).max_length  # type: ignore[union-attr]

    def check(both: Both) -> Both:
        if longest is not None and max(len(both.ko), len(both.en)) > longest:
            raise ValueError(f"longer than {longest} characters")
        return both

    return AfterValidator(check)


class BothLists(Strict):
    ko: list[Text] = Field(min_length=1)
    en: list[Text] = Field(min_length=1)


class TopicContent(Strict):
    slug: Slug
    name: Annotated[Both, _fits(Topic, "name")]


class KeyPointContent(Strict):
    slug: Slug
    weight: int = Field(ge=1, le=3)
    text: Annotated[Both, _fits(KeyPoint, "text")]
    aliases: BothLists


class MisconceptionContent(Strict):
    contradicts: Slug
    """The slug of a key point of the same question."""
    statement: Annotated[Both, _fits(Misconception, "statement")]
    correction: Annotated[Both, _fits(Misconception, "correction")]


class QuestionContent(Strict):
    slug: Slug
    difficulty: Literal["easy", "medium", "hard"]
    text: Both
    model_answer: Both
    common_mistakes: BothLists
    key_points: list[KeyPointContent] = Field(min_length=3, max_length=7)
    misconceptions: list[MisconceptionContent] = []

    @model_validator(mode="after")
    def _misconceptions_name_key_points(self) -> Self:
        known = {point.slug for point in self.key_points}
        named = Counter(item.contradicts for item in self.misconceptions)
        if unknown := sorted(named.keys() - known):
            raise ValueError(f"misconceptions of key points that are not here: {unknown}")
        if crowded := sorted(slug for slug, n in named.items() if n > MISCONCEPTIONS_MAX):
            raise ValueError(f"more than {MISCONCEPTIONS_MAX} misconceptions of {crowded}")
        return self


def load(directory: Path) -> Report:
    """Load every topic and question. Raises ContentError before anything is written."""
    topics = _read(directory / "topics.yaml", TopicContent)
    questions = {
        topic.slug: _read(directory / "questions" / f"{topic.slug}.yaml", QuestionContent)
        for topic in topics
    }
    _check_unique(item.slug for items in questions.values() for item in items)
    report = Report()
    with transaction.atomic():
        for position, topic in enumerate(topics):
            row, _created = Topic.objects.update_or_create(
                slug=topic.slug,
                defaults={
                    "name_ko": topic.name.ko,
                    "name_en": topic.name.en,
                    "position": position,
                },
            )
            for item in questions[topic.slug]:
                _load_question(row, item, report)
    return report


def _read(path: Path, item: type[Item]) -> list[Item]:
    try:
        return TypeAdapter(list[item]).validate_python(  # type: ignore[valid-type]
            yaml.safe_load(path.read_text(encoding="utf-8"))
        )
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ContentError(f"{path}: {error}") from error


def _check_unique(slugs: Iterable[str]) -> None:
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            raise ContentError(f"question {slug!r} exists twice")
        seen.add(slug)


def _columns(item: QuestionContent) -> dict[str, Any]:
    return {
        "difficulty": Question.Difficulty[item.difficulty.upper()].value,
        "text_ko": item.text.ko,
        "text_en": item.text.en,
        "model_answer_ko": item.model_answer.ko,
        "model_answer_en": item.model_answer.en,
        "common_mistakes_ko": "\n".join(item.common_mistakes.ko),
        "common_mistakes_en": "\n".join(item.common_mistakes.en),
    }


def _point_columns(point: KeyPointContent) -> dict[str, Any]:
    return {
        "slug": point.slug,
        "weight": point.weight,
        "text_ko": point.text.ko,
        "text_en": point.text.en,
        "aliases_ko": "\n".join(point.aliases.ko),
        "aliases_en": "\n".join(point.aliases.en),
    }


def _misconception_columns(item: MisconceptionContent) -> dict[str, Any]:
    return {
        "statement_ko": item.statement.ko,
        "statement_en": item.statement.en,
        "correction_ko": item.correction.ko,
        "correction_en": item.correction.en,
    }


def _hash(
    topic: Topic,
    columns: dict[str, Any],
    points: list[dict[str, Any]],
    misconceptions: list[tuple[str, dict[str, Any]]],
) -> str:
    """Without misconceptions it is the hash of the time before there were any, so that a
    question loaded then does not look as if staff had edited it."""
    held = [topic.slug, columns, points]
    return hash_of([*held, misconceptions] if misconceptions else held)


def _hash_of_row(question: Question, like: QuestionContent) -> str:
    """The same hash over what the database holds now (a form saves line ends as CRLF)."""

    def held(row: Question | KeyPoint | Misconception, names: Iterable[str]) -> dict[str, Any]:
        values = {name: getattr(row, name) for name in names}
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in values.items()
        }

    columns = held(question, _columns(like))
    names = list(_point_columns(like.key_points[0]))
    points = [held(point, names) for point in question.key_points.all()]
    names = ["statement_ko", "statement_en", "correction_ko", "correction_en"]
    misconceptions = [
        (item.key_point.slug, held(item, names))
        for item in question.misconceptions.select_related("key_point")
    ]
    return _hash(question.topic, columns, points, misconceptions)


def _load_question(topic: Topic, item: QuestionContent, report: Report) -> None:
    columns = _columns(item)
    points = [_point_columns(point) for point in item.key_points]
    misconceptions = [
        (mistake.contradicts, _misconception_columns(mistake)) for mistake in item.misconceptions
    ]
    wanted = _hash(topic, columns, points, misconceptions)
    question = Question.objects.select_related("topic").filter(slug=item.slug).first()
    if question is None:
        question = Question.objects.create(
            slug=item.slug,
            topic=topic,
            status=Question.Status.PUBLISHED,
            content_hash=wanted,
            **columns,
        )
        report.created.append(item.slug)
    elif question.content_hash == wanted:
        # The files say nothing new; whatever staff made of it stays.
        report.unchanged.append(item.slug)
        return
    elif _hash_of_row(question, item) != question.content_hash:
        report.kept.append(item.slug)
        return
    else:
        for name, value in {**columns, "topic": topic, "content_hash": wanted}.items():
            setattr(question, name, value)
        question.save()
        report.updated.append(item.slug)
    question.key_points.exclude(slug__in=[point["slug"] for point in points]).delete()
    rows = {}
    for position, point in enumerate(points):
        rows[point["slug"]], _created = KeyPoint.objects.update_or_create(
            question=question,
            slug=point["slug"],
            defaults={**point, "position": position},
        )
    question.misconceptions.all().delete()
    Misconception.objects.bulk_create(
        Misconception(question=question, key_point=rows[slug], position=position, **mistake)
        for position, (slug, mistake) in enumerate(misconceptions)
    )
