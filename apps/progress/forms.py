"""What a list of key points may be asked for, by page and by API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.interview.models import Topic

from .models import PointStandingQuerySet
from .standing import Level

LEVELS = {
    "unknown": (Level.UNKNOWN,),
    "shaky": (Level.SHAKY,),
    "known": (Level.KNOWN, Level.SOLID),
}


class PointFilter(forms.Form):
    """The filters live in the URL; on the page a wrong value filters nothing."""

    level = forms.ChoiceField(
        choices=[
            ("", _("All")),
            ("unknown", Level.UNKNOWN.label),
            ("shaky", Level.SHAKY.label),
            ("known", Level.KNOWN.label),
        ],
        required=False,
        label=_("How well you know it"),
    )
    topic: Any = forms.ModelChoiceField(
        Topic.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Topic"),
        empty_label=_("All topics"),
    )

    def apply(self, standings: PointStandingQuerySet) -> PointStandingQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("level"):
            standings = standings.filter(level__in=LEVELS[wanted["level"]])
        if wanted.get("topic"):
            standings = standings.filter(question__topic=wanted["topic"])
        return standings

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)
