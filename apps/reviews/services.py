"""What a person's reviews and their settings write."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.common import limits
from apps.common.jobs import enqueue_afresh, enqueue_on_commit
from apps.interview.services import ANSWERS, IdempotencyConflict

from .models import ReviewAnswer, ReviewCard, ReviewSettings
from .presentation import today_of


class CardMoved(Exception):
    """Another device answered or skipped this review; ``card`` is how it stands now."""

    def __init__(self, card: ReviewCard, answer: ReviewAnswer | None) -> None:
        super().__init__(str(card.revision))
        self.card = card
        self.answer = answer
        """The newest answer to it."""


def review_answer_submit(
    *,
    user: User,
    card: ReviewCard,
    answer: str,
    language: str,
    idempotency_key: str,
    revision: int | None = None,
) -> tuple[ReviewAnswer, bool]:
    """Save an answer to a card and queue its judgement; (answer, whether it is new).

    The same key again gives the first answer, and so do the same words that another device
    has sent for the same ``revision``. Raises IdempotencyConflict, LimitReached and CardMoved,
    which it also is while an answer to the card is being judged.
    """
    limits.count(user.pk, ANSWERS)
    day = today_of(user)
    with transaction.atomic():
        # The person's row first, as everywhere: see interview.services.attempt_submit.
        User.objects.select_for_update().get(pk=user.pk)
        known = ReviewAnswer.objects.for_user(user).filter(idempotency_key=idempotency_key).first()
        if known:
            if (known.card_id, known.answer, known.language) != (card.pk, answer, language):
                raise IdempotencyConflict
            return known, False
        current = ReviewCard.objects.get(pk=card.pk)
        newest = (
            ReviewAnswer.objects.for_user(user).filter(card=current).order_by("-created_at").first()
        )
        is_judged = newest is None or newest.is_finished
        if not is_judged or (revision is not None and revision != current.revision):
            if newest and (newest.answer, newest.language) == (answer, language):
                return newest, False
            raise CardMoved(current, newest)
        given = ReviewAnswer.objects.create(
            user=user,
            card=current,
            question_id=current.key_point.question_id,
            answer=answer,
            language=language,
            idempotency_key=idempotency_key,
            created_at=day.now,
        )
        ReviewCard.objects.filter(pk=current.pk).update(
            revision=F("revision") + 1, answered_on=day.date
        )
        enqueue_on_commit(given)
    return given, True


def review_answer_retry(*, answer: ReviewAnswer, asked_by: User | None = None) -> bool:
    """Ask again for a judgement that failed; False if it is not failed (any more).

    Raises LimitReached for the person who asks.
    """
    if asked_by is not None:
        limits.count(asked_by.pk, ANSWERS)
    if not answer.can_heal or not answer.requeue():
        return False
    enqueue_afresh(answer)
    return True


def review_skip(*, user: User, card: ReviewCard, revision: int | None = None) -> bool:
    """Leave the card for tomorrow, unrated; False where it was answered or skipped meanwhile."""
    day = today_of(user)
    unmoved = ReviewCard.objects.for_user(user).filter(pk=card.pk)
    if revision is not None:
        unmoved = unmoved.filter(revision=revision)
    return bool(unmoved.update(skipped_on=day.date, revision=F("revision") + 1))


def settings_save(
    *,
    user: User,
    time_zone: str | None = None,
    daily_mail: bool | None = None,
    mail_hour: int | None = None,
) -> ReviewSettings:
    """Change what is given, and leave the rest."""
    given = {"time_zone": time_zone, "daily_mail": daily_mail, "mail_hour": mail_hour}
    changed = {name: value for name, value in given.items() if value is not None}
    row, _created = ReviewSettings.objects.update_or_create(user=user, defaults=changed)
    return row


def daily_mail_end(*, user_id: int) -> None:
    """What the link in a mail does; a second time it changes nothing."""
    ReviewSettings.objects.filter(user=user_id).update(daily_mail=False)
