"""What candidates send, checked and turned into values."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.models import User

from .models import ANSWER_MAX_LENGTH, Draft, Question, QuestionQuerySet, Topic

SECONDS_SPENT_MAX = 86_400
"""A day: a page left open longer says nothing about the answer."""


class AnswerField(forms.CharField):
    """An answer: kept to the letter (line ends as \\n), refused when empty or over-long."""

    default_error_messages = {"required": _("Write your answer first; a sentence is enough.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value.strip())
        over = len(value) - ANSWER_MAX_LENGTH
        if over > 0:
            raise forms.ValidationError(
                ngettext_lazy(
                    "Your answer is %(over)d character over the limit of %(limit)d.",
                    "Your answer is %(over)d characters over the limit of %(limit)d.",
                    over,
                )
                % {"over": over, "limit": ANSWER_MAX_LENGTH},
                code="max_length",
            )


class AnswerForm(forms.Form):
    answer = AnswerField(label=_("Your answer"), widget=forms.Textarea)
    language = forms.ChoiceField(label=_("Feedback language"), choices=settings.LANGUAGES)
    idempotency_key = forms.RegexField(
        r"^[\x21-\x7e]{1,64}$", widget=forms.HiddenInput, required=False
    )
    draft_revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    seconds_spent = forms.IntegerField(
        min_value=0, max_value=SECONDS_SPENT_MAX, required=False, widget=forms.HiddenInput
    )

    @classmethod
    def begun(cls, user: User | None, draft: Draft | None) -> Self:
        """The form as a page first shows it, with the words of the draft."""
        return cls(
            initial={
                "answer": draft.text if draft else "",
                "language": (user and user.feedback_language) or translation.get_language(),
                "idempotency_key": uuid.uuid4().hex,
                "draft_revision": draft.revision if draft else 0,
            }
        )

    def clean_idempotency_key(self) -> str:
        return self.cleaned_data["idempotency_key"] or uuid.uuid4().hex


class DraftForm(forms.Form):
    text = forms.CharField(required=False, strip=False, max_length=ANSWER_MAX_LENGTH * 2)
    revision = forms.IntegerField(min_value=0)

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n")


class QuestionFilter(forms.Form):
    """The list's search and filters. They live in the URL; a wrong value filters nothing."""

    STATES = [
        ("", _("All")),
        ("new", _("Not tried yet")),
        ("tried", _("Tried")),
        ("improve", _("To improve")),
    ]
    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    topic: Any = forms.ModelChoiceField(
        Topic.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Topic"),
        empty_label=_("All topics"),
    )
    difficulty = forms.TypedChoiceField(
        choices=[("", _("All difficulties")), *Question.Difficulty.choices],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Difficulty"),
    )
    state = forms.ChoiceField(choices=STATES, required=False, label=_("Your progress"))

    def __init__(self, data: object, user: User | None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user
        if user is None:
            del self.fields["state"]

    def apply(self, questions: QuestionQuerySet) -> QuestionQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            questions = questions.matching(wanted["q"])
        if wanted.get("topic"):
            questions = questions.filter(topic=wanted["topic"])
        if wanted.get("difficulty"):
            questions = questions.filter(difficulty=wanted["difficulty"])
        if self.user and wanted.get("state"):
            by_state = {
                "new": questions.not_tried_by,
                "tried": questions.tried_by,
                "improve": questions.to_improve_by,
            }
            questions = by_state[wanted["state"]](self.user)
        return questions

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)
