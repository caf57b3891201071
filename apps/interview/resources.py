"""Questions and key points as CSV or XLSX: one row each, both languages in columns.

Key points name their question by its slug, so the two sheets go in one after
the other.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from import_export import fields

from apps.common.sheets import BySlug, ChoiceWidget, SheetResource

from .models import KeyPoint, Question, Topic

KEY_POINTS_MIN, KEY_POINTS_MAX = 3, 7


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

    def rule_broken(self, instance: Question) -> str:
        count = instance.key_points.count() if instance.pk else 0
        if instance.status != Question.Status.PUBLISHED or (
            KEY_POINTS_MIN <= count <= KEY_POINTS_MAX
        ):
            return ""
        return _(
            "A published question has %(min)d to %(max)d key points. "
            "Import it as a draft, then its key points, and publish it after that."
        ) % {"min": KEY_POINTS_MIN, "max": KEY_POINTS_MAX}

    class Meta:
        model = Question
        name = _("Questions")
        import_id_fields = ("slug",)
        fields = (
            "slug",
            "topic",
            "difficulty",
            "status",
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
    question = fields.Field("question", "question", BySlug(Question, "slug"))

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Admin hands over questions, as they were filtered there: their key points."""
        if queryset.model is Question:
            queryset = KeyPoint.objects.filter(question__in=queryset)
        return queryset.select_related("question").order_by("question__slug", "position")

    class Meta:
        model = KeyPoint
        name = _("Key points")
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
