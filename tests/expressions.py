"""Every regular expression of some packages, and texts made to keep each busy.

An expression that meets a stranger's text must not grow faster than the text. What makes one
grow is a repeat that can begin anywhere or end anywhere: so the texts repeat what the
expression itself repeats, after what it asks for before and before something it never takes.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

parser: Any = re._parser  # type: ignore[attr-defined]

NEVER_TAKEN = ("", "\x00", "a", "가 \x00")
"""Ends of a text: most expressions fail at one of them, after all that went before."""
FEW = 2
"""How many examples are made of what a repeat repeats."""
PUMPS_AT_MOST = 12
"""Texts are made of so many repeats of one expression, those deepest in it first."""
SLOWEST = 3
"""So many of the texts that took longest are asked about at ten times the length."""
SECONDS_A_CHARACTER = 10e-6
"""What no linear expression comes near, and a quadratic one passes at 10,000 characters."""
METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


@dataclass(frozen=True)
class Expression:
    name: str
    pattern: re.Pattern[str]
    methods: frozenset[str]
    """How the code asks it: a search begins at every character, a match at one."""

    def ask(self, text: str) -> None:
        if self.methods & {"fullmatch"}:
            self.pattern.fullmatch(text)
        if self.methods & {"match"}:
            self.pattern.match(text)
        if self.methods - {"match", "fullmatch"}:
            for _found in self.pattern.finditer(text):
                pass


class TooSlow(Exception):
    """Of an expression that was stopped."""


def slowest_text(
    expression: Expression, length: int, *, door: Callable[[str], list[str]]
) -> str | None:
    """A text for which the expression takes too long, if there is one.

    ``door`` is what the code makes of a stranger's text before it asks.
    """
    taken: list[tuple[float, str, str, str]] = []
    for before, pump, end in texts(expression.pattern):
        text = filled(before, pump, end, length)
        seconds = _seconds(expression, door(text), length * SECONDS_A_CHARACTER)
        if seconds is None:
            return text
        taken.append((seconds, before, pump, end))
    for _seconds_taken, before, pump, end in sorted(taken, reverse=True)[:SLOWEST]:
        text = filled(before, pump, end, 10 * length)
        if _seconds(expression, door(text), 10 * length * SECONDS_A_CHARACTER) is None:
            return text
    return None


def _seconds(expression: Expression, pieces: list[str], limit: float) -> float | None:
    """How long the expression takes over all pieces; None where that is over the limit.

    It is stopped then: what grows by the square would take minutes.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)  # counts this process's own time
    try:
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        for piece in pieces:
            expression.ask(piece)
        return time.process_time() - begun
    except TooSlow:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def modules(package: str, *, without: Iterable[str] = ()) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not any(part in found.name.split(".") for part in without):
            yield importlib.import_module(found.name)


def expressions(package: str, *, without: Iterable[str] = ()) -> list[Expression]:
    """Those of a package's own modules: named ones, those in tables and those in calls."""
    found: dict[str, Expression] = {}
    own = list(modules(package, without=without))
    sources = {one.__name__: Path(one.__file__ or "").read_text() for one in own}
    everything = "\n".join(sources.values())
    for module in own:
        for name, value in vars(module).items():
            for number, pattern in enumerate(_in(value)):
                methods = frozenset(re.findall(rf"\b{name}\.(\w+)\(", everything))
                place = f"{module.__name__}.{name}" + (f"[{number}]" if number else "")
                one = Expression(place, pattern, methods & set(METHODS) or frozenset({"search"}))
                found.setdefault(f"{pattern.pattern} {pattern.flags}", one)
        for node in ast.walk(ast.parse(sources[module.__name__])):
            if called := _called(node):
                method, pattern = called
                place = f"{module.__name__}:{node.lineno}"  # type: ignore[attr-defined]
                found[place] = Expression(place, pattern, frozenset({method}))
    return [one for one in found.values() if isinstance(one.pattern.pattern, str)]


