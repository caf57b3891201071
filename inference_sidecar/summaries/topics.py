"""Which topics of the question bank the sources touch, by the topics' terms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inference_sidecar.assessment.text import is_hangul
from inference_sidecar.summaries.schemas import Topic

# A term in a sentence that the summary cites says more than one somewhere in a report.
CITED_WEIGHT = 5
SOURCE_HITS_MAX = 20
# Not cited, a topic must come up more than once to be one of the company's.
SOURCE_HITS_MIN = 2
# As a word, "Go" or "REST" means something else in small letters.
CASE_MATTERS_UP_TO = 4


def topics_of(topics: Sequence[Topic], cited: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Ids of the topics that come up, those with the most weight first."""
    weights: dict[str, int] = {}
    for topic in topics:
        patterns = _patterns(topic.terms)
        in_cited = _hits(patterns, cited)
        in_sources = _hits(patterns, sources)
        if in_cited or in_sources >= SOURCE_HITS_MIN:
            weights[topic.id] = CITED_WEIGHT * in_cited + min(in_sources, SOURCE_HITS_MAX)
    return sorted(weights, key=lambda topic_id: -weights[topic_id])


def _hits(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> int:
    return sum(1 for pattern in patterns for text in texts for _ in pattern.finditer(text))


def _patterns(terms: Sequence[str]) -> list[re.Pattern[str]]:
    """One pattern for terms whose case matters and one for the others."""
    exact = [_expression(term) for term in terms if _case_matters(term)]
    loose = [_expression(term) for term in terms if not _case_matters(term)]
    found = []
    if exact:
        found.append(re.compile("|".join(exact)))
    if loose:
        found.append(re.compile("|".join(loose), re.IGNORECASE))
    return found


def _case_matters(term: str) -> bool:
    return len(term) <= CASE_MATTERS_UP_TO and any(character.isupper() for character in term)


def _expression(term: str) -> str:
    words = list(map(re.escape, term.split()))
    if any(map(is_hangul, term)):
        # Particles follow a Korean word, compounds hold it, and spacing is a matter of taste.
        return r"\s*".join(words)
    return r"(?<![A-Za-z0-9])" + r"\s+".join(words) + r"(?![A-Za-z0-9])"
