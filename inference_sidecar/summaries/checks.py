"""What of a draft may be believed: sentences whose citations stand in the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from inference_sidecar.assessment.text import content_words, is_hangul, similarity
from inference_sidecar.summaries.draft import Draft
from inference_sidecar.summaries.numbers import borne_out
from inference_sidecar.summaries.schemas import (
    Citation,
    Dropped,
    Section,
    Summary,
    SummaryRequest,
    SummarySentence,
)
from inference_sidecar.summaries.sections import ALL_KEYS, HEADINGS
from inference_sidecar.summaries.sentences import normalised
from inference_sidecar.summaries.topics import topics_of

# So much of what a written sentence says must be in the passages it cites.
SUPPORTED_FROM = 0.35
KNOWN_FROM = 0.75


def checked(request: SummaryRequest, draft: Draft) -> Summary:
    """The draft as a summary, without what does not stand; maybe without any section."""
    texts = {source.id: source.text for source in request.sources}
    dropped = draft.dropped.model_copy()
    sections = []
    for key in ALL_KEYS:
        kept = []
        for sentence in draft.sections.get(key, []):
            if stands(sentence, texts, request.names, dropped):
                kept.append(sentence)
        if kept:
            heading = HEADINGS[request.language][key]
            sections.append(Section(key=key, heading=heading, sentences=kept))
    cited = [
        passage(texts, citation)
        for section in sections
        for sentence in section.sentences
        for citation in sentence.citations
    ]
    return Summary.model_construct(
        sections=sections,
        topics=topics_of(request.topics, cited, list(texts.values())),
        dropped=dropped,
        method=draft.method,
    )


def stands(
    sentence: SummarySentence, texts: Mapping[str, str], names: Sequence[str], dropped: Dropped
) -> bool:
    """True when the sources bear the sentence out; otherwise counted in ``dropped``.

    ``names`` are the company's, which need not stand in what is cited.
    """
    if not all(_is_inside(citation, texts) for citation in sentence.citations):
        dropped.citation += 1
        return False
    passages = [passage(texts, citation) for citation in sentence.citations]
    if sentence.origin == "quoted":
        if [sentence.text] != list(map(normalised, passages)):
            dropped.citation += 1
            return False
        return True
    if sentence.origin == "composed":
        told = " ".join(passages).lower()
        if not all(word in told for word in _words(sentence.text.lower())):
            dropped.citation += 1
            return False
        return True
    if not borne_out(sentence.text, passages):
        dropped.number += 1
        return False
    if not supported(sentence.text, [*passages, *names]):
        dropped.citation += 1
        return False
    return True


def passage(texts: Mapping[str, str], citation: Citation) -> str:
    return texts[citation.source_id][citation.start : citation.end]


def _words(text: str) -> list[str]:
    """Numbers apart from their units, which may stand in another cell."""
    return re.findall(r"[\d.,%]+|[^\W\d_]+", text)


def _is_inside(citation: Citation, texts: Mapping[str, str]) -> bool:
    text = texts.get(citation.source_id)
    return (
        text is not None
        and citation.start < citation.end <= len(text)
        and not text[citation.start : citation.end].isspace()
    )


def supported(sentence: str, passages: Sequence[str]) -> bool:
    """True when enough of the sentence's words stand in the passages.

    Words are compared within one alphabet only: a Korean sentence on an English passage
    shows no more than its names and its numbers.
    """
    known = {word.form for text in passages for word in content_words(text)}
    alphabets = {is_hangul(form[0]) for form in known}
    said = [word.form for word in content_words(sentence) if is_hangul(word.form[0]) in alphabets]
    found = sum(any(similarity(form, other) >= KNOWN_FROM for other in known) for form in said)
    return found >= SUPPORTED_FROM * len(said)
