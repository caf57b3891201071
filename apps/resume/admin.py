"""Where staff add Word templates and see which documents could not be made."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ReadOnlyAdmin

from .forms.templates import DocumentTemplateForm
from .models import WORD_TYPE, Document, DocumentTemplate
from .rendering import TEMPLATES
from .rendering.reference import reference
from .rendering.registry import template_bytes


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(admin.ModelAdmin):
    form = DocumentTemplateForm
    list_display = ["name_ko", "name_en", "slug", "is_active", "file_changed_at", "download"]
    list_filter = ["is_active"]
    fields = [("name_ko", "name_en"), "slug", "file", "is_active"]
    prepopulated_fields = {"slug": ["name_en"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentTemplate]:
        return super().get_queryset(request).defer("content")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Documents name their template by its slug.
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    @admin.display(description=_("file"))
    def download(self, template: DocumentTemplate) -> SafeString:
        address = reverse("admin:resume_documenttemplate_file", args=[template.pk])
        return format_html('<a href="{}">{}.docx</a>', address, template.slug)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """One that documents were made with can only be withdrawn."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        used = set(
            Document.objects.filter(template__in=[one.slug for one in objs]).values_list(
                "template", flat=True
            )
        )
        in_use = _("%(template)s: documents were made with it. Stop offering it instead.")
        protected = [*protected, *(in_use % {"template": slug} for slug in sorted(used))]
        return deleted, counts, missing, protected

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        language = get_language() or "en"
        help_for_makers = {
            "shipped": [(one.slug, one.name(language)) for one in TEMPLATES.values()],
            "reference": reference(language),
        }
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **help_for_makers}
        )

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "shipped/<slug:slug>.docx",
                self.admin_site.admin_view(self.shipped_view),
                name="resume_documenttemplate_shipped",
            ),
            path(
                "<int:template_id>/file.docx",
                self.admin_site.admin_view(self.file_view),
                name="resume_documenttemplate_file",
            ),
        ]
        return [*own, *super().get_urls()]

    def shipped_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """A template of Ssammu, to begin with."""
        self._must_see(request)
        if slug not in TEMPLATES:
            raise Http404
        return _word_file(slug, template_bytes(slug))

    def file_view(self, request: HttpRequest, template_id: int) -> HttpResponse:
        self._must_see(request)
        template = get_object_or_404(DocumentTemplate, pk=template_id)
        return _word_file(template.slug, bytes(template.content))

    def _must_see(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _word_file(slug: str, content: bytes) -> HttpResponse:
    disposition = content_disposition_header(True, f"{slug}.docx") or "attachment"
    return HttpResponse(
        content, content_type=WORD_TYPE, headers={"Content-Disposition": disposition}
    )


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """How the jobs fare; what a person wrote in their résumé is theirs alone."""

    list_display = [
        "id", "template", "language", "version", "status", "error_code", "failures", "created_at",
    ]  # fmt: skip
    list_filter = ["status", "template", "language"]
    search_fields = ["=id", "=error_code", "user__email"]
    search_help_text = _("Document id, error code or e-mail")
    show_full_result_count = False
    fields = [
        "id", "user", "template", "language", "version", "status", "error_code", "error_detail",
        "attempts", "failures", "created_at", "started_at", "finished_at", "size",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).defer("profile")
