"""Companies and the names they go by.

``name`` exists once for each language (translation.py). It is for readers and
need not be unique; what tells companies apart is the slug, the id and aliases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..texts import match_key

if TYPE_CHECKING:
    from apps.accounts.models import User


def needs_a_letter(value: str) -> None:
    """Digits alone would read as a company's id."""
    if value.strip().isdigit():
        raise ValidationError(_("Write more than a number: a number is read as an id."))


class CompanyQuerySet(models.QuerySet["Company"]):
    def published(self) -> CompanyQuerySet:
        return self.filter(is_published=True)

    def readable(self) -> CompanyQuerySet:
        """Those that candidates see: with a published summary, whatever its language."""
        return self.published().filter(summaries__status="published").distinct()

    def matching(self, words: str) -> CompanyQuerySet:
        """Each word stands in a name or an alias, in either language."""
        found = self
        for word in words.split()[:8]:
            called = CompanyAlias.objects.filter(name__icontains=word).values("company")
            found = found.filter(
                models.Q(name_ko__icontains=word)
                | models.Q(name_en__icontains=word)
                | models.Q(pk__in=called)
            )
        return found

    def touching(self, topic: str) -> CompanyQuerySet:
        """Those whose published summary, in either language, touches the topic."""
        return self.filter(summaries__status="published", summaries__topics__slug=topic)

    def followed_by(self, user: User) -> CompanyQuerySet:
        return self.filter(followers__user=user)

    def called(self, reference: str) -> Company | None:
        """The company with this id, slug or alias; a name alone names nobody."""
        reference = reference.strip()
        if reference.isascii() and reference.isdigit():
            return self.filter(pk=reference[:18]).first()
        return (
            self.filter(slug=reference.casefold()).first()
            or self.filter(aliases__match_key=match_key(reference)).first()
        )


class Company(models.Model):
    class Industry(models.TextChoices):
        FINTECH = "fintech", _("fintech")
        COMMERCE = "commerce", _("commerce")
        LOGISTICS = "logistics", _("logistics")
        GAMES = "games", _("games")
        HEALTH = "health", _("health")
        EDUCATION = "education", _("education")
        MOBILITY = "mobility", _("mobility")
        SECURITY = "security", _("security")
        CLOUD = "cloud", _("cloud")
        MEDIA = "media", _("media")
        MANUFACTURING = "manufacturing", _("manufacturing")
        SEMICONDUCTORS = "semiconductors", _("semiconductors")

    slug = models.SlugField(_("slug"), max_length=60, unique=True, validators=[needs_a_letter])
    name = models.CharField(_("name"), max_length=100)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry.choices)
    homepage = models.URLField(_("homepage"), max_length=300, blank=True)
    is_published = models.BooleanField(
        _("shown to candidates"),
        default=False,
        help_text=_("The company's page appears once a summary of it is published, too."),
    )
    auto_publish = models.BooleanField(
        _("publish summaries at once"),
        default=False,
        help_text=_("New summaries appear without a review by staff."),
    )
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)
    """What loadcontent last wrote; a row that differs was edited by staff and stays."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = CompanyQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(fields=["is_published", "industry"])]
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name


class CompanyAlias(models.Model):
    """One way to write a company's name. No two companies share one."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases")
    name = models.CharField(_("alias"), max_length=100, validators=[needs_a_letter])
    match_key = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("alias")
        verbose_name_plural = _("other names")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.match_key = match_key(self.name)
        taken = CompanyAlias.objects.filter(match_key=self.match_key).exclude(pk=self.pk)
        if other := taken.select_related("company").first():
            raise ValidationError(
                {
                    "name": _("“%(name)s” already names %(company)s (%(slug)s).")
                    % {"name": other.name, "company": other.company, "slug": other.company.slug}
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.match_key = match_key(self.name)
        super().save(*args, **kwargs)
