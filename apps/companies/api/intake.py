"""Where a collecting pipeline leaves source texts. For staff's tokens only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.api import ErrorSerializer

from ..models import Company, SourceText
from ..services import sources as services

BODY_MAX_BYTES = 4 * 1024 * 1024
"""Room for 1.3 million Korean characters in UTF-8; what is longer is uploaded as a file."""


class BodyTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("This is more than one text may hold. Split it into parts.")


class CompanyTextInputSerializer(serializers.Serializer):
    company = serializers.CharField(
        help_text="The company's slug, id or one of its aliases. A name that is none is unknown."
    )
    kind = serializers.ChoiceField(SourceText.Kind.choices)
    title = serializers.CharField(max_length=200)
    language = serializers.ChoiceField(settings.LANGUAGES)
    published_on = serializers.DateField(required=False, allow_null=True, default=None)
    url = serializers.URLField(required=False, allow_blank=True, default="", max_length=500)
    text = serializers.CharField(
        trim_whitespace=False,
        help_text="Up to 1,600,000 characters of Korean or English, in a request of up to 4 MB.",
    )

    def validate_company(self, reference: str) -> Company:
        company = Company.objects.called(reference)
        if company is None:
            raise serializers.ValidationError(
                _("No company here has the slug, id or alias “%(value)s”.") % {"value": reference},
                code="unknown_company",
            )
        return company


class CompanyTextSerializer(serializers.ModelSerializer[SourceText]):
    company: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = SourceText
        fields = [
            "id",
            "company",
            "kind",
            "title",
            "language",
            "published_on",
            "url",
            "characters",
            "content_hash",
            "is_active",
            "created_at",
        ]


class MayAddSourceTexts(IsAdminUser):
    """Staff with the permission that admin asks for, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        is_staff = super().has_permission(request, view)
        return is_staff and request.user.has_perm("companies.add_sourcetext")


class CompanyTextCreateView(APIView):
    permission_classes = [MayAddSourceTexts]

    @extend_schema(
        operation_id="company_texts_create",
        summary="Leave a source text of a company",
        description=(
            "For staff. The same text again for the same company gives what is here already, "
            "unchanged: sending twice is safe. Texts are compared without what no reader sees, "
            "such as the kind of line ends."
        ),
        tags=["companies"],
        request=CompanyTextInputSerializer,
        responses={
            200: OpenApiResponse(CompanyTextSerializer, "This text was here already."),
            201: CompanyTextSerializer,
            401: ErrorSerializer,
            403: OpenApiResponse(ErrorSerializer, "Not staff who may add source texts."),
            413: ErrorSerializer,
            422: ErrorSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX_BYTES:
            raise BodyTooLarge
        given = CompanyTextInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            source, is_new = services.source_intake(**given.validated_data)
        except ValidationError as error:
            raise exceptions.ValidationError(error.message_dict) from error
        return Response(CompanyTextSerializer(source).data, status=201 if is_new else 200)
