"""A file becomes a source text. Views of their own: admin's hold the database all the while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminDateWidget, AdminURLFieldWidget, AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.common import storage

from ..extracting import FILE_MAX_BYTES, TYPES, UnreadableFile, ending_of
from ..extracting import MESSAGES as FILE_MESSAGES
from ..models import Company, SourceText
from ..services import sources as services

if TYPE_CHECKING:
    from .sources import SourceTextAdmin

URL_NAME = "companies_sourcetext_upload"
FILE_URL_NAME = "companies_sourcetext_file"


class UploadForm(forms.Form):
    company: forms.ModelChoiceField[Company] = forms.ModelChoiceField(
        Company.objects.all(), label=_("company")
    )
    file = forms.FileField(
        label=_("file"),
        max_length=255,
        help_text=_("PDF, DOCX, TXT or HTML, up to 10 MB. You can mend its text afterwards."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in TYPES)}),
    )
    kind = forms.ChoiceField(label=_("kind"), choices=SourceText.Kind.choices)
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)
    title = forms.CharField(
        label=_("title"),
        max_length=200,
        required=False,
        help_text=_("Without one: the page's own title, else the file's name."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    published_on = forms.DateField(
        label=_("published on"), required=False, widget=AdminDateWidget()
    )
    url = forms.URLField(
        label=_("web address"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Made anew for each form: it takes the language of the page that it is made in.
        chooser = AutocompleteSelect(SourceText._meta.get_field("company"), admin.site)
        chooser.choices = self.fields["company"].choices  # type: ignore[attr-defined]
        chooser.is_required = True
        self.fields["company"].widget = chooser

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            ending_of(file.name or "")
        except UnreadableFile as error:
            raise ValidationError(error.message, code=error.code) from error
        if file.size is not None and file.size > FILE_MAX_BYTES:
            raise ValidationError(str(FILE_MESSAGES["too_large"]), code="too_large")
        return file


def _save(form: UploadForm) -> SourceText | None:
    """The new source; else what is wrong stands in the form."""
    given = dict(form.cleaned_data)
    file = given.pop("file")
    try:
        return services.source_upload(filename=file.name, content=file.read(), **given)
    except UnreadableFile as error:
        form.add_error("file", error.message)
    except ValidationError as error:
        for field, problems in error.error_dict.items():
            form.add_error(field if field in form.fields else "file", problems)
    except storage.StorageError:
        form.add_error(
            None,
            _("The file store could not be reached, so nothing was saved. Please try again soon."),
        )
    return None


def upload(model_admin: SourceTextAdmin, request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        source = _save(form)
        if source is not None:
            model_admin.log_addition(request, source, [{"added": {}}])
            text = _("Read %(n)d characters. Check the text before the next run.")
            messages.success(request, text % {"n": source.characters})
            return HttpResponseRedirect(
                reverse("admin:companies_sourcetext_change", args=[source.pk])
            )
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": _("Upload a source text"),
        "opts": model_admin.opts,
        "form": form,
        "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),  # type: ignore[arg-type]
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/companies/sourcetext/upload.html", context)


def download(model_admin: SourceTextAdmin, request: HttpRequest, source_id: str) -> HttpResponse:
    source = get_object_or_404(SourceText.objects.defer("text"), pk=source_id)
    if not model_admin.has_view_permission(request, source):
        raise PermissionDenied
    if not source.file_key:
        raise Http404
    url = storage.presigned_download(
        source.file_key,
        filename=source.filename,
        content_type=TYPES[ending_of(source.filename)],
    )
    return HttpResponseRedirect(url)
