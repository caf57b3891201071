"""The REST API of companies for candidates. HTTP only, as views.py."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import exceptions, generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api import api_user
from apps.common.api import UNAUTHORIZED, ErrorSerializer, Pages, form_errors

from ..forms import CompanyFilter
from ..models import Company
from ..presentation import with_summaries
from ..serializers import CompanyDetailSerializer, CompanySerializer
from ..services import following

NOT_FOUND = {404: OpenApiResponse(ErrorSerializer, "Not there, or without a published summary.")}


def _companies() -> Any:
    return with_summaries(Company.objects.readable()).prefetch_related("aliases")


class CompanyPages(Pages):
    ordering = "id"


@extend_schema_view(
    get=extend_schema(
        operation_id="companies_list",
        summary="Companies with a published summary",
        tags=["companies"],
        parameters=[
            OpenApiParameter("q", str, description="Words that all stand in a name or an alias."),
            OpenApiParameter("industry", str, enum=Company.Industry.values),
            OpenApiParameter("topic", str, description="A topic's slug."),
            OpenApiParameter("followed", bool, description="Only those that you follow."),
        ],
        responses={200: CompanySerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
)
class CompanyListView(generics.ListAPIView[Company]):
    serializer_class = CompanySerializer
    pagination_class = CompanyPages
    queryset = Company.objects.none()

    def get_queryset(self) -> Any:
        filters = CompanyFilter(self.request.query_params, api_user(self.request))
        if not filters.is_valid():
            raise exceptions.ValidationError(form_errors(filters))
        return filters.apply(_companies()).order_by("id")


class CompanyDetailView(APIView):
    @extend_schema(
        operation_id="companies_retrieve",
        summary="A company, its published summaries and their sources",
        tags=["companies"],
        responses={200: CompanyDetailSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, slug: str) -> Response:
        company = get_object_or_404(_companies(), slug=slug)
        return Response(CompanyDetailSerializer(company, context={"user": api_user(request)}).data)


class CompanyFollowView(APIView):
    @extend_schema(
        operation_id="companies_follow",
        summary="Follow a company",
        tags=["companies"],
        request=None,
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND},
    )
    def put(self, request: Request, slug: str) -> Response:
        company = get_object_or_404(Company.objects.readable(), slug=slug)
        following.company_follow(user=api_user(request), company=company)
        return Response(status=204)

    @extend_schema(
        operation_id="companies_unfollow",
        summary="Stop following a company",
        tags=["companies"],
        request=None,
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND},
    )
    def delete(self, request: Request, slug: str) -> Response:
        company: Company = get_object_or_404(Company, slug=slug)
        following.company_unfollow(user=api_user(request), company=company)
        return Response(status=204)
