"""The cast of the suites that run the whole site, and what they do: by API and by page."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.stack import Stack

PASSWORD = "correct-horse-9"
QUESTION = "process-vs-thread"
# Made in one go: a process of manage.py takes seconds. Each gets a token, and a session
# as a login would make it; that logging in works is for the tests of logging in.
_MAKE = """
import json
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from apps.accounts.models import User
from apps.accounts.tokens import token_create
password = make_password({password!r})
made = {{}}
for name in {names!r}:
    user = User.objects.create(
        email=f"{{name}}@example.org", password=password, name=name,
        interface_language={language!r}, feedback_language={language!r},
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    made[name] = [token_create(user=user), session.session_key]
print(json.dumps(made))
"""


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    data: Any
    """Parsed where it is JSON, as the API's is; the page's is HTML."""


@dataclass
class Person:
    """Someone with an account: calls the API with a token, opens pages with a session."""

    base_url: str
    name: str
    token: str
    session_key: str
    _pages: requests.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pages = requests.Session()
        self._pages.trust_env = False
        self._pages.headers["Accept-Language"] = "en"
        self._pages.cookies.set("sessionid", self.session_key)

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    # ---- the API

    def api(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {
            "Authorization": f"Token {self.token}",
            "Accept-Language": "en",
            **options.pop("headers", {}),
        }
        url = f"{self.base_url}/api/v1/{path}"
        return requests.request(method, url, headers=headers, timeout=60, **options)

    def submit(
        self, answer: str, *, question: str = QUESTION, language: str = "en", key: str = ""
    ) -> dict[str, Any]:
        """The new attempt, or the first one with the same Idempotency-Key."""
        reply = self.api(
            "POST",
            f"questions/{question}/attempts",
            json={"answer": answer, "language": language},
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
        )
        assert reply.status_code == 201, reply.text
        attempt: dict[str, Any] = reply.json()
        return attempt

    def attempt(self, attempt_id: str) -> dict[str, Any]:
        reply = self.api("GET", f"attempts/{attempt_id}")
        assert reply.status_code == 200, reply.text
        attempt: dict[str, Any] = reply.json()
        return attempt

    def events(self, attempt_id: str, after: str = "") -> Iterator[Event]:
        """The attempt's live events, until the site ends the stream."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        reply = self.api("GET", f"attempts/{attempt_id}/events", headers=headers, stream=True)
        assert reply.status_code == 200, reply.text
        with reply:
            yield from parse_events(reply)

    def wait_for(self, attempt_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
        """The attempt once its job has one of ``statuses``. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while (attempt := self.attempt(attempt_id))["job"]["status"] not in statuses:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not {statuses} after {seconds} s: {attempt}")
            time.sleep(0.3)  # the API answers ten times a second, for each person
        return attempt

    def finished(self, attempt_id: str, seconds: float = 60) -> dict[str, Any]:
        return self.wait_for(attempt_id, "succeeded", "failed", seconds=seconds)

    # ---- the pages

    def page(self, path: str) -> requests.Response:
        return self._pages.get(f"{self.base_url}{path}", timeout=60)

    def post(self, path: str, **fields: str) -> requests.Response:
        """Post a form as a browser does: with the token of the cookie, redirects followed."""
        if "csrftoken" not in self._pages.cookies:
            self.page("/account/settings")
        data = {"csrfmiddlewaretoken": self._pages.cookies["csrftoken"], **fields}
        return self._pages.post(f"{self.base_url}{path}", data=data, timeout=60)

    def page_events(self, attempt_id: str) -> Iterator[Event]:
        """What the attempt's page swaps in: event name and HTML."""
        url = f"{self.base_url}/attempts/{attempt_id}/stream"
        reply = self._pages.get(url, stream=True, timeout=60)
        assert reply.status_code == 200, reply.text
        with reply:
            yield from parse_events(reply)


def make_people(stack: Stack, *names: str, language: str = "en") -> list[Person]:
    """New accounts whose pages and feedback are in ``language``."""
    code = _MAKE.format(password=PASSWORD, names=names, language=language)
    printed = stack.manage("shell", "--no-imports", "-c", code)
    made = json.loads(printed.splitlines()[-1])
    return [Person(stack.base_url, name, *made[name]) for name in names]


def parse_events(reply: requests.Response) -> Iterator[Event]:
    """Server-sent events; comments and ``retry`` are left out."""
    reply.encoding = "utf-8"
    event_id, name, data = "", "", []
    for line in reply.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("id: "):
            event_id = line[4:]
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and name:
            text = "\n".join(data)
            yield Event(event_id, name, _parsed(text))
            event_id, name, data = "", "", []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def prose_of(events: list[Event]) -> str:
    """What a watcher of the API has on screen: a new run drops what came before."""
    prose = ""
    for event in events:
        if event.name == "progress" and event.data["state"] == "running":
            prose = ""
        elif event.name == "delta":
            prose += event.data["text"]
    return prose.strip()


def visible_text(html: str) -> str:
    """A page's text, without tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()
