"""One feedback: what is asked of the sidecar, and what of its reply is kept."""

from __future__ import annotations

import json

import pytest
from django.utils import translation

from apps.common.tests.scripted_sidecar import DONE, LOADED, Reply, event
from apps.interview import services
from apps.interview.feedback import payload_of
from apps.interview.models import Feedback, KeyPoint, QuestionProgress
from apps.interview.tasks import run_feedback

pytestmark = pytest.mark.django_db
ANSWER = "A process has its own memory 🧵. Threads share the heap."


def _mark(id, status="missing", start=None, end=None, text=None, confidence=0.8):
    mark = {"id": id, "status": status, "confidence": confidence}
    if start is not None:
        mark["quote"] = {"start": start, "end": end, "text": text or ANSWER[start:end]}
    return mark


MARKS = [
    _mark("memory", "covered", 0, 30),
    _mark("sharing", "partial", 32, 55),
    _mark("switching"),
]


def _submit(user, question, answer=ANSWER, language="en", key="1"):
    attempt, _created = services.attempt_submit(
        user=user, question=question, answer=answer, language=language, idempotency_key=key
    )
    return attempt


@pytest.fixture
def attempt(candidate, question, sent):
    return _submit(candidate, question)


def _run(attempt):
    run_feedback(str(attempt.feedback.pk))
    return Feedback.objects.get(attempt=attempt)


class TestPayload:
    def test_in_english(self, attempt):
        assert payload_of(attempt) == {
            "id": str(attempt.pk),
            "language": "en",
            "question": "How does a process differ from a thread?",
            "reference_answer": "A process owns an address space; its threads share it.",
            "key_points": [
                {
                    "id": "memory",
                    "text": "Processes have separate memory.",
                    "aliases": ["주소 공간", "address space", "own memory"],
                    "weight": 3,
                    "misconceptions": [],
                },
                {
                    "id": "sharing",
                    "text": "Threads of a process share its heap.",
                    "aliases": [],
                    "weight": 2,
                    "misconceptions": [
                        {
                            "statement": "Each thread has a heap of its own.",
                            "correction": "The heap belongs to the process.",
                        },
                        {
                            "statement": "Threads share a stack.",
                            "correction": "Each thread has a stack of its own.",
                        },
                    ],
                },
                {
                    "id": "switching",
                    "text": "Switching threads is cheaper.",
                    "aliases": [],
                    "weight": 1,
                    "misconceptions": [],
                },
            ],
            "answer": ANSWER,
        }

    def test_in_korean(self, candidate, question, sent):
        payload = payload_of(_submit(candidate, question, language="ko"))

        assert payload["question"] == "프로세스와 스레드는 어떻게 다른가요?"
        assert payload["key_points"][1]["text"] == "스레드는 힙을 나눠 써요."
        assert payload["key_points"][1]["misconceptions"][0] == {
            "statement": "스레드마다 힙이 따로 있다.",
            "correction": "힙은 프로세스의 것이라 함께 써요.",
        }

    def test_the_last_judged_attempt_goes_along(self, candidate, other_candidate, question, sent):
        for number, score in enumerate([30, 50, None], start=1):
            earlier = _submit(candidate, question, answer=f"try {number}", key=f"k{number}")
            if score:
                Feedback.objects.filter(attempt=earlier).update(status="succeeded", score=score)
        Feedback.objects.filter(attempt=_submit(other_candidate, question, answer="bob's")).update(
            status="succeeded", score=99
        )

        payload = payload_of(_submit(candidate, question, key="k9"))

        assert payload["previous"] == {"answer": "try 2", "score": 50}

    def test_no_more_aliases_than_the_contract_takes(self, attempt):
        KeyPoint.objects.filter(slug="memory").update(
            aliases_ko="\n".join(f"말{n}" for n in range(15)),
            aliases_en="\n".join(f"word{n}" for n in range(15)),
        )

        aliases = payload_of(attempt)["key_points"][0]["aliases"]

        assert len(aliases) == 20
        assert {"말0", "word0"} <= set(aliases)

    def test_no_more_misconceptions_than_the_contract_takes(self, attempt):
        sharing = KeyPoint.objects.get(slug="sharing")
        for number in range(8):
            sharing.misconceptions.create(
                question=sharing.question, statement_en=f"claim {number}", correction_en="no"
            )

        assert len(payload_of(attempt)["key_points"][1]["misconceptions"]) == 8


