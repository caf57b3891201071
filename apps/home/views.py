"""The first page: where a person stands in each room."""

from __future__ import annotations

import textwrap

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.companies.models import Company
from apps.companies.presentation import first_sentence, summary_for, with_summaries
from apps.interview.models import Dispute, Question
from apps.resume.completeness import completeness
from apps.resume.models import Document, Profile

from .next_step import latest_answers, next_step

FOLLOWED_COMPANIES = 6
ANSWERED_DISPUTES = 3
SENTENCE_MAX = 140
"""Characters of a company's sentence: three lines of a phone, and cut between words."""


@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """For who is logged in; a visitor begins with the questions."""
    user = request.user
    if not isinstance(user, User):
        return redirect("interview:question_list")
    profile = Profile.objects.filter(user=user).first()
    attempts = latest_answers(user)
    untried = Question.objects.published().not_tried_by(user).first()
    context = {
        "step": next_step(user, untried, attempts[0] if attempts else None),
        "attempts": attempts,
        "answered_disputes": Dispute.objects.for_user(user)
        .answered_lately()
        .select_related("feedback__attempt__question")[:ANSWERED_DISPUTES],
        "next_question": untried,
        "companies": _followed(user),
        "completeness": completeness(profile.data if profile else {}),
        "documents_count": Document.objects.filter(user=user).count(),
    }
    return render(request, "home/home.html", context)


def _followed(user: User) -> list[dict[str, object]]:
    """The companies that the person follows, those with the newest summary first."""
    companies = with_summaries(Company.objects.readable().followed_by(user))
    rows = []
    for company in companies:
        summary = summary_for(company, translation.get_language())
        assert summary is not None
        sentence = shortened(first_sentence(summary))
        rows.append({"company": company, "summary": summary, "sentence": sentence})
    rows.sort(key=lambda row: str(row["summary"].published_at), reverse=True)  # type: ignore[attr-defined]
    return rows[:FOLLOWED_COMPANIES]


def shortened(sentence: str) -> str:
    """At most SENTENCE_MAX characters, cut between words; a sentence of one long word whole."""
    short = textwrap.shorten(sentence, SENTENCE_MAX, placeholder=" …")
    return short if short != "…" else sentence
