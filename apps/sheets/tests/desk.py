"""A person of staff at the desk: chooses a sheet, sees its check, confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.sheets import tasks
from apps.sheets.models import SheetImport


def sheet_file(rows: Sequence[dict[str, Any]], kind: str = "csv") -> SimpleUploadedFile:
    data = tablib.Dataset(headers=list(rows[0]))
    for row in rows:
        data.append([row.get(name, "") for name in data.headers])
    content = data.export(kind)
    return as_file(content.encode() if isinstance(content, str) else content, f"sheet.{kind}")


def as_file(content: bytes, name: str = "sheet.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def choose(client: Client, address: str, file: SimpleUploadedFile, sheet: str) -> SheetImport:
    """The import of a file that was taken and has been checked."""
    response = client.post(address, {"sheet": sheet, "file": file})
    assert response.status_code == 302, response.text
    begun = SheetImport.objects.latest("created_at")
    assert response["Location"] == begun.get_absolute_url()
    return ran(begun)


def confirm(client: Client, checked: SheetImport) -> SheetImport:
    client.post(f"{page_of(checked)}confirm/")
    return ran(checked)


def ran(sheet_import: SheetImport) -> SheetImport:
    """After its job; a worker finds nothing to do where none is queued."""
    tasks.run_sheet_import(str(sheet_import.pk))
    return SheetImport.objects.get(pk=sheet_import.pk)


def page_of(sheet_import: SheetImport) -> str:
    """Below which its other addresses are."""
    return sheet_import.get_absolute_url().removesuffix("change/")


def counts(sheet_import: SheetImport) -> tuple[int, int, int]:
    """New, changed, as they were."""
    return sheet_import.rows_new, sheet_import.rows_changed, sheet_import.rows_same


def problems(sheet_import: SheetImport) -> list[tuple[int, str, str]]:
    """Each with its row and its column."""
    return [
        (problem["row"], problem["column"], problem["text"])
        for problem in sheet_import.report["problems"]
    ]
