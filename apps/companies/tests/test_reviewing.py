"""What a reviewer is shown: what changed, and numbers that no passage has."""

from __future__ import annotations

import pytest

from apps.companies.reviewing import Piece, compare, pieces_of, unfounded_numbers


def _section(key, *texts):
    return {"key": key, "heading": key.title(), "sentences": [{"text": text} for text in texts]}


def _seen(sections):
    return [
        (section.key, [(row.kind, row.sentence["text"], row.number) for row in section.rows])
        for section in sections
    ]


class TestCompare:
    def test_sentence_by_sentence(self):
        old = [
            _section("business", "It makes sensors.", "It has 240 people.", "It rents offices."),
            _section("technology", "It runs PostgreSQL."),
        ]
        new = [
            _section("business", "It makes sensors.", "It has 260 people.", "It sells abroad."),
            _section("figures", "Revenue was 41.2 billion won."),
        ]

        assert _seen(compare(old, new)) == [
            (
                "business",
                [
                    ("kept", "It makes sensors.", 0),
                    ("changed", "It has 260 people.", 1),
                    ("added", "It sells abroad.", 2),
                    ("removed", "It rents offices.", None),
                ],
            ),
            ("figures", [("added", "Revenue was 41.2 billion won.", 3)]),
            ("technology", [("removed", "It runs PostgreSQL.", None)]),
        ]

    def test_nothing_to_compare_with(self):
        assert _seen(compare([], [_section("business", "It makes sensors.")])) == [
            ("business", [("kept", "It makes sensors.", 0)])
        ]

    def test_more_sentences_than_before_in_one_place(self):
        old = [_section("business", "One.")]
        new = [_section("business", "Something else entirely.", "And a third thing.", "One.")]

        assert [row.kind for row in compare(old, new)[0].rows] == ["added", "added", "kept"]

    def test_another_order_is_no_change(self):
        old = [_section("business", "One.", "Gone for good.", "Another two.")]
        new = [_section("business", "Another two.", "One.")]

        assert _seen(compare(old, new)) == [
            (
                "business",
                [
                    ("removed", "Gone for good.", None),
                    ("kept", "Another two.", 0),
                    ("kept", "One.", 1),
                ],
            )
        ]

    def test_words_that_changed(self):
        assert list(pieces_of("It has 240 people.", "It has 260 people now.")) == [
            Piece("same", "It has "),
            Piece("old", "240 people."),
            Piece("new", "260 people now."),
        ]


class TestNumbers:
    @pytest.mark.parametrize(
        "text",
        [
            "매출은 1,200억 원이에요.",
            "매출은 1200억 원이에요.",
            "It grew by 18 % in 2025.",
            "직원은 ２４０명이에요.",
            "No number at all.",
        ],
    )
    def test_that_stand(self, text):
        passages = ["2025년 매출은 1,200억 원", "It grew by 18% to 240 people"]

        assert unfounded_numbers(text, passages) == []

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("매출은 1,300억 원이에요.", ["1,300억"]),
            ("매출은 1,200조 원이에요.", ["1,200조"]),
            ("It grew by 18 people.", ["18"]),
            ("In 2024 it grew by 19%.", ["2024", "19%"]),
            ("It made 120 billion won.", ["120 billion"]),
        ],
    )
    def test_that_do_not(self, text, wrong):
        passages = ["2025년 매출은 1,200억 원", "It grew by 18% to 240 people"]

        assert unfounded_numbers(text, passages) == wrong
