"""Companies, the names they go by, and the pages of the web that are read for them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Field, QuerySet, URLField
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.common.jobs import send_task
from apps.sheets.admin import SheetModelAdmin

from ..models import AllowedHost, Company, CompanyAlias, CompanyPage
from ..resources import CompanyResource
from ..services import sources as services
from ..texts import match_key
from .runs import SummarisesCompanies, summarise_now
from .shown import say_how_it_stands

HTTPS_UNLESS_SAID: dict[type[Field], dict[str, Any]] = {URLField: {"assume_scheme": "https"}}


class AliasFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        seen: dict[str, str] = {}
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name")
            if not name or form.cleaned_data.get("DELETE"):
                continue
            key = match_key(name)
            if key in seen:
                raise ValidationError(
                    _("“%(one)s” and “%(other)s” are the same name; keep one of them."),
                    params={"one": seen[key], "other": name},
                )
            seen[key] = name


class AliasInline(admin.TabularInline):
    model = CompanyAlias
    formset = AliasFormSet
    extra = 1
    fields = ["name"]


class PageInline(admin.TabularInline):
    model = CompanyPage
    extra = 0
    formfield_overrides = HTTPS_UNLESS_SAID
    fields = ["url", "kind", "language", "is_active", "last_fetched_at", "state"]
    readonly_fields = ["last_fetched_at", "state"]

    @admin.display(description=_("state"))
    def state(self, page: CompanyPage) -> str | None:
        return str(page.error_message) or None


@admin.register(Company)
class CompanyAdmin(SummarisesCompanies, SheetModelAdmin):
    resource_classes = [CompanyResource]
    list_display = [
        "name_ko",
        "name_en",
        "slug",
        "industry",
        "sources_count",
        "is_published",
        "auto_publish",
    ]
    list_filter = ["industry", "is_published", "auto_publish"]
    search_fields = ["slug", "name_ko", "name_en", "aliases__name"]
    fieldsets = [
        (None, {"fields": [("name_ko", "name_en"), "slug", "industry", "homepage"]}),
        (_("What candidates see"), {"fields": ["is_published", "auto_publish", "summaries_state"]}),
    ]
    readonly_fields = ["summaries_state"]
    formfield_overrides = HTTPS_UNLESS_SAID
    prepopulated_fields = {"slug": ["name_en"]}
    inlines = [AliasInline, PageInline]
    actions = [summarise_now, "publish", "unpublish"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        return super().get_queryset(request).annotate(sources_count=Count("sources", distinct=True))

    @admin.display(description=_("source texts"), ordering="sources_count")
    def sources_count(self, company: Company) -> int:
        return company.sources_count  # type: ignore[attr-defined]

    @admin.action(description=_("Show the selected companies"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        self._show(request, queryset, is_published=True)

    @admin.action(description=_("Hide the selected companies"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        self._show(request, queryset, is_published=False)

    def _show(
        self, request: HttpRequest, queryset: QuerySet[Company], *, is_published: bool
    ) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        changed = Company.objects.filter(pk__in=chosen).update(is_published=is_published)
        text = ngettext("%(n)d company changed.", "%(n)d companies changed.", changed)
        self.message_user(request, text % {"n": changed})
        if is_published:
            for company in Company.objects.filter(pk__in=chosen).exclude(
                pk__in=Company.objects.readable()
            ):
                say_how_it_stands(request, company)

    def save_model(
        self, request: HttpRequest, obj: Company, form: ModelForm[Company], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if "is_published" in form.changed_data:
            say_how_it_stands(request, obj)

    def delete_model(self, request: HttpRequest, obj: Company) -> None:
        services.companies_delete(companies=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        services.companies_delete(companies=queryset)


@admin.register(AllowedHost)
class AllowedHostAdmin(admin.ModelAdmin):
    list_display = ["host", "created_at"]
    search_fields = ["host"]


@admin.register(CompanyPage)
class CompanyPageAdmin(admin.ModelAdmin):
    formfield_overrides = HTTPS_UNLESS_SAID
    list_display = ["url", "company", "kind", "language", "is_active", "last_fetched_at", "state"]
    list_filter = ["is_active", "kind", "language", "last_error_code"]
    list_select_related = ["company"]
    search_fields = ["url", "company__slug", "company__name_ko", "company__name_en"]
    autocomplete_fields = ["company"]
    fields = [
        "company",
        "url",
        "kind",
        "language",
        "is_active",
        "source",
        "last_fetched_at",
        "state",
        "failures",
    ]
    readonly_fields = ["source", "last_fetched_at", "state", "failures"]
    actions = ["read_now"]

    @admin.display(description=_("state"), ordering="last_error_code")
    def state(self, page: CompanyPage) -> str | None:
        return str(page.error_message) or None

    @admin.action(description=_("Read the selected pages now"), permissions=["change"])
    def read_now(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = [str(pk) for pk in queryset.values_list("pk", flat=True)]
        send_task("apps.companies.tasks.fetch_pages", *chosen)
        text = ngettext(
            "%(n)d page is being read; its state shows here.",
            "%(n)d pages are being read; their state shows here.",
            len(chosen),
        )
        self.message_user(request, text % {"n": len(chosen)})
