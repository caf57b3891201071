"""Questions and key points as CSV or XLSX: one row each, both languages in columns.

Key points name their question by its slug, so the two sheets go in one after
the other.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from import_export import fields, widgets

from apps.sheets.resources import BySlug, ChoiceWidget, SheetResource

from .models import KeyPoint, Question, Topic


class PointOfFollowed(widgets.Widget):
    """A key point, by its slug, of the question that the row's ``follows`` names."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> KeyPoint | None:
        if not value:
            return None
        followed = row.get("follows", "")
        point = KeyPoint.objects.filter(question__slug=followed, slug=value).first()
        if point is None:
            raise ValueError(
                _(
                    "The question “%(question)s” has no key point “%(slug)s” here. "
                    "Import its key points first, or leave this cell empty until then."
                )
                % {"question": followed, "slug": value}
            )
        return point

    def render(self, value: KeyPoint | None, obj: Any = None, **kwargs: Any) -> str:
        return value.slug if value else ""


class QuestionResource(SheetResource):
    topic = fields.Field("topic", "topic", BySlug(Topic, "slug"))
    difficulty = fields.Field(
        "difficulty",
        "difficulty",
        ChoiceWidget({choice.name.lower(): choice.value for choice in Question.Difficulty}),
    )
    status = fields.Field(
        "status",
        "status",
        ChoiceWidget({choice.value: choice.value for choice in Question.Status}),
    )

    follows = fields.Field("follows", "follows", BySlug(Question, "slug"))
    follows_point = fields.Field("follows_point", "follows_point", PointOfFollowed())

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Questions before their follow-ups, so that a sheet goes in as it came out."""
        first = F("follows").asc(nulls_first=True)
        return queryset.select_related("topic", "follows", "follows_point").order_by(first, "pk")

    def rule_broken(self, instance: Question) -> str:
        if instance.follows and (instance.follows == instance or instance.follows.follows_id):
            return _("A follow-up follows a question that is no follow-up itself.")
        if instance.follows_point and not instance.follows:
            return _("A follow-up at a key point names the question that it follows.")
        count = instance.key_points.count() if instance.pk else 0
        allowed = instance.points_allowed
        if instance.status != Question.Status.PUBLISHED or allowed.holds(count):
            return ""
        return _(
            "A published question has %(min)d to %(max)d key points. "
            "Import it as a draft, then its key points, and publish it after that."
        ) % {"min": allowed.minimum, "max": allowed.maximum}

    class Meta:
        model = Question
        import_id_fields = ("slug",)
        fields = (
            "slug",
            "topic",
            "difficulty",
            "status",
            "follows",
            "follows_point",
            "text_ko",
            "text_en",
            "model_answer_ko",
            "model_answer_en",
            "common_mistakes_ko",
            "common_mistakes_en",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False


class KeyPointResource(SheetResource):
    listed_with = Question
    question = fields.Field("question", "question", BySlug(Question, "slug"))

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Admin hands over questions, as they were filtered there: their key points."""
        if queryset.model is Question:
            queryset = KeyPoint.objects.filter(question__in=queryset)
        return queryset.select_related("question").order_by("question__slug", "position")

    class Meta:
        model = KeyPoint
        import_id_fields = ("question", "slug")
        fields = (
            "question",
            "slug",
            "position",
            "weight",
            "text_ko",
            "text_en",
            "aliases_ko",
            "aliases_en",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False
