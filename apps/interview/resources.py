"""Questions and key points as CSV or XLSX: one row each, both languages in columns.

Key points name their question by its slug, so the two sheets go in one after
the other. Every bad row is named in the dry run and nothing is written then.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from .models import KeyPoint, Question, Topic


class BySlug(widgets.ForeignKeyWidget):
    """A related row by its slug; a missing one is said in words."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            raise ValidationError(
                _("There is no %(kind)s “%(slug)s”.")
                % {"kind": self.model._meta.verbose_name, "slug": value}
            ) from None


class ChoiceWidget(widgets.Widget):
    """A choice by its stable name (``easy``), not by a number or a translated label."""

    def __init__(self, choices: dict[str, Any]) -> None:
        super().__init__()
        self.choices = choices
        self.names = {value: name for name, value in choices.items()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        name = str(value or "").strip().lower()
        if name not in self.choices:
            raise ValidationError(
                _("“%(value)s” is not one of %(names)s.")
                % {"value": value, "names": ", ".join(self.choices)}
            )
        return self.choices[name]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.names.get(value, "")


class QuestionResource(resources.ModelResource):
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


class KeyPointResource(resources.ModelResource):
    question = fields.Field("question", "question", BySlug(Question, "slug"))

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
