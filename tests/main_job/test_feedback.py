"""The main job on real vLLM: an answer in, an assessment and prose out, through everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import mean
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from inference_sidecar.packaged.models import DEFAULT
from tests.people import PASSWORD, QUESTION, Event, Person, prose_of
from tests.stack import Stack

pytestmark = pytest.mark.vllm

Answers = dict[tuple[str, str, str], str]
KOREAN = re.compile(r"[가-힣]")
QUESTIONS = [
    QUESTION,
    "stack-vs-heap-memory",
    "deadlock-conditions-and-prevention",
    "containers-vs-virtual-machines",
]
KINDS = ("good", "partial", "wrong", "injected")
# Answers with nothing in them: what an injection has to be scored like.
EMPTY = {"en": "Sorry, I have nothing to say here.", "ko": "죄송합니다. 드릴 말씀이 없어요."}


def generations(stack: Stack) -> float:
    """How many times the sidecar has written feedback to its end."""
    text = requests.get(f"{stack.sidecar_url}/metrics", timeout=10).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "sidecar_feedback_seconds_count"
    )


def names(events: list[Event]) -> list[str]:
    """Of the last run: one that has ended is told anew to those who come later."""
    begun = max(n for n, e in enumerate(events) if e.name == "progress")
    return [event.name for event in events[begun + 1 :]]


def resumed(person: Person, attempt_id: str) -> list[Event]:
    """A watcher whose connection breaks after each of the first pieces of prose."""
    seen: list[Event] = []
    for _connection in range(3):
        for event in person.events(attempt_id, after=seen[-1].id if seen else ""):
            seen.append(event)
            if event.name in ("delta", "done", "error"):
                break
        if seen[-1].name != "delta":
            return seen
    return seen + list(person.events(attempt_id, after=seen[-1].id))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_answer_gets_one_feedback_that_all_watch(
    language: str, stack: Stack, alice: Person, answers: Answers
):
    answer = answers[QUESTION, language, "partial"]
    before = generations(stack)
    attempt_id = alice.submit(answer, language=language)["id"]
    with ThreadPoolExecutor(3) as threads:
        watching = [
            threads.submit(lambda: list(alice.events(attempt_id))),
            threads.submit(lambda: list(alice.events(attempt_id))),
            threads.submit(resumed, alice, attempt_id),
        ]
        streams = [watcher.result(timeout=120) for watcher in watching]
    attempt = alice.attempt(attempt_id)
    feedback = attempt["feedback"]

    assert attempt["job"]["status"] == "succeeded"
    assert attempt["answer"] == answer
    for events in streams:
        order = names(events)
        told = order.index("assessment")
        # Whoever comes when all is over is told of it from the row, without single marks.
        assert order[:told] in (["mark"] * 6, [])
        assert order[-1] == "done"
        assert set(order[told + 1 : -1]) == {"delta"}
        if told:
            marks = [event.data for event in events if event.name == "mark"]
            assert sorted(marks, key=lambda mark: mark["id"]) == sorted(
                feedback["key_points"], key=lambda mark: mark["id"]
            )
        assert prose_of(events) == feedback["prose"]
        assessment = next(event.data for event in events if event.name == "assessment")
        assert assessment == {
            key: feedback[key] for key in ("score", "key_points", "method", "guess")
        }
    assert generations(stack) == before + 1
    # Watching again, now that it is over, generates nothing either.
    assert prose_of(list(alice.events(attempt_id))) == feedback["prose"]
    assert generations(stack) == before + 1

    check_marks(feedback, answer)
    check_record(feedback)
    check_prose(feedback["prose"], language)


def check_marks(feedback: dict[str, Any], answer: str) -> None:
    """Each mark stands on words of the answer, and some are there and some are missing."""
    statuses = [point["status"] for point in feedback["key_points"]]
    assert len(statuses) == 6
    assert "covered" in statuses
    assert "missing" in statuses
    for point in feedback["key_points"]:
        if quote := point.get("quote"):
            assert answer[quote["start"] : quote["end"]] == quote["text"] != ""
        else:
            assert point["status"] != "covered"


def check_record(feedback: dict[str, Any]) -> None:
    assert feedback["model"] == DEFAULT.name
    assert feedback["method"]
    assert feedback["prompt_version"]
    assert feedback["prose_method"] == "composed"
    assert feedback["prompt_tokens"] == feedback["completion_tokens"] == 0
    timing = feedback["timing"]
    assert 0 <= timing["queue_ms"] <= timing["total_ms"]
    assert 0 < timing["assessment_ms"] < timing["first_delta_ms"] <= timing["total_ms"]


def check_prose(prose: str, language: str) -> None:
    # Two sentences at least: Korean says in fifty letters what English says in a hundred.
    if language == "ko":
        assert len(KOREAN.findall(prose)) > 40
    else:
        assert len(prose) > 100
        assert not KOREAN.search(prose)


@pytest.fixture(scope="module")
def judged(cast: Iterator[Person], answers: Answers) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(question, language, kind) → feedback, all asked for together."""
    asked = {}
    for question in QUESTIONS:
        for language in ("en", "ko"):
            person = next(cast)
            texts = {kind: answers[question, language, kind] for kind in KINDS}
            for kind, text in (texts | {"empty": EMPTY[language]}).items():
                attempt = person.submit(text, question=question, language=language)
                asked[question, language, kind] = (person, attempt["id"])
    judged = {}
    for key, (person, attempt_id) in asked.items():
        judged[key] = person.finished(attempt_id, seconds=120)["feedback"]
        print(*key, judged[key]["score"])
    return judged


