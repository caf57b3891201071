"""Makes word_templates/*.docx: `python -m apps.resume.rendering.build_templates [DIR]`

The files are kept beside this code, so that rendering needs no building; a test holds the
two together.
"""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx.shared import Mm

from .registry import FOLDER
from .word_parts import KOREAN_FONT, Builder, Look, Table

Cell = list[tuple[str, tuple[str, ...]]]
SKILL = ("*{{ one.name }}", "{% if one.level %} ({{ one.level }}){% endif %}")
MADE_ON = datetime(2026, 1, 1, tzinfo=UTC)


def korean_form() -> Builder:
    """이력서: a form of ruled tables, with a place for a photo."""
    builder = Builder(Look(KOREAN_FONT, 9.5, "222222", Mm(18)))
    builder.style("Title", size=22, bold=True, after=12, align="center", spacing=2)
    builder.style("Heading 1", size=11.5, bold=True, colour="1B2A41", before=13, after=4, keep=True)
    builder.style("Footer", size=8, colour="777777", align="center")
    builder.style("Closing", size=10, before=10, after=0, align="center", keep=True)
    builder.style("Photo", align="center", after=0)
    _table_styles(builder)
    builder.paragraph("{{ t.resume }}", style="Title")

    builder.tag("if facts and photo")
    _facts(builder, with_photo=True)
    builder.tag("elif facts")
    _facts(builder, with_photo=False)
    builder.tag("elif photo")
    builder.paragraph("{{ photo }}", style="Photo")
    builder.tag("endif")

    _form_section(
        builder,
        "education",
        (("period", 22), ("school", 27), ("major", 35), ("score", 16)),
        _text("{{ one.period }}"),
        _text("*{{ one.institution }}"),
        [*_text(_joined("one.degree", "one.area", by=" · ")), *_tagged("courses"), *_link()],
        _text("{{ one.score }}"),
    )
    _form_section(
        builder,
        "work",
        (("period", 22), ("company_position", 26), ("duties", 52)),
        _text("{{ one.period }}"),
        [
            *_text("*{{ one.name }}"),
            *_optional("one.position"),
            *_optional("one.location"),
        ],
        [*_optional("one.description"), *_prose(), *_link()],
    )
    _form_section(
        builder,
        "projects",
        (("period", 22), ("project", 26), ("contents", 52)),
        _text("{{ one.period }}"),
        [
            *_text("*{{ one.name }}"),
            *_optional("one.roles|join(', ')", when="one.roles"),
            *_optional(_list("one.entity", "one.type") + "|join(' · ')", "one.entity or one.type"),
        ],
        [*_prose(), *_tagged("technologies"), *_link()],
    )
    _form_section(
        builder,
        "skills",
        (("category", 22), ("skills", 78)),
        _text(*SKILL),
        _text("{{ one.keywords|join(', ') }}"),
    )
    _form_section(
        builder,
        "certificates",
        (("acquired", 22), ("certificate", 48), ("issuer", 30)),
        _text("{{ one.date }}"),
        [*_text("*{{ one.name }}"), *_link()],
        _text("{{ one.issuer }}"),
    )
    _form_section(
        builder,
        "languages",
        (("language", 22), ("fluency", 78)),
        _text("*{{ one.name }}"),
        _text("{{ one.fluency }}"),
    )
    _form_section(
        builder,
        "awards",
        (("awarded", 22), ("award", 48), ("awarder", 30)),
        _text("{{ one.date }}"),
        [*_text("*{{ one.title }}"), *_paragraphs()],
        _text("{{ one.awarder }}"),
    )
    _form_section(
        builder,
        "volunteer",
        (("period", 22), ("organization", 26), ("contents", 52)),
        _text("{{ one.period }}"),
        [*_text("*{{ one.organization }}"), *_optional("one.position")],
        [*_prose(), *_link()],
    )
    _form_section(
        builder,
        "publications",
        (("released", 22), ("publication", 48), ("publisher", 30)),
        _text("{{ one.date }}"),
        [*_text("*{{ one.name }}"), *_paragraphs(), *_link()],
        _text("{{ one.publisher }}"),
    )
    _form_section(
        builder,
        "interests",
        (("category", 22), ("contents", 78)),
        _text("*{{ one.name }}"),
        _text("{{ one.keywords|join(', ') }}"),
    )
    _form_section(
        builder,
        "references",
        (("name", 30), ("contents", 70)),
        _text("*{{ one.name }}"),
        _paragraphs(),
    )
    _summary(builder, "self_introduction")
    builder.tag("if name")
    builder.paragraph("{{ t.statement }}", style="Closing")
    builder.paragraph("{{ today }}    ", "*{{ name }}", "  {{ t.signature }}", style="Closing")
    builder.tag("endif")
    builder.paragraph(style="Table Text")
    builder.footer()
    return builder


