"""Rendering in a child process: the same file, and an end to templates without one."""

from __future__ import annotations

import base64
import io
import time
import zipfile
from datetime import date

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from apps.resume.rendering import (
    TEMPLATES,
    PhotoUnreadable,
    ProfileInvalid,
    TemplateBroken,
    limited,
    render,
    web,
)
from apps.resume.rendering.limited import check_limited, html_limited, render_limited
from apps.resume.rendering.sample import EMPTY_PROFILE, FULL_PROFILE, PHOTO
from apps.resume.rendering.web import to_html

from .word import Read, word_file

DAY = date(2026, 2, 3)
FORM = TEMPLATES["korean-form"].path.read_bytes()


def test_it_makes_what_the_worker_would_have_made() -> None:
    made = render_limited(FORM, FULL_PROFILE, "ko", PHOTO, today=DAY)

    here = render(FULL_PROFILE, "korean-form", "ko", PHOTO, today=DAY)
    assert Read(made).text == Read(here).text
    assert "2026년 2월 3일" in Read(made).text
    assert [part for part in Read(made).parts if "media" in part] == ["word/media/image1.png"]


def test_a_profile_or_a_photo_that_cannot_be_used_is_told() -> None:
    with pytest.raises(ProfileInvalid, match="work: has to be a list"):
        render_limited(FORM, {"work": 1}, "en", None, today=DAY)
    with pytest.raises(PhotoUnreadable) as error:
        render_limited(FORM, FULL_PROFILE, "ko", b"no picture", today=DAY)
    assert error.value.message("ko").startswith("사진을 읽을 수 없어요.")


def test_a_template_of_one_field_too_few_is_told() -> None:
    with pytest.raises(TemplateBroken, match="'nmae' is undefined"):
        render_limited(word_file("{{ nmae }}"), EMPTY_PROFILE, "en", None, today=DAY)


LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
GROWTH = "{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}"


@pytest.mark.parametrize("tag", [LOOP, GROWTH])
def test_a_template_without_end_is_ended(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 3)
    monkeypatch.setattr(limited, "CHECK_SECONDS", 3)
    template = word_file("{{ name }}" + tag)
    began = time.monotonic()

    with pytest.raises(TemplateBroken, match="too much time or memory"):
        render_limited(template, FULL_PROFILE, "en", None, today=DAY)
    with pytest.raises(TemplateBroken, match="too much time or memory"):
        check_limited(template)

    assert time.monotonic() - began < 40


def test_a_good_template_is_accepted_and_a_bad_one_named() -> None:
    check_limited(word_file("{{ name }}"))
    with pytest.raises(TemplateBroken, match="A person's name does not appear"):
        check_limited(word_file("{{ label }}"))
    with pytest.raises(TemplateBroken, match="not a Word file"):
        check_limited(b"%PDF-1.7")


def test_a_document_reads_as_html() -> None:
    html = html_limited(render(FULL_PROFILE, "korean-developer", "en", today=DAY))

    assert '<p class="paper-title">윤가람</p>' in html
    assert "<h3>Skills</h3>" in html
    assert "<li>GitHub Actions로 배포를 자동화해" in html
    assert '<a href="https://garam.example.com" rel="noopener noreferrer nofollow">' in html


@pytest.mark.parametrize(
    "text, shown",
    [
        ("R&D <x>", "R&amp;D &lt;x&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("😀👩‍💻", "😀👩‍💻"),
    ],
)
def test_html_shows_markup_as_it_was_written(text: str, shown: str) -> None:
    document = render({"basics": {"name": text}}, "english", "en", today=DAY)

    assert f'<p class="paper-title">{shown}</p>' in html_limited(document)


def test_html_shows_the_photo() -> None:
    html = html_limited(render(FULL_PROFILE, "korean-form", "ko", PHOTO, today=DAY))

    source = "data:image/png;base64," + base64.b64encode(PHOTO).decode()
    assert html.count("<img") == 1
    assert f'src="{source}"' in html and 'alt=""' in html


def _word_file_with_picture(picture: bytes, **replaced: str) -> bytes:
    """Its XML with each name in ``replaced`` written as the value."""
    document = docx.Document()
    document.add_picture(io.BytesIO(picture))
    written, changed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith((".xml", ".rels")):
                for before, after in replaced.items():
                    content = content.replace(before.encode(), after.encode())
            new.writestr(name, content)
    return changed.getvalue()


def test_html_shows_no_large_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    word = _word_file_with_picture(PHOTO)
    assert "<img" in to_html(word)

    monkeypatch.setattr(web, "PICTURE_BYTES", len(PHOTO) - 1)
    assert to_html(word) == ""


def test_html_fetches_no_picture() -> None:
    linked = _word_file_with_picture(
        PHOTO,
        **{
            "r:embed": "r:link",
            'Target="media/image1.png"': 'Target="http://192.0.2.1/a.png" TargetMode="External"',
        },
    )

    assert "<img" not in to_html(linked)


def test_html_takes_no_data_but_pictures() -> None:
    word = _word_file_with_link("data:text/html,<script>alert(1)</script>")

    html = to_html(word)

    assert "here" in html
    assert "href" not in html


def _word_file_with_link(address: str) -> bytes:
    document = docx.Document()
    key = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    link.append(document.add_paragraph().add_run("here")._r)
    document.paragraphs[0]._p.append(link)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_what_is_no_word_file_gives_no_html() -> None:
    with pytest.raises(TemplateBroken):
        html_limited(b"nothing")
