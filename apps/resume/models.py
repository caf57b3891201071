"""What people upload, what was read from it, their profile, and the Word files made of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.common import leftovers
from apps.common.jobs import Job, enqueue_on_commit

from .parsing import MESSAGES

if TYPE_CHECKING:
    from apps.accounts.models import User

PDF_TYPE = "application/pdf"
PDF_MAX_BYTES = 10 * 1024 * 1024
PHOTO_TYPE = "image/jpeg"
PNG_TYPE = "image/png"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

JOB_MESSAGES: dict[str, str | Promise] = {
    "storage_down": _("The file store could not be reached. Please try again in a minute."),
    "file_missing": _("The file is no longer in the store. Please upload it again."),
    "worker_lost": _("The work was interrupted several times. Please try again."),
    "internal": _("Something went wrong on our side. Please try again."),
}


class ResumeParse(Job):
    """What one version of the parser reads in one person's file, and the job that does it.

    The same file again finds its row by the content hash.
    """

    KIND = "resume"
    TASK = "apps.resume.tasks.run_parse"
    ERROR_MESSAGES = JOB_MESSAGES
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content_hash = models.CharField(max_length=64)
    """SHA-256 of the file, in hexadecimal."""
    parser_version = models.CharField(max_length=20)
    key = models.CharField(max_length=200, blank=True)
    """The PDF in the store; empty for a file that was refused before it was kept."""
    resume = models.JSONField(default=dict, blank=True)
    """JSON Resume v1.0.0; ``meta.provenance`` says where each value was read."""
    language = models.CharField(max_length=5, blank=True)
    pages = models.JSONField(default=list, blank=True)
    """Each page as shown beside the fields: [{number (from 1), width, height (points),
    key (PNG)}]. A page that could not be drawn is left out."""

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_hash", "parser_version"], name="one_parse_a_file"
            )
        ]
        verbose_name = _("reading of a résumé")
        verbose_name_plural = _("readings of résumés")

    @property
    def is_refused(self) -> bool:
        """The file itself is the trouble: trying again reads the same."""
        return self.status == self.Status.FAILED and not self.can_heal

    @property
    def can_heal(self) -> bool:
        return self.error_code not in MESSAGES

    @property
    def error_message(self) -> str | Promise:
        """A refused file's sentence comes with the parser, in both languages."""
        if self.error_code in MESSAGES:
            korean, english = MESSAGES[self.error_code]
            return korean if get_language() == "ko" else english
        return super().error_message

    def file_keys(self) -> list[str]:
        return [key for key in (self.key, *(page["key"] for page in self.pages)) if key]

    def succeed(self, **result: Any) -> None:
        """Also takes the page images into keeping."""
        with transaction.atomic():
            leftovers.keep(page["key"] for page in result["pages"])
            super().succeed(**result)


class UploadQuerySet(models.QuerySet["Upload"]):
    def for_user(self, user: User) -> UploadQuerySet:
        return self.filter(user=user)

    def arrived(self) -> UploadQuerySet:
        return self.filter(parse__isnull=False)

    def unfinished(self, before: datetime) -> UploadQuerySet:
        """Begun before then, and never arrived."""
        return self.filter(parse__isnull=True, created_at__lt=before)


class Upload(models.Model):
    """A résumé that a person sends: browser → store first, then ``finish`` checks it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="uploads",
        verbose_name=_("candidate"),
    )
    filename = models.CharField(_("file name"), max_length=255)
    size = models.PositiveIntegerField(_("bytes"))
    """As announced, then as it arrived."""
    key = models.CharField(max_length=200, unique=True, editable=False)
    """Where the browser may send it. What is read and shown is ``parse.key``: a copy that
    nobody can send to, or the same file of an earlier upload."""
    parse = models.ForeignKey(
        ResumeParse, models.RESTRICT, null=True, blank=True, related_name="uploads"
    )
    """None until the file has arrived."""
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    """When its fields last went into the profile."""
    review = models.JSONField(default=dict, blank=True)
    """What the person has decided so far; see forms/review.py. Empty before the first save."""
    review_revision = models.PositiveIntegerField(default=0)
    """Grows by one with each save; a page that holds an older one is told."""

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"])]
        verbose_name = _("uploaded résumé")
        verbose_name_plural = _("uploaded résumés")

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("resume:upload_detail", args=[self.pk])


class Profile(models.Model):
    """What a person says of themselves: the source of every document."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="profile",
        verbose_name=_("candidate"),
    )
    data = models.JSONField(default=dict, blank=True)
    """JSON Resume v1.0.0, without meta."""
    revision = models.PositiveIntegerField(default=0)
    """Grows by one with each save; a page that holds an older one is told."""
    photo_key = models.CharField(max_length=200, blank=True)
    """A JPEG in the store."""
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.data.get("basics", {}).get("name") or self.user)


