"""config.settings.production, started for real in processes of its own."""

from __future__ import annotations

import importlib
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured

from scripts.processes import answers_ok

ROOT = Path(__file__).resolve().parents[3]
HOST = "ssammu.example.org"
GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": HOST,
    "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
    "DATABASE_URL": "mysql://ssammu:password@127.0.0.1:3306/ssammu",
    "REDIS_URL": "redis://127.0.0.1:6379",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": f"Ssammu <no-reply@{HOST}>",
    "INFERENCE_URL": "http://127.0.0.1:1",
    "INFERENCE_TOKEN": secrets.token_urlsafe(32),
    "S3_BUCKET": "ssammu",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": secrets.token_urlsafe(32),
}


def _environment(**values: str | None) -> dict[str, str]:
    """What a shell of ours has, without what it says of the site, and these values."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {name: value for name, value in (GOOD | values).items() if value is not None}


def _run(*command: str, **values: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=_environment(**values),
        capture_output=True,
        text=True,
        check=False,
    )


def _start(**values: str | None) -> subprocess.CompletedProcess[str]:
    return _run("-c", "from django.conf import settings; settings.DEBUG", **values)


def _refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    """What the settings say when this process reads them: a process for each would take long."""
    for name, value in (GOOD | values).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        importlib.import_module("config.settings.production")
    return str(refused.value)


def test_it_starts_with_what_the_example_asks_for():
    started = _start()

    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize("missing", [None, "  "], ids=["absent", "blank"])
def test_whatever_is_missing_stops_the_start_and_all_of_it_is_named(missing):
    names = set(GOOD) - {"DJANGO_SETTINGS_MODULE", "CSRF_TRUSTED_ORIGINS"}

    refused = _start(**dict.fromkeys(names, missing))

    assert refused.returncode != 0
    message = refused.stderr.splitlines()[-1]
    assert message.startswith("django.core.exceptions.ImproperlyConfigured: Set these")
    for name in names:
        assert f"{name} is missing or empty" in message


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SECRET_KEY", "build", "is too easy to guess"),
        ("SECRET_KEY", "a" * 60, "is too easy to guess"),
        (
            "SECRET_KEY",
            "django-insecure-" + "k3y-" * 12,
            "everybody can read",
        ),
        ("SECRET_KEY", "demo-only-key-that-everyone-can-read-in-the-repository", "can read"),
        ("ALLOWED_HOSTS", "*", "must name the hosts"),
        ("ALLOWED_HOSTS", f"{HOST}, *", "must name the hosts"),
        ("INFERENCE_TOKEN", "token", "is too easy to guess"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "must be mysql://"),
        ("DATABASE_URL", "mysql://build", "names no database"),
    ],
)
def test_what_is_unsafe_stops_the_start_with_its_name(name, value, why, monkeypatch):
    message = _refused(monkeypatch, **{name: value})

    assert message.count(" is ") + message.count(" must ") + message.count(" names ") == 1
    assert f": {name} " in message
    assert why in message


def test_the_example_file_starts_nothing_before_it_is_filled_in(monkeypatch):
    lines = (ROOT / "deploy" / "production.env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    assert set(GOOD) - {"DJANGO_SETTINGS_MODULE"} == set(example)

    named = _refused(monkeypatch, **example)

    for name, value in example.items():
        assert (f"{name} is missing or empty" in named) == (value == "")


@pytest.mark.services
def test_djangos_own_check_of_a_deployment_finds_nothing():
    checked = _run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
class TestSite:
    """The web process on MariaDB and Valkey."""

    @pytest.fixture
    def site(self, valkey, settings, transactional_db):
        database = settings.DATABASES["default"]
        if not database["ENGINE"].endswith("mariadb"):
            pytest.skip("needs MariaDB")
        user = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
        address = f"{database['HOST']}:{database['PORT'] or 3306}"
        collected = _run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        assert collected.returncode == 0, collected.stderr
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        site = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)],
            cwd=ROOT,
            env=_environment(
                DATABASE_URL=f"mysql://{user}@{address}/{database['NAME']}",
                REDIS_URL=settings.LIVE_STREAM_URL.rpartition("/")[0],
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 60
            while not answers_ok(f"http://127.0.0.1:{port}/livez"):
                assert site.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            site.terminate()
            site.wait(20)

    def test_it_serves(self, site):
        by_proxy = {"Host": HOST, "X-Forwarded-Proto": "https"}
        page = requests.get(f"{site}/questions/", headers=by_proxy, timeout=20)
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"

        # A probe knows an address only.
        assert requests.get(f"{site}/readyz", timeout=20).json() == {
            "database": "ok",
            "broker": "ok",
        }
        assert requests.get(f"{site}/metrics", timeout=20).status_code == 200
        # Strangers come by the name, through the proxy.
        for headers in (by_proxy, {"Host": HOST}, {"X-Forwarded-For": "203.0.113.7"}):
            assert requests.get(f"{site}/metrics", headers=headers, timeout=20).status_code == 404
        assert requests.get(f"{site}/questions/", timeout=20).status_code == 400
