"""Reviewing what was read, and taking it into the profile. HTTP only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User

from ..forms.review import REVIEW_FORMS, REVIEW_NAMES, Review
from ..merging import BASICS, LOCATION, Conflict, Merged, merge
from ..models import Profile, ResumeParse, Upload
from ..parsing import WARNINGS
from ..profile_cards import TITLES
from ..rendering import ProfileInvalid
from ..rendering.fields import written_location
from ..rendering.profile import Location
from ..rendering.text import written_date
from ..services import review as services
from ..services.profiles import ProfileConflict, profile_of

CHOICE = "choice:"
DATE_FIELDS = ("startDate", "endDate", "date", "releaseDate", "birthDate")


def _own_read_upload(request: HttpRequest, upload_id: uuid.UUID) -> Upload:
    """The person's own upload whose reading has succeeded, or Http404."""
    assert isinstance(request.user, User)
    uploads = Upload.objects.for_user(request.user).select_related("parse", "user")
    return get_object_or_404(uploads, pk=upload_id, parse__status=ResumeParse.Status.SUCCEEDED)


def _resume(upload: Upload) -> dict[str, Any]:
    assert upload.parse is not None
    resume: dict[str, Any] = upload.parse.resume
    return resume


def review_page(
    request: HttpRequest,
    upload: Upload,
    data: Mapping[str, str] | None = None,
    *,
    checked: bool = False,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The pages beside the fields, as ``data`` says or else as they were last saved."""
    assert upload.parse is not None
    review = Review(_resume(upload), data if data is not None else upload.review or None)
    boxes = review.boxes()
    index = 0 if translation.get_language() == "ko" else 1
    found = _resume(upload).get("meta", {}).get("warnings", [])
    context = {
        "upload": upload,
        "review": review,
        "checked": checked,
        "conflict": conflict,
        "pages": [{**page, "boxes": boxes.get(page["number"], [])} for page in upload.parse.pages],
        "warnings": [WARNINGS[warning["code"]][index] for warning in found],
    }
    return render(request, "resume/review.html", context, status=status)


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1


@login_required
@require_http_methods(["GET", "POST"])
def review_save(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Keep what was decided so far. For the script {revision}: 200, or 409 with the newer one."""
    upload = _own_read_upload(request, upload_id)
    if request.method == "GET":
        return redirect(upload)
    quiet = not request.accepts("text/html")
    decisions = Review(_resume(upload), request.POST).draft(request.POST)
    try:
        services.review_save(upload=upload, decisions=decisions, revision=_revision(request))
    except services.ReviewConflict as error:
        if quiet:
            return JsonResponse({"revision": error.current.review_revision}, status=409)
        return review_page(request, error.current, request.POST, conflict=True, status=409)
    if quiet:
        return JsonResponse({"revision": upload.review_revision})
    messages.success(request, _("Saved. You can go on whenever you like."))
    return redirect(upload)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def review_apply(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Take what was accepted into the profile, by way of the conflicts where there are any."""
    upload = _own_read_upload(request, upload_id)
    if request.method == "GET":
        return redirect(upload)
    review = Review(_resume(upload), request.POST)
    decisions = review.draft(request.POST)
    try:
        services.review_save(upload=upload, decisions=decisions, revision=_revision(request))
    except services.ReviewConflict as error:
        return review_page(request, error.current, request.POST, conflict=True, status=409)
    if not review.is_valid():
        return review_page(request, upload, request.POST, checked=True, status=422)
    profile = profile_of(upload.user)
    merged = merge(profile.data, review.accepted(), {})
    try:
        if not merged.conflicts and _applied(request, upload, profile, merged):
            return redirect("resume:profile")
    except ProfileInvalid as error:  # more than fits
        messages.warning(request, error.message(translation.get_language() or "en"))
        return review_page(request, upload, request.POST, status=422)
    return redirect("resume:review_merge", upload.pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def review_merge(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Where the profile says something else: both side by side, and a choice."""
    upload = _own_read_upload(request, upload_id)
    review = Review(_resume(upload), upload.review)
    if not upload.review or not review.is_valid():
        return redirect(upload)
    profile = profile_of(upload.user)
    choices = {
        name.removeprefix(CHOICE): str(value)
        for name, value in request.POST.items()
        if name.startswith(CHOICE)
    }
    merged = merge(profile.data, review.accepted(), choices)
    if request.method == "GET":
        return _merge_page(request, upload, profile, merged, choices)
    # The choices are about the profile that was shown. Sent twice, they find it done.
    done = merged.data == profile.data and all(one.id in choices for one in merged.conflicts)
    seen = done or _revision(request) == profile.revision
    try:
        if seen and _applied(request, upload, profile, merged):
            return redirect("resume:profile")
    except ProfileInvalid as error:  # more than fits
        messages.warning(request, error.message(translation.get_language() or "en"))
        return _merge_page(request, upload, profile, merged, choices, status=422)
    profile = profile_of(upload.user)
    merged = merge(profile.data, review.accepted(), choices)
    return _merge_page(request, upload, profile, merged, choices, changed=True, status=409)


def _applied(request: HttpRequest, upload: Upload, profile: Profile, merged: Merged) -> bool:
    """Save and say so; False where the profile was changed elsewhere meanwhile."""
    try:
        saved = services.review_apply(upload=upload, data=merged.data, revision=profile.revision)
    except ProfileConflict:
        return False
    if saved.revision == profile.revision:
        messages.info(request, _("Your profile said all of this already."))
    else:
        messages.success(request, _("What you took from the résumé is in your profile now."))
    return True


def _merge_page(
    request: HttpRequest,
    upload: Upload,
    profile: Profile,
    merged: Merged,
    choices: Mapping[str, str],
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "upload": upload,
        "revision": profile.revision,
        "changed": changed,
        "conflicts": [
            {
                "name": CHOICE + conflict.id,
                "section": REVIEW_NAMES[conflict.section],
                "entry": _entry_title(conflict),
                "field": _field_name(conflict),
                "mine": _shown(conflict, conflict.mine),
                "theirs": _shown(conflict, conflict.theirs),
                "chosen": choices.get(conflict.id, ""),
            }
            for conflict in merged.conflicts
        ],
    }
    return render(request, "resume/review_merge.html", context, status=status)


def _entry_title(conflict: Conflict) -> str:
    if conflict.section == BASICS:
        return ""
    return str(conflict.entry.get(TITLES[conflict.section]) or "")


def _field_name(conflict: Conflict) -> Any:
    if conflict.field == LOCATION:
        return _("Address")
    fields = REVIEW_FORMS[conflict.section].base_fields
    return fields[conflict.field].label if conflict.field in fields else conflict.field


def _shown(conflict: Conflict, value: Any) -> str:
    language = translation.get_language()
    if conflict.field == LOCATION:
        return written_location(Location.model_validate(value), language)
    if conflict.field in DATE_FIELDS and value:
        return written_date(str(value), language)
    return str(value) or _("It goes on")
