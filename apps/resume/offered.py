"""The templates that there are: those that come with Ssammu, then those of staff."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from .models import DocumentTemplate
from .rendering import TEMPLATES, WordTemplate

Template = WordTemplate | DocumentTemplate


class TemplateGone(Exception):
    """No template of this name is offered (any more)."""


def templates_offered() -> Sequence[Template]:
    return [*TEMPLATES.values(), *DocumentTemplate.objects.filter(is_active=True).defer("content")]


def template_offered(slug: str) -> Template:
    """Raises TemplateGone."""
    for template in templates_offered():
        if template.slug == slug:
            return template
    raise TemplateGone(slug)


def templates_known() -> dict[str, Template]:
    """By slug, also those that are offered no more."""
    added = DocumentTemplate.objects.defer("content")
    return {**TEMPLATES, **{template.slug: template for template in added}}


def name_of(slug: str, known: dict[str, Template]) -> str:
    """As the reader of the page says it; a template that is gone keeps its slug."""
    template = known.get(slug)
    return template.name(get_language() or "en") if template else slug
