"""The live stream of an attempt: for the page as HTML regions, for the API as events."""

from __future__ import annotations

import json
import re
from unittest.mock import Mock

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.tokens import token_create
from apps.common import live
from apps.common.live import Event, Publisher
from apps.common.streaming import write_json
from apps.interview import services, streaming
from apps.interview.models import Attempt, Feedback
from apps.interview.presentation import pending_points
from apps.interview.streaming import Before, HtmlWriter, finished_events

pytestmark = pytest.mark.django_db
EVIL = "<img src=x onerror=alert(1)>"
POINTS = [
    {
        "id": "memory",
        "text": "Separate memory.",
        "weight": 3,
        "status": "covered",
        "confidence": 0.9,
        "quote": {"start": 0, "end": 10, "text": "Own memory"},
    },
    {"id": "heap", "text": EVIL, "weight": 1, "status": "missing", "confidence": 0.7},
]
ASSESSMENT = {"score": 75, "key_points": POINTS, "method": "judge", "guess": False}
WRONG = {
    "id": "sharing",
    "text": "Threads of a process share its heap.",
    "weight": 2,
    "status": "wrong",
    "confidence": 0.9,
    "quote": {"start": 0, "end": 10, "text": "Own memory"},
    "misconception": {
        "statement": "Each thread has a heap of its own.",
        "correction": "The heap belongs to the process.",
    },
}


@pytest.fixture
def attempt(candidate, question, sent):
    attempt, _created = services.attempt_submit(
        user=candidate,
        question=question,
        answer="Own memory. " + EVIL,
        language="en",
        idempotency_key="k0",
    )
    return attempt


def _judged(attempt, **fields):
    fields = {
        "status": "succeeded",
        "score": 75,
        "key_points": POINTS,
        "method": "judge",
        "prose": "**Good** " + EVIL,
        **fields,
    }
    Feedback.objects.filter(attempt=attempt).update(**fields)
    attempt.feedback.refresh_from_db()


def _client(person=None):
    client = AsyncClient()
    if person:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def _watch(client, url, *, while_watching=None, **headers):
    """(response, its whole text); ``while_watching`` runs after the first event."""

    async def watch():
        response = await client.get(url, headers={"accept-language": "en", **headers})
        if not response.streaming:
            return response, response.text
        act = while_watching
        pieces = []
        async for piece in response.streaming_content:
            pieces.append(piece.decode())
            if act and "event: " in pieces[-1]:
                await sync_to_async(act)()
                act = None
        return response, "".join(pieces)

    return async_to_sync(watch)()


def _parse(text):
    """[(event, id, data)] as a browser reads it."""
    events = []
    for block in text.split("\n\n"):
        fields = [line.split(": ", 1) for line in block.split("\n") if not line.startswith(":")]
        names = dict(field for field in fields if len(field) == 2)
        if "event" in names:
            data = "\n".join(value for name, value in fields if name == "data")
            events.append((names["event"], names.get("id", ""), data))
    return events


def _without_tokens(text):
    """The regions but for the forms' tokens, which are masked anew each time."""
    masked = r'name="csrfmiddlewaretoken" value="\w+"'
    return {name: re.sub(masked, "", html) for name, html in _regions(text).items()}


def _regions(text):
    """What the page shows in the end: the last HTML of each region."""
    return {name: data for name, _id, data in _parse(text)}


