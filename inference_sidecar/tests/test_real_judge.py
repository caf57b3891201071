"""The judge on a real vLLM: what it is asked, and the cases on which marks once failed.

SSAMMU_JUDGE_DIR=var/model/Qwen2.5-Coder-0.5B-Judge python -m pytest inference_sidecar -m vllm
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inference_sidecar.assessment.judging import VERDICTS
from inference_sidecar.assessment.scoring import assessment_of
from inference_sidecar.engine import ContextLengthExceeded, Engine, Priority
from inference_sidecar.evaluation import gate, labelled
from inference_sidecar.schemas import Assessment, FeedbackRequest, founded
from inference_sidecar.strategies import strategy_for

MODEL = os.environ.get("SSAMMU_JUDGE_DIR", "")
CONTEXT = 2048
# 18 of 27 with the adapter of today; one more or less lies at a threshold.
CASES_RIGHT = 16
CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "answers.json").read_text(encoding="utf-8")
)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.vllm,
    pytest.mark.skipif(not MODEL, reason="SSAMMU_JUDGE_DIR names no prepared model"),
    # vLLM and torch warn about themselves, which is no failure of ours.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
async def judge(anyio_backend: str) -> AsyncIterator[Engine]:
    from inference_sidecar import vllm_engine

    engine = await vllm_engine.load(["--model", MODEL, "--max-model-len", str(CONTEXT)])
    yield engine
    engine.shutdown()


def request_of(slug: str, language: str, answer: str) -> FeedbackRequest:
    question = labelled.load_questions()[slug]
    return FeedbackRequest.model_validate(gate.item_of("1", question, language, answer))


async def assessed(engine: Engine, request: FeedbackRequest) -> Assessment:
    strategy = strategy_for(engine.info)
    assert strategy.method == "judge"
    marks = [
        founded(request.answer, mark)
        async for mark in strategy.marks(engine, request, priority=Priority.INTERACTIVE)
    ]
    return assessment_of(request, marks, strategy.method)


async def test_choices_are_likelihoods_of_the_options_alone(judge: Engine) -> None:
    contexts = [
        "Question: What is a queue?\nAnswer:\nA) It is FIFO.\n\nClaim: FIFO\nThe answer"
    ] * 2

    one, other = await judge.choose(contexts, VERDICTS, priority=Priority.INTERACTIVE)
    [again] = await judge.choose(contexts[:1], VERDICTS, priority=Priority.BULK)

    assert sum(one) == pytest.approx(1)
    assert one == pytest.approx(other, abs=0.02)
    # From the prefix cache: computed in other blocks, and bfloat16 rounds by block.
    assert again == pytest.approx(one, abs=0.02)


async def test_options_of_several_tokens_are_compared_too(judge: Engine) -> None:
    [row] = await judge.choose(
        ["One, two, three,"], [" four, five", " purple elephants"], priority=Priority.INTERACTIVE
    )

    assert len(row) == 2 and sum(row) == pytest.approx(1)


async def test_a_choice_needs_options_and_a_context_that_fits(judge: Engine) -> None:
    with pytest.raises(ValueError, match="two options"):
        await judge.choose(["x"], [" yes"], priority=Priority.INTERACTIVE)
    with pytest.raises(ContextLengthExceeded):
        await judge.choose(["word " * CONTEXT], VERDICTS, priority=Priority.INTERACTIVE)


def faults(case: dict[str, Any], assessment: Assessment) -> list[str]:
    """What of a case's expectation the marks miss."""
    statuses = {mark.id: mark.status for mark in assessment.key_points}
    covered = [point for point, status in statuses.items() if status == "covered"]
    found = []
    if not case["lowest"] <= assessment.score <= case["highest"]:
        found.append(f"{assessment.score}, not {case['lowest']}..{case['highest']}")
    if case.get("nothing_covered") and covered:
        found.append(f"covered: {covered}")
    if case.get("all_missing") and set(statuses.values()) != {"missing"}:
        found.append(f"not all missing: {statuses}")
    found += [f"{point} not wrong" for point in case.get("wrong", ()) if statuses[point] != "wrong"]
    if "only_covered" in case and covered != case["only_covered"]:
        found.append(f"covered: {covered}, not {case['only_covered']}")
    return found


async def test_most_cases_that_once_failed_are_right(judge: Engine) -> None:
    """Written by others, about eight of the questions that the judge was never taught."""
    wrong = {}
    for case in CASES:
        request = request_of(case["question"], case["language"], case["answer"])
        if found := faults(case, await assessed(judge, request)):
            wrong[case["id"]] = found

    assert len(CASES) - len(wrong) >= CASES_RIGHT, wrong


async def test_the_same_answer_has_the_same_marks_every_time(judge: Engine) -> None:
    answer = next(answer for answer in labelled.load_answers() if answer.kind == "subtle")
    request = request_of(answer.question, answer.language, answer.text)

    first, second, third = [await assessed(judge, request) for _ in range(3)]

    assert first.score == second.score == third.score
    assert [mark.status for mark in first.key_points] == [mark.status for mark in third.key_points]


async def test_decomposed_hangul_is_judged_as_composed(judge: Engine) -> None:
    answer = next(
        answer
        for answer in labelled.load_answers()
        if answer.kind == "full" and answer.language == "ko"
    )
    composed = await assessed(judge, request_of(answer.question, "ko", answer.text))
    decomposed = await assessed(
        judge,
        request_of(answer.question, "ko", unicodedata.normalize("NFD", answer.text)),
    )

    assert decomposed.score == composed.score
