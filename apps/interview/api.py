"""The REST API of questions and attempts. HTTP only, as views.py."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import exceptions, generics
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api import api_user
from apps.accounts.models import User
from apps.common import live
from apps.common.api import (
    NOT_FOUND,
    UNAUTHORIZED,
    Conflict,
    ErrorSerializer,
    NewestFirst,
    Pages,
    form_errors,
)
from apps.common.streaming import write_json

from . import services, streaming
from .comparison import Piece, point_changes, word_diff
from .forms import AnswerForm, AttemptFilter, QuestionFilter
from .models import Attempt, Question, QuestionQuerySet
from .presentation import own_attempt, previous_attempt
from .serializers import (
    AttemptInputSerializer,
    AttemptSerializer,
    ComparisonSerializer,
    DisputeInputSerializer,
    DisputeSerializer,
    QuestionDetailSerializer,
    QuestionSerializer,
)

ATTEMPT_ID = OpenApiParameter("attempt_id", OpenApiTypes.UUID, OpenApiParameter.PATH)


class QuestionPages(Pages):
    ordering = "id"


def _questions(user: User) -> QuestionQuerySet:
    return Question.objects.published().select_related("topic").with_progress_of(user)


@extend_schema_view(
    get=extend_schema(
        operation_id="questions_list",
        summary="Published questions",
        tags=["questions"],
        parameters=[
            OpenApiParameter("q", str, description="Words that all stand in the question."),
            OpenApiParameter("topic", str, description="A topic's slug."),
            OpenApiParameter("difficulty", int, enum=[1, 2, 3]),
            OpenApiParameter("state", str, enum=["new", "tried", "improve", "bookmarked"]),
        ],
        responses={200: QuestionSerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
)
class QuestionListView(generics.ListAPIView[Question]):
    serializer_class = QuestionSerializer
    pagination_class = QuestionPages
    queryset = Question.objects.none()

    def get_queryset(self) -> QuestionQuerySet:
        user = api_user(self.request)
        filters = QuestionFilter(self.request.query_params, user)
        if not filters.is_valid():
            raise exceptions.ValidationError(form_errors(filters))
        return filters.apply(_questions(user)).order_by("id")


class QuestionDetailView(APIView):
    @extend_schema(
        operation_id="questions_retrieve",
        summary="One question",
        description="The model answer and what it rests on are null before your first attempt.",
        tags=["questions"],
        responses={200: QuestionDetailSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, slug: str) -> Response:
        questions = Question.objects.answerable().select_related("topic", "follows")
        questions = questions.with_progress_of(api_user(request)).prefetch_related("key_points")
        question = get_object_or_404(questions, slug=slug)
        return Response(QuestionDetailSerializer(question).data)


class AttemptCreateView(APIView):
    @extend_schema(
        operation_id="attempts_create",
        summary="Submit an answer",
        description=(
            "Saves the answer and queues its feedback. The same Idempotency-Key with the same "
            "body gives the same attempt; with another body, 409."
        ),
        tags=["attempts"],
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="1 to 64 visible ASCII characters of your choice.",
            )
        ],
        request=AttemptInputSerializer,
        responses={
            201: AttemptSerializer,
            **UNAUTHORIZED,
            404: ErrorSerializer,
            409: ErrorSerializer,
            422: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        question = get_object_or_404(Question.objects.answerable(), slug=slug)
        given = AttemptInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            attempt, _created = services.attempt_submit(
                user=api_user(request),
                question=question,
                idempotency_key=_idempotency_key(request),
                **given.validated_data,
            )
        except services.IdempotencyConflict as error:
            raise Conflict(
                _("This Idempotency-Key was used before, for another answer.")
            ) from error
        return Response(AttemptSerializer(attempt).data, status=201)


def _idempotency_key(request: Request) -> str:
    """The header by the form's rule; a new key where there is none."""
    form = AnswerForm({"idempotency_key": request.headers.get("Idempotency-Key", "")})
    problems = form_errors(form).get("idempotency_key")
    if problems:
        raise exceptions.ValidationError({"Idempotency-Key": problems})
    return str(form.cleaned_data["idempotency_key"])