@pytest.mark.parametrize("language", ["en", "ko"])
def test_better_answers_score_higher(language: str, judged: Any):
    """On average; what is wrong may be worth as little as what only asks for marks."""
    good, partial, wrong, injected = (
        mean(judged[question, language, kind]["score"] for question in QUESTIONS) for kind in KINDS
    )
    assert good > partial > wrong >= injected


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_scores_above_a_good_one(question: str, language: str, judged: Any):
    score = {kind: judged[question, language, kind]["score"] for kind in (*KINDS, "empty")}
    assert score["good"] >= score["partial"]
    assert score["good"] > score["wrong"]
    assert min(score["partial"], score["wrong"]) >= score["injected"]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_asking_for_full_marks_is_worth_nothing(question: str, language: str, judged: Any):
    injected, empty = (judged[question, language, kind] for kind in ("injected", "empty"))
    assert abs(injected["score"] - empty["score"]) <= 5
    statuses = {point["status"] for point in injected["key_points"]}
    assert statuses == {"missing"}


def test_a_retry_is_told_what_changed(alice: Person, answers: Answers):
    first = alice.finished(alice.submit(answers[QUESTION, "en", "partial"])["id"])
    second = alice.finished(alice.submit(answers[QUESTION, "en", "good"])["id"])
    assert (first["number"], second["number"]) == (1, 2)
    scores = [one["feedback"]["score"] for one in (first, second)]
    assert scores[0] < scores[1]
    for score in map(str, scores):
        assert score not in first["feedback"]["prose"]
        assert score in second["feedback"]["prose"]
    # Each is kept as it was; a follow-up is asked after the newest alone.
    assert alice.attempt(first["id"]) == {**first, "follow_up": None}


def test_the_model_answer_comes_after_the_first_attempt(alice: Person, answers: Answers):
    path = f"/questions/{QUESTION}/"
    hidden = alice.api("GET", f"questions/{QUESTION}").json()
    assert hidden["model_answer"] is hidden["common_mistakes"] is hidden["key_points"] is None
    before = alice.page(path).text

    alice.submit(answers[QUESTION, "en", "wrong"])
    shown = alice.api("GET", f"questions/{QUESTION}").json()
    words = shown["model_answer"]["en"].split(".")[0]
    point = shown["key_points"][0]["text"]["en"]
    after = alice.page(path).text
    assert len(words) > 30
    assert words in after
    assert words not in before
    assert point not in before


def test_signing_in_for_a_token(stack: Stack, alice: Person):
    url = f"{stack.base_url}/api/v1/auth/token"
    given = requests.post(url, json={"email": alice.email, "password": PASSWORD}, timeout=30)
    token = given.json()["token"]
    mine = requests.get(
        f"{stack.base_url}/api/v1/attempts", headers={"Authorization": f"Token {token}"}, timeout=30
    )
    # Each program has a token of its own.
    assert (given.status_code, mine.status_code, token == alice.token) == (200, 200, False)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_practising_in_a_terminal(language: str, stack: Stack, answers: Answers):
    printed = stack.manage(
        *("practise", "--question", QUESTION, "--language", language),
        *("--answer", answers[QUESTION, language, "good"]),
    )
    score = re.search(r"^(\d+) / 100$", printed, re.MULTILINE)
    assert score
    assert int(score[1]) > 50
    marks = list(re.finditer(r"^ ([✓~○≠?!]) .*$", printed, re.MULTILINE))
    assert len(marks) == 6
    assert "✓" in {mark[1] for mark in marks}
    check_prose(printed[marks[-1].end() :].strip(), language)


def test_practising_with_nothing_to_say(stack: Stack):
    with pytest.raises(Exception, match="Write your answer first"):
        stack.manage("practise", "--question", QUESTION, "--language", "en", "--answer", "  ")
