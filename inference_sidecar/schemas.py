"""What passes over HTTP (contract v1): requests, events and replies.

Unknown fields are refused everywhere. Offsets count characters (Unicode code
points) of the answer exactly as it was sent, ``end`` exclusive.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Language = Literal["ko", "en"]
Status = Literal["covered", "partial", "unsure", "missing", "wrong"]
"""``unsure``: the judge cannot tell; it counts as partly there and claims nothing."""
ProseMethod = Literal["model", "composed"]

ANSWER_MAX_CHARACTERS = 8000
KEY_POINTS_MAX = 20
MISCONCEPTIONS_MAX = 8
ASSESS_ITEMS_MAX = 64


def not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


# Text is never stripped: quote offsets count the characters as they were sent.
Identifier = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(not_blank)]
Sentence = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(not_blank)]
LongText = Annotated[
    str, Field(min_length=1, max_length=ANSWER_MAX_CHARACTERS), AfterValidator(not_blank)
]
Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]
ScorePercent = Annotated[int, Field(ge=0, le=100)]


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- requests ---------------------------------------------------------------------------


class Misconception(Schema):
    """A common mistake about a key point, and what to say to somebody who makes it."""

    statement: Sentence
    correction: Sentence | None = None


class KeyPoint(Schema):
    """One thing that a good answer says."""

    id: Identifier
    text: Sentence
    aliases: list[Sentence] = Field(default_factory=list, max_length=20)
    weight: int = Field(default=1, ge=1, le=3)
    misconceptions: list[Misconception] = Field(default_factory=list, max_length=MISCONCEPTIONS_MAX)


class PreviousAttempt(Schema):
    """The candidate's attempt before this one, so that prose can speak of progress."""

    answer: LongText
    score: ScorePercent | None = None


class FeedbackRequest(Schema):
    id: Identifier
    language: Language
    question: LongText
    reference_answer: LongText | None = None
    key_points: list[KeyPoint] = Field(min_length=1, max_length=KEY_POINTS_MAX)
    answer: LongText
    previous: PreviousAttempt | None = None

    @model_validator(mode="after")
    def _key_point_ids_differ(self) -> FeedbackRequest:
        ids = [key_point.id for key_point in self.key_points]
        if len(set(ids)) != len(ids):
            raise ValueError("key_points: ids must differ")
        return self


class AssessRequest(Schema):
    items: list[FeedbackRequest] = Field(min_length=1, max_length=ASSESS_ITEMS_MAX)


# --- assessment -------------------------------------------------------------------------


class Quote(Schema):
    """The words of the answer that a claim rests on."""

    start: Count
    end: Count
    text: str


class KeyPointAssessment(Schema):
    id: Identifier
    status: Status
    confidence: float = Field(ge=0, le=1)
    quote: Quote | None = None
    misconception: Count | None = None
    """With ``wrong``: which of the key point's misconceptions the answer makes, if one."""


class Assessment(Schema):
    score: ScorePercent
    key_points: list[KeyPointAssessment]
    method: str


def quote_is_founded(answer: str, quote: Quote) -> bool:
    """True when the quote's offsets lie in the answer and hold exactly its text."""
    return 0 <= quote.start < quote.end <= len(answer) and (
        answer[quote.start : quote.end] == quote.text
    )


def founded(answer: str, mark: KeyPointAssessment) -> KeyPointAssessment:
    """``mark``, or ``missing`` with confidence 0 when its quote is not in the answer."""
    if mark.quote is not None and not quote_is_founded(answer, mark.quote):
        return KeyPointAssessment(id=mark.id, status="missing", confidence=0.0)
    return mark


# --- events and replies -----------------------------------------------------------------


class DeltaEvent(Schema):
    text: str


class Usage(Schema):
    prompt_tokens: Count
    completion_tokens: Count


class Timing(Schema):
    """Milliseconds: ``queue_ms`` until the request had its place, the others from there on.

    ``first_delta_ms`` therefore includes ``assessment_ms``.
    """

    queue_ms: Milliseconds
    assessment_ms: Milliseconds
    first_delta_ms: Milliseconds
    total_ms: Milliseconds


class DoneEvent(Schema):
    model: str
    prompt_version: str
    prose_method: ProseMethod
    usage: Usage
    timing: Timing


class FeedbackResponse(DoneEvent):
    """The whole stream as one body, for ``Accept: application/json``."""

    assessment: Assessment
    text: str


class ErrorDetail(Schema):
    code: str
    message: str
    retryable: bool


class ErrorBody(Schema):
    """Every reply that is not a success, and the ``error`` event of a stream."""

    error: ErrorDetail


class AssessedItem(Schema):
    id: Identifier
    assessment: Assessment


class AssessResponse(Schema):
    """``items`` in the order of the request."""

    model: str
    prompt_version: str
    items: list[AssessedItem]


class SummaryStrategyInfo(Schema):
    """While these and the model stay, the same sources give the same summary."""

    method: Literal["quoted", "written"]
    prompt_version: str


class ModelResponse(Schema):
    model: str
    context_length: int
    engine: str
    engine_version: str
    method: str
    guess: bool
    """Marks of this method are guesses: whoever shows them says so."""
    prompt_versions: dict[str, str]
    summaries: SummaryStrategyInfo
