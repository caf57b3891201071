"""CSV and XLSX in and out of admin: sheets whose complaints staff can act on.

Every bad row is named in the dry run and nothing is written then.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from import_export import forms, resources, widgets
from import_export.results import Result
from modeltranslation.translator import translator

from .composed import composed
from .sheet_files import CSV, XLSX, SheetTooLarge

_FORMULA_SIGNS = r"[=+\-@＝＋－＠\t\r\n]"
COULD_BE_A_FORMULA = re.compile(f"'*{_FORMULA_SIGNS}")
MARKED_AS_TEXT = re.compile(f"'+{_FORMULA_SIGNS}")
"""With the sign by which spreadsheets know a text; it goes again when the sheet comes back."""


def _as_text(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and COULD_BE_A_FORMULA.match(cell) else cell


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

    rewrites: ClassVar[tuple[type[Model], ...]] = ()
    """Rows of other models that a sheet adds, changes and deletes with its own."""

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


def _may(request: HttpRequest, model: type[Model], *acts: str) -> bool:
    label = model._meta.app_label
    return all(
        request.user.has_perm(f"{label}.{get_permission_codename(act, model._meta)}")
        for act in acts
    )


class SheetAdminMixin:
    """Beside import_export's admin mixins: who may, and what it says in our words.

    Being staff is no permission: a sheet asks for those that its rows would need one by one.
    """

    import_formats = (CSV, XLSX)

    def has_import_permission(self, request: HttpRequest) -> bool:
        sheets = self.get_import_resource_classes(request)  # type: ignore[attr-defined]
        return all(
            _may(request, sheet._meta.model, "add", "change")
            and all(_may(request, model, "add", "change", "delete") for model in sheet.rewrites)
            for sheet in sheets
        )

    def has_export_permission(self, request: HttpRequest) -> bool:
        sheets = self.get_export_resource_classes(request)  # type: ignore[attr-defined]
        return all(
            _may(request, model, "view") or _may(request, model, "change")
            for sheet in sheets
            for model in (sheet._meta.model, *sheet.rewrites)
        )

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        """What may be chosen for export is what the list shows; asked of the deprecated
        method still, which warns of itself."""
        return self.get_export_queryset(request).values_list("pk", flat=True)  # type: ignore[attr-defined]

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        counts = {kind: result.totals[kind] for kind in ("new", "update", "skip")}
        text = _("Imported: %(new)d new, %(update)d changed, %(skip)d as they were.")
        messages.success(request, text % counts)

    def add_data_read_fail_error_to_form(self, form: forms.ImportForm, e: Exception) -> None:
        """``e`` names a Python class; a person with a spreadsheet needs a way on."""
        if isinstance(e, SheetTooLarge):
            form.add_error("import_file", str(e))
            return
        form.add_error(
            "import_file",
            _(
                "This file cannot be read. "
                "Save it as XLSX or as CSV in UTF-8, and choose that format."
            ),
        )
