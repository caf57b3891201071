"""When a card is due: FSRS, replayed over the card's ratings.

Cards are asked by the day, not by the minute, so FSRS's learning steps of minutes are left
out, and so is its fuzz: the same ratings give the same day.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import fsrs
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.interview.models import Attempt, KeyPoint

from .days import CLOCK_SLACK
from .models import ReviewCard, ReviewRating

SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
RATINGS = {
    "covered": fsrs.Rating.Good,
    "partial": fsrs.Rating.Hard,
    "missing": fsrs.Rating.Again,
    "wrong": fsrs.Rating.Again,
}
"""By the mark's status; one that is not sure schedules nothing."""
SCHEDULE = ["state", "step", "stability", "difficulty", "due", "last_review"]
"""A card's columns that are FSRS's."""
_ANY_ID = 1
"""An fsrs.Card without an id waits a millisecond for one that nobody reads."""


def rating_of(mark: Mapping[str, Any], *, guess: bool) -> fsrs.Rating | None:
    return None if guess else RATINGS.get(mark["status"])


def follow_marks(
    sender: type[Attempt],
    attempt: Attempt,
    marks: Sequence[Mapping[str, Any]],
    guess: bool,
    **more: Any,
) -> None:
    """Receiver of ``interview.signals.assessed``: each mark rates its point's card.

    The same marks again change nothing; a corrected one takes the place of what it was.
    Points that staff have removed since are passed over.
    """
    with transaction.atomic():
        # The person's row first, as everywhere: see interview.services.attempt_submit.
        User.objects.select_for_update().get(pk=attempt.user_id)
        points = {
            point.slug: point for point in KeyPoint.objects.filter(question=attempt.question_id)
        }
        ratings = {
            points[mark["id"]].pk: rating_of(mark, guess=guess)
            for mark in marks
            if mark["id"] in points
        }
        known = {
            card.key_point_id: card
            for card in ReviewCard.objects.filter(user=attempt.user_id, key_point__in=ratings)
        }
        new = [
            ReviewCard(user_id=attempt.user_id, key_point_id=point)
            for point, rating in ratings.items()
            if rating and point not in known
        ]
        cards = [*known.values(), *ReviewCard.objects.bulk_create(new)]
        rate(
            {card: ratings[card.key_point_id] for card in cards},
            source=attempt.pk,
            at=attempt.created_at,
        )


def rate(
    ratings: Mapping[ReviewCard, fsrs.Rating | None], *, source: uuid.UUID, at: datetime
) -> None:
    """Write down what the answer ``source``, given ``at``, says of each card; None: nothing.

    Inside a transaction that holds the person's row. A card that no answer rates any more
    is deleted.

    1. Times that lie ahead come from a clock that has jumped: they become ``at``.
    2. The answer's own rating is put in its place, changed, or taken away.
    3. Each card is replayed from all of its ratings.
    """
    now = timezone.now()
    at = min(at, now)
    logs: dict[uuid.UUID, list[ReviewRating]] = defaultdict(list)
    for log in ReviewRating.objects.filter(card__in=list(ratings)):
        logs[log.card_id].append(log)
    changed: list[ReviewRating] = []
    new: list[ReviewRating] = []
    dropped: list[ReviewRating] = []
    for card, rating in ratings.items():
        own = logs[card.pk]
        for log in own:
            if log.reviewed_at > now + CLOCK_SLACK:
                log.reviewed_at = at
                changed.append(log)
        mine = next((log for log in own if log.source == source), None)
        if mine and rating is None:
            own.remove(mine)
            dropped.append(mine)
        elif mine and mine.rating != rating:
            mine.rating = int(rating or mine.rating)
            changed.append(mine)
        elif mine is None and rating is not None:
            log = ReviewRating(card=card, source=source, rating=int(rating), reviewed_at=at)
            own.append(log)
            new.append(log)
    ReviewRating.objects.bulk_update(dict.fromkeys(changed), ["rating", "reviewed_at"])
    ReviewRating.objects.filter(pk__in=[log.pk for log in dropped]).delete()
    ReviewRating.objects.bulk_create(new)
    _replay_all({card: logs[card.pk] for card in ratings})


def _replay_all(logs: Mapping[ReviewCard, list[ReviewRating]]) -> None:
    rated = [card for card, own in logs.items() if own]
    for card in rated:
        replay(card, logs[card])
    ReviewCard.objects.bulk_update(rated, SCHEDULE)
    unrated = [card.pk for card, own in logs.items() if not own]
    ReviewCard.objects.filter(pk__in=unrated).delete()


def replay(card: ReviewCard, logs: Sequence[ReviewRating]) -> None:
    """Set the card's schedule as its ratings make it, oldest first."""
    state = fsrs.Card(card_id=_ANY_ID, due=card.due)
    for log in sorted(logs, key=lambda log: log.reviewed_at):  # stable: ties as they came
        moment = log.reviewed_at.astimezone(UTC)
        moment = max(moment, state.last_review or moment)
        state, _log = SCHEDULER.review_card(state, fsrs.Rating(log.rating), moment)
    card.state = state.state.value
    for name in SCHEDULE[1:]:
        setattr(card, name, getattr(state, name))
