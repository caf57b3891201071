"""The REST API, version 1."""

from typing import Any

from django.urls import URLPattern
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

urlpatterns: list[URLPattern] = []


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    return drf_exception_handler(error, context)
