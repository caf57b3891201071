"""The child process of files.read(): a CSV or XLSX file on stdin, JSON of its rows on stdout.

An XLSX is a zip: a file of 242 kB unpacks to 55 MB of XML and keeps a process busy for
minutes, and one cell in the last row of a sheet stands for a million empty ones. So it is
asked what it unpacks to before it is opened, and rows and columns are read up to an end.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from apps.common.decoding import EncodingUnknown, decode

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
"""Bytes of XML in an XLSX: a thousand questions with long answers in both languages are half."""
MOST_ROWS = 2_000
"""Below the heading. More than all questions, key points or companies there are."""
MOST_COLUMNS = 100
MEMORY_SPENT = 77
"""The child's exit status after a failed allocation."""


class Refused(Exception):
    """``code`` is a key of files.MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(content: bytes, kind: str) -> dict[str, Any]:
    """``{headers: [name], rows: [[number, [cell]]]}``, numbered as a spreadsheet does.

    The first row names the columns, so the first of ``rows`` has the number 2 or more;
    rows without a cell are left out. Raises Refused.
    """
    rows = _xlsx(content) if kind == "xlsx" else _csv(content)
    headers = [str(name if name is not None else "") for name in next(rows, [])]
    if len(headers) > MOST_COLUMNS:
        raise Refused("too_many_columns")
    width = len(headers)
    kept = []
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue
        if number > MOST_ROWS + 1:
            raise Refused("too_many_rows")
        kept.append([number, [*cells[:width], *[None] * (width - len(cells))]])
    return {"headers": headers, "rows": kept}


def _csv(content: bytes) -> Iterator[list[Any]]:
    csv.field_size_limit(MOST_BYTES)  # a cell may hold a whole source text
    try:
        text = decode(content)
        yield from _trimmed(csv.reader(io.StringIO(text, newline="")))
    except (EncodingUnknown, csv.Error) as error:
        raise Refused("unreadable") from error


def _xlsx(content: bytes) -> Iterator[list[Any]]:
    """The first sheet; values of formulas, not the formulas."""
    import openpyxl  # type: ignore[import-untyped]  # takes longer than reading most CSV files

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Refused("too_much_text")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        yield from _trimmed(
            book.active.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True)
        )
    finally:
        book.close()


def _trimmed(rows: Iterable[Iterable[Any]]) -> Iterator[list[Any]]:
    for row in rows:
        cells = list(row)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        yield cells


def _written(value: Any) -> str:
    """A cell that JSON has no form for: a date is written as one, for all its midnight."""
    if isinstance(value, datetime.datetime):
        whole_day = value.time() == datetime.time()
        return value.date().isoformat() if whole_day else value.isoformat(" ")
    return str(value)


def _answer(content: bytes, kind: str) -> dict[str, Any]:
    try:
        return read(content, kind)
    except Refused as refusal:
        return {"refused": refusal.code}
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # a file that breaks its reader is no sheet
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return {"refused": "unreadable"}


def answer(content: bytes, kind: str) -> bytes:
    return json.dumps(_answer(content, kind), default=_written).encode()


def main(kind: str) -> int:
    # Whatever a library prints must not land in the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        given = answer(sys.stdin.buffer.read(), kind)
    except (MemoryError, RecursionError):
        return MEMORY_SPENT
    answers.write(given)
    answers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
