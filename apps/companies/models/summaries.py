"""What candidates read of a company: sentences, each on passages of its sources.

``sections`` is [{key, heading, sentences: [{text, origin, citations: [{source_id, start,
end, text, before, after}]}]}]. A citation keeps the passage and what stood around it, so
that a source may change or go. ``origin`` is ``quoted`` or ``written``, ``composed`` for a
fact put together from the words it cites, or ``edited`` once staff have changed the sentence.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.interview.models import Topic

from .companies import Company

if TYPE_CHECKING:
    from apps.accounts.models import User


class SummaryQuerySet(models.QuerySet["Summary"]):
    def published(self) -> SummaryQuerySet:
        return self.filter(status=Summary.Status.PUBLISHED)

    def of(self, company_id: int, language: str) -> SummaryQuerySet:
        """The versions in one language, newest first."""
        return self.filter(company=company_id, language=language).order_by("-version")


class Summary(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        REJECTED = "rejected", _("rejected")
        ARCHIVED = "archived", _("archived")

    class Method(models.TextChoices):
        QUOTED = "quoted", _("quoted from the sources")
        WRITTEN = "written", _("written by the model")

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="summaries", verbose_name=_("company")
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    sections = models.JSONField(_("sections"))
    sources = models.JSONField(_("sources"))
    """As they were: [{id, title, kind, language, published_on, url}]."""
    topics = models.ManyToManyField(
        Topic, related_name="summaries", blank=True, verbose_name=_("topics")
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    """When the newest of its sources was published, where that is known."""
    model = models.CharField(_("model"), max_length=200)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    prompt_version = models.CharField(_("prompt version"), max_length=60)
    inputs_hash = models.CharField(max_length=64, editable=False)
    """Of all that decides the result; the batch skips a company while it stays."""
    dropped = models.JSONField(_("sentences left out"), default=dict)
    """How many and why: {"citation": n, "number": n, "instruction": n}."""
    prompt_tokens = models.PositiveIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveIntegerField(_("completion tokens"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    revision = models.PositiveIntegerField(default=0, editable=False)
    """Grows with each edit; an edit of an older one is refused."""
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    reject_reason = models.TextField(_("reason of the rejection"), blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Nobody where it was published at once."""
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "language", "version"], name="summaries_are_numbered"
            )
        ]
        indexes = [models.Index(fields=["status", "language"])]
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")

    def __str__(self) -> str:
        return f"{self.company.slug} {self.language} #{self.version}"

    @property
    def sentences(self) -> Iterator[dict[str, Any]]:
        """In reading order; an edit names a sentence by its place here."""
        for section in self.sections:
            yield from section["sentences"]

    @functools.cached_property
    def sentences_count(self) -> int:
        return sum(1 for _sentence in self.sentences)

    def add(self, topics: list[str]) -> None:
        """Save as the next version, and publish it where the company wants that.

        Call in a transaction that has locked the company's row.
        """
        newest = Summary.objects.of(self.company_id, self.language).first()
        self.version = newest.version + 1 if newest else 1
        self.save(force_insert=True)
        self.topics.set(Topic.objects.filter(slug__in=topics))
        if self.company.auto_publish:
            self.publish(by=None)

    def publish(self, by: User | None) -> None:
        """Take the place of the published version, and of drafts that are older.

        Call in a transaction that has locked the company's row.
        """
        others = Summary.objects.of(self.company_id, self.language).exclude(pk=self.pk)
        others.published().update(status=self.Status.ARCHIVED)
        others.filter(status=self.Status.DRAFT, version__lt=self.version).update(
            status=self.Status.ARCHIVED
        )
        self.status = self.Status.PUBLISHED
        self.published_at = timezone.now()
        self.published_by = by
        self.save(update_fields=["status", "published_at", "published_by"])
