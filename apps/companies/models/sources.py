"""What is known of a company: texts that staff or a pipeline collected."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..languages import has_letters, is_ours, language_of, name_of
from ..texts import TEXT_MAX_LENGTH, content_hash, is_garbled, normalise
from .companies import Company


class SourceTextQuerySet(models.QuerySet["SourceText"]):
    def active(self) -> SourceTextQuerySet:
        return self.filter(is_active=True)


class SourceText(models.Model):
    """Untrusted: shown escaped wherever it is shown, never as HTML or Markdown."""

    class Kind(models.TextChoices):
        IR = "ir", _("investor relations")
        INTRODUCTION = "introduction", _("introduction")
        REPORT = "report", _("report")
        NEWS = "news", _("news")

    class Origin(models.TextChoices):
        PASTED = "pasted", _("pasted")
        UPLOAD = "upload", _("uploaded file")
        IMPORT = "import", _("imported sheet")
        INTAKE = "intake", _("API")
        COMMAND = "command", _("command")
        FETCH = "fetch", _("web page")
        CONTENT = "content", _("shipped content")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(
        Company, models.CASCADE, related_name="sources", verbose_name=_("company")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(TEXT_MAX_LENGTH)])
    content_hash = models.CharField(_("content hash"), max_length=64, editable=False)
    characters = models.PositiveIntegerField(_("characters"), default=0, editable=False)
    origin = models.CharField(
        _("origin"),
        max_length=10,
        choices=Origin.choices,
        default=Origin.PASTED,
        editable=False,
    )
    url = models.URLField(_("web address"), max_length=500, blank=True)
    file_key = models.CharField(max_length=200, blank=True, editable=False)
    """The uploaded file in the store, as it came."""
    filename = models.CharField(_("file name"), max_length=255, blank=True, editable=False)
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Summaries are made of the texts in use.")
    )
    loaded_from = models.CharField(max_length=200, blank=True, editable=False)
    """The file that loadcontent or ingest_sources read, so that it finds its row again."""
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)
    """What that file last made of this row; a row that differs was edited by staff."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = SourceTextQuerySet.as_manager()

    class Meta:
        ordering = ["company", "-published_on", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "content_hash"], name="one_source_a_company_and_text"
            )
        ]
        indexes = [models.Index(fields=["company", "is_active"])]
        verbose_name = _("source text")
        verbose_name_plural = _("source texts")

    def __str__(self) -> str:
        return self.title

    def take_text(self, text: str) -> None:
        """Set the text, and what is computed from it."""
        self.text = normalise(text)
        self.content_hash = content_hash(self.text)
        self.characters = len(self.text)

    def clean(self) -> None:
        self.take_text(self.text)
        problem = self._text_problem()
        if problem:
            raise ValidationError({"text": problem})

    def _text_problem(self) -> ValidationError | None:
        if not has_letters(self.text):
            return ValidationError(_("There is no text here."), code="no_text")
        if is_garbled(self.text):
            return ValidationError(
                _("Much of this text is unreadable signs. Was it read in the right encoding?"),
                code="garbled",
            )
        found = language_of(self.text)
        if found and not is_ours(found):
            return ValidationError(
                _("This text reads as %(language)s. Texts are summarised in Korean and English."),
                code="third_language",
                params={"language": name_of(found)},
            )
        if found and self.language and found != self.language:
            return ValidationError(
                _("This text reads as %(language)s: choose that as its language."),
                code="other_language",
                params={"language": name_of(found)},
            )
        if other := self.twin():
            return ValidationError(
                _("This text is here already, as “%(title)s” (%(date)s)."),
                code="duplicate",
                params={
                    "title": other.title,
                    "date": other.published_on or other.created_at.date(),
                },
            )
        return None

    def twin(self) -> SourceText | None:
        """Another source of this company with the same text."""
        return (
            SourceText.objects.filter(company_id=self.company_id, content_hash=self.content_hash)
            .exclude(pk=self.pk)
            .first()
        )

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Whoever writes the text: it is stored normalised, and its hash goes with it."""
        if update_fields is None or "text" in update_fields:
            self.take_text(self.text)
        if update_fields is not None and "text" in update_fields:
            update_fields = {*update_fields, "content_hash", "characters"}
        super().save(*args, update_fields=update_fields, **kwargs)
