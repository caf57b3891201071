"""The profile and its editor. HTTP only: load for this person, check, call one service, answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.common import storage
from apps.common.limits import LimitReached

from ..completeness import completeness
from ..forms.profile import ENTRY_FORMS, BasicsForm, ImportForm, PhotoForm, ProfilePartForm
from ..models import PHOTO_TYPE, Profile
from ..profile_cards import sections
from ..profile_data import Entry, entries, fingerprint, is_empty, position
from ..rendering import ProfileInvalid
from ..services import profiles as services

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
NEW = "new"
MOVES = {"up": -1, "down": 1}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _page(
    request: HttpRequest,
    profile: Profile,
    *,
    editing: str = "",
    mark: str = "",
    form: Any = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole profile, one part of it open for editing."""
    context = {
        "profile": profile,
        "basics": profile.data.get("basics") or {},
        "sections": sections(profile.data, translation.get_language()),
        "completeness": completeness(profile.data),
        "is_empty": is_empty(profile.data),
        "editing": editing,
        "mark": mark,
        "form": form,
        "conflict": conflict,
        "photo_form": form if editing == "photo" else PhotoForm(),
    }
    return render(request, "resume/profile.html", context, status=status)


def _back(section: str) -> HttpResponse:
    return redirect(f"{reverse('resume:profile')}#{section}")


