"""The REST API of progress. HTTP only, as views.py."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api import api_user
from apps.common.api import UNAUTHORIZED, ErrorSerializer, Pages, form_errors
from apps.reviews.presentation import today_of

from .forms import LEVELS, PointFilter
from .models import WEAKEST_FIRST, PointStanding, PointStandingQuerySet
from .presentation import practice_of, progress_of, standings_of
from .serializers import PointStandingSerializer, PracticeDaysSerializer, ProgressNumbersSerializer


class ProgressView(APIView):
    @extend_schema(
        operation_id="progress_retrieve",
        summary="How far you are",
        tags=["progress"],
        responses={200: ProgressNumbersSerializer, **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        return Response(ProgressNumbersSerializer(progress_of(api_user(request))).data)


class WeakestFirst(Pages):
    ordering = WEAKEST_FIRST


@extend_schema_view(
    get=extend_schema(
        operation_id="progress_points_list",
        summary="Key points that your answers met, weakest first",
        tags=["progress"],
        parameters=[
            OpenApiParameter(
                "level", str, enum=list(LEVELS), description="`known` has the solid ones, too."
            ),
            OpenApiParameter("topic", str, description="A topic's slug."),
        ],
        responses={200: PointStandingSerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
)
class PointListView(generics.ListAPIView[PointStanding]):
    serializer_class = PointStandingSerializer
    pagination_class = WeakestFirst
    queryset = PointStanding.objects.none()

    def get_queryset(self) -> PointStandingQuerySet:
        filters = PointFilter(self.request.query_params)
        if not filters.is_valid():
            raise exceptions.ValidationError(form_errors(filters))
        return filters.apply(standings_of(api_user(self.request)))


class PracticeView(APIView):
    @extend_schema(
        operation_id="progress_days",
        summary="The days on which you answered, of the last 26 weeks",
        tags=["progress"],
        responses={200: PracticeDaysSerializer, **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        user = api_user(request)
        return Response(PracticeDaysSerializer(practice_of(user, today_of(user).date)).data)
