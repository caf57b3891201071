"""Labelled answers as what the judge learns from, and is measured on.

``inference_sidecar/evaluation/answers/*.yaml`` holds answers in parts, each part with the
key points that it says, says partly or contradicts; ``content/questions/*.yaml`` holds
the key points and what is commonly mistaken about them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inference_sidecar.assessment.judging import IGNORES, OPPOSES, PARTLY, SUPPORTS
from inference_sidecar.assessment.passages import passages

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTIONS = ROOT / "content" / "questions"
ANSWERS = ROOT / "inference_sidecar" / "evaluation" / "answers"

# Held out of training, to be measured on: two a topic and the eight of the handed cases.
HELD_OUT = frozenset(
    """stack-vs-queue array-vs-linked-list process-vs-thread mutex-vs-semaphore sql-injection
    jwt-vs-server-sessions rest-resource-design dependency-injection n-plus-one-query-problem
    acid-transaction-properties javascript-closures python-gil tcp-vs-udp dns-resolution
    containers-vs-virtual-machines secrets-and-least-privilege""".split()
)


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


def load_questions(folder: Path = QUESTIONS) -> dict[str, Question]:
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
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


def labelled(row: dict[str, Any]) -> Answer:
    """One row of the YAML; what a later part contradicts is contradicted."""
    glue = "\n" if row["kind"] == "notes" else " "
    text, spans = "", []
    for part in row["parts"]:
        if text:
            text += glue
        spans.append((len(text), len(text) + len(part["text"])))
        text += part["text"]
    verdicts: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for key, verdict in (("partly", PARTLY), ("says", SUPPORTS), ("contradicts", OPPOSES)):
        for part, span in zip(row["parts"], spans):
            for point in part.get(key) or []:
                verdicts[point] = verdict
                places[point] = span
    return Answer(row["question"], row["language"], row["kind"], text, verdicts, places)


def load_answers(folder: Path = ANSWERS) -> list[Answer]:
    return [
        labelled(row)
        for path in sorted(folder.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []
    ]


@dataclass(frozen=True, slots=True)
class Claim:
    text: str
    mistake: str | None
    verdict: str
    place: int | None
    """Which passage."""


@dataclass(frozen=True, slots=True)
class Example:
    question: str
    passages: list[str]
    claims: list[Claim]


def _place(answer: Answer, point: str, spans: list[tuple[int, int]]) -> int | None:
    if point not in answer.places:
        return None
    begin, end = answer.places[point]
    shared = [min(end, high) - max(begin, low) for low, high in spans]
    best = max(range(len(spans)), key=lambda index: shared[index])
    return best if shared[best] > 0 else None


class Sampler:
    """Endless examples, each answer once an epoch, varied as real answers vary."""

    def __init__(self, questions: dict[str, Question], answers: list[Answer], seed: int) -> None:
        self.questions = questions
        self.answers = answers
        self.random = random.Random(seed)

    def epoch(self, claims_per_answer: int = 4) -> Iterator[Example]:
        rows = list(self.answers)
        self.random.shuffle(rows)
        for row in rows:
            yield self.example(row, claims_per_answer)
            if self.random.random() < 0.10:
                yield self.off_topic(row, 3)
            if self.random.random() < 0.12:
                yield self.one_sentence(self.questions[row.question])

    def claim_words(self, question: Question, point: str, language: str) -> tuple[str, str | None]:
        if self.random.random() < 0.2:
            language = "en" if language == "ko" else "ko"
        mistakes = question.mistakes.get(point)
        mistake = None
        if mistakes and self.random.random() < 0.65:
            mistake = self.random.choice(mistakes)[language]
        return question.points[point][language], mistake

    def example(self, answer: Answer, count: int) -> Example:
        question = self.questions[answer.question]
        text = answer.text
        pieces = passages(text)
        spans = [(piece.start, piece.end) for piece in pieces]
        texts = [piece.text for piece in pieces]
        if answer.language == "ko" and self.random.random() < 0.04:
            texts = [text.replace(" ", "") for text in texts]
        told = [point for point in question.points if point in answer.verdicts]
        silent = [point for point in question.points if point not in answer.verdicts]
        self.random.shuffle(told)
        self.random.shuffle(silent)
        if silent and told:
            keep = max(count - len(silent), (count * 2 + 2) // 3)
            chosen = told[:keep]
            chosen += silent[: count - len(chosen)]
        else:
            chosen = (told or silent)[:count]
        self.random.shuffle(chosen)
        claims = []
        for point in chosen:
            words, mistake = self.claim_words(question, point, answer.language)
            claims.append(
                Claim(
                    words, mistake, answer.verdicts.get(point, IGNORES),
                    _place(answer, point, spans),
                )
            )
        return Example(question.text[answer.language], texts, claims)

    def off_topic(self, answer: Answer, count: int) -> Example:
        other = self.questions[self.random.choice([s for s in self.questions if s != answer.question])]
        # Half of them from the same topic, where words are shared.
        same = [q for q in self.questions.values() if q.topic == self.questions[answer.question].topic and q.slug != answer.question]
        if same and self.random.random() < 0.6:
            other = self.random.choice(same)
        texts = [piece.text for piece in passages(answer.text)]
        claims = []
        for point in self.random.sample(list(other.points), min(count, len(other.points))):
            words, mistake = self.claim_words(other, point, answer.language)
            claims.append(Claim(words, mistake, IGNORES, None))
        return Example(other.text[answer.language], texts, claims)

    def one_sentence(self, question: Question) -> Example:
        """A key point or a mistake as the whole answer."""
        language = self.random.choice(("ko", "en"))
        point = self.random.choice(list(question.points))
        others = [p for p in question.points if p != point]
        if self.random.random() < 0.5 or point not in question.mistakes:
            text, verdict = question.points[point][language], SUPPORTS
        else:
            text, verdict = self.random.choice(question.mistakes[point])[language], OPPOSES
        claims = []
        words, mistake = self.claim_words(question, point, language)
        if verdict == OPPOSES and mistake == text:
            mistake = None
        claims.append(Claim(words, mistake, verdict, 0))
        return Example(question.text[language], [text + "."], claims)
