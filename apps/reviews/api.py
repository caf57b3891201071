"""The REST API of reviews. HTTP only, as views.py."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
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
from apps.common.api import (
    NOT_FOUND,
    UNAUTHORIZED,
    Conflict,
    ErrorSerializer,
    Pages,
    form_errors,
)
from apps.interview.services import IdempotencyConflict

from . import services
from .forms import ReviewAnswerForm
from .models import ReviewCard
from .presentation import own_answer, own_card, settings_of, today_of
from .serializers import (
    ReviewAnswerInputSerializer,
    ReviewAnswerSerializer,
    ReviewCardSerializer,
    ReviewSettingsSerializer,
    SkipInputSerializer,
)

CARD_ID = OpenApiParameter("card_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
ANSWER_ID = OpenApiParameter("answer_id", OpenApiTypes.UUID, OpenApiParameter.PATH)


class Moved(Conflict):
    default_code = "card_moved"
    default_detail = _("This review was answered or left on another device meanwhile.")


class DueFirst(Pages):
    ordering = ("due", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="reviews_list",
        summary="Key points that are due today, longest first",
        description="All of them; the page asks at most 20 of them a day.",
        tags=["reviews"],
        responses={200: ReviewCardSerializer, **UNAUTHORIZED},
    )
)
class ReviewListView(generics.ListAPIView[ReviewCard]):
    serializer_class = ReviewCardSerializer
    pagination_class = DueFirst
    queryset = ReviewCard.objects.none()

    def get_queryset(self) -> Any:
        user = api_user(self.request)
        self.day = today_of(user)
        return ReviewCard.objects.for_user(user).askable().due_on(self.day).with_texts()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "day": getattr(self, "day", None)}


def _card_data(card: ReviewCard) -> dict[str, Any]:
    context = {"day": today_of(card.user)}
    data: dict[str, Any] = ReviewCardSerializer(card, context=context).data
    return data


class ReviewDetailView(APIView):
    @extend_schema(
        operation_id="reviews_retrieve",
        summary="One key point to be asked again",
        tags=["reviews"],
        parameters=[CARD_ID],
        responses={200: ReviewCardSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, card_id: uuid.UUID) -> Response:
        return Response(_card_data(own_card(api_user(request), card_id)))


class ReviewAnswerCreateView(APIView):
    @extend_schema(
        operation_id="reviews_answer",
        summary="Answer a review",
        description=(
            "Saves the answer and queues its judgement. The same Idempotency-Key with the same "
            "body gives the same answer; with another body, 409."
        ),
        tags=["reviews"],
        parameters=[
            CARD_ID,
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="1 to 64 visible ASCII characters of your choice.",
            ),
        ],
        request=ReviewAnswerInputSerializer,
        responses={
            201: ReviewAnswerSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(
                ErrorSerializer, "Another device was first, or the key was used before."
            ),
            422: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, card_id: uuid.UUID) -> Response:
        user = api_user(request)
        card = own_card(user, card_id)
        given = ReviewAnswerInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            answer, _created = services.review_answer_submit(
                user=user, card=card, idempotency_key=_key(request), **given.validated_data
            )
        except IdempotencyConflict as error:
            raise Conflict(
                _("This Idempotency-Key was used before, for another answer.")
            ) from error
        except services.CardMoved as error:
            raise Moved from error
        except ReviewCard.DoesNotExist as error:  # staff removed its point a moment ago
            raise Http404 from error
        return Response(ReviewAnswerSerializer(answer).data, status=201)


def _key(request: Request) -> str:
    """The header by the form's rule; a new key where there is none."""
    form = ReviewAnswerForm({"idempotency_key": request.headers.get("Idempotency-Key", "")})
    problems = form_errors(form).get("idempotency_key")
    if problems:
        raise exceptions.ValidationError({"Idempotency-Key": problems})
    return str(form.cleaned_data["idempotency_key"])


class ReviewSkipView(APIView):
    @extend_schema(
        operation_id="reviews_skip",
        summary="Leave a review for tomorrow, unrated",
        tags=["reviews"],
        parameters=[CARD_ID],
        request=SkipInputSerializer,
        responses={
            200: ReviewCardSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "Another device was first."),
            422: ErrorSerializer,
        },
    )
    def post(self, request: Request, card_id: uuid.UUID) -> Response:
        user = api_user(request)
        card = own_card(user, card_id)
        given = SkipInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not services.review_skip(user=user, card=card, **given.validated_data):
            raise Moved
        return Response(_card_data(own_card(user, card_id)))


class ReviewAnswerDetailView(APIView):
    @extend_schema(
        operation_id="review_answers_retrieve",
        summary="A review answer, its job and its mark",
        tags=["reviews"],
        parameters=[ANSWER_ID],
        responses={200: ReviewAnswerSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, answer_id: uuid.UUID) -> Response:
        return Response(ReviewAnswerSerializer(own_answer(api_user(request), answer_id)).data)


class ReviewAnswerRetryView(APIView):
    @extend_schema(
        operation_id="review_answers_retry",
        summary="Ask again for a judgement that failed",
        tags=["reviews"],
        parameters=[ANSWER_ID],
        request=None,
        responses={
            202: ReviewAnswerSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "The judgement has not failed."),
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, answer_id: uuid.UUID) -> Response:
        user = api_user(request)
        answer = own_answer(user, answer_id)
        if not services.review_answer_retry(answer=answer, asked_by=user):
            raise Conflict(_("Only a judgement that failed can be asked for again."))
        return Response(ReviewAnswerSerializer(own_answer(user, answer_id)).data, status=202)


class ReviewSettingsView(APIView):
    @extend_schema(
        operation_id="review_settings_retrieve",
        summary="Your time zone and the question of the day",
        tags=["reviews"],
        responses={200: ReviewSettingsSerializer, **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        return Response(ReviewSettingsSerializer(settings_of(api_user(request))).data)

    @extend_schema(
        operation_id="review_settings_update",
        summary="Change some of it",
        tags=["reviews"],
        request=ReviewSettingsSerializer,
        responses={200: ReviewSettingsSerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
    def patch(self, request: Request) -> Response:
        user = api_user(request)
        given = ReviewSettingsSerializer(settings_of(user), data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        row = services.settings_save(user=user, **given.validated_data)
        return Response(ReviewSettingsSerializer(row).data)
