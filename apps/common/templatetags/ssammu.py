"""Template filters that every app's pages use."""

from django import forms, template
from django.forms.boundfield import BoundField
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


@register.filter
def clock(seconds: int) -> str:
    """Seconds as a clock shows them: 9:05."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"


@register.filter
def control(field: BoundField) -> SafeString:
    """A field's widget in the site's look. The label stands above it, so no placeholder."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        css_class = "form-check-input"
    elif isinstance(widget, forms.Select):
        css_class = "form-select"
    else:
        css_class = "form-control"
    return field.as_widget(attrs={"class": css_class, "placeholder": False})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)
