"""Pages that belong to no app: errors with a way forward, and the state of feedback."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.http import require_GET

from . import inference
from .busy import busy
from .connections import connection_given_back, passes_by_itself

# Django makes error pages in whatever thread is free, under ASGI not the request's own: a
# connection that such a page opens is nobody's and would stay open for ever.


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    with connection_given_back():
        return defaults.page_not_found(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    with connection_given_back():
        return defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """503 where the database is away or busy: come back in a moment. Else 500."""
    if not passes_by_itself(sys.exc_info()[1]):
        return defaults.server_error(request)
    return busy(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@require_GET
def feedback_status(request: HttpRequest) -> HttpResponse:
    """The notice that feedback is warming up, polled by pages until it is ready.

    204 while the state is still the one ``shown``: the page leaves its live region
    alone, so a screen reader hears each state once.
    """
    status = inference.status()
    if status.state != "ready" and status.state == request.GET.get("shown"):
        return HttpResponse(status=204)
    return render(request, "common/feedback_status.html", {"inference": status})
