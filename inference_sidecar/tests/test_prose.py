"""How feedback reads, and what of a model's words is let through."""

from __future__ import annotations

import re
from typing import Any

import pytest

from inference_sidecar.engine import Delta, Priority
from inference_sidecar.prompts import Prompt, PromptError, load, versions
from inference_sidecar.prose import FreeWriter, GuidedWriter, Unlooped
from inference_sidecar.prose.composed import lower_opening
from inference_sidecar.prose.facts import facts_of
from inference_sidecar.prose.guards import reads_well, restates
from inference_sidecar.schemas import (
    Assessment,
    FeedbackRequest,
    KeyPointAssessment,
    PreviousAttempt,
    Quote,
    Status,
)
from inference_sidecar.tests.cast import graded_answers, request_for
from inference_sidecar.tests.scripted import ScriptedEngine

pytestmark = pytest.mark.anyio

SLUG = "process-vs-thread"


def assessment_of(request: FeedbackRequest, *statuses: Status, score: int = 50) -> Assessment:
    """Statuses in the order of the key points; ``missing`` for the rest."""
    rest: list[Status] = ["missing"] * (len(request.key_points) - len(statuses))
    padded = [*statuses, *rest]
    quote = Quote(start=0, end=len(request.answer), text=request.answer)
    return Assessment(
        score=score,
        method="test",
        key_points=[
            KeyPointAssessment(
                id=point.id,
                status=status,
                confidence=0.8,
                quote=None if status == "missing" else quote,
            )
            for point, status in zip(request.key_points, padded, strict=True)
        ],
    )


async def written(
    writer: Any, request: FeedbackRequest, assessment: Assessment, *replies: str
) -> tuple[str, list[Delta], ScriptedEngine]:
    engine = ScriptedEngine()
    engine.queue(*replies)
    deltas = [
        delta
        async for delta in writer.write(engine, request, assessment, priority=Priority.INTERACTIVE)
    ]
    return "".join(delta.text for delta in deltas), deltas, engine


async def test_korean_is_composed_names_the_points_and_calls_no_model():
    request = request_for(SLUG, "ko", "스레드는 힙을 공유합니다.")
    assessment = assessment_of(request, "covered", "missing")

    text, deltas, engine = await written(GuidedWriter(), request, assessment)

    assert engine.calls == []
    assert all(delta.composed for delta in deltas)
    assert f"{request.key_points[0].text}는 점" in text
    assert request.key_points[1].text in text
    assert len(deltas) > 10
    assert deltas[-1].completion_tokens == 0


@pytest.mark.parametrize("answer", graded_answers(), ids=lambda answer: answer.kind)
async def test_prose_has_a_readers_length_and_tone(answer):
    statuses: list[Status] = [
        "covered"
        if point.id in answer.covered
        else "partial"
        if point.id in answer.partial
        else "missing"
        for point in answer.request.key_points
    ]
    assessment = assessment_of(answer.request, *statuses)

    text, _, _ = await written(GuidedWriter(), answer.request, assessment, *["No.", "No."])

    low = 35 if answer.request.language == "ko" else 60
    assert low <= len(re.findall(r"\w[\w'’-]*", text)) <= 170
    assert "!" not in text
    if answer.request.language == "ko":
        assert "요." in text


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_everything_covered_says_so_and_asks_for_no_point(language):
    request = request_for(SLUG, language, "answer")
    statuses: list[Status] = ["covered"] * 6
    assessment = assessment_of(request, *statuses, score=100)

    text, _, engine = await written(GuidedWriter(), request, assessment)

    assert engine.calls == []
    assert all(point.text in text for point in request.key_points)
    assert "missing" not in text
    assert "빠져 있어요" not in text


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_nothing_covered_praises_nothing_and_starts_with_the_heaviest_point(language):
    request = request_for(SLUG, language, "answer")

    text, _, _ = await written(GuidedWriter(), request, assessment_of(request, score=0), "x.", "x.")

    assert "What works" not in text
    assert "좋았던" not in text
    assert request.key_points[0].text in text


