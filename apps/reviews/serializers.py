"""What the API takes and gives. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.common.jobs import Job
from apps.interview.forms import AnswerField
from apps.interview.serializers import BilingualField, BilingualSerializer, KeyPointMarkSerializer

from .days import zone_names
from .forms import HOURS
from .models import ANSWER_MAX_LENGTH, ReviewAnswer, ReviewCard, ReviewSettings
from .presentation import opening


class AskedQuestionSerializer(serializers.Serializer):
    slug = serializers.CharField()
    text = BilingualField()


class ReviewCardSerializer(serializers.ModelSerializer[ReviewCard]):
    """Not the key point itself: it is the answer."""

    question = AskedQuestionSerializer(source="key_point.question")
    opening = serializers.SerializerMethodField(help_text="How the key point begins.")
    is_due = serializers.SerializerMethodField(help_text="Whether it is asked today.")

    class Meta:
        model = ReviewCard
        fields = ["id", "question", "opening", "due", "is_due", "last_review", "revision"]

    @extend_schema_field(BilingualSerializer)
    def get_opening(self, card: ReviewCard) -> dict[str, str]:
        texts = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                texts[code] = opening(card.key_point)
        return texts

    @extend_schema_field(serializers.BooleanField())
    def get_is_due(self, card: ReviewCard) -> bool:
        return card.is_due_on(self.context["day"])


class ReviewAnswerInputSerializer(serializers.Serializer):
    answer = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,  # refused below, with the form's own words
        help_text=f"1 to {ANSWER_MAX_LENGTH} characters, not only white space.",
    )
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, help_text="The language of the key point."
    )
    revision = serializers.IntegerField(
        min_value=0,
        required=False,
        allow_null=True,
        help_text="The card's, as you read it: 409 where another device was first.",
    )

    def validate_answer(self, answer: str) -> str:
        return str(AnswerField(limit=ANSWER_MAX_LENGTH).clean(answer))


class SkipInputSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class ReviewJobSerializer(serializers.ModelSerializer[ReviewAnswer]):
    status = serializers.ChoiceField(choices=Job.Status.choices)
    error_code = serializers.CharField(
        help_text="Why it failed, or why it waits; empty when all is well."
    )
    error_message = serializers.CharField()

    class Meta:
        model = ReviewAnswer
        fields = ["status", "error_code", "error_message", "created_at", "started_at"]


class ReviewAnswerSerializer(serializers.ModelSerializer[ReviewAnswer]):
    review = serializers.UUIDField(
        source="card_id", allow_null=True, help_text="Null once its key point was removed."
    )
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    job = ReviewJobSerializer(source="*")
    mark = serializers.SerializerMethodField(help_text="Null until the job has succeeded.")
    guess = serializers.BooleanField(
        source="is_guess", help_text="The mark is a guess of a model too small to judge."
    )
    due = serializers.DateTimeField(
        source="card.due", default=None, help_text="When its card is asked again."
    )

    class Meta:
        model = ReviewAnswer
        fields = [
            "id", "review", "question", "language", "answer", "created_at", "job", "mark",
            "guess", "due",
        ]  # fmt: skip

    @extend_schema_field(KeyPointMarkSerializer(allow_null=True))
    def get_mark(self, answer: ReviewAnswer) -> dict[str, Any] | None:
        return KeyPointMarkSerializer(answer.mark).data if answer.mark else None


class ReviewSettingsSerializer(serializers.ModelSerializer[ReviewSettings]):
    time_zone = serializers.CharField(
        max_length=64, help_text="A name of the IANA database, such as Asia/Seoul."
    )
    mail_hour = serializers.IntegerField(min_value=HOURS[0], max_value=HOURS[-1])

    class Meta:
        model = ReviewSettings
        fields = ["daily_mail", "mail_hour", "time_zone"]

    def validate_time_zone(self, name: str) -> str:
        if name not in zone_names():
            raise serializers.ValidationError(
                translation.gettext("Choose one of the time zones in the list.")
            )
        return name
