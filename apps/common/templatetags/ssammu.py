"""Template filters that every app's pages use."""

from django import template
from django.utils.safestring import SafeString

from apps.common import markdown

register = template.Library()


@register.filter(name="markdown")
def render_markdown(text: str) -> SafeString:
    return markdown.render(text)
