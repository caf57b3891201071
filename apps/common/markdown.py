"""Markdown from models and staff, made safe.

Raw HTML is shown as text (markdown-it's ``html`` off), and the output passes
nh3's allow-list, so neither a model nor an answer can put markup on a page.
"""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
_TAGS = {
    "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td", "hr",
}  # fmt: skip


def render(text: str) -> SafeString:
    """Safe HTML for a Markdown text. No links and no images: nobody checked them."""
    return mark_safe(nh3.clean(_MARKDOWN.render(text), tags=_TAGS, attributes={}))
