"""CSV and XLSX files that staff choose: what kind one is, and its rows, read in a child.

A thread of a worker cannot be stopped and a file may be made to keep it, so it is read in
a process that can.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tablib
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common import children

from .reading import MEMORY_SPENT, MOST_BYTES, MOST_COLUMNS, MOST_ROWS

LIMITS = children.Limits(seconds=120, megabytes=1500)
"""55 MB of XML took more than 200 s, and 20 MB are the most that is unpacked."""
ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MESSAGES: dict[str, str | Promise] = {
    "too_large": _("This file is larger than %(n)d MB. Split it into several and import each."),
    "too_much_text": _("This sheet holds too much text. Split it into several and import each."),
    "too_many_rows": _(
        "This sheet has more than %(n)d rows. Split it into several and import each."
    ),
    "too_many_columns": _(
        "This sheet has more than %(n)d columns. Leave out those that are not needed."
    ),
    "no_rows": _("This sheet has no rows below the first, which names the columns."),
    "unreadable": _(
        "This file cannot be read. Save it as XLSX, or as CSV in UTF-8 or CP949, "
        "and choose it again."
    ),
}
NUMBERS = {
    "too_large": MOST_BYTES // MEGABYTE,
    "too_many_rows": MOST_ROWS,
    "too_many_columns": MOST_COLUMNS,
}
_ZIP = b"PK\x03\x04"
_NO_TEXT = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
"""How files begin that get chosen by mistake; the first is Excel's old XLS."""


class SheetRefused(Exception):
    """A file that is no sheet, or too much of one; ``code`` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        """For whoever chose the file."""
        return str(MESSAGES[self.code]) % {"n": NUMBERS.get(self.code)}


class SheetTooSlow(Exception):
    """It was not read in time, or in the memory that there is for it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    headers: list[str]
    rows: list[tuple[int, list[Any]]]
    """Each with the number that a spreadsheet shows beside it."""

    def dataset(self) -> tablib.Dataset:
        dataset = tablib.Dataset()
        dataset.headers = self.headers
        for _number, cells in self.rows:
            dataset.append(cells)
        return dataset


def kind_of(content: bytes) -> str:
    """By its first bytes; a name may say anything. Raises SheetRefused."""
    if len(content) > MOST_BYTES:
        raise SheetRefused("too_large")
    if content.startswith(_NO_TEXT):
        raise SheetRefused("unreadable")
    return "xlsx" if content.startswith(_ZIP) else "csv"


def read(content: bytes, kind: str, limits: children.Limits = LIMITS) -> Sheet:
    """Raises SheetRefused, SheetTooSlow."""
    answer = json.loads(_read_apart(content, kind, limits))
    if "refused" in answer:
        raise SheetRefused(answer["refused"])
    if not answer["rows"]:
        raise SheetRefused("no_rows")
    return Sheet(answer["headers"], [(number, cells) for number, cells in answer["rows"]])


def _read_apart(content: bytes, kind: str, limits: children.Limits) -> bytes:
    command = [sys.executable, "-m", "apps.sheets.reading", kind]
    try:
        ended = children.run(command, limits, given=content, folder=str(ROOT))
    except children.ChildTimeout as error:
        raise SheetTooSlow(str(error)) from error
    if ended.status < 0 or ended.status == MEMORY_SPENT:
        # The system ended it: for its processor time, for its memory, or in a reader's crash.
        raise SheetTooSlow(f"ended with {ended.status}")
    if ended.status:
        raise RuntimeError(f"the reader of sheets did not run: {ended.errors[-500:]!r}")
    return ended.output
