"""Where staff review summaries: sentence by sentence beside their sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User

from .. import reviewing
from ..models import SourceText, Summary, SummaryJob
from ..services import summaries as services
from ..summarising import CONTEXT_CHARACTERS
from .shown import say_how_it_stands

SENTENCE_MAX_LENGTH = 2000
KINDS = {
    "kept": _("As before"),
    "changed": _("Changed"),
    "added": _("New"),
    "removed": _("Left out"),
}
ORIGINS = {
    "quoted": _("Quoted"),
    "written": _("Written by the model"),
    "composed": _("Put together from the passage"),
    "edited": _("Edited by staff"),
}


class SentenceForm(forms.Form):
    text = forms.CharField(max_length=SENTENCE_MAX_LENGTH)
    revision = forms.IntegerField(min_value=0)


class RevisionForm(forms.Form):
    revision = forms.IntegerField(min_value=0)


class RejectForm(RevisionForm):
    reason = forms.CharField(max_length=1000)


@dataclass(frozen=True)
class FailedEdit:
    """What a reviewer wrote that could not be kept, and why: shown again in its place."""

    number: int
    text: str
    error: str


@admin.register(Summary)
class SummaryAdmin(admin.ModelAdmin):
    list_display = [
        "__str__",
        "company",
        "language",
        "status",
        "as_of",
        "sentences_count",
        "left_out",
        "method",
        "model",
        "created_at",
    ]
    list_filter = ["status", "language", "method", "company__industry", "company"]
    list_select_related = ["company"]
    search_fields = ["company__slug", "company__name_ko", "company__name_en"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Versions are kept: they go only with their company."""
        return {}

    @admin.display(description=_("sentences"))
    def sentences_count(self, summary: Summary) -> int:
        return summary.sentences_count

    @admin.display(description=_("sentences left out"))
    def left_out(self, summary: Summary) -> int:
        return sum(summary.dropped.values())

    def get_urls(self) -> list[URLPattern]:
        acts: dict[str, Callable[..., HttpResponse]] = {
            "publish": self.publish_view,
            "reject": self.reject_view,
            "copy": self.copy_view,
            "sentences/<int:number>": self.sentence_view,
        }
        return [
            path(
                f"<int:pk>/{act}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"companies_summary_{act.partition('/')[0]}",
            )
            for act, view in acts.items()
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._page(request, self._load(request, object_id, change=False))

    def _load(self, request: HttpRequest, pk: int | str, *, change: bool = True) -> Summary:
        """Raises Http404 and PermissionDenied."""
        numbers = Summary.objects.filter(pk=pk) if str(pk).isdecimal() else Summary.objects.none()
        summary = get_object_or_404(numbers.select_related("company", "edited_by", "published_by"))
        may = self.has_change_permission if change else self.has_view_permission
        if not may(request, summary):
            raise PermissionDenied
        return summary

    def _page(
        self, request: HttpRequest, summary: Summary, failed: FailedEdit | None = None
    ) -> HttpResponse:
        against = _compared_with(summary)
        sections = reviewing.compare(against.sections if against else [], summary.sections)
        versions = Summary.objects.of(summary.company_id, summary.language)
        may_change = self.has_change_permission(request, summary)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(company)s, %(language)s, version %(number)d")
            % {
                "company": summary.company,
                "language": summary.get_language_display(),
                "number": summary.version,
            },
            "opts": self.opts,
            "summary": summary,
            "against": against,
            "counts": _counts(sections) if against else [],
            "sections": [
                (section.heading, [_shown(row, summary, failed) for row in section.rows])
                for section in sections
            ],
            "sources": _sources(summary),
            "versions": versions.exclude(pk=summary.pk)[:10],
            "newer_draft": versions.filter(
                status=Summary.Status.DRAFT, version__gt=summary.version
            ).first(),
            "last_failure": SummaryJob.last_failure(summary.company_id, summary.language),
            "may_edit": may_change and summary.status == Summary.Status.DRAFT,
            "may_publish": may_change
            and summary.status in (Summary.Status.DRAFT, Summary.Status.ARCHIVED),
            "may_reject": may_change
            and summary.status in (Summary.Status.DRAFT, Summary.Status.PUBLISHED),
            "may_copy": may_change and summary.status != Summary.Status.DRAFT,
            "sentence_max_length": SENTENCE_MAX_LENGTH,
        }
        return TemplateResponse(request, "admin/companies/summary/review.html", context)

    def _back(self, summary: Summary, anchor: str = "") -> HttpResponse:
        address = reverse("admin:companies_summary_change", args=[summary.pk])
        return HttpResponseRedirect(address + anchor)

    def _conflict(self, request: HttpRequest, summary: Summary, text: str = "") -> HttpResponse:
        said = str(_("Somebody else has changed this summary meanwhile. This is how it is now."))
        if text:
            said = _("%(conflict)s You had written: “%(text)s”") % {"conflict": said, "text": text}
        self.message_user(request, said, messages.ERROR)
        return self._back(summary)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self._load(request, pk)
        form = RevisionForm(request.POST)
        try:
            services.summary_publish(
                summary=summary,
                user=_user(request),
                revision=form.cleaned_data["revision"] if form.is_valid() else -1,
            )
        except services.SummaryConflict:
            return self._conflict(request, summary)
        self.log_change(request, summary, [{"changed": {"fields": ["status"]}}])
        self.message_user(request, _("This version is published."), messages.SUCCESS)
        say_how_it_stands(request, summary.company)
        return self._back(summary)

    def reject_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self._load(request, pk)
        form = RejectForm(request.POST)
        if not form.is_valid():
            said = _("Say why you reject it: whoever mends the sources needs to know.")
            self.message_user(request, said, messages.ERROR)
            return self._back(summary, "#reject")
        try:
            services.summary_reject(summary=summary, **form.cleaned_data)
        except services.SummaryConflict:
            return self._conflict(request, summary, form.cleaned_data["reason"])
        self.log_change(request, summary, [{"changed": {"fields": ["status", "reject_reason"]}}])
        self.message_user(request, _("Rejected."), messages.SUCCESS)
        return self._back(summary)

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        summary = self._load(request, pk)
        draft = services.summary_copy(summary=summary, user=_user(request))
        self.log_addition(request, draft, [{"added": {}}])
        self.message_user(request, _("This is a draft that you can edit."), messages.SUCCESS)
        return self._back(draft)

    def sentence_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        summary = self._load(request, pk)
        text = request.POST.get("text", "")
        form: forms.Form
        drops = "drop" in request.POST
        form = RevisionForm(request.POST) if drops else SentenceForm(request.POST)
        if not form.is_valid():
            error = _("Write the sentence in 1 to %(max)d characters.")
            return self._page(
                request,
                summary,
                FailedEdit(number, text, error % {"max": SENTENCE_MAX_LENGTH}),
            )
        change = services.sentence_drop if drops else services.sentence_edit
        try:
            change(summary=summary, number=number, user=_user(request), **form.cleaned_data)
        except services.SummaryConflict:
            return self._conflict(request, summary, "" if drops else text)
        except services.LastSentence:
            said = _("This is its last sentence: reject the summary instead.")
            self.message_user(request, said, messages.ERROR)
            return self._back(summary)
        except services.UnfoundedNumbers as error:
            wrong = _(
                "No passage that this sentence cites says %(numbers)s. "
                "Write the number as the source does, or leave it out."
            )
            return self._page(
                request,
                summary,
                FailedEdit(number, text, wrong % {"numbers": ", ".join(error.numbers)}),
            )
        self.log_change(request, summary, [{"changed": {"fields": ["sections"]}}])
        self.message_user(
            request, _("Sentence left out.") if drops else _("Sentence saved."), messages.SUCCESS
        )
        return self._back(summary, "" if drops else f"#sentence-{number}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _compared_with(summary: Summary) -> Summary | None:
    """The version that readers see now; for one that they saw, the one they saw before."""
    others = Summary.objects.of(summary.company_id, summary.language).exclude(pk=summary.pk)
    if summary.status == Summary.Status.DRAFT:
        return others.published().first()
    return others.filter(Q(published_at__isnull=False), version__lt=summary.version).first()


def _counts(sections: list[reviewing.SectionRows]) -> list[tuple[Any, int]]:
    counted: Counter[str] = Counter(row.kind for section in sections for row in section.rows)
    return [(word, counted[kind]) for kind, word in KINDS.items() if counted[kind]]


def _shown(row: reviewing.Row, summary: Summary, failed: FailedEdit | None) -> dict[str, Any]:
    titles = {source["id"]: source for source in summary.sources}
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "origin": ORIGINS[row.sentence["origin"]],
        "failed": failed if failed and failed.number == row.number else None,
        "passages": [
            {
                **citation,
                "source": titles.get(citation["source_id"]),
                "cut_before": citation["start"] > len(citation["before"]),
                "cut_after": len(citation["after"]) == CONTEXT_CHARACTERS,
            }
            for citation in row.sentence["citations"]
        ],
    }


def _sources(summary: Summary) -> list[dict[str, Any]]:
    here = {
        str(pk)
        for pk in SourceText.objects.filter(company=summary.company_id).values_list("pk", flat=True)
    }
    kinds = dict(SourceText.Kind.choices)
    return [
        {
            **source,
            "kind": kinds.get(source["kind"], source["kind"]),
            "is_here": source["id"] in here,
        }
        for source in summary.sources
    ]
