"""The REST API of documents: Word files made from the profile."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
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
)
from apps.common.jobs import Job

from ..document_pages import own_document
from ..models import WORD_TYPE, Document
from ..offered import Template, TemplateGone, templates_offered
from ..services import documents as services

DOCUMENT_ID = OpenApiParameter("document_id", OpenApiTypes.UUID, OpenApiParameter.PATH)


class TemplateNameSerializer(serializers.Serializer[Any]):
    ko = serializers.CharField()
    en = serializers.CharField()


class DocumentTemplateSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField(
        help_text="In which headings and dates can be written; the first is what it is made for."
    )

    @extend_schema_field(TemplateNameSerializer)
    def get_name(self, template: Template) -> dict[str, str]:
        return {code: template.name(code) for code, _name in settings.LANGUAGES}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_languages(self, template: Template) -> list[str]:
        return list(template.languages)


class DocumentJobSerializer(serializers.ModelSerializer[Document]):
    status = serializers.ChoiceField(choices=Job.Status.choices)
    error_code = serializers.CharField(
        help_text="Why it failed, or why it waits; empty when all is well."
    )
    error_message = serializers.CharField()

    class Meta:
        model = Document
        fields = ["status", "error_code", "error_message", "created_at", "started_at"]


class DocumentSerializer(serializers.ModelSerializer[Document]):
    job = DocumentJobSerializer(source="*")
    filename = serializers.CharField(help_text="Empty until there is a file.")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    download_url = serializers.SerializerMethodField(
        help_text="Leads to the Word file for a few minutes; null until there is one."
    )

    class Meta:
        model = Document
        fields = [
            "id", "template", "language", "version", "profile_revision", "filename", "size",
            "download_url", "created_at", "job",
        ]  # fmt: skip

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download_url(self, document: Document) -> str | None:
        if not document.key:
            return None
        return storage.presigned_download(
            document.key, filename=document.filename, content_type=WORD_TYPE
        )


class DocumentInputSerializer(serializers.Serializer[Any]):
    template = serializers.CharField(help_text="The slug of a template that is offered.")
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, help_text="Of the headings and dates."
    )


class DocumentTemplateListView(APIView):
    @extend_schema(
        operation_id="document_templates_list",
        summary="Templates that documents can be made with",
        tags=["documents"],
        responses={200: DocumentTemplateSerializer(many=True), **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        return Response(DocumentTemplateSerializer(list(templates_offered()), many=True).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="documents_list",
        summary="Your documents, newest first",
        tags=["documents"],
        responses={200: DocumentSerializer, **UNAUTHORIZED},
    )
)
class DocumentListView(generics.ListAPIView[Document]):
    serializer_class = DocumentSerializer
    pagination_class = NewestFirst
    queryset = Document.objects.none()

    def get_queryset(self) -> Any:
        return Document.objects.filter(user=api_user(self.request)).defer("profile")

    @extend_schema(
        operation_id="documents_create",
        summary="Make a Word file from your profile",
        description=(
            "Takes the profile as it is now and queues the document as the next version of its "
            "template and language. Where nothing has changed since the latest version, that "
            "one is given with status 200."
        ),
        tags=["documents"],
        request=DocumentInputSerializer,
        responses={
            200: OpenApiResponse(DocumentSerializer, "Nothing has changed since this version."),
            201: DocumentSerializer,
            **UNAUTHORIZED,
            409: OpenApiResponse(ErrorSerializer, "`profile_empty`: there is nothing to write."),
            422: ErrorSerializer,
            429: ErrorSerializer,
            503: OpenApiResponse(ErrorSerializer, "`storage_down`: try again in a minute."),
        },
    )
    def post(self, request: Request) -> Response:
        given = DocumentInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            made = services.document_create(user=api_user(request), **given.validated_data)
        except TemplateGone as error:
            told = _("This template is no longer offered. Please choose another.")
            raise exceptions.ValidationError({"template": [told]}) from error
        except services.ProfileEmpty as error:
            told = _("Your profile is empty, so there is nothing to write yet.")
            raise Conflict(told, code="profile_empty") from error
        except storage.StorageError as error:
            raise StoreDown from error
        body = DocumentSerializer(made.document).data
        return Response(body, status=201 if made.is_new else 200)


class DocumentDetailView(APIView):
    @extend_schema(
        operation_id="documents_retrieve",
        summary="A document and its job",
        tags=["documents"],
        parameters=[DOCUMENT_ID],
        responses={200: DocumentSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, document_id: uuid.UUID) -> Response:
        return Response(DocumentSerializer(own_document(api_user(request), document_id)).data)

    @extend_schema(
        operation_id="documents_delete",
        summary="Delete a document with its file",
        tags=["documents"],
        parameters=[DOCUMENT_ID],
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND},
    )
    def delete(self, request: Request, document_id: uuid.UUID) -> Response:
        services.document_delete(document=own_document(api_user(request), document_id))
        return Response(status=204)
