"""What the API gives of companies. Texts that exist in both languages are {ko, en}."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.interview.serializers import QuestionSerializer

from .models import Company, Summary
from .presentation import first_sentence


class NamesSerializer(serializers.Serializer):
    ko = serializers.CharField()
    en = serializers.CharField()


class CompanySerializer(serializers.ModelSerializer[Company]):
    """Needs ``with_summaries``."""

    name = serializers.SerializerMethodField()
    aliases: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    topics = serializers.SerializerMethodField(help_text="Slugs of our topics that it touches.")
    as_of = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField(help_text="The first of each summary.")

    class Meta:
        model = Company
        fields = ["slug", "name", "aliases", "industry", "homepage", "topics", "as_of", "sentence"]

    @extend_schema_field(NamesSerializer)
    def get_name(self, company: Any) -> dict[str, str]:
        return {"ko": company.name_ko or "", "en": company.name_en or ""}

    def get_topics(self, company: Any) -> list[str]:
        return sorted(
            {topic.slug for summary in company.shown_summaries for topic in summary.topics.all()}
        )

    def get_as_of(self, company: Any) -> str | None:
        dates = [summary.as_of for summary in company.shown_summaries if summary.as_of]
        return max(dates).isoformat() if dates else None

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_sentence(self, company: Any) -> dict[str, str]:
        return {summary.language: first_sentence(summary) for summary in company.shown_summaries}


class CitationSerializer(serializers.Serializer):
    """A passage of a source, in characters; ``end`` is exclusive."""

    source_id = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class SentenceSerializer(serializers.Serializer):
    text = serializers.CharField()
    origin = serializers.ChoiceField(["quoted", "written", "composed", "edited"])
    citations = CitationSerializer(many=True)


class SectionSerializer(serializers.Serializer):
    key = serializers.CharField()
    heading = serializers.CharField()
    sentences = SentenceSerializer(many=True)


class SourceSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    language = serializers.CharField()
    published_on = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_blank=True)


class SummarySerializer(serializers.ModelSerializer[Summary]):
    sections = SectionSerializer(many=True)
    sources = SourceSerializer(many=True)
    topics: Any = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Summary
        fields = [
            "language",
            "version",
            "as_of",
            "method",
            "model",
            "prompt_version",
            "sections",
            "sources",
            "topics",
            "published_at",
        ]


class PartSerializer(serializers.Serializer):
    """A technology or a topic that the company's texts call for."""

    reason = serializers.CharField(help_text="In the language of the request.")
    quote = serializers.CharField(help_text="The sentence that called for it, or empty.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="where.title", help_text="Where the quote stands; empty for the summary itself."
    )
    questions = QuestionSerializer(many=True)


class PracticeSerializer(serializers.Serializer):
    score = serializers.IntegerField(
        allow_null=True, help_text="The mean of your last scores on these questions."
    )
    parts = PartSerializer(many=True, help_text="What is special to the company comes first.")


class CompanyDetailSerializer(CompanySerializer):
    summaries = SummarySerializer(source="shown_summaries", many=True)
    is_followed = serializers.SerializerMethodField()

    class Meta(CompanySerializer.Meta):
        fields = [*CompanySerializer.Meta.fields, "is_followed", "summaries"]

    def get_is_followed(self, company: Company) -> bool:
        return company.followers.filter(user=self.context["user"]).exists()
