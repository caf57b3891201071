"""Review pages. HTTP only: load for this person, check, call one service, answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.models import User
from apps.common import inference
from apps.common.limits import LimitReached
from apps.interview.services import IdempotencyConflict

from . import daily_mail, presentation, services
from .forms import ReviewAnswerForm, SettingsForm, SkipForm
from .models import ANSWER_MAX_LENGTH, ReviewAnswer, ReviewCard


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_GET
@never_cache
def review_list(request: HttpRequest) -> HttpResponse:
    """What is due today, and what was done of it."""
    return render(request, "reviews/review_list.html", presentation.today_context(_user(request)))


@login_required
@require_GET
@never_cache  # the back button must not bring back what was answered meanwhile
def card_detail(request: HttpRequest, card_id: uuid.UUID) -> HttpResponse:
    card = presentation.own_card(_user(request), card_id)
    return _card_page(request, card, _form(card))


def _form(card: ReviewCard, answer: str = "") -> ReviewAnswerForm:
    return ReviewAnswerForm(
        initial={
            "answer": answer,
            "language": translation.get_language(),
            "idempotency_key": uuid.uuid4().hex,
            "revision": card.revision,
        }
    )


def _card_page(
    request: HttpRequest,
    card: ReviewCard,
    form: ReviewAnswerForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        **presentation.card_context(card),
        "form": form,
        "answer_max_length": ANSWER_MAX_LENGTH,
        "inference": inference.status(),
        **more,
    }
    return render(request, "reviews/card_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def answer_create(request: HttpRequest, card_id: uuid.UUID) -> HttpResponse:
    """Send an answer. A GET comes from the address bar, the language switch or a login."""
    user = _user(request)
    card = presentation.own_card(user, card_id)
    if request.method == "GET":
        return redirect(card)
    form = ReviewAnswerForm(request.POST)
    if not form.is_valid():
        return _card_page(request, card, form, status=422)
    try:
        answer, _created = services.review_answer_submit(user=user, card=card, **form.cleaned_data)
    except ReviewCard.DoesNotExist as error:  # staff removed its point a moment ago
        raise Http404 from error
    except services.CardMoved as moved:
        # The words stay in the box, with the revision that they may now be sent for.
        card.revision = moved.card.revision
        form = _form(card, form.cleaned_data["answer"])
        return _card_page(request, card, form, status=409, moved=True, other=moved.answer)
    except IdempotencyConflict:
        form.add_error(None, _("This page was already used for another answer. Send it again."))
        form.data = {**request.POST.dict(), "idempotency_key": uuid.uuid4().hex}
        return _card_page(request, card, form, status=409)
    except LimitReached as error:
        form.add_error(None, error.message)
        return _card_page(request, card, form, status=429)
    return redirect(answer)


@login_required
@require_http_methods(["GET", "POST"])
def card_skip(request: HttpRequest, card_id: uuid.UUID) -> HttpResponse:
    """Leave it for tomorrow and go on. A GET comes back from a login."""
    user = _user(request)
    card = presentation.own_card(user, card_id)
    form = SkipForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return redirect(card)
    if services.review_skip(user=user, card=card, **form.cleaned_data):
        messages.info(request, _("Left for tomorrow."))
    else:
        messages.info(request, _("It was answered or left on another device already."))
    following = presentation.next_card_today(user)
    return redirect(following or "reviews:review_list")


@login_required
@require_GET
@never_cache
def answer_detail(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    answer = presentation.own_answer(_user(request), answer_id)
    return render(request, "reviews/answer_detail.html", presentation.answer_context(answer))


@login_required
@require_http_methods(["GET", "POST"])
def answer_retry(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Ask again for a judgement that failed. A GET comes back from a login."""
    answer: ReviewAnswer = presentation.own_answer(_user(request), answer_id)
    if request.method == "POST":
        try:
            if services.review_answer_retry(answer=answer, asked_by=_user(request)):
                messages.info(request, _("Asked again."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect(answer)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_settings(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    row = presentation.settings_of(user)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.settings_save(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("reviews:settings")
    context = {"form": form, "is_new": row._state.adding and not form.is_bound}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/settings.html", context, status=status)


@csrf_exempt  # a mail program's own button posts from nowhere; the signature is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """From a mail, by whoever reads it: a page asks, and a POST ends the mails.

    Answers a POST itself, because a mail program follows no redirect (RFC 8058).
    """
    user_id = daily_mail.signed_user_id(signed)
    if user_id is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        services.daily_mail_end(user_id=user_id)
    return render(request, "reviews/unsubscribe.html", {"is_done": is_done})