class TestGenerate:
    def test_it_works(self, attempt, scripted_sidecar, valkey):
        scripted_sidecar.judges(score=67, key_points=MARKS)

        feedback = _run(attempt)

        assert feedback.status == "succeeded"
        assert feedback.score == 67
        assert feedback.prose == "You name **memory**.\n\nSay what a switch costs."
        assert feedback.key_points[0] == {
            "id": "memory",
            "text": "Processes have separate memory.",
            "weight": 3,
            "status": "covered",
            "confidence": 0.8,
            "quote": {"start": 0, "end": 30, "text": "A process has its own memory 🧵"},
        }
        assert [p["status"] for p in feedback.key_points] == ["covered", "partial", "missing"]
        assert "quote" not in feedback.key_points[2]
        assert (feedback.model, feedback.method, feedback.is_guess) == ("scripted", "judge", False)
        assert (feedback.prompt_version, feedback.prose_method) == ("scripted-1", "model")
        assert (feedback.prompt_tokens, feedback.completion_tokens) == (20, 7)
        assert feedback.timing == DONE["timing"]
        assert feedback.covered_count == 1
        assert (feedback.attempts, feedback.failures) == (1, 0)
        assert scripted_sidecar.asked[0].body == payload_of(attempt)

    def test_watchers_see_it_come(self, attempt, scripted_sidecar, valkey):
        scripted_sidecar.judges(score=67, key_points=MARKS)

        feedback = _run(attempt)

        told = [
            (fields[b"event"].decode(), json.loads(fields[b"data"]))
            for _id, fields in valkey.xrange(feedback.stream_key)
        ]
        assert [name for name, _data in told] == [
            "progress",
            "assessment",
            "delta",
            "delta",
            "done",
        ]
        assert told[0][1] == {"state": "running", "run": 1}
        assert told[1][1] == {
            "score": 67,
            "key_points": feedback.key_points,
            "method": "judge",
            "guess": False,
        }
        assert told[2][1] == {"text": "You name **memory**.\n\n"}
        assert told[4][1] == {"state": "succeeded"}

    def test_it_needs_no_valkey(self, attempt, scripted_sidecar):
        scripted_sidecar.judges(key_points=MARKS)

        assert _run(attempt).status == "succeeded"

    def test_delivered_twice_it_is_generated_once(self, attempt, scripted_sidecar):
        scripted_sidecar.judges(key_points=MARKS)

        _run(attempt)
        _run(attempt)

        assert len(scripted_sidecar.asked) == 1

    def test_marks_stand_in_the_questions_order(self, attempt, scripted_sidecar):
        scripted_sidecar.judges(key_points=list(reversed(MARKS)))

        ids = [point["id"] for point in _run(attempt).key_points]

        assert ids == ["memory", "sharing", "switching"]

    def test_each_mark_is_told_as_it_comes(self, attempt, scripted_sidecar, valkey):
        wrong = {**_mark("sharing", "wrong", 32, 55, confidence=0.9), "misconception": 1}
        marks = [MARKS[0], wrong, _mark("switching", "unsure", 32, 39)]
        scripted_sidecar.judges(key_points=marks, marks=[marks[2], marks[0], marks[1]])

        feedback = _run(attempt)

        told = [
            (fields[b"event"].decode(), json.loads(fields[b"data"]))
            for _id, fields in valkey.xrange(feedback.stream_key)
        ]
        assert [name for name, _data in told] == [
            "progress",
            "mark",
            "mark",
            "mark",
            "assessment",
            "delta",
            "delta",
            "done",
        ]
        assert told[1][1] == {
            "id": "switching",
            "text": "Switching threads is cheaper.",
            "weight": 1,
            "status": "unsure",
            "confidence": 0.8,
            "quote": {"start": 32, "end": 39, "text": "Threads"},
        }
        assert told[3][1] == {
            "id": "sharing",
            "text": "Threads of a process share its heap.",
            "weight": 2,
            "status": "wrong",
            "confidence": 0.9,
            "quote": {"start": 32, "end": 55, "text": "Threads share the heap."},
            "misconception": {
                "statement": "Threads share a stack.",
                "correction": "Each thread has a stack of its own.",
            },
        }
        assert [told[2][1], told[3][1], told[1][1]] == feedback.key_points
        assert told[4][1]["key_points"] == feedback.key_points

    def test_a_misconception_keeps_the_words_it_was_told_in(self, attempt, scripted_sidecar):
        wrong = {**_mark("sharing", "wrong", 32, 55), "misconception": 0}
        scripted_sidecar.judges(key_points=[MARKS[0], wrong, MARKS[2]])
        _run(attempt)

        KeyPoint.objects.get(slug="sharing").misconceptions.all().delete()

        assert Feedback.objects.get().key_points[1]["misconception"] == {
            "statement": "Each thread has a heap of its own.",
            "correction": "The heap belongs to the process.",
        }

    def test_each_mark_renews_the_lease(self, attempt, scripted_sidecar, monkeypatch):
        beats = []
        monkeypatch.setattr(Feedback, "beat", lambda job: beats.append(job.pk))
        scripted_sidecar.judges(key_points=MARKS, marks=MARKS, prose=["Good."])

        _run(attempt)

        # Three marks, the assessment, one piece of prose, done.
        assert beats == [attempt.feedback.pk] * 6

    @pytest.mark.parametrize(
        "told",
        [
            [_mark("memory", "wrong", 0, 30)],
            [_mark("memory", "covered", 0, 29)],
            [MARKS[0], _mark("memory", "missing")],
            [_mark("invented")],
            [_mark("memory", "covered", 0, 5, "B proc")],
            [{**_mark("sharing", "wrong", 32, 55), "misconception": 2}],
            [{**_mark("switching", "wrong", 32, 55), "misconception": 0}],
        ],
    )
    def test_a_mark_that_turns_round_or_fits_nothing_is_not_kept(
        self, attempt, scripted_sidecar, told, sent
    ):
        scripted_sidecar.judges(key_points=MARKS, marks=told)

        feedback = _run(attempt)

        assert (feedback.status, feedback.error_code) == ("queued", "inference_invalid")
        assert (feedback.score, feedback.key_points) == (None, [])

    @pytest.mark.parametrize(
        ("method", "model_says", "is_guess"),
        [
            ("judge", False, False),
            ("judge", True, True),
            ("rubric-1", False, False),
            ("retrieval", False, True),
            ("signals-1", False, True),
        ],
    )
    def test_guesses_are_told_apart(
        self, attempt, scripted_sidecar, valkey, method, model_says, is_guess
    ):
        body = json.dumps(LOADED | {"guess": model_says}).encode()
        scripted_sidecar.ready = Reply(pieces=[body])
        scripted_sidecar.judges(key_points=MARKS, method=method)

        feedback = _run(attempt)

        assert (feedback.guess, feedback.is_guess) == (model_says, is_guess)
        [told] = [
            json.loads(fields[b"data"])
            for _id, fields in valkey.xrange(feedback.stream_key)
            if fields[b"event"] == b"assessment"
        ]
        assert told["guess"] is is_guess

    @pytest.mark.parametrize(
        "marks",
        [
            MARKS[:2],
            [*MARKS, _mark("invented")],
            [_mark("memory"), _mark("sharing"), _mark("other")],
            [_mark("memory", "covered", 0, 5, "B proc"), *MARKS[1:]],
            [_mark("memory", "covered", 0, 9999, ANSWER), *MARKS[1:]],
            [_mark("memory", "covered", 9, 3, ""), *MARKS[1:]],
            [_mark("memory", "covered", 5, 5, ""), *MARKS[1:]],
        ],
    )
    def test_marks_that_do_not_fit_are_not_kept(self, attempt, scripted_sidecar, marks, sent):
        scripted_sidecar.judges(key_points=marks)

        feedback = _run(attempt)

        assert (feedback.status, feedback.error_code) == ("queued", "inference_invalid")
        assert (feedback.score, feedback.key_points, feedback.prose) == (None, [], "")
        assert sent[-1][0] == [str(feedback.pk)]

    @pytest.mark.parametrize(
        "pieces",
        [
            [event("delta", {"text": "Prose alone."}), event("done", DONE)],
            [event("done", DONE)],
        ],
    )
    def test_feedback_without_its_parts_is_not_kept(self, attempt, scripted_sidecar, pieces):
        scripted_sidecar.streams(*pieces)

        feedback = _run(attempt)

        assert (feedback.status, feedback.error_code) == ("queued", "inference_invalid")
        assert (feedback.score, feedback.prose) == (None, "")

    def test_blank_prose_is_not_kept(self, attempt, scripted_sidecar):
        scripted_sidecar.judges(key_points=MARKS, prose=["\n", "  "])

        assert _run(attempt).error_code == "inference_invalid"

    def test_dying_in_the_middle_keeps_nothing_and_is_told(self, attempt, scripted_sidecar, valkey):
        assessment = {"score": 50, "key_points": MARKS, "method": "scripted"}
        scripted_sidecar.streams(
            event("assessment", assessment), event("delta", {"text": "You"}), then="cut"
        )

        feedback = _run(attempt)

        assert (feedback.status, feedback.error_code) == ("queued", "inference_cut")
        assert (feedback.score, feedback.prose) == (None, "")
        (_id, last) = valkey.xrevrange(feedback.stream_key, count=1)[0]
        assert json.loads(last[b"data"]) == {"state": "waiting", "reason": "inference_cut"}

    def test_the_second_try_begins_the_stream_anew(self, attempt, scripted_sidecar, valkey):
        scripted_sidecar.streams(event("delta", {"text": "half"}), then="cut")
        scripted_sidecar.judges(key_points=MARKS)
        _run(attempt)

        feedback = _run(attempt)

        assert feedback.status == "succeeded"
        stream = valkey.xrange(feedback.stream_key)
        assert json.loads(stream[0][1][b"data"]) == {"state": "running", "run": 2}
        assert all(b"half" not in fields[b"data"] for _id, fields in stream)

    def test_a_failure_says_what_to_do_and_is_no_feedback(self, attempt, scripted_sidecar, valkey):
        scripted_sidecar.refuses(413, "too_long", retryable=False)

        feedback = _run(attempt)

        assert (feedback.status, feedback.error_code) == ("failed", "answer_too_long_for_model")
        with translation.override("en"):
            assert "shorter" in str(feedback.error_message)
        assert feedback.prose == ""
        (_id, last) = valkey.xrevrange(feedback.stream_key, count=1)[0]
        assert last[b"event"] == b"error"
        assert json.loads(last[b"data"]) == {
            "code": "answer_too_long_for_model",
            "retryable": False,
        }

    def test_every_error_code_has_its_sentence(self):
        from apps.common import inference

        codes = {"inference_down", "inference_timeout", "inference_cut", "inference_invalid"}
        codes |= {"inference_failed", "worker_lost", "internal", *inference._CODES.values()}
        codes -= {"nothing_to_summarise"}  # a summary's

        assert codes <= Feedback.ERROR_MESSAGES.keys()


