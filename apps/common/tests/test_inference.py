"""The client of the sidecar over real HTTP: what it yields, and what each failure becomes."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

from apps.common import inference
from apps.common.tests.scripted_sidecar import DONE, LOADED, Reply, event

MARK = {
    "id": "memory",
    "status": "covered",
    "confidence": 0.9,
    "quote": {"start": 0, "end": 2, "text": "메모"},
}
ASSESSMENT = event("assessment", {"score": 50, "key_points": [MARK], "method": "scripted"})
DELTA = event("delta", {"text": "안녕 **world**"})


def _collect(payload=None):
    return list(inference.stream_feedback(payload or {"id": "a"}))


def _fails() -> inference.InferenceError:
    with pytest.raises(inference.InferenceError) as caught:
        _collect()
    return caught.value


def test_it_works(scripted_sidecar):
    scripted_sidecar.streams(event("mark", MARK), ASSESSMENT, DELTA, event("done", DONE))

    mark, assessment, delta, done = _collect({"id": "attempt-1", "answer": "메모리"})

    assert mark == inference.Mark(
        id="memory",
        status="covered",
        confidence=0.9,
        quote=inference.Quote(start=0, end=2, text="메모"),
    )
    assert assessment == inference.Assessment(score=50, key_points=[mark], method="scripted")
    assert delta == inference.Delta(text="안녕 **world**")
    assert (done.model, done.prompt_version, done.prose_method) == (
        "scripted",
        "scripted-1",
        "model",
    )
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (20, 7)
    [asked] = scripted_sidecar.asked
    assert asked.path == "/v1/feedback"
    assert asked.body == {"id": "attempt-1", "answer": "메모리"}
    assert asked.headers["Accept"] == "text/event-stream"
    assert "Authorization" not in asked.headers


def test_it_sends_the_token(scripted_sidecar, settings):
    settings.INFERENCE_TOKEN = "secret"
    scripted_sidecar.streams(ASSESSMENT, DELTA, event("done", DONE))

    _collect()

    assert scripted_sidecar.asked[0].headers["Authorization"] == "Bearer secret"


def test_it_reads_events_cut_anywhere_even_inside_a_character(scripted_sidecar):
    stream = ASSESSMENT + DELTA + event("done", DONE)
    scripted_sidecar.streams(*(stream[i : i + 1] for i in range(len(stream))))

    assert [type(e).__name__ for e in _collect()] == ["Assessment", "Delta", "Done"]


def test_line_separators_inside_json_end_no_line(scripted_sidecar):
    text = "one\u2028two\x85three"
    scripted_sidecar.streams(event("delta", {"text": text}), event("done", DONE))

    assert _collect()[0] == inference.Delta(text=text)


def test_a_comment_says_that_it_is_alive(scripted_sidecar):
    scripted_sidecar.streams(b": ping\n\n", ASSESSMENT, b": ping\n\n", event("done", DONE))

    names = [type(e).__name__ for e in _collect()]

    assert names == ["Alive", "Assessment", "Alive", "Done"]


def test_refused_connection_waits_up_to_five_minutes():
    error = _fails()

    assert (error.code, error.retryable) == ("inference_down", False)
    assert error.wait_limit == timedelta(minutes=5)


def test_loading_waits_long_and_heeds_retry_after(scripted_sidecar):
    scripted_sidecar.refuses(503, "loading", retryable=True, Retry_After="5")

    error = _fails()

    assert error.code == "inference_loading"
    assert error.wait_limit == timedelta(minutes=30)
    assert error.retry_after == 5.0


def test_a_dead_engine_waits_as_if_down(scripted_sidecar):
    scripted_sidecar.refuses(503, "engine_unavailable", retryable=True)

    error = _fails()

    assert error.code == "inference_failed"
    assert error.wait_limit == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("9999", 60.0), ("-4", 1.0), ("soon", None)]
)
def test_a_full_queue_waits(scripted_sidecar, header, seconds):
    scripted_sidecar.refuses(429, "overloaded", retryable=True, Retry_After=header)

    error = _fails()

    assert error.code == "inference_busy"
    assert error.wait_limit == timedelta(minutes=30)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "code", "ours"),
    [
        (413, "too_long", "answer_too_long_for_model"),
        (422, "invalid_request", "inference_failed"),
        (401, "unauthorized", "inference_failed"),
    ],
)
def test_what_cannot_heal_is_not_retried(scripted_sidecar, status, code, ours):
    scripted_sidecar.refuses(status, code, retryable=False)

    error = _fails()

    assert (error.code, error.retryable, error.wait_limit) == (ours, False, None)


def test_a_server_error_is_retried_whatever_its_body_says(scripted_sidecar):
    scripted_sidecar.refuses(500, "internal", retryable=False)

    error = _fails()

    assert (error.code, error.retryable) == ("inference_failed", True)


def test_an_unreadable_refusal_is_retried(scripted_sidecar):
    scripted_sidecar.answers(Reply(502, {}, [b"<html>Bad gateway</html>"]))

    error = _fails()

    assert (error.code, error.retryable) == ("inference_invalid", True)


@pytest.mark.parametrize("then", ["end", "cut"])
def test_a_stream_that_ends_before_done_is_retried(scripted_sidecar, then):
    scripted_sidecar.streams(ASSESSMENT, DELTA, then=then)
    seen = []

    def watch():
        for item in inference.stream_feedback({"id": "a"}):
            seen.append(type(item).__name__)

    with pytest.raises(inference.InferenceError) as caught:
        watch()

    assert seen == ["Assessment", "Delta"]
    assert (caught.value.code, caught.value.retryable) == ("inference_cut", True)


class TestSilence:
    """A sidecar that has forgotten us is asked again, one that stands still is waited for."""

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch):
        monkeypatch.setattr(inference, "BEAT_SECONDS", 0.1)
        monkeypatch.setattr(inference, "SILENCE_MAX", 0.4)
        monkeypatch.setattr(inference, "FREEZE_MAX", 2.0)

    def _others_are_told(self, monkeypatch, *states):
        answers = iter(states)
        state = inference.Status(states[-1])
        monkeypatch.setattr(
            inference, "status", lambda: inference.Status(next(answers, state.state))
        )

    def test_silence_to_us_alone_is_a_time_out(self, scripted_sidecar):
        scripted_sidecar.streams(ASSESSMENT, then="silent")

        error = _fails()

        assert (error.code, error.retryable, error.wait_limit) == ("inference_timeout", True, None)
        assert error.detail == "nothing for 0.4 s"

    def test_silence_before_the_first_word_is_the_same(self, scripted_sidecar):
        scripted_sidecar.streams(then="silent")

        assert _fails().detail == "nothing for 0.4 s"

    def test_whoever_waits_can_renew_a_lease(self, scripted_sidecar):
        scripted_sidecar.streams(ASSESSMENT, then="silent")
        stream = inference.stream_feedback({"id": "a"})

        while not isinstance(next(stream), inference.Assessment):
            pass  # a slow machine
        names = [type(next(stream)).__name__ for _event in range(2)]
        stream.close()

        assert names == ["Alive", "Alive"]

    def test_one_that_stands_still_is_asked_once(self, scripted_sidecar, monkeypatch):
        """Silent to all for longer than SILENCE_MAX, then it goes on where it was."""
        self._others_are_told(monkeypatch, *["down"] * 8, "ready")
        scripted_sidecar.streams(ASSESSMENT, DELTA, event("done", DONE), pause=1.0)

        names = [type(e).__name__ for e in inference.stream_feedback({"id": "a"})]

        assert [name for name in names if name != "Alive"] == ["Assessment", "Delta", "Done"]
        assert "Alive" in names
        assert len(scripted_sidecar.asked) == 1

    def test_one_that_never_wakes_is_given_up(self, scripted_sidecar, monkeypatch):
        self._others_are_told(monkeypatch, "down")
        monkeypatch.setattr(inference, "FREEZE_MAX", 0.8)
        scripted_sidecar.streams(ASSESSMENT, then="silent")

        assert _fails().code == "inference_timeout"

    def test_who_goes_away_in_a_silence_closes_the_connection(self, scripted_sidecar):
        scripted_sidecar.streams(ASSESSMENT, then="silent")
        stream = inference.stream_feedback({"id": "a"})
        while not isinstance(next(stream), inference.Assessment):
            pass

        stream.close()

        deadline = time.monotonic() + 5
        while not scripted_sidecar.deserted:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_an_error_event_ends_the_stream(scripted_sidecar):
    told = {"error": {"code": "engine_unavailable", "message": "Gone.", "retryable": True}}
    scripted_sidecar.streams(ASSESSMENT, event("error", told), DELTA)

    error = _fails()

    assert (error.code, error.retryable) == ("inference_failed", True)
    assert error.detail == "engine_unavailable: Gone."


@pytest.mark.parametrize(
    "rubbish",
    [
        event("gossip", {"text": "?"}),
        event("delta", "not json"),
        event("delta", {"words": "?"}),
        event("mark", MARK | {"status": "great"}),
        event("mark", MARK | {"misconception": 0}),
        event("mark", MARK | {"status": "wrong", "misconception": -1}),
        event("assessment", {"score": 101, "key_points": [], "method": "m"}),
        event("assessment", {"score": 1, "key_points": [{"id": "a", "status": "great"}]}),
        event("error", "not json"),
        b"event: delta\n\n",
        b"x" * 1_000_001,
    ],
)
def test_rubbish_is_refused_at_the_door(scripted_sidecar, rubbish):
    scripted_sidecar.streams(rubbish, then="silent")

    error = _fails()

    assert (error.code, error.retryable) == ("inference_invalid", True)


class TestSummary:
    SENTENCE = {
        "text": "It sells tea.",
        "citations": [{"source_id": "s", "start": 0, "end": 13}],
        "origin": "quoted",
    }
    SECTION = {"key": "business", "heading": "Business", "sentences": [SENTENCE]}
    SUMMARY = {
        "sections": [SECTION],
        "topics": ["web"],
        "dropped": {"citation": 2, "number": 1, "instruction": 0},
        "method": "quoted",
    }

    def _collect(self):
        return list(inference.stream_summary({"id": "run-1"}))

    def test_it_works(self, scripted_sidecar):
        scripted_sidecar.streams(
            event("progress", {"done": 1, "total": 3}),
            b": ping\n\n",
            event("summary", self.SUMMARY),
            event("done", DONE),
        )

        progress, alive, summary, done = self._collect()

        assert progress == inference.Progress(done=1, total=3)
        assert alive == inference.Alive()
        assert summary.model_dump() == self.SUMMARY
        assert (done.model, done.prompt_version) == ("scripted", "scripted-1")
        assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (20, 7)
        [asked] = scripted_sidecar.asked
        assert (asked.path, asked.body) == ("/v1/summaries", {"id": "run-1"})

    def test_sources_without_a_sentence_fail_for_good(self, scripted_sidecar):
        scripted_sidecar.refuses(422, "nothing_to_say", retryable=False)

        with pytest.raises(inference.InferenceError) as caught:
            self._collect()

        assert (caught.value.code, caught.value.retryable) == ("nothing_to_summarise", False)

    @pytest.mark.parametrize(
        "change",
        [
            {"sections": []},
            {"sections": [SECTION | {"sentences": []}]},
            {"sections": [SECTION | {"key": "gossip"}]},
            {"sections": [SECTION | {"sentences": [SENTENCE | {"citations": []}]}]},
            {"sections": [SECTION | {"sentences": [SENTENCE | {"origin": "dreamt"}]}]},
            {
                "sections": [
                    SECTION
                    | {
                        "sentences": [
                            SENTENCE | {"citations": [{"source_id": "s", "start": 5, "end": 5}]}
                        ]
                    }
                ]
            },
            {"dropped": {"citation": -1, "number": 0}},
        ],
    )
    def test_half_a_summary_is_none(self, scripted_sidecar, change):
        scripted_sidecar.streams(event("summary", self.SUMMARY | change), then="silent")

        with pytest.raises(inference.InferenceError) as caught:
            self._collect()

        assert (caught.value.code, caught.value.retryable) == ("inference_invalid", True)


class TestModel:
    def test_loading_waits(self, scripted_sidecar):
        body = b'{"error": {"code": "loading", "message": "Wait.", "retryable": true}}'
        scripted_sidecar.ready = Reply(503, {}, [body])

        with pytest.raises(inference.InferenceError) as caught:
            inference.model()

        assert caught.value.code == "inference_loading"
        assert caught.value.wait_limit == timedelta(minutes=30)

    @pytest.mark.parametrize(("said", "guesses"), [({}, False), ({"guess": True}, True)])
    def test_whether_it_guesses_is_asked_once_in_a_while(self, scripted_sidecar, said, guesses):
        scripted_sidecar.ready = Reply(200, {}, [json.dumps(LOADED | said).encode()])
        assert inference.model_guesses() is guesses

        scripted_sidecar.ready = Reply(503, {}, [b"{}"])
        assert inference.model_guesses() is guesses

    def test_where_it_cannot_say_it_is_no_guess_and_is_asked_again(self, scripted_sidecar):
        scripted_sidecar.ready = Reply(503, {}, [b"{}"])
        assert inference.model_guesses() is False

        scripted_sidecar.ready = Reply(200, {}, [json.dumps(LOADED | {"guess": True}).encode()])
        assert inference.model_guesses() is True

    def test_rubbish_is_retried(self, scripted_sidecar):
        scripted_sidecar.ready = Reply(200, {}, [b'{"model": "m"}'])

        with pytest.raises(inference.InferenceError) as caught:
            inference.model()

        assert (caught.value.code, caught.value.retryable) == ("inference_invalid", True)

    def test_refused_connection_waits(self):
        with pytest.raises(inference.InferenceError) as caught:
            inference.model()

        assert (caught.value.code, caught.value.wait_limit) == (
            "inference_down",
            timedelta(minutes=5),
        )


class TestStatus:
    def test_ready(self, scripted_sidecar):
        assert inference.status() == inference.Status("ready", "scripted")

    def test_loading(self, scripted_sidecar):
        body = b'{"error": {"code": "loading", "message": "Wait.", "retryable": true}}'
        scripted_sidecar.ready = Reply(503, {}, [body])

        assert inference.status() == inference.Status("loading")

    def test_dead_engine(self, scripted_sidecar):
        body = b'{"error": {"code": "engine_unavailable", "message": "No.", "retryable": true}}'
        scripted_sidecar.ready = Reply(503, {}, [body])

        assert inference.status() == inference.Status("down")

    @pytest.mark.parametrize("body", [b"<html>", b'["ready"]', b'{"error": "loading"}'])
    def test_rubbish_is_down(self, scripted_sidecar, body):
        scripted_sidecar.ready = Reply(502, {}, [body])

        assert inference.status() == inference.Status("down")

    def test_refused(self):
        assert inference.status() == inference.Status("down")

    def test_it_is_asked_once_for_many_pages(self, scripted_sidecar):
        inference.status()
        scripted_sidecar.ready = Reply(503, {}, [b"{}"])

        assert inference.status() == inference.Status("ready", "scripted")
