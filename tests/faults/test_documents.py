"""A worker or the file store dies while a document is made: it is made once, and whole."""

from __future__ import annotations

import io
import signal
import time
from typing import Any

import docx
import pytest
import requests

from tests.people import Person, visible_text
from tests.stack import Stack

pytestmark = pytest.mark.faults

LONGEST_RECOVERY = 150
"""Seconds: a lease, a sweep, and room for a busy machine."""


@pytest.fixture(scope="module")
def writer(alice: Person) -> Person:
    """Someone with a profile."""
    profile = {"basics": {"name": "Mina Seo", "label": "Backend Engineer"}}
    assert alice.api("PUT", "profile", json=profile).status_code == 200
    return alice


def ask_for(person: Person, template: str) -> str:
    reply = person.api("POST", "documents", json={"template": template, "language": "en"})
    assert reply.status_code == 201, reply.text
    document: str = reply.json()["id"]
    return document


def wait_for(person: Person, document: str, wanted: Any, seconds: float = 60) -> dict[str, Any]:
    """The document once its job is as ``wanted`` says."""
    ends = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = person.api("GET", f"documents/{document}").json()
        if wanted(found["job"]):
            return found
        assert time.monotonic() < ends, found
        time.sleep(0.3)


def name_in(document: dict[str, Any]) -> str:
    content = requests.get(document["download_url"], timeout=30).content
    assert len(content) == document["size"]
    return docx.Document(io.BytesIO(content)).paragraphs[0].text


def is_succeeded(job: dict[str, Any]) -> bool:
    return str(job["status"]) == "succeeded"


def test_a_worker_killed_while_it_stores_the_file(stack: Stack, writer: Person):
    stack.kill("s3", signal.SIGSTOP)  # it takes the connection, and never answers
    try:
        document = ask_for(writer, "english")
        wait_for(writer, document, lambda job: job["status"] == "running")
        time.sleep(3)  # rendered by now: it waits for the store
        stack.kill("worker")
    finally:
        stack.kill("s3", signal.SIGCONT)
    stack.restart("worker")

    made = wait_for(writer, document, is_succeeded, LONGEST_RECOVERY)

    assert name_in(made) == "Mina Seo"
    assert made["version"] == 1
    results = writer.api("GET", "documents").json()["results"]
    assert [one["id"] for one in results] == [document]


def test_a_store_that_is_down_for_a_while(stack: Stack, writer: Person):
    stack.kill("s3")
    try:
        document = ask_for(writer, "korean-developer")
        waiting = wait_for(writer, document, lambda job: job["error_code"] == "storage_down")
        assert waiting["download_url"] is None
        page = visible_text(writer.page(f"/documents/{document}/").text)
        assert "Nothing is lost, and we are trying again." in page
    finally:
        stack.restart("s3")

    made = wait_for(writer, document, is_succeeded)

    assert name_in(made) == "Mina Seo"


def test_a_store_that_stays_down_is_told_and_tried_again(stack: Stack, writer: Person):
    stack.kill("s3")
    try:
        document = ask_for(writer, "korean-form")
        failed = wait_for(writer, document, lambda job: job["status"] == "failed", 120)
        assert failed["job"]["error_code"] == "storage_down"
        page = writer.page(f"/documents/{document}/").text
        assert "The file store could not be reached." in page
    finally:
        stack.restart("s3")

    writer.post(f"/documents/{document}/retry")

    assert wait_for(writer, document, is_succeeded)["version"] == 1
