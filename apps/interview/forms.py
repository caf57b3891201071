"""What candidates send, checked and turned into values."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.models import User

from .models import (
    ANSWER_MAX_LENGTH,
    IMPROVE_BELOW,
    AttemptQuerySet,
    Dispute,
    Draft,
    Question,
    QuestionQuerySet,
    Topic,
)

REASON_MAX_LENGTH = 1000
"""Of a dispute, and of its reply: a few paragraphs."""
SECONDS_SPENT_MAX = 86_400
"""A day: a page left open longer says nothing about the answer."""

DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
"""Days that every database can reckon with."""


class AnswerField(forms.CharField):
    """An answer: kept to the letter (line ends as \\n), refused when empty or over-long."""

    default_error_messages = {"required": _("Write your answer first; a sentence is enough.")}

    def __init__(self, *, limit: int = ANSWER_MAX_LENGTH, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        super().validate(value.strip())
        over = len(value) - self.limit
        if over > 0:
            raise forms.ValidationError(
                ngettext_lazy(
                    "Your answer is %(over)d character over the limit of %(limit)d.",
                    "Your answer is %(over)d characters over the limit of %(limit)d.",
                    over,
                )
                % {"over": over, "limit": self.limit},
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
        ("bookmarked", _("Bookmarked")),
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
                "bookmarked": questions.bookmarked_by,
            }
            questions = by_state[wanted["state"]](self.user)
        return questions

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)


class AttemptFilter(forms.Form):
    """The list of all one's answers. As the questions' filters; days are those of the site."""

    SCORES: dict[str, Any] = {
        "improve": {"feedback__score__lt": IMPROVE_BELOW},
        "0-39": {"feedback__score__lt": 40},
        "40-79": {"feedback__score__gte": 40, "feedback__score__lt": 80},
        "80-100": {"feedback__score__gte": 80},
        "none": {"feedback__score__isnull": True},
    }
    q = forms.CharField(required=False, max_length=100, label=_("Search"))
    topic: Any = forms.ModelChoiceField(
        Topic.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Topic"),
        empty_label=_("All topics"),
    )
    score = forms.ChoiceField(
        choices=[
            ("", _("Any score")),
            ("improve", _("To improve")),
            ("0-39", _("0 to 39 points")),
            ("40-79", _("40 to 79 points")),
            ("80-100", _("80 points or more")),
            ("none", _("No feedback yet")),
        ],
        required=False,
        label=_("Score"),
    )
    language = forms.ChoiceField(
        choices=[("", _("Both languages")), *settings.LANGUAGES],
        required=False,
        label=_("Feedback language"),
    )
    since = forms.DateField(required=False, validators=DAYS, label=_("From day"))
    until = forms.DateField(required=False, validators=DAYS, label=_("Up to day"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("The first day is after the last. Change one of them."))
        return found

    def apply(self, attempts: AttemptQuerySet) -> AttemptQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("q"):
            attempts = attempts.matching(wanted["q"])
        if wanted.get("topic"):
            attempts = attempts.filter(question__topic=wanted["topic"])
        if wanted.get("score"):
            attempts = attempts.filter(**self.SCORES[wanted["score"]])
        if wanted.get("language"):
            attempts = attempts.filter(language=wanted["language"])
        if wanted.get("since"):
            attempts = attempts.filter(created_at__gte=_begin_of(wanted["since"]))
        if wanted.get("until"):
            after = _begin_of(wanted["until"] + timedelta(days=1))
            attempts = attempts.filter(created_at__lt=after)
        return attempts

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class DisputeDecisionForm(forms.ModelForm):
    """What staff answer; they see the mark's word, and choose the one that is right."""

    KEEP = "keep"
    decision = forms.ChoiceField(
        choices=[
            (KEEP, _("Keep the mark")),
            ("covered", _("Correct it to: covered")),
            ("partial", _("Correct it to: partly")),
            ("missing", _("Correct it to: not there yet")),
            ("wrong", _("Correct it to: says the opposite")),
        ],
        widget=forms.RadioSelect,
        label=_("Decision"),
    )
    reply = forms.CharField(
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("Answer to the candidate"),
        help_text=_("They read it beside the mark."),
    )

    class Meta:
        model = Dispute
        fields = ["reply"]

    def mark_after(self) -> str:
        """The new mark; empty where the old one stays."""
        decision = str(self.cleaned_data["decision"])
        return "" if decision == self.KEEP else decision


class DisputeForm(forms.Form):
    """What is said against a mark."""

    key_point = forms.SlugField(max_length=60)
    reason = forms.CharField(
        max_length=REASON_MAX_LENGTH,
        error_messages={"required": _("Write in a sentence what is wrong about the mark.")},
    )

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"]).replace("\r\n", "\n")
