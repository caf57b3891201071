"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import DailyMail, ReviewAnswer, ReviewCard, ReviewSettings

ANSWER_FIELDS = (
    "id", "question__slug", "language", "answer", "status", "error_code", "mark", "method",
    "guess", "model", "created_at", "finished_at",
)  # fmt: skip
CARD_FIELDS = ("state", "stability", "difficulty", "due", "last_review", "skipped_on")


def export(user: User) -> dict[str, Any]:
    """{cards: [{…, ratings: […]}], answers, settings, daily_mails}, oldest first."""
    cards = (
        ReviewCard.objects.for_user(user)
        .select_related("key_point__question")
        .prefetch_related("ratings")
        .order_by("created_at", "id")
    )
    settings = ReviewSettings.objects.filter(user=user)
    return {
        "cards": [_card(card) for card in cards],
        "answers": list(
            ReviewAnswer.objects.for_user(user).order_by("created_at").values(*ANSWER_FIELDS)
        ),
        "settings": settings.values("time_zone", "daily_mail", "mail_hour").first() or {},
        "daily_mails": list(
            DailyMail.objects.filter(user=user).order_by("day").values("day", "question__slug")
        ),
    }


def _card(card: ReviewCard) -> dict[str, Any]:
    return {
        "question": card.key_point.question.slug,
        "key_point": card.key_point.text,
        **{name: getattr(card, name) for name in CARD_FIELDS},
        "ratings": [
            {"rating": log.rating, "reviewed_at": log.reviewed_at} for log in card.ratings.all()
        ],
    }