def _in(value: Any, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from _in([*value, *value.values()], depth - 1)
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _in(one, depth - 1)


def _called(node: ast.AST) -> tuple[str, re.Pattern[str]] | None:
    """The method and expression of ``re.search("...", text)`` and its kin, flags and all."""
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in METHODS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ):
        return None
    flags = 0
    for given in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
        for one in ast.walk(given):
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                if one.value.id == "re":
                    flags |= getattr(re, one.attr)
    return node.func.attr, re.compile(node.args[0].value, flags)


def filled(before: str, pump: str, end: str, length: int) -> str:
    return before + pump * max(1, (length - len(before)) // len(pump)) + end


def texts(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """What texts are made of that the expression has to work for: (before, repeated, end)."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    pumps = list(dict.fromkeys(_pumps(tree, "", 0)))
    pumps.sort(key=lambda one: -len(one[0]))
    plain = [("", pump) for pump in (" ", "a", "1", "가", ". ", "a.", "(", "\n")]
    for before, pump in [*pumps[:PUMPS_AT_MOST], *plain]:
        for end in NEVER_TAKEN:
            yield before, pump, end


def _pumps(tree: Any, before: str, depth: int) -> Iterator[tuple[str, str]]:
    """What each repeat repeats, with an example of what stands before it."""
    for operation, argument in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _least, most, body = argument
            if most > 8:
                for choice in range(FEW):
                    if pump := _example(body, choice):
                        yield before, pump
                        yield "", pump
            yield from _pumps(body, before, depth + 1)
        elif name == "SUBPATTERN":
            yield from _pumps(argument[-1], before, depth + 1)
        elif name == "ATOMIC_GROUP":
            yield from _pumps(argument, before, depth + 1)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _pumps(branch, before, depth + 1)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _pumps(argument[1], before, depth + 1)
        before += _example([(operation, argument)], 0)


def _example(tree: Any, choice: int) -> str:
    """A text that the tree takes, near enough; ``choice`` picks among its alternatives."""
    return "".join(_one(str(operation), argument, choice) for operation, argument in tree)


def _one(name: str, argument: Any, choice: int) -> str:
    if name == "LITERAL":
        return chr(argument)
    if name == "NOT_LITERAL":
        return "b" if argument == ord("a") else "a"
    if name == "ANY":
        return "a1 "[choice % 3]
    if name == "IN":
        return _of_class(argument, choice)
    if name == "BRANCH":
        branches = argument[1]
        return _example(branches[choice % len(branches)], choice)
    if name == "SUBPATTERN":
        return _example(argument[-1], choice)
    if name == "ATOMIC_GROUP":
        return _example(argument, choice)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, body = argument
        return _example(body, choice) * max(int(least), min(1, int(most)))
    return ""


ANYTHING = "a1 가.-,:/(@A\t|"
CATEGORY = {
    "CATEGORY_DIGIT": "1", "CATEGORY_NOT_DIGIT": "a .", "CATEGORY_SPACE": " \n\t",
    "CATEGORY_NOT_SPACE": "a.1", "CATEGORY_WORD": "a1가", "CATEGORY_NOT_WORD": " .-",
}  # fmt: skip


def _of_class(parts: Any, choice: int) -> str:
    if str(parts[0][0]) == "NEGATE":
        allowed = [one for one in ANYTHING if not any(_holds(part, one) for part in parts[1:])]
        return allowed[choice % len(allowed)] if allowed else "\x7f"
    options: list[str] = []
    for name, argument in parts:
        if str(name) == "LITERAL":
            options.append(chr(argument))
        elif str(name) == "RANGE":
            options.append(chr(argument[0]))
        elif str(name) == "CATEGORY":
            options += CATEGORY[str(argument)]
    return options[choice % len(options)] if options else ""


def _holds(part: Any, character: str) -> bool:
    name, argument = str(part[0]), part[1]
    if name == "LITERAL":
        return chr(argument) == character
    if name == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    return character in CATEGORY[str(argument)]
