"""content/ into the database: topics.yaml, questions/<topic>.yaml and follow_ups/<topic>.yaml.

A question remembers what the files last made of it in ``content_hash``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import chain
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

from .models import (
    FOLLOW_UP_POINTS,
    KEY_POINTS,
    MISCONCEPTIONS_MAX,
    KeyPoint,
    Misconception,
    Question,
    Topic,
)

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
    aliases: BothLists | None = None


class QuestionPointContent(KeyPointContent):
    aliases: BothLists


class MisconceptionContent(Strict):
    contradicts: Slug
    """The slug of a key point of the same question."""
    statement: Annotated[Both, _fits(Misconception, "statement")]
    correction: Annotated[Both, _fits(Misconception, "correction")]


class AnyQuestionContent(Strict):
    """What a question and a follow-up have in common."""

    slug: Slug
    difficulty: Literal["easy", "medium", "hard"]
    text: Both
    model_answer: Both
    common_mistakes: BothLists | None
    key_points: Sequence[KeyPointContent]
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


class QuestionContent(AnyQuestionContent):
    common_mistakes: BothLists
    key_points: list[QuestionPointContent] = Field(
        min_length=KEY_POINTS.minimum, max_length=KEY_POINTS.maximum
    )


class FollowUpContent(AnyQuestionContent):
    follows: Slug
    """The slug of a question in ``questions/``."""
    at: Slug
    """The slug of a key point of that question."""
    common_mistakes: BothLists | None = None
    key_points: list[KeyPointContent] = Field(
        min_length=FOLLOW_UP_POINTS.minimum, max_length=FOLLOW_UP_POINTS.maximum
    )


def load(directory: Path) -> Report:
    """Load every topic, question and follow-up. Raises ContentError before anything is written."""
    topics = _read(directory / "topics.yaml", TopicContent)
    questions = {
        topic.slug: _read(directory / "questions" / f"{topic.slug}.yaml", QuestionContent)
        for topic in topics
    }
    follow_ups = {topic.slug: _read_follow_ups(directory, topic.slug) for topic in topics}
    every = [*chain.from_iterable(questions.values()), *chain.from_iterable(follow_ups.values())]
    _check_unique(item.slug for item in every)
    for slug, items in follow_ups.items():
        _check_places(_follow_ups_path(directory, slug), items, questions[slug])
    report = Report()
    with transaction.atomic():
        wanted = [
            (row, item)
            for row in _load_topics(topics)
            for item in (*questions[row.slug], *follow_ups[row.slug])
        ]
        # Told before any is written: a key point that goes takes a follow-up's place along.
        edited = {item.slug for row, item in wanted if _was_edited(row, item)}
        for row, item in wanted:
            _load_question(row, item, report, edited)
    return report


def _load_topics(topics: list[TopicContent]) -> list[Topic]:
    return [
        Topic.objects.update_or_create(
            slug=topic.slug,
            defaults={"name_ko": topic.name.ko, "name_en": topic.name.en, "position": position},
        )[0]
        for position, topic in enumerate(topics)
    ]


def _follow_ups_path(directory: Path, topic: str) -> Path:
    return directory / "follow_ups" / f"{topic}.yaml"


def _read_follow_ups(directory: Path, topic: str) -> list[FollowUpContent]:
    """A topic without the file has no follow-ups."""
    path = _follow_ups_path(directory, topic)
    return _read(path, FollowUpContent) if path.exists() else []


def _check_places(
    path: Path, follow_ups: list[FollowUpContent], questions: list[QuestionContent]
) -> None:
    points = {item.slug: {point.slug for point in item.key_points} for item in questions}
    for item in follow_ups:
        if item.follows not in points:
            raise ContentError(
                f"{path}: {item.slug!r} follows {item.follows!r}, which is no question of the topic"
            )
        if item.at not in points[item.follows]:
            raise ContentError(
                f"{path}: {item.slug!r} is at {item.at!r}, which is no key point of"
                f" {item.follows!r}"
            )


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


def _columns(item: AnyQuestionContent) -> dict[str, Any]:
    mistakes = item.common_mistakes
    return {
        "difficulty": Question.Difficulty[item.difficulty.upper()].value,
        "text_ko": item.text.ko,
        "text_en": item.text.en,
        "model_answer_ko": item.model_answer.ko,
        "model_answer_en": item.model_answer.en,
        "common_mistakes_ko": "\n".join(mistakes.ko) if mistakes else "",
        "common_mistakes_en": "\n".join(mistakes.en) if mistakes else "",
    }


def _point_columns(point: KeyPointContent) -> dict[str, Any]:
    return {
        "slug": point.slug,
        "weight": point.weight,
        "text_ko": point.text.ko,
        "text_en": point.text.en,
        "aliases_ko": "\n".join(point.aliases.ko) if point.aliases else "",
        "aliases_en": "\n".join(point.aliases.en) if point.aliases else "",
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
    place: tuple[str, str] | None = None,
) -> str:
    """Without misconceptions it is the hash of the time before there were any, so that a
    question loaded then does not look as if staff had edited it; so, too, without ``place``,
    a follow-up's question and key point."""
    held: list[Any] = [topic.slug, columns, points]
    if misconceptions or place:
        held.append(misconceptions)
    return hash_of([*held, place] if place else held)