@login_required
@require_GET
@never_cache
def profile_detail(request: HttpRequest) -> HttpResponse:
    return _page(request, services.profile_of(_user(request)))


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def basics_edit(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    profile = services.profile_of(user)
    basics = profile.data.get("basics") or {}
    if request.method == "GET":
        form = BasicsForm(entry=basics)
        return _page(request, profile, editing="basics", mark=fingerprint(basics), form=form)
    form = BasicsForm(request.POST, entry=basics)
    mark = request.POST.get("mark", "")
    if form.is_valid():
        try:
            services.basics_save(user=user, basics=form.changed(), mark=mark)
        except services.ProfileConflict as error:
            return _conflict(request, error.current, "basics", form)
        except ProfileInvalid as error:
            form.add_error(None, _invalid(error))
        else:
            messages.success(request, _("Saved."))
            return _back("basics")
    return _page(request, profile, editing="basics", mark=mark, form=form, status=422)


def _invalid(error: ProfileInvalid) -> str:
    return error.message(translation.get_language() or "en")


def _conflict(
    request: HttpRequest, profile: Profile, section: str, form: ProfilePartForm
) -> HttpResponse:
    """Show what was typed once more: saved again, it goes over what is there now."""
    now: Entry = profile.data.get("basics") or {} if section == "basics" else {}
    return _page(
        request,
        profile,
        editing=section,
        mark=fingerprint(now) if section == "basics" else NEW,
        form=form,
        conflict=_("This was changed or removed elsewhere meanwhile. Nothing was overwritten."),
        status=409,
    )


def _entry(profile: Profile, section: str, mark: str) -> Entry | None:
    """The entry with this fingerprint; None if there is none (any more)."""
    if section not in ENTRY_FORMS:
        raise Http404
    rows = entries(profile.data, section)
    place = position(rows, mark)
    return None if place is None else rows[place]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def entry_edit(request: HttpRequest, section: str, mark: str) -> HttpResponse:
    """Edit the entry with this fingerprint, or add one where ``mark`` is ``new``."""
    user = _user(request)
    profile = services.profile_of(user)
    entry = _entry(profile, section, mark)
    form_class = ENTRY_FORMS[section]
    if request.method == "GET":
        if entry is None and mark != NEW:
            messages.warning(request, _("This was changed or removed elsewhere meanwhile."))
            return _back(section)
        return _page(request, profile, editing=section, mark=mark, form=form_class(entry=entry))
    form = form_class(request.POST, entry=entry)
    if not form.is_valid():
        return _page(request, profile, editing=section, mark=mark, form=form, status=422)
    try:
        if mark == NEW:
            services.entry_add(user=user, section=section, entry=form.changed())
        else:
            services.entry_save(user=user, section=section, mark=mark, entry=form.changed())
    except services.ProfileConflict as error:
        return _conflict(request, error.current, section, form)
    except ProfileInvalid as error:
        form.add_error(None, _invalid(error))
        return _page(request, profile, editing=section, mark=mark, form=form, status=422)
    messages.success(request, _("Saved."))
    return _back(section)


@login_required
@require_POST
def entry_move(request: HttpRequest, section: str, mark: str) -> HttpResponse:
    profile = services.profile_of(_user(request))
    _entry(profile, section, mark)
    by = MOVES.get(request.POST.get("to", ""))
    if by is None:
        raise Http404
    return _changed(request, services.entry_move, section=section, mark=mark, by=by)


@login_required
@require_http_methods(["GET", "POST"])
def entry_remove(request: HttpRequest, section: str, mark: str) -> HttpResponse:
    """A GET asks; a POST removes."""
    profile = services.profile_of(_user(request))
    entry = _entry(profile, section, mark)
    if request.method == "POST":
        return _changed(request, services.entry_remove, section=section, mark=mark)
    if entry is None:
        return _back(section)
    return _page(request, profile, editing=f"remove-{section}", mark=mark)


def _changed(request: HttpRequest, change: Any, *, section: str, **which: Any) -> HttpResponse:
    try:
        change(user=_user(request), section=section, **which)
    except services.ProfileConflict:
        messages.warning(request, _("This was changed or removed elsewhere meanwhile."))
    return _back(section)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def profile_import(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    profile = services.profile_of(user)
    options: dict[str, Any] = {
        "language": translation.get_language(),
        "empty": is_empty(profile.data),
    }
    form = ImportForm(**options)
    status = 200
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, **options)
        status = 422
        if form.is_valid():
            try:
                services.profile_save(
                    user=user, data=form.cleaned_data["file"], revision=profile.revision
                )
            except services.ProfileConflict:
                form.add_error(None, _("Your profile was just changed elsewhere. Look first."))
                status = 409
            except ProfileInvalid as error:
                form.add_error("file", _invalid(error))
            else:
                messages.success(request, _("Your profile was imported."))
                return redirect("resume:profile")
    context = {"form": form, "is_empty": options["empty"]}
    return render(request, "resume/profile_import.html", context, status=status)


def exported(profile: Profile) -> dict[str, Any]:
    """The profile as a JSON Resume file."""
    return {
        "$schema": SCHEMA,
        **profile.data,
        "meta": {"version": "v1.0.0", "lastModified": profile.updated_at.isoformat()},
    }


@login_required
@require_GET
@never_cache
def profile_export(request: HttpRequest) -> HttpResponse:
    profile = services.profile_of(_user(request))
    response = JsonResponse(
        exported(profile), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="resume.json"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def photo(request: HttpRequest) -> HttpResponse:
    """A GET leads to the photo; a POST replaces it, or removes it."""
    user = _user(request)
    profile = services.profile_of(user)
    if request.method == "GET":
        if not profile.photo_key:
            raise Http404
        return redirect(
            storage.presigned_download(
                profile.photo_key, filename="photo.jpg", content_type=PHOTO_TYPE, inline=True
            )
        )
    if "remove" in request.POST:
        services.photo_remove(user=user)
        return _back("photo")
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, profile, editing="photo", form=form, status=422)
    try:
        services.photo_save(user=user, jpeg=form.cleaned_data["photo"])
    except LimitReached as error:
        form.add_error("photo", error.message)
        return _page(request, profile, editing="photo", form=form, status=429)
    except storage.StorageError:
        form.add_error(
            "photo", _("The file store could not be reached. Please try again in a minute.")
        )
        return _page(request, profile, editing="photo", form=form, status=503)
    messages.success(request, _("Saved."))
    return _back("photo")
