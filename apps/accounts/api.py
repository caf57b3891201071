"""POST /api/v1/auth/token: an e-mail address and a password for a token."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.api import ErrorSerializer

from .models import User
from .services import email_must_be_verified
from .tokens import TOKEN_DAYS, token_create


def api_user(request: Request) -> User:
    """Who calls. For views that only let in who is logged in, as all do by default."""
    assert isinstance(request.user, User)
    return request.user


class CredentialsSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=128)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class InvalidCredentials(exceptions.APIException):
    status_code = 401
    default_code = "invalid_credentials"
    default_detail = _("The e-mail address and the password do not go together.")


class EmailUnverified(exceptions.APIException):
    status_code = 403
    default_code = "email_unverified"
    default_detail = _("Open the link that we sent to your e-mail address first.")


class LockedOut(exceptions.APIException):
    status_code = 429
    default_code = "locked_out"
    default_detail = _("Too many wrong passwords. Try again in ten minutes.")


class TokenView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [permissions.AllowAny]
    throttle_scope = "token"

    @extend_schema(
        operation_id="token_create",
        summary="Get a token",
        description=(
            "Send it as `Authorization: Token …`. Each call gives another one, which ends after "
            f"{TOKEN_DAYS} days, when you change your password, and when you end it in your "
            "settings."
        ),
        tags=["auth"],
        auth=[],
        request=CredentialsSerializer,
        responses={
            200: TokenSerializer,
            401: ErrorSerializer,
            403: OpenApiResponse(ErrorSerializer, "The e-mail address is not verified yet."),
            422: ErrorSerializer,
            429: OpenApiResponse(ErrorSerializer, "Throttled, or locked after wrong passwords."),
        },
    )
    def post(self, request: Request) -> Response:
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        # django-axes marks Django's request, and its middleware would answer with a page.
        plain_request = request._request
        user = authenticate(plain_request, **credentials.validated_data)
        if getattr(plain_request, "axes_locked_out", False):
            plain_request.axes_locked_out = False  # type: ignore[attr-defined]
            raise LockedOut
        if not isinstance(user, User):
            raise InvalidCredentials
        if email_must_be_verified(user):
            raise EmailUnverified
        name = request.headers.get("User-Agent", "")
        return Response({"token": token_create(user=user, name=name)})
