"""Who wrote the prose is told by what was shown, not by what the model could do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inference_sidecar.engine import Delta
from inference_sidecar.feedback import Written


async def _stream(*deltas: Delta) -> AsyncIterator[Delta]:
    for delta in deltas:
        yield delta


pytestmark = pytest.mark.anyio

MODELS = Delta("Each process has its own memory.", 10, 8)
STAFFS = Delta("You could put it like this:", 0, 0, composed=True)
BLANK = Delta("\n\n", 10, 9)


@pytest.mark.parametrize(
    ("deltas", "method"),
    [
        ([MODELS, BLANK], "model"),
        ([STAFFS, BLANK], "composed"),
        ([], "composed"),
    ],
)
async def test_the_method_follows_what_was_written(deltas: list[Delta], method: str) -> None:
    written = Written()

    passed = [delta async for delta in written.note(_stream(*deltas))]

    assert passed == deltas
    assert written.method == method