def _wanted_hash(topic: Topic, item: AnyQuestionContent) -> str:
    """The hash of a row that holds what the files say."""
    misconceptions = [
        (mistake.contradicts, _misconception_columns(mistake)) for mistake in item.misconceptions
    ]
    points = [_point_columns(point) for point in item.key_points]
    place = (item.follows, item.at) if isinstance(item, FollowUpContent) else None
    return _hash(topic, _columns(item), points, misconceptions, place)


def _was_edited(topic: Topic, item: AnyQuestionContent) -> bool:
    """Whether the files have news for a question that staff edited since they last made it."""
    questions = Question.objects.select_related("topic", "follows", "follows_point")
    question = questions.filter(slug=item.slug).first()
    if question is None or question.content_hash == _wanted_hash(topic, item):
        return False
    return _hash_of_row(question, item) != question.content_hash


def _hash_of_row(question: Question, like: AnyQuestionContent) -> str:
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
    place = None
    if question.follows:
        point = question.follows_point
        place = (question.follows.slug, point.slug if point else "")
    return _hash(question.topic, columns, points, misconceptions, place)


def _load_question(
    topic: Topic, item: AnyQuestionContent, report: Report, edited: Container[str]
) -> None:
    """``edited``: the slugs of questions that staff edited, which stay as they are."""
    wanted = _wanted_hash(topic, item)
    values = {**_columns(item), **_place_of(item), "topic": topic, "content_hash": wanted}
    question = Question.objects.filter(slug=item.slug).first()
    if question is None:
        published = Question.Status.PUBLISHED
        question = Question.objects.create(slug=item.slug, status=published, **values)
        report.created.append(item.slug)
    elif question.content_hash == wanted:
        # The files say nothing new; whatever staff made of it stays.
        report.unchanged.append(item.slug)
        return
    elif item.slug in edited:
        report.kept.append(item.slug)
        return
    else:
        for name, value in values.items():
            setattr(question, name, value)
        question.save()
        report.updated.append(item.slug)
    _load_points(question, item)


def _place_of(item: AnyQuestionContent) -> dict[str, Any]:
    """Where a follow-up is asked: at no point, if staff took it away from their question."""
    if not isinstance(item, FollowUpContent):
        return {}
    question = Question.objects.get(slug=item.follows)
    return {
        "follows": question,
        "follows_point": KeyPoint.objects.filter(question=question, slug=item.at).first(),
    }


def _load_points(question: Question, item: AnyQuestionContent) -> None:
    """Its key points and misconceptions, as the files have them."""
    question.key_points.exclude(slug__in=[point.slug for point in item.key_points]).delete()
    rows = {}
    for position, point in enumerate(item.key_points):
        rows[point.slug], _created = KeyPoint.objects.update_or_create(
            question=question,
            slug=point.slug,
            defaults={**_point_columns(point), "position": position},
        )
    question.misconceptions.all().delete()
    Misconception.objects.bulk_create(
        Misconception(
            question=question,
            key_point=rows[mistake.contradicts],
            position=position,
            **_misconception_columns(mistake),
        )
        for position, mistake in enumerate(item.misconceptions)
    )