def korean_developer() -> Builder:
    """개발자 이력서: an overview first, then 경력기술서 with every job told in full."""
    builder = Builder(Look(KOREAN_FONT, 9.5, "222222", Mm(19), line_spacing=1.25))
    builder.style("Title", size=24, bold=True, colour="12355B", after=3)
    builder.style("Subtitle", size=12, colour="4A5B6C", after=4)
    builder.style(
        "Heading 1", size=13, bold=True, colour="12355B", before=16, after=6, keep=True,
        rule="12355B",
    )  # fmt: skip
    builder.style("Heading 2", size=11, bold=None, before=9, after=1, keep=True, right_tab=True)
    _flow_styles(builder, "12355B")
    _table_styles(builder)
    _head(builder)
    _korean_facts(builder)
    _summary(builder, "summary")
    _skills_table(builder)
    _overview_table(builder)
    _entries(
        builder, "education", ("institution",), "period", style="Heading 2",
        details=(_list("one.degree", "one.area") + "|join(' · ')", _labelled("score"),
                 _labelled_list("courses")),
        when="one.degree or one.area or one.score or one.courses",
    )  # fmt: skip
    _entries(
        builder, "work", ("name", "position"), "period", style="Heading 2",
        heading="career_description", details=("one.description", "one.location"),
        when="one.description or one.location",
    )  # fmt: skip
    _entries(
        builder, "projects", ("name", "entity", "type"), "period", style="Heading 2",
        details=(_labelled_list("roles"), _labelled_list("technologies")),
        when="one.roles or one.technologies",
    )  # fmt: skip
    _smaller_sections(builder)
    builder.paragraph(style="Table Text")
    builder.footer()
    return builder


def english() -> Builder:
    """A résumé of one to two pages in one column that machines read as people do."""
    builder = Builder(Look("Calibri", 10.5, "222222", Mm(17), line_spacing=1.08))
    builder.style("Title", size=24, bold=True, after=0, align="center")
    builder.style("Subtitle", size=12, colour="555555", after=2, align="center")
    builder.style(
        "Heading 1", size=12, bold=True, colour="222222", before=10, after=4, keep=True,
        rule="888888", spacing=0.5,
    )  # fmt: skip
    _flow_styles(builder, "222222", contact_align="center")
    _table_styles(builder)
    _head(builder)
    _summary(builder, "summary")
    _entries(
        builder, "work", ("position", "name", "location"), "period",
        details=("one.description",), when="one.description",
    )  # fmt: skip
    _entries(
        builder, "projects", ("name", "entity", "type"), "period",
        details=("one.roles|join(', ')", "one.technologies|join(', ')"),
        when="one.roles or one.technologies",
    )  # fmt: skip
    _entries(
        builder, "education", ("institution", "degree", "area"), "period",
        details=(_labelled("score"), _labelled_list("courses")),
        when="one.score or one.courses",
    )  # fmt: skip
    _listed(builder, "skills", "one.level", "one.keywords|join(', ')")
    _smaller_sections(builder)
    builder.footer()
    return builder


# Parts that templates share.


def _flow_styles(builder: Builder, colour: str, contact_align: str = "left") -> None:
    builder.style("Contact", size=9.5, colour="444444", after=1, align=contact_align)
    builder.style("Entry", before=5, after=0, keep=True, right_tab=True)
    builder.style("Entry Detail", size=9.5, colour="555555", after=2)
    builder.style("List Bullet", after=1.5, hanging=4.5)
    builder.style("Footer", size=8, colour="777777", align="center")


def _table_styles(builder: Builder) -> None:
    # The room around text is the paragraphs': a cell's own would be cut off by a page's end.
    builder.style("Table Label", size=9, bold=True, colour="3A4654", before=1.5, after=2)
    builder.style("Table Text", size=9.5, before=1.5, after=2)
    builder.style("Table Bullet", size=9.5, before=1, after=1, hanging=3.5, base="List Bullet")


def _head(builder: Builder) -> None:
    builder.tag("if name")
    builder.paragraph("{{ name }}", style="Title")
    builder.tag("endif")
    builder.tag("if label")
    builder.paragraph("{{ label }}", style="Subtitle")
    builder.tag("endif")
    builder.tag("if contact")
    builder.paragraph(
        "{%r for one in contact %}", "{{r one }}", "{%r if not loop.last %}", "  ·  ",
        "{%r endif %}", "{%r endfor %}", style="Contact",
    )  # fmt: skip
    builder.tag("endif")
    builder.tag("if sites")
    builder.paragraph(
        "{%r for site in sites %}", "{{ site.name }}{% if site.name %} {% endif %}",
        "{{r site.link }}", "{%r if not loop.last %}", "  ·  ", "{%r endif %}", "{%r endfor %}",
        style="Contact",
    )  # fmt: skip
    builder.tag("endif")


