"""How an answer is judged: from signals (small models) or by a rubric (large ones)."""

from __future__ import annotations


class InvalidModelOutput(Exception):
    """The model's judgement did not hold to its form, twice. Retrying later may help."""
