"""What a sheet's rows are, and what is said of those that are not right.

Every bad row is named in the check and nothing is written then. An app registers its
sheets in AppConfig.ready; a sheet is known by the label of its rows' model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources, widgets
from import_export.resources import Diff
from import_export.results import RowResult
from modeltranslation.translator import translator

from apps.accounts.models import User
from apps.common.composed import composed

_FORMULA_SIGNS = r"[=+\-@＝＋－＠\t\r\n]"
COULD_BE_A_FORMULA = re.compile(f"'*{_FORMULA_SIGNS}")
MARKED_AS_TEXT = re.compile(f"'+{_FORMULA_SIGNS}")
"""With the sign by which spreadsheets know a text; it goes again when the sheet comes back."""


def _as_text(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and COULD_BE_A_FORMULA.match(cell) else cell


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


SHOWN_LENGTH = 300
"""Characters of a cell that a page shows; comparing two long texts takes minutes."""
LEAD_LENGTH = 40
"""Of them, at most, what stands before the first difference."""


class Excerpts(Diff):
    """What changes in each column: both texts from shortly before they begin to differ."""

    def as_html(self) -> Any:
        return [
            ("", _beginning(str(after))) if self.new else _around_difference(before, after)
            for before, after in zip(map(str, self.left), map(str, self.right), strict=True)
        ]


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}… ({len(text)})"


def _around_difference(before: str, after: str) -> tuple[str, str]:
    pairs = enumerate(zip(before, after, strict=False))
    differs = next((place for place, (one, other) in pairs if one != other), None)
    start = 0 if differs is None else max(0, differs - LEAD_LENGTH)
    lead = "…" if start else ""
    return lead + _beginning(before[start:]), lead + _beginning(after[start:])


def _nobody_asks(row_number: int) -> None:
    """For a resource that no job uses."""


class SheetResource(resources.ModelResource):
    """A resource whose complaints name the sheet's own columns, each once."""

    rewrites: ClassVar[tuple[type[Model], ...]] = ()
    """Rows of other models that a sheet adds, changes and deletes with its own."""
    listed_with: ClassVar[type[Model] | None] = None
    """Whose list in admin has the sheet, where its rows have none of their own."""

    def __init__(self, on_row: Callable[[int], None] = _nobody_asks, **kwargs: Any) -> None:
        """``on_row`` is called with the place of each row, from 1; what it raises ends all."""
        super().__init__(**kwargs)
        self.on_row = on_row

    @classmethod
    def get_display_name(cls) -> str:
        return str(capfirst(cls._meta.model._meta.verbose_name_plural))

    def get_diff_class(self) -> type[Diff]:
        return Excerpts

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        """Rows as they were are left out of a result, so each keeps its place in the sheet."""
        self.on_row(kwargs["row_number"])
        result = super().import_row(row, instance_loader, **kwargs)
        result.place = kwargs["row_number"]
        return result

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        columns = [self.fields[name].column_name for name in self.get_import_id_fields()]
        missing = [name for name in columns if name not in (dataset.headers or [])]
        if missing:
            raise ValueError(
                _("The first row has no column %(names)s.") % {"names": ", ".join(missing)}
            )

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """An empty cell is an empty text, in XLSX as in CSV, and text is composed."""
        for name, value in row.items():
            if value is None:
                row[name] = ""
            elif isinstance(value, str):
                row[name] = composed(value[1:] if MARKED_AS_TEXT.match(value) else value)

    def after_export(self, queryset: Any, dataset: Any, **kwargs: Any) -> None:
        """No cell is a formula to whoever opens the sheet: some texts are strangers'."""
        for place, row in enumerate(dataset):
            dataset[place] = [_as_text(cell) for cell in row]

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
        if type(instance) in translator.get_registered_models():
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


_sheets: dict[str, type[SheetResource]] = {}


def register_sheet(sheet: type[SheetResource]) -> None:
    """Let an app's rows come in as sheets. Called from AppConfig.ready."""
    _sheets[label_of(sheet)] = sheet


def label_of(sheet: type[SheetResource]) -> str:
    return str(sheet._meta.model._meta.label_lower)


def sheet_of(label: str) -> type[SheetResource] | None:
    """None where no app has such rows any more."""
    return _sheets.get(label)


def importable_by(user: User) -> list[type[SheetResource]]:
    return [sheet for sheet in _sheets.values() if may_import(user, sheet)]


def may_import(user: User, sheet: type[SheetResource]) -> bool:
    """Whether this person may do one by one all that the sheet's rows could do."""
    return _may(user, sheet._meta.model, "add", "change") and all(
        _may(user, model, "add", "change", "delete") for model in sheet.rewrites
    )


def may_export(user: User, sheet: type[SheetResource]) -> bool:
    return all(
        _may(user, model, "view") or _may(user, model, "change")
        for model in (sheet._meta.model, *sheet.rewrites)
    )


def _may(user: User, model: type[Model], *acts: str) -> bool:
    label = model._meta.app_label
    return all(
        user.has_perm(f"{label}.{get_permission_codename(act, model._meta)}") for act in acts
    )
