"""The company list's search and filters."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.interview.models import Topic

from .models import Company
from .models.companies import CompanyQuerySet


class CompanyFilter(forms.Form):
    """They live in the URL; a wrong value filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    followed = forms.BooleanField(label=_("Only those I follow"), required=False)

    def __init__(self, data: object, user: User | None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user
        every = [("", _("All"))]
        self.fields["industry"].choices = [*every, *Company.Industry.choices]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [  # type: ignore[attr-defined]
            *every,
            *((topic.slug, topic.name) for topic in Topic.objects.all()),
        ]
        if user is None:
            del self.fields["followed"]

    def apply(self, companies: CompanyQuerySet) -> CompanyQuerySet:
        self.is_valid()
        given = self.cleaned_data
        if given.get("q"):
            companies = companies.matching(given["q"])
        if given.get("industry"):
            companies = companies.filter(industry=given["industry"])
        if given.get("topic"):
            companies = companies.touching(given["topic"])
        if given.get("followed") and self.user:
            companies = companies.followed_by(self.user)
        return companies

    @property
    def is_active(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.values())
