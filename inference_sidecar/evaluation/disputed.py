"""Marks that candidates disputed and staff decided: what the gate asks from then on.

The site writes them (``manage.py export_disputes FILE.yaml``): a list of
{question, key_point, misconceptions, language, answer, expected}, where texts are {ko, en}
and ``expected`` is the mark that a person found right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

POINT = "point"
"""The one key point of a case's request."""
EXPECTED = ("covered", "partial", "missing", "wrong")
REVERSED = {("covered", "wrong"), ("wrong", "covered")}
"""Expected and found: what must not be; the rest is a matter of degree, and counted."""


@dataclass(frozen=True, slots=True)
class Case:
    item: dict[str, Any]
    """The request."""
    expected: str


@dataclass(frozen=True, slots=True)
class Outcome:
    as_decided: int
    count: int
    reversed: list[str]
    """The answers that are marked the opposite of what was decided."""


def load(path: Path) -> list[Case]:
    """The cases of the file. Raises ValueError where one is not as it must be."""
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
    try:
        return [_case(number, row) for number, row in enumerate(rows, start=1)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name}: no file of disputed cases ({error!r})") from error


def _case(number: int, row: Mapping[str, Any]) -> Case:
    language, expected = row["language"], row["expected"]
    if expected not in EXPECTED:
        raise ValueError(f"case {number}: {expected!r} is none of {', '.join(EXPECTED)}")
    statements = [_in(language, mistake) for mistake in row["misconceptions"]]
    point = {
        "id": POINT,
        "text": _in(language, row["key_point"]),
        "misconceptions": [{"statement": each} for each in statements if each],
    }
    item = {
        "id": f"disputed-{number}",
        "language": language,
        "question": _in(language, row["question"]),
        "key_points": [point],
        "answer": row["answer"],
    }
    return Case(item, expected)


def _in(language: str, texts: Mapping[str, str]) -> str:
    """In the language, or in the other where staff wrote one only."""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def outcome(cases: Sequence[Case], assessments: Sequence[Mapping[str, Any]]) -> Outcome:
    found = [assessment["key_points"][0]["status"] for assessment in assessments]
    return Outcome(
        as_decided=sum(case.expected == status for case, status in zip(cases, found)),
        count=len(cases),
        reversed=[
            case.item["answer"]
            for case, status in zip(cases, found)
            if (case.expected, status) in REVERSED
        ],
    )