@pytest.mark.parametrize(
    ("language", "index", "example"),
    [
        # Its sentence begins with a link to the one before, and stands without it.
        (
            "en",
            4,
            "When several threads change the same data at once you get race conditions, "
            "so you need synchronization such as locks.",
        ),
        (
            "ko",
            4,
            "여러 스레드가 같은 데이터를 동시에 수정하면 경쟁 상태가 생기므로 "
            "락 같은 동기화가 필요합니다.",
        ),
    ],
)
def test_the_example_makes_the_very_point_that_is_named(language, index, example):
    request = request_for(SLUG, language=language, answer="Something.")
    covered: list[Status] = ["covered"] * len(request.key_points)
    covered[index] = "missing"

    facts = facts_of(request, assessment_of(request, *covered))

    assert facts.target is not None
    assert facts.target.text == request.key_points[index].text
    assert facts.example == example


def test_there_is_no_example_where_no_sentence_is_of_that_point():
    request = request_for(SLUG, language="en", answer="Something.")
    reference = (
        "Threads are cheaper to create and switch, and they exchange data directly, while "
        "processes need inter-process communication such as shared memory."
    )
    request = request.model_copy(update={"reference_answer": reference})
    covered: list[Status] = ["covered"] * len(request.key_points)
    covered[4] = "missing"

    assert facts_of(request, assessment_of(request, *covered)).example is None


async def test_progress_names_what_the_previous_answer_did_not_have():
    previous = PreviousAttempt(answer="Threads run code.", score=10)
    request = request_for(SLUG, "en", "Each thread has its own stack.", previous)
    assessment = assessment_of(request, "missing", "missing", "covered", score=40)

    text, _, _ = await written(GuidedWriter(), request, assessment, "x.", "x.")

    assert text.startswith(
        "**Since last time:** you added that each thread has its own stack and registers."
    )


async def test_a_point_the_previous_answer_had_is_no_progress():
    same = "Each thread has its own stack and registers."
    request = request_for(SLUG, "en", same, PreviousAttempt(answer=same, score=40))
    assessment = assessment_of(request, "missing", "missing", "covered", score=40)

    text, _, _ = await written(GuidedWriter(), request, assessment, "x.", "x.")

    assert "you added" not in text
    assert "the same points are there as before" in text


async def test_a_models_sentence_that_holds_is_shown_and_its_tokens_counted():
    request = request_for(SLUG, "en", "answer")
    reply = (
        " isolated address space, so it cannot simply read or write the memory of another process."
        " More"
    )

    text, deltas, engine = await written(GuidedWriter(), request, assessment_of(request), reply)

    assert "“Each process has its isolated address space, so it cannot simply read" in text
    assert len(engine.generate_calls) == 1
    assert engine.generate_calls[0].prefill.startswith("In other words, each process has")
    assert deltas[-1].completion_tokens > 10
    assert "More" not in text
    models = "".join(delta.text for delta in deltas if not delta.composed)
    assert models.startswith("Each process has its isolated")
    assert models.endswith("memory of another process.")


@pytest.mark.parametrize(
    "reply",
    [
        " a shared address space, which all processes write to.",
        " 1 2 3 4 5 6 7 8 9.",
        " its own own own own own own own own own own own own",
        " its own isolated address space, so it can simply read or write another process's memory.",
        "",
    ],
    ids=["invents", "digits", "loops", "denial lost", "nothing"],
)
async def test_a_models_sentence_that_does_not_hold_is_replaced_by_the_staffs(reply):
    request = request_for(SLUG, "en", "answer")

    text, deltas, engine = await written(
        GuidedWriter(), request, assessment_of(request), reply, reply
    )

    assert len(engine.generate_calls) == 2
    assert all(delta.composed for delta in deltas)
    assert "“Each process has its own isolated address space, so it cannot simply" in text
    assert reply.strip() == "" or reply.strip() not in text


async def test_an_answers_markup_is_shown_as_text():
    request = request_for(SLUG, "ko", "<b>스레드는</b> [힙](javascript:1)을 공유")
    assessment = assessment_of(request, "partial")

    text, _, _ = await written(GuidedWriter(), request, assessment)

    assert r"\<b\>스레드는\</b\> \[힙\]" in text


SOURCE = "HTTP defines GET, PUT and DELETE as idempotent, but not POST."


