"""What the API takes and gives. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.common.jobs import Job

from .forms import SECONDS_SPENT_MAX, AnswerField
from .models import (
    ANSWER_MAX_LENGTH,
    Attempt,
    Feedback,
    KeyPoint,
    Question,
    QuestionProgress,
    Topic,
)


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

    class Meta:
        model = Question
        fields = ["slug", "topic", "difficulty", "text", "progress"]

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, question: Any) -> dict[str, Any] | None:
        own = question.own_progress
        return ProgressSerializer(own[0]).data if own else None


class QuestionDetailSerializer(QuestionSerializer):
    """Needs ``with_progress_of``: what an answer should say shows after a first try."""

    model_answer = BilingualField(allow_null=True)
    common_mistakes = BilingualField(allow_null=True)
    key_points = KeyPointSerializer(many=True, allow_null=True)

    class Meta(QuestionSerializer.Meta):
        fields = [
            *QuestionSerializer.Meta.fields,
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
        ["covered", "partial", "unsure", "missing", "wrong"],
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


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    job = JobSerializer(source="feedback")
    feedback = serializers.SerializerMethodField(help_text="Null until the job has succeeded.")

    class Meta:
        model = Attempt
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
        ]

    @extend_schema_field(FeedbackSerializer(allow_null=True))
    def get_feedback(self, attempt: Attempt) -> dict[str, Any] | None:
        if attempt.feedback.status != Job.Status.SUCCEEDED:
            return None
        return FeedbackSerializer(attempt.feedback).data
