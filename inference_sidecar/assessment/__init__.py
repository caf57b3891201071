"""How an answer is judged: by choices (``judge``), by a rubric, or not at all (``retrieval``)."""

from __future__ import annotations


class InvalidModelOutput(Exception):
    """The model's judgement did not hold to its form, twice. Retrying later may help."""
