"""How a running session is shown: which question is next, and how the others stand."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import get_object_or_404
from django.utils import timezone

from apps.accounts.models import User

from .debrief import debrief_of
from .models import Session, SessionQuestion

OFFERED_FOR = timedelta(days=7)
"""An open session that is older is no longer what somebody should go on with today."""


def open_session(user: User) -> Session | None:
    """The session to go on with: the newest of this week that has not ended. One query."""
    since = timezone.now() - OFFERED_FOR
    sessions = Session.objects.for_user(user).open().filter(created_at__gte=since)
    for session in sessions.order_by("-created_at")[:5]:
        if not session.time_is_up(timezone.now()):
            return session
    return None


def own_session(user: User, session_id: uuid.UUID) -> Session:
    """The person's own session with its steps; Http404 for anyone else's."""
    return get_object_or_404(Session.objects.for_user(user).with_steps(), pk=session_id)


def own_step(user: User, session_id: uuid.UUID, position: int) -> SessionQuestion:
    """One step of the person's own session; Http404 for anyone else's."""
    steps = SessionQuestion.objects.for_user(user).select_related(
        "session", "question", "attempt__feedback"
    )
    return get_object_or_404(steps, session=session_id, position=position)


def next_step(steps: Sequence[SessionQuestion]) -> SessionQuestion | None:
    """The first that is neither answered nor skipped; then the one skipped longest ago."""
    waiting = [step for step in steps if step.attempt_id is None]
    fresh = [step for step in waiting if step.skipped_at is None]
    if fresh:
        return fresh[0]
    return min(waiting, key=lambda step: str(step.skipped_at), default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """A step in the row of all: where one stands, and what is done."""

    step: SessionQuestion
    state: str
    """``here`` · ``saved`` · ``skipped`` · ``open``."""


def places(steps: Sequence[SessionQuestion], here: SessionQuestion) -> list[Place]:
    return [Place(step, _state(step, here)) for step in steps]


def _state(step: SessionQuestion, here: SessionQuestion) -> str:
    if step.pk == here.pk:
        return "here"
    if step.attempt_id is not None:
        return "saved"
    return "skipped" if step.skipped_at is not None else "open"


def last_answered(steps: Iterable[SessionQuestion]) -> SessionQuestion | None:
    """Whose words the browser need not keep any more."""
    answered = [step for step in steps if step.attempt is not None]
    return max(answered, key=lambda step: step.attempt.created_at, default=None)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the list of all."""

    session: Session
    asked: int
    answered: int
    score: int | None
    is_waiting: bool


def session_rows(sessions: Iterable[Session]) -> list[SessionRow]:
    """Needs ``with_steps``."""
    rows = []
    for session in sessions:
        debrief = debrief_of(session)
        rows.append(
            SessionRow(session, debrief.asked, debrief.answered, debrief.score, debrief.waiting > 0)
        )
    return rows
