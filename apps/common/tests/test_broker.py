"""A worker over the product's own transport: no message ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
POISONS = [
    "not json",
    "\x00\xff",
    "",
    "null",
    "[]",
    '"text"',
    "[" * 100_000,
    "{}",
    '{"properties": null}',
    '{"properties": {"delivery_tag": "1", "body_encoding": "base64"}, "body": "%"}',
    '{"properties": {"delivery_tag": "1"}, "headers": 7, "body": "x", "content-type": 5}',
    '{"__type__": "datetime", "__value__": 5}',
]


def test_no_message_ends_a_worker(valkey, valkey_server, tmp_path):
    url = f"redis://127.0.0.1:{valkey_server.port}/0"
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "interactive"),
                *(
                    "-P",
                    "threads",
                    "-c",
                    "2",
                    "--without-gossip",
                    "--without-mingle",
                    "--loglevel",
                    "INFO",
                ),
            ],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "config.settings.demo",
                "SQLITE_PATH": str(tmp_path / "db.sqlite3"),
                "REDIS_URL": url.rpartition("/")[0],
                "CELERY_BROKER_URL": url,
            },
            stdout=output,
            stderr=output,
        )

    def until(condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert worker.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    try:
        until(lambda: " ready." in log.read_text())
        for poison in POISONS:
            valkey.lpush("interactive", poison)
        # One that a worker understands, though nobody has registered its task.
        valkey.lpush("interactive", json.dumps(_message("no.such.task")))
        until(lambda: "no.such.task" in log.read_text())
        until(lambda: valkey.llen("interactive") == 0)
        time.sleep(0.5)
        assert worker.poll() is None
        assert "Unrecoverable error" not in log.read_text()
        assert log.read_text().count("unreadable message dropped") >= len(POISONS) - 2
    finally:
        worker.terminate()
        worker.wait(20)


def _message(task):
    return {
        "body": "W1tdLCB7fSwge31d",  # [[], {}, {}]
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": task, "id": "1", "lang": "py", "root_id": "1", "parent_id": None},
        "properties": {
            "delivery_tag": "2",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "interactive"},
            "priority": 0,
            "body_encoding": "base64",
        },
    }
