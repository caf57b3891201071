"""A Word file as HTML: how it reads, where no program can draw its pages."""

from __future__ import annotations

import base64
import io
from typing import Any

import mammoth
import nh3

# Below the headings of the page that shows it.
STYLES = """
p[style-name='Title'] => p.paper-title:fresh
p[style-name='Subtitle'] => p.paper-subtitle:fresh
p[style-name='Contact'] => p.paper-contact:fresh
p[style-name='Heading 1'] => h3:fresh
p[style-name='Heading 2'] => h4:fresh
p[style-name='Heading 3'] => h5:fresh
p[style-name='Entry'] => h4:fresh
p[style-name='Entry Detail'] => p.paper-detail:fresh
p[style-name='Table Label'] => p.paper-label:fresh
p[style-name='Table Bullet'] => ul > li:fresh
p[style-name='Closing'] => p.paper-closing:fresh
"""
TAGS = {
    "p", "br", "strong", "em", "u", "s", "sup", "sub", "ul", "ol", "li", "h3", "h4", "h5", "a",
    "table", "thead", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
CLASSES = {
    "p": {
        "paper-title", "paper-subtitle", "paper-contact", "paper-detail", "paper-label",
        "paper-closing",
    }
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}  # fmt: skip
PICTURE_TYPES = ("image/jpeg", "image/png")
PICTURE_BYTES = 1024 * 1024
"""Of all pictures in a file: they are kept with its text, and a photo has a tenth of it."""


def to_html(document: bytes) -> str:
    """The text with its headings, lists, tables, links and small pictures. Safe to show."""
    converted = mammoth.convert_to_html(
        io.BytesIO(document),
        style_map=STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
        convert_image=_Pictures(),
    )
    return nh3.clean(
        # A tab sends what follows, mostly a date, to the end of its line.
        converted.value.replace("\t", " · "),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept_attribute,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


class _Pictures:
    """What of a file's pictures is shown, inside the HTML: it has no address of its own."""

    def __init__(self) -> None:
        self.left = PICTURE_BYTES

    def __call__(self, image: Any) -> list[Any]:
        if image.content_type not in PICTURE_TYPES:
            return []
        with image.open() as file:
            content: bytes = file.read()
        if len(content) > self.left:
            return []
        self.left -= len(content)
        source = f"data:{image.content_type};base64,{base64.b64encode(content).decode()}"
        attributes = {"src": source, "alt": image.alt_text or ""}
        return [mammoth.html.element("img", attributes)]


def _kept_attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures come with the file and from nowhere else; a link never leads to data."""
    if name in ("src", "href") and value.lstrip().lower().startswith("data:") != (tag == "img"):
        return None
    return value
