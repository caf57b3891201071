"""Making and keeping Word résumés. HTTP only."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.models import User
from apps.common import live, storage
from apps.common.connections import connection_given_back
from apps.common.jobs import Job
from apps.common.limits import LimitReached
from apps.common.streaming import JobStream, end_events

from ..document_pages import groups_of, own_document, profile_has_changed
from ..forms.documents import DocumentForm
from ..models import JOB_MESSAGES, PNG_TYPE, WORD_TYPE, Document, DocumentPreview, Profile
from ..offered import TemplateGone, name_of, templates_known, templates_offered
from ..profile_data import is_empty
from ..rendering import TEMPLATES
from ..services import documents as services


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_GET
@never_cache
def document_list(request: HttpRequest) -> HttpResponse:
    """Every document, and the templates to make another with."""
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        groups = groups_of(_user(request))
        return render(request, "resume/_document_list.html", _list_context(groups))
    offered = templates_offered()
    language = translation.get_language() or "en"
    initial = {
        # The first that is made for the reader's language.
        "template": next(t.slug for t in TEMPLATES.values() if t.languages[0] == language),
        "language": language,
    }
    return _list_page(request, DocumentForm(initial=initial, offered=offered))


def _list_page(request: HttpRequest, form: DocumentForm, status: int = 200) -> HttpResponse:
    user = _user(request)
    profile = Profile.objects.filter(user=user).first()
    context = {
        "form": form,
        "is_empty": profile is None or is_empty(profile.data),
        "pictured": set(TEMPLATES),
        **_list_context(groups_of(user)),
    }
    return render(request, "resume/document_list.html", context, status=status)


def _list_context(groups: list[Any]) -> dict[str, Any]:
    going_on = any(not one.is_finished for group in groups for one in group.documents)
    return {"groups": groups, "going_on": going_on}


@login_required
@require_http_methods(["GET", "POST"])
def document_create(request: HttpRequest) -> HttpResponse:
    """Make a document. A GET comes from the language switch or a login."""
    if request.method == "GET":
        return redirect("resume:document_list")
    form = DocumentForm(request.POST, offered=templates_offered())
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        made = services.document_create(user=_user(request), **form.cleaned_data)
    except services.ProfileEmpty:
        messages.warning(request, _("Your profile is empty, so there is nothing to write yet."))
        return redirect("resume:document_list")
    except TemplateGone:
        form.add_error("template", _("This template is no longer offered. Please choose another."))
        return _list_page(request, form, status=422)
    except LimitReached as error:
        form.add_error(None, error.message)
        return _list_page(request, form, status=429)
    except storage.StorageError:
        form.add_error(None, str(JOB_MESSAGES["storage_down"]))
        return _list_page(request, form, status=503)
    if not made.is_new:
        text = _("Nothing has changed since version %(version)d, so it still is the latest.")
        messages.info(request, text % {"version": made.document.version})
    return redirect(made.document)


@login_required
@require_GET
@never_cache
def document_detail(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    document = own_document(_user(request), document_id)
    context = {
        "template_name": name_of(document.template, templates_known()),
        "profile_has_changed": profile_has_changed(document),
        **document_context(document),
    }
    return render(request, "resume/document_detail.html", context)


def document_context(document: Document, state: str = "") -> dict[str, Any]:
    """What the live regions of the page show; touches no database."""
    preview = getattr(document, "preview", None)
    return {
        "document": document,
        "state": state or document.status,
        "preview": preview,
        "preview_state": preview.status if preview else "",
    }


def preview_context(preview: DocumentPreview, state: str = "") -> dict[str, Any]:
    return {
        "document": preview.document,
        "preview": preview,
        "preview_state": state or preview.status,
    }


Regions = dict[str, str]


class _HtmlWriter:
    """The page's form of a stream: every region in its latest state, as HTML.

    Runs in the event loop: its templates touch no database.
    """

    def __init__(
        self,
        request: HttpRequest,
        regions: Regions,
        context: Callable[[Any, str], dict[str, Any]],
    ) -> None:
        self.request = request
        self.language = translation.get_language()
        self.regions = regions
        self.context = context

    def __call__(self, job: Any, batch: list[live.Event]) -> list[str]:
        if not batch:
            return []
        event = batch[-1]
        if event.name == "error":
            job.status, job.error_code = Job.Status.FAILED, event.data["code"]
        elif event.name == "progress":
            job.error_code = event.data.get("reason", "")
        state = event.data["state"] if event.name == "progress" else job.status
        with translation.override(self.language):
            context = self.context(job, state)
            pieces = [
                live.sse(region, render_to_string(template, context, request=self.request))
                for region, template in self.regions.items()
            ]
        return [*pieces, live.sse("end", state)] if event.name != "progress" else pieces


def _own_preview(user: User, document_id: uuid.UUID) -> DocumentPreview:
    preview = getattr(own_document(user, document_id), "preview", None)
    if preview is None:
        raise Http404
    return preview


@login_required
@require_GET
async def document_stream(request: HttpRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """The document page's live regions: ``state``, ``document``, ``end``."""
    regions = {
        "state": "resume/_document_state.html",
        "document": "resume/_document_body.html",
    }
    return await _stream(request, document_id, own_document, regions, document_context)


