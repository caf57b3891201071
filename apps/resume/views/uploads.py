"""Uploading a résumé and watching it being read. HTTP only."""

from __future__ import annotations

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.common import live, storage
from apps.common.connections import connection_given_back
from apps.common.limits import LimitReached
from apps.common.streaming import JobStream, end_events

from ..forms.uploads import UploadForm, UploadStartForm, clean_filename
from ..models import PDF_MAX_BYTES, PDF_TYPE, PNG_TYPE, ResumeParse, Upload
from ..parsing import MESSAGES
from ..services import uploads as services
from . import review

REFUSED_BY_NAME = {
    "hwp": ("hwp", "hwpx"),
    "word_file": ("doc", "docx", "rtf", "odt"),
    "html": ("html", "htm", "mht"),
}
"""What a file's ending says at once, before anything is sent."""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def own_upload(user: User, upload_id: uuid.UUID) -> Upload:
    """The person's own upload, arrived or not, or Http404."""
    uploads = Upload.objects.for_user(user).select_related("parse")
    return get_object_or_404(uploads, pk=upload_id)


def _own_reading(user: User, upload_id: uuid.UUID) -> Upload:
    """The person's own upload that has arrived, or Http404."""
    upload = own_upload(user, upload_id)
    if upload.parse is None:
        raise Http404
    return upload


def storage_message() -> str:
    return _("The file store could not be reached. Please try again in a minute.")


def too_many_message() -> str:
    return ngettext(
        "You have sent %(count)d file today. Please go on tomorrow.",
        "You have sent %(count)d files today. Please go on tomorrow.",
        services.UPLOADS_A_DAY,
    ) % {"count": services.UPLOADS_A_DAY}


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def upload_list(request: HttpRequest) -> HttpResponse:
    """Everything uploaded so far, and where to upload. A POST brings the file itself."""
    if request.method == "GET":
        return _list_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        upload = services.upload_receive(
            user=_user(request), filename=clean_filename(file.name), content=file.read()
        )
    except services.TooManyUploads:
        form.add_error("file", too_many_message())
        return _list_page(request, form, status=429)
    except LimitReached as error:
        form.add_error("file", error.message)
        return _list_page(request, form, status=429)
    except storage.StorageError:
        form.add_error("file", storage_message())
        return _list_page(request, form, status=503)
    return redirect(upload)


def _list_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    language = translation.get_language()
    refusals = [
        {"endings": " ".join(endings), "text": MESSAGES[code][0 if language == "ko" else 1]}
        for code, endings in REFUSED_BY_NAME.items()
    ]
    context = {
        "form": form,
        "uploads": Upload.objects.for_user(_user(request)).arrived().select_related("parse"),
        "refusals": refusals,
        "max_bytes": PDF_MAX_BYTES,
    }
    return render(request, "resume/upload_list.html", context, status=status)


@login_required
@require_POST
def upload_start(request: HttpRequest) -> JsonResponse:
    """{finish, upload: {url, fields}}: where the browser sends the file, and where it goes on."""
    form = UploadStartForm(request.POST)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": message}, status=422)
    try:
        upload, post = services.upload_start(user=_user(request), **form.cleaned_data)
    except services.TooManyUploads:
        return JsonResponse({"message": too_many_message()}, status=429)
    except LimitReached as error:
        return JsonResponse({"message": error.message}, status=429)
    except storage.StorageError:
        return JsonResponse({"message": storage_message()}, status=503)
    return JsonResponse(
        {
            "finish": f"{upload.get_absolute_url()}finish",
            "upload": {"url": post.url, "fields": post.fields},
        }
    )


@login_required
@require_POST
def upload_finish(request: HttpRequest, upload_id: uuid.UUID) -> JsonResponse:
    """{url} of the page that shows the reading."""
    upload = own_upload(_user(request), upload_id)
    try:
        services.upload_finish(upload=upload)
    except services.UploadNotArrived:
        message = _("The file did not arrive. Please send it again.")
        return JsonResponse({"message": message}, status=409)
    except storage.StorageError:
        return JsonResponse({"message": storage_message()}, status=503)
    return JsonResponse({"url": upload.get_absolute_url()})


