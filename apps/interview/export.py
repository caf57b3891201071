"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import Attempt, Draft, QuestionProgress

FEEDBACK_FIELDS = (
    "status", "error_code", "score", "method", "is_guess", "key_points", "prose", "prose_method",
    "model", "prompt_version", "prompt_tokens", "completion_tokens", "timing",
    "created_at", "finished_at",
)  # fmt: skip


def export(user: User) -> dict[str, Any]:
    """{drafts: […], attempts: [{…, feedback: {…}}], progress: […]}, oldest first."""
    attempts = (
        Attempt.objects.for_user(user).select_related("question", "feedback").order_by("created_at")
    )
    return {
        "drafts": [
            {
                "question": draft.question.slug,
                "text": draft.text,
                "updated_at": draft.updated_at,
            }
            for draft in Draft.objects.filter(user=user).select_related("question").order_by("pk")
        ],
        "attempts": [
            {
                "id": attempt.pk,
                "question": attempt.question.slug,
                "question_text": attempt.question.text,
                "number": attempt.number,
                "language": attempt.language,
                "answer": attempt.answer,
                "seconds_spent": attempt.seconds_spent,
                "created_at": attempt.created_at,
                "feedback": {name: getattr(attempt.feedback, name) for name in FEEDBACK_FIELDS},
            }
            for attempt in attempts
        ],
        "progress": list(
            QuestionProgress.objects.filter(user=user)
            .order_by("pk")
            .values("question__slug", "attempts", "last_score", "best_score", "last_attempt_at")
        ),
    }
