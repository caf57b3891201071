"""Pieces of Word files for build_templates.py: styles, paragraphs, tables, page numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

KOREAN_FONT = "맑은 고딕"
KEPT_STYLES = (
    "Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Header", "Footer",
    "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "Strong",
)  # fmt: skip
# What python-docx's own first document carries and nobody needs.
DROPPED_PARTS = ("/docProps/thumbnail.jpeg", "/word/stylesWithEffects.xml", "/customXml/item1.xml")


@dataclass(frozen=True)
class Look:
    """How one template looks: fonts, sizes in points, colours as RRGGBB, margins."""

    font: str
    size: float
    colour: str
    margin: Length
    line_spacing: float = 1.15


class Builder:
    """One A4 document; its paragraphs and tables carry the tags that docxtpl fills."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.document = docx.Document()
        body = self.document.element.body
        for element in list(body):
            if element.tag != qn("w:sectPr"):
                body.remove(element)
        self._drop_parts()
        self._prepare_styles()
        self._modern_layout()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = look.margin
        section.top_margin = section.bottom_margin = look.margin
        section.footer_distance = Mm(9)
        self.width = Mm(210) - 2 * look.margin

    # styles

    def _drop_parts(self) -> None:
        package = self.document.part.package
        for rels in (package.rels, self.document.part.rels):
            for key, rel in list(rels.items()):
                if not rel.is_external and str(rel.target_part.partname) in DROPPED_PARTS:
                    del rels[key]

    def _modern_layout(self) -> None:
        """Without this Word opens the file in compatibility mode and shifts tables."""
        settings = self.document.settings.element
        for compat in settings.findall(qn("w:compat")):
            for child in list(compat):
                compat.remove(child)
            setting = OxmlElement("w:compatSetting")
            setting.set(qn("w:name"), "compatibilityMode")
            setting.set(qn("w:uri"), "http://schemas.microsoft.com/office/word")
            setting.set(qn("w:val"), "15")
            compat.append(setting)

    def _prepare_styles(self) -> None:
        styles = self.document.styles
        for style in list(styles):
            if style.name not in KEPT_STYLES:
                styles.element.remove(style.element)
            else:
                for link in style.element.findall(qn("w:link")):
                    style.element.remove(link)
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
        run = defaults.find(qn("w:rPr"))
        self._fonts(run)
        language = run.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            run.append(language)
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "ko-KR")
        for style in styles:
            if style.type == WD_STYLE_TYPE.PARAGRAPH:
                self._fonts(style.element.get_or_add_rPr())
        normal = styles["Normal"]
        normal.font.size = Pt(self.look.size)
        normal.paragraph_format.space_after = Pt(2)
        normal.paragraph_format.line_spacing = self.look.line_spacing
        # "3시간" is written without a gap; Word would put one between digits and Hangul.
        spacing = normal.element.pPr.find(qn("w:spacing"))
        for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
            gap = OxmlElement(name)
            gap.set(qn("w:val"), "0")
            spacing.addprevious(gap)
        hyperlink = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
        hyperlink.font.color.rgb = RGBColor.from_string("1F5FBF")
        hyperlink.font.underline = True

    def _fonts(self, run_properties: Any) -> None:
        fonts = run_properties.find(qn("w:rFonts"))
        if fonts is not None:
            run_properties.remove(fonts)
        fonts = OxmlElement("w:rFonts")
        for attribute in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{attribute}"), self.look.font)
        fonts.set(qn("w:eastAsia"), KOREAN_FONT)
        run_properties.insert(0, fonts)

    def style(
        self,
        name: str,
        *,
        size: float | None = None,
        bold: bool | None = None,
        colour: str | None = None,
        before: float = 0,
        after: float = 2,
        keep: bool = False,
        align: str = "left",
        rule: str | None = None,
        spacing: float | None = None,
        right_tab: bool = False,
        base: str = "Normal",
        hanging: float | None = None,
    ) -> None:
        """Sets a paragraph style, made on Normal where it does not exist yet.

        Sizes and distances in points; `rule` colours a line under the paragraph;
        `spacing` sets characters apart; `right_tab` puts a tab stop at the right margin;
        `hanging` is the indentation of all lines but a list's bullet, in millimetres.
        """
        styles = self.document.styles
        if name in [style.name for style in styles]:
            style = styles[name]
        else:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles[base]
            style.quick_style = True
        properties = style.element.get_or_add_rPr()
        for child in list(properties):
            properties.remove(child)
        self._fonts(properties)
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
        font, paragraph = style.font, style.paragraph_format
        font.size = Pt(size or self.look.size)
        font.bold = bold
        if colour:
            font.color.rgb = RGBColor.from_string(colour)
        paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
        paragraph.keep_with_next = keep
        paragraph.keep_together = keep
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        if hanging is not None:
            paragraph.left_indent, paragraph.first_line_indent = Mm(hanging), Mm(-hanging)
            paragraph.tab_stops.add_tab_stop(Mm(hanging))
        if right_tab:
            paragraph.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)
        if spacing:
            element = OxmlElement("w:spacing")
            element.set(qn("w:val"), str(int(spacing * 20)))
            size_element = properties.find(qn("w:sz"))
            size_element.addprevious(element)
        if rule:
            self._rule(style.element.get_or_add_pPr(), rule)

    def _rule(self, properties: Any, colour: str) -> None:
        borders = OxmlElement("w:pBdr")
        borders.append(_border("bottom", colour, 6, space=3))
        later = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc",
                 "w:contextualSpacing", "w:outlineLvl")  # fmt: skip
        for child in properties:
            if child.tag in map(qn, later):
                child.addprevious(borders)
                return
        properties.append(borders)

    # content

    def tag(self, text: str) -> None:
        """A paragraph that holds one tag and leaves nothing in the document."""
        self.document.add_paragraph("{%p " + text + " %}")

    def paragraph(self, *pieces: str, style: str = "Normal") -> None:
        """One run for each piece, so that a run tag stands alone; *x* is bold, as "*x"."""
        _fill(self.document.add_paragraph(style=style), pieces)

    def heading(self, label: str, level: int = 1) -> None:
        self.paragraph("{{ t." + label + " }}", style=f"Heading {level}")

    def table(self, widths: list[float], header_colour: str, border_colour: str) -> Table:
        """`widths`: shares of the text's width."""
        return Table(self, widths, header_colour, border_colour)

    def footer(self) -> None:
        """The name and the page number of how many."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.style = self.document.styles["Footer"]
        paragraph.add_run("{% if name %}{{ name }}  ·  {% endif %}")
        _field(paragraph, "PAGE")
        paragraph.add_run(" / ")
        _field(paragraph, "NUMPAGES")


class Table:
    """A table whose rows are filled by tags. Rows may break over pages."""

    def __init__(
        self, builder: Builder, shares: list[float], header_colour: str, border_colour: str
    ) -> None:
        total = sum(shares)
        self.widths = [int(builder.width / 635 * share / total) for share in shares]
        self.header_colour = header_colour
        self.body = builder.document._body
        # Cells are appended one by one, because tags stand in cells of their own.
        self.element = builder.document.add_table(rows=0, cols=len(shares))._tbl
        properties = self.element.tblPr
        for child in list(properties):
            properties.remove(child)
        width = OxmlElement("w:tblW")
        width.set(qn("w:w"), str(sum(self.widths)))
        width.set(qn("w:type"), "dxa")
        borders = OxmlElement("w:tblBorders")
        for side in ("top", "bottom", "insideH"):
            borders.append(_border(side, border_colour, 4))
        if header_colour:
            borders.append(_border("insideV", border_colour, 4))
        layout = OxmlElement("w:tblLayout")
        layout.set(qn("w:type"), "fixed")
        margins = OxmlElement("w:tblCellMar")
        left = 100 if header_colour else 0  # without a ground the text stands at the margin
        for side, twips in (("top", 20), ("left", left), ("bottom", 0), ("right", 100)):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), str(twips))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        properties.extend([width, borders, layout, margins])
        for column, twips in zip(self.element.tblGrid, self.widths, strict=True):
            column.set(qn("w:w"), str(twips))

    def header(self, *labels: str) -> None:
        """The row of labels that every page of the table repeats."""
        row = self._row()
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:tblHeader"))
        row.append(properties)
        for index, label in enumerate(labels):
            row.append(self.cell(index, [("Table Label", ("{{ t." + label + " }}",))], shaded=True))

    def tag(self, text: str) -> None:
        """A row that holds one tag and leaves nothing in the table."""
        row = self._row()
        row.append(self.cell(0, [("Table Text", ("{%tr " + text + " %}",))], span=len(self.widths)))

    def row(self, *cells: Any) -> None:
        row = self._row()
        for cell in cells:
            row.append(cell)

    def _row(self) -> Any:
        row = OxmlElement("w:tr")
        self.element.append(row)
        return row

    def cell(
        self,
        column: int,
        content: list[tuple[str, tuple[str, ...]]],
        *,
        span: int = 1,
        shaded: bool = False,
        middle: bool = False,
    ) -> Any:
        """A cell of paragraphs (style, pieces), `span` columns wide."""
        cell = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        width = OxmlElement("w:tcW")
        width.set(qn("w:w"), str(sum(self.widths[column : column + span])))
        width.set(qn("w:type"), "dxa")
        properties.append(width)
        if span > 1:
            grid = OxmlElement("w:gridSpan")
            grid.set(qn("w:val"), str(span))
            properties.append(grid)
        if shaded and self.header_colour:
            shade = OxmlElement("w:shd")
            for key, value in (("val", "clear"), ("color", "auto"), ("fill", self.header_colour)):
                shade.set(qn(f"w:{key}"), value)
            properties.append(shade)
        if shaded or middle:
            align = OxmlElement("w:vAlign")
            align.set(qn("w:val"), "center")
            properties.append(align)
        cell.append(properties)
        for style, pieces in content:
            paragraph = Paragraph(cell.makeelement(qn("w:p"), {}), self.body)
            paragraph.style = style
            _fill(paragraph, pieces)
            cell.append(paragraph._p)
        return cell


def _fill(paragraph: Any, pieces: tuple[str, ...]) -> None:
    for piece in pieces:
        run = paragraph.add_run(piece.removeprefix("*"))
        if piece.startswith("*"):
            run.bold = True


def _border(side: str, colour: str, eighths: int, space: int = 0) -> Any:
    border = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", eighths), ("space", space), ("color", colour)):
        border.set(qn(f"w:{key}"), str(value))
    return border


def _field(paragraph: Any, instruction: str) -> None:
    """A number that Word works out when it lays out the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
