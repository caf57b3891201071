"""Web addresses that a scheduled task reads, and the hosts it may ask."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .companies import Company
from .sources import SourceText


def host_of(url: str) -> str:
    """The host as it is looked up: lower case, without a last dot."""
    return (urlsplit(url).hostname or "").rstrip(".")


class AllowedHost(models.Model):
    """A public host that staff let the fetcher ask: this one, not those under it."""

    host = models.CharField(
        _("host"),
        max_length=253,
        unique=True,
        validators=[
            RegexValidator(
                r"^(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
                _("Write a host's name in small letters, such as ir.example.com."),
            )
        ],
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["host"]
        verbose_name = _("allowed host")
        verbose_name_plural = _("allowed hosts")

    def __str__(self) -> str:
        return self.host


class CompanyPage(models.Model):
    """A page of the web whose main text is kept as a source."""

    ERROR_MESSAGES: dict[str, str | Promise] = {
        "host_not_allowed": _("Its host, or one that it redirects to, is not allowed."),
        "address_not_public": _("Its host is not on the public internet."),
        "host_unknown": _("No address is known for its host."),
        "robots_disallow": _("The host's robots.txt asks us not to read it."),
        "robots_unreachable": _("The host's robots.txt could not be read, so we did not go on."),
        "too_many_redirects": _("It redirects too often, or in a circle."),
        "bad_redirect": _("It redirects to an address that we cannot read."),
        "too_large": _("It is larger than we read."),
        "too_slow": _("It took too long."),
        "unreachable": _("Its host could not be reached."),
        "bad_answer": _("Its host answered with something that is not HTTP."),
        "http_error": _("Its host answered with an error."),
        "not_text": _("It is not a web page, a text or a PDF."),
        "needs_browser": _("It shows its text only in a browser. Paste the text as a source."),
        "unreadable": _("No text could be read from it."),
        "wrong_language": _("Its text is not in its language."),
        "duplicate": _("Another source of this company has the same text."),
        "internal": _("Something went wrong on our side."),
    }

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="pages", verbose_name=_("company")
    )
    url = models.URLField(
        _("web address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])]
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SourceText.Kind.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.OneToOneField(
        SourceText,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="page",
        verbose_name=_("source text"),
    )
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    last_fetched_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    last_error_code = models.CharField(_("error code"), max_length=40, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["company", "url"]
        constraints = [
            models.UniqueConstraint(fields=["company", "url"], name="one_page_a_company_and_url")
        ]
        verbose_name = _("web page")
        verbose_name_plural = _("web pages")

    def __str__(self) -> str:
        return self.url

    @property
    def error_message(self) -> str | Promise:
        if not self.last_error_code:
            return ""
        return self.ERROR_MESSAGES.get(self.last_error_code, self.ERROR_MESSAGES["internal"])

    def clean(self) -> None:
        host = host_of(self.url)
        if host and not AllowedHost.objects.filter(host=host).exists():
            raise ValidationError(
                {"url": _("The host %(host)s is not among the allowed hosts yet.") % {"host": host}}
            )
