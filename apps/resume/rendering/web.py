"""A Word file as HTML: how it reads, where no program can draw its pages."""

from __future__ import annotations

import io

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
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
CLASSES = {
    "p": {
        "paper-title", "paper-subtitle", "paper-contact", "paper-detail", "paper-label",
        "paper-closing",
    }
}  # fmt: skip


def to_html(document: bytes) -> str:
    """The text with its headings, lists, tables and links; without pictures. Safe to show."""
    converted = mammoth.convert_to_html(
        io.BytesIO(document),
        style_map=STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    return nh3.clean(
        # A tab sends what follows, mostly a date, to the end of its line.
        converted.value.replace("\t", " · "),
        tags=TAGS,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
