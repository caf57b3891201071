"""No expression that meets a stranger's text grows faster than the text.

The sidecar's own are asked in its own tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from apps.resume.parsing.runs import LONGEST_LINE
from apps.resume.parsing.vocabulary import PLACE_BEFORE
from apps.resume.parsing.wraps import LONGEST_PARAGRAPH
from tests.expressions import Expression, expressions, slowest_text

# The MariaDB backend needs mysqlclient, which only production installs, and has none.
NOT_IN_USE = ("tests", "migrations", "management", "mariadb")
HEADINGS_BEFORE = 60
"""Characters, asked first thing in ``headings.heading_kinds``."""
CHARACTERS = 10_000


def in_parts(text: str, longest: int) -> list[str]:
    return [text[start : start + longest] for start in range(0, len(text), longest)]


def as_it_comes(text: str) -> list[str]:
    return [text]


def as_it_stands_on_a_page(text: str) -> list[str]:
    """The parser's own door: paragraphs of a length, one blank between words (two at a join)."""
    return in_parts(re.sub(r"\s{2,}", "  ", text), LONGEST_PARAGRAPH)


def as_a_heading(text: str) -> list[str]:
    return in_parts(re.sub(r"\s{2,}", "  ", text), HEADINGS_BEFORE)


def as_a_place(text: str) -> list[str]:
    return in_parts(re.sub(r"\s{2,}", "  ", text), PLACE_BEFORE)


def door_of(expression: Expression) -> Callable[[str], list[str]]:
    name = expression.name
    if not name.startswith("apps.resume.parsing"):
        return as_it_comes
    if ".headings" in name:
        return as_a_heading
    return as_a_place if ".PLACE" in name else as_it_stands_on_a_page


@pytest.mark.parametrize(
    ("package", "least"),
    [
        ("apps.accounts", 0),
        ("apps.common", 1),
        ("apps.companies", 10),
        ("apps.interview", 0),
        ("apps.practice", 6),
        ("apps.resume.parsing", 200),
        ("apps.resume.rendering", 5),
    ],
)
def test_no_expression_grows_faster_than_its_text(package: str, least: int) -> None:
    """10,000 and 100,000 characters made for each: at most 10 µs a character."""
    found = expressions(package, without=NOT_IN_USE)

    slow = {
        one.name: (text[:40], len(text))
        for one in found
        if (text := slowest_text(one, CHARACTERS, door=door_of(one))) is not None
    }

    assert slow == {}
    assert len(found) >= least


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"\s+$", r"[\w.]+@", r"\d+\s*년", r"(?:ab|a|b)*c"])
def test_an_expression_that_does_is_found(pattern: str) -> None:
    expression = Expression("example", re.compile(pattern), frozenset({"search"}))

    assert slowest_text(expression, CHARACTERS, door=as_it_comes) is not None


def test_a_linear_one_is_not() -> None:
    expression = Expression("example", re.compile(r"(?<!\d)\d+\s?년"), frozenset({"search"}))

    assert slowest_text(expression, CHARACTERS, door=as_it_comes) is None


def test_a_paragraph_is_the_longest_text_that_is_asked_about() -> None:
    assert LONGEST_LINE < LONGEST_PARAGRAPH == 4_000
