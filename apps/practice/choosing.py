"""Which questions a session asks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from apps.accounts.models import User
from apps.interview.models import Question, QuestionProgress, Topic

ANY_LUCK = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked: its topic, and how this person did on it."""

    pk: int
    topic: int
    is_tried: bool
    score: int | None
    """The last one; null where there is none (yet)."""


def choose(
    user: User,
    *,
    count: int,
    topics: Sequence[Topic] = (),
    difficulty: int | None = None,
    luck: random.Random = ANY_LUCK,
) -> list[Question]:
    """``count`` published questions, or as many as there are, in the order of asking."""
    questions = Question.objects.published()
    if topics:
        questions = questions.filter(topic__in=topics)
    if difficulty:
        questions = questions.filter(difficulty=difficulty)
    own = dict(QuestionProgress.objects.filter(user=user).values_list("question_id", "last_score"))
    candidates = [
        Candidate(pk, topic, pk in own, own.get(pk))
        for pk, topic in questions.order_by("pk").values_list("pk", "topic_id")
    ]
    order = asking_order(candidates, luck)[:count]
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
