"""What the API takes and gives. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.common.jobs import Job

from .follow_ups import follow_ups_after
from .forms import REASON_MAX_LENGTH, SECONDS_SPENT_MAX, AnswerField
from .models import (
    ANSWER_MAX_LENGTH,
    Attempt,
    Dispute,
    Feedback,
    KeyPoint,
    Question,
    QuestionProgress,
    Topic,
)
from .presentation import STATUS_WORDS

MARKS = [(status, status) for status in STATUS_WORDS]


class BilingualSerializer(serializers.Serializer):
    ko = serializers.CharField()
    en = serializers.CharField()


@extend_schema_field(BilingualSerializer)
class BilingualField(serializers.Field):
    """A field that modeltranslation keeps once for each language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, str]:
        name = self.field_name
        return {code: getattr(value, f"{name}_{code}") or "" for code in ("ko", "en")}


class TopicSerializer(serializers.ModelSerializer[Topic]):
    name = BilingualField()

    class Meta:
        model = Topic
        fields = ["slug", "name"]


class ProgressSerializer(serializers.ModelSerializer[QuestionProgress]):
    class Meta:
        model = QuestionProgress
        fields = ["attempts", "last_score", "best_score", "last_attempt_at"]
        read_only_fields = fields


class KeyPointSerializer(serializers.ModelSerializer[KeyPoint]):
    id = serializers.CharField(source="slug")
    text = BilingualField()

    class Meta:
        model = KeyPoint
        fields = ["id", "weight", "text"]


class QuestionSerializer(serializers.ModelSerializer[Question]):
    topic = TopicSerializer()
    difficulty = serializers.ChoiceField(
        choices=Question.Difficulty.choices, help_text="1 easy, 2 medium, 3 hard"
    )
    text = BilingualField()
    progress = serializers.SerializerMethodField()
    bookmarked = serializers.BooleanField(source="is_bookmarked")

    class Meta:
        model = Question
        fields = ["slug", "topic", "difficulty", "text", "progress", "bookmarked"]

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, question: Any) -> dict[str, Any] | None:
        own = question.own_progress
        return ProgressSerializer(own[0]).data if own else None


class QuestionDetailSerializer(QuestionSerializer):
    """Needs ``with_progress_of``: what an answer should say shows after a first try."""

    model_answer = BilingualField(allow_null=True)
    common_mistakes = BilingualField(allow_null=True)
    key_points = KeyPointSerializer(many=True, allow_null=True)
    follows: Any = serializers.SlugRelatedField(
        slug_field="slug",
        read_only=True,
        help_text="Of a follow-up: the question after which it is asked. Lists have none.",
    )

    class Meta(QuestionSerializer.Meta):
        fields = [
            *QuestionSerializer.Meta.fields,
            "follows",
            "model_answer",
            "common_mistakes",
            "key_points",
        ]

    def to_representation(self, question: Any) -> dict[str, Any]:
        data = super().to_representation(question)
        if not question.own_progress:
            data |= {"model_answer": None, "common_mistakes": None, "key_points": None}
        return data


class AttemptInputSerializer(serializers.Serializer):
    answer = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,  # refused below, with the form's own words
        help_text=f"1 to {ANSWER_MAX_LENGTH} characters, not only white space.",
    )
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, help_text="The language of the feedback."
    )
    seconds_spent = serializers.IntegerField(
        min_value=0, max_value=SECONDS_SPENT_MAX, required=False, allow_null=True
    )

    def validate_answer(self, answer: str) -> str:
        return str(AnswerField().clean(answer))


class QuoteSerializer(serializers.Serializer):
    """Words of the answer, in characters; ``end`` is exclusive."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class MadeMisconceptionSerializer(serializers.Serializer):
    """A common mistake, and what the question's writers say to it."""

    statement = serializers.CharField()
    correction = serializers.CharField()


class KeyPointMarkSerializer(serializers.Serializer):
    id = serializers.CharField()
    text = serializers.CharField()
    weight = serializers.IntegerField()
    status = serializers.ChoiceField(
        MARKS,
        help_text="`unsure` claims nothing and counts as partly there; "
        "`wrong` says the opposite of the key point.",
    )
    confidence = serializers.FloatField(min_value=0, max_value=1)
    quote = QuoteSerializer(required=False)
    misconception = MadeMisconceptionSerializer(
        required=False, help_text="With `wrong`, where the answer makes a known mistake."
    )


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    score = serializers.IntegerField(min_value=0, max_value=100)
    key_points = KeyPointMarkSerializer(many=True)
    guess = serializers.BooleanField(
        source="is_guess", help_text="The marks are guesses of a model too small to judge."
    )
    timing = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="Milliseconds."
    )

    class Meta:
        model = Feedback
        fields = [
            "score",
            "key_points",
            "prose",
            "prose_method",
            "method",
            "guess",
            "model",
            "prompt_version",
            "prompt_tokens",
            "completion_tokens",
            "timing",
            "finished_at",
        ]


