"""What progress costs after 10,000 answers of one person: `python benchmarks/progress.py`

Serves a scratch database (the shipped questions, two people; kept in var/bench/progress) with
the Procfile's own web command. One person has answered 10,000 times, the other never. Their
pages are asked for in turn, with an empty view among them, so that whatever else the machine
does hits all alike. Prints milliseconds, the ratio to the empty view and to the page of the
person without answers, and the SQL statements that each page took.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.machine import machine_line  # noqa: E402
from benchmarks.pages import EMPTY, Client, Page  # noqa: E402
from scripts import processes  # noqa: E402

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.interview.models import Attempt, Feedback, Question

PRACTISED, NEW = "practised@example.org", "new@example.org"
DAYS = 730
"""Over which the answers are spread: what a year or two of practice would be at most."""
STATUSES = ("covered", "covered", "covered", "partial", "missing", "wrong", "unsure")
BATCH = 500
STARTS_WITHIN = 300.0
"""Seconds: a machine that does much else starts a site slowly, and is measured all the same."""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each page")
    parser.add_argument("--port", type=int, default=20_180)
    parser.add_argument("--database-url", default="", help="instead of SQLite in var/bench/")
    return parser


def fill(attempts: int) -> None:
    """Empty the database and let one of two people answer; a minute for 10,000."""
    from django.core.management import call_command
    from django.db import transaction

    from apps.accounts.models import User
    from apps.interview.models import Attempt, Feedback, Question, QuestionProgress
    from apps.progress import keeping

    call_command("flush", interactive=False, verbosity=0)
    call_command("loadcontent", verbosity=0)
    user = User.objects.create_user(PRACTISED)
    User.objects.create_user(NEW)
    questions = list(Question.objects.published().prefetch_related("key_points"))
    pairs = list(_answers(user, questions, attempts))
    with transaction.atomic():
        Attempt.objects.bulk_create([attempt for attempt, _feedback in pairs], BATCH)
        Feedback.objects.bulk_create([feedback for _attempt, feedback in pairs], BATCH)
        last = {attempt.question_id: (attempt, feedback) for attempt, feedback in pairs}
        QuestionProgress.objects.bulk_create(
            QuestionProgress(
                user=user,
                question_id=question,
                attempts=attempt.number,
                last_score=feedback.score,
                last_score_attempt=attempt.number,
                last_attempt_at=attempt.created_at,
            )
            for question, (attempt, feedback) in last.items()
        )
    keeping.rebuild(user)


def _answers(
    user: User, questions: list[Question], count: int
) -> Iterator[tuple[Attempt, Feedback]]:
    """Oldest first, to each question in turn, until an hour ago."""
    from django.utils import timezone

    from apps.interview.models import Attempt, Feedback

    chance = random.Random(10)
    now = timezone.now()
    for serial in range(count):
        question = questions[serial % len(questions)]
        attempt = Attempt(
            id=uuid.UUID(int=serial + 1),
            user=user,
            question=question,
            number=serial // len(questions) + 1,
            language="ko",
            answer=question.model_answer[:600],
            idempotency_key=str(serial),
            created_at=_moment(now, serial, count),
        )
        marks = [
            {"id": point.slug, "text": point.text, "weight": point.weight,
             "status": chance.choice(STATUSES), "confidence": 0.9}
            for point in question.key_points.all()
        ]  # fmt: skip
        yield (
            attempt,
            Feedback(
                attempt=attempt,
                status=Feedback.Status.SUCCEEDED,
                score=chance.randrange(101),
                key_points=marks,
                prose=question.model_answer[:400],
                method="judge-1",
            ),
        )


def _moment(now: datetime, serial: int, count: int) -> datetime:
    return now - timedelta(hours=1) - timedelta(days=DAYS) * ((count - serial - 1) / count)


def prepare(places: processes.Places, options: argparse.Namespace) -> dict[str, str]:
    """The session cookie of each person, on a database that is filled."""
    os.environ.update(
        places.environment(
            DJANGO_SETTINGS_MODULE="benchmarks.settings",
            BENCH_DATABASE_URL=options.database_url,
        )
    )
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings
    from django.test import Client as DjangoClient

    from apps.accounts.models import User
    from apps.interview.models import Attempt

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if Attempt.objects.filter(user__email=PRACTISED).count() != options.attempts:
        started = time.monotonic()
        fill(options.attempts)
        print(f"filled in {time.monotonic() - started:.0f} s", flush=True)
    cookies = {}
    for user in User.objects.filter(email__in=[PRACTISED, NEW]):
        client = DjangoClient()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        cookies[user.email] = f"{name}={client.cookies[name].value}"
    return cookies


def pages() -> list[tuple[str, Page]]:
    """(whose, page)"""
    return [
        (NEW, Page(EMPTY, ["/empty"])),
        (NEW, Page("progress, no answers", ["/progress/"], signed_in=True)),
        (PRACTISED, Page("progress", ["/progress/"], signed_in=True)),
        (NEW, Page("points, no answers", ["/progress/points/"], signed_in=True)),
        (PRACTISED, Page("points", ["/progress/points/"], signed_in=True)),
        (NEW, Page("home, no answers", ["/"], signed_in=True)),
        (PRACTISED, Page("home", ["/"], signed_in=True)),
    ]


def measure(asked: list[tuple[str, Page]], clients: dict[str, Client], rounds: int) -> None:
    for number in range(4):
        for person, page in asked:
            clients[person].get(page, number, count_queries=True)
    for number in range(rounds):
        # Each round begins at another page: none always follows the same one.
        start = number % len(asked)
        for person, page in [*asked[start:], *asked[:start]]:
            page.times.append(clients[person].get(page, number))


def main() -> int:
    options = build_parser().parse_args()
    places = processes.Places(ROOT / "var" / "bench" / "progress", options.port)
    cookies = prepare(places, options)
    asked = pages()
    site = processes.Supervisor(processes.commands(), dict(os.environ), places.data / "log")
    try:
        site.start("valkey", "web")
        deadline = time.monotonic() + STARTS_WITHIN
        while not processes.answers_ok(f"{places.web_url}/empty"):
            if time.monotonic() > deadline or site.collect_exits():
                print(f"the web did not start: see {places.data / 'log'}", file=sys.stderr)
                return 1
            time.sleep(0.2)
        clients = {person: Client(options.port, cookie) for person, cookie in cookies.items()}
        measure(asked, clients, options.rounds)
    finally:
        site.stop_all()
        places.remove_run()
    from django.db import connection

    print(f"\npython benchmarks/{Path(__file__).name} {' '.join(sys.argv[1:])}".rstrip())
    print(machine_line())
    print(
        f"{options.attempts:,} answers of one person in {connection.vendor}, {options.rounds} "
        "requests of each page, one at a time, uvicorn with 2 workers\n"
    )
    medians = {page.name: statistics.median(page.times) for _person, page in asked}
    print(f"{'page':<24}{'SQL':>5}{'kB':>7}{'p50 ms':>9}{'× empty':>9}{'× no answers':>14}")
    for _person, page in asked:
        median = medians[page.name]
        without = medians.get(f"{page.name}, no answers")
        ratio = f"{median / without:.2f}" if without else ""
        queries = "/".join(map(str, sorted(page.query_counts)))
        print(
            f"{page.name:<24}{queries:>5}{page.size / 1000:>7.1f}{median:>9.2f}"
            f"{median / medians[EMPTY]:>9.2f}{ratio:>14}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