class TestPageStream:
    def _url(self, attempt):
        return f"/attempts/{attempt.pk}/stream"

    def test_it_works(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.restart({"state": "running", "run": 1})
        publisher.publish("assessment", ASSESSMENT)
        publisher.publish("delta", {"text": "You name "})

        def finish():
            publisher.publish("delta", {"text": "**memory**."})
            _judged(attempt, prose="You name **memory**.")
            publisher.publish("done", {"state": "succeeded"})

        response, text = _watch(_client(candidate), self._url(attempt), while_watching=finish)

        assert response.status_code == 200
        assert response["Content-Type"] == "text/event-stream"
        assert response["Cache-Control"] == "no-store"
        assert response["X-Accel-Buffering"] == "no"
        regions = _regions(text)
        assert set(regions) == {"state", "score", "answer", "prose", "disputes", "end"}
        assert regions["prose"] == "<p>You name <strong>memory</strong>.</p>\n"
        assert "75<small>/100" in regions["score"]
        assert 'data-points="1">Own memory</mark>' in regions["answer"]
        assert 'data-state="succeeded"' in regions["state"]
        assert regions["end"] == "succeeded"
        assert text.startswith("retry: 2000\n\n")
        assert "id: " not in text, "each connection reads the whole stream"

    def test_a_second_tab_and_a_reload_see_the_same(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("assessment", ASSESSMENT)
        publisher.publish("delta", {"text": "Good."})
        publisher.publish("done", {"state": "succeeded"})

        first, second = (_watch(_client(candidate), self._url(attempt))[1] for _tab in range(2))

        assert _without_tokens(first) == _without_tokens(second)
        assert _regions(first)["prose"] == "<p>Good.</p>\n"

    def test_a_finished_attempt_needs_no_stream(self, candidate, attempt):
        _judged(attempt)

        _response, text = _watch(_client(candidate), self._url(attempt))

        regions = _regions(text)
        assert regions["end"] == "succeeded"
        assert regions["prose"].startswith("<p><strong>Good</strong>")

    def test_markup_is_text(self, candidate, attempt):
        _judged(attempt)

        _response, text = _watch(_client(candidate), self._url(attempt))

        regions = _regions(text)
        assert "<img" not in text
        for name in ("score", "answer", "prose"):
            assert "&lt;img src=x onerror=alert(1)&gt;" in regions[name]

    def test_a_failure_is_a_state_with_a_way_forward(self, candidate, attempt):
        Feedback.objects.update(
            status="failed", error_code="inference_cut", error_detail="Traceback"
        )

        _response, text = _watch(_client(candidate), self._url(attempt))

        regions = _regions(text)
        assert regions["end"] == "failed"
        assert "Your answer is safe; try again." in regions["state"]
        assert f"/attempts/{attempt.pk}/retry" in regions["state"]
        assert "csrfmiddlewaretoken" in regions["state"]
        assert not regions.get("prose")
        assert "Traceback" not in text

    def test_a_second_run_drops_what_the_first_had_written(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("delta", {"text": "half a sen"})

        def run_again():
            publisher.restart({"state": "running", "run": 2})
            publisher.publish("delta", {"text": "Whole."})
            publisher.publish("done", {"state": "succeeded"})

        _response, text = _watch(_client(candidate), self._url(attempt), while_watching=run_again)

        assert _regions(text)["prose"] == "<p>Whole.</p>\n"

    def test_a_stream_that_vanished_ends_from_the_row_without_doubling(
        self, candidate, attempt, valkey, monkeypatch
    ):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("delta", {"text": "Half "})
        real = live.follow
        monkeypatch.setattr(live, "follow", lambda key, after: real(key, after, block_ms=50))

        def vanish():
            valkey.flushall()
            _judged(attempt, prose="Half and half.")

        _response, text = _watch(_client(candidate), self._url(attempt), while_watching=vanish)

        regions = _regions(text)
        assert regions["prose"] == "<p>Half and half.</p>\n"
        assert regions["end"] == "succeeded"

    def test_without_valkey_it_ends_and_the_browser_comes_back(self, candidate, attempt):
        live._pool.cache_clear()

        response, text = _watch(_client(candidate), self._url(attempt))

        assert response.status_code == 200
        assert text == "retry: 2000\n\n"

    def test_a_composed_feedback_says_so_without_a_reload(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("assessment", ASSESSMENT)

        def finish():
            _judged(attempt, prose_method="composed")
            publisher.publish("done", {"state": "succeeded"})

        _response, text = _watch(_client(candidate), self._url(attempt), while_watching=finish)

        assert "Put together from the question" in _regions(text)["state"]

    def test_it_waits_and_says_why(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("progress", {"state": "waiting", "reason": "inference_loading"})

        def end():
            publisher.publish("error", {"code": "inference_loading", "retryable": True})

        _response, text = _watch(_client(candidate), self._url(attempt), while_watching=end)

        states = [data for name, _id, data in _parse(text) if name == "state"]
        assert "Warming up" in states[0]

    def test_in_the_readers_language(self, candidate, attempt):
        candidate.interface_language = "ko"
        candidate.save()
        Feedback.objects.update(status="failed", error_code="inference_cut")

        response, _text = _watch(_client(candidate), self._url(attempt))

        assert response["Content-Language"] == "ko"

    def test_another_persons_is_not_there(self, other_candidate, attempt):
        assert _watch(_client(other_candidate), self._url(attempt))[0].status_code == 404

    def test_a_visitor_is_asked_to_log_in(self, attempt):
        assert _watch(_client(), self._url(attempt))[0].status_code == 302


class TestHtmlWriter:
    """Without a connection: one batch renders each region once."""

    def _writer(self, rf, candidate, previous=None, points=()):
        request = rf.get("/")
        request.user = candidate
        with translation.override("en"):
            return HtmlWriter(request, Before(list(points), previous))

    def _write(self, writer, attempt, *events):
        """{region: HTML}, without a database, as in the event loop."""
        with CaptureQueriesContext(connection) as asked:
            pieces = writer(attempt, [Event("", name, data) for name, data in events])
        assert len(asked) == 0
        return {name: data for name, _id, data in _parse("".join(pieces))}

    def test_marks_are_drawn_one_by_one_in_their_places(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate, points=pending_points(attempt))
        regions = self._write(writer, attempt, ("progress", {"state": "running", "run": 1}))
        assert set(regions) == {"score", "answer", "prose", "state"}
        assert "0 of 3 points read" in regions["score"]
        assert regions["score"].count("Being read") == 3

        regions = self._write(writer, attempt, ("mark", WRONG))

        assert set(regions) == {"score", "answer"}
        assert "1 of 3 points read" in regions["score"]
        assert regions["score"].count("Being read") == 2
        assert re.findall(r"class=\"point point-(\w+)", regions["score"]) == [
            "pending",
            "wrong",
            "pending",
        ]
        assert "This says the opposite" in regions["score"]
        assert "“Own memory”" in regions["score"]
        assert "The heap belongs to the process." in regions["score"]
        assert '<details class="point-correction">' in regions["score"], "its space is one line"
        assert 'class="evidence evidence-wrong" data-points="2">Own memory<' in regions["answer"]
        assert "score-value-pending" in regions["score"]

        unsure = {**WRONG, "id": "memory", "status": "unsure", "misconception": None}
        missing = {"id": "switching", "text": "Switching", "weight": 1, "status": "missing"}
        regions = self._write(writer, attempt, ("mark", unsure), ("mark", missing))

        assert "3 of 3 points read" in regions["score"]
        assert "Not sure" in regions["score"]
        assert "Not there yet" in regions["score"]

    def test_a_point_that_staff_added_meanwhile_is_drawn_too(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate)

        regions = self._write(writer, attempt, ("mark", WRONG))

        assert regions["score"].count('class="point ') == 1

    def test_a_new_run_drops_the_marks_of_the_last(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate, points=pending_points(attempt))
        self._write(writer, attempt, ("mark", WRONG), ("assessment", ASSESSMENT))

        regions = self._write(writer, attempt, ("progress", {"state": "running", "run": 2}))

        assert "0 of 3 points read" in regions["score"]
        assert "75<small>" not in regions["score"]
        assert "<mark" not in regions["answer"]

    def test_while_it_waits_nothing_is_being_read(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate, points=pending_points(attempt))
        self._write(writer, attempt, ("progress", {"state": "running", "run": 1}))

        waiting = {"state": "waiting", "reason": "inference_busy"}
        regions = self._write(writer, attempt, ("mark", WRONG), ("progress", waiting))

        assert "Being read" not in regions["score"]
        assert "1 of 3 points read" in regions["score"], "what came already stays"

    def test_a_failure_keeps_nothing_half_made(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate, points=pending_points(attempt))
        self._write(writer, attempt, ("mark", WRONG))

        regions = self._write(writer, attempt, ("error", {"code": "internal", "retryable": True}))

        assert "The score appears here" in regions["score"]
        assert "Being read" not in regions["score"]
        assert "<mark" not in regions["answer"]
        assert regions["end"] == "failed"

    @pytest.mark.parametrize("is_guess", [True, False])
    def test_guesses_are_called_guesses(self, rf, candidate, attempt, is_guess):
        writer = self._writer(rf, candidate)

        regions = self._write(writer, attempt, ("assessment", ASSESSMENT | {"guess": is_guess}))

        assert ("These marks are guesses" in regions["score"]) is is_guess

    def test_many_deltas_are_one_region(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate)

        pieces = writer(attempt, [Event("", "delta", {"text": word}) for word in ("a ", "b ", "c")])

        assert pieces == ["event: prose\ndata: <p>a b c</p>\ndata: \n\n"]

    def test_each_event_carries_the_whole_region(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate)
        writer(attempt, [Event("", "delta", {"text": "a **b"})])

        [piece] = writer(attempt, [Event("", "delta", {"text": "**"})])

        assert "<p>a <strong>b</strong></p>" in piece

    def test_the_change_against_last_time(self, rf, candidate, attempt):
        previous = Attempt(pk=attempt.pk, number=0, answer="Memory.", language="en")
        previous.feedback = Feedback(score=70, key_points=ASSESSMENT["key_points"])
        writer = self._writer(rf, candidate, previous=previous)

        pieces = writer(attempt, [Event("", "assessment", ASSESSMENT)])

        assert [name for name, _id, _data in _parse("".join(pieces))] == [
            "score",
            "answer",
            "comparison",
            "state",
        ]

    def test_markup_in_deltas_is_text_even_when_cut(self, rf, candidate, attempt):
        writer = self._writer(rf, candidate)

        pieces = [
            piece
            for part in ("<im", "g src=x on", "error=1>")
            for piece in writer(attempt, [Event("", "delta", {"text": part})])
        ]

        assert "<img" not in "".join(pieces)
        assert "&lt;img src=x onerror=1&gt;" in pieces[-1]


class TestApiStream:
    def _url(self, attempt):
        return f"/api/v1/attempts/{attempt.pk}/events"

    def _token(self, person):
        return {"authorization": f"Token {token_create(user=person)}"}

    def test_it_works(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.restart({"state": "running", "run": 1})
        publisher.publish("assessment", ASSESSMENT)
        publisher.publish("delta", {"text": "줄\u2028바꿈"})
        publisher.publish("done", {"state": "succeeded"})

        response, text = _watch(
            _client(), self._url(attempt), accept="text/event-stream", **self._token(candidate)
        )

        assert response["Content-Type"] == "text/event-stream"
        events = _parse(text)
        assert [(name, json.loads(data)) for name, _id, data in events] == [
            ("progress", {"state": "running", "run": 1}),
            ("assessment", ASSESSMENT),
            ("delta", {"text": "줄\u2028바꿈"}),
            ("done", {"state": "succeeded"}),
        ]
        assert all(re.fullmatch(r"\d+-\d+", id) for _name, id, _data in events)

    def test_it_goes_on_from_the_last_event(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        for text in "ab":
            publisher.publish("delta", {"text": text})
        publisher.publish("done", {"state": "succeeded"})
        token = self._token(candidate)
        _response, text = _watch(_client(), self._url(attempt), **token)
        (_name, seen, _data), *_rest = _parse(text)

        _response, text = _watch(_client(), self._url(attempt), **token, **{"last-event-id": seen})

        assert [json.loads(data) for _name, _id, data in _parse(text)] == [
            {"text": "b"},
            {"state": "succeeded"},
        ]

    def test_rubbish_as_last_event_means_the_start(self, candidate, attempt, valkey):
        publisher = Publisher(attempt.feedback.stream_key)
        publisher.publish("done", {"state": "succeeded"})

        _response, text = _watch(
            _client(), self._url(attempt), **self._token(candidate), **{"last-event-id": "$"}
        )

        assert len(_parse(text)) == 1

    def test_a_session_will_do(self, candidate, attempt):
        _judged(attempt)

        response, text = _watch(_client(candidate), self._url(attempt))

        assert response.status_code == 200
        assert [name for name, _id, _data in _parse(text)] == [
            "progress",
            "assessment",
            "delta",
            "done",
        ]

    @pytest.mark.parametrize("headers", [{}, {"authorization": "Token nonsense"}])
    def test_nobody_gets_json(self, attempt, headers):
        response, text = _watch(
            _client(), self._url(attempt), accept="text/event-stream", **headers
        )

        assert response.status_code == 401
        assert response["Content-Type"] == "application/json"
        assert json.loads(text)["error"]["code"] in ("not_authenticated", "authentication_failed")

    def test_another_persons_is_not_there(self, other_candidate, attempt):
        response, text = _watch(_client(), self._url(attempt), **self._token(other_candidate))

        assert response.status_code == 404
        assert json.loads(text)["error"]["code"] == "not_found"


def test_the_events_of_a_finished_job_begin_anew(attempt):
    _judged(attempt, attempts=2)

    events = finished_events(attempt.feedback)

    assert [event.name for event in events] == ["progress", "assessment", "delta", "done"]
    assert events[0].data == {"state": "running", "run": 2}
    assert write_json(attempt, events[-1:]) == ['event: done\ndata: {"state": "succeeded"}\n\n']


def test_no_database_connection_is_kept_while_a_stream_is_open(candidate, attempt, monkeypatch):
    """A stream may stay open for a minute; ten thousand of them share a few connections."""
    connection = Mock(in_atomic_block=False)
    monkeypatch.setattr("apps.common.connections.connection", connection)

    streaming.load_attempt(candidate, attempt.pk)

    connection.close.assert_called_once_with()
