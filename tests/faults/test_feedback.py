"""A sidecar that loads, is full, dies or talks rubbish: the answer is safe all the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Person, prose_of, visible_text
from tests.scripted_sidecar import PIECES, SCORE, Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = pytest.mark.faults

PROSE = "".join(PIECES)
WRONG_SCORE = Reply(assessment={"score": 300})
STRANGE_POINTS = Reply(
    assessment={"key_points": [{"id": "unknown", "status": "covered", "confidence": 1}]}
)
RUBBISH = {
    "a page": Reply(raw="<html>SIDECAR SAYS Bad Gateway</html>"),
    "no JSON": Reply(raw="event: delta\ndata: SIDECAR SAYS {\n\n"),
    "an unknown event": Reply(raw='event: surprise\ndata: {"text": "SIDECAR SAYS"}\n\n'),
    "a score of 300": WRONG_SCORE,
    "unknown key points": STRANGE_POINTS,
    "a quote of words that are not there": Reply(quote={"text": "SIDECAR SAYS"}),
    "a quote past the end": Reply(quote={"start": 9000, "end": 9012}),
    "no prose": Reply(pieces=[]),
    "white space for prose": Reply(pieces=[" ", "\n"]),
}
CUT = {
    "cut": Reply(ending="cut"),
    "an early end": Reply(ending="early"),
    "an error event": Reply(ending="error"),
    "status 500": Reply(status=500, code="internal"),
}
NEVER = {
    "cut": (Reply(ending="cut"), "inference_cut"),
    "an error event": (Reply(ending="error"), "inference_failed"),
    "a page": (RUBBISH["a page"], "inference_cut"),
    "a score of 300": (WRONG_SCORE, "inference_invalid"),
}


def state_on_page(person: Person, attempt_id: str) -> str:
    page = person.page(f"/attempts/{attempt_id}/").text
    return page.partition('data-state="')[2].partition('"')[0]


def stored(person: Person, attempt_id: str) -> dict[str, Any]:
    """The feedback's row, as the person's own download shows it."""
    attempts = person.page("/account/export").json()["interview"]["attempts"]
    feedback: dict[str, Any] = next(a["feedback"] for a in attempts if a["id"] == attempt_id)
    return feedback


@pytest.fixture(scope="module")
def healing(sidecar: ScriptedSidecar, alice: Person) -> dict[str, str]:
    """Once bad, then good: each is submitted first, so that their waits pass together."""
    attempts = {}
    for name, reply in (RUBBISH | CUT).items():
        sidecar.script(f"heals from {name}.", reply, Reply())
        attempts[name] = alice.submit(f"heals from {name}.")["id"]
    return attempts


@pytest.mark.parametrize("name", RUBBISH | CUT)
def test_it_heals_after_one_failure(
    name: str, healing: dict[str, str], sidecar: ScriptedSidecar, alice: Person
):
    attempt = alice.finished(healing[name])
    assert attempt["job"]["status"] == "succeeded"
    assert attempt["job"]["error_code"] == ""
    assert attempt["feedback"]["prose"] == PROSE
    assert attempt["feedback"]["score"] == SCORE
    assert len(sidecar.calls(f"heals from {name}.")) == 2
    # A reader of the whole stream is left with the one good run.
    assert prose_of(list(alice.events(attempt["id"]))) == PROSE


@pytest.fixture(scope="module")
def failing(sidecar: ScriptedSidecar, bob: Person) -> dict[str, str]:
    """Bad each time: four tries are made."""
    attempts = {}
    for name, (reply, _code) in NEVER.items():
        sidecar.script(f"always broken by {name}.", reply)
        attempts[name] = bob.submit(f"always broken by {name}.")["id"]
    return attempts


@pytest.mark.parametrize("name", NEVER)
def test_it_ends_and_can_be_tried_again(
    name: str, failing: dict[str, str], sidecar: ScriptedSidecar, bob: Person
):
    text = f"always broken by {name}."
    attempt = bob.finished(failing[name])
    assert attempt["job"]["status"] == "failed"
    assert attempt["job"]["error_code"] == NEVER[name][1]
    assert attempt["answer"] == text
    assert attempt["feedback"] is None
    assert stored(bob, attempt["id"])["prose"] == ""
    assert len(sidecar.calls(text)) == 4

    page = bob.page(f"/attempts/{attempt['id']}/").text
    assert state_on_page(bob, attempt["id"]) == "failed"
    assert attempt["job"]["error_message"] in visible_text(page)
    assert "Your answer is safe" in visible_text(page)
    assert text in page
    assert "SIDECAR SAYS" not in page
    events = list(bob.events(attempt["id"]))
    assert (events[-1].name, events[-1].data["code"]) == ("error", NEVER[name][1])
    assert prose_of(events) == ""

    sidecar.script(text, Reply())
    retried = bob.post(f"/attempts/{attempt['id']}/retry")
    assert retried.url.endswith(f"/attempts/{attempt['id']}/")
    again = bob.wait_for(attempt["id"], "succeeded")
    assert again["number"] == attempt["number"]
    assert again["feedback"]["prose"] == PROSE
    assert len(sidecar.calls(text)) == 5
    # Nothing to retry now: asking again asks nobody.
    bob.post(f"/attempts/{attempt['id']}/retry")
    assert bob.attempt(attempt["id"])["job"]["status"] == "succeeded"
    assert len(sidecar.calls(text)) == 5


@pytest.mark.parametrize(
    "reply, code",
    [
        (Reply(status=413, code="too_long", retryable=False),
         "answer_too_long_for_model"),
        (Reply(status=422, code="invalid_request", retryable=False), "inference_failed"),
    ],
)  # fmt: skip
def test_what_no_retry_can_heal_fails_at_once(
    reply: Reply, code: str, sidecar: ScriptedSidecar, alice: Person
):
    sidecar.script(f"refused with {code}", reply)
    attempt = alice.finished(alice.submit(f"refused with {code}")["id"])
    assert (attempt["job"]["status"], attempt["job"]["error_code"]) == ("failed", code)
    assert attempt["feedback"] is None
    assert len(sidecar.calls(f"refused with {code}")) == 1


def test_a_full_sidecar_is_asked_until_it_has_a_place(sidecar: ScriptedSidecar, alice: Person):
    full = Reply(status=429, code="overloaded", retry_after=1)
    # More often than a failure that counts would be retried.
    sidecar.script("waits for a place", *[full] * 5, Reply())
    attempt = alice.submit("waits for a place")
    events = list(alice.events(attempt["id"]))
    waiting = {"state": "waiting", "reason": "inference_busy"}
    assert waiting in [event.data for event in events if event.name == "progress"]
    assert events[-1].name == "done"
    assert alice.attempt(attempt["id"])["feedback"]["prose"] == PROSE
    assert len(sidecar.calls("waits for a place")) == 6


def test_an_answer_sent_while_the_model_loads(
    stack: Stack, sidecar: ScriptedSidecar, alice: Person
):
    sidecar.set_state("loading")
    try:
        stack.until(lambda: "hx-get" in alice.page("/questions/process-vs-thread/").text)
        attempt = alice.submit("sent while it loads")
        stack.until(
            lambda: alice.attempt(attempt["id"])["job"]["error_code"] == "inference_loading"
        )
        assert alice.attempt(attempt["id"])["feedback"] is None
        stack.until(lambda: state_on_page(alice, attempt["id"]) == "waiting")
        assert "Warming up" in alice.page(f"/attempts/{attempt['id']}/").text
    finally:
        sidecar.set_state("ready")
    assert alice.finished(attempt["id"])["feedback"]["prose"] == PROSE
    assert len(sidecar.calls("sent while it loads")) == 1
    stack.until(lambda: "Warming" not in alice.page("/questions/process-vs-thread/").text)
