"""Source texts: pasted or uploaded, then read and mended by staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.sheets.admin import SheetImports

from ..models import SourceText
from ..resources import SourceTextResource
from ..services import sources as services
from ..texts import normalise
from . import uploading
from .companies import HTTPS_UNLESS_SAID


class StoredTextField(forms.CharField):
    """A text as it is stored, so that a browser's line ends are no change."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return normalise(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return normalise(initial or "") != normalise(data or "")


class SourceTextForm(forms.ModelForm):
    """Without a Meta: admin adds the other fields, and knows how it wants them."""

    text = StoredTextField(
        label=_("text"),
        widget=forms.Textarea(attrs={"rows": 30, "class": "vLargeTextField"}),
    )


@admin.register(SourceText)
class SourceTextAdmin(SheetImports, admin.ModelAdmin):
    form = SourceTextForm
    formfield_overrides = HTTPS_UNLESS_SAID
    resource_classes = [SourceTextResource]
    import_export_change_list_template = "admin/companies/sourcetext/change_list.html"
    list_display = [
        "title",
        "company",
        "kind",
        "language",
        "published_on",
        "characters",
        "origin",
        "is_active",
        "updated_at",
    ]
    list_filter = ["kind", "language", "origin", "is_active", "company__industry"]
    list_select_related = ["company"]
    search_fields = [
        "title",
        "company__slug",
        "company__name_ko",
        "company__name_en",
        "company__aliases__name",
    ]
    search_help_text = _("Title, or a name of the company")
    date_hierarchy = "published_on"
    autocomplete_fields = ["company"]
    fieldsets = [
        (None, {"fields": ["company", ("kind", "language"), "title", ("published_on", "url")]}),
        (_("Text"), {"fields": ["text", "is_active"]}),
        (
            _("Where it came from"),
            {"fields": ["origin", "file", "characters", "content_hash", "created_at"]},
        ),
    ]
    readonly_fields = ["origin", "file", "characters", "content_hash", "created_at"]
    actions = ["use", "leave_out"]

    def get_fieldsets(self, request: HttpRequest, obj: SourceText | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:2]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceText]:
        """Without the texts where they are not shown: a list of a hundred is megabytes."""
        found = super().get_queryset(request)
        match = request.resolver_match
        return found if match and "object_id" in match.kwargs else found.defer("text")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("upload/", self.admin_site.admin_view(self.upload), name=uploading.URL_NAME),
            path(
                "<uuid:source_id>/file/",
                self.admin_site.admin_view(self.download),
                name=uploading.FILE_URL_NAME,
            ),
        ]
        return [*own, *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        return uploading.upload(self, request)

    def download(self, request: HttpRequest, source_id: str) -> HttpResponse:
        return uploading.download(self, request, source_id)

    @admin.display(description=_("file"))
    def file(self, source: SourceText) -> SafeString | None:
        if not source.file_key:
            return None
        address = reverse(f"admin:{uploading.FILE_URL_NAME}", args=[source.pk])
        return format_html('<a href="{}">{}</a>', address, source.filename)

    def save_model(
        self, request: HttpRequest, obj: SourceText, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "text" in form.changed_data:
            self.message_user(
                request, _("The text has changed: the next run summarises the company anew.")
            )

    @admin.action(description=_("Use the selected texts"), permissions=["change"])
    def use(self, request: HttpRequest, queryset: QuerySet[SourceText]) -> None:
        self._set_active(request, queryset, is_active=True)

    @admin.action(description=_("Leave the selected texts out"), permissions=["change"])
    def leave_out(self, request: HttpRequest, queryset: QuerySet[SourceText]) -> None:
        self._set_active(request, queryset, is_active=False)

    def _set_active(
        self, request: HttpRequest, queryset: QuerySet[SourceText], *, is_active: bool
    ) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        changed = SourceText.objects.filter(pk__in=chosen).update(is_active=is_active)
        text = _("Changed texts: %(n)d. The next run summarises their companies anew.")
        self.message_user(request, text % {"n": changed}, messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: SourceText) -> None:
        services.sources_delete(sources=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SourceText]) -> None:
        services.sources_delete(sources=queryset)
