"""CSV and XLSX files that staff choose, read within bounds.

An XLSX is a zip: a file of 242 kB unpacks to 55 MB of XML and keeps a process busy for
minutes, and one cell in the last row of a sheet stands for a million empty ones. So it is
asked what it unpacks to before it is opened, and rows and columns are read up to an end.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import tablib
from django.utils.translation import gettext as _
from import_export.formats import base_formats

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
"""Bytes of XML in an XLSX: a thousand questions with long answers in both languages are half."""
MOST_ROWS = 2_000
"""Below the heading. More than all questions, key points or companies there are."""
MOST_COLUMNS = 100


class SheetTooLarge(Exception):
    """Its words are for whoever chose the file."""


class CSV(base_formats.CSV):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> tablib.Dataset:
        content = in_stream.encode() if isinstance(in_stream, str) else in_stream
        _check_bytes(content)
        text = content.decode(self.encoding or "utf-8").removeprefix("\ufeff")
        return _dataset(csv.reader(io.StringIO(text, newline="")))


class XLSX(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """The first sheet; values of formulas, not the formulas."""
        _check_bytes(in_stream)
        with zipfile.ZipFile(io.BytesIO(in_stream)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise SheetTooLarge(
                    _("This sheet holds too much text. Split it into several and import each.")
                )
        book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
        try:
            return _dataset(
                book.active.iter_rows(
                    max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True
                )
            )
        finally:
            book.close()


def _check_bytes(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise SheetTooLarge(
            _("This file is larger than %(n)d MB. Split it into several and import each.")
            % {"n": MOST_BYTES // 1024 // 1024}
        )


def _dataset(rows: Iterable[Iterable[Any]]) -> tablib.Dataset:
    """The rows below the first, which names the columns; what is empty at the ends is left."""
    filled = _without_empty_ends(rows)
    dataset = tablib.Dataset()
    heading = next(filled, [])
    if len(heading) > MOST_COLUMNS:
        raise SheetTooLarge(
            _("This sheet has more than %(n)d columns. Leave out those that are not needed.")
            % {"n": MOST_COLUMNS}
        )
    dataset.headers = heading
    for number, row in enumerate(filled, start=1):
        if number > MOST_ROWS:
            raise SheetTooLarge(
                _("This sheet has more than %(n)d rows. Split it into several and import each.")
                % {"n": MOST_ROWS}
            )
        if row:
            dataset.append([*row[: len(heading)], *[None] * (len(heading) - len(row))])
    return dataset


def _without_empty_ends(rows: Iterable[Iterable[Any]]) -> Iterator[list[Any]]:
    empty = 0
    for row in rows:
        cells = list(row)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            empty += 1  # counted only where something follows
            if empty > MOST_ROWS:
                return
            continue
        yield from ([] for _row in range(empty))
        empty = 0
        yield cells
