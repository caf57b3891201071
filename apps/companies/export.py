"""What this app keeps of a person, for the download of everything they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import CompanyFollow


def export(user: User) -> list[dict[str, Any]]:
    """The companies that the person follows, oldest first."""
    follows = CompanyFollow.objects.filter(user=user).select_related("company").order_by("pk")
    return [{"company": follow.company.slug, "since": follow.created_at} for follow in follows]
