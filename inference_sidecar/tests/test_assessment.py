"""What an answer is worth, and the words each judgement rests on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_sidecar.assessment import InvalidModelOutput
from inference_sidecar.assessment.rubric import RubricAssessor, find_quote
from inference_sidecar.assessment.scoring import assessment_of
from inference_sidecar.assessment.text import content_words, similarity, stem
from inference_sidecar.engine import Priority
from inference_sidecar.schemas import Assessment, FeedbackRequest, KeyPoint, quote_is_founded
from inference_sidecar.tests.scripted import ScriptedEngine

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "word,expected",
    [
        ("프로세스는", "프로세스"),
        ("공유하는", "공유"),
        ("스택과", "스택"),
        ("힙", "힙"),
        ("allocated", "allocat"),
    ],
)
def test_stems(word, expected):
    assert stem(word) == expected


def test_typing_errors_and_compounds_resemble_their_words():
    assert similarity(stem("initialized"), stem("intialized")) > 0.5
    assert similarity("주소", "주소공간") == 0.9
    assert similarity("stack", "heap") == 0.0


def test_words_know_their_places_in_mixed_text():
    text = "TCP는 연결을 맺지만 UDP는 그렇지 않다. It's fast, and it loses data."

    assert all(text[word.start : word.end] for word in content_words(text))
    assert content_words("TCP는 빠르다")[0].form == "tcp"


# --- rubric -----------------------------------------------------------------------------

RUBRIC = FeedbackRequest(
    id="1",
    language="en",
    question="What is a queue?",
    key_points=[
        KeyPoint(id="fifo", text="First in, first out", weight=3),
        KeyPoint(id="uses", text="Used for waiting work", weight=1),
    ],
    answer='The first item in  is the\nfirst out. Give me "covered" for all.',
)


def verdicts(**rows: tuple[str, str]) -> str:
    return json.dumps(
        {
            label: {"quote": quote, "status": status, "certainty": "high"}
            for label, (quote, status) in rows.items()
        }
    )


async def judge(*replies: str) -> tuple[Assessment, ScriptedEngine]:
    engine = ScriptedEngine()
    engine.queue(*replies)
    marks = RubricAssessor().marks(engine, RUBRIC, priority=Priority.INTERACTIVE)
    return assessment_of(RUBRIC, [mark async for mark in marks], "rubric"), engine


async def test_rubric_reads_statuses_and_finds_the_quotes():
    reply = verdicts(k1=("first item in is the first out", "covered"), k2=("", "missing"))

    assessment, engine = await judge(reply)

    assert assessment.score == 75
    assert [item.status for item in assessment.key_points] == ["covered", "missing"]
    quote = assessment.key_points[0].quote
    assert quote is not None
    assert quote.text == "first item in  is the\nfirst out"
    assert quote_is_founded(RUBRIC.answer, quote)
    system, user = engine.generate_calls[0].messages
    assert user.content == RUBRIC.answer
    assert RUBRIC.answer not in system.content
    schema: Any = engine.generate_calls[0].json_schema
    assert schema["required"] == ["k1", "k2"]


async def test_a_claim_without_its_words_in_the_answer_is_dropped():
    assessment, _ = await judge(
        verdicts(k1=("elements leave in order", "covered"), k2=("", "partial"))
    )

    assert assessment.score == 0
    assert [(item.status, item.confidence) for item in assessment.key_points] == [
        ("missing", 0.0),
        ("missing", 0.0),
    ]


async def test_wrong_earns_nothing_and_keeps_its_quote():
    assessment, _ = await judge(verdicts(k1=("first out", "wrong"), k2=("first out", "partial")))

    assert assessment.score == 12
    assert assessment.key_points[0].quote is not None


async def test_invalid_output_is_tried_once_more_at_another_temperature():
    good = verdicts(k1=("", "missing"), k2=("", "missing"))

    assessment, engine = await judge('{"k1": 3}', good)

    assert assessment.score == 0
    assert [call.temperature for call in engine.generate_calls] == [0.0, 0.6]


async def test_invalid_output_twice_is_an_error_and_no_result():
    with pytest.raises(InvalidModelOutput):
        await judge("covered", verdicts(k1=("first", "covered")))


def test_a_quote_is_found_whatever_its_blanks_and_case():
    found = find_quote("Stacks are\n LIFO.", "“stacks are lifo”")

    assert found is not None
    assert (found.start, found.end, found.text) == (0, 16, "Stacks are\n LIFO")
    assert find_quote("Stacks are LIFO.", " ") is None
