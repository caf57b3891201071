"""What the API tells. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.interview.serializers import KeyPointSerializer, TopicSerializer

from .models import PointStanding
from .presentation import Answer, Coverage, Practice, Progress
from .standing import Level

LEVEL_NAMES = [level.name.lower() for level in Level]


class ScoreSerializer(serializers.Serializer[Answer]):
    attempt = serializers.UUIDField(source="attempt.pk")
    question = serializers.CharField(source="attempt.question.slug")
    number = serializers.IntegerField(source="attempt.number")
    answered_at = serializers.DateTimeField(source="attempt.created_at")
    score = serializers.IntegerField(min_value=0, max_value=100)
    guess = serializers.BooleanField(help_text="Made of guesses of a model too small to judge.")


class CoverageSerializer(serializers.Serializer[Coverage]):
    topic = TopicSerializer()
    total = serializers.IntegerField(help_text="Key points of its published questions.")
    known = serializers.IntegerField()
    shaky = serializers.IntegerField()
    unknown = serializers.IntegerField()
    not_asked = serializers.IntegerField(help_text="Of questions that you have not answered.")
    percent = serializers.IntegerField(help_text="Known, of all.")


class LevelsSerializer(serializers.Serializer[dict[str, int]]):
    unknown = serializers.IntegerField(help_text="The last mark is missing or wrong.")
    shaky = serializers.IntegerField(
        help_text="The last mark is partial or unsure, or covered once since a miss."
    )
    known = serializers.IntegerField(help_text="The last mark is covered.")
    solid = serializers.IntegerField(help_text="Of the known, those covered twice in a row.")
    not_asked = serializers.IntegerField(help_text="Of questions that you have not answered.")


class DaySerializer(serializers.Serializer[dict[str, Any]]):
    day = serializers.DateField()
    answers = serializers.IntegerField(min_value=1)


class PracticeDaysSerializer(serializers.Serializer[Practice]):
    """Days are those of the person's time zone when they answered."""

    first_day = serializers.DateField(help_text="Where the half year begins.")
    today = serializers.DateField()
    streak = serializers.IntegerField(help_text="Days in a row, up to today or yesterday.")
    answers = serializers.IntegerField(help_text="In these weeks.")
    days = serializers.SerializerMethodField(help_text="Days with answers, newest first.")

    @extend_schema_field(DaySerializer(many=True))
    def get_days(self, practice: Practice) -> list[dict[str, Any]]:
        rows: Any = [{"day": day, "answers": answers} for day, answers in practice.days.items()]
        return list(DaySerializer(rows, many=True).data)


class ProgressNumbersSerializer(serializers.Serializer[Progress]):
    time_zone = serializers.CharField(source="zone")
    reviews_due = serializers.IntegerField(help_text="Cards that wait for you today.")
    points = serializers.SerializerMethodField()
    topics = CoverageSerializer(many=True)
    scores = ScoreSerializer(many=True, source="answers", help_text="The newest, oldest first.")
    practice = PracticeDaysSerializer()

    @extend_schema_field(LevelsSerializer)
    def get_points(self, progress: Progress) -> dict[str, int]:
        return {
            "unknown": progress.levels[Level.UNKNOWN],
            "shaky": progress.levels[Level.SHAKY],
            "known": progress.known,
            "solid": progress.levels[Level.SOLID],
            "not_asked": progress.not_asked,
        }


class PointStandingSerializer(serializers.ModelSerializer[PointStanding]):
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    topic = serializers.CharField(source="question.topic.slug")
    key_point = KeyPointSerializer()
    level = serializers.SerializerMethodField()
    last_status = serializers.ChoiceField(["covered", "partial", "unsure", "missing", "wrong"])
    guess = serializers.BooleanField(help_text="The last mark was a guess, told as `unsure`.")

    class Meta:
        model = PointStanding
        fields = [
            "question",
            "topic",
            "key_point",
            "level",
            "last_status",
            "guess",
            "times_covered",
            "times_missed",
            "covered_in_a_row",
            "last_at",
        ]

    @extend_schema_field(serializers.ChoiceField(LEVEL_NAMES))
    def get_level(self, standing: PointStanding) -> str:
        return Level(standing.level).name.lower()
