"""Assessment without a judge: where the answer speaks of a key point, and no verdict.

For models too small to tell true from false. It finds the passage that shares most words
with a key point and says ``unsure`` of it: nothing is ever marked covered or wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from inference_sidecar.assessment.judge import quote_of
from inference_sidecar.assessment.passages import Passage, passages
from inference_sidecar.assessment.text import content_words, similarity
from inference_sidecar.engine import Engine, Priority
from inference_sidecar.schemas import FeedbackRequest, KeyPoint, KeyPointAssessment

METHOD = "retrieval"
# Of the words of a key point, or of one of its aliases; half of two words is chance.
SPOKEN_OF_FROM = 0.6
CONFIDENCE = 0.5
"""Of everything: it is a guess either way."""


class RetrievalAssessor:
    method = METHOD

    async def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        pieces = passages(request.answer)
        for point in request.key_points:
            share, piece = _best(point, pieces)
            if piece is None or share < SPOKEN_OF_FROM:
                yield KeyPointAssessment(id=point.id, status="missing", confidence=CONFIDENCE)
            else:
                quote = quote_of(request.answer, piece)
                yield KeyPointAssessment(
                    id=point.id, status="unsure", confidence=CONFIDENCE, quote=quote
                )


def _best(point: KeyPoint, pieces: list[Passage]) -> tuple[float, Passage | None]:
    wanted = [
        forms
        for text in (point.text, *point.aliases)
        if len(forms := [word.form for word in content_words(text)]) > 1
    ]
    best: tuple[float, Passage | None] = (0.0, None)
    for piece in pieces:
        said = [word.form for word in content_words(piece.text)]
        share = max((_share(forms, said) for forms in wanted), default=0.0)
        if share > best[0]:
            best = (share, piece)
    return best


def _share(wanted: list[str], said: list[str]) -> float:
    if not said:
        return 0.0
    return sum(max(similarity(form, word) for word in said) for form in wanted) / len(wanted)
