"""The gate: the labelled set is whole, variants are made right, and bounds close it."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from inference_sidecar.evaluation import gate, labelled
from inference_sidecar.schemas import FeedbackRequest

QUESTIONS = labelled.load_questions()
ANSWERS = labelled.load_answers()


def test_the_labelled_set_is_large_and_of_every_kind_in_both_languages():
    kinds = Counter((answer.kind, answer.language) for answer in ANSWERS)

    assert len(ANSWERS) >= 400
    assert len({answer.question for answer in ANSWERS}) >= 40
    for kind in ("full", "full2", "mixed", "notes", "half", "wrong", "negated", "subtle"):
        for language in ("en", "ko"):
            assert kinds[kind, language] >= len(QUESTIONS)


def test_labels_name_key_points_of_their_question_and_false_answers_say_none():
    for answer in ANSWERS:
        points = QUESTIONS[answer.question].points
        assert answer.verdicts.keys() <= points.keys()
        if answer.kind in gate.RIGHT_KINDS:
            assert set(answer.verdicts.values()) == {" supports"}
            assert answer.verdicts.keys() == points.keys()
        if answer.kind in gate.FALSE_KINDS:
            assert " supports" not in answer.verdicts.values()
        if answer.kind in ("empty", "nonsense", "injection"):
            assert answer.verdicts == {}


def test_every_key_point_has_a_mistake_that_contradicts_it():
    for question in QUESTIONS.values():
        assert question.mistakes.keys() == question.points.keys()


def test_what_is_held_out_are_two_questions_of_each_topic():
    topics = Counter(QUESTIONS[slug].topic for slug in labelled.HELD_OUT)

    assert set(topics.values()) == {2}
    assert len(topics) == 8


def test_variants_are_made_of_full_answers_and_every_item_fits_the_contract():
    of_one = [answer for answer in ANSWERS if answer.question == "stack-vs-queue"]

    stranger = next(
        one for one in ANSWERS if (one.kind, one.language) == ("full", "en") and one not in of_one
    )

    cases = gate.cases(QUESTIONS, [*of_one, stranger])

    kinds = Counter((case.kind, case.language) for case in cases)
    assert kinds["NFD", "ko"] == kinds["no blanks", "ko"] == 1
    assert (kinds["other language", "en"], kinds["other language", "ko"]) == (2, 1)
    assert kinds["copied question", "en"] == 2
    by_id = {case.item["id"]: case for case in cases}
    for case in cases:
        FeedbackRequest.model_validate(case.item)
        if case.kind == "NFD":
            twin = by_id[case.twin or ""]
            assert unicodedata.normalize("NFC", case.item["answer"]) == twin.item["answer"]
            assert case.item["answer"] != twin.item["answer"]


def case(kind: str, language: str = "en", twin: str | None = None, identifier: str = "1"):
    return gate.Case(kind, language, "q", {"id": identifier}, {}, {}, twin)


@pytest.mark.parametrize(
    "kind,scores,missed",
    [
        ("full", [90, 84], ""),
        ("full", [100, 69], "mean below 85; one below 70"),
        ("wrong", [10, 41], "mean above 20; one above 40"),
        ("another question", [0] * 98 + [21, 21], "98 % at most 20, not 99 %"),
        ("subtle", [50], ""),
    ],
)
def test_a_missed_bound_is_named(kind, scores, missed):
    [row] = gate.table([case(kind) for _ in scores], scores)

    assert row.missed == missed


def test_a_twin_that_scores_otherwise_closes_the_gate():
    cases = [case("full", "ko"), case("NFD", "ko", twin="1", identifier="2")]

    assert [row.missed for row in gate.table(cases, [90, 90])] == ["", ""]
    assert [row.missed for row in gate.table(cases, [90, 89])] == ["", "1 differ from their twin"]


def test_marks_are_counted_against_their_labels():
    labels = {"a": " supports", "b": " opposes", "c": " opposes"}
    one = gate.Case("subtle", "en", "q", {"id": "1"}, labels, {"a": (0, 9)})
    assessment = {
        "score": 50,
        "key_points": [
            {"id": "a", "status": "covered", "quote": {"start": 4, "end": 12, "text": "x"}},
            {"id": "b", "status": "covered"},
            {"id": "c", "status": "wrong"},
            {"id": "d", "status": "unsure"},
        ],
    }

    marks = gate.marks([one], [assessment])

    assert marks.agreement == 0.5
    assert marks.false_covered == 0.5
    assert marks.true_wrong == 0
    assert marks.unsure == 0.25
    assert marks.quoted_right == 1


def test_area():
    assert gate.area([3, 2], [1, 2]) == 0.875
    assert gate.area([], [1]) == 0