@pytest.mark.parametrize(
    "sentence,holds",
    [
        ("HTTP defines GET, PUT, and DELETE as idempotent, but not POST.", True),
        ("HTTP defines GET, PUT and DELETE as idempotent, and POST.", False),
        ("POST is idempotent in HTTP, but not GET, PUT and DELETE.", False),
        ("HTTP is a fundamental concept of the web, but not POST.", False),
        ("Not POST.", False),
    ],
)
def test_restating(sentence, holds):
    assert restates(sentence, SOURCE) is holds


@pytest.mark.parametrize(
    "text",
    [
        "1. 2. 3. 4. 5.",
        "You are right you are right you are right you are right.",
        "As an AI I say so.",
    ],
)
def test_what_does_not_read_well(text):
    assert not reads_well(text)


FREE = (
    "You explain clearly that threads of a process share its heap, and why that is useful in "
    "practice. What is missing is the stack: each thread keeps one of its own, with its registers. "
    "Add one sentence on that, and say what would go wrong if two threads used the same stack."
)


async def test_a_large_model_writes_and_the_answer_travels_in_its_own_message():
    request = request_for(SLUG, "en", "Threads share the heap.")

    text, deltas, engine = await written(
        FreeWriter(), request, assessment_of(request, "missing", "covered"), FREE
    )

    assert text == FREE
    # Each of the model's pieces is passed on as it comes.
    assert len(deltas) > 40
    assert not any(delta.composed for delta in deltas)
    system, user = engine.generate_calls[0].messages
    assert user.content == request.answer
    assert request.answer not in system.content
    assert f"- covered: {request.key_points[1].text}" in system.content


async def test_a_large_models_loop_is_cut_and_too_little_is_made_whole():
    request = request_for(SLUG, "en", "Threads share the heap.")

    text, _, engine = await written(
        FreeWriter(),
        request,
        assessment_of(request, "missing", "covered"),
        "You did well on the heap. You did well on the heap. You did well on the heap.",
    )

    assert text.count("You did well on the heap.") == 1
    assert "**What to add:**" in text
    assert engine.running == 0


@pytest.mark.parametrize(
    ("sentence", "inside"),
    [
        ("Threads that modify shared data can race", "threads that modify shared data can race"),
        ("A process has its own memory", "a process has its own memory"),
        ("Write-ahead logging comes first", "write-ahead logging comes first"),
        ("Java's references are values", "Java's references are values"),
        ("HTTP/2 multiplexes streams", "HTTP/2 multiplexes streams"),
        ("JavaScript runs on one thread", "JavaScript runs on one thread"),
        ("I/O blocks the thread", "I/O blocks the thread"),
        ("asyncio runs coroutines", "asyncio runs coroutines"),
    ],
)
def test_a_sentence_inside_another_begins_small_unless_with_a_name(sentence, inside):
    assert lower_opening(sentence) == inside


def test_a_sentence_is_held_back_only_while_it_repeats_another():
    unlooped = Unlooped()
    pieces = ["One is", " here. ", "One", " more", " is here. ", "One is", " here.", " Two."]

    shown = [unlooped.take(piece, ended=False) for piece in pieces]

    assert shown == ["One is", " here. ", "", "One more", " is here. ", "", "", ""]
    assert unlooped.looping


def test_an_unfinished_last_sentence_is_shown():
    unlooped = Unlooped()

    assert unlooped.take("One. ", ended=False) + unlooped.take("On", ended=True) == "One. On"
    assert not unlooped.looping


def test_prompts_are_strict():
    prompt = Prompt("greeting", "en", 1, "Hello $name, $$5")

    assert prompt.render(name="$other") == "Hello $other, $5"
    with pytest.raises(PromptError, match="no value for name"):
        prompt.render()
    with pytest.raises(PromptError, match="does not use age"):
        prompt.render(name="a", age="b")
    with pytest.raises(PromptError, match="no prompt nothing"):
        load("nothing", "en")


def test_versions_name_every_language_there_is():
    assert versions("rubric_judge", "prose_guided") == {
        "prose_guided.en": "v1",
        "rubric_judge.en": "v1",
        "rubric_judge.ko": "v1",
    }
