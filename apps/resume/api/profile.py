"""The REST API of the profile: JSON Resume in and out."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api import api_user
from apps.common.api import UNAUTHORIZED, ErrorSerializer

from ..models import Profile
from ..rendering import ProfileInvalid
from ..services import profiles as services


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("The profile was changed meanwhile. Read it again first.")


class ProfileView(APIView):
    @extend_schema(
        operation_id="profile_read",
        summary="Your profile as JSON Resume v1.0.0",
        description="The `ETag` names what you read; send it back as `If-Match` when you write.",
        tags=["profile"],
        responses={200: OpenApiTypes.OBJECT, **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        return _reply(services.profile_of(api_user(request)))

    @extend_schema(
        operation_id="profile_write",
        summary="Replace your profile",
        tags=["profile"],
        request=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter(
                "If-Match",
                str,
                OpenApiParameter.HEADER,
                description="The `ETag` you read: 412 where the profile has changed since.",
            )
        ],
        responses={
            200: OpenApiTypes.OBJECT,
            412: OpenApiResponse(ErrorSerializer, "Changed since `If-Match`."),
            422: OpenApiResponse(ErrorSerializer, "Not JSON Resume."),
            **UNAUTHORIZED,
        },
    )
    def put(self, request: Request) -> Response:
        user = api_user(request)
        known = services.profile_of(user)
        if not _matches(request.headers.get("If-Match", "*"), known):
            raise PreconditionFailed
        try:
            saved = services.profile_save(user=user, data=request.data, revision=known.revision)
        except ProfileInvalid as error:
            message = error.message(get_language() or "en")
            raise exceptions.ValidationError({"body": [message]}) from error
        except services.ProfileConflict as error:
            raise PreconditionFailed from error
        return _reply(saved)


def _etag(profile: Profile) -> str:
    return f'"{profile.revision}"'


def _matches(if_match: str, profile: Profile) -> bool:
    """Whether one of the header's tags is the profile's, as it is or as a proxy made it.

    One that compresses makes it weak (nginx) or writes how into it (Apache); the revision in
    it says all the same just what was read.
    """
    if if_match.strip() == "*":
        return True
    revisions = re.findall(r'(?:W/)?"(\d{1,18})(?:[-;](?:gzip|br|zstd|deflate))?"', if_match)
    return str(profile.revision) in revisions


def _reply(profile: Profile) -> Response:
    data: dict[str, Any] = profile.data
    return Response(data, headers={"ETag": _etag(profile)})
