"""What a candidate's actions write."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.common import limits
from apps.common.jobs import enqueue, enqueue_on_commit
from apps.common.limits import MINUTE, Limit
from apps.common.live import Publisher

from .models import Attempt, Draft, Feedback, Question, QuestionProgress

ANSWERS = Limit("answers", 30, MINUTE)
"""For feedback, first or again: more than anybody writes, and each asks the model."""


class IdempotencyConflict(Exception):
    """The key was used before, for another answer."""


class DraftConflict(Exception):
    """Another device saved a newer draft; ``current`` is it."""

    def __init__(self, current: Draft) -> None:
        super().__init__(str(current.revision))
        self.current = current


def attempt_submit(
    *,
    user: User,
    question: Question,
    answer: str,
    language: str,
    idempotency_key: str,
    seconds_spent: int | None = None,
    draft_revision: int | None = None,
    is_counted: bool = False,
) -> tuple[Attempt, bool]:
    """Save an answer and queue its feedback; (attempt, whether it is new).

    The same key again gives the first attempt and no second job. Raises
    IdempotencyConflict where that attempt was for another question, answer or language, and
    LimitReached.

    ``draft_revision`` is that of the draft on the page which sends: one draft that is open in
    two tabs, and sent from both, is one attempt. ``is_counted``: another limit bounds it, as
    that of the sessions bounds the answers which a session's end sends.
    """
    if not is_counted:
        limits.count(user.pk, ANSWERS)
    with transaction.atomic():
        # The lock on the person's row lets their submits pass one by one. Locking what
        # they are about to insert instead makes rivals deadlock on MariaDB.
        User.objects.select_for_update().get(pk=user.pk)
        known = _submitted_before(user, idempotency_key, question, answer, language)
        if known is None and draft_revision is not None:
            known = _sent_from_another_tab(user, question, answer, language, draft_revision)
        if known:
            return known, False
        progress, _created = QuestionProgress.objects.get_or_create(user=user, question=question)
        progress.attempts += 1
        progress.last_attempt_at = timezone.now()
        progress.save(update_fields=["attempts", "last_attempt_at"])
        attempt = Attempt.objects.create(
            user=user,
            question=question,
            number=progress.attempts,
            language=language,
            answer=answer,
            seconds_spent=seconds_spent,
            idempotency_key=idempotency_key,
        )
        feedback = Feedback.objects.create(attempt=attempt)
        draft, _created = Draft.objects.get_or_create(user=user, question=question)
        Draft.objects.filter(pk=draft.pk).update(
            text="", revision=F("revision") + 1, updated_at=timezone.now()
        )
        enqueue_on_commit(feedback)
    return attempt, True


def _submitted_before(
    user: User, idempotency_key: str, question: Question, answer: str, language: str
) -> Attempt | None:
    attempt = Attempt.objects.filter(user=user, idempotency_key=idempotency_key).first()
    if attempt and (attempt.question_id, attempt.answer, attempt.language) != (
        question.pk,
        answer,
        language,
    ):
        raise IdempotencyConflict
    return attempt


def _sent_from_another_tab(
    user: User, question: Question, answer: str, language: str, draft_revision: int
) -> Attempt | None:
    """The attempt that a draft became meanwhile: a submit ends the revision that it sends."""
    if not Draft.objects.filter(user=user, question=question, revision__gt=draft_revision).exists():
        return None
    newest = Attempt.objects.filter(user=user, question=question).order_by("-number").first()
    same = newest and (newest.answer, newest.language) == (answer, language)
    return newest if same else None


def feedback_retry(*, feedback: Feedback, asked_by: User | None = None) -> bool:
    """Start a failed feedback afresh; False if it is not failed (any more).

    Raises LimitReached for the person who asks; staff who mend what failed ask for nobody.
    """
    if asked_by is not None:
        limits.count(asked_by.pk, ANSWERS)
    if not feedback.requeue():
        return False
    # Watchers read the stream from its start: the old failure must not be there.
    Publisher(feedback.stream_key).restart({"state": "queued"})
    enqueue(feedback)
    return True


def draft_save(*, user: User, question: Question, text: str, revision: int) -> Draft:
    """Save the draft that continues ``revision``. Raises DraftConflict if a newer one exists."""
    draft, _created = Draft.objects.get_or_create(user=user, question=question)
    saved = Draft.objects.filter(pk=draft.pk, revision=revision).update(
        text=text, revision=F("revision") + 1, updated_at=timezone.now()
    )
    draft.refresh_from_db()
    if not saved and draft.text != text:
        raise DraftConflict(draft)
    return draft
