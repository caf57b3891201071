"""The REST API of sessions. HTTP only, as views.py."""

from __future__ import annotations

import uuid
from typing import Any

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
    NewestFirst,
    form_errors,
)
from apps.interview.services import IdempotencyConflict

from . import services
from .closing import session_now
from .debrief import debrief_of
from .forms import SessionForm, StepForm
from .models import Session, SessionQuestion
from .presentation import own_session, own_step
from .recommending import questions_for
from .serializers import (
    CalledSerializer,
    DebriefSerializer,
    SessionInputSerializer,
    SessionSerializer,
    StepAnswerSerializer,
)

SESSION_ID = OpenApiParameter("session_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
POSITION = OpenApiParameter("position", OpenApiTypes.INT, OpenApiParameter.PATH)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 64 visible ASCII characters of your choice.",
)


def _key(request: Request) -> dict[str, str]:
    return {"idempotency_key": request.headers.get("Idempotency-Key", "")}


def idempotency_key(request: Request) -> str:
    """The header by the form's rule, for what has no other field; a new key without it."""
    form = SessionForm(_key(request))
    if problems := form_errors(form).get("idempotency_key"):
        raise exceptions.ValidationError({"Idempotency-Key": problems})
    return str(form.cleaned_data["idempotency_key"])


def _told(form: Any) -> exceptions.ValidationError:
    """What is wrong, under the names that the API has for it."""
    errors = form_errors(form)
    if "idempotency_key" in errors:
        errors["Idempotency-Key"] = errors.pop("idempotency_key")
    return exceptions.ValidationError(errors)


@extend_schema_view(
    get=extend_schema(
        operation_id="sessions_list",
        summary="Your practice sessions, newest first",
        tags=["sessions"],
        responses={200: SessionSerializer, **UNAUTHORIZED, 422: ErrorSerializer},
    )
)
class SessionListView(generics.ListAPIView[Session]):
    serializer_class = SessionSerializer
    pagination_class = NewestFirst
    queryset = Session.objects.none()

    def get_queryset(self) -> Any:
        return Session.objects.for_user(api_user(self.request)).with_steps()

    @extend_schema(
        operation_id="sessions_create",
        summary="Begin a practice session",
        description=(
            "Chooses questions that you have not tried, spread over the topics, then your "
            "weakest. The clock waits for `start` or the first answer. The same "
            "Idempotency-Key gives the same session."
        ),
        tags=["sessions"],
        parameters=[IDEMPOTENCY_KEY],
        request=SessionInputSerializer,
        responses={
            201: SessionSerializer,
            **UNAUTHORIZED,
            422: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        user = api_user(request)
        given = SessionInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        form = SessionForm({**given.validated_data, **_key(request)})
        if not form.is_valid():
            raise _told(form)
        try:
            session = services.session_choose(
                user=user,
                wishes=form.wishes(),
                idempotency_key=form.cleaned_data["idempotency_key"],
            )
        except services.NothingToAsk as error:
            nothing = _("No question fits these. Choose more topics or any difficulty.")
            raise exceptions.ValidationError({"topics": [nothing]}) from error
        return Response(SessionSerializer(own_session(user, session.pk)).data, status=201)


class SessionDetailView(APIView):
    @extend_schema(
        operation_id="sessions_retrieve",
        summary="A session and how far it is",
        tags=["sessions"],
        parameters=[SESSION_ID],
        responses={200: SessionSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        return Response(SessionSerializer(session_now(api_user(request), session_id)).data)


class SessionStartView(APIView):
    @extend_schema(
        operation_id="sessions_start",
        summary="Start the clock",
        description="Again, or on another device, it changes nothing.",
        tags=["sessions"],
        parameters=[SESSION_ID],
        request=None,
        responses={200: SessionSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        user = api_user(request)
        services.clock_start(session=own_session(user, session_id))
        return Response(SessionSerializer(session_now(user, session_id)).data)


class StepAnswerView(APIView):
    @extend_schema(
        operation_id="sessions_answer",
        summary="Answer a question of a session",
        description=(
            "Saves the answer and queues its feedback; the last one ends the session. The same "
            "answer again changes nothing. What arrives second, or after the end, is kept as "
            "the draft of the question."
        ),
        tags=["sessions"],
        parameters=[SESSION_ID, POSITION, IDEMPOTENCY_KEY],
        request=StepAnswerSerializer,
        responses={
            200: SessionSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(
                ErrorSerializer, "Answered otherwise, over, or the key was used for another."
            ),
            422: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def put(self, request: Request, session_id: uuid.UUID, position: int) -> Response:
        user = api_user(request)
        step = own_step(user, session_id, position)
        given = StepAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        form = StepForm({**given.validated_data, **_key(request)})
        if not form.is_valid():
            raise _told(form)
        _answer(step, form.cleaned_data)
        return Response(SessionSerializer(session_now(user, session_id)).data)


def _answer(step: SessionQuestion, given: dict[str, Any]) -> None:
    try:
        services.step_answer(session=step.session, position=step.position, **given)
    except services.StepTaken as error:
        raise Conflict(
            _("This question has another answer already. Yours is kept as a draft.")
        ) from error
    except services.SessionOver as error:
        raise Conflict(_("The session has ended. Your answer is kept as a draft.")) from error
    except IdempotencyConflict as error:
        raise Conflict(_("This Idempotency-Key was used before, for another answer.")) from error


class StepSkipView(APIView):
    @extend_schema(
        operation_id="sessions_skip",
        summary="Put a question off until after the others",
        tags=["sessions"],
        parameters=[SESSION_ID, POSITION],
        request=None,
        responses={
            200: SessionSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "The session has ended."),
        },
    )
    def post(self, request: Request, session_id: uuid.UUID, position: int) -> Response:
        user = api_user(request)
        step = own_step(user, session_id, position)
        try:
            services.step_skip(session=step.session, position=position)
        except services.SessionOver as error:
            raise Conflict(_("The session has ended.")) from error
        return Response(SessionSerializer(session_now(user, session_id)).data)


class SessionEndView(APIView):
    @extend_schema(
        operation_id="sessions_end",
        summary="End a session early",
        description="Drafts stay drafts. One that has ended stays as it ended.",
        tags=["sessions"],
        parameters=[SESSION_ID],
        request=None,
        responses={200: SessionSerializer, **UNAUTHORIZED, **NOT_FOUND},
    )
    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        user = api_user(request)
        services.session_end(session=own_session(user, session_id))
        return Response(SessionSerializer(own_session(user, session_id)).data)


class SessionDebriefView(APIView):
    @extend_schema(
        operation_id="sessions_debrief",
        summary="What a session came to",
        description="Feedback that is yet to come fills in later: ask again while `waiting`.",
        tags=["sessions"],
        parameters=[SESSION_ID],
        responses={
            200: DebriefSerializer,
            **UNAUTHORIZED,
            **NOT_FOUND,
            409: OpenApiResponse(ErrorSerializer, "The session has not ended."),
        },
    )
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        session = session_now(api_user(request), session_id)
        if session.ended_at is None:
            raise Conflict(_("The session has not ended yet."))
        return Response(DebriefSerializer(debrief_of(session)).data)


class QuestionsForMeView(APIView):
    @extend_schema(
        operation_id="questions_for_me",
        summary="Questions that your profile calls for",
        description="At most twelve technologies, those of your projects and work first.",
        tags=["questions"],
        responses={200: CalledSerializer(many=True), **UNAUTHORIZED},
    )
    def get(self, request: Request) -> Response:
        return Response(CalledSerializer(questions_for(api_user(request)), many=True).data)
