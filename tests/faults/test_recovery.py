"""Processes that are killed: what was submitted is not lost, and ends as one feedback.

Named to come last: the slow ones have recovered while the other tests ran.
"""

from __future__ import annotations

import pytest
import requests

from tests.faults.conftest import Slow
from tests.faults.test_feedback import PROSE, state_on_page
from tests.people import Event, Person, prose_of, visible_text
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = pytest.mark.faults

LONGEST_RECOVERY = 180
"""Seconds: a lease or a lost message's grace, two sweeps (one that follows none lets leases
be), and room for a busy machine."""


def test_a_web_killed_in_the_middle_of_a_stream(
    stack: Stack, sidecar: ScriptedSidecar, alice: Person
):
    sidecar.script("web is killed", Reply(hold_after=1))
    attempt = alice.submit("web is killed")
    seen: list[Event] = []
    watching = alice.events(attempt["id"])
    while "delta" not in [event.name for event in seen]:
        seen.append(next(watching))
    stack.kill("web")
    with pytest.raises(requests.RequestException):
        next(watching)
    stack.restart("web")
    sidecar.release("web is killed")
    rest = list(alice.events(attempt["id"], after=seen[-1].id))
    assert [event.name for event in rest][-1] == "done"
    assert prose_of(seen + rest) == PROSE == alice.attempt(attempt["id"])["feedback"]["prose"]
    assert len(sidecar.calls("web is killed")) == 1


def test_a_submit_while_the_store_is_down(slow: Slow):
    assert slow.page_meanwhile.status_code == 200
    assert "store is down" in slow.page_meanwhile.text
    assert 'data-state="queued"' in slow.page_meanwhile.text
    attempt = slow.person.finished(slow.store_down, LONGEST_RECOVERY)
    assert attempt["job"]["status"] == "succeeded"
    assert attempt["feedback"]["prose"] == PROSE


def test_a_store_killed_between_submit_and_run(slow: Slow, sidecar: ScriptedSidecar):
    attempt = slow.person.finished(slow.store_killed, LONGEST_RECOVERY)
    assert attempt["job"]["status"] == "succeeded"
    assert len(sidecar.calls("store is killed")) == 1


def test_a_sidecar_that_falls_silent(slow: Slow, sidecar: ScriptedSidecar):
    attempt = slow.person.finished(slow.silent, LONGEST_RECOVERY)
    assert attempt["job"]["status"] == "succeeded"
    assert attempt["feedback"]["prose"] == PROSE
    assert len(sidecar.calls("sidecar is silent")) == 2


def test_a_worker_killed_in_the_middle_of_a_stream(slow: Slow, sidecar: ScriptedSidecar):
    attempt = slow.person.finished(slow.worker_killed, LONGEST_RECOVERY)
    assert attempt["job"]["status"] == "succeeded"
    assert attempt["feedback"]["prose"] == PROSE
    assert len(sidecar.calls("worker is killed")) == 2
    assert prose_of(list(slow.person.events(attempt["id"]))) == PROSE


def test_a_store_killed_in_the_middle_of_a_stream(
    stack: Stack, sidecar: ScriptedSidecar, alice: Person
):
    """The worker holds the message it works on, and must come back to the new store."""
    sidecar.script("store is killed under the worker", Reply(hold_after=1))
    attempt = alice.submit("store is killed under the worker")
    for event in alice.events(attempt["id"]):
        if event.name == "delta":
            break
    stack.kill("valkey")
    stack.restart("valkey")
    sidecar.release("store is killed under the worker")
    assert alice.finished(attempt["id"], LONGEST_RECOVERY)["feedback"]["prose"] == PROSE
    assert len(sidecar.calls("store is killed under the worker")) == 1

    after = alice.submit("after the store came back")
    assert alice.finished(after["id"], LONGEST_RECOVERY)["feedback"]["prose"] == PROSE


def test_every_process_outlived_the_store(stack: Stack):
    assert stack.supervisor.collect_exits() == []
    assert set(stack.supervisor.running) == set(stack.names)


def test_a_sidecar_that_is_gone(stack: Stack, bob: Person):
    """Last of all: a sidecar that starts again has forgotten its calls."""
    stack.kill("sidecar")
    attempt = bob.submit("sidecar is gone")
    stack.until(lambda: bob.attempt(attempt["id"])["job"]["error_code"] == "inference_down")
    assert state_on_page(bob, attempt["id"]) == "waiting"
    page = visible_text(bob.page(f"/attempts/{attempt['id']}/").text)
    assert "Your answer is safe, and we are trying again." in page
    stack.until(lambda: "Feedback is away" in bob.page("/questions/process-vs-thread/").text)

    # As if it had been queued six minutes ago: now it ends, visibly.
    earlier = (
        "from datetime import timedelta; from django.db.models import F\n"
        "from apps.interview.models import Feedback\n"
        f"feedback = Feedback.objects.filter(attempt='{attempt['id']}')\n"
        "feedback.update(queued_at=F('queued_at') - timedelta(minutes=6))"
    )
    stack.manage("shell", "--no-imports", "-c", earlier)
    failed = bob.finished(attempt["id"])
    assert failed["job"]["status"] == "failed"
    assert failed["job"]["error_code"] == "inference_down"
    assert failed["feedback"] is None
    assert state_on_page(bob, attempt["id"]) == "failed"

    # A retry waits again, and ends well once the sidecar is back.
    assert bob.api("POST", f"attempts/{attempt['id']}/retry").status_code == 202
    stack.until(lambda: bob.attempt(attempt["id"])["job"]["error_code"] == "inference_down")
    stack.restart("sidecar")
    assert bob.finished(attempt["id"])["feedback"]["prose"] == PROSE
