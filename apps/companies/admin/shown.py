"""What a company's page still needs before candidates see it, said where staff publish."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..models import Company, Summary


def say_how_it_stands(request: HttpRequest, company: Company) -> None:
    """Where its page is, or the one thing that is missing and where to do it."""
    has_summary = Summary.objects.filter(company=company).published().exists()
    if company.is_published and has_summary:
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                _("Candidates see %(company)s now.") % {"company": company},
                reverse("companies:company_detail", args=[company.slug]),
                _("See the page"),
            ),
        )
    elif has_summary:
        messages.warning(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                _("Candidates do not see %(company)s yet: the company itself is not shown.")
                % {"company": company},
                reverse("admin:companies_company_change", args=[company.pk]),
                _("Show the company"),
            ),
        )
    elif company.is_published:
        messages.warning(
            request,
            format_html(
                '{} <a href="{}?company__id__exact={}">{}</a>',
                _("Candidates do not see %(company)s yet: no summary of it is published.")
                % {"company": company},
                reverse("admin:companies_summary_changelist"),
                company.pk,
                _("Look at its summaries"),
            ),
        )
