"""What candidates send of a session, checked and turned into values."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.interview.forms import AnswerForm
from apps.interview.models import ANSWER_MAX_LENGTH, Question, Topic

from .choosing import MOCK_QUESTIONS, Wishes
from .models import QUESTIONS_MAX

MINUTES = (5, 10, 20, 30)
"""The clocks on offer: a screening call's length at most."""


class SessionForm(forms.Form):
    topics: Any = forms.ModelMultipleChoiceField(
        Topic.objects.filter(questions__status=Question.Status.PUBLISHED).distinct(),
        required=False,
        to_field_name="slug",
        label=_("Topics"),
        help_text=_("None is all of them."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    count = forms.IntegerField(
        min_value=1, max_value=QUESTIONS_MAX, initial=MOCK_QUESTIONS, label=_("Questions")
    )
    difficulty = forms.TypedChoiceField(
        choices=[("", _("Any difficulty")), *Question.Difficulty.choices],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Difficulty"),
    )
    minutes = forms.TypedChoiceField(
        choices=[
            ("", _("No limit")),
            *((n, ngettext_lazy("%(n)d minute", "%(n)d minutes", n) % {"n": n}) for n in MINUTES),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Time"),
    )
    language = forms.ChoiceField(label=_("Feedback language"), choices=settings.LANGUAGES)
    idempotency_key = forms.RegexField(
        r"^[\x21-\x7e]{1,64}$", widget=forms.HiddenInput, required=False
    )

    def clean_idempotency_key(self) -> str:
        return self.cleaned_data["idempotency_key"] or uuid.uuid4().hex

    def wishes(self) -> Wishes:
        wanted = self.cleaned_data
        return Wishes(
            count=wanted["count"],
            topics=list(wanted["topics"]),
            difficulty=wanted["difficulty"],
            minutes=wanted["minutes"],
            language=wanted["language"],
        )


class StepForm(AnswerForm):
    """An answer to a step: its language is the session's, and its time the server's."""

    language = None  # type: ignore[assignment]
    seconds_spent = None  # type: ignore[assignment]


class WordsForm(forms.Form):
    """What stands in the box when somebody skips or ends: kept as it is, never refused."""

    answer = forms.CharField(required=False, strip=False, max_length=ANSWER_MAX_LENGTH * 2)
    draft_revision = forms.IntegerField(min_value=0, required=False)

    def words(self) -> dict[str, Any]:
        """``words`` and ``draft_revision``; nothing where they cannot be a draft."""
        if not self.is_valid():
            return {}
        return {
            "words": self.cleaned_data["answer"].replace("\r\n", "\n"),
            "draft_revision": self.cleaned_data["draft_revision"],
        }