def _korean_facts(builder: Builder) -> None:
    """What Korean employers ask for and others must not."""
    known = [
        f"((t.{field} ~ ': ' ~ {field}) if {field} else '')"
        for field in ("birth_date", "military_service")
    ]
    builder.tag("if birth_date or military_service")
    builder.paragraph("{{ " + _list(*known) + "|join('  ·  ') }}", style="Contact")
    builder.tag("endif")


def _summary(builder: Builder, heading: str) -> None:
    builder.tag("if summary")
    builder.heading(heading)
    builder.tag("for line in summary")
    builder.paragraph("{{ line }}")
    builder.tag("endfor")
    builder.tag("endif")


def _entries(
    builder: Builder,
    section: str,
    title: tuple[str, ...],
    aside: str,
    *,
    style: str = "Entry",
    heading: str = "",
    details: tuple[str, ...] = (),
    when: str = "false",
) -> None:
    """A heading, then for each entry: a line of its title with the date at the right edge,
    a line of details and the link, its paragraphs and its bullets.

    `title` are fields, `details` expressions, `when` says whether there are details.
    """
    parts = _list(*(f"one.{field}" for field in title))
    builder.tag(f"if {section}")
    builder.heading(heading or section)
    builder.tag(f"for one in {section}")
    builder.tag("if " + " or ".join(f"one.{field}" for field in (*title, aside)))
    builder.paragraph(
        "*{{ (" + parts + "|list)[:1]|join }}",
        "{% for part in (" + parts + "|list)[1:] %}, {{ part }}{% endfor %}",
        "{% if one." + aside + " %}\t{{ one." + aside + " }}{% endif %}",
        style=style,
    )
    builder.tag("endif")
    has_link = section in ("work", "projects", "education", "volunteer", "certificates",
                           "publications")  # fmt: skip
    if details or has_link:
        shown = "{{ " + _list(*details) + "|join('  ·  ') }}" if details else ""
        if has_link:
            builder.tag(f"if one.link or {when}")
            shown += "{% if one.link and (" + when + ") %}   {% endif %}" if details else ""
            pieces = (shown, "{{r one.link }}") if shown else ("{{r one.link }}",)
        else:
            builder.tag(f"if {when}")
            pieces = (shown,)
        builder.paragraph(*pieces, style="Entry Detail")
        builder.tag("endif")
    if section in ("work", "projects", "volunteer", "awards", "publications", "references"):
        builder.tag("for line in one.paragraphs")
        builder.paragraph("{{ line }}")
        builder.tag("endfor")
    if section in ("work", "projects", "volunteer"):
        builder.tag("for line in one.highlights")
        builder.paragraph("{{ line }}", style="List Bullet")
        builder.tag("endfor")
    builder.tag("endfor")
    builder.tag("endif")


def _listed(builder: Builder, section: str, extra: str, value: str) -> None:
    """Entries of one line: a name in bold, then what belongs to it."""
    value_given = value.partition("|")[0]
    builder.tag(f"if {section}")
    builder.heading(section)
    builder.tag(f"for one in {section}")
    aside = "{% if " + extra + " %} ({{ " + extra + " }}){% endif %}" if extra else ""
    builder.paragraph(
        "*{{ one.name }}",
        aside + "{% if one.name and " + value_given + " %}: {% endif %}{{ " + value + " }}",
    )
    builder.tag("endfor")
    builder.tag("endif")


def _smaller_sections(builder: Builder) -> None:
    _entries(builder, "certificates", ("name", "issuer"), "date")
    _entries(builder, "awards", ("title", "awarder"), "date")
    _listed(builder, "languages", "", "one.fluency")
    _entries(builder, "publications", ("name", "publisher"), "date")
    _entries(builder, "volunteer", ("organization", "position"), "period")
    _listed(builder, "interests", "", "one.keywords|join(', ')")
    builder.tag("if references")
    builder.heading("references")
    builder.tag("for one in references")
    builder.tag("if one.name")
    builder.paragraph("*{{ one.name }}", style="Entry")
    builder.tag("endif")
    builder.tag("for line in one.paragraphs")
    builder.paragraph("{{ line }}")
    builder.tag("endfor")
    builder.tag("endfor")
    builder.tag("endif")


def _skills_table(builder: Builder) -> None:
    builder.tag("if skills")
    builder.heading("skills")
    table = builder.table([24, 76], "", "D5DCE4")
    table.tag("for one in skills")
    _row(table, _text(*SKILL), _text("{{ one.keywords|join(', ') }}"))
    table.tag("endfor")
    builder.tag("endif")


