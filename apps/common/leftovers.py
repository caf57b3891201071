"""No file outlives the row that names it, whatever is killed in between.

S3 and the database share no transaction. So a file is first noted as a leftover
that is due later, then stored, and the note is taken back in the transaction that
saves its row. A deletion notes the file in the transaction that deletes its row.
The sweep deletes what is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction

from . import clock, storage
from .jobs import send_task
from .models import Leftover

PATIENCE = timedelta(hours=6)
"""Longer than any job that writes a file may take with all its tries."""
AT_ONCE = 500


def expect(keys: Iterable[str], patience: timedelta = PATIENCE) -> None:
    """Call before storing files: they go again unless ``keep`` is called in time."""
    due_at = clock.now() + patience
    Leftover.objects.bulk_create(
        [Leftover(key=key, due_at=due_at) for key in keys], ignore_conflicts=True
    )


def keep(keys: Iterable[str]) -> None:
    """Call in the transaction that saves the row which names the files."""
    Leftover.objects.filter(key__in=list(keys)).delete()


def discard(keys: Iterable[str]) -> None:
    """Call in the transaction that deletes the row which names the files."""
    wanted = [key for key in keys if key]
    if not wanted:
        return
    Leftover.objects.filter(key__in=wanted).delete()
    Leftover.objects.bulk_create(
        [Leftover(key=key, due_at=clock.now()) for key in wanted], ignore_conflicts=True
    )
    transaction.on_commit(lambda: send_task("apps.common.tasks.sweep_leftovers"))


def sweep() -> int:
    """Delete the files that are due; returns how many. Raises StorageError."""
    swept = 0
    while due := _due():
        storage.delete(due)
        Leftover.objects.filter(key__in=due).delete()
        swept += len(due)
    return swept


def _due() -> Sequence[str]:
    return list(
        Leftover.objects.filter(due_at__lte=clock.now()).values_list("key", flat=True)[:AT_ONCE]
    )
