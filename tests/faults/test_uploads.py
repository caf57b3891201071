"""Résumés on their way while the file store or the worker goes: read once, or told clearly."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest
import requests

from scripts.setup import ROOT
from tests.people import Person
from tests.stack import Stack

pytestmark = pytest.mark.faults

LONGEST_RECOVERY = 150
"""Seconds: a lease, a sweep, and room for a busy machine."""
SAMPLES = ROOT / "apps/resume/corpus/sample"


def start(person: Person) -> tuple[str, dict[str, Any]]:
    """(id, where to send the file)."""
    body = {"filename": "cv.pdf", "size": 1000}
    reply = person.api("POST", "resumes", json=body)
    assert reply.status_code == 201, reply.text
    begun = reply.json()
    return begun["id"], begun["upload"]


def send(target: dict[str, Any], name: str) -> requests.Response:
    file = {"file": ("cv.pdf", (SAMPLES / name).read_bytes())}
    return requests.post(target["url"], data=target["fields"], files=file, timeout=20)


def finish(person: Person, upload_id: str) -> requests.Response:
    return person.api("POST", f"resumes/{upload_id}/finish")


def upload(person: Person, name: str) -> str:
    """A file that has arrived, its reading queued."""
    upload_id, target = start(person)
    assert send(target, name).status_code == 204
    reply = finish(person, upload_id)
    assert reply.status_code == 202, reply.text
    return upload_id


def state(person: Person, upload_id: str) -> dict[str, Any]:
    reply = person.api("GET", f"resumes/{upload_id}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def wait_for(person: Person, upload_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while (found := state(person, upload_id))["status"] not in statuses:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not {statuses} after {seconds} s: {found['status']}")
        time.sleep(0.3)
    return found


def assert_read(found: dict[str, Any], email: str) -> None:
    assert (found["status"], found["error"]) == ("succeeded", None)
    assert found["resume"]["basics"]["email"] == email
    assert [page["number"] for page in found["pages"]] == list(range(1, len(found["pages"]) + 1))
    for page in found["pages"]:
        assert requests.get(page["url"], timeout=20).content[:4] == b"\x89PNG"


def rows(stack: Stack, upload_id: str) -> list[str]:
    """[claims, readings of the same file], from the database."""
    code = (
        "from apps.resume.models import ResumeParse, Upload\n"
        f"parse = Upload.objects.get(pk='{upload_id}').parse\n"
        "same = ResumeParse.objects.filter(user=parse.user, content_hash=parse.content_hash)\n"
        "print(parse.attempts, same.count())"
    )
    return stack.manage("shell", "--no-imports", "-c", code).splitlines()[-1].split()


def test_a_worker_killed_while_it_reads(stack: Stack, alice: Person):
    stack.kill("worker", signal.SIGSTOP)
    upload_id = upload(alice, "en-two-column-chromium-006.pdf")
    # The store holds its breath, so the reading stands still in its first step.
    stack.kill("s3", signal.SIGSTOP)
    stack.kill("worker", signal.SIGCONT)
    wait_for(alice, upload_id, "running")
    stack.kill("worker")
    stack.kill("s3", signal.SIGCONT)
    stack.restart("worker")

    found = wait_for(alice, upload_id, "succeeded", "failed", seconds=LONGEST_RECOVERY)
    assert_read(found, "ethan.brennan@example.com")
    assert rows(stack, upload_id) == ["2", "1"]


def test_a_store_that_is_down_on_the_way_in(stack: Stack, bob: Person):
    stack.kill("s3")
    # The way to the store is signed here, so it can be given; the store takes nothing.
    upload_id, target = start(bob)
    with pytest.raises(requests.RequestException):
        send(target, "ko-form-chromium-011.pdf")
    early = finish(bob, upload_id)
    page = bob.post(f"/resumes/{upload_id}/finish")
    stack.restart("s3")

    assert (early.status_code, early.json()["error"]["code"]) == (503, "storage_down")
    assert page.status_code == 503
    assert "could not be reached" in page.json()["message"]
    assert (finish(bob, upload_id)).json()["error"]["code"] == "not_arrived"
    # Nothing is lost: the same upload goes on.
    assert send(target, "ko-form-chromium-011.pdf").status_code == 204
    assert finish(bob, upload_id).status_code == 202
    found = wait_for(bob, upload_id, "succeeded", "failed")
    assert found["language"] == "ko"
    assert found["resume"]["work"]


def test_a_store_that_goes_while_it_is_read(stack: Stack, bob: Person):
    stack.kill("worker", signal.SIGSTOP)
    upload_id = upload(bob, "en-one-column-office-026.pdf")
    stack.kill("s3")
    stack.kill("worker", signal.SIGCONT)
    stack.until(lambda: "job failed" in stack.log("worker").rpartition(" ready.")[2], seconds=60)
    assert state(bob, upload_id)["status"] in ("queued", "running")
    stack.restart("s3")

    found = wait_for(bob, upload_id, "succeeded", "failed", seconds=LONGEST_RECOVERY)
    assert found["status"] == "succeeded"
    assert found["pages"]
    for shown in found["pages"]:
        assert requests.get(shown["url"], timeout=20).content[:4] == b"\x89PNG"


def test_a_reading_that_failed_for_want_of_the_store_begins_again(stack: Stack, alice: Person):
    upload_id = upload(alice, "ko-sidebar-chromium-003.pdf")
    wait_for(alice, upload_id, "succeeded")
    code = (
        "from apps.resume.models import ResumeParse, Upload\n"
        f"parse = Upload.objects.filter(pk='{upload_id}').values('parse')\n"
        "ResumeParse.objects.filter(pk__in=parse).update(status='failed', "
        "error_code='storage_down')"
    )
    stack.manage("shell", "--no-imports", "-c", code)
    assert state(alice, upload_id)["error"]["code"] == "storage_down"

    reply = finish(alice, upload_id)

    assert (reply.status_code, reply.json()["status"]) == (202, "queued")
    assert wait_for(alice, upload_id, "succeeded", "failed")["status"] == "succeeded"


def test_the_same_file_sent_twice_is_read_once(stack: Stack, alice: Person):
    first = upload(alice, "en-sidebar-chromium-004.pdf")
    wait_for(alice, first, "succeeded")
    second, target = start(alice)
    assert send(target, "en-sidebar-chromium-004.pdf").status_code == 204

    reply = finish(alice, second)

    assert (reply.status_code, reply.json()["status"]) == (200, "succeeded")
    assert rows(stack, second) == ["1", "1"]
    # One of them deleted, the other's file stays.
    assert alice.api("DELETE", f"resumes/{first}").status_code == 204
    assert alice.page(f"/resumes/{second}/file").status_code == 200
