"""The end of a session: what was being written when time was up becomes an answer."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django import forms
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.interview import services as interview
from apps.interview.forms import AnswerField
from apps.interview.models import Draft, Question

from .models import Session, SessionQuestion
from .presentation import own_session

logger = structlog.get_logger(__name__)

NEVER_BEGUN_FOR = timedelta(days=1)
"""A session in which no key was pressed for so long is forgotten: nothing is in it."""


def locked(session: Session) -> Session:
    """The session's row as it is now, with its person's row locked, inside a transaction.

    Everything that moves a session takes this lock first: steps of two devices pass one by
    one, as submits do, and two closers cannot send a draft twice.
    """
    User.objects.select_for_update().get(pk=session.user_id)
    return Session.objects.get(pk=session.pk)


def close(session: Session, *, now: datetime, ending: str) -> Session:
    """End it, whoever comes first. The clock's end sends the drafts; any other leaves them."""
    with transaction.atomic():
        current = locked(session)
        if current.ended_at is not None:
            return current
        current.ended_at = now
        if ending == Session.Ending.TIME:
            assert current.ends_at is not None
            current.ended_at = current.ends_at
            _send_drafts(current)
        current.ending = ending
        current.revision += 1
        current.save(update_fields=["ended_at", "ending", "revision"])
    return current


def close_if_over(session: Session, now: datetime) -> Session:
    """What every request does first: no one goes on after the clock."""
    if session.ended_at is None and session.time_is_up(now):
        return close(session, now=now, ending=Session.Ending.TIME)
    return session


def session_now(user: User, session_id: uuid.UUID) -> Session:
    """The person's own as it is by the clock, with its steps; Http404 for anyone else's."""
    session = own_session(user, session_id)
    now = timezone.now()
    if session.ended_at is None and session.time_is_up(now):
        close(session, now=now, ending=Session.Ending.TIME)
        return own_session(user, session_id)
    return session


def close_all_over(now: datetime) -> int:
    """For those that nobody looks at any more; how many there were."""
    closed = 0
    for session in Session.objects.over(now).order_by("ends_at"):
        try:
            close(session, now=now, ending=Session.Ending.TIME)
        except Exception:
            logger.exception("a session could not be closed", session=str(session.pk))
        else:
            closed += 1
    return closed


def forget_never_begun(now: datetime) -> int:
    _all, by_model = Session.objects.never_begun(now - NEVER_BEGUN_FOR).delete()
    return by_model.get("practice.Session", 0)


def _send_drafts(session: Session) -> None:
    """Drafts that were touched in this session become answers; the newest took the last time."""
    steps = {step.question_id: step for step in session.steps.unanswered()}
    drafts = Draft.objects.filter(
        user=session.user_id, question__in=steps, updated_at__gte=session.created_at
    ).order_by("-updated_at")
    last_stretch = _last_stretch(session)
    for draft in drafts:
        if not _is_an_answer(draft.text):
            continue
        step = steps[draft.question_id]
        step.seconds += last_stretch
        last_stretch = 0
        attempt, _created = interview.attempt_submit(
            user=session.user,
            question=Question.objects.get(pk=draft.question_id),
            answer=draft.text,
            language=session.language,
            idempotency_key=sent_by_the_clock(step),
            seconds_spent=step.seconds,
            is_counted=True,
        )
        step.attempt = attempt
        step.save(update_fields=["attempt", "seconds"])


def _last_stretch(session: Session) -> int:
    if session.moved_at is None or session.ends_at is None:
        return 0
    return max(0, int((session.ends_at - session.moved_at).total_seconds()))


def _is_an_answer(text: str) -> bool:
    """By the form's own rule: a blank draft is none, and one beyond the limit stays a draft."""
    try:
        AnswerField().clean(text)
    except forms.ValidationError:
        return False
    return True


def sent_by_the_clock(step: SessionQuestion) -> str:
    """The idempotency key of what the end of time sends: the same whoever closes."""
    return uuid.uuid5(step.session_id, str(step.position)).hex
