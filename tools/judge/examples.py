"""Labelled answers as what the judge learns from, varied as real answers vary."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inference_sidecar.assessment.judging import IGNORES, OPPOSES, SUPPORTS
from inference_sidecar.assessment.passages import passages
from inference_sidecar.evaluation.labelled import Answer, Part, Question, ShortAnswer
from inference_sidecar.summaries import sentence_judge

# What an answer is about is learned soon; whether it is true takes most of the examples.
SHARES = {
    "twins": 39,
    "whole": 22,
    "composed": 12,
    "short": 9,
    "sentence": 6,
    "off topic": 6,
    "one sentence": 4,
    "nothing": 2,
}
# Parts of the longest answer that is put together from several.
LONGEST_COMPOSED = 6
LONGEST_TWIN = 4
# Written in the same formal register, right and false. Twins of these alone keep the judge
# from taking the register for the verdict: most false answers are formal, most plain ones right.
FORMAL = frozenset({"full2", "swapped", "half swapped"})
FORMAL_TWINS = 0.6
# How often a claim comes with a mistake, and in the other language than the answer.
WITH_MISTAKE = 0.8
CROSSED = 0.15
DO_NOT_KNOW = {
    "ko": (
        "모르겠습니다.",
        "잘 모르겠어요. 다음에 다시 공부해 오겠습니다.",
        "죄송합니다, 기억이 나지 않습니다.",
        "들어 본 적은 있는데 설명은 못 하겠어요.",
    ),
    "en": (
        "I don't know.",
        "Sorry, I have no idea about this one.",
        "I have heard of it, but I could not explain it.",
        "No answer.",
    ),
}


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


def place_of(answer: Answer, point: str, spans: list[tuple[int, int]]) -> int | None:
    if point not in answer.places:
        return None
    begin, end = answer.places[point]
    shared = [min(end, high) - max(begin, low) for low, high in spans]
    best = max(range(len(spans)), key=lambda index: shared[index])
    return best if shared[best] > 0 else None


class Sampler:
    """Endless examples, each answer once an epoch, varied as real answers vary."""

    def __init__(
        self,
        questions: dict[str, Question],
        answers: list[Answer],
        seed: int,
        short_answers: list[ShortAnswer] | None = None,
        sentences: list[dict[str, Any]] | None = None,
    ) -> None:
        self.questions = questions
        self.answers = answers
        self.short_answers = short_answers or []
        self.sentences = sentences or []
        self.random = random.Random(seed)
        self.parts: dict[tuple[str, str], list[Part]] = {}
        for answer in answers:
            pool = self.parts.setdefault((answer.question, answer.language), [])
            pool += [part for part in answer.parts if part.verdicts or answer.kind == "full"]

    def epoch(self, claims_per_answer: int) -> Iterator[Example]:
        """As many examples as there are answers, of the kinds in ``SHARES``."""
        rows = list(self.answers)
        self.random.shuffle(rows)
        kinds, shares = zip(*SHARES.items())
        for row in rows:
            question = self.questions[row.question]
            match self.random.choices(kinds, shares)[0]:
                case "twins":
                    yield from self.twins(question, row.language)
                case "whole":
                    yield self.example(row, claims_per_answer)
                case "composed":
                    yield self.composed(question, row.language, claims_per_answer)
                case "off topic":
                    yield self.off_topic(row)
                case "one sentence":
                    yield self.one_sentence(question)
                case "nothing":
                    yield self.says_nothing(question)
                case "short":
                    yield self.short(self.random.choice(self.short_answers))
                case "sentence":
                    yield self.sentence(self.random.choice(self.sentences))

    def claim_words(self, question: Question, point: str, language: str) -> tuple[str, str | None]:
        if self.random.random() < CROSSED:
            language = "en" if language == "ko" else "ko"
        mistakes = question.mistakes.get(point)
        mistake = None
        if mistakes and self.random.random() < WITH_MISTAKE:
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
                    words,
                    mistake,
                    answer.verdicts.get(point, IGNORES),
                    place_of(answer, point, spans),
                )
            )
        return Example(question.text[answer.language], texts, claims)

    def twins(self, question: Question, language: str) -> Iterator[Example]:
        """Two answers about the same key points, each true where the other is false: what
        they are about is no help, only what they claim."""
        formal = self.random.random() < FORMAL_TWINS
        by_point: dict[tuple[str, str], list[str]] = {}
        for part in self.parts[question.slug, language]:
            if len(part.verdicts) == 1 and (part.kind in FORMAL or not formal):
                [(point, verdict)] = part.verdicts.items()
                by_point.setdefault((point, verdict), []).append(part.text)
        points = [
            point
            for point in question.points
            if (point, SUPPORTS) in by_point and (point, OPPOSES) in by_point
        ]
        self.random.shuffle(points)
        points = points[: self.random.randint(1, LONGEST_TWIN)]
        truth = [self.random.random() < 0.5 for _ in points]
        words = [self.claim_words(question, point, language) for point in points]
        for flip in (False, True):
            verdicts = [SUPPORTS if true != flip else OPPOSES for true in truth]
            texts = [
                self.random.choice(by_point[point, verdict])
                for point, verdict in zip(points, verdicts)
            ]
            claims = [
                Claim(*told, verdict, place)
                for place, (told, verdict) in enumerate(zip(words, verdicts))
            ]
            if claims:
                yield Example(question.text[language], texts, claims)

    def composed(self, question: Question, language: str, count: int) -> Example:
        """Parts of several answers as one, right and false ones mixed."""
        pool = list(self.parts[question.slug, language])
        self.random.shuffle(pool)
        verdicts: dict[str, str] = {}
        places: dict[str, int] = {}
        texts: list[str] = []
        for part in pool[: 4 * LONGEST_COMPOSED]:
            if any(point in verdicts for point in part.verdicts):
                continue
            verdicts |= part.verdicts
            places |= dict.fromkeys(part.verdicts, len(texts))
            texts.append(part.text)
            if len(texts) >= self.random.randint(1, LONGEST_COMPOSED):
                break
        told = list(verdicts)
        silent = [point for point in question.points if point not in verdicts]
        self.random.shuffle(silent)
        chosen = (told + silent[: max(1, count - len(told))])[: count + 1]
        claims = []
        for point in chosen:
            words, mistake = self.claim_words(question, point, language)
            claims.append(Claim(words, mistake, verdicts.get(point, IGNORES), places.get(point)))
        return Example(question.text[language], texts, claims)

    def off_topic(self, answer: Answer, count: int = 3) -> Example:
        other = self.questions[
            self.random.choice([s for s in self.questions if s != answer.question])
        ]
        # Half of them from the same topic, where words are shared.
        same = [
            q
            for q in self.questions.values()
            if q.topic == self.questions[answer.question].topic and q.slug != answer.question
        ]
        if same and self.random.random() < 0.75:
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

    def short(self, answer: ShortAnswer) -> Example:
        texts = [piece.text for piece in passages(answer.text)]
        # Which of several passages is not labelled.
        place = 0 if len(texts) == 1 else None
        return Example(
            answer.question, texts, [Claim(answer.reference, None, answer.verdict, place)]
        )

    def says_nothing(self, question: Question) -> Example:
        """The question itself, its words in a list, or that one does not know."""
        language = self.random.choice(("ko", "en"))
        points = list(question.points)
        words = [
            word.strip(".,()'\"")
            for point in points
            for word in question.points[point][language].split()
            if len(word) > 3
        ]
        text = self.random.choice(
            (
                question.text[language],
                ", ".join(self.random.sample(words, min(len(words), self.random.randint(4, 12)))),
                self.random.choice(DO_NOT_KNOW[language]),
                "".join(self.random.choice("asdfghjkl ;qwertyuiop") for _ in range(40)),
            )
        )
        claims = []
        for point in self.random.sample(points, 2):
            words_of_claim, mistake = self.claim_words(question, point, language)
            claims.append(Claim(words_of_claim, mistake, IGNORES, None))
        return Example(question.text[language], [text], claims)

    def sentence(self, row: dict[str, Any]) -> Example:
        """A sentence of a company's text, as the summaries ask about it."""
        good = row["about"] and row["alone"] and row["section"] != "none"
        label = row["section"] if good else "none"
        sections = [
            s for s in sentence_judge.CLAIMS if sentence_judge.expected(label, s) is not None
        ]
        chosen = self.random.sample(sections, 2)
        if good and label not in chosen:
            chosen[0] = label
        company = row["company"]
        claims = [
            Claim(
                sentence_judge.CLAIMS[section].format(company=company),
                None,
                SUPPORTS if sentence_judge.expected(label, section) else IGNORES,
                None,
            )
            for section in chosen
        ]
        return Example(sentence_judge.question(company), [row["sentence"]], claims)