@extend_schema_view(
    get=extend_schema(
        operation_id="attempts_list",
        summary="Your attempts, newest first",
        tags=["attempts"],
        parameters=[
            OpenApiParameter("q", str, description="Words of the question or your answer."),
            OpenApiParameter("topic", str, description="A topic's slug."),
            OpenApiParameter("score", str, enum=list(AttemptFilter.SCORES)),
            OpenApiParameter("language", str, enum=[code for code, _name in settings.LANGUAGES]),
            OpenApiParameter("since", OpenApiTypes.DATE, description="From this day on."),
            OpenApiParameter("until", OpenApiTypes.DATE, description="Up to this day."),
        ],
        responses={200: AttemptSerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
)
class AttemptListView(generics.ListAPIView[Attempt]):
    serializer_class = AttemptSerializer
    pagination_class = NewestFirst
    queryset = Attempt.objects.none()

    def get_queryset(self) -> Any:
        filters = AttemptFilter(self.request.query_params)
        if not filters.is_valid():
            raise exceptions.ValidationError(form_errors(filters))
        found = filters.apply(Attempt.objects.for_user(api_user(self.request)))
        return found.select_related("question", "feedback").prefetch_related("feedback__disputes")


class AttemptDetailView(APIView):
    @extend_schema(
        operation_id="attempts_retrieve",
        summary="An attempt, its job and its feedback",
        tags=["attempts"],
        parameters=[ATTEMPT_ID],
        responses={200: AttemptSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, attempt_id: uuid.UUID) -> Response:
        return Response(AttemptSerializer(own_attempt(api_user(request), attempt_id)).data)


class AttemptRetryView(APIView):
    @extend_schema(
        operation_id="attempts_retry",
        summary="Ask for failed feedback again",
        tags=["attempts"],
        parameters=[ATTEMPT_ID],
        request=None,
        responses={
            202: AttemptSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "The feedback has not failed."),
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, attempt_id: uuid.UUID) -> Response:
        user = api_user(request)
        attempt = own_attempt(user, attempt_id)
        if not services.feedback_retry(feedback=attempt.feedback, asked_by=user):
            raise Conflict(_("Only feedback that failed can be asked for again."))
        attempt.feedback.refresh_from_db()
        return Response(AttemptSerializer(attempt).data, status=202)


class AttemptCompareView(APIView):
    @extend_schema(
        operation_id="attempts_compare",
        summary="What changed between two answers to one question",
        description="Without `with`, the answer before this one that has its feedback.",
        tags=["attempts"],
        parameters=[
            ATTEMPT_ID,
            OpenApiParameter("with", OpenApiTypes.UUID, description="Another attempt's id."),
        ],
        responses={
            200: ComparisonSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            422: ErrorSerializer,
        },
    )
    def get(self, request: Request, attempt_id: uuid.UUID) -> Response:
        user = api_user(request)
        attempt = own_attempt(user, attempt_id)
        other = _compared_with(request.query_params.get("with", ""), user, attempt)
        before, after = sorted((attempt, other), key=lambda one: one.number)
        scores = (before.feedback.score, after.feedback.score)
        is_judged = None not in scores
        compared = {
            "before": before.pk,
            "after": after.pk,
            "score_difference": scores[1] - scores[0] if is_judged else None,  # type: ignore[operator]
            "guess": before.feedback.is_guess or after.feedback.is_guess,
            "diff": [_piece(piece) for piece in word_diff(before.answer, after.answer)],
            "points": point_changes(before.feedback.key_points, after.feedback.key_points)
            if is_judged
            else None,
        }
        return Response(ComparisonSerializer(compared).data)


def _compared_with(wanted: str, user: User, attempt: Attempt) -> Attempt:
    """The attempt that is named, else the one before. Raises ValidationError and Http404."""
    if not wanted:
        previous = previous_attempt(attempt)
        if previous is None:
            told = _("There is no earlier answer with feedback. Name another attempt.")
            raise exceptions.ValidationError({"with": [told]})
        return previous
    try:
        other_id = uuid.UUID(wanted)
    except ValueError as error:
        told = _("Write the id of an attempt.")
        raise exceptions.ValidationError({"with": [told]}) from error
    own = Attempt.objects.for_user(user).select_related("feedback")
    return get_object_or_404(own, pk=other_id, question=attempt.question_id)


def _piece(piece: Piece) -> dict[str, Any]:
    def place(span: tuple[int, int] | None) -> dict[str, int] | None:
        return span and {"start": span[0], "end": span[1]}

    return {
        "op": piece.op,
        "text": piece.text,
        "before": place(piece.before),
        "after": place(piece.after),
    }


class AttemptDisputeView(APIView):
    @extend_schema(
        operation_id="attempts_dispute",
        summary="Say that a mark is wrong",
        description="One dispute a mark. Staff's answer appears in the attempt's `disputes`.",
        tags=["attempts"],
        parameters=[ATTEMPT_ID],
        request=DisputeInputSerializer,
        responses={
            201: DisputeSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "No marks yet, or this one is disputed already."),
            422: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, attempt_id: uuid.UUID) -> Response:
        attempt = own_attempt(api_user(request), attempt_id)
        given = DisputeInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            dispute = services.dispute_open(attempt=attempt, **given.validated_data)
        except services.UnknownMark as error:
            raise exceptions.ValidationError(
                {"key_point": [_("Choose one of the marks.")]}
            ) from error
        except services.DisputeConflict as error:
            raise Conflict(error.message) from error
        return Response(DisputeSerializer(dispute).data, status=201)


class QuestionBookmarkView(APIView):
    @extend_schema(
        operation_id="questions_bookmark",
        summary="Keep a question",
        tags=["questions"],
        request=None,
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND, 429: ErrorSerializer},
    )
    def put(self, request: Request, slug: str) -> Response:
        question = get_object_or_404(Question.objects.answerable(), slug=slug)
        services.bookmark_set(user=api_user(request), question=question)
        return Response(status=204)

    @extend_schema(
        operation_id="questions_unbookmark",
        summary="Keep a question no longer",
        tags=["questions"],
        request=None,
        responses={204: None, **UNAUTHORIZED, **NOT_FOUND, 429: ErrorSerializer},
    )
    def delete(self, request: Request, slug: str) -> Response:
        question: Question = get_object_or_404(Question, slug=slug)
        services.bookmark_remove(user=api_user(request), question=question)
        return Response(status=204)


class _JsonWhateverIsAccepted(BaseContentNegotiation):
    """A stream's client accepts text/event-stream alone; its errors are JSON all the same."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class AttemptEventsView(APIView):
    content_negotiation_class = _JsonWhateverIsAccepted

    @extend_schema(
        operation_id="attempts_events",
        summary="Feedback as it is written (server-sent events)",
        description=(
            "Events: `progress {state, run?, reason?}`; a `mark {id, text, weight, status, "
            "confidence, quote?, misconception?}` for each key point as it is decided, in any "
            "order, final when it comes; `assessment {score, key_points, method, guess}` with "
            "all of them in the question's order; `delta {text}`; then `done {state}` or "
            "`error {code, retryable}`, which ends the stream. `retryable` says whether asking "
            "again can help. A finished job's stream has no `mark`. "
            "A `progress` whose state is `running` begins anew: drop what came before. "
            "Send the last id you saw as `Last-Event-ID` to go on from there."
        ),
        tags=["attempts"],
        parameters=[
            ATTEMPT_ID,
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER),
        ],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            (401, "application/json"): ErrorSerializer,
            (404, "application/json"): ErrorSerializer,
            (429, "application/json"): ErrorSerializer,
        },
    )
    def get(self, request: Request, attempt_id: uuid.UUID) -> HttpResponseBase:
        user = api_user(request)
        attempt = streaming.load_attempt(user, attempt_id)
        after = live.valid_event_id(request.headers.get("Last-Event-ID", ""))
        return streaming.event_stream(user, attempt, write_json, after)
