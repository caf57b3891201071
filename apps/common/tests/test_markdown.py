"""Model text becomes HTML in which nothing can act."""

from __future__ import annotations

import pytest

from apps.common.markdown import render


def test_it_renders_what_a_model_writes():
    html = render("You name **memory**.\n\n- one\n- `two`")

    assert html == (
        "<p>You name <strong>memory</strong>.</p>\n"
        "<ul>\n<li>one</li>\n<li><code>two</code></li>\n</ul>\n"
    )


def test_markup_is_shown_as_text():
    html = render('<script>alert(1)</script> and <img src=x onerror="alert(1)">')

    assert html == (
        '<p>&lt;script&gt;alert(1)&lt;/script&gt; and &lt;img src=x onerror="alert(1)"&gt;</p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "[here](javascript:alert(1))",
        "[here](https://example.org)",
        "<https://example.org>",
        "![x](https://example.org/x.png)",
        "[a]: https://example.org\n\n[a]",
        '<div style="x" onclick="y">',
        "```<script>\n</script>\n```",
        "# <svg onload=alert(1)>",
    ],
)
def test_no_link_image_or_attribute_comes_through(text):
    html = render(text)

    for tag in ("<a", "<img", "<div", "<svg", "<script"):
        assert tag not in html
    assert "=" not in html.replace("&lt;", "<").split("<")[0]
    for piece in html.split("<")[1:]:
        assert " " not in piece.split(">")[0]


def test_code_keeps_its_signs():
    assert render("`a < b`") == "<p><code>a &lt; b</code></p>\n"


def test_nothing_gives_nothing():
    assert render("") == ""
