"""What the API takes and gives of sessions. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.interview.models import ANSWER_MAX_LENGTH, Question
from apps.interview.serializers import (
    BilingualField,
    BilingualSerializer,
    JobSerializer,
    QuestionSerializer,
)

from .debrief import Debrief
from .forms import MINUTES
from .models import QUESTIONS_MAX, Session, SessionQuestion
from .recommending import Called

STATES = ["open", "skipped", "answered"]
LINE_STATES = ["unanswered", "waiting", "failed", "judged"]


class SessionInputSerializer(serializers.Serializer):
    """Checked by the page's form, whose rules and words are the same."""

    topics = serializers.ListField(
        child=serializers.SlugField(), required=False, help_text="Slugs; none is all of them."
    )
    count = serializers.IntegerField(min_value=1, max_value=QUESTIONS_MAX, default=3)
    difficulty = serializers.ChoiceField(
        Question.Difficulty.choices,
        required=False,
        allow_null=True,
        help_text="1 easy, 2 medium, 3 hard",
    )
    minutes = serializers.ChoiceField(
        list(MINUTES), required=False, allow_null=True, help_text="Null is without a clock."
    )
    language = serializers.ChoiceField(
        settings.LANGUAGES, help_text="The language of the feedback."
    )


class StepSerializer(serializers.ModelSerializer[SessionQuestion]):
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    text = BilingualField(help_text="As it was asked.")
    state = serializers.SerializerMethodField()
    attempt = serializers.UUIDField(source="attempt_id", allow_null=True)
    seconds = serializers.IntegerField(help_text="Spent on it, as the server saw it.")

    class Meta:
        model = SessionQuestion
        fields = ["position", "question", "text", "state", "attempt", "seconds"]

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, step: SessionQuestion) -> str:
        if step.attempt_id is not None:
            return "answered"
        return "skipped" if step.skipped_at is not None else "open"


class ChosenTopicSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = BilingualSerializer()


class SessionSerializer(serializers.ModelSerializer[Session]):
    """Needs ``with_steps``. Marks are in the debrief, once it has ended."""

    about = serializers.CharField(
        help_text="What called for its questions, where that was a company or the résumé."
    )
    topics = serializers.SerializerMethodField()
    difficulty = serializers.ChoiceField(Question.Difficulty.choices, allow_null=True)
    minutes = serializers.IntegerField(allow_null=True)
    seconds_left = serializers.SerializerMethodField(help_text="Null without a limit.")
    ending = serializers.ChoiceField(
        Session.Ending.choices, allow_blank=True, help_text="Empty until it has ended."
    )
    steps = StepSerializer(many=True)

    class Meta:
        model = Session
        fields = [
            "id",
            "about",
            "topics",
            "difficulty",
            "minutes",
            "language",
            "created_at",
            "started_at",
            "ends_at",
            "seconds_left",
            "ended_at",
            "ending",
            "revision",
            "steps",
        ]

    @extend_schema_field(ChosenTopicSerializer(many=True))
    def get_topics(self, session: Session) -> list[dict[str, Any]]:
        return [
            {"slug": topic["slug"], "name": {"ko": topic["ko"], "en": topic["en"]}}
            for topic in session.topics
        ]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_seconds_left(self, session: Session) -> int | None:
        return session.seconds_left(timezone.now())


class StepAnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,  # refused with the form's own words
        help_text=f"1 to {ANSWER_MAX_LENGTH} characters, not only white space.",
    )


class PointSerializer(serializers.Serializer):
    text = serializers.CharField()
    weight = serializers.IntegerField()
    status = serializers.ChoiceField(["wrong", "missing", "partial"])
    quote = serializers.CharField(help_text="Words of the answer; empty where there are none.")
    correction = serializers.CharField(help_text="With a known mistake; else empty.")


class DebriefLineSerializer(serializers.Serializer):
    position = serializers.IntegerField(source="step.position")
    question = serializers.CharField(source="question.slug")
    text = serializers.SerializerMethodField(help_text="As it was asked.")
    topic = serializers.CharField(source="question.topic.slug")
    state = serializers.ChoiceField(LINE_STATES)
    score = serializers.IntegerField(allow_null=True)
    guess = serializers.BooleanField(source="is_guess")
    seconds = serializers.IntegerField(source="step.seconds")
    attempt = serializers.UUIDField(source="step.attempt_id", allow_null=True)
    job = JobSerializer(source="feedback", allow_null=True)
    repeat = PointSerializer(many=True, help_text="Heaviest first; what was wrong is among them.")

    @extend_schema_field(BilingualSerializer)
    def get_text(self, line: Any) -> dict[str, str]:
        return {"ko": line.step.text_ko, "en": line.step.text_en}


class TopicScoreSerializer(serializers.Serializer):
    topic = serializers.CharField(source="slug")
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    score = serializers.IntegerField(allow_null=True)


class DebriefSerializer(serializers.Serializer[Debrief]):
    score = serializers.IntegerField(
        allow_null=True, help_text="The mean of the answers that were judged."
    )
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Answers whose feedback is yet to come.")
    failed = serializers.IntegerField()
    seconds = serializers.IntegerField()
    topics = TopicScoreSerializer(many=True)
    questions = DebriefLineSerializer(source="lines", many=True)


class CalledSerializer(serializers.Serializer):
    """A technology that the profile names, and what to practise for it."""

    technology = serializers.SerializerMethodField(help_text="In the language of the request.")
    section = serializers.CharField(source="place.section", help_text="Of the profile.")
    entry = serializers.CharField(source="place.title", help_text="Its project or company.")
    line = serializers.CharField(source="find.quote", help_text="Where it is named.")
    questions = QuestionSerializer(many=True)

    @extend_schema_field(str)
    def get_technology(self, called: Called) -> str:
        return called.label
