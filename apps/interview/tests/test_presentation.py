"""The answer with the words that marks rest on."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils import translation

from apps.interview.models import Attempt, Feedback, Question
from apps.interview.presentation import assessment_context, marked_answer, status_word


def _point(start, end, status="covered", weight=1):
    quote = {"start": start, "end": end, "text": ""}
    return {"status": status, "weight": weight, "text": "A point.", "quote": quote}


def _plain(html):
    """What a reader reads: without the marks and their numbers."""
    return unescape(re.sub(r"<sup[^>]*></sup>|</?mark[^>]*>", "", html))


def test_it_works():
    html = marked_answer("It has memory.", [{"status": "missing"}, _point(7, 13)])

    assert html == (
        'It has <mark class="evidence evidence-covered" data-points="2">memory</mark>'
        '<sup class="evidence-number" data-number="2"></sup>.'
    )


def test_without_marks_it_is_the_answer():
    assert marked_answer("a < b", []) == "a &lt; b"
    assert marked_answer("", []) == ""


def test_overlapping_quotes_are_cut_into_pieces():
    html = marked_answer("abcdefgh", [_point(0, 5), _point(3, 8, "partial")])

    assert html == (
        '<mark class="evidence evidence-covered" data-points="1">abc</mark>'
        '<mark class="evidence evidence-covered" data-points="1 2">de</mark>'
        '<sup class="evidence-number" data-number="1"></sup>'
        '<mark class="evidence evidence-partial" data-points="2">fgh</mark>'
        '<sup class="evidence-number" data-number="2"></sup>'
    )


def test_the_same_words_for_two_points():
    html = marked_answer("abc", [_point(0, 3, "partial"), _point(0, 3, "partial")])

    assert html == (
        '<mark class="evidence evidence-partial" data-points="1 2">abc</mark>'
        '<sup class="evidence-number" data-number="1"></sup>'
        '<sup class="evidence-number" data-number="2"></sup>'
    )


@pytest.mark.parametrize("status", ["missing", "pending"])
def test_only_what_a_mark_rests_on_is_marked(status):
    assert marked_answer("abc", [_point(0, 3, status)]) == "abc"


@pytest.mark.parametrize(
    ("status", "word"), [("wrong", "This says the opposite"), ("unsure", "Not sure")]
)
def test_what_is_no_evidence_looks_and_reads_differently(status, word):
    with translation.override("en"):
        html = marked_answer("abc", [_point(0, 3, status)])

    assert html == (
        f'<mark class="evidence evidence-{status}" data-points="1">abc</mark>'
        f'<sup class="evidence-number evidence-number-{status}" data-number="1">'
        f'<span class="visually-hidden"> ({word})</span></sup>'
    )


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (["covered", "wrong"], "wrong"),
        (["unsure", "partial"], "partial"),
        (["partial", "covered"], "covered"),
    ],
)
def test_nothing_hides_a_contradiction(statuses, shown):
    html = marked_answer("abc", [_point(0, 3, status) for status in statuses])

    assert f'<mark class="evidence evidence-{shown}" data-points="1 2">abc</mark>' in html


def test_a_contradiction_without_words_is_said_with_less_certainty():
    with translation.override("en"):
        assert status_word({"status": "wrong"}) == "Worth a second look"
        assert status_word(_point(0, 3, "wrong")) == "This says the opposite"


def test_markup_in_an_answer_is_text_even_where_a_quote_cuts_it():
    answer = '<script>alert("1")</script> & more'

    html = marked_answer(answer, [_point(3, 12), _point(9, 30, "partial")])

    assert "<script" not in html
    assert set(re.findall(r"<(/?\w+)", html)) == {"mark", "/mark", "sup", "/sup"}
    assert _plain(html) == answer


@pytest.mark.parametrize(
    "answer",
    ["👩‍💻 builds 프로세스 🧵🧵", "é (two code points) and 🇰🇷", "줄\n바꿈\n\n끝"],
)
def test_offsets_count_characters(answer):
    for start in range(len(answer)):
        for end in range(start + 1, len(answer) + 1):
            html = marked_answer(answer, [_point(start, end)])
            assert _plain(html) == answer
            [marked] = re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)
            assert unescape(marked) == answer[start:end]


def test_shares_are_by_weight():
    attempt = Attempt(answer="abc", language="en", question=Question())
    attempt.feedback = Feedback(score=60)
    points = [
        _point(0, 1, "covered", weight=3),
        _point(1, 2, "partial", weight=2),
        {"status": "unsure", "weight": 1, "text": "A point."},
        {"status": "missing", "weight": 3, "text": "A point."},
        {"status": "wrong", "weight": 3, "text": "A point."},
    ]

    context = assessment_context(attempt, points, 45)

    names = ("covered_share", "partial_share", "unsure_share", "judged_count")
    assert tuple(context[name] for name in names) == (25, 17, 8, 5)
    assert context["score_change"] == 15
    assert assessment_context(attempt, points, None)["score_change"] is None


def test_no_points_no_shares():
    attempt = Attempt(answer="a")
    attempt.feedback = Feedback()

    context = assessment_context(attempt, [], None)

    assert (context["covered_share"], context["partial_share"]) == (0, 0)
