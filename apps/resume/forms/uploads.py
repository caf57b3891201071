"""What people send: a file's name and size first, or the file itself."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ..models import PDF_MAX_BYTES

NAME_MAX = 255
TOO_LARGE = _("This file is larger than 10 MB. Save it with smaller pictures and try again.")


def clean_filename(name: str) -> str:
    """A file name to show and to download by: no folders, no invisible characters.

    Composed, because macOS sends Korean syllables in pieces.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip()
    stem, dot, ending = seen.rpartition(".")
    if not dot or not 1 <= len(ending) <= 10:
        stem, ending = seen, "pdf"
    stem = stem.strip(" .") or "resume"
    return f"{stem[: NAME_MAX - len(ending) - 1]}.{ending}"


class UploadStartForm(forms.Form):
    filename = forms.CharField(max_length=1000)
    size = forms.IntegerField(
        min_value=1,
        max_value=PDF_MAX_BYTES,
        error_messages={
            "min_value": _("This file is empty. Check the file and try again."),
            "max_value": TOO_LARGE,
        },
    )

    def clean_filename(self) -> str:
        return clean_filename(self.cleaned_data["filename"])


class UploadForm(forms.Form):
    """The file itself, from a browser without scripts."""

    file = forms.FileField(
        label=_("Your résumé as a PDF"),
        max_length=None,
        error_messages={
            "required": _("Choose a PDF first."),
            "missing": _("Choose a PDF first."),
            "empty": _("This file is empty. Check the file and try again."),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > PDF_MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file
