"""One site with real vLLM and the packaged model, and answers whose worth people judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from scripts.setup import ROOT
from tests.people import Person, make_people
from tests.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("site")) as stack:
        yield stack


@pytest.fixture(scope="session")
def cast(stack: Stack) -> Iterator[Person]:
    return iter(make_people(stack, *(f"person-{number}" for number in range(20))))


@pytest.fixture
def alice(cast: Iterator[Person]) -> Person:
    """Someone new for each test, who has answered nothing yet."""
    return next(cast)


@pytest.fixture(scope="session")
def answers() -> dict[tuple[str, str, str], str]:
    """(question, language, kind) → an answer; kinds: good, partial, wrong, injected."""
    path = ROOT / "inference_sidecar" / "tests" / "answers.yaml"
    labelled: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {(one["question"], one["language"], one["kind"]): one["text"] for one in labelled}
