"""No expression of the sidecar grows faster than the text it is asked about."""

from __future__ import annotations

from tests.expressions import expressions, slowest_text

CHARACTERS = 10_000
NOT_SERVING = ("tests", "__main__", "evaluate", "evaluation", "prepare_model", "vllm_engine")


def test_no_expression_grows_faster_than_its_text() -> None:
    """10,000 and 100,000 characters made for each: at most 10 µs a character."""
    found = expressions("inference_sidecar", without=NOT_SERVING)

    slow = {
        one.name: (text[:40], len(text))
        for one in found
        if (text := slowest_text(one, CHARACTERS, door=lambda text: [text])) is not None
    }

    assert slow == {}
    assert len(found) > 70