class TestProgress:
    def _judge(self, sidecar, attempt, score):
        sidecar.judges(
            score=score, key_points=[_mark(p) for p in ("memory", "sharing", "switching")]
        )
        return _run(attempt)

    def test_it_holds_the_last_and_the_best(self, candidate, question, scripted_sidecar, sent):
        for number, score in enumerate([40, 90, 70]):
            self._judge(scripted_sidecar, _submit(candidate, question, key=str(number)), score)

        progress = QuestionProgress.objects.get()
        assert (progress.attempts, progress.last_score, progress.best_score) == (3, 70, 90)

    def test_late_feedback_of_an_early_attempt_changes_only_the_best(
        self, candidate, question, scripted_sidecar, sent
    ):
        first = _submit(candidate, question, key="1")
        second = _submit(candidate, question, key="2")
        self._judge(scripted_sidecar, second, 60)
        self._judge(scripted_sidecar, first, 80)

        progress = QuestionProgress.objects.get()
        assert (progress.last_score, progress.last_score_attempt) == (60, 2)
        assert progress.best_score == 80

    def test_zero_is_a_score(self, attempt, scripted_sidecar):
        self._judge(scripted_sidecar, attempt, 0)

        progress = QuestionProgress.objects.get()
        assert (progress.last_score, progress.best_score) == (0, 0)
