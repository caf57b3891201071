"""Template filters that every app's pages use."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.common import markdown

register = template.Library()


@register.filter(name="markdown")
def render_markdown(text: str) -> SafeString:
    return markdown.render(text)


@register.filter
def duration(seconds: int) -> str:
    """Seconds as a person says them: 2 min 41 s."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("%(seconds)d s") % {"seconds": rest}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
