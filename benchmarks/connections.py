"""How many connections to MariaDB pages leave open, and what meets 250 requests at once.

    MARIADB_URL=mysql://root@127.0.0.1:3306 python benchmarks/connections.py

Starts the site with config.settings.production on an empty database, which it drops again,
and with the Redis at REDIS_URL; asks for one page 150 times in turn, then 250 times at once.
"""

from __future__ import annotations

import collections
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import MySQLdb

ROOT = Path(__file__).resolve().parent.parent
MARIADB_URL = os.environ.get("MARIADB_URL", "mysql://root@127.0.0.1:3306")
DATABASE = f"ssammu_connections_{os.getpid()}"
HEADERS = {"Host": "ssammu.example.org", "X-Forwarded-Proto": "https"}
IN_TURN, AT_ONCE = 150, 250


def environment() -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HEADERS["Host"],
        "DATABASE_URL": f"{MARIADB_URL}/{DATABASE}",
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "no-reply@ssammu.example.org",
        "INFERENCE_URL": "http://127.0.0.1:1",
        "INFERENCE_TOKEN": secrets.token_urlsafe(32),
        "S3_BUCKET": "ssammu",
        "S3_ACCESS_KEY": "benchmark",
        "S3_SECRET_KEY": secrets.token_urlsafe(32),
    }


def connect() -> MySQLdb.Connection:
    url = urlsplit(MARIADB_URL)
    return MySQLdb.connect(
        host=url.hostname, port=url.port or 3306, user=url.username, password=url.password or ""
    )


def count_open(server: MySQLdb.Connection) -> int:
    cursor = server.cursor()
    cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE db = %s", [DATABASE])
    return int(cursor.fetchone()[0])


def get(port: int, path: str = "/questions/") -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=HEADERS)
        reply = connection.getresponse()
        reply.read()
        return str(reply.status)
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


def wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 60
    while get(port, "/livez") != "200":
        if time.monotonic() > deadline:
            raise SystemExit("The site did not start.")
        time.sleep(0.2)


def measure(port: int, server: MySQLdb.Connection) -> None:
    statuses = collections.Counter(get(port) for _request in range(IN_TURN))
    print(f"{IN_TURN} in turn: {dict(statuses)}, {count_open(server)} connections open after")
    time.sleep(2)
    highest = 0
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(get(port))) for _request in range(AT_ONCE)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        highest = max(highest, count_open(server))
        time.sleep(0.05)
    took = time.monotonic() - started
    print(
        f"{AT_ONCE} at once: {dict(collections.Counter(results))} in {took:.1f} s, "
        f"{highest} connections at most"
    )


def main() -> None:
    server = connect()
    server.cursor().execute(f"CREATE DATABASE `{DATABASE}` CHARACTER SET utf8mb4")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        try:
            for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "-v0"]):
                subprocess.run(
                    [sys.executable, "manage.py", *command], cwd=ROOT, env=environment(), check=True
                )
            command = ["-m", "uvicorn", "config.asgi:application", "--port", str(port)]
            site = subprocess.Popen(
                [sys.executable, *command, "--workers", "2", "--no-access-log"],
                cwd=ROOT,
                env=environment(),
                stdout=log,
                stderr=log,
            )
            try:
                wait_until_up(port)
                measure(port, server)
            finally:
                site.terminate()
                site.wait(20)
        finally:
            server.cursor().execute(f"DROP DATABASE `{DATABASE}`")


if __name__ == "__main__":
    main()
