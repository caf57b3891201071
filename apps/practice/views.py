"""Session pages. HTTP only: load for this person, check, call one service, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import User
from apps.common import inference
from apps.common.limits import LimitReached
from apps.interview.forms import DraftForm
from apps.interview.models import ANSWER_MAX_LENGTH, Draft, Question
from apps.interview.services import DraftConflict, IdempotencyConflict, feedback_retry
from apps.resume.profile_data import is_empty

from . import services
from .choosing import MOCK_MINUTES, MOCK_QUESTIONS
from .closing import close_if_over, session_now
from .debrief import debrief_of
from .forms import SessionForm, StepForm, WordsForm
from .models import Session, SessionQuestion
from .presentation import (
    last_answered,
    next_step,
    open_session,
    own_session,
    own_step,
    places,
    session_rows,
)
from .recommending import Called, in_turn, profile_of, questions_for

PAGE_SIZE = 20


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # every address here asks for a login
    return request.user


@login_required
@require_GET
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    sessions = Session.objects.for_user(_user(request)).with_steps()
    page = Paginator(sessions, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": session_rows(page.object_list)}
    return render(request, "practice/session_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache  # its key is for one session
def session_new(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if request.method == "GET":
        return _new_page(request, SessionForm(initial=_first_wishes(user)))
    form = SessionForm(request.POST)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    try:
        session = services.session_choose(
            user=user, wishes=form.wishes(), idempotency_key=form.cleaned_data["idempotency_key"]
        )
    except services.NothingToAsk:
        form.add_error(None, _("No question fits these. Choose more topics or any difficulty."))
        return _new_page(request, form, status=422)
    except LimitReached as error:
        form.add_error(None, error.message)
        return _new_page(request, form, status=429)
    return redirect(session)


def _first_wishes(user: User) -> dict[str, Any]:
    return {
        "count": MOCK_QUESTIONS,
        "minutes": MOCK_MINUTES,
        "language": user.feedback_language or translation.get_language(),
        "idempotency_key": uuid.uuid4().hex,
    }


def _new_page(request: HttpRequest, form: SessionForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "open_session": open_session(_user(request)),
        "has_questions": Question.objects.published().exists(),
        "mock_questions": MOCK_QUESTIONS,
        "mock_minutes": MOCK_MINUTES,
    }
    return render(request, "practice/session_new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache  # its key is for one session, and how the reader did changes
def from_resume(request: HttpRequest) -> HttpResponse:
    """Questions for what the profile names; a POST begins a mock interview of them."""
    user = _user(request)
    called = questions_for(user)
    error = ""
    if request.method == "POST" and called:
        try:
            return redirect(_resume_session(request, user, called))
        except LimitReached as reached:
            error = reached.message
    context = {
        "called": called,
        "has_profile": not is_empty(profile_of(user)),
        "mock_questions": min(MOCK_QUESTIONS, sum(len(one.questions) for one in called)),
        "mock_minutes": MOCK_MINUTES,
        "idempotency_key": uuid.uuid4().hex,
        "error": error,
    }
    return render(request, "practice/from_resume.html", context, status=429 if error else 200)


def _resume_session(request: HttpRequest, user: User, called: list[Called]) -> Session:
    return services.mock_interview_start(
        user=user,
        questions=in_turn(one.questions for one in called),
        about=_("Résumé"),
        language=user.feedback_language or translation.get_language(),
        idempotency_key=request.POST.get("idempotency_key", "")[:64],
    )


@login_required
@require_GET
@never_cache  # the back button must not bring back a box whose answer was sent meanwhile
def session_detail(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The step that is next, or the one that ``?step=`` names."""
    session = session_now(_user(request), session_id)
    if session.ended_at is not None:
        return redirect(session)
    steps = list(session.steps.all())
    wanted = request.GET.get("step", "")
    step = next((one for one in steps if str(one.position) == wanted), None) or next_step(steps)
    assert step is not None  # a session whose questions are all answered has ended
    draft = Draft.objects.filter(user=session.user_id, question=step.question_id).first()
    form = StepForm(
        initial={
            "answer": draft.text if draft else "",
            "idempotency_key": uuid.uuid4().hex,
            "draft_revision": draft.revision if draft else 0,
        }
    )
    return _step_page(request, session, step, form)


def _step_page(
    request: HttpRequest,
    session: Session,
    step: SessionQuestion,
    form: StepForm,
    status: int = 200,
) -> HttpResponse:
    steps = list(session.steps.all())
    context = {
        "session": session,
        "step": step,
        "question": step.question,
        "places": places(steps, step),
        "last_answered": last_answered(steps),
        "form": form,
        "seconds_left": session.seconds_left(timezone.now()),
        "answer_max_length": ANSWER_MAX_LENGTH,
        "inference": inference.status(),
    }
    return render(request, "practice/session_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def session_start(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The first key, told by a script, which gets {seconds_left}; or the button without one."""
    session = own_session(_user(request), session_id)
    if request.method == "POST":
        session = services.clock_start(session=session)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"seconds_left": session.seconds_left(timezone.now())})
    return redirect(session)


