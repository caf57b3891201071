"""The REST API of uploaded résumés. HTTP only, as views/uploads.py."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import exceptions, generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api import api_user
from apps.common import storage
from apps.common.api import (
    NOT_FOUND,
    UNAUTHORIZED,
    Conflict,
    ErrorSerializer,
    NewestFirst,
    StoreDown,
    form_errors,
)
from apps.common.jobs import Job

from ..forms.uploads import UploadStartForm
from ..models import PDF_MAX_BYTES, PNG_TYPE, Upload
from ..parsing import WARNINGS
from ..services import uploads as services

WAITING = "waiting"
STATUSES = [(WAITING, _("waiting for the file")), *Job.Status.choices]
UPLOAD_ID = OpenApiParameter("upload_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
STORE_DOWN = {503: OpenApiResponse(ErrorSerializer, "The file store is away; try again.")}


class NotArrived(Conflict):
    default_code = "not_arrived"
    default_detail = _("The file did not arrive. Please send it again.")


class TooMany(exceptions.APIException):
    status_code = 429
    default_code = "too_many_uploads"
    default_detail = _("You have sent many files today. Please go on tomorrow.")


class ResumeInputSerializer(serializers.Serializer):
    """Nothing else is taken, a key least of all."""

    filename = serializers.CharField(max_length=1000)
    size = serializers.IntegerField(
        min_value=1, max_value=PDF_MAX_BYTES, help_text="Bytes, at most 10 MB."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise serializers.ValidationError({name: [_("Unknown field.")] for name in unknown})
        form = UploadStartForm(given)
        if not form.is_valid():
            raise serializers.ValidationError(form_errors(form))
        return form.cleaned_data


class UploadTargetSerializer(serializers.Serializer):
    """Send a multipart POST to ``url``: all of ``fields``, then the file as ``file``."""

    url = serializers.URLField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class ResumeStartedSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    upload = UploadTargetSerializer()


class ResumeErrorSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField(help_text="In the language of the request.")


class WarningSerializer(ResumeErrorSerializer):
    pass


class PageSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="From 1.")
    width = serializers.FloatField(help_text="Points.")
    height = serializers.FloatField(help_text="Points.")
    url = serializers.URLField(help_text="The page as PNG; ends in a few minutes.")


class ProvenanceSerializer(serializers.Serializer):
    page = serializers.IntegerField(help_text="From 1.")
    box = serializers.ListField(
        child=serializers.FloatField(), help_text="x0, y0, x1, y1 in points from the top left."
    )
    text = serializers.CharField()
    confidence = serializers.FloatField(min_value=0, max_value=1)


class ResumeSerializer(serializers.ModelSerializer[Upload]):
    status = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField(help_text="Why it failed; otherwise null.")

    class Meta:
        model = Upload
        fields: list[str] = [
            "id", "filename", "size", "created_at", "reviewed_at", "status", "error"
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(STATUSES))
    def get_status(self, upload: Upload) -> str:
        return upload.parse.status if upload.parse else WAITING

    @extend_schema_field(ResumeErrorSerializer(allow_null=True))
    def get_error(self, upload: Upload) -> dict[str, str] | None:
        parse = upload.parse
        if parse is None or parse.status != Job.Status.FAILED:
            return None
        return {"code": parse.error_code, "message": str(parse.error_message)}


class ResumeDetailSerializer(ResumeSerializer):
    resume = serializers.SerializerMethodField(help_text="JSON Resume v1.0.0; null until read.")
    language = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField(
        help_text="Where each value was read, by its JSON pointer in `resume`."
    )
    warnings = serializers.SerializerMethodField()
    pages = serializers.SerializerMethodField(help_text="Empty where they could not be drawn.")

    class Meta(ResumeSerializer.Meta):
        fields = [
            *ResumeSerializer.Meta.fields,
            "resume", "language", "provenance", "warnings", "pages",
        ]  # fmt: skip

    @staticmethod
    def _meta(upload: Upload) -> dict[str, Any]:
        meta: dict[str, Any] = upload.parse.resume.get("meta", {}) if upload.parse else {}
        return meta

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_resume(self, upload: Upload) -> dict[str, Any] | None:
        parse = upload.parse
        if parse is None or parse.status != Job.Status.SUCCEEDED:
            return None
        return {name: value for name, value in parse.resume.items() if name != "meta"}

    def get_language(self, upload: Upload) -> str:
        return upload.parse.language if upload.parse else ""

    @extend_schema_field(serializers.DictField(child=ProvenanceSerializer()))
    def get_provenance(self, upload: Upload) -> dict[str, Any]:
        provenance: dict[str, Any] = self._meta(upload).get("provenance", {})
        return provenance

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, upload: Upload) -> list[dict[str, str]]:
        index = 0 if translation.get_language() == "ko" else 1
        codes = [warning["code"] for warning in self._meta(upload).get("warnings", [])]
        return [{"code": code, "message": WARNINGS[code][index]} for code in codes]

    @extend_schema_field(PageSerializer(many=True))
    def get_pages(self, upload: Upload) -> list[dict[str, Any]]:
        pages = upload.parse.pages if upload.parse else []
        return [
            {
                "number": page["number"],
                "width": page["width"],
                "height": page["height"],
                "url": storage.presigned_download(
                    page["key"],
                    filename=f"{page['number']}.png",
                    content_type=PNG_TYPE,
                    inline=True,
                ),
            }
            for page in pages
        ]


def _own(request: Request, upload_id: uuid.UUID) -> Upload:
    uploads = Upload.objects.for_user(api_user(request)).select_related("parse")
    return get_object_or_404(uploads, pk=upload_id)


@extend_schema_view(
    get=extend_schema(
        operation_id="resumes_list",
        summary="Your uploaded résumés, newest first",
        tags=["resumes"],
        responses={200: ResumeSerializer, **UNAUTHORIZED},
    )
)
class ResumeListView(generics.ListAPIView[Upload]):
    serializer_class = ResumeSerializer
    pagination_class = NewestFirst
    queryset = Upload.objects.none()

    def get_queryset(self) -> Any:
        return Upload.objects.for_user(api_user(self.request)).select_related("parse")

    @extend_schema(
        operation_id="resumes_create",
        summary="Begin to upload a résumé",
        description=(
            "Send the file to `upload.url` within half an hour, then call `finish`. The address "
            "takes one PDF of at most 10 MB."
        ),
        tags=["resumes"],
        request=ResumeInputSerializer,
        responses={
            201: ResumeStartedSerializer,
            **UNAUTHORIZED,
            422: ErrorSerializer,
            429: ErrorSerializer,
            **STORE_DOWN,
        },
    )
    def post(self, request: Request) -> Response:
        given = ResumeInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            upload, post = services.upload_start(user=api_user(request), **given.validated_data)
        except services.TooManyUploads as error:
            raise TooMany from error
        except storage.StorageError as error:
            raise StoreDown from error
        body = {"id": upload.pk, "upload": {"url": post.url, "fields": post.fields}}
        return Response(body, status=201)


class ResumeFinishView(APIView):
    @extend_schema(
        operation_id="resumes_finish",
        summary="Say that the file was sent; begins its reading",
        description=(
            "Checks what arrived. Calling it again changes nothing, except that a reading which "
            "failed by our fault is begun again. 200 where the reading is at its end already, "
            "as it is for a file that you sent before."
        ),
        tags=["resumes"],
        parameters=[UPLOAD_ID],
        request=None,
        responses={
            200: ResumeDetailSerializer,
            202: ResumeDetailSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "The file has not arrived (`not_arrived`)."),
            429: ErrorSerializer,
            **STORE_DOWN,
        },
    )
    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        upload = _own(request, upload_id)
        if upload.parse is not None:
            services.parse_retry(parse=upload.parse)
        try:
            services.upload_finish(upload=upload)
        except services.UploadNotArrived as error:
            raise NotArrived from error
        except storage.StorageError as error:
            raise StoreDown from error
        upload = _own(request, upload_id)
        assert upload.parse is not None
        status = 200 if upload.parse.is_finished else 202
        return Response(ResumeDetailSerializer(upload).data, status=status)


class ResumeDetailView(APIView):
    @extend_schema(
        operation_id="resumes_retrieve",
        summary="An uploaded résumé and what was read in it",
        tags=["resumes"],
        parameters=[UPLOAD_ID],
        responses={200: ResumeDetailSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        return Response(ResumeDetailSerializer(_own(request, upload_id)).data)

    @extend_schema(
        operation_id="resumes_destroy",
        summary="Delete an uploaded résumé, its file and its pages",
        description="What went into the profile stays there.",
        tags=["resumes"],
        parameters=[UPLOAD_ID],
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND},
    )
    def delete(self, request: Request, upload_id: uuid.UUID) -> Response:
        services.upload_delete(upload=_own(request, upload_id))
        return Response(status=204)
