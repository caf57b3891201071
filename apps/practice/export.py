"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import Session, SessionQuestion

FIELDS = (
    "id", "about", "topics", "difficulty", "time_limit", "language", "created_at", "started_at",
    "ends_at", "ended_at", "ending",
)  # fmt: skip


def export(user: User) -> list[dict[str, Any]]:
    """[{…, questions: [{question, text: {ko, en}, attempt, seconds, …}]}], oldest first."""
    sessions = Session.objects.for_user(user).with_steps().order_by("created_at")
    return [
        {
            **{name: getattr(session, name) for name in FIELDS},
            "questions": [_step(step) for step in session.steps.all()],
        }
        for session in sessions
    ]


def _step(step: SessionQuestion) -> dict[str, Any]:
    return {
        "question": step.question.slug,
        "text": {"ko": step.text_ko, "en": step.text_en},
        "attempt": step.attempt_id,
        "seconds": step.seconds,
        "skipped_at": step.skipped_at,
    }
