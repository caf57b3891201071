"""What is said while the database is away or busy: come back in a moment."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _

API_ROOT = "/api/v1/"
RETRY_AFTER_SECONDS = 5
HEADERS = {"Retry-After": str(RETRY_AFTER_SECONDS)}


def api_body() -> dict[str, Any]:
    message = _("There is a rush right now, and nothing was changed. Please try again in a moment.")
    return {"error": {"code": "busy", "message": message}}


def busy(request: HttpRequest) -> HttpResponse:
    """503: nothing here asks the database."""
    if request.path.startswith(API_ROOT):
        return JsonResponse(api_body(), status=503, headers=HEADERS)
    return HttpResponse(get_template("503.html").render(), status=503, headers=HEADERS)
