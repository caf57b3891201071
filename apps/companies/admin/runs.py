"""The ledger of the batch: what ran, what runs now, and a button to run it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.common.jobs import Job

from .. import batch
from ..models import Company, Summary, SummaryJob, SummaryRun
from ..services import summaries as services

# Why a job that is queued again is not done yet; any other error is tried again soon.
WAITS = {
    "taking_turns": _("Waiting for another run that summarises this company."),
    "inference_loading": _("Waiting until the model has loaded."),
    "inference_down": _("Waiting until the model can be reached."),
    "inference_busy": _("Waiting until the model has room."),
}


class CompaniesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, company: Any) -> str:
        """Two companies may have one name; their slugs differ."""
        return f"{company} ({company.slug})"


class StartForm(forms.Form):
    companies: Any = CompaniesField(
        Company.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Companies"),
        help_text=_("None for all that have source texts."),
    )
    anew = forms.BooleanField(
        required=False,
        label=_("Even where nothing has changed"),
        help_text=_("Asks the model again, which takes time and costs tokens."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["companies"].queryset = Company.objects.all()  # type: ignore[attr-defined]


@admin.register(SummaryRun)
class SummaryRunAdmin(admin.ModelAdmin):
    list_display = [
        "__str__",
        "state",
        "trigger",
        "requested_by",
        "started_at",
        "took",
        "companies_seen",
        "written",
        "skipped",
        "failed",
        "tokens",
    ]
    list_filter = ["trigger", "started_at"]
    list_select_related = ["requested_by"]
    show_full_result_count = False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What still runs is counted as it stands; its row is written when it closes."""
        changelist = super().get_changelist_instance(request)
        for run in changelist.result_list:
            if not run.is_over:
                run.count()
        return changelist

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("state"))
    def state(self, run: SummaryRun) -> Any:
        return state_of(run)

    @admin.display(description=_("took"))
    def took(self, run: SummaryRun) -> str:
        return duration(run.took.total_seconds())

    @admin.display(description=_("tokens"))
    def tokens(self, run: SummaryRun) -> int:
        return run.tokens

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:pk>/{act}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"companies_summaryrun_{act}",
            )
            for act, view in (("cancel", self.cancel_view), ("retry", self.retry_view))
        ] + super().get_urls()

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Begin a run, as its title says; a run is never written by hand."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = StartForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            companies = list(form.cleaned_data["companies"]) or None
            return start(self, request, companies, form.cleaned_data["anew"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Summarise now"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/companies/summaryrun/start.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self._load(object_id)
        jobs = list(SummaryJob.objects.filter(run=run).select_related("company", "summary"))
        if not run.is_over:
            run.count()
        context = {
            **self.admin_site.each_context(request),
            "title": str(run),
            "opts": self.opts,
            "run": run,
            "state": state_of(run),
            "took": duration(run.took.total_seconds()),
            "ended": sum(job.is_finished for job in jobs),
            "jobs": [(job, _progress(job), _waiting_for(job)) for job in jobs],
            "may_act": self.has_add_permission(request),
        }
        template = "_progress" if request.headers.get("HX-Request") else "run"
        return TemplateResponse(request, f"admin/companies/summaryrun/{template}.html", context)

    def _load(self, pk: int | str) -> SummaryRun:
        runs = SummaryRun.objects.select_related("requested_by")
        return get_object_or_404(runs, pk=pk if str(pk).isdecimal() else 0)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        run = self._load(pk)
        if services.run_cancel(run=run):
            said, level = _("Stopped. What was written before stays."), messages.SUCCESS
        else:
            said, level = _("Nothing was left to stop."), messages.WARNING
        self.message_user(request, said, level)
        return _to(run)

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        run = self._load(pk)
        retried = services.run_retry(run=run)
        text = ngettext(
            "%(n)d failed summary is tried again.",
            "%(n)d failed summaries are tried again.",
            retried,
        )
        level = messages.SUCCESS if retried else messages.WARNING
        self.message_user(request, text % {"n": retried}, level)
        return _to(run)


def start(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    companies: Sequence[Company] | None,
    anew: bool,
) -> HttpResponse:
    """Begin a run over ``companies``, or over all that have sources; on to its page."""
    run = batch.start_run(
        trigger=SummaryRun.Trigger.STAFF,
        companies=companies,
        requested_by=request.user,  # type: ignore[arg-type]
        anew=anew,
    )
    assert run is not None  # it has no slot that another could have taken
    if not run.summaries_planned:
        said = _("No company has a source text in use, so there was nothing to do.")
        model_admin.message_user(request, said, messages.WARNING)
    return _to(run)


@admin.action(description=_("Summarise the selected companies now"), permissions=["summarise"])
def summarise_now(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Company]
) -> HttpResponse:
    # What was selected may have been deleted since: then nothing is left, which is not all.
    return start(model_admin, request, list(queryset), anew=False)


class SummarisesCompanies:
    """For the admin of companies: a run over the selected ones, and how their summaries stand."""

    @admin.display(description=_("summaries"))
    def summaries_state(self, company: Company) -> Any:
        lines = [
            line for code, name in settings.LANGUAGES for line in _lines_of(company, code, name)
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    def has_summarise_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("companies.add_summaryrun")


def _to(run: SummaryRun) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:companies_summaryrun_change", args=[run.pk]))


def state_of(run: SummaryRun) -> Any:
    if not run.is_over:
        return _("running")
    if run.cancelled:
        return _("stopped")
    return _("finished with failures") if run.failed else _("finished")


def duration(seconds: float) -> str:
    """1:02:03, as clocks write it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _progress(job: SummaryJob) -> int | None:
    """Percent of a running job, where the sidecar has told."""
    if job.status != Job.Status.RUNNING or not job.steps_total:
        return None
    return min(100, 100 * job.steps_done // job.steps_total)


def _waiting_for(job: SummaryJob) -> Any:
    return WAITS.get(job.error_code, _("It broke off and is tried again."))


def _lines_of(company: Company, code: str, language: str) -> Iterator[tuple[SafeString]]:
    """The newest summary in a language; under it, why there is no newer one."""
    newest = Summary.objects.of(company.pk, code).first()
    if newest is None:
        yield (format_html("{}: {}", language, _("no summary yet")),)
    else:
        yield (
            format_html(
                '{}: <a href="{}">{}</a>, {}',
                language,
                reverse("admin:companies_summary_change", args=[newest.pk]),
                _("version %(number)s") % {"number": newest.version},
                newest.get_status_display(),
            ),
        )
    if failed := SummaryJob.last_failure(company.pk, code):
        yield (
            format_html(
                '{} {} <a href="{}">{}</a>',
                _("The newest run could not make a newer one:"),
                failed.error_message,
                reverse("admin:companies_summaryrun_change", args=[failed.run_id]),
                _("See the run"),
            ),
        )
