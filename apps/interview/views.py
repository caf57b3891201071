"""Practice pages. HTTP only: load for this person, check, call one service, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import User
from apps.common import inference
from apps.common.limits import LimitReached

from . import services
from .forms import AnswerForm, DraftForm, QuestionFilter
from .models import ANSWER_MAX_LENGTH, Attempt, Draft, Question
from .presentation import NEWEST, attempt_context, own_attempt

PAGE_SIZE = 20


def _user(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


@require_GET
@vary_on_headers("HX-Request")  # the back button must not show the fragment as the page
def question_list(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    filters = QuestionFilter(request.GET, user)
    questions = filters.apply(Question.objects.published())
    found: Any = questions.values_list("pk", flat=True)
    if filters.cleaned_data.get("q"):
        # A search reads every text: once here, rather than to count and again to page.
        found = list(found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    # Whole rows only for this page: sorting thousands with their texts is slow.
    page.object_list = list(
        Question.objects.filter(pk__in=list(page.object_list))
        .select_related("topic")
        .with_progress_of(request.user)
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {"filters": filters, "page": page, "query": query.urlencode()}
    template = "interview/question_list.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        template = "interview/_question_results.html"
    return render(request, template, context)


def _question(slug: str, user: User | None) -> Question:
    """One that may be answered; staff who may read drafts see them, as a candidate would."""
    questions = Question.objects.select_related("topic", "follows")
    questions = questions.prefetch_related("key_points")
    if not (user and user.is_staff and user.has_perm("interview.view_question")):
        questions = questions.answerable()
    return get_object_or_404(questions, slug=slug)


@require_GET
@never_cache  # the back button must not bring back a draft that was sent meanwhile
def question_detail(request: HttpRequest, slug: str) -> HttpResponse:
    user = _user(request)
    question = _question(slug, user)
    draft = Draft.objects.filter(user=user, question=question).first() if user else None
    return _question_page(request, question, AnswerForm.begun(user, draft), draft)


def _question_page(
    request: HttpRequest,
    question: Question,
    form: AnswerForm,
    draft: Draft | None,
    status: int = 200,
) -> HttpResponse:
    user = _user(request)
    attempts = (
        list(
            Attempt.objects.for_user(user)
            .filter(question=question)
            .select_related("feedback")
            .order_by("-number")[: NEWEST + 1]
        )
        if user
        else []
    )
    context: dict[str, Any] = {
        "question": question,
        "form": form,
        "draft": draft,
        "attempts": attempts[:NEWEST],
        "has_more_attempts": len(attempts) > NEWEST,
        "answer_max_length": ANSWER_MAX_LENGTH,
        "inference": inference.status(),
    }
    return render(request, "interview/question_detail.html", context, status=status)


@login_required
@require_GET
@never_cache
def attempt_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All of the person's answers to a question, newest first."""
    user = _user(request)
    assert user is not None
    attempts = (
        Attempt.objects.for_user(user)
        .filter(question__slug=slug)
        .select_related("feedback", "question")
        .order_by("-number")
    )
    newest = attempts.first()
    # One's answers stay readable when staff take the question back.
    question = newest.question if newest else _question(slug, user)
    page = Paginator(attempts, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"question": question, "page": page}
    return render(request, "interview/attempt_list.html", context)


@login_required
@require_POST
def draft_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Called as the candidate types. 200 {revision} or 409 {revision, text} of the newer one."""
    assert isinstance(request.user, User)
    question = _question(slug, request.user)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        draft = services.draft_save(user=request.user, question=question, **form.cleaned_data)
    except services.DraftConflict as conflict:
        current = conflict.current
        return JsonResponse({"revision": current.revision, "text": current.text}, status=409)
    return JsonResponse({"revision": draft.revision})


@require_http_methods(["GET", "POST"])
def attempt_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Submit an answer. A GET comes from the address bar, the language switch or a login."""
    question = _question(slug, _user(request))
    if request.method == "GET":
        return redirect(question)
    if not isinstance(request.user, User):  # back to the editor, which kept the words
        return redirect_to_login(question.get_absolute_url())
    form = AnswerForm(request.POST)
    if not form.is_valid():
        draft = Draft.objects.filter(user=request.user, question=question).first()
        return _question_page(request, question, form, draft, status=422)
    try:
        attempt, _created = services.attempt_submit(
            user=request.user, question=question, **form.cleaned_data
        )
    except services.IdempotencyConflict:
        form.add_error(None, _("This page was already used for another answer. Send it again."))
        form.data = {**request.POST.dict(), "idempotency_key": uuid.uuid4().hex}
        return _question_page(request, question, form, None, status=409)
    except LimitReached as error:
        form.add_error(None, error.message)
        return _question_page(request, question, form, None, status=429)
    return redirect(attempt)


@login_required
@require_GET
@never_cache  # nobody reads it from the history after its writer has logged out
def attempt_detail(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    attempt = own_attempt(request.user, attempt_id)
    return render(request, "interview/attempt_detail.html", attempt_context(attempt))


@login_required
@require_http_methods(["GET", "POST"])
def feedback_retry(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask again for failed feedback. A GET comes back from a login."""
    assert isinstance(request.user, User)
    attempt = own_attempt(request.user, attempt_id)
    if request.method == "POST":
        try:
            if services.feedback_retry(feedback=attempt.feedback, asked_by=request.user):
                messages.info(request, _("Asked for feedback again."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect(attempt)