class JobSerializer(serializers.ModelSerializer[Feedback]):
    status = serializers.ChoiceField(choices=Job.Status.choices)
    error_code = serializers.CharField(
        help_text="Why it failed, or why it waits; empty when all is well."
    )
    error_message = serializers.CharField()

    class Meta:
        model = Feedback
        fields = ["status", "error_code", "error_message", "created_at", "started_at"]


class DisputeInputSerializer(serializers.Serializer):
    key_point = serializers.SlugField(max_length=60, help_text="The `id` of one of the marks.")
    reason = serializers.CharField(max_length=REASON_MAX_LENGTH)


class DisputeSerializer(serializers.ModelSerializer[Dispute]):
    """`mark_after` and `reply` are empty until staff have answered."""

    mark_after = serializers.CharField()
    reply = serializers.CharField()

    class Meta:
        model = Dispute
        fields = [
            "key_point",
            "reason",
            "status",
            "mark_before",
            "mark_after",
            "reply",
            "created_at",
            "decided_at",
        ]
        read_only_fields = fields


class PlaceSerializer(serializers.Serializer):
    """In code points; ``end`` is exclusive."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()


class PieceSerializer(serializers.Serializer):
    """Words of one answer or of both. `removed` has no `after`, `added` no `before`."""

    op = serializers.ChoiceField(["equal", "removed", "added"])
    text = serializers.CharField(trim_whitespace=False)
    before = PlaceSerializer(allow_null=True)
    after = PlaceSerializer(allow_null=True)


class PointChangeSerializer(serializers.Serializer):
    id = serializers.CharField()
    text = serializers.CharField()
    before = serializers.CharField(
        allow_null=True, help_text="The mark before; null where it was not asked about yet."
    )
    after = serializers.CharField()


class PointChangesSerializer(serializers.Serializer):
    gained = PointChangeSerializer(many=True)
    lost = PointChangeSerializer(many=True)
    missing = PointChangeSerializer(many=True, help_text="Not all there, as before.")
    kept = PointChangeSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    """Two answers to one question, `before` the earlier one."""

    before = serializers.UUIDField()
    after = serializers.UUIDField()
    score_difference = serializers.IntegerField(allow_null=True)
    guess = serializers.BooleanField(help_text="Some of the marks are guesses.")
    diff = PieceSerializer(many=True)
    points = PointChangesSerializer(
        allow_null=True, help_text="Null until both answers have their feedback."
    )


class FollowUpSerializer(serializers.ModelSerializer[Question]):
    """Answered as any question: ``POST questions/<slug>/attempts``."""

    text = BilingualField()
    at: Any = serializers.SlugRelatedField(
        source="follows_point",
        slug_field="slug",
        read_only=True,
        help_text="The `id` of the key point that it digs deeper at.",
    )

    class Meta:
        model = Question
        fields = ["slug", "text", "at"]


class AttemptPageSerializer(serializers.ListSerializer[Attempt]):
    """Finds the follow-ups of a whole page in the queries of one."""

    def to_representation(self, data: Any) -> Any:
        attempts = list(data)
        child: Any = self.child
        child.follow_ups = follow_ups_after(attempts)
        return super().to_representation(attempts)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    follow_ups: Mapping[UUID, Question] | None = None
    """Of the page that it is a part of."""
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    job = JobSerializer(source="feedback")
    feedback = serializers.SerializerMethodField(help_text="Null until the job has succeeded.")
    disputes = DisputeSerializer(many=True, source="feedback.disputes")
    follow_up = serializers.SerializerMethodField(
        help_text="What to ask next. Null until the marks stand, where there is a newer answer "
        "to the question, and where none is left."
    )

    class Meta:
        model = Attempt
        list_serializer_class = AttemptPageSerializer
        fields = [
            "id",
            "question",
            "number",
            "language",
            "answer",
            "seconds_spent",
            "created_at",
            "job",
            "feedback",
            "disputes",
            "follow_up",
        ]

    @extend_schema_field(FollowUpSerializer(allow_null=True))
    def get_follow_up(self, attempt: Attempt) -> dict[str, Any] | None:
        known = self.follow_ups
        question = (follow_ups_after([attempt]) if known is None else known).get(attempt.pk)
        return FollowUpSerializer(question).data if question else None

    @extend_schema_field(FeedbackSerializer(allow_null=True))
    def get_feedback(self, attempt: Attempt) -> dict[str, Any] | None:
        if attempt.feedback.status != Job.Status.SUCCEEDED:
            return None
        return FeedbackSerializer(attempt.feedback).data