def _overview_table(builder: Builder) -> None:
    builder.tag("if work")
    builder.heading("work_overview")
    table = builder.table([26, 40, 34], "EEF2F6", "D5DCE4")
    table.header("period", "company", "position")
    table.tag("for one in work")
    _row(table, _text("{{ one.period }}"), _text("*{{ one.name }}"), _text("{{ one.position }}"))
    table.tag("endfor")
    builder.tag("endif")


def _facts(builder: Builder, *, with_photo: bool) -> None:
    """Who this is: two facts a row, long ones alone; the photo beside all of them."""
    shares = [13.0, 25.0, 13.0, 29.0] if with_photo else [14.0, 34.0, 14.0, 38.0]
    photo = [20.0] if with_photo else []
    table = builder.table([*photo, *shares], "F1F3F5", "9AA5B1")
    start = len(photo)
    table.tag("for row in facts")
    cells = [table.cell(0, [("Photo", ("{% vm %}{{ photo }}",))])] if with_photo else []
    label = ("Table Label", ("{{ row.first.label }}",))
    value = ("Table Text", ("{{r row.first.run }}",))
    other_label = ("Table Label", ("{{ row.second.label }}",))
    other_value = ("Table Text", ("{{r row.second.run }}",))
    table.row(
        *cells,
        table.cell(start, [label], shaded=True),
        table.cell(start + 1, [("Table Text", ("{%tc if row.second %}",))]),
        table.cell(start + 1, [value], middle=True),
        table.cell(start + 2, [other_label], shaded=True),
        table.cell(start + 3, [other_value], middle=True),
        table.cell(start + 1, [("Table Text", ("{%tc else %}",))]),
        table.cell(start + 1, [value], span=3, middle=True),
        table.cell(start + 1, [("Table Text", ("{%tc endif %}",))]),
    )
    table.tag("endfor")


def _form_section(
    builder: Builder, section: str, columns: tuple[tuple[str, float], ...], *cells: Cell
) -> None:
    builder.tag(f"if {section}")
    builder.heading(section)
    table = builder.table([share for _, share in columns], "F1F3F5", "9AA5B1")
    table.header(*(label for label, _ in columns))
    table.tag(f"for one in {section}")
    _row(table, *cells)
    table.tag("endfor")
    builder.tag("endif")


def _row(table: Table, *cells: Cell) -> None:
    table.row(*(table.cell(column, content) for column, content in enumerate(cells)))


# Paragraphs of cells, and Jinja expressions.


def _tag(text: str) -> tuple[str, tuple[str, ...]]:
    return "Table Text", ("{%p " + text + " %}",)


def _text(*pieces: str) -> Cell:
    return [("Table Text", pieces)]


def _optional(expression: str, when: str = "") -> Cell:
    return [_tag(f"if {when or expression}"), *_text("{{ " + expression + " }}"), _tag("endif")]


def _link() -> Cell:
    return [_tag("if one.link"), *_text("{{r one.link }}"), _tag("endif")]


def _tagged(field: str) -> Cell:
    """A list of words after its label."""
    return _optional(_labelled_list(field), when=f"one.{field}")


def _paragraphs() -> Cell:
    return [_tag("for line in one.paragraphs"), *_text("{{ line }}"), _tag("endfor")]


def _prose() -> Cell:
    return [
        *_paragraphs(),
        _tag("for line in one.highlights"),
        ("Table Bullet", ("{{ line }}",)),
        _tag("endfor"),
    ]


def _list(*expressions: str) -> str:
    """Those of the expressions that have a value."""
    return "[" + ", ".join(expressions) + "]|select"


def _joined(*expressions: str, by: str) -> str:
    return "{{ " + _list(*expressions) + f"|join('{by}')" + " }}"


def _labelled(field: str) -> str:
    return f"((t.{field} ~ ': ' ~ one.{field}) if one.{field} else '')"


def _labelled_list(field: str) -> str:
    return f"((t.{field} ~ ': ' ~ one.{field}|join(', ')) if one.{field} else '')"


BUILDERS = {
    "korean-form": korean_form,
    "korean-developer": korean_developer,
    "english": english,
}


def build(slug: str) -> bytes:
    """The Word file of one template."""
    document: Any = BUILDERS[slug]().document
    properties = document.core_properties
    properties.title = properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = MADE_ON
    written = io.BytesIO()
    document.save(written)
    return _undated(written)


def _undated(document: io.BytesIO) -> bytes:
    """The same file without the hour of its making: the same code gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(document) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for slug in BUILDERS:
        (folder / f"{slug}.docx").write_bytes(build(slug))


if __name__ == "__main__":
    main()
