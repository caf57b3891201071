"""What the judge is asked, word for word: the one format of training and judging.

The answer comes first and is the same for every claim, so that an engine with a prefix
cache reads it once. Then follows one claim, a common mistake about it where the staff
named one, and the beginning of a sentence that the model ends:

    The answer supports | partly | opposes | ignores

and, where it speaks of the claim at all, the letter of the passage that does.
"""

from __future__ import annotations

from collections.abc import Sequence

from inference_sidecar.assessment.passages import LETTERS

SUPPORTS, PARTLY, OPPOSES, IGNORES = VERDICTS = (" supports", " partly", " opposes", " ignores")


def answer_part(question: str, passages: Sequence[str]) -> str:
    """What all claims about one answer share."""
    lines = "\n".join(f"{letter}) {text}" for letter, text in zip(LETTERS, passages))
    return f"Question: {question}\nAnswer:\n{lines}\n\n"


def claim_part(claim: str, mistake: str | None) -> str:
    """Ends where one of VERDICTS follows."""
    mistake_line = f"Mistake: {mistake}\n" if mistake else ""
    return f"Claim: {claim}\n{mistake_line}The answer"


def place_part(verdict: str) -> str:
    """Follows ``claim_part``; ends where the letter of a passage follows."""
    return f"{verdict} it in\n"


VERSION_SOURCE = (
    *VERDICTS,
    answer_part("question", ["passage"]),
    claim_part("claim", "mistake"),
    place_part(SUPPORTS),
)
"""All of the wording, for the version of a judgement."""
