"""The sheets that a person chose, for the export and the deletion of all they have here."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User

from .models import SheetImport


def export(user: User) -> list[dict[str, Any]]:
    rows: Any = (
        SheetImport.objects.filter(user=user)
        .order_by("created_at")
        .values(
            "sheet", "filename", "size", "phase", "status", "created_at",
            "rows_new", "rows_changed", "rows_same", "rows_wrong",
        )
    )  # fmt: skip
    return list(rows)


def file_keys(user: User) -> list[str]:
    return list(SheetImport.objects.filter(user=user).values_list("key", flat=True))
