"""The REST API of companies for candidates. HTTP only, as views.py."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
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
from apps.common.api import UNAUTHORIZED, Conflict, ErrorSerializer, Pages, form_errors
from apps.practice.api import IDEMPOTENCY_KEY, idempotency_key
from apps.practice.presentation import own_session
from apps.practice.serializers import SessionSerializer
from apps.practice.services import NothingToAsk

from ..forms import CompanyFilter
from ..models import Company
from ..practising import practice_for
from ..presentation import summary_for, with_summaries
from ..serializers import CompanyDetailSerializer, CompanySerializer, PracticeSerializer
from ..services import following, practising

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


class CompanyPracticeView(APIView):
    @extend_schema(
        operation_id="companies_practice",
        summary="What a company's texts call for",
        tags=["companies"],
        responses={200: PracticeSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, slug: str) -> Response:
        company = get_object_or_404(_companies(), slug=slug)
        summary = summary_for(company, translation.get_language())
        assert summary is not None  # companies are shown once they have one
        return Response(PracticeSerializer(practice_for(summary, api_user(request))).data)

    @extend_schema(
        operation_id="companies_practise",
        summary="Begin a mock interview for a company",
        description="Three questions in ten minutes. The same Idempotency-Key gives the same one.",
        tags=["companies"],
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={
            201: SessionSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "Its texts touch none of our topics."),
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        user = api_user(request)
        company = get_object_or_404(_companies(), slug=slug)
        try:
            session = practising.company_practise(
                user=user,
                company=company,
                language=user.feedback_language or translation.get_language(),
                idempotency_key=idempotency_key(request),
            )
        except NothingToAsk as error:
            raise Conflict(_("Its texts touch none of our topics.")) from error
        return Response(SessionSerializer(own_session(user, session.pk)).data, status=201)


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
