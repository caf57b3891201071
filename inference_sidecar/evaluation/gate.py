"""The gate: what an assessment must get right before people see its marks.

Labelled answers of each kind, and variants made of them (decomposed Hangul, no blanks,
key points in the other language, answers to other questions, the copied question …), go
through the assessment of a running sidecar. Each kind has a bound; one missed closes the
gate. What was taught to a judge and what was held out are told apart.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from inference_sidecar.assessment.judging import IGNORES, OPPOSES, PARTLY, SUPPORTS
from inference_sidecar.evaluation.labelled import Answer, Question

OTHER_LANGUAGE = {"ko": "en", "en": "ko"}
RIGHT_KINDS = frozenset({"full", "full2", "mixed", "notes", "plain", "bare"})
FALSE_KINDS = frozenset({"wrong", "negated", "swapped"})
# Statuses that agree with a label; a partial mark on what is wholly said is not wrong.
AGREES = {
    SUPPORTS: {"covered", "partial"},
    PARTLY: {"partial", "covered", "unsure"},
    OPPOSES: {"wrong"},
    IGNORES: {"missing"},
}
COPIES = {"ko": "모르겠습니다.", "en": "I don't know."}


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to assess, and which row of the table it belongs to."""

    kind: str
    language: str
    question: str
    item: dict[str, Any]
    verdicts: dict[str, str]
    places: dict[str, tuple[int, int]]
    """By key point: where the answer speaks of it, as labelled; {} where the text was changed."""
    twin: str | None = None
    """The id of the case that must score the same, or nearly so."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind in one language."""

    kind: str
    language: str
    count: int
    mean: float
    lowest: int
    highest: int
    missed: str
    """Which bound is missed; empty for none."""


Bound = Callable[[Sequence[int]], str]


def _mean_from(limit: float) -> Bound:
    return lambda scores: f"mean below {limit:g}" if mean(scores) < limit else ""


def _mean_to(limit: float) -> Bound:
    return lambda scores: f"mean above {limit:g}" if mean(scores) > limit else ""


def _all_from(limit: int) -> Bound:
    return lambda scores: f"one below {limit}" if min(scores) < limit else ""


def _all_to(limit: int) -> Bound:
    return lambda scores: f"one above {limit}" if max(scores) > limit else ""


def _share_to(limit: int, share: float) -> Bound:
    def check(scores: Sequence[int]) -> str:
        held = sum(score <= limit for score in scores) / len(scores)
        return f"{100 * held:.0f} % at most {limit}, not {100 * share:.0f} %" * (held < share)

    return check


BOUNDS: dict[str, tuple[Bound, ...]] = {
    "full": (_mean_from(85), _all_from(70)),
    "full2": (_mean_from(85), _all_from(70)),
    "mixed": (_mean_from(85),),
    "notes": (_mean_from(85),),
    "plain": (_mean_from(85), _all_from(70)),
    "bare": (_mean_from(85),),
    "half": (_mean_from(35), _mean_to(70)),
    "wrong": (_mean_to(20), _all_to(40)),
    "swapped": (_mean_to(20), _all_to(40)),
    "negated": (_mean_to(10),),
    "nonsense": (_mean_to(10),),
    "empty": (_mean_to(5),),
    "injection": (_mean_to(5),),
    "no blanks": (_mean_from(85),),
    "other language": (_mean_from(85),),
    "another question": (_share_to(20, 0.99),),
    "neighbour": (_share_to(20, 0.99),),
    "copied question": (_all_to(3),),
    "keyword list": (_mean_to(3),),
    "does not know": (_all_to(3),),
}


def item_of(
    identifier: str, question: Question, language: str, answer: str, points_in: str | None = None
) -> dict[str, Any]:
    """The request for one answer; ``points_in``: another language for the key points."""
    words = points_in or language
    return {
        "id": identifier,
        "language": language,
        "question": question.text[language],
        "reference_answer": question.model_answer[language],
        "key_points": [
            {
                "id": point,
                "text": text[words],
                "weight": question.weights[point],
                "misconceptions": [
                    {"statement": mistake[words]} for mistake in question.mistakes.get(point, [])
                ],
            }
            for point, text in question.points.items()
        ],
        "answer": answer,
    }


