"""One site with a scripted sidecar for all fault tests, and what takes more than a minute."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests

from tests.people import QUESTION, Person, make_people
from tests.scripted_sidecar import COMMAND, Reply, ScriptedSidecar
from tests.stack import Stack


@pytest.fixture(scope="session")
def database_url() -> Iterator[str | None]:
    """An empty database on the server that TEST_DATABASE_URL names, as in CI; else None."""
    url = os.environ.get("TEST_DATABASE_URL")
    if url is None:
        yield None
        return
    import MySQLdb  # not installed where only SQLite is used

    parts = urlsplit(f"{url}_faults")
    name = parts.path.strip("/")
    connection = MySQLdb.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
    )
    cursor = connection.cursor()
    cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    yield parts.geturl()
    cursor.execute(f"DROP DATABASE `{name}`")
    connection.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, database_url: str | None) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("site")
    with Stack(folder, sidecar=COMMAND, database_url=database_url) as stack:
        yield stack


@pytest.fixture(scope="session")
def sidecar(stack: Stack) -> ScriptedSidecar:
    return ScriptedSidecar(stack.sidecar_url)


@pytest.fixture(scope="session")
def cast(stack: Stack) -> Iterator[Person]:
    """People, one after the other: the API lets each submit 30 times a minute."""
    return iter(make_people(stack, *(f"person-{number}" for number in range(12))))


@pytest.fixture(scope="module")
def alice(cast: Iterator[Person]) -> Person:
    return next(cast)


@pytest.fixture(scope="module")
def bob(cast: Iterator[Person]) -> Person:
    return next(cast)


@dataclass(frozen=True)
class Slow:
    """Attempts whose recovery takes a minute or more: leases and timeouts are real ones.

    They are begun together when the suite begins; test_recovery.py looks at them last.
    """

    person: Person
    """Whose they are."""
    worker_killed: str
    """The worker was killed with -9 after the first piece of prose."""
    store_killed: str
    """Submitted, and Valkey killed with -9 before a worker could take it."""
    store_down: str
    """Submitted on the page while there was no Valkey."""
    page_meanwhile: requests.Response
    """What that submit was answered with."""
    silent: str
    """The sidecar fell silent after the first piece of prose."""


@pytest.fixture(scope="session", autouse=True)
def slow(stack: Stack, sidecar: ScriptedSidecar, cast: Iterator[Person]) -> Slow:
    person = next(cast)
    sidecar.script("worker is killed", Reply(hold_after=1), Reply())
    worker_killed = person.submit("worker is killed")["id"]
    for event in person.events(worker_killed):
        if event.name == "delta":
            break
    stack.kill("worker-interactive")

    store_killed = person.submit("store is killed")["id"]
    stack.kill("valkey")
    page = person.post(
        f"/questions/{QUESTION}/attempts",
        answer="store is down",
        language="en",
        idempotency_key="while-the-store-is-down",
    )
    stack.restart("valkey")
    stack.restart("worker-interactive")

    sidecar.script("sidecar is silent", Reply(pieces=["One piece."], ending="silence"), Reply())
    silent = person.submit("sidecar is silent")["id"]
    return Slow(
        person=person,
        worker_killed=worker_killed,
        store_killed=store_killed,
        store_down=page.url.rstrip("/").rpartition("/")[2],
        page_meanwhile=page,
        silent=silent,
    )
