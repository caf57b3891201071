"""Assessment by a large instruct model: a rubric, answered as JSON under a schema.

The model points at the words each judgement rests on. What it claims without
words of the answer behind it is dropped, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from inference_sidecar.assessment import InvalidModelOutput
from inference_sidecar.engine import Engine, Message, Priority
from inference_sidecar.prompts import load
from inference_sidecar.schemas import (
    FeedbackRequest,
    KeyPointAssessment,
    Quote,
    Status,
)

METHOD = "rubric"
CONFIDENCE: Mapping[str, float] = {"high": 0.9, "low": 0.6}
TOKENS_PER_KEY_POINT = 160
# The same prompt at temperature 0 would only fail the same way again.
TEMPERATURES = (0.0, 0.6)
NO_REFERENCE = {"en": "(none given)", "ko": "(없음)"}


class Verdict(BaseModel):
    """What the model says of one key point."""

    model_config = ConfigDict(extra="forbid")
    quote: str
    status: Status
    certainty: Literal["high", "low"]


def _label(index: int) -> str:
    # Short labels of our own: ids may be long, and are nothing the model must copy.
    return f"k{index + 1}"


def verdicts_model(count: int) -> type[BaseModel]:
    """A schema that holds exactly one verdict for each of ``count`` key points."""
    fields: dict[str, Any] = {_label(index): (Verdict, ...) for index in range(count)}
    return create_model("Verdicts", __config__=ConfigDict(extra="forbid"), **fields)


def find_quote(answer: str, words: str) -> Quote | None:
    """Where ``words`` stand in the answer, forgiving only case, blanks and outer quotes."""
    pieces = words.strip().strip("\"'“”‘’…").split()
    if not pieces:
        return None
    match = re.search(r"\s+".join(map(re.escape, pieces)), answer, re.IGNORECASE)
    if match is None:
        return None
    return Quote(start=match.start(), end=match.end(), text=match[0])


class RubricAssessor:
    method = METHOD

    async def marks(
        self, engine: Engine, request: FeedbackRequest, *, priority: Priority
    ) -> AsyncIterator[KeyPointAssessment]:
        """All at once. Raises InvalidModelOutput after two bad outputs, and what the
        engine raises."""
        points = request.key_points
        system = load("rubric_judge", request.language).render(
            question=request.question,
            reference_answer=request.reference_answer or NO_REFERENCE[request.language],
            key_points="\n".join(
                f"{_label(index)}: {point.text}"
                + (f" ({' / '.join(point.aliases)})" if point.aliases else "")
                for index, point in enumerate(points)
            ),
        )
        messages = [Message("system", system), Message("user", request.answer)]
        schema = verdicts_model(len(points))
        failure: Exception | None = None
        for temperature in TEMPERATURES:
            text = ""
            async for delta in engine.generate(
                messages,
                max_tokens=TOKENS_PER_KEY_POINT * len(points),
                priority=priority,
                temperature=temperature,
                json_schema=schema.model_json_schema(),
            ):
                text += delta.text
            try:
                verdicts = schema.model_validate_json(text)
            except ValidationError as error:
                failure = error
                continue
            for index, point in enumerate(points):
                yield _checked(point.id, request.answer, getattr(verdicts, _label(index)))
            return
        raise InvalidModelOutput("the judgement is not what its schema asks for") from failure


def _checked(identifier: str, answer: str, verdict: Verdict) -> KeyPointAssessment:
    """The verdict if the answer bears it out; else ``missing`` with no confidence."""
    if verdict.status == "missing":
        return KeyPointAssessment(
            id=identifier, status="missing", confidence=CONFIDENCE[verdict.certainty]
        )
    quote = find_quote(answer, verdict.quote)
    if quote is None:
        return KeyPointAssessment(id=identifier, status="missing", confidence=0.0)
    return KeyPointAssessment(
        id=identifier,
        status=verdict.status,
        confidence=CONFIDENCE[verdict.certainty],
        quote=quote,
    )
