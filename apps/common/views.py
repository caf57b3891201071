"""Pages that belong to no app: errors with a way forward, and the state of feedback."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from . import inference


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@require_GET
def feedback_status(request: HttpRequest) -> HttpResponse:
    """The notice that feedback is warming up, polled by pages until it is ready."""
    return render(request, "common/feedback_status.html", {"inference": inference.status()})
