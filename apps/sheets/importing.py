"""The work of a SheetImport: read the file, go through its rows, say or write what they do.

The check goes through the rows in a transaction that is rolled back. The import writes
them, the log of admin and its own end in one transaction: whatever kills it, all of it is
there or nothing. A worker that lost its job finds that out in that transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import monotonic
from types import TracebackType
from typing import Any

import structlog
from diff_match_patch import diff_match_patch
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult

from apps.common import leftovers, storage
from apps.common.jobs import BEAT_SECONDS, JobError, LeaseLost
from apps.common.live import Publisher

from . import progress
from .files import Sheet, SheetRefused, SheetTooSlow, read
from .models import SheetImport
from .resources import SheetResource, may_import

logger = structlog.get_logger(__name__)

MOST_SECONDS = 5 * 60.0
"""For all rows: what takes longer holds locks on them for too long."""
TELL_SECONDS = 0.5
MOST_PROBLEMS = 200
MOST_CHANGES = 100
"""Shown; all are counted. A report stays below a megabyte."""
VALUE_LENGTH = 80
_FLAGS = {RowResult.IMPORT_TYPE_NEW: ADDITION, RowResult.IMPORT_TYPE_UPDATE: CHANGE}


def run(job: SheetImport, stream: Publisher) -> dict[str, Any]:
    """What the check found; nothing for an import, which saves its end itself.

    Raises JobError and LeaseLost.
    """
    with translation.override(job.language), Keeper(job) as keeper:
        try:
            sheet = _sheet(job)
        except SheetRefused as refusal:
            return _refused(refusal.message)
        if job.phase == SheetImport.Phase.APPLY:
            return _apply(job, sheet, keeper)
        return _outcome(_go_through(job, sheet, keeper, dry_run=True), sheet)


class Keeper:
    """Renews a job's lease from a thread beside its work.

    The work's own transaction would hide the renewal from everybody until it ends.
    """

    def __init__(self, job: SheetImport, seconds: float = BEAT_SECONDS) -> None:
        self.is_lost = False
        self._job = job
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self._job.beat()
            except LeaseLost:
                self.is_lost = True
                return
            except Exception:
                logger.exception("lease not renewed", job=self._job.stream_key)


def _sheet(job: SheetImport) -> Sheet:
    try:
        return read(storage.read(job.key), job.kind)
    except storage.ObjectMissing as error:
        raise JobError("file_missing", str(error)) from error
    except storage.StorageError as error:
        raise JobError("storage_down", str(error), retryable=True) from error
    except SheetTooSlow as error:
        raise JobError("reading_too_slow", str(error)) from error


def _resource(job: SheetImport) -> type[SheetResource]:
    """What may have changed since a person confirmed it is asked again."""
    resource = job.resource
    if resource is None or not may_import(job.user, resource):
        raise JobError("not_allowed")
    return resource


def _apply(job: SheetImport, sheet: Sheet, keeper: Keeper) -> dict[str, Any]:
    with transaction.atomic():
        result = _go_through(job, sheet, keeper, dry_run=False)
        outcome = _outcome(result, sheet)
        if not outcome["rows_wrong"]:
            _log(job, result)
            leftovers.discard([job.key])
            job.succeed(**outcome, key="")
            return {}
    # Nothing was written: something has changed since the check.
    return {**outcome, "phase": SheetImport.Phase.CHECK}


def _go_through(job: SheetImport, sheet: Sheet, keeper: Keeper, *, dry_run: bool) -> Result:
    resource = _resource(job)
    watch = _Watch(job, len(sheet.rows), keeper)
    result = resource(on_row=watch.row).import_data(
        sheet.dataset(),
        dry_run=dry_run,
        use_transactions=True,
        rollback_on_validation_errors=True,
        retain_instance_in_row_result=True,
    )
    for row in result.rows:
        for error in row.errors:
            if isinstance(error.error, OperationalError):  # a lock: it heals
                raise error.error
    return result


class _Watch:
    """Between two rows: is the job still ours, is there time left, how far is it."""

    def __init__(self, job: SheetImport, total: int, keeper: Keeper) -> None:
        self._job = job
        self._total = total
        self._keeper = keeper
        self._ends = monotonic() + MOST_SECONDS
        self._told = float("-inf")

    def row(self, place: int) -> None:
        """Raises LeaseLost, JobError."""
        now = monotonic()
        if self._keeper.is_lost:
            raise LeaseLost(str(self._job.pk))
        if now > self._ends:
            raise JobError("rows_too_slow", f"at row {place} of {self._total}")
        if now - self._told >= TELL_SECONDS:
            progress.tell(self._job, place - 1, self._total)
            self._told = now


def _log(job: SheetImport, result: Result) -> None:
    """As admin logs what a person adds and changes by hand."""
    for kind, flag in _FLAGS.items():
        rows = [row.instance for row in result.rows if row.import_type == kind]
        if rows:
            message = _("Imported from %(file)s.") % {"file": job.filename}
            LogEntry.objects.log_actions(job.user_id, rows, flag, change_message=message)


def _refused(problem: str) -> dict[str, Any]:
    """A sheet of which no row can be told apart."""
    return {
        "phase": SheetImport.Phase.CHECK,
        "rows_new": 0,
        "rows_changed": 0,
        "rows_same": 0,
        "rows_wrong": 1,
        "report": {"problems": [_problem(problem)], "changes": []},
    }


def _outcome(result: Result, sheet: Sheet) -> dict[str, Any]:
    """The job's counts and its report: ``{problems: [{row, column, value, text}],
    changes: [{row, kind, name, cells: [{column, parts: [[-1 | 0 | 1, text]]}]}]}``."""
    if result.base_errors:
        return _refused(str(result.base_errors[0].error))
    wrong = len(result.error_rows) + len(result.invalid_rows)
    problems = sorted(_problems(result, sheet), key=lambda problem: problem["row"])
    return {
        "rows_new": result.totals[RowResult.IMPORT_TYPE_NEW],
        "rows_changed": result.totals[RowResult.IMPORT_TYPE_UPDATE],
        "rows_same": result.totals[RowResult.IMPORT_TYPE_SKIP],
        "rows_wrong": wrong,
        "report": {
            "problems": problems[:MOST_PROBLEMS],
            "changes": [] if wrong else _changes(result, sheet),
        },
    }


def _problem(text: str, row: int = 0, column: str = "", value: Any = None) -> dict[str, Any]:
    """``row`` 0: the file as a whole."""
    return {"row": row, "column": column, "value": _brief(value), "text": text}


def _brief(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}…"


def _problems(result: Result, sheet: Sheet) -> Iterator[dict[str, Any]]:
    for row in result.error_rows:
        number, _cells = sheet.rows[row.number - 1]
        for error in row.errors:
            yield _problem(_told(error.error), number)
    for row in result.invalid_rows:
        number, cells = sheet.rows[row.number - 1]
        values = dict(zip(sheet.headers, cells, strict=True))
        for column, errors in row.field_specific_errors.items():
            for text in errors:
                yield _problem(str(text), number, column, values.get(column))
        for text in row.non_field_specific_errors:
            yield _problem(str(text), number)


def _told(error: Exception) -> str:
    if isinstance(error, ValueError):  # our own words, or a widget's
        return str(error)
    if isinstance(error, IntegrityError):
        return _("Somebody changed the same at this moment. Check the sheet again.")
    logger.error("row not imported", error=repr(error))
    return _("This row met a problem on our side.")


def _changes(result: Result, sheet: Sheet) -> list[dict[str, Any]]:
    changed = [row for row in result.rows if row.import_type in _FLAGS]
    return [
        {
            "row": sheet.rows[row.place - 1][0],
            "kind": row.import_type,
            "name": _brief(row.object_repr),
            "cells": list(_cells(result.diff_headers, row.diff)),
        }
        for row in changed[:MOST_CHANGES]
    ]


def _cells(columns: list[str], pairs: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """The columns in which the two texts differ, as what stays, goes and comes."""
    comparing = diff_match_patch()
    for column, (before, after) in zip(columns, pairs, strict=True):
        if before != after:
            parts = comparing.diff_main(before, after)
            comparing.diff_cleanupSemantic(parts)
            yield {"column": column, "parts": [list(part) for part in parts]}
