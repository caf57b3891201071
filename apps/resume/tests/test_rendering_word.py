"""The files are Word's own: styles, fonts, links, fields, pictures; and so are templates."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from apps.resume.rendering import (
    TEMPLATES,
    PhotoUnreadable,
    TemplateBroken,
    check_template,
    render,
    render_file,
)
from apps.resume.rendering.build_templates import build
from apps.resume.rendering.sample import FULL_PROFILE
from apps.resume.rendering.text import link_target

from .word import Read, word_file

EACH = pytest.mark.parametrize("template", sorted(TEMPLATES))


# Word refuses files whose properties stand in another order than the standard's.
ORDERS = {
    "w:pPr": "pStyle keepNext keepLines numPr pBdr tabs autoSpaceDE autoSpaceDN spacing ind "
    "contextualSpacing jc outlineLvl",
    "w:rPr": "rStyle rFonts b bCs i iCs color spacing sz szCs u lang",
    "w:tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar",
    "w:tcPr": "tcW gridSpan vMerge shd vAlign",
    "w:trPr": "tblHeader",
}


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@EACH
def test_addresses_are_links_that_word_can_follow(template: str) -> None:
    links = Read(render(FULL_PROFILE, template, "ko")).links

    assert links["garam.yun@example.com"] == "mailto:garam.yun@example.com"
    assert links["https://github.example.com/garam-yun"] == "https://github.example.com/garam-yun"
    assert len(links) == 11


@pytest.mark.parametrize(
    "written, target",
    [
        ("https://example.com/a b?q=한글#끝", "https://example.com/a%20b?q=%ED%95%9C%EA%B8%80#%EB%81%9D"),
        ("github.com/someone", "https://github.com/someone"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("HTTP://Example.COM", "http://example.com"),
        ("https://한글.example.com", "https://xn--bj0bj06e.example.com"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("http://[::1", None),
        ("http://host:99999999/", None),
        ("R&D <x>", None),
        ("{{ 7*7 }}", None),
        ("한빛대학교", None),
        ("a@b@c.com", None),
        ("", None),
    ],
)  # fmt: skip
def test_only_sound_web_and_mail_addresses_are_followed(written: str, target: str | None) -> None:
    assert link_target(written) == target


def test_phones_names_and_fields_are_no_links() -> None:
    profile = {"basics": {"name": "Node.js", "phone": "010.0000.1234", "label": "ASP.NET 개발자"}}

    for template in TEMPLATES:
        assert Read(render(profile, template, "ko")).links == {}


@EACH
def test_styles_carry_korean_fonts(template: str) -> None:
    read = Read(render(FULL_PROFILE, template, "ko"))

    styles = read.xml("word/styles.xml")
    fonts = [
        style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        for style in styles.iter(qn("w:style"))
        if style.get(qn("w:type")) == "paragraph"
    ]
    assert {font.get(qn("w:eastAsia")) for font in fonts} == {"맑은 고딕"}
    assert not any("Theme" in name for font in fonts for name in font.attrib)
    used = {paragraph.style.name for paragraph in read.docx.paragraphs if paragraph.style}
    assert {"Heading 1", "Normal"} <= used
    known = {style.get(qn("w:styleId")) for style in styles.iter(qn("w:style"))}
    named = {one.get(qn("w:val")) for one in read.docx.element.iter(qn("w:pStyle"), qn("w:rStyle"))}
    assert named <= known


@EACH
def test_elements_stand_where_word_expects_them(template: str) -> None:
    document = render(FULL_PROFILE, template, "ko", png(3, 4))

    read = Read(document)
    for part in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
        root = read.xml(part)
        for name, order in ORDERS.items():
            allowed = [qn(f"w:{one}") for one in order.split()]
            for properties in root.iter(qn(name)):
                tags = [child.tag for child in properties]
                assert tags == sorted(set(tags), key=allowed.index)
    body = read.docx.element.body
    assert {cell[-1].tag for cell in body.iter(qn("w:tc"))} <= {qn("w:p")}
    assert {link.getparent().tag for link in body.iter(qn("w:hyperlink"))} == {qn("w:p")}
    parents = {run.getparent().tag for run in body.iter(qn("w:r"))}
    assert parents <= {qn("w:p"), qn("w:hyperlink")}
    assert not any(len(text) for text in body.iter(qn("w:t")))
    for table in body.iter(qn("w:tbl")):
        columns = len(table.tblGrid)
        for row in table.iter(qn("w:tr")):
            spans = row.iter(qn("w:tc"))
            assert sum(cell.grid_span for cell in spans) == columns


@EACH
def test_pages_are_numbered(template: str) -> None:
    footer = Read(render(FULL_PROFILE, template, "ko")).docx.sections[0].footer

    fields = [one.get(qn("w:instr")) for one in footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert footer.paragraphs[0].text.startswith("윤가람  ·  ")


@EACH
def test_the_file_tells_who_wrote_it_and_is_no_old_format(template: str) -> None:
    read = Read(render(FULL_PROFILE, template, "en"))

    assert read.docx.core_properties.author == "윤가람"
    assert read.docx.core_properties.title == "윤가람 Résumé"
    setting = read.xml("word/settings.xml").find(f"{qn('w:compat')}/{qn('w:compatSetting')}")
    assert setting.get(qn("w:val")) == "15"
    assert "docProps/thumbnail.jpeg" not in read.parts


@pytest.mark.parametrize(
    "width, height, shown", [(300, 400, (30, 40)), (400, 400, (30, 30)), (100, 400, (10, 40))]
)
def test_a_photo_keeps_its_proportions(
    width: int, height: int, shown: tuple[int, int]
) -> None:  # fmt: skip
    read = Read(render(FULL_PROFILE, "korean-form", "ko", png(width, height)))

    shape = read.docx.inline_shapes[0]
    assert (round(shape.width / Mm(1)), round(shape.height / Mm(1))) == shown
    assert len(read.docx.inline_shapes) == 1
    assert [row[1:] for row in read.rows[:1]] == [["성명", "윤가람", "생년월일", "1996.04.09"]]


def test_a_photo_of_somebody_without_facts_is_shown() -> None:
    assert len(Read(render({}, "korean-form", "ko", png(3, 4))).docx.inline_shapes) == 1


@pytest.mark.parametrize(
    "photo",
    [b"GIF", b"<html>", png(30, 40)[:20], b"\xff\xd8\xff\xe0", png(0, 0)],
    ids=["text", "html", "cut png", "cut jpeg", "nothing"],
)
def test_a_file_that_is_no_photo_is_told(photo: bytes) -> None:
    with pytest.raises(PhotoUnreadable) as refusal:
        render({}, "korean-form", "ko", photo)

    assert refusal.value.message("ko").startswith("사진을 읽을 수 없어요.")


@EACH
def test_the_files_are_what_the_code_builds(template: str) -> None:
    # Parts, not bytes: zlib packs differently from one version to the next.
    def parts(document: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert parts(TEMPLATES[template].path.read_bytes()) == parts(build(template))


@EACH
def test_shipped_templates_pass_the_check_for_new_ones(template: str) -> None:
    check_template(TEMPLATES[template].path.read_bytes())


def test_a_template_of_ones_own() -> None:
    template = word_file(
        "{{ name }}", "{%p for job in work %}", "{{ job.name }} {{ job.period }}", "{%p endfor %}",
        "{{r email }}", footer="{{ label }}, {{r email }}",
    )  # fmt: skip

    check_template(template)
    read = Read(render_file(template, FULL_PROFILE, "en"))

    assert read.paragraphs == [
        "윤가람", "㈜노을페이 Jun 2023 – Present", "모래시계랩스 Mar 2021 – May 2023",
        "garam.yun@example.com",
    ]  # fmt: skip
    footer = read.docx.sections[0].footer
    assert footer.paragraphs[0].text == "백엔드 개발자, garam.yun@example.com"
    assert not list(footer._element.iter(qn("w:hyperlink")))
    assert read.links == {"garam.yun@example.com": "mailto:garam.yun@example.com"}


@pytest.mark.parametrize(
    "template, told",
    [
        (b"", "This is not a Word file."),
        (b"%PDF-1.7", "This is not a Word file."),
        (word_file("{{ name }} {{ nmae }}"), "A tag names a field that does not exist: 'nmae'"),
        (word_file("{{ name }} {% if %}"), "A tag cannot be read:"),
        (word_file("{{ name }} {% for job in work %}{{ job.wage }}{% endfor %}"), "'wage'"),
        (word_file("{{ name }} {{ name.__class__.__mro__ }}"), "does what templates may not do"),
        (word_file("{{ name }} {{ work.append(1) }}"), "does what templates may not do"),
        (word_file("{{ name }} {{ 1 / 0 }}"), "No document can be made from this file: division"),
        (word_file("{{ name }} {% if label %}", "{%p endif %}"), "The tags break the document"),
        (word_file("{{ name }} {{ email }}"), "Write links with r in the tag"),
        (word_file("{{ name }}", "{{r photo }}"), "The tags break the document"),
        (word_file("Hello"), "A person's name does not appear."),
    ],
)
def test_broken_templates_are_told_in_a_sentence(template: bytes, told: str) -> None:
    with pytest.raises(TemplateBroken) as refusal:
        check_template(template)

    assert told in refusal.value.message("en")
    assert refusal.value.message("ko") != refusal.value.message("en")


def test_a_zip_that_is_no_word_file_is_no_template(tmp_path: Path) -> None:
    archive = tmp_path / "sheet.xlsx"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("xl/workbook.xml", "<x/>")

    with pytest.raises(TemplateBroken, match="not a Word file"):
        check_template(archive.read_bytes())


def test_a_template_that_unpacks_to_too_much_is_refused() -> None:
    template = io.BytesIO(word_file("{{ name }}"))
    with zipfile.ZipFile(template, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/media/large.bin", b"\0" * 31 * 1024 * 1024)

    with pytest.raises(TemplateBroken, match="too large"):
        check_template(template.getvalue())


def _changed(part: str, before: str, after: str, *, added: str = "") -> bytes:
    """A good template with a part changed, and maybe one more."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_file("{{ name }}"))) as good,
        zipfile.ZipFile(changed, "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == part:
                assert before.encode() in content
                content = content.replace(before.encode(), after.encode(), 1)
            bad.writestr(name, content)
        if added:
            bad.writestr(added, b"\0")
    return changed.getvalue()


RELATIONS = "word/_rels/document.xml.rels"
BODY = "word/document.xml"


def _relation(kind: str, target: str) -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'<Relationship Id="rId99" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    )


def _field(*instructions: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in instructions)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p><w:sectPr"


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        (RELATIONS, "</Relationships>", _relation("image", "http://192.0.2.1/a.png")),
        (RELATIONS, "</Relationships>", _relation("attachedTemplate", "file:///C:/a.dotx")),
        (BODY, "<w:sectPr", _field(' INCLUDEPICTURE "http://192.0.2.1/a.png"')),
        (BODY, "<w:sectPr", _field(" INCLUDE", 'TEXT "/etc/passwd"')),
        (BODY, "<w:sectPr", '<w:p><w:fldSimple w:instr=" DDEAUTO cmd"/></w:p><w:sectPr'),
    ],
    ids=["picture", "template", "picture field", "split field", "simple field"],
)
def test_a_template_that_reaches_out_is_refused(part: str, before: str, after: str) -> None:
    with pytest.raises(TemplateBroken, match="from elsewhere"):
        check_template(_changed(part, before, after))


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        (RELATIONS, "</Relationships>", _relation("hyperlink", "https://example.com/link")),
        (BODY, "<w:sectPr", _field(" PAGE ")),
        (BODY, "<w:sectPr", _field(' HYPERLINK "https://example.com" \\o "LINK"')),
    ],
    ids=["link", "page number", "link field"],
)
def test_a_template_may_lead_somewhere(part: str, before: str, after: str) -> None:
    check_template(_changed(part, before, after))


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/embeddings/oleObject1.bin"])
def test_a_template_holds_no_programs(name: str) -> None:
    with pytest.raises(TemplateBroken, match="macros or other files"):
        check_template(_changed(BODY, "", "", added=name))


