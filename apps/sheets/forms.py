from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from import_export.forms import ExportForm

from .files import SheetRefused, kind_of
from .reading import MOST_BYTES, MOST_ROWS
from .resources import SheetResource, label_of


class SheetImportForm(forms.Form):
    """A file, and what its rows are where the list has more than one kind."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    file = forms.FileField(
        label=_("file"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, sheets: list[type[SheetResource]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(label_of(sheet), sheet.get_display_name()) for sheet in sheets]
        self.fields["sheet"].choices = names  # type: ignore[attr-defined]
        if len(names) == 1:
            self.fields["sheet"].widget = forms.HiddenInput()
        self.fields["sheet"].initial = names[0][0]
        self.fields["file"].help_text = _(
            "XLSX or CSV, up to %(megabytes)d MB and %(rows)d rows. "
            "It is checked first, and nothing is written before you say so."
        ) % {"megabytes": MOST_BYTES // 1024 // 1024, "rows": MOST_ROWS}

    def clean_file(self) -> UploadedFile:
        """With its bytes as ``content``."""
        file: UploadedFile = self.cleaned_data["file"]
        content = file.read(MOST_BYTES + 1)
        try:
            kind_of(content)
        except SheetRefused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        self.content = content
        return file


class SheetExportForm(ExportForm):
    """Every column, always: what goes out must come back in whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].label = _("Sheet")
