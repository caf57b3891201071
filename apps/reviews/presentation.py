"""How cards and answers are shown: what is asked of whom today, and in which words."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.interview.models import KeyPoint
from apps.interview.passages import passage_saying, passages_of
from apps.interview.presentation import marked_answer, status_word

from .days import Day, day_in
from .models import ReviewAnswer, ReviewCard, ReviewSettings, is_due, untouched

DAILY_MAX = 20
"""About ten minutes: a set that can be finished every day."""
SECONDS_EACH = 30
"""To remember a point and to write a sentence or two about it."""
OPENING_SHARE = 3
"""A third of a point's words says which one is meant and leaves most of it to be said."""
HINT_SHARE = 2
ARTICLES = ("a", "an", "the")
"""English words that alone say nothing of what follows."""


def settings_of(user: User) -> ReviewSettings:
    """The person's row, or what holds while there is none (not saved)."""
    return ReviewSettings.objects.filter(user=user).first() or ReviewSettings(user=user)


def today_of(user: User) -> Day:
    """The person's day as it is now. One query; other rooms may ask it, too."""
    name = ReviewSettings.objects.filter(user=user).values_list("time_zone", flat=True).first()
    return day_in(name or "")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's day stands."""

    left: int
    """Cards still to be asked today."""
    done: int
    """Cards answered today."""
    later: int
    """Due as well, and left for the next days: DAILY_MAX are enough."""
    tomorrow: int
    """Cards that come tomorrow, with those left over."""
    all: int
    next_due: datetime | None
    """When the first of those comes that are not due yet."""

    @property
    def minutes(self) -> int:
        """About as long as what is left takes."""
        return math.ceil(self.left * SECONDS_EACH / 60)


def standing(user: User, day: Day) -> Standing:
    """One query."""
    told = (
        ReviewCard.objects.for_user(user)
        .askable()
        .aggregate(
            all=Count("pk"),
            done=Count("pk", filter=Q(answered_on=day.date)),
            waiting=Count("pk", filter=is_due(day) & untouched(day)),
            tomorrow=Count(
                "pk",
                filter=Q(due__gte=day.ends, due__lt=day.tomorrow_ends)
                | is_due(day) & ~untouched(day),
            ),
            next_due=Min("due", filter=Q(due__gte=day.ends)),
        )
    )
    left = min(told["waiting"], max(0, DAILY_MAX - told["done"]))
    later = told["waiting"] - left
    tomorrow = min(told["tomorrow"] + later, DAILY_MAX)
    return Standing(left, told["done"], later, tomorrow, told["all"], told["next_due"])


def due_today(user: User) -> int:
    """How many cards wait for this person today. Two queries, however many there are."""
    return standing(user, today_of(user)).left


def due_cards(user: User, day: Day, left: int) -> list[ReviewCard]:
    """The cards that are asked today, those that are due longest first."""
    cards = ReviewCard.objects.for_user(user).askable().due_on(day).with_texts()
    return list(cards.order_by("due", "id")[:left])


def next_card(user: User, day: Day, left: int) -> ReviewCard | None:
    if not left:
        return None
    cards = ReviewCard.objects.for_user(user).askable().due_on(day)
    return cards.order_by("due", "id").first()


def next_card_today(user: User) -> ReviewCard | None:
    day = today_of(user)
    return next_card(user, day, standing(user, day).left)


def own_card(user: User, card_id: uuid.UUID) -> ReviewCard:
    """The person's own card with its texts; Http404 for anyone else's.

    Also of a question that staff took back meanwhile: who has begun to answer may end.
    """
    cards = ReviewCard.objects.for_user(user).with_texts().select_related("user")
    return get_object_or_404(cards, pk=card_id)


def own_answer(user: User, answer_id: uuid.UUID) -> ReviewAnswer:
    """The person's own answer with its card; Http404 for anyone else's."""
    answers = ReviewAnswer.objects.for_user(user)
    answer: ReviewAnswer = get_object_or_404(
        answers.select_related("card", "question__topic", "user"), pk=answer_id
    )
    return answer


def opening(point: KeyPoint) -> str:
    """How the key point begins, in the active language: which one is asked, not what it says."""
    others = [other.text for other in point.question.key_points.all() if other.pk != point.pk]
    return _beginning(point.text, others, OPENING_SHARE)


def hint(point: KeyPoint) -> str:
    """A little more of it than ``opening``; empty where there is no more to give."""
    others = [other.text for other in point.question.key_points.all() if other.pk != point.pk]
    longer = _beginning(point.text, others, HINT_SHARE)
    return longer if longer != _beginning(point.text, others, OPENING_SHARE) else ""


def _beginning(text: str, others: Iterable[str], share: int) -> str:
    """The first part of the words, and as many more as tell it from the others' beginnings.

    Never more than half of them, so that there is something left to say.
    """
    words = text.split()
    most = max(1, len(words) // HINT_SHARE)
    count = min(max(1, len(words) // share), most)
    rivals = [other.split() for other in others]
    while count < most and (
        words[count - 1].lower() in ARTICLES
        or any(rival[:count] == words[:count] for rival in rivals)
    ):
        count += 1
    return " ".join(words[:count]) + " …"


def when(day: Day, moment: datetime) -> str:
    """When a card is asked again, as a person says it."""
    days = day.days_until(moment)
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def today_context(user: User) -> dict[str, Any]:
    """Everything that the page of the day shows."""
    day = today_of(user)
    stand = standing(user, day)
    answers = ReviewAnswer.objects.for_user(user).filter(created_at__gte=day.begins)
    return {
        "standing": stand,
        "cards": [
            {"card": card, "question": card.key_point.question, "opening": opening(card.key_point)}
            for card in due_cards(user, day, stand.left)
        ],
        "answers": [
            {"answer": answer, **told(answer, day)}
            for answer in answers.select_related("card", "question").order_by("-created_at")
        ],
        "next_due": when(day, stand.next_due) if stand.next_due else "",
    }


def told(answer: ReviewAnswer, day: Day) -> dict[str, Any]:
    """What an answer's mark says, and when its point is asked again; empty while there is none."""
    if not answer.mark:
        return {"mark": None, "word": "", "again": ""}
    again = when(day, _asked_next(answer.card, day)) if answer.card else ""
    return {"mark": answer.mark, "word": status_word(answer.mark), "again": again}


def _asked_next(card: ReviewCard, day: Day) -> datetime:
    """A card that has had its turn today waits for tomorrow at least."""
    return day.now if card.is_due_on(day) else max(card.due, day.ends)


def card_context(card: ReviewCard) -> dict[str, Any]:
    """What is asked: the question, and how one of its points begins."""
    point = card.key_point
    return {
        "card": card,
        "question": point.question,
        "opening": opening(point),
        "hint": hint(point),
        "standing": standing(card.user, today_of(card.user)),
    }


def answer_context(answer: ReviewAnswer) -> dict[str, Any]:
    """Everything that an answer's page shows."""
    day = today_of(answer.user)
    stand = standing(answer.user, day)
    with translation.override(answer.language):
        model_answer = answer.question.model_answer
    passages = passages_of(model_answer)
    place = passage_saying(answer.mark["text"], passages) if answer.mark else None
    return {
        "answer": answer,
        "question": answer.question,
        "state": answer.status,
        **told(answer, day),
        "answer_html": marked_answer(answer.answer, [answer.mark] if answer.mark else []),
        "passage": "" if place is None else passages[place],
        "model_answer": model_answer,
        "standing": stand,
        "next_card": next_card(answer.user, day, stand.left),
    }