TYPES = "[Content_Types].xml"
RELATION_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _held(kind: str, name: str, relation: str, element: str = "") -> bytes:
    """A good template that holds one more part, of this content type and relationship."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_file("{{ name }}"))) as good,
        zipfile.ZipFile(held, "w") as bad,
    ):
        for part in good.namelist():
            content = good.read(part)
            if part == TYPES:
                override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
                content = content.replace(b"</Types>", override.encode())
            if part == RELATIONS:
                one = f'<Relationship Id="rId99" Type="{relation}" Target="/{name}"/>'
                content = content.replace(b"</Relationships>", f"{one}</Relationships>".encode())
            if part == BODY:
                content = content.replace(b"<w:sectPr", f"{element}<w:sectPr".encode(), 1)
            bad.writestr(part, content)
        bad.writestr(name, b'<html><img src="http://192.0.2.1/a.png"></html>')
    return held.getvalue()


@pytest.mark.parametrize(
    ("kind", "name", "relation"),
    [
        ("text/html", "word/chunk.html", "aFChunk"),
        ("application/xhtml+xml", "word/theme/theme2.xml", "aFChunk"),
        ("message/rfc822", "word/media/image9.png", "aFChunk"),
        ("image/png", "word/media/image9.png", "aFChunk"),
        ("image/png", "word/media/image9.png", "oleObject"),
        ("image/png", "word/media/image9.png", "package"),
        ("application/vnd.ms-office.vbaProject", "word/notes.xml", "image"),
        ("application/vnd.ms-office.activeX+xml", "word/notes.xml", "control"),
        ("image/svg+xml", "word/media/image9.svg", "image"),
        ("image/png", "word/media/image9.png", "frame"),
    ],
)
def test_what_is_not_on_the_list_is_refused_under_any_name(
    kind: str, name: str, relation: str
) -> None:
    with pytest.raises(TemplateBroken, match="macros or other files"):
        check_template(_held(kind, name, f"{RELATION_TYPES}/{relation}"))


def test_a_relationship_counts_by_its_whole_type() -> None:
    with pytest.raises(TemplateBroken, match="macros or other files"):
        check_template(_held("image/png", "word/a.png", "https://elsewhere.example/image"))


@pytest.mark.parametrize(
    "element",
    [
        '<w:altChunk r:id="rId99"/>',
        "<w:p><w:r><w:object/></w:r></w:p>",
        '<w:p><w:subDoc r:id="rId99"/></w:p>',
    ],
)
def test_an_element_that_draws_a_file_in_is_refused(element: str) -> None:
    with pytest.raises(TemplateBroken, match="macros or other files"):
        check_template(_held("image/png", "word/a.png", f"{RELATION_TYPES}/image", element))


def test_an_old_drawing_fetches_nothing() -> None:
    vml = (
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
        '<v:imagedata src="http://192.0.2.1/a.png"/></v:shape></w:pict></w:r></w:p><w:sectPr'
    )
    with pytest.raises(TemplateBroken, match="from elsewhere"):
        check_template(_changed(BODY, "<w:sectPr", vml))


def test_a_link_leads_to_the_web_or_to_a_mailbox() -> None:
    with pytest.raises(TemplateBroken, match="from elsewhere"):
        check_template(
            _changed(
                RELATIONS, "</Relationships>", _relation("hyperlink", "file://192.0.2.1/share/a")
            )
        )


def test_two_parts_of_one_name_are_refused() -> None:
    template = io.BytesIO(word_file("{{ name }}"))
    with zipfile.ZipFile(template, "a") as file:
        file.writestr("word/Document.xml", b"<x/>")

    with pytest.raises(TemplateBroken, match="not a Word file"):
        check_template(template.getvalue())


def test_a_picture_in_the_file_is_fine() -> None:
    check_template(_held("image/png", "word/media/image9.png", f"{RELATION_TYPES}/image"))


def test_a_template_defines_no_entities() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w:document'

    with pytest.raises(TemplateBroken, match="not a Word file"):
        check_template(_changed(BODY, "<w:document", bomb))
