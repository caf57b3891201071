"""Whether one sentence of a source may stand in a summary, and in which section.

The judge of answers judges it, in the same format: the sentence is the answer, each
section a claim about it. ``supports`` means that the sentence is about the company,
stands alone, and belongs to that section.
"""

from __future__ import annotations

from inference_sidecar.assessment.judging import (
    SUPPORTS,
    VERDICTS,
    VERSION_SOURCE,
    answer_part,
    claim_part,
)

CLAIMS = {
    "what": "This says what {company} does, for whom",
    "products": "This names products or business areas of {company}",
    "figures": "This gives a figure of {company}'s own business with its measure",
    "technology": "This tells which technology or way of working {company} uses",
    "hiring": "This tells how {company} hires or what it offers staff",
}
# A sentence of the one section often bears out the other's claim, too: not an error to
# learn from.
NEAR = {frozenset(pair) for pair in (("what", "products"), ("products", "technology"))}


def question(company: str) -> str:
    return f"What does {company} say of itself?"


def sentence_part(company: str, sentence: str) -> str:
    """What the claims of all sections about one sentence share."""
    return answer_part(question(company), [sentence])


def section_part(company: str, section: str) -> str:
    """Follows ``sentence_part``; ends where one of VERDICTS follows."""
    return claim_part(CLAIMS[section].format(company=company), None)


def expected(labelled: str, section: str) -> bool | None:
    """Whether a sentence labelled ``labelled`` supports the claim of ``section``.

    None where the label does not tell.
    """
    if labelled == section:
        return True
    return None if frozenset((labelled, section)) in NEAR else False


__all__ = [
    "CLAIMS",
    "SUPPORTS",
    "VERDICTS",
    "VERSION_SOURCE",
    "expected",
    "question",
    "section_part",
    "sentence_part",
]
