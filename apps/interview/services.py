"""What a candidate's actions write."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.common import limits
from apps.common.jobs import enqueue_afresh, enqueue_on_commit
from apps.common.limits import DAY, MINUTE, Limit

from .feedback import record_progress
from .models import Attempt, Bookmark, Dispute, Draft, Feedback, Question, QuestionProgress
from .scoring import score_of

ANSWERS = Limit("answers", 30, MINUTE)
"""For feedback, first or again: more than anybody writes, and each asks the model."""
DISPUTES = Limit("disputes", 20, DAY)
"""Each is read by a person; more than a few a day are no longer about single marks."""
BOOKMARKS = Limit("bookmarks", 120, MINUTE)


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
    enqueue_afresh(feedback)
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


def bookmark_set(*, user: User, question: Question) -> None:
    """Keep the question. Twice is as once. Raises LimitReached."""
    limits.count(user.pk, BOOKMARKS)
    with transaction.atomic():
        # Before what may be inserted, so that two at once pass one by one.
        User.objects.select_for_update().get(pk=user.pk)
        Bookmark.objects.get_or_create(user=user, question=question)


def bookmark_remove(*, user: User, question: Question) -> None:
    """Raises LimitReached."""
    limits.count(user.pk, BOOKMARKS)
    Bookmark.objects.filter(user=user, question=question).delete()


class DisputeConflict(Exception):
    """There is nothing to dispute; ``message`` says why to the person."""

    message: Any


class NotAssessed(DisputeConflict):
    message = _("There are no marks yet. Wait for the feedback first.")


class UnknownMark(Exception):
    """The feedback has no mark for that key point."""


class AlreadyDisputed(DisputeConflict):
    message = _("You told us of this mark already. The answer appears on this page.")


class AlreadyDecided(Exception):
    """Somebody else answered the dispute meanwhile."""


def dispute_open(*, attempt: Attempt, key_point: str, reason: str) -> Dispute:
    """Say that a mark is wrong. Raises NotAssessed, UnknownMark, AlreadyDisputed, LimitReached."""
    limits.count(attempt.user_id, DISPUTES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=attempt.user_id)
        feedback = Feedback.objects.get(attempt=attempt)
        if feedback.status != Feedback.Status.SUCCEEDED:
            raise NotAssessed
        marks = {point["id"]: point["status"] for point in feedback.key_points}
        if key_point not in marks:
            raise UnknownMark
        dispute, is_new = Dispute.objects.get_or_create(
            feedback=feedback,
            key_point=key_point,
            defaults={"reason": reason, "mark_before": marks[key_point]},
        )
        if not is_new:
            raise AlreadyDisputed
    return dispute


def dispute_decide(
    *, dispute: Dispute, decided_by: User, reply: str, mark_after: str = ""
) -> Dispute:
    """Answer a dispute: the mark stays, or becomes ``mark_after``. Raises AlreadyDecided.

    With a new mark the score, the progress and whoever hears of assessments follow; what the
    mark was stays in the dispute.
    """
    with transaction.atomic():
        # The person's row first, as everywhere: their next answer waits until this is through.
        user_id = dispute.feedback.attempt.user_id
        User.objects.select_for_update().get(pk=user_id)
        dispute = Dispute.objects.select_related("feedback__attempt").get(pk=dispute.pk)
        if dispute.status != Dispute.Status.OPEN:
            raise AlreadyDecided
        is_corrected = mark_after not in ("", dispute.mark_before)
        dispute.status = Dispute.Status.CORRECTED if is_corrected else Dispute.Status.UPHELD
        dispute.mark_after = mark_after if is_corrected else ""
        dispute.reply = reply
        dispute.decided_by = decided_by
        dispute.decided_at = timezone.now()
        dispute.save()
        if is_corrected:
            _mark_correct(dispute)
    return dispute


def _mark_correct(dispute: Dispute) -> None:
    """Write the new mark, and what follows from it."""
    feedback = dispute.feedback
    attempt = feedback.attempt
    feedback.key_points = [
        _corrected(point, dispute.mark_after) if point["id"] == dispute.key_point else point
        for point in feedback.key_points
    ]
    feedback.score = score_of(feedback.key_points)
    feedback.save(update_fields=["key_points", "score"])
    # Progress only ever takes a better best; a correction may take one away.
    own = Feedback.objects.filter(
        attempt__user=attempt.user_id,
        attempt__question=attempt.question_id,
        status=Feedback.Status.SUCCEEDED,
    )
    QuestionProgress.objects.filter(user=attempt.user_id, question=attempt.question_id).update(
        best_score=own.aggregate(best=Max("score"))["best"]
    )
    record_progress(
        attempt,
        {"score": feedback.score, "key_points": feedback.key_points, "guess": feedback.is_guess},
    )


def _corrected(point: dict[str, Any], status: str) -> dict[str, Any]:
    """A person's mark is sure; what only went with the old one goes with it."""
    kept = {name: value for name, value in point.items() if name != "misconception"}
    if status == "missing":
        kept.pop("quote", None)
    return {**kept, "status": status, "confidence": 1.0}
