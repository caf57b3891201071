"""Which document a person asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..offered import Template


class DocumentForm(forms.Form):
    template = forms.ChoiceField(
        label=_("Template"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a template."),
            "invalid_choice": _("This template is no longer offered. Please choose another."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of headings and dates"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose a language.")},
    )

    def __init__(self, *args: Any, offered: Sequence[Template], **options: Any) -> None:
        super().__init__(*args, **options)
        language = get_language() or "en"
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(template.slug, template.name(language)) for template in offered]
