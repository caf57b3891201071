"""How long pages take when there is much in the database: `python benchmarks/pages.py`

Serves a scratch database (10,000 questions, 1,000,000 attempts; kept in var/bench/)
with the Procfile's own web command, and asks for each page in turn with an empty
view among them, so that whatever else the machine does hits all alike. One request
at a time over two kept-open connections. Prints milliseconds, the ratio to the
empty view, and the SQL statements that each page took.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.machine import machine_line  # noqa: E402
from scripts import processes  # noqa: E402

EMPTY = "empty view"
QUERY_COUNT = "X-Query-Count"
IDLE_SECONDS = 3.0
"""uvicorn closes a connection that rested for 5; it is opened anew before, untimed."""


@dataclass
class Page:
    name: str
    paths: list[str]
    """Asked in turn, so that no single row is measured."""
    signed_in: bool = False
    times: list[float] = field(default_factory=list)
    """Milliseconds."""
    query_counts: set[int] = field(default_factory=set)
    size: int = 0


class Client:
    """One kept-open connection. Raises RuntimeError for anything but 200."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = cookie
        self._used = 0.0

    def get(self, page: Page, number: int, *, count_queries: bool = False) -> float:
        path = page.paths[number % len(page.paths)]
        headers = {"Accept-Language": "ko"}
        if page.signed_in:
            headers["Cookie"] = self._cookie
        if count_queries:
            headers[QUERY_COUNT] = "1"
        if time.perf_counter() - self._used > IDLE_SECONDS:
            self._connection.close()
            self._connection.connect()
        started = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        self._used = time.perf_counter()
        took = self._used - started
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        page.size = len(body)
        if count_queries:
            page.query_counts.add(int(response.headers[QUERY_COUNT]))
        return took * 1000


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database-url", default="", help="instead of SQLite in var/bench/")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each page")
    parser.add_argument("--port", type=int, default=20_080)
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    return parser


def pages(email: str) -> tuple[list[Page], str]:
    """The pages to measure and the session cookie of the person they are measured for."""
    from django.conf import settings
    from django.test import Client as DjangoClient
    from django.urls import reverse

    from apps.accounts.models import User
    from apps.interview.models import Attempt, Question, QuestionProgress

    user = User.objects.get(email=email)
    django_client = DjangoClient()
    django_client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = django_client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"

    questions = reverse("interview:question_list")
    deep = Question.objects.published().count() // 20 - 5
    tried = list(
        QuestionProgress.objects.filter(user=user)
        .order_by("-attempts", "pk")
        .values_list("question__slug", flat=True)[:50]
    )
    own = list(Attempt.objects.filter(user=user).order_by("number", "pk")[:50])
    favourite = Attempt.objects.filter(user=user, question__slug=tried[0]).order_by("-number")
    common, rare = quote("스레드"), "deadlock"

    def detail(slugs: list[str]) -> list[str]:
        return [reverse("interview:question_detail", args=[slug]) for slug in slugs]

    return [
        Page(EMPTY, ["/empty"]),
        Page("list", [questions]),
        Page("list, deep page", [f"{questions}?page={deep}"]),
        Page("list, topic and difficulty", [f"{questions}?topic=networks&difficulty=2"]),
        Page("list, search, Korean", [f"{questions}?q={common}"]),
        Page("list, search, English", [f"{questions}?q={rare}"]),
        Page("list, signed in", [questions], signed_in=True),
        Page("list, signed in, deep page", [f"{questions}?page={deep}"], signed_in=True),
        Page("list, signed in, to improve", [f"{questions}?state=improve"], signed_in=True),
        Page("list, signed in, not tried", [f"{questions}?state=new"], signed_in=True),
        Page("question", detail(tried)),
        Page("question, signed in, 2 attempts", detail(tried[1:]), signed_in=True),
        Page("question, signed in, 40 attempts", detail(tried[:1]), signed_in=True),
        Page("attempt", [attempt.get_absolute_url() for attempt in own], signed_in=True),
        Page(
            "attempt, the 40th",
            [attempt.get_absolute_url() for attempt in favourite[:1]],
            signed_in=True,
        ),
    ], cookie


def prepare(places: processes.Places, options: argparse.Namespace) -> tuple[list[Page], str]:
    os.environ.update(
        places.environment(
            DJANGO_SETTINGS_MODULE="benchmarks.settings",
            BENCH_DATABASE_URL=options.database_url,
        )
    )
    import django
    from django.core.management import call_command

    django.setup()
    from benchmarks import fill

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not fill.is_filled(options.questions, options.attempts):
        started = time.monotonic()
        fill.fill(options.questions, options.attempts, lambda text: print(f"filling: {text}"))
        print(f"filled in {time.monotonic() - started:.0f} s", flush=True)
    return pages(fill.MEASURED_EMAIL)


def measure(all_pages: list[Page], cookie: str, port: int, rounds: int) -> None:
    clients = [Client(port, cookie) for _ in range(2)]
    for number in range(4):
        for page in all_pages:
            clients[number % 2].get(page, number, count_queries=True)
    for number in range(rounds):
        # Each round begins at another page: none always follows the same one.
        start = number % len(all_pages)
        for page in [*all_pages[start:], *all_pages[:start]]:
            page.times.append(clients[number % 2].get(page, number))


def table(all_pages: list[Page]) -> list[dict[str, float | str | int]]:
    usual = statistics.median(next(p for p in all_pages if p.name == EMPTY).times)
    rows: list[dict[str, float | str | int]] = []
    for page in all_pages:
        median = statistics.median(page.times)
        rows.append(
            {
                "page": page.name,
                "queries": "/".join(map(str, sorted(page.query_counts))),
                "kB": round(page.size / 1000, 1),
                "p50_ms": round(median, 2),
                "p95_ms": round(statistics.quantiles(page.times, n=20)[-1], 2),
                "times_empty": round(median / usual, 2),
            }
        )
    return rows


def main() -> int:
    options = build_parser().parse_args()
    places = processes.Places(ROOT / "var" / "bench" / "pages", options.port)
    all_pages, cookie = prepare(places, options)
    site = processes.Supervisor(processes.commands(), dict(os.environ), places.data / "log")
    try:
        site.start("valkey", "web")
        deadline = time.monotonic() + 60
        while not processes.answers_ok(f"{places.web_url}/empty"):
            if time.monotonic() > deadline or site.collect_exits():
                print(f"the web did not start: see {places.data / 'log'}", file=sys.stderr)
                return 1
            time.sleep(0.2)
        measure(all_pages, cookie, options.port, options.rounds)
    finally:
        site.stop_all()
        places.remove_run()
    rows = table(all_pages)
    from django.db import connection

    print(f"\npython benchmarks/{Path(__file__).name} {' '.join(sys.argv[1:])}".rstrip())
    print(machine_line())
    print(
        f"{options.questions:,} questions, {options.attempts:,} attempts in {connection.vendor}, "
        f"{options.rounds} requests of each page, one at a time, uvicorn with 2 workers\n"
    )
    print(f"{'page':<36}{'SQL':>5}{'kB':>7}{'p50 ms':>9}{'p95 ms':>9}{'× empty':>9}")
    for row in rows:
        print(
            f"{row['page']:<36}{row['queries']:>5}{row['kB']:>7}"
            f"{row['p50_ms']:>9.2f}{row['p95_ms']:>9.2f}{row['times_empty']:>9.2f}"
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
