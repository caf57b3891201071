"""What a person sends about reviews, checked and turned into values."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.interview.forms import AnswerField

from .days import zone_choices, zone_names
from .models import ANSWER_MAX_LENGTH, ReviewSettings

HOURS = range(24)


class ReviewAnswerForm(forms.Form):
    answer = AnswerField(label=_("Your answer"), widget=forms.Textarea, limit=ANSWER_MAX_LENGTH)
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    idempotency_key = forms.RegexField(
        r"^[\x21-\x7e]{1,64}$", widget=forms.HiddenInput, required=False
    )
    revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean_idempotency_key(self) -> str:
        return self.cleaned_data["idempotency_key"] or uuid.uuid4().hex


class SkipForm(forms.Form):
    revision = forms.IntegerField(min_value=0, required=False)


class SettingsForm(forms.ModelForm):
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Your days begin and end in it, and so do the reviews of a day."),
    )
    mail_hour = forms.TypedChoiceField(
        label=_("When it comes"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in HOURS],
    )
    daily_mail = forms.BooleanField(
        label=_("Send me a question of the day by e-mail"), required=False
    )

    class Meta:
        model = ReviewSettings
        fields = ["daily_mail", "mail_hour", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.instance.time_zone
        choices: list[Any] = [*zone_choices()]
        if chosen not in {name for _region, group in choices for name, _place in group}:
            choices.insert(0, (chosen, chosen))
        self.fields["time_zone"].widget = forms.Select(choices=choices)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in zone_names():
            raise forms.ValidationError(_("Choose one of the time zones in the list."))
        return name
