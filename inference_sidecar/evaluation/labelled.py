"""Labelled answers: what the gate measures on, and what the judge is taught with.

``answers/*.yaml`` holds answers in parts, each part with the key points that it says, says
partly or contradicts; ``short/*.yaml`` short answers beside one reference answer;
``sentences/*.yaml`` sentences of companies' texts. The questions, their key points and what
is commonly mistaken about them are the content's (``content/questions/*.yaml``). All of it
is written by hand; the companies are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inference_sidecar.assessment.judging import IGNORES, OPPOSES, PARTLY, SUPPORTS

FOLDER = Path(__file__).resolve().parent
QUESTIONS = FOLDER.parent.parent / "content" / "questions"
ANSWERS = FOLDER / "answers"
SHORT_ANSWERS = FOLDER / "short"
SENTENCES = FOLDER / "sentences"

# Nothing of these questions is taught, so that they measure: two of each topic.
HELD_OUT = frozenset(
    """stack-vs-queue array-vs-linked-list process-vs-thread mutex-vs-semaphore sql-injection
    jwt-vs-server-sessions rest-resource-design dependency-injection n-plus-one-query-problem
    acid-transaction-properties javascript-closures python-gil tcp-vs-udp dns-resolution
    containers-vs-virtual-machines secrets-and-least-privilege""".split()
)


def _read(path: Path) -> Any:
    # libyaml's loader: the plain one takes seconds for a megabyte.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@dataclass(frozen=True, slots=True)
class Question:
    slug: str
    topic: str
    text: dict[str, str]
    points: dict[str, dict[str, str]]
    weights: dict[str, int]
    mistakes: dict[str, list[dict[str, str]]]
    """By key point: the statements that contradict it, by language."""
    model_answer: dict[str, str]


@dataclass(slots=True)
class Answer:
    question: str
    language: str
    kind: str
    text: str
    verdicts: dict[str, str]
    """By key point; what is not named is ignored."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By key point: the part that says, or contradicts, it."""
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence or two of an answer, and its verdict on the key points it speaks of."""

    text: str
    verdicts: dict[str, str]
    kind: str = ""
    """Of the answer that it is part of."""


def load_questions(folder: Path = QUESTIONS) -> dict[str, Question]:
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        for row in _read(path):
            mistakes: dict[str, list[dict[str, str]]] = {}
            for mistake in row.get("misconceptions") or []:
                mistakes.setdefault(mistake["contradicts"], []).append(mistake["statement"])
            found[row["slug"]] = Question(
                row["slug"],
                path.stem,
                row["text"],
                {point["slug"]: point["text"] for point in row["key_points"]},
                {point["slug"]: point["weight"] for point in row["key_points"]},
                mistakes,
                row["model_answer"],
            )
    return found


NOTES = ("notes", "bare")
"""Kinds whose parts are lines."""

# The later wins: what is said and contradicted is contradicted.
LABELS = {"partly": PARTLY, "says": SUPPORTS, "contradicts": OPPOSES}


def labelled(row: dict[str, Any]) -> Answer:
    """One row of the YAML; what a later part contradicts is contradicted."""
    glue = "\n" if row["kind"] in NOTES else " "
    text, spans = "", []
    for part in row["parts"]:
        if text:
            text += glue
        spans.append((len(text), len(text) + len(part["text"])))
        text += part["text"]
    verdicts: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for key, verdict in LABELS.items():
        for part, span in zip(row["parts"], spans):
            for point in part.get(key) or []:
                verdicts[point] = verdict
                places[point] = span
    kind = row["kind"]
    if kind == "swapped" and SUPPORTS in verdicts.values():
        kind = "half swapped"
    parts = [
        Part(
            part["text"],
            {point: verdict for key, verdict in LABELS.items() for point in part.get(key) or []},
            kind,
        )
        for part in row["parts"]
    ]
    return Answer(row["question"], row["language"], kind, text, verdicts, places, parts)


def load_answers(folder: Path = ANSWERS) -> list[Answer]:
    return [labelled(row) for path in sorted(folder.glob("*.yaml")) for row in _read(path) or []]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """An answer to a question whose reference answer is the one claim."""

    question: str
    reference: str
    text: str
    verdict: str


SHORT_VERDICTS = {"says": SUPPORTS, "partly": PARTLY, "contradicts": OPPOSES, "silent": IGNORES}


def load_short_answers(folder: Path = SHORT_ANSWERS) -> list[ShortAnswer]:
    return [
        ShortAnswer(
            row["question"], row["reference"], answer["text"], SHORT_VERDICTS[answer["verdict"]]
        )
        for path in sorted(folder.glob("*.yaml"))
        for row in _read(path)
        for answer in row["answers"]
    ]


def load_sentences(folder: Path = SENTENCES) -> list[dict[str, Any]]:
    """Rows of company, language, sentence, section, about and alone."""
    return [row for path in sorted(folder.glob("*.yaml")) for row in _read(path)]
