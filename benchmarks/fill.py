"""A database as it may look after years: many questions, many people, many attempts.

Questions are the shipped ones over and over, numbered, with three key points each.
Every person has 200 attempts at 100 questions; the measured one has 2,000, of which
40 at one question.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.core.management import call_command
from django.db import connection, models, transaction

from apps.accounts.models import User
from apps.interview.models import Attempt, Feedback, KeyPoint, Question, QuestionProgress

MEASURED_EMAIL = "measured@example.org"
ATTEMPTS_A_PERSON = 200
MEASURED_ATTEMPTS = 2_000
ATTEMPTS_AT_THE_FAVOURITE = 40
KEY_POINTS = 3
BATCH = 2_000
START = datetime(2024, 1, 1, tzinfo=UTC)

Row = TypeVar("Row", bound=models.Model)


def is_filled(questions: int, attempts: int) -> bool:
    """Whether the (migrated) database holds this much already."""
    published = Question.objects.published().count()
    return published == questions and Attempt.objects.count() == attempts


def fill(questions: int, attempts: int, say: Callable[[str], None]) -> None:
    """Empty the database's tables and fill them; minutes for a million attempts."""
    call_command("flush", interactive=False, verbosity=0)
    call_command("loadcontent", verbosity=0)
    say(f"{questions:,} questions")
    ids = _questions(questions)
    others = max(0, attempts - MEASURED_ATTEMPTS) // ATTEMPTS_A_PERSON
    people = [
        User(email=MEASURED_EMAIL, password="!"),
        *(User(email=f"person-{number}@example.org", password="!") for number in range(others)),
    ]
    with transaction.atomic():
        User.objects.bulk_create(people, BATCH)
    owners = list(User.objects.order_by("pk").values_list("pk", flat=True))
    say(f"{attempts:,} attempts with feedback by {len(owners):,} people")
    measured = _tries(owners[0], ids, MEASURED_ATTEMPTS, ATTEMPTS_AT_THE_FAVOURITE)
    rest = itertools.chain.from_iterable(
        _tries(owner, ids, ATTEMPTS_A_PERSON, 2) for owner in owners[1:]
    )
    _attempts(itertools.islice(itertools.chain(measured, rest), attempts))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _questions(count: int) -> list[int]:
    """Primary keys of ``count`` published questions, the shipped ones first."""
    shipped = list(Question.objects.published().prefetch_related("key_points"))
    copies = []
    for number in range(len(shipped), count):
        source = shipped[number % len(shipped)]
        copy = _copy(source)
        copy.slug = f"{source.slug[:60]}-{number}"
        copy.text_ko, copy.text_en = (
            f"{text} ({number})" for text in (source.text_ko, source.text_en)
        )
        copies.append(copy)
    with transaction.atomic():
        Question.objects.bulk_create(copies, BATCH)
        for question in shipped:
            question.key_points.filter(position__gte=KEY_POINTS).delete()
        slugs = dict(Question.objects.values_list("slug", "pk"))
        points = []
        for number, row in enumerate(copies):
            source = shipped[(number + len(shipped)) % len(shipped)]
            for point in source.key_points.all()[:KEY_POINTS]:
                points.append(_copy(point, question_id=slugs[row.slug]))
        KeyPoint.objects.bulk_create(points, BATCH)
    return list(Question.objects.published().order_by("pk").values_list("pk", flat=True))


def _copy(row: Row, **changes: Any) -> Row:
    assert row._meta.pk is not None
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del values[row._meta.pk.attname]
    return type(row)(**values | changes)


def _tries(
    owner: int, questions: list[int], count: int, favourite: int
) -> Iterator[tuple[int, int, int]]:
    """(user, question, number): ``favourite`` tries at one question, two at each other."""
    chosen = random.Random(owner).sample(questions, min(len(questions), count // 2 + 1))
    for number in range(1, favourite + 1):
        yield owner, chosen[0], number
    for place in range(count - favourite):
        yield owner, chosen[1 + place // 2], 1 + place % 2


def _attempts(tries: Iterable[tuple[int, int, int]]) -> None:
    answer = (
        "A process has an address space of its own while threads of one process share it, so a "
        "thread is cheaper to make and to switch to. Shared memory has to be guarded with locks, "
        "and one thread that crashes takes the whole process with it. "
    )
    points = [
        {
            "id": f"point-{number}",
            "text": "Threads of one process share its memory",
            "weight": 2,
            "status": status,
            "confidence": 0.8,
            "quote": {"start": 0, "end": 42, "text": answer[:42]},
        }
        for number, status in enumerate(("covered", "partial", "covered"))
    ]
    attempts = _Table(Attempt(answer=answer, language="en", seconds_spent=120))
    feedback = _Table(
        Feedback(
            status=Feedback.Status.SUCCEEDED,
            attempts=1,
            key_points=points,
            prose=answer,
            model="Qwen2.5-Coder-0.5B-Judge",
            method="signals-1",
            prompt_version="signals-1",
            prose_method="model",
            prompt_tokens=300,
            completion_tokens=120,
        )
    )
    progress = _Table(QuestionProgress(best_score=80))
    with transaction.atomic():
        for batch in _batched(enumerate(tries), BATCH):
            made: list[tuple[dict[str, Any], dict[str, Any]]] = []
            last: dict[tuple[int, int], dict[str, Any]] = {}
            for serial, (user, question, number) in batch:
                moment = START + timedelta(seconds=40 * serial)
                key = uuid.uuid4()
                score = (serial * 37) % 101
                made.append(
                    (
                        {
                            "id": key,
                            "user_id": user,
                            "question_id": question,
                            "number": number,
                            "idempotency_key": key.hex,
                            "created_at": moment,
                        },
                        {
                            "id": uuid.uuid4(),
                            "attempt_id": key,
                            "score": score,
                            "finished_at": moment,
                        },
                    )
                )
                last[user, question] = {
                    "user_id": user,
                    "question_id": question,
                    "attempts": number,
                    "last_score": score,
                    "last_score_attempt": number,
                    "last_attempt_at": moment,
                }
            attempts.insert(pair[0] for pair in made)
            feedback.insert(pair[1] for pair in made)
            progress.replace(last.values())


class _Table:
    """Rows that differ from one pattern in a few columns, inserted past the ORM's objects."""

    def __init__(self, pattern: models.Model) -> None:
        meta = pattern._meta
        self._fields = [
            field
            for field in meta.concrete_fields
            if field.attname != "id" or not isinstance(field, models.AutoField)
        ]
        self._pattern = [
            field.get_db_prep_save(field.pre_save(pattern, add=True), connection)
            if getattr(pattern, field.attname) is not None or field.null
            else None
            for field in self._fields
        ]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in self._fields)
        marks = ", ".join(["%s"] * len(self._fields))
        self._into = f"INTO {quote(meta.db_table)} ({columns}) VALUES ({marks})"

    def insert(self, rows: Iterable[dict[str, Any]]) -> None:
        self._execute(f"INSERT {self._into}", rows)

    def replace(self, rows: Iterable[dict[str, Any]]) -> None:
        """A later row takes the place of one with the same unique columns."""
        self._execute(f"REPLACE {self._into}", rows)

    def _execute(self, sql: str, rows: Iterable[dict[str, Any]]) -> None:
        values = [
            [
                field.get_db_prep_save(row[field.attname], connection)
                if field.attname in row
                else usual
                for field, usual in zip(self._fields, self._pattern, strict=True)
            ]
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)


Item = TypeVar("Item")


def _batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
