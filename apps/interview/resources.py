"""Questions and key points as CSV or XLSX: one row each, both languages in columns.

Key points name their question by its slug, so the two sheets go in one after
the other. Every bad row is named in the dry run and nothing is written then.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, forms, resources, widgets
from modeltranslation.translator import translator

from .models import KeyPoint, Question, Topic

KEY_POINTS_MIN, KEY_POINTS_MAX = 3, 7


class SheetImportForm(forms.ImportForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("Sheet")


class SheetExportForm(forms.ExportForm):
    """Every column, always: what goes out must come back in whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("Sheet")


class BySlug(widgets.ForeignKeyWidget):
    """A related row by its slug; a missing one is said in words."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            raise ValueError(
                _("No %(kind)s here has the slug “%(slug)s”.")
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
            # A ValueError is collected with the row's others; a ValidationError ends the row.
            raise ValueError(
                _("Write one of %(names)s here instead of “%(value)s”.")
                % {"value": value, "names": ", ".join(self.choices)}
            )
        return self.choices[name]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.names.get(value, "")


class SheetResource(resources.ModelResource):
    """A resource whose complaints name the sheet's own columns, each once."""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        columns = [self.fields[name].column_name for name in self.get_import_id_fields()]
        missing = [name for name in columns if name not in (dataset.headers or [])]
        if missing:
            raise ValueError(
                _("The first row has no column %(names)s.") % {"names": ", ".join(missing)}
            )

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """An empty cell is an empty text, in XLSX as in CSV."""
        for name, value in row.items():
            if value is None:
                row[name] = ""

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Whether the row says what is here already; an empty text may be stored as NULL."""
        if import_validation_errors:
            return False
        columns = self.get_import_fields()
        return all((c.get_value(instance) or "") == (c.get_value(original) or "") for c in columns)

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        try:
            super().validate_instance(instance, import_validation_errors, validate_unique)
            errors: dict[str, Any] = {}
        except ValidationError as error:
            errors = error.update_error_dict({})
        # ``text`` is whichever of text_ko and text_en the language of the page asks for.
        for name in translator.get_options_for_model(type(instance)).all_fields:
            errors.pop(name, None)
        if not errors:
            problem = self.rule_broken(instance)
            if problem:
                errors["status"] = [ValidationError(problem)]
        if errors:
            raise ValidationError(errors)

    def rule_broken(self, instance: Any) -> str:
        """What stands against this row where each of its columns is fine, or nothing."""
        return ""


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
