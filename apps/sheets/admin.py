"""Sheets in admin: a list's own way in and out, and the page of each import."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from import_export.admin import ExportMixin, ImportExportMixinBase
from import_export.formats import base_formats

from apps.common.jobs import Job
from apps.common.limits import LimitReached
from apps.common.storage import StorageError

from . import progress, services
from .forms import SheetExportForm, SheetImportForm
from .models import SheetImport
from .resources import SheetResource, importable_by, label_of, may_export, may_import

RECENT = 5
"""Imports named below the form; the list has them all."""


class CSV(base_formats.CSV):
    """With the mark by which Excel knows UTF-8."""

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        return "\ufeff" + super().export_data(dataset, **kwargs)


class SheetImports(ImportExportMixinBase):
    """For the admin of a list whose rows come in as sheets, too.

    Being staff is no permission: a sheet asks for those that its rows would need one by one.
    """

    import_export_change_list_template = "admin/import_export/change_list_import.html"
    resource_classes: list[type[SheetResource]]
    model: Any
    opts: Any
    media: Any
    admin_site: admin.AdminSite

    def has_import_permission(self, request: HttpRequest) -> bool:
        return all(may_import(request.user, sheet) for sheet in self.resource_classes)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        name = "{}_{}_import".format(*self.get_model_info())
        own = path("import/", self.admin_site.admin_view(self.import_view), name=name)
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {
            **(extra_context or {}),
            "has_import_permission": self.has_import_permission(request),
        }
        response: HttpResponse = super().changelist_view(request, told)
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Choose a file; on to the page of its import."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = SheetImportForm(
            self.resource_classes,
            data=request.POST if request.method == "POST" else None,
            files=request.FILES or None,
        )
        if form.is_valid() and (begun := _begin(request, form)):
            return HttpResponseRedirect(begun.get_absolute_url())
        labels = [label_of(sheet) for sheet in self.resource_classes]
        shown = ["sheet", "file"] if len(labels) > 1 else ["file"]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a sheet"),
            "opts": self.opts,
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": shown})], {}),  # type: ignore[arg-type]
            "fields_list": [
                (sheet.get_display_name(), [f.column_name for f in sheet().get_import_fields()])
                for sheet in self.resource_classes
            ],
            "recent": SheetImport.objects.for_user(request.user)  # type: ignore[arg-type]
            .filter(sheet__in=labels)
            .defer("report")[:RECENT],
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/sheets/start.html", context)


def _begin(request: HttpRequest, form: SheetImportForm) -> SheetImport | None:
    """The new import; else what is wrong stands in the form."""
    try:
        return services.sheet_import_start(
            user=request.user,  # type: ignore[arg-type]
            sheet=form.cleaned_data["sheet"],
            filename=form.cleaned_data["file"].name,
            content=form.content,
            language=get_language() or "ko",
        )
    except LimitReached as reached:
        form.add_error(None, reached.message)
    except StorageError:
        form.add_error(
            None,
            _("The file store could not be reached, so nothing was saved. Please try again soon."),
        )
    return None


class SheetExports(ExportMixin):
    """For the admin of a list whose rows go out as sheets, too."""

    export_form_class = SheetExportForm
    export_formats = [CSV, base_formats.XLSX]

    def has_export_permission(self, request: HttpRequest) -> bool:
        sheets = self.get_export_resource_classes(request)
        return all(may_export(request.user, sheet) for sheet in sheets)  # type: ignore[arg-type]

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        """What may be chosen for export is what the list shows; asked of the deprecated
        method still, which warns of itself."""
        return self.get_export_queryset(request).values_list("pk", flat=True)


class SheetModelAdmin(SheetImports, SheetExports, admin.ModelAdmin):
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"


@admin.register(SheetImport)
class SheetImportAdmin(admin.ModelAdmin):
    """A person's own imports. Each asks for the permission that its rows need, at each step."""

    list_display = ["filename", "sheet_name", "stage_word", "user", "created_at"]
    list_display_links = ["filename"]
    list_select_related = ["user"]
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: SheetImport | None = None) -> bool:
        user: Any = request.user
        if obj is None:
            return bool(importable_by(user))
        return obj.resource is not None and may_import(user, obj.resource)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SheetImport]:
        return SheetImport.objects.for_user(request.user).defer("report")  # type: ignore[arg-type]

    @admin.display(description=_("sheet"), ordering="sheet")
    def sheet_name(self, sheet_import: SheetImport) -> str:
        resource = sheet_import.resource
        return resource.get_display_name() if resource else sheet_import.sheet

    @admin.display(description=_("state"))
    def stage_word(self, sheet_import: SheetImport) -> str:
        return str(sheet_import.stage.label)

    def get_urls(self) -> list[URLPattern]:
        acts = [
            ("confirm", self.confirm_view),
            ("again", self.again_view),
            ("discard", self.discard_view),
        ]
        return [
            path(
                f"<path:object_id>/{act}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"sheets_sheetimport_{act}",
            )
            for act, view in acts
        ] + super().get_urls()

    def _load(self, request: HttpRequest, object_id: str) -> SheetImport:
        """Http404 for another person's; PermissionDenied where the permission has gone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = SheetImport.objects.for_user(request.user).select_related("user")  # type: ignore[arg-type]
        try:
            sheet_import = get_object_or_404(own, pk=object_id)
        except ValidationError as error:  # no UUID
            raise Http404 from error
        if not self.has_view_permission(request, sheet_import):
            raise PermissionDenied
        return sheet_import

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """How it stands and what is to do; with htmx, only that part, anew."""
        sheet_import = self._load(request, object_id)
        listed = sheet_import.resource
        assert listed is not None  # nobody may import what no app has
        place = "admin:{}_{}".format(*_listed(listed))
        context = {
            **self.admin_site.each_context(request),
            "title": str(sheet_import),
            "opts": self.opts,
            "import": sheet_import,
            "sheet_name": self.sheet_name(sheet_import),
            "stage": sheet_import.stage,
            "works": not sheet_import.is_finished,
            "waits_again": sheet_import.status == Job.Status.QUEUED and sheet_import.error_code,
            "progress": progress.told(sheet_import),
            "list_url": reverse(f"{place}_changelist"),
            "start_url": reverse(f"{place}_import"),
        }
        template = "_stage" if request.headers.get("HX-Request") else "page"
        return TemplateResponse(request, f"admin/sheets/sheetimport/{template}.html", context)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Admin would lead on from another person's, as if nobody had it."""
        self._load(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        sheet_import = self._load(request, object_id)
        if not services.sheet_import_confirm(sheet_import=sheet_import):
            said = _("There was nothing to confirm here any more. This is how it stands.")
            self.message_user(request, said, messages.WARNING)
        return HttpResponseRedirect(sheet_import.get_absolute_url())

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        sheet_import = self._load(request, object_id)
        try:
            if not services.sheet_import_again(sheet_import=sheet_import):
                said = _("It did not need another try. This is how it stands.")
                self.message_user(request, said, messages.WARNING)
        except LimitReached as reached:
            self.message_user(request, reached.message, messages.WARNING)
        return HttpResponseRedirect(sheet_import.get_absolute_url())

    def discard_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        sheet_import = self._load(request, object_id)
        services.sheet_import_discard(sheet_import=sheet_import)
        self.message_user(request, _("“%(file)s” was discarded.") % {"file": sheet_import.filename})
        return HttpResponseRedirect(reverse("admin:sheets_sheetimport_changelist"))


def _listed(sheet: type[SheetResource]) -> tuple[str, str]:
    """The model in whose list of admin the sheet is imported."""
    model = sheet.listed_with or sheet._meta.model
    return model._meta.app_label, str(model._meta.model_name)
