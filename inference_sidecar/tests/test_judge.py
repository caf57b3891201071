"""Marks from choices: what is asked of the model, and what is made of its answers."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence

import pytest

from inference_sidecar.assessment.judge import JudgeAssessor, Thresholds, claiming_passages
from inference_sidecar.assessment.judging import VERDICTS, answer_part, claim_part, place_part
from inference_sidecar.assessment.passages import LETTERS, passages
from inference_sidecar.assessment.retrieval import RetrievalAssessor
from inference_sidecar.assessment.scoring import assessment_of
from inference_sidecar.engine import EngineError, Priority
from inference_sidecar.schemas import FeedbackRequest, KeyPoint, KeyPointAssessment, Misconception
from inference_sidecar.tests.scripted import ScriptedEngine

pytestmark = pytest.mark.anyio

THRESHOLDS = dict.fromkeys(
    ("en", "ko"), Thresholds(covered=0.7, partial=0.6, wrong=0.7, missing=0.5)
)
REQUEST = FeedbackRequest(
    id="1",
    language="en",
    question="What is a queue?",
    key_points=[
        KeyPoint(
            id="fifo",
            text="First in, first out",
            weight=3,
            misconceptions=[
                Misconception(statement="Last in, first out", correction="That is a stack."),
                Misconception(statement="It has no order", correction="It has one."),
            ],
        ),
        KeyPoint(id="uses", text="Used for waiting work", weight=1),
    ],
    answer="A queue is a line at a bakery. Who came first leaves first.",
)


def replies(**by_claim: Sequence[float]):
    """Verdicts by a word of the claim; the letter is always the last one."""

    def chances(context: str, options: Sequence[str]) -> Sequence[float]:
        if tuple(options) != VERDICTS:
            return [0.0] * (len(options) - 1) + [1.0]
        claim = context.rsplit("Claim: ", 1)[1]
        return next(row for word, row in by_claim.items() if claim.startswith(word))

    return chances


async def marked(chances, request: FeedbackRequest = REQUEST) -> list[KeyPointAssessment]:
    engine = ScriptedEngine(chances=chances)
    marks = JudgeAssessor(THRESHOLDS).marks(engine, request, priority=Priority.INTERACTIVE)
    return [mark async for mark in marks]


@pytest.mark.parametrize(
    "verdicts,status,confidence",
    [
        ((0.8, 0.1, 0.1, 0.0), "covered", 0.8),
        ((0.3, 0.4, 0.1, 0.2), "partial", 0.7),
        ((0.1, 0.0, 0.8, 0.1), "wrong", 0.8),
        ((0.1, 0.1, 0.2, 0.6), "missing", 0.6),
        ((0.4, 0.0, 0.4, 0.2), "unsure", 0.4),
    ],
)
async def test_only_what_is_sure_is_marked(verdicts, status, confidence):
    marks = await marked(
        replies(First=verdicts, Used=(0, 0, 0, 1), Last=(0, 0, 0, 1), It=(1, 0, 0, 0))
    )

    fifo = next(mark for mark in marks if mark.id == "fifo")
    assert (fifo.status, fifo.confidence) == (status, confidence)
    assert (fifo.quote is None) == (status == "missing")


async def test_the_quote_is_the_passage_that_the_model_points_at():
    marks = await marked(replies(First=(1, 0, 0, 0), Used=(0, 0, 0, 1)))

    quote = marks[0].quote
    assert quote is not None
    assert (quote.start, quote.end, quote.text) == (31, 59, "Who came first leaves first.")


async def test_a_wrong_mark_names_the_misconception_that_the_answer_states():
    marks = await marked(
        replies(First=(0, 0, 1, 0), Last=(0.1, 0, 0, 0.9), It=(0.9, 0, 0, 0.1), Used=(0, 0, 0, 1))
    )

    assert (marks[0].status, marks[0].misconception) == ("wrong", 1)


async def test_a_wrong_mark_names_none_when_the_answer_states_none():
    marks = await marked(
        replies(First=(0, 0, 1, 0), Last=(0.1, 0, 0, 0.9), It=(0.2, 0, 0, 0.8), Used=(0, 0, 0, 1))
    )

    assert (marks[0].status, marks[0].misconception) == ("wrong", None)


async def test_the_first_key_point_is_asked_alone_so_that_the_others_share_what_was_read():
    engine = ScriptedEngine(chances=replies(First=(1, 0, 0, 0), Used=(0, 0, 0, 1)))
    marks = JudgeAssessor(THRESHOLDS).marks(engine, REQUEST, priority=Priority.BULK)
    answer = answer_part("What is a queue?", [piece.text for piece in passages(REQUEST.answer)])

    await anext(marks)

    first = answer + claim_part("First in, first out", "Last in, first out")
    assert [call.contexts for call in engine.choose_calls] == [
        (first,),
        (first + place_part(" supports"),),
    ]
    assert engine.choose_calls[0].options == VERDICTS
    assert engine.choose_calls[1].options == ("A", "B")
    assert {call.priority for call in engine.choose_calls} == {Priority.BULK}
    assert [mark.id async for mark in marks] == ["uses"]
    assert engine.choose_calls[2].contexts == (answer + claim_part("Used for waiting work", None),)


async def test_an_answer_that_only_repeats_the_question_asks_nothing_and_gets_nothing():
    request = REQUEST.model_copy(update={"answer": "What is a queue?"})
    engine = ScriptedEngine()

    marks = [
        mark
        async for mark in JudgeAssessor(THRESHOLDS).marks(
            engine, request, priority=Priority.INTERACTIVE
        )
    ]

    assert {mark.status for mark in marks} == {"missing"}
    assert engine.calls == []


def test_the_question_is_no_passage_of_the_answer():
    request = REQUEST.model_copy(update={"answer": "What is a queue? It is first in, first out."})

    assert [piece.text for piece in claiming_passages(request)] == ["It is first in, first out."]


async def test_a_client_that_leaves_ends_the_choices_that_run():
    engine = ScriptedEngine(chances=replies(First=(0, 0, 0, 1), Used=(0, 0, 0, 1)))
    marks = JudgeAssessor(THRESHOLDS).marks(engine, REQUEST, priority=Priority.INTERACTIVE)
    await anext(marks)
    engine.score_hold = asyncio.Event()
    second = asyncio.ensure_future(anext(marks))
    await asyncio.sleep(0.01)
    assert engine.running == 1

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second

    assert (engine.running, engine.cancelled) == (0, 1)


async def test_a_dead_engine_is_an_error_and_no_mark():
    engine = ScriptedEngine(scores_left=0)

    with pytest.raises(EngineError):
        await anext(JudgeAssessor(THRESHOLDS).marks(engine, REQUEST, priority=Priority.BULK))


@pytest.mark.parametrize(
    "statuses,score",
    [
        (("covered", "missing"), 75),
        (("partial", "covered"), 62),
        (("unsure", "covered"), 62),
        (("wrong", "covered"), 25),
        (("missing", "wrong"), 0),
    ],
)
def test_the_score_is_the_weight_earned_in_the_order_of_the_question(statuses, score):
    marks = [
        KeyPointAssessment(id=name, status=status, confidence=1)
        for name, status in zip(("fifo", "uses"), statuses)
    ]

    assessment = assessment_of(REQUEST, reversed(marks), "judge")

    assert assessment.score == score
    assert [mark.id for mark in assessment.key_points] == ["fifo", "uses"]


# --- passages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expected",
    [
        "One is here for all.| |Two follows it at once.",
        "- 프로세스: 메모리를 따로|\n|- 스레드: 힙을 공유",
        "연결부터 먼저 맺어요.||그래서 조금은 느려요.",
        "Yes. It is a line of people.",
    ],
    ids=["sentences", "notes", "no blank", "a word is no passage"],
)
def test_passages(expected):
    pieces = passages(expected.replace("|", ""))

    assert [piece.text for piece in pieces] == expected.split("|")[::2]


def test_blank_text_has_no_passage():
    assert passages("  \n ") == []


def test_passages_know_their_places():
    text = "  First things come first.\n\nSecond things come later.  "

    assert all(text[piece.start : piece.end] == piece.text for piece in passages(text))


def test_decomposed_hangul_reads_as_composed_and_keeps_its_places():
    text = "스택은 나중 것이 먼저예요. 큐는 먼저 온 것이 먼저예요!"
    decomposed = unicodedata.normalize("NFD", text)

    pieces = passages(decomposed)

    assert [piece.text for piece in pieces] == [piece.text for piece in passages(text)]
    assert [
        unicodedata.normalize("NFC", decomposed[piece.start : piece.end]) for piece in pieces
    ] == [piece.text for piece in pieces]


def test_there_are_never_more_passages_than_letters():
    text = "\n".join(f"This is the line number {number}" for number in range(60))

    pieces = passages(text)

    assert len(pieces) == len(LETTERS)
    assert "".join(piece.text for piece in pieces).count("number") == 60


# --- without a judge --------------------------------------------------------------------


async def test_without_a_judge_nothing_is_ever_sure():
    request = REQUEST.model_copy(update={"answer": "First in is first out, in a queue."})

    marks = [
        mark
        async for mark in RetrievalAssessor().marks(
            ScriptedEngine(), request, priority=Priority.INTERACTIVE
        )
    ]

    assert [(mark.id, mark.status) for mark in marks] == [("fifo", "unsure"), ("uses", "missing")]
    assert marks[0].quote is not None
    assert marks[0].quote.text == "First in is first out, in a queue."


def test_each_language_has_thresholds_of_its_own():
    strict = Thresholds(covered=0.7, partial=0.6, wrong=0.7, missing=0.5)
    mild = Thresholds(covered=0.5, partial=0.6, wrong=0.7, missing=0.5)
    judge = JudgeAssessor({"en": strict, "ko": mild})

    verdicts = [0.6, 0.1, 0.2, 0.1]

    assert judge.decide(verdicts, "en")[0] == "partial"
    assert judge.decide(verdicts, "ko")[0] == "covered"
