"""The person's own pages: language, settings, export, deletion. allauth has the rest."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import services, tokens
from .forms import DeleteForm, LanguageForm, SettingsForm
from .models import User


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages and go back to where the reader was."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This language does not exist here."))
    chosen = form.cleaned_data["language"]
    if isinstance(request.user, User):
        services.language_set(user=request.user, language=chosen)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if safe else "/")
    services.remember_language(response, chosen)
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    # The form writes into its instance before it has checked all: not the frame's user.
    person = User.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        chosen = form.cleaned_data["interface_language"]
        with translation.override(chosen or translation.get_language()):
            messages.success(request, _("Saved."))
        response = redirect("account_settings")
        services.remember_language(response, chosen)
        return response
    status = 422 if form.is_bound else 200
    context = {"form": form, "tokens": tokens.tokens_of(person)}
    return render(request, "account/settings.html", context, status=status)


@login_required
@require_POST
def token_end(request: HttpRequest, token_id: int) -> HttpResponse:
    assert isinstance(request.user, User)
    if not tokens.token_end(user=request.user, token_id=token_id):
        raise Http404
    messages.success(request, _("The token is ended. What used it has to log in again."))
    return redirect("account_settings")


@login_required
@require_POST
def logout_everywhere(request: HttpRequest) -> HttpResponse:
    """Here, too: whoever is at this browser shows by logging in that it is theirs."""
    assert isinstance(request.user, User)
    person = User.objects.get(pk=request.user.pk)
    logout(request)
    services.logout_everywhere(user=person)
    messages.success(request, _("You are logged out everywhere, and your API tokens are ended."))
    return redirect("account_login")


@never_cache
@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return JsonResponse(
        services.account_export(user=request.user),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="ssammu-export.json"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user = request.user
    form = DeleteForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = User.objects.get(pk=user.pk)
        logout(request)
        services.account_delete(user=person)
        messages.success(request, _("Your account and everything in it is deleted."))
        return redirect("interview:question_list")
    status = 422 if form.is_bound else 200
    return render(request, "account/delete.html", {"form": form}, status=status)