def cases(
    questions: dict[str, Question], answers: Iterable[Answer], *, seed: int = 1
) -> list[Case]:
    """Every labelled answer and the variants made of it."""
    found: list[Case] = []

    def add(
        kind: str,
        question: Question,
        language: str,
        text: str,
        labels: Answer | None = None,
        *,
        points_in: str | None = None,
        twin: str | None = None,
    ) -> str:
        identifier = f"{len(found)}"
        item = item_of(identifier, question, language, text, points_in)
        verdicts = labels.verdicts if labels else {}
        places = labels.places if labels and text == labels.text else {}
        found.append(Case(kind, language, question.slug, item, verdicts, places, twin))
        return identifier

    rows = list(answers)
    slugs = sorted({row.question for row in rows})
    for row in rows:
        question = questions[row.question]
        identifier = add(row.kind, question, row.language, row.text, row)
        if row.kind != "full":
            continue
        other = OTHER_LANGUAGE[row.language]
        add("other language", question, row.language, row.text, row, points_in=other)
        if row.language == "ko":
            decomposed = unicodedata.normalize("NFD", row.text)
            add("NFD", question, "ko", decomposed, row, twin=identifier)
            add("no blanks", question, "ko", row.text.replace(" ", ""), row)
        for slug in slugs:
            if slug != row.question and questions[slug].topic == question.topic:
                add("another question", questions[slug], row.language, row.text)
    chance = random.Random(seed)
    for slug in slugs:
        question = questions[slug]
        stranger = chance.choice(
            [row for row in rows if row.kind == "full" and row.question != slug]
        )
        add("another question", question, stranger.language, stranger.text)
        for language in ("ko", "en"):
            add("copied question", question, language, question.text[language])
            add("does not know", question, language, COPIES[language])
            nouns = [text[language].split()[0].strip(",.") for text in question.points.values()]
            add("keyword list", question, language, ", ".join(nouns))
    return found


def table(cases: Sequence[Case], scores: Sequence[int]) -> list[Row]:
    """A row a kind and language. A twin's row counts those that score differently."""
    by_id = {case.item["id"]: score for case, score in zip(cases, scores)}
    kinds = dict.fromkeys(case.kind for case in cases)
    rows = []
    for kind in kinds:
        for language in ("en", "ko"):
            members = [
                (case, score)
                for case, score in zip(cases, scores)
                if case.kind == kind and case.language == language
            ]
            if not members:
                continue
            values = [score for _, score in members]
            missed = [text for bound in BOUNDS.get(kind, ()) if (text := bound(values))]
            changed = sum(score != by_id[case.twin] for case, score in members if case.twin)
            if changed:
                missed.append(f"{changed} differ from their twin")
            rows.append(
                Row(
                    kind,
                    language,
                    len(values),
                    round(mean(values), 1),
                    min(values),
                    max(values),
                    "; ".join(missed),
                )
            )
    return rows


@dataclass(frozen=True, slots=True)
class Marks:
    """How the single marks hold, over answers with labels."""

    agreement: float
    """Share of marks that agree with their label."""
    false_covered: float
    """Share of claims labelled contradicted that are marked covered: the worst fault."""
    true_wrong: float
    """Share of claims labelled said that are marked wrong."""
    unsure: float
    quoted_right: float
    """Share of quotes that overlap the words that were labelled."""
    right_above_false: float
    """AUC: a right answer's score above a false one's, within a language."""


def marks(cases: Sequence[Case], assessments: Sequence[dict[str, Any]]) -> Marks:
    agreed = total = contradicted = false_covered = said = true_wrong = unsure = 0
    quoted = quoted_right = 0
    right: dict[str, list[int]] = {"en": [], "ko": []}
    false: dict[str, list[int]] = {"en": [], "ko": []}
    for case, assessment in zip(cases, assessments):
        if case.kind in RIGHT_KINDS:
            right[case.language].append(assessment["score"])
        if case.kind in FALSE_KINDS:
            false[case.language].append(assessment["score"])
        for mark in assessment["key_points"]:
            label = case.verdicts.get(mark["id"], IGNORES)
            status = mark["status"]
            total += 1
            agreed += status in AGREES[label]
            unsure += status == "unsure"
            if (quote := mark.get("quote")) and (place := case.places.get(mark["id"])):
                quoted += 1
                quoted_right += quote["start"] < place[1] and place[0] < quote["end"]
            if label == OPPOSES:
                contradicted += 1
                false_covered += status == "covered"
            if label == SUPPORTS:
                said += 1
                true_wrong += status == "wrong"
    areas = [area(right[language], false[language]) for language in right if right[language]]
    return Marks(
        agreement=round(agreed / max(1, total), 3),
        false_covered=round(false_covered / max(1, contradicted), 3),
        true_wrong=round(true_wrong / max(1, said), 3),
        unsure=round(unsure / max(1, total), 3),
        quoted_right=round(quoted_right / max(1, quoted), 3),
        right_above_false=round(mean(areas), 3) if areas else 0.0,
    )


def area(above: Sequence[float], below: Sequence[float]) -> float:
    """Chance that one of ``above`` is larger than one of ``below``; ties count half."""
    if not above or not below:
        return 0.0
    wins = sum((one > other) + 0.5 * (one == other) for one in above for other in below)
    return wins / (len(above) * len(below))
