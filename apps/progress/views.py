"""The progress pages. HTTP only: load for this person, show."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.models import User

from .forms import PointFilter
from .presentation import page_context, points_shown, standings_of

PAGE_SIZE = 20


@login_required
@require_GET
@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return render(request, "progress/progress.html", page_context(request.user))


@login_required
@require_GET
@never_cache
def point_list(request: HttpRequest) -> HttpResponse:
    """Every key point that an answer of this person met, weakest first."""
    assert isinstance(request.user, User)
    filters = PointFilter(request.GET)
    standings = filters.apply(standings_of(request.user))
    page = Paginator(standings, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filters": filters,
        "page": page,
        "points": points_shown(list(page.object_list)),
        "query": query.urlencode(),
    }
    return render(request, "progress/point_list.html", context)