@login_required
@require_GET
async def preview_stream(request: HttpRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """The live regions of its preview: ``preview-state``, ``preview``, ``end``."""
    regions = {
        "preview-state": "resume/_preview_state.html",
        "preview": "resume/_preview_body.html",
    }
    return await _stream(request, document_id, _own_preview, regions, preview_context)


async def _stream(
    request: HttpRequest,
    document_id: uuid.UUID,
    load: Callable[[User, uuid.UUID], Any],
    regions: Regions,
    context: Callable[[Any, str], dict[str, Any]],
) -> HttpResponseBase:
    user = await request.auser()
    assert isinstance(user, User)

    def load_for_stream() -> Any:
        with connection_given_back():
            return load(user, document_id)

    return JobStream(
        watcher=user.pk,
        load=lambda: load(user, document_id),
        job_of=lambda job: job,
        write=_HtmlWriter(request, regions, context),
        finished=end_events,
    ).response(await sync_to_async(load_for_stream)())


@login_required
@require_GET
@never_cache  # the address it leads to ends in minutes
def document_download(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Leads to the Word file; to the document's page while there is none."""
    document = own_document(_user(request), document_id)
    if not document.key:
        return redirect(document)
    return redirect(
        storage.presigned_download(document.key, filename=document.filename, content_type=WORD_TYPE)
    )


@login_required
@require_GET
@never_cache
def preview_page(request: HttpRequest, document_id: uuid.UUID, number: int) -> HttpResponse:
    """Leads to the picture of a page."""
    for page in _own_preview(_user(request), document_id).pages:
        if page["number"] == number:
            return redirect(
                storage.presigned_download(
                    page["key"], filename=f"{number}.png", content_type=PNG_TYPE, inline=True
                )
            )
    raise Http404


@login_required
@require_http_methods(["GET", "POST"])
def document_retry(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Try a failed document again. A GET comes back from a login."""
    document = own_document(_user(request), document_id)
    if request.method == "POST":
        try:
            if services.document_retry(document=document):
                messages.info(request, _("Trying again."))
        except LimitReached as error:
            messages.warning(request, error.message)
    return redirect(document)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def document_delete(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """A GET asks; a POST deletes."""
    document = own_document(_user(request), document_id)
    if request.method == "GET":
        context = {
            "document": document,
            "template_name": name_of(document.template, templates_known()),
        }
        return render(request, "resume/document_delete.html", context)
    services.document_delete(document=document)
    messages.success(request, _("The document is deleted."))
    return redirect("resume:document_list")
