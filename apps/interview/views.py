"""Practice pages. HTTP only: load for this person, check, call one service, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import User
from apps.common import inference
from apps.common.limits import LimitReached

from . import services
from .follow_ups import thread_of
from .forms import AnswerForm, AttemptFilter, DisputeForm, DraftForm, QuestionFilter
from .models import ANSWER_MAX_LENGTH, Attempt, Bookmark, Draft, Question
from .presentation import (
    NEWEST,
    attempt_context,
    comparison_context,
    model_answer_passages,
    own_attempt,
)

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
    form = AnswerForm.begun(user, draft)
    begun = _begun_with(request, question)
    if begun is not None:
        form.initial["answer"] = begun
    return _question_page(request, question, form, draft, is_begun_anew=begun is not None)


FROM_NOTHING = "empty"


def _begun_with(request: HttpRequest, question: Question) -> str | None:
    """The words that ``?from=`` asks for: an own answer's, or none; None where it is not there."""
    wanted, user = request.GET.get("from"), _user(request)
    if not wanted or user is None:
        return None
    if wanted == FROM_NOTHING:
        return ""
    try:
        attempt_id = uuid.UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    own = Attempt.objects.for_user(user).filter(question=question)
    return get_object_or_404(own, pk=attempt_id).answer


def _question_page(
    request: HttpRequest,
    question: Question,
    form: AnswerForm,
    draft: Draft | None,
    status: int = 200,
    *,
    is_begun_anew: bool = False,
) -> HttpResponse:
    """``is_begun_anew``: the form holds other words than the draft, which stays as it is."""
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
        "model_answer": model_answer_passages(question) if attempts else [],
        "is_begun_anew": is_begun_anew,
        "is_bookmarked": user is not None
        and Bookmark.objects.filter(user=user, question=question).exists(),
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
@require_http_methods(["GET", "POST"])
def bookmark(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the question, or with ``unset`` no longer. A GET comes back from a login."""
    assert isinstance(request.user, User)
    question = _question(slug, request.user)
    if request.method == "GET":
        return redirect(question)
    change = services.bookmark_remove if "unset" in request.POST else services.bookmark_set
    try:
        change(user=request.user, question=question)
    except LimitReached as error:
        messages.warning(request, error.message)
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        kept = Bookmark.objects.filter(user=request.user, question=question).exists()
        context = {
            "question": question,
            "is_bookmarked": kept,
            "is_row": "row" in request.POST,
            "next": _way_back(request),
        }
        return render(request, "interview/_bookmark.html", context)
    return redirect(_way_back(request) or question)


def _way_back(request: HttpRequest) -> str:
    """The page of ours that the form stood on; empty for none."""
    url = request.POST.get("next", "")
    host = request.get_host()
    is_ours = url_has_allowed_host_and_scheme(url, {host}, require_https=request.is_secure())
    return url if is_ours else ""


@login_required
@require_GET
@never_cache
@vary_on_headers("HX-Request")
def attempts(request: HttpRequest) -> HttpResponse:
    """All of the person's answers, to whatever question, newest first."""
    assert isinstance(request.user, User)
    filters = AttemptFilter(request.GET)
    found = filters.apply(Attempt.objects.for_user(request.user))
    newest_first = found.order_by("-created_at", "id").values_list("pk", flat=True)
    page = Paginator(newest_first, PAGE_SIZE).get_page(request.GET.get("page"))
    # Whole rows only for this page: thousands with their answers are slow to sort.
    rows = Attempt.objects.select_related("question__topic", "feedback").in_bulk(list(page))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filters": filters,
        "page": page,
        "rows": [rows[pk] for pk in page if pk in rows],
        "query": query.urlencode(),
    }
    template = "interview/attempts.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        template = "interview/_attempt_results.html"
    return render(request, template, context)


@login_required
@require_GET
@never_cache
def attempt_compare(
    request: HttpRequest, attempt_id: uuid.UUID, other_id: uuid.UUID
) -> HttpResponse:
    """Two of the person's answers to one question, the earlier one first."""
    assert isinstance(request.user, User)
    attempt = own_attempt(request.user, attempt_id)
    others = Attempt.objects.for_user(request.user).select_related("feedback")
    other = get_object_or_404(others, pk=other_id, question=attempt.question_id)
    context = {"question": attempt.question, "comparison": comparison_context(attempt, other)}
    return render(request, "interview/comparison.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def dispute_create(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Say that a mark is wrong. A GET comes back from a login."""
    assert isinstance(request.user, User)
    attempt = own_attempt(request.user, attempt_id)
    if request.method == "GET":
        return redirect(attempt)
    form = DisputeForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            services.dispute_open(attempt=attempt, **form.cleaned_data)
        except services.UnknownMark:
            form.add_error("key_point", _("Choose one of the marks."))
        except services.DisputeConflict as error:
            form.add_error(None, error.message)
            status = 409
        except LimitReached as error:
            form.add_error(None, error.message)
            status = 429
        else:
            messages.success(request, _("Thank you. Staff look at it, and answer on this page."))
            return redirect(attempt)
    return _attempt_page(request, attempt, status, dispute_form=form)


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
    return _attempt_page(request, own_attempt(request.user, attempt_id))


def _attempt_page(
    request: HttpRequest, attempt: Attempt, status: int = 200, **more: Any
) -> HttpResponse:
    context = {**attempt_context(attempt), **_follow_up_context(attempt), **more}
    return render(request, "interview/attempt_detail.html", context, status=status)


def _follow_up_context(attempt: Attempt) -> dict[str, Any]:
    """What was asked around the attempt, and the form for what is asked next."""
    context = thread_of(attempt)
    if follow_up := context["follow_up"]:
        draft = Draft.objects.filter(user=attempt.user, question=follow_up).first()
        form = AnswerForm.begun(attempt.user, draft)
        form.initial["language"] = attempt.language
        context |= {
            "follow_up_form": form,
            "follow_up_draft": draft,
            "answer_max_length": ANSWER_MAX_LENGTH,
        }
    return context


@login_required
@require_GET
@never_cache
def follow_up(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """The part of an attempt's page that comes when its marks stand, for htmx."""
    assert isinstance(request.user, User)
    attempt = own_attempt(request.user, attempt_id)
    if not request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        return redirect(attempt)
    context = {
        "attempt": attempt,
        "question": attempt.question,
        **_follow_up_context(attempt),
    }
    return render(request, "interview/_follow_up.html", context)


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
