"""Which questions a session asks: exact choices, with luck that is seeded."""

from __future__ import annotations

import random

import pytest

from apps.interview.models import Question, Topic
from apps.practice.choosing import Candidate, Wishes, asking_order, choose

from .cast import make_questions, tried

pytestmark = pytest.mark.django_db


class NoLuck(random.Random):
    """Leaves everything in the order in which it came."""

    def shuffle(self, x):
        return None


def _order(*rows):
    return asking_order([Candidate(*row) for row in rows], NoLuck())


def test_untried_ones_are_spread_over_the_topics():
    rows = [(1, 1, False, None), (2, 1, False, None), (3, 1, False, None), (4, 2, False, None),
            (5, 3, False, None), (6, 3, False, None)]  # fmt: skip

    assert _order(*rows) == [1, 4, 5, 2, 6, 3]


def test_then_the_weakest_whatever_their_topic():
    rows = [(1, 1, True, 90), (2, 1, True, 20), (3, 2, True, 55), (4, 2, False, None)]

    assert _order(*rows) == [4, 2, 3, 1]


def test_what_is_being_read_comes_last_and_nothing_said_comes_first_among_the_tried():
    assert _order((1, 1, True, None), (2, 1, True, 0), (3, 1, True, 100)) == [2, 3, 1]


def test_ties_are_left_to_luck_and_the_same_luck_chooses_the_same():
    rows = [Candidate(pk, pk % 3, False, None) for pk in range(30)]
    first = asking_order(rows, random.Random(7))

    assert asking_order(rows, random.Random(7)) == first
    assert asking_order(rows, random.Random(8)) != first
    assert [pk % 3 for pk in first[:3]] != [0, 0, 0]
    assert sorted(pk % 3 for pk in first[:3]) == [0, 1, 2]


def test_only_published_ones_of_the_topics_and_the_difficulty(candidate):
    easy = make_questions("net", 2, difficulty=1, prefix="easy")
    make_questions("net", 2, difficulty=3, prefix="hard")
    make_questions("os", 2, difficulty=1)
    Question.objects.filter(pk=easy[1].pk).update(status=Question.Status.DRAFT)
    net = Topic.objects.get(slug="net")

    chosen = choose(candidate, Wishes(count=10, topics=[net], difficulty=1))

    assert chosen == [easy[0]]


def test_follow_ups_are_never_chosen(candidate):
    first, second = make_questions("net", 2)
    Question.objects.filter(pk=second.pk).update(follows=first)

    assert choose(candidate, Wishes(count=10)) == [first]


def test_what_another_person_tried_counts_for_them_alone(candidate, other_candidate):
    first, second = make_questions("net", 2)
    tried(other_candidate, first, 10)
    tried(candidate, second, 10)

    assert choose(candidate, Wishes(count=2), NoLuck()) == [first, second]


def test_it_takes_three_queries_however_many_questions(candidate, django_assert_num_queries):
    make_questions("net", 5)
    with django_assert_num_queries(3):
        choose(candidate, Wishes(count=3))
    make_questions("os", 30)
    with django_assert_num_queries(3):
        choose(candidate, Wishes(count=10))
