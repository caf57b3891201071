"""What a model's sentence must pass before a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from inference_sidecar.assessment.polarity import negates, opposes
from inference_sidecar.assessment.text import content_words, similarity

# Words that say nothing of the subject, so they need no ground in the source.
_NEUTRAL = frozenset(
    word.form
    for word in content_words(
        "say add mention explain mean example important able way different kind happen work "
        "need help simply simple start answer"
    )
)
KNOWN_FROM = 0.75
MOST_OF_SOURCE = 0.6
IN_ORDER = 0.8


def restates(sentence: str, source: str, allowed: Iterable[str] = ()) -> bool:
    """True when ``sentence`` says what ``source`` says and nothing besides.

    Every content word comes from the source (or ``allowed`` texts), most of the
    source is there, in the source's order, and no negation or opposite came in or
    went. A small model's sentence that fails one of these is more often false than
    well put.
    """
    words = [word.form for word in content_words(sentence)]
    wanted = [word.form for word in content_words(source)]
    others = [word.form for text in allowed for word in content_words(text)]
    if not 4 <= len(words) <= len(wanted) * 2 or not wanted or not reads_well(sentence):
        return False
    if negates(sentence) != negates(source) or opposes(source, sentence):
        return False
    places = []
    for form in words:
        likeness, place = max((similarity(form, other), -at) for at, other in enumerate(wanted))
        if likeness >= KNOWN_FROM:
            places.append(-place)
        elif form not in _NEUTRAL and not _known(form, others):
            return False
    found = set(places)
    if len(found) < MOST_OF_SOURCE * len(set(wanted)):
        return False
    return _longest_rise(places) >= IN_ORDER * len(places)


def reads_well(sentence: str) -> bool:
    """A finished sentence in words: no list of digits, no loop, no talk of prompts."""
    text = sentence.strip()
    tokens = re.findall(r"\w+", text.lower())
    if len(tokens) < 4 or text[-1] not in ".!?…”\"'。)":
        return False
    if sum(token.isdigit() for token in tokens) > len(tokens) / 3:
        return False
    if re.search(
        r"\b(?:as an ai|language model|the candidate|rewrite|prompt|instruction)\b|<\|",
        text,
        re.IGNORECASE,
    ):
        return False
    triples = list(zip(tokens, tokens[1:], tokens[2:]))
    return len(triples) - len(set(triples)) <= 1


def _known(form: str, others: Sequence[str]) -> bool:
    return any(similarity(form, other) >= KNOWN_FROM for other in others)


def _longest_rise(places: Sequence[int]) -> int:
    """Length of the longest non-decreasing run of places, gaps allowed."""
    best: list[int] = []
    for index, place in enumerate(places):
        before = (best[at] for at in range(index) if places[at] <= place)
        best.append(1 + max(before, default=0))
    return max(best, default=0)