@login_required
@require_http_methods(["GET", "POST"])
def step_answer(request: HttpRequest, session_id: uuid.UUID, position: int) -> HttpResponse:
    """Send the answer to a step. A GET comes from the language switch or a login."""
    step = own_step(_user(request), session_id, position)
    if request.method == "GET":
        return redirect(step.session)
    form = StepForm(request.POST)
    if not form.is_valid():
        if close_if_over(step.session, timezone.now()).ended_at is not None:
            return redirect("practice:debrief", session_id)
        return _refused(request, step, form, 422)
    try:
        session = services.step_answer(session=step.session, position=position, **form.cleaned_data)
    except services.StepTaken:
        return _not_taken(request, step, form, "taken")
    except services.SessionOver:
        return _not_taken(request, step, form, "over")
    except IdempotencyConflict:
        form.add_error(None, _("This page was already used for another answer. Send it again."))
        form.data = {**request.POST.dict(), "idempotency_key": uuid.uuid4().hex}
        return _refused(request, step, form, 409)
    except LimitReached as error:
        form.add_error(None, error.message)
        return _refused(request, step, form, 429)
    return redirect(session)


def _refused(
    request: HttpRequest, step: SessionQuestion, form: StepForm, status: int
) -> HttpResponse:
    """The same page again, with the words still in the box."""
    session = own_session(_user(request), step.session_id)
    shown = next(one for one in session.steps.all() if one.pk == step.pk)
    return _step_page(request, session, shown, form, status)


def _not_taken(
    request: HttpRequest, step: SessionQuestion, form: StepForm, reason: str
) -> HttpResponse:
    """Another device was first, or time was: the words are shown, wherever they are kept."""
    step = own_step(_user(request), step.session_id, step.position)
    words = form.cleaned_data["answer"]
    draft = Draft.objects.filter(user=_user(request), question=step.question_id).first()
    is_kept = draft is not None and draft.text == words
    context = {"step": step, "reason": reason, "words": words, "is_kept": is_kept}
    return render(request, "practice/not_taken.html", context, status=409)


@login_required
@require_http_methods(["GET", "POST"])
def step_skip(request: HttpRequest, session_id: uuid.UUID, position: int) -> HttpResponse:
    step = own_step(_user(request), session_id, position)
    session = step.session
    if request.method == "POST":
        try:
            session = services.step_skip(
                session=session, position=position, **WordsForm(request.POST).words()
            )
        except services.SessionOver:
            return redirect("practice:debrief", session_id)
    return redirect(session)


@login_required
@require_POST
def draft_save(request: HttpRequest, session_id: uuid.UUID, position: int) -> HttpResponse:
    """Called as the candidate types. 200 {revision} or 409 {revision, text} of the newer one."""
    user = _user(request)
    step = own_step(user, session_id, position)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        draft = services.step_draft_save(step=step, user=user, **form.cleaned_data)
    except DraftConflict as conflict:
        current = conflict.current
        return JsonResponse({"revision": current.revision, "text": current.text}, status=409)
    return JsonResponse({"revision": draft.revision})


@login_required
@require_http_methods(["GET", "POST"])
def session_end(request: HttpRequest, session_id: uuid.UUID, position: int) -> HttpResponse:
    """End it on the page of that step, whose words stay a draft. A GET comes from a login."""
    step = own_step(_user(request), session_id, position)
    session = step.session
    if request.method == "POST":
        session = services.session_end(
            session=session, position=position, **WordsForm(request.POST).words()
        )
    return redirect(session)


@login_required
@require_GET
@never_cache
@vary_on_headers("HX-Request")  # the back button must not show the fragment as the page
def debrief(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """What it came to; the results alone for the page that waits for feedback."""
    session = session_now(_user(request), session_id)
    if session.ended_at is None:
        return redirect(session)
    context = {
        "session": session,
        "debrief": debrief_of(session),
        "last_answered": last_answered(session.steps.all()),
    }
    template = "practice/debrief.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        template = "practice/_debrief_results.html"
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
def step_retry(request: HttpRequest, session_id: uuid.UUID, position: int) -> HttpResponse:
    """Ask again for feedback that failed. A GET comes back from a login."""
    user = _user(request)
    step = own_step(user, session_id, position)
    if request.method == "POST" and step.attempt is not None:
        try:
            if feedback_retry(feedback=step.attempt.feedback, asked_by=user):
                messages.info(request, _("Asked for feedback again."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect("practice:debrief", session_id)