@login_required
@require_GET
@never_cache
def upload_detail(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """How far the reading is; once it is done, the review."""
    upload = _own_reading(_user(request), upload_id)
    assert upload.parse is not None
    if upload.parse.status == ResumeParse.Status.SUCCEEDED:
        return review.review_page(request, upload)
    context = {"upload": upload, **state_context(upload.parse)}
    return render(request, "resume/upload_detail.html", context)


def state_context(
    parse: ResumeParse, state: str = "", step: str = "", page: int = 0, pages: int = 0
) -> dict[str, Any]:
    return {
        "parse": parse,
        "state": state or parse.status,
        "step": step,
        "page": page,
        "pages": pages,
    }


class _HtmlWriter:
    """The page's form: the state of the reading as HTML. Touches no database."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language = translation.get_language()

    def __call__(self, upload: Upload, batch: list[live.Event]) -> list[str]:
        """Only the latest state of a batch: each holds the whole region."""
        if not batch:
            return []
        assert upload.parse is not None
        event = batch[-1]
        if event.name in ("done", "error"):
            return [live.sse("end", event.name)]
        upload.parse.error_code = event.data.get("reason", "")
        shown = {k: event.data[k] for k in ("state", "step", "page", "pages") if k in event.data}
        with translation.override(self.language):
            html = render_to_string(
                "resume/_parse_state.html",
                {"upload": upload, **state_context(upload.parse, **shown)},
                request=self.request,
            )
        return [live.sse("state", html)]


def _load_for_stream(user: User, upload_id: uuid.UUID) -> Upload:
    with connection_given_back():
        return _own_reading(user, upload_id)


@login_required
@require_GET
async def upload_stream(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """The page's live region ``state``, and ``end`` when it is time to look again."""
    user = await request.auser()
    assert isinstance(user, User)
    upload = await sync_to_async(_load_for_stream)(user, upload_id)
    return JobStream(
        watcher=user.pk,
        load=lambda: _own_reading(user, upload_id),
        job_of=_parse_of,
        write=_HtmlWriter(request),
        finished=lambda upload: end_events(_parse_of(upload)),
    ).response(upload)


def _parse_of(upload: Upload) -> ResumeParse:
    assert upload.parse is not None
    return upload.parse


@login_required
@require_http_methods(["GET", "POST"])
def upload_retry(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Read again what failed by our fault. A GET comes back from a login."""
    upload = _own_reading(_user(request), upload_id)
    assert upload.parse is not None
    if request.method == "POST":
        try:
            if services.parse_retry(parse=upload.parse):
                messages.info(request, _("Reading it again."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect(upload)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def upload_delete(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """A GET asks; a POST deletes."""
    upload = own_upload(_user(request), upload_id)
    if request.method == "GET":
        return render(request, "resume/upload_delete.html", {"upload": upload})
    services.upload_delete(upload=upload)
    messages.success(request, _("The uploaded file is deleted."))
    return redirect("resume:upload_list")


@login_required
@require_GET
@never_cache  # the address it leads to ends in minutes
def upload_file(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Leads to the PDF as it was sent."""
    upload = _own_reading(_user(request), upload_id)
    key = _parse_of(upload).key
    if not key:  # refused, so never kept
        raise Http404
    return redirect(
        storage.presigned_download(
            key, filename=upload.filename, content_type=PDF_TYPE, inline=True
        )
    )


@login_required
@require_GET
@never_cache
def upload_page(request: HttpRequest, upload_id: uuid.UUID, number: int) -> HttpResponse:
    """Leads to the picture of a page."""
    upload = _own_reading(_user(request), upload_id)
    for page in _parse_of(upload).pages:
        if page["number"] == number:
            return redirect(
                storage.presigned_download(
                    page["key"], filename=f"{number}.png", content_type=PNG_TYPE, inline=True
                )
            )
    raise Http404
