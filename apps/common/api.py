"""The REST API's one error shape: {"error": {"code", "message", "fields"?}}."""

from __future__ import annotations

from typing import Any

import structlog
from django import forms
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, parsers, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, ScopedRateThrottle
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from . import busy
from .addresses import client_address
from .composed import composed_json
from .connections import passes_by_itself
from .limits import LimitReached

logger = structlog.get_logger(__name__)


class ErrorDetailSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="For programs: does not change with the language.")
    message = serializers.CharField(help_text="For people, in the language of the request.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with each field.",
    )


class ErrorSerializer(serializers.Serializer):
    error = ErrorDetailSerializer()


UNAUTHORIZED = {401: ErrorSerializer}
NOT_FOUND = {404: OpenApiResponse(ErrorSerializer, "Not there, or another person's.")}


class Pages(CursorPagination):
    """How every list of the API is paged; a list names its order."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int:
        """What is asked for, at most ``max_page_size``; nonsense is told, not passed over."""
        wanted = request.query_params.get(self.page_size_query_param)
        if wanted is None:
            return self.page_size
        if not (wanted.isascii() and wanted.isdigit() and wanted.strip("0")):
            told = _("Write a whole number from 1 to %(max)d.") % {"max": self.max_page_size}
            raise exceptions.ValidationError({self.page_size_query_param: [told]})
        return self.max_page_size if len(wanted) > 9 else min(int(wanted), self.max_page_size)

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except exceptions.NotFound as error:
            raise _no_cursor() from error

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """A cursor may be well formed and name a position that no row can have."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, OverflowError, DjangoValidationError, DataError) as error:
            if self.cursor is None:
                raise
            raise _no_cursor() from error


def _no_cursor() -> exceptions.ValidationError:
    told = _("This is no cursor of ours. Take it from “next” or “previous”, or leave it out.")
    return exceptions.ValidationError({"cursor": [told]})


class NewestFirst(Pages):
    ordering = ("-created_at", "id")


class AddressThrottle(AnonRateThrottle):
    def get_ident(self, request: Request) -> str:
        return client_address(request)


class ScopedAddressThrottle(ScopedRateThrottle):
    def get_ident(self, request: Request) -> str:
        return client_address(request)


class StoreDown(exceptions.APIException):
    status_code = 503
    default_code = "storage_down"
    default_detail = _("The file store could not be reached. Please try again in a minute.")


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "conflict"
    default_detail = _("This does not go together with what is here already.")


class JSONParser(parsers.JSONParser):
    """Text composed; and told of lists so deep within lists that Python gives up on them."""

    def parse(self, *args: Any, **options: Any) -> Any:
        try:
            return composed_json(super().parse(*args, **options))
        except RecursionError as error:
            raise exceptions.ParseError from error


def form_errors(form: forms.Form) -> dict[str, list[str]]:
    """What is wrong with each field of a form that also serves the API."""
    return {field: [str(error) for error in errors] for field, errors in form.errors.items()}


def error_body(code: str, message: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if fields is not None:
        error["fields"] = fields
    return {"error": error}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's reply in our shape; a bug is logged and told in the same shape, too."""
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        fields = error.detail if isinstance(error.detail, dict) else {"body": error.detail}
        body = error_body("invalid", str(_("Please check the marked fields.")), fields)
        return Response(body, status=422)
    if isinstance(error, LimitReached):
        set_rollback()
        headers = {"Retry-After": str(error.retry_after)}
        return Response(error_body("throttled", error.message), status=429, headers=headers)
    response = drf_exception_handler(error, context)
    if response is None and passes_by_itself(error):
        logger.warning("api request shed", path=context["request"].path, error=str(error))
        set_rollback()
        return Response(busy.api_body(), status=503, headers=busy.HEADERS)
    if response is None:
        logger.exception("api request failed", path=context["request"].path)
        set_rollback()
        message = _("Something went wrong on our side. Please try again.")
        return Response(error_body("internal", str(message)), status=500)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    code = error.get_codes()
    assert isinstance(code, str)
    response.data = error_body(code, str(error.detail))
    return response


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:
    """For addresses under /api/v1/ that do not exist."""
    return JsonResponse(error_body("not_found", str(_("Nothing is here."))), status=404)
