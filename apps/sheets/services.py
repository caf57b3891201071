"""What staff do with a sheet: choose it, confirm it, check it again, discard it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.common import clock, leftovers, limits, storage
from apps.common.jobs import Job, enqueue, enqueue_on_commit
from apps.common.limits import DAY, MINUTE, Limit

from .files import TYPES, kind_of
from .models import SheetImport

FILES_FOLDER = "sheets"
SHEETS = (Limit("sheets", 20, MINUTE), Limit("sheets", 300, DAY))
"""Chosen, or checked again: each takes a worker seconds, and minutes at most."""


def sheet_import_start(
    *, user: User, sheet: str, filename: str, content: bytes, language: str
) -> SheetImport:
    """Keep the file and queue its check; ``sheet`` is the label of its rows' model.

    Raises SheetRefused, LimitReached and StorageError; then nothing is kept.
    """
    kind = kind_of(content)
    limits.count(user.pk, *SHEETS)
    key = storage.new_key(FILES_FOLDER, kind)
    leftovers.expect([key])
    storage.write(key, content, content_type=TYPES[kind])
    with transaction.atomic():
        leftovers.keep([key])
        created = SheetImport.objects.create(
            user=user,
            sheet=sheet,
            filename=filename[-255:],
            key=key,
            kind=kind,
            size=len(content),
            language=language,
        )
        enqueue_on_commit(created)
    return created


def sheet_import_confirm(*, sheet_import: SheetImport) -> bool:
    """Queue the import of what was checked; False where there is nothing to confirm (any more).

    A second click finds it confirmed.
    """
    waiting = SheetImport.objects.confirmable().filter(pk=sheet_import.pk)
    return _queue(sheet_import, waiting.update(phase=SheetImport.Phase.APPLY, **_afresh()))


def sheet_import_again(*, sheet_import: SheetImport) -> bool:
    """Check once more what was checked, or try again what failed; False if neither can help.

    Raises LimitReached.
    """
    limits.count(sheet_import.user_id, *SHEETS)
    if sheet_import.status == Job.Status.FAILED:
        again = sheet_import.can_heal and sheet_import.requeue()
        return _queue(sheet_import, int(again))
    checked = SheetImport.objects.checked().filter(pk=sheet_import.pk)
    return _queue(sheet_import, checked.update(**_afresh()))


def _afresh() -> dict[str, object]:
    now = clock.now()
    return {
        "status": Job.Status.QUEUED,
        "failures": 0,
        "due_at": now,
        "queued_at": now,
        "finished_at": None,
    }


def _queue(sheet_import: SheetImport, changed: int) -> bool:
    if changed:
        enqueue(sheet_import)
    return bool(changed)


def sheet_import_discard(*, sheet_import: SheetImport) -> None:
    """Forget it with its file. A worker that is at it finds that out and writes nothing."""
    with transaction.atomic():
        leftovers.discard([sheet_import.key])
        SheetImport.objects.filter(pk=sheet_import.pk).delete()


def sheet_imports_forget(*, before: datetime) -> None:
    """Those that ended, or have waited for their person, since then."""
    with transaction.atomic():
        old = list(SheetImport.objects.over(before).values_list("pk", "key"))
        leftovers.discard(key for _pk, key in old)
        SheetImport.objects.filter(pk__in=[pk for pk, _key in old]).delete()
