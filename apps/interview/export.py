"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import Attempt, Bookmark, Dispute, Draft, QuestionProgress

FEEDBACK_FIELDS = (
    "status", "error_code", "score", "method", "is_guess", "key_points", "prose", "prose_method",
    "model", "prompt_version", "prompt_tokens", "completion_tokens", "timing",
    "created_at", "finished_at",
)  # fmt: skip


def export(user: User) -> dict[str, Any]:
    """{drafts, bookmarks, attempts: [{…, feedback: {…}}], disputes, progress}, oldest first."""
    attempts = (
        Attempt.objects.for_user(user)
        .select_related("question__follows", "feedback")
        .order_by("created_at")
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
                "follows": attempt.question.follows and attempt.question.follows.slug,
                "number": attempt.number,
                "language": attempt.language,
                "answer": attempt.answer,
                "seconds_spent": attempt.seconds_spent,
                "created_at": attempt.created_at,
                "feedback": {name: getattr(attempt.feedback, name) for name in FEEDBACK_FIELDS},
            }
            for attempt in attempts
        ],
        "bookmarks": list(
            Bookmark.objects.filter(user=user).order_by("pk").values("question__slug", "created_at")
        ),
        "disputes": list(
            Dispute.objects.for_user(user)
            .order_by("created_at")
            .values(
                "feedback__attempt",
                "key_point",
                "reason",
                "status",
                "mark_before",
                "mark_after",
                "reply",
                "created_at",
                "decided_at",
            )
        ),
        "progress": list(
            QuestionProgress.objects.filter(user=user)
            .order_by("pk")
            .values("question__slug", "attempts", "last_score", "best_score", "last_attempt_at")
        ),
    }
