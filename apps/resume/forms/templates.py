"""The form by which staff add a Word template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..models import DocumentTemplate
from ..rendering import TEMPLATES, RenderingError
from ..rendering.limited import check_limited

MAX_BYTES = 5 * 1024 * 1024


class DocumentTemplateForm(forms.ModelForm):
    """A file is accepted once a full and an empty profile were rendered with it."""

    file = forms.FileField(
        label=_("Word file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text=_("A .docx file. It is tried with a full and an empty profile first."),
    )

    class Meta:
        model = DocumentTemplate
        fields = ["slug", "name_ko", "name_en", "is_active"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in TEMPLATES:
            raise forms.ValidationError(_("A template of Ssammu has this name already."))
        return slug

    def clean_file(self) -> bytes | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if not file:
            if not self.instance.content:
                raise forms.ValidationError(_("Choose a Word file."))
            return None
        if file.size is None or file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 5 MB. Save it with smaller pictures.")
            )
        content: bytes = file.read()
        try:
            check_limited(content)
        except RenderingError as error:
            raise forms.ValidationError(error.message(get_language() or "en")) from error
        return content

    def save(self, commit: bool = True) -> Any:
        content = self.cleaned_data["file"]
        if content is not None:
            self.instance.content = content
            self.instance.file_changed_at = timezone.now()
        return super().save(commit)
