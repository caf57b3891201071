"""Pages that belong to no app: errors with a way forward, and the state of feedback."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from . import inference


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
