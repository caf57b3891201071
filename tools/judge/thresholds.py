"""From which chance on a verdict is sure: found on the questions that were not taught.

    python -m tools.judge.thresholds MODEL_FOLDER [--kept CHANCES.json]

Runs the judge, as the sidecar runs it, over the gate's cases of the held-out questions,
and prints the thresholds for ``strategies.JUDGES`` that close the fewest bounds, with the
table they give. ``--kept`` keeps the chances, so that a second run only counts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from inference_sidecar.assessment.judge import JudgeAssessor, Thresholds, claiming_passages
from inference_sidecar.assessment.judging import VERDICTS, answer_part, claim_part
from inference_sidecar.assessment.scoring import assessment_of
from inference_sidecar.engine import Priority
from inference_sidecar.evaluation import gate, labelled
from inference_sidecar.schemas import FeedbackRequest, KeyPointAssessment

AT_ONCE = 4
COVERED = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PARTIAL = (0.4, 0.5, 0.6)
WRONG = (0.25, 0.35, 0.45, 0.55)
MISSING = (0.3, 0.4, 0.5, 0.6)
# What a false claim marked covered costs beside a point of a mean score.
FALSE_COVERED_COST = 200

Chances = list[list[float]]
"""Of each key point of one answer: of each of VERDICTS."""


async def chances_of(model: Path, cases: Sequence[gate.Case]) -> list[Chances]:
    from inference_sidecar import vllm_engine

    engine = await vllm_engine.load(["--model", str(model), "--max-model-len", "4096"])
    places = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(case: gate.Case) -> Chances:
        nonlocal done
        async with places:
            request = FeedbackRequest.model_validate(case.item)
            pieces = claiming_passages(request)
            if not pieces:
                return [[0.0, 0.0, 0.0, 1.0] for _ in request.key_points]
            shared = answer_part(request.question, [piece.text for piece in pieces])
            contexts = [
                shared
                + claim_part(
                    point.text, point.misconceptions[0].statement if point.misconceptions else None
                )
                for point in request.key_points
            ]
            first = await engine.choose(contexts[:1], VERDICTS, priority=Priority.BULK)
            others = await engine.choose(contexts[1:], VERDICTS, priority=Priority.BULK)
            done += 1
            if done % 50 == 0:
                print(f"{done} of {len(cases)}", flush=True)
            return first + others

    found = await asyncio.gather(*map(one, cases))
    engine.shutdown()
    return list(found)


def assessments(
    cases: Sequence[gate.Case], chances: Sequence[Chances], limits: Mapping[str, Thresholds]
) -> list[dict[str, object]]:
    """What the gate looks at, without quotes."""
    assessor = JudgeAssessor(limits)
    found = []
    for case, rows in zip(cases, chances):
        request = FeedbackRequest.model_validate(case.item)
        marks = []
        for point, row in zip(request.key_points, rows):
            status, confidence = assessor.decide(row, case.language)
            marks.append(KeyPointAssessment(id=point.id, status=status, confidence=confidence))
        found.append(assessment_of(request, marks, "judge").model_dump())
    return found


def worth(cases: Sequence[gate.Case], found: Sequence[dict[str, object]]) -> float:
    """High where few bounds are missed and few false claims pass."""
    scores = [assessment["score"] for assessment in found]
    rows = gate.table(cases, scores)  # type: ignore[arg-type]
    marks = gate.marks(cases, found)

    def mean_of(kinds: frozenset[str]) -> float:
        values = [row.mean for row in rows if row.kind in kinds]
        return sum(values) / max(1, len(values))

    return (
        mean_of(gate.RIGHT_KINDS)
        - mean_of(gate.FALSE_KINDS)
        - mean_of(frozenset({"another question", "nonsense", "empty", "injection"}))
        - FALSE_COVERED_COST * marks.false_covered
    )


def best_of(
    language: str,
    cases: Sequence[gate.Case],
    chances: Sequence[Chances],
    grid: Sequence[Thresholds],
) -> Thresholds:
    own = [(case, rows) for case, rows in zip(cases, chances) if case.language == language]
    own_cases, own_chances = [case for case, _ in own], [rows for _, rows in own]
    return max(
        grid,
        key=lambda limits: worth(
            own_cases, assessments(own_cases, own_chances, {language: limits})
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.judge.thresholds")
    parser.add_argument("model", type=Path)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    answers = [row for row in labelled.load_answers() if row.question in labelled.HELD_OUT]
    cases = gate.cases(labelled.load_questions(), answers)
    if options.kept and options.kept.exists():
        chances = json.loads(options.kept.read_text(encoding="utf-8"))
    else:
        chances = asyncio.run(chances_of(options.model, cases))
        if options.kept:
            options.kept.write_text(json.dumps(chances), encoding="utf-8")
    grid = [Thresholds(*row) for row in itertools.product(COVERED, PARTIAL, WRONG, MISSING)]
    best = {language: best_of(language, cases, chances, grid) for language in ("en", "ko")}
    found = assessments(cases, chances, best)
    print(best)
    for row in gate.table(cases, [assessment["score"] for assessment in found]):  # type: ignore[misc]
        print(
            f"{row.kind:18} {row.language} {row.count:4} {row.mean:5.1f} "
            f"{row.lowest}..{row.highest} {row.missed}"
        )
    print(gate.marks(cases, found))


if __name__ == "__main__":
    main()
