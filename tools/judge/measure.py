"""What a judge says of labelled answers, and which thresholds serve it best."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

import torch

from inference_sidecar.assessment.judging import IGNORES, VERDICTS
from inference_sidecar.assessment.passages import passages
from inference_sidecar.evaluation.gate import FALSE_KINDS, RIGHT_KINDS, area
from inference_sidecar.evaluation.labelled import Answer, Question
from tools.judge.examples import Claim, Example, place_of
from tools.judge.model import Learner

SUPPORTS_AT, PARTLY_AT, OPPOSES_AT, IGNORES_AT = range(len(VERDICTS))


@dataclass(frozen=True, slots=True)
class Measured:
    question: str
    language: str
    kind: str
    weights: list[int]
    labels: list[int]
    """Of each key point: which of VERDICTS."""
    chances: list[list[float]]
    """Of each key point: of each of VERDICTS."""
    places_right: int
    places: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure(
    learner: Learner, questions: dict[str, Question], answers: Iterable[Answer]
) -> list[Measured]:
    learner.model.eval()
    with torch.inference_mode():
        return [_measured(learner, questions[answer.question], answer) for answer in answers]


def _measured(learner: Learner, question: Question, answer: Answer) -> Measured:
    pieces = passages(answer.text)
    spans = [(piece.start, piece.end) for piece in pieces]
    claims = [
        Claim(
            text[answer.language],
            mistakes[0][answer.language] if (mistakes := question.mistakes.get(point)) else None,
            answer.verdicts.get(point, IGNORES),
            place_of(answer, point, spans),
        )
        for point, text in question.points.items()
    ]
    texts = [piece.text for piece in pieces]
    packed = learner.pack([Example(question.text[answer.language], texts, claims)])
    logits = learner.logits(packed)
    return Measured(
        answer.question,
        answer.language,
        answer.kind,
        list(question.weights.values()),
        packed.verdicts.tolist(),
        torch.softmax(logits.verdicts, -1).tolist(),
        int((logits.places.argmax(-1) == packed.places).sum()),
        len(packed.places),
    )


def score(row: Measured, covered: float, wrong: float, missing: float) -> float:
    """As ``assessment/judge.py`` decides; neither sure nor missing earns half."""
    earned = 0.0
    for weight, chances in zip(row.weights, row.chances):
        if chances[SUPPORTS_AT] >= covered:
            earned += weight
        elif chances[OPPOSES_AT] < wrong and chances[IGNORES_AT] < missing:
            earned += weight / 2
    return 100 * earned / sum(row.weights)


def best_thresholds(rows: Sequence[Measured]) -> tuple[float, float, float]:
    """covered, wrong and missing that part right and false answers best: the mean of right
    ones less that of all that should get nothing, less twice the false claims covered."""
    steps = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    grid = itertools.product(steps, (0.2, 0.3, 0.4, 0.5), (0.3, 0.4, 0.5, 0.6, 0.7))

    def worth(limits: tuple[float, float, float]) -> float:
        def of(kinds: frozenset[str]) -> float:
            return mean([score(row, *limits) for row in rows if row.kind in kinds] or [0.0])

        empty = frozenset({"empty", "nonsense", "injection"})
        return of(RIGHT_KINDS) - of(FALSE_KINDS) - 0.5 * of(empty)

    return max(grid, key=worth)


def report(rows: Sequence[Measured], limits: tuple[float, float, float] = (0.5, 0.4, 0.5)) -> str:
    lines = []
    for language in ("en", "ko"):
        part = [row for row in rows if row.language == language]
        pairs = [pair for row in part for pair in zip(row.labels, row.chances)]
        if not pairs:
            continue
        says, opposes, silent = (
            [chances[SUPPORTS_AT] for label, chances in pairs if label == wanted]
            for wanted in (SUPPORTS_AT, OPPOSES_AT, IGNORES_AT)
        )
        right = mean(max(range(4), key=chances.__getitem__) == label for label, chances in pairs)
        places = sum(row.places_right for row in part) / max(1, sum(row.places for row in part))
        lines.append(
            f"{language}: right {right:.3f} of {len(pairs)}; AUC says / contradicts "
            f"{area(says, opposes):.3f}, says / silent {area(says, silent):.3f}; "
            f"place {places:.3f}"
        )
        for kind in dict.fromkeys(row.kind for row in part):
            scores = [score(row, *limits) for row in part if row.kind == kind]
            lines.append(
                f"   {kind:10} {mean(scores):5.1f}  {min(scores):3.0f}..{max(scores):3.0f}"
            )
    return "\n".join(lines)