class DocumentTemplate(models.Model):
    """A Word template that staff added; those of Ssammu are in rendering.TEMPLATES."""

    slug = models.SlugField(_("slug"), unique=True)
    name_ko = models.CharField(_("name (Korean)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    content = models.BinaryField(_("Word file"), editable=False)
    """In the database: small, and saved and deleted with its row."""
    is_active = models.BooleanField(_("offered to candidates"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    file_changed_at = models.DateTimeField(_("file changed"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")

    def __str__(self) -> str:
        return self.slug

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    @property
    def languages(self) -> list[str]:
        """Labels and dates come in every language."""
        return [code for code, _name in settings.LANGUAGES]


class Document(Job):
    """A Word file made from the profile as it was, and the job that makes it."""

    KIND = "document"
    TASK = "apps.resume.tasks.run_render"
    ERROR_MESSAGES = {
        **JOB_MESSAGES,
        "profile_invalid": _(
            "A part of your profile cannot be read. Look it through, then make the document again."
        ),
        "photo_unreadable": _(
            "The photo in your profile cannot be used. Choose another one, then make the document "
            "again."
        ),
        "template_broken": _("This template does not work at the moment. Please choose another."),
        "template_gone": _("This template is no longer offered. Please choose another."),
    }
    HEALING = ("storage_down", "worker_lost", "internal")
    """Failures after which the same document may be tried again as it is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="documents",
        verbose_name=_("candidate"),
    )
    template = models.CharField(_("template"), max_length=50)
    """The slug: of rendering.TEMPLATES, else of a DocumentTemplate."""
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    profile = models.JSONField(_("profile as it was"))
    profile_revision = models.PositiveIntegerField(_("profile revision"))
    photo_key = models.CharField(max_length=200, blank=True)
    """A copy of the photo for this document alone; empty without one."""
    key = models.CharField(max_length=200, blank=True)
    """The Word file in the store, once succeeded."""
    filename = models.CharField(_("file name"), max_length=255, blank=True)
    size = models.PositiveIntegerField(_("bytes"), null=True, blank=True)

    class Meta(Job.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "template", "language", "version"], name="documents_are_numbered"
            )
        ]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def get_absolute_url(self) -> str:
        return reverse("resume:document_detail", args=[self.pk])

    def file_keys(self) -> list[str]:
        return [key for key in (self.key, self.photo_key) if key]

    @property
    def can_be_tried_again(self) -> bool:
        return self.status == self.Status.FAILED and self.can_heal

    @property
    def can_heal(self) -> bool:
        return self.error_code in self.HEALING

    def succeed(self, **result: Any) -> None:
        """Also takes the Word file into keeping, and asks for its preview."""
        with transaction.atomic():
            leftovers.keep([result["key"]])
            super().succeed(**result)
            enqueue_on_commit(DocumentPreview.objects.create(document=self))


class DocumentPreview(Job):
    """How a document looks, and the job that finds out. Without it the document is whole.

    Pictures of its pages where LibreOffice is installed, otherwise HTML.
    """

    KIND = "preview"
    TASK = "apps.resume.tasks.run_preview"
    ERROR_MESSAGES = JOB_MESSAGES

    LEASE = timedelta(seconds=150)
    """LibreOffice is silent for as long as office.py lets it."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="preview")
    pages = models.JSONField(default=list, blank=True)
    """[{number (from 1), width, height (points), key (PNG)}]."""
    html = models.TextField(blank=True)
    """Sanitised by rendering.web; empty where there are pages."""

    class Meta(Job.Meta):
        verbose_name = _("preview")
        verbose_name_plural = _("previews")

    def file_keys(self) -> list[str]:
        return [page["key"] for page in self.pages]

    def succeed(self, **result: Any) -> None:
        """Also takes the pictures into keeping."""
        with transaction.atomic():
            leftovers.keep(page["key"] for page in result["pages"])
            super().succeed(**result)
