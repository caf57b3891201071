"""Company pages. HTTP only: load, check, call one service, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import User
from apps.common.limits import LimitReached
from apps.practice.services import NothingToAsk

from .forms import CompanyFilter
from .models import Company, CompanyFollow
from .presentation import company_context, first_sentence, summary_for, with_summaries
from .services import following, practising

PAGE_SIZE = 20


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_GET
@vary_on_headers("HX-Request")  # the back button must not show the fragment as the page
def company_list(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    filters = CompanyFilter(request.GET, user)
    companies = filters.apply(Company.objects.readable()).order_by("name", "pk")
    page = Paginator(with_summaries(companies), PAGE_SIZE).get_page(request.GET.get("page"))
    followed = (
        set(CompanyFollow.objects.filter(user=user).values_list("company", flat=True))
        if user
        else set()
    )
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "rows": [_row(company, followed) for company in page],
        "query": query.urlencode(),
    }
    template = "companies/company_list.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        template = "companies/_company_results.html"
    return render(request, template, context)


def _row(company: Company, followed: set[int]) -> dict[str, Any]:
    summary = summary_for(company, translation.get_language())
    assert summary is not None
    return {
        "company": company,
        "summary": summary,
        "sentence": first_sentence(summary),
        "is_followed": company.pk in followed,
    }


def _company(slug: str) -> Company:
    return get_object_or_404(with_summaries(Company.objects.readable()), slug=slug)


@require_GET
@never_cache  # how the reader did on its questions changes
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    context = company_context(_company(slug), _user(request))
    context["idempotency_key"] = uuid.uuid4().hex
    return render(request, "companies/company_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def company_practice(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a mock interview of what the company's texts call for. A GET comes from a login."""
    assert isinstance(request.user, User)
    company = _company(slug)
    if request.method == "POST":
        try:
            session = practising.company_practise(
                user=request.user,
                company=company,
                language=request.user.feedback_language or translation.get_language(),
                idempotency_key=request.POST.get("idempotency_key", "")[:64],
            )
            return redirect(session)
        except NothingToAsk:
            messages.warning(request, _("Its texts touch none of our topics."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect("companies:company_detail", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def company_follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow, or stop following. A GET comes back from a login."""
    assert isinstance(request.user, User)
    company = _company(slug)
    if request.method == "POST":
        change = following.company_unfollow if "stop" in request.POST else following.company_follow
        change(user=request.user, company=company)
    return redirect("companies:company_detail", slug=slug)
