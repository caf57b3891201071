"""Which questions a session asks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from apps.accounts.models import User
from apps.interview.models import Question, QuestionProgress, Topic

ANY_LUCK = random.SystemRandom()

MOCK_QUESTIONS, MOCK_MINUTES = 3, 10
"""The mock interview of one press: as much as a first round asks of one topic."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked: its topic, and how this person did on it."""

    pk: int
    topic: int
    is_tried: bool
    score: int | None
    """The last one; null where there is none (yet)."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a new session is to be like. ``minutes``: null is without a clock."""

    count: int
    topics: Sequence[Topic] = ()
    difficulty: int | None = None
    minutes: int | None = None
    language: str = "ko"


def choose(user: User, wishes: Wishes, luck: random.Random = ANY_LUCK) -> list[Question]:
    """The published questions that fit, as many as are wished for, in the order of asking."""
    questions = Question.objects.published()
    if wishes.topics:
        questions = questions.filter(topic__in=wishes.topics)
    if wishes.difficulty:
        questions = questions.filter(difficulty=wishes.difficulty)
    own = dict(QuestionProgress.objects.filter(user=user).values_list("question_id", "last_score"))
    candidates = [
        Candidate(pk, topic, pk in own, own.get(pk))
        for pk, topic in questions.order_by("pk").values_list("pk", "topic_id")
    ]
    order = asking_order(candidates, luck)[: wishes.count]
    chosen = Question.objects.select_related("topic").in_bulk(order)
    return [chosen[pk] for pk in order if pk in chosen]


def asking_order(candidates: Iterable[Candidate], luck: random.Random) -> list[int]:
    """Untried ones first, one topic after the other; then the weakest; ties by ``luck``.

    A tried question that has no score yet is read at the moment: it comes last.
    """
    shuffled = list(candidates)
    luck.shuffle(shuffled)
    by_topic: dict[int, list[int]] = {}
    for one in shuffled:
        if not one.is_tried:
            by_topic.setdefault(one.topic, []).append(one.pk)
    rounds = zip_longest(*by_topic.values())
    untried = [pk for one_round in rounds for pk in one_round if pk is not None]
    tried = [one for one in shuffled if one.is_tried]
    tried.sort(key=lambda one: (one.score is None, one.score or 0))
    return [*untried, *(one.pk for one in tried)]
