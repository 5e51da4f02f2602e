"""Our own Word templates, made here so that they can be read, compared and changed like everything else.

An office that wants its own look takes one of these, changes it in Word, and puts it into its folder.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

DOCUMENTATION, GOAL_SHEETS, CONFERENCE = "documentation.docx", "goal-sheets.docx", "conference.docx"
REGISTER = "register.docx"
NAMES = (DOCUMENTATION, GOAL_SHEETS, CONFERENCE)
_FONT = "Arial"  # on every office's machine, with Latin, Cyrillic and Arabic letters
_WIDTH = 170  # millimetres between the margins
_OVERVIEW = (
    ("number", 14), ("title", 46), ("carried", 27), ("total", 14), ("done", 17), ("under_way", 17),
    ("stuck", 15), ("overdue", 20),
)  # fmt: skip
_BORDERS = (
    "<w:tblBorders {ns}>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="BEBEBE"/>' for side in ("top", "bottom", "insideH")
    )
    + "</w:tblBorders>"
)
_AFTER_COMPAT = (
    "w:docVars", "w:rsids", "m:mathPr", "w:attachedSchema", "w:themeFontLang", "w:clrSchemeMapping",
    "w:doNotIncludeSubdocsInStats", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator",
)  # fmt: skip
_TABLE_ORDER = (
    "tblStyle", "bidiVisual", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook",
)  # fmt: skip
_RULED, _UNRULED = (60, 68), (30, 0)  # twentieths of a point inside a cell: above and below, beside
_COMPATIBLE = (  # with Word 2013 and later; else Word says "compatibility mode" and moves tables
    '<w:compat {ns}><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)


@cache
def built_in(name: str) -> bytes:
    """Return one of our templates as a .docx file."""
    document = Document()
    _styles(document)
    _page(document, has_title_page=name not in (GOAL_SHEETS, REGISTER))
    settings = document.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    settings.insert_element_before(_xml(_COMPATIBLE), *_AFTER_COMPAT)
    if name == REGISTER:
        document.add_paragraph("{{ title }}", style="Title").paragraph_format.space_before = Pt(0)
        _sections(document, "sections", "Heading 2")
    elif name != GOAL_SHEETS:
        _title_page(document)
    if name == DOCUMENTATION:
        _overview(document)
    if name == CONFERENCE:
        _sections(document, "opening", "Heading 1")
    if name != REGISTER:
        _line(document, "{%p for sheet in sheets %}")
        _sheet(document)
        if name == CONFERENCE:
            _sections(document, "sheet.sections", "Heading 2")
        _line(document, "{%p endfor %}")
    if name == CONFERENCE:
        _sections(document, "others", "Heading 1")
    document.core_properties.title = "{{ title }}"
    document.core_properties.author = "{{ office }}"
    document.core_properties.comments = ""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _styles(document: DocumentType) -> None:
    looks: dict[str, tuple[float, bool, float, float]] = {
        "Normal": (10, False, 0, 4),
        "Title": (26, True, 180, 12),
        "Subtitle": (15, False, 0, 8),
        "Heading 1": (18, True, 0, 8),
        "Heading 2": (13, True, 14, 4),
        "Header": (8, False, 0, 0),
        "Footer": (8, False, 0, 0),
    }
    for name, (size, bold, before, after) in looks.items():
        style = document.styles[name]
        font, layout = style.font, style.paragraph_format
        for fonts in style.element.iter(qn("w:rFonts")):
            fonts.attrib.clear()
        font.name = _FONT
        style.element.rPr.rFonts.set(qn("w:cs"), _FONT)
        font.size, font.bold, font.cs_bold = Pt(size), bold, bold
        for other in ("w:szCs", "w:i", "w:iCs", "w:spacing", "w:kern"):
            for old in style.element.rPr.findall(qn(other)):
                style.element.rPr.remove(old)
        twin = OxmlElement("w:szCs")
        twin.set(qn("w:val"), str(int(size * 2)))
        style.element.rPr.find(qn("w:sz")).addnext(twin)
        font.color.rgb = RGBColor(90, 90, 90) if name in ("Header", "Footer") else RGBColor(26, 26, 26)
        layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.15
    border = document.styles["Title"].element.find(f".//{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)
    line = '<w:pBdr {ns}><w:top w:val="single" w:sz="36" w:space="14" w:color="0B5D66"/></w:pBdr>'
    properties = document.styles["Title"].element.get_or_add_pPr()
    properties.insert_element_before(_xml(line), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _xml(text: str) -> Any:
    return parse_xml(text.replace("{ns}", nsdecls("w")))


def _page(document: DocumentType, *, has_title_page: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(26), Mm(22)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    section.different_first_page_header_footer = has_title_page
    _running(section.header.paragraphs[0], "{{ region }}", "{{ title }}")
    feet = [section.footer.paragraphs[0]]
    if has_title_page:
        feet.append(section.first_page_footer.paragraphs[0])
    for foot in feet:
        _running(foot, "{{ office }} · {{ as_of }}", "{{ page.before }}")
        _field(foot, "PAGE")
        foot.add_run("{{ page.between }}")
        _field(foot, "NUMPAGES")
        foot.add_run("{{ page.after }}")


def _running(paragraph: Paragraph, start: str, end: str) -> None:
    """Set words at both ends of a running line, with a tab stop at the far margin between them."""
    for tabs in paragraph.style.element.iter(qn("w:tabs")) if paragraph.style else ():
        tabs.getparent().remove(tabs)
    stop = f'<w:tabs {{ns}}><w:tab w:val="right" w:pos="{round(_WIDTH / 25.4 * 1440)}"/></w:tabs>'
    paragraph._p.get_or_add_pPr().append(_xml(stop))
    paragraph.add_run(start)
    paragraph.add_run().add_tab()
    paragraph.add_run(end)


def _field(paragraph: Paragraph, instruction: str) -> None:
    paragraph._p.append(
        _xml(f'<w:fldSimple {{ns}} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )


def _title_page(document: DocumentType) -> None:
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{{ programme }}", style="Subtitle")
    document.add_paragraph("{{ period }}", style="Subtitle").paragraph_format.space_after = Pt(200)
    bold = document.add_paragraph()
    bold.add_run("{{ region }}").bold = True
    document.add_paragraph("{{ office }}")
    document.add_paragraph("{{ as_of }}")


def _overview(document: DocumentType) -> None:
    head = document.add_paragraph("{{ words.overview }}", style="Heading 1")
    head.paragraph_format.page_break_before = True
    document.add_paragraph("{{ progress }}")
    names = [name for name, _width in _OVERVIEW]
    table = _table(
        document,
        [width for _name, width in _OVERVIEW],
        [f"{{{{ words.{name} }}}}" for name in names],
        [f"{{{{ sheet.{name} }}}}" for name in names],
        loop="sheet in sheets",
    )
    last = table.add_row()
    texts = ["", "{{ words.total }}", "", *(f"{{{{ {name} }}}}" for name in names[3:])]
    for cell, text in zip(last.cells, texts, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    for row in table.rows:
        for cell in row.cells[3:]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _sheet(document: DocumentType) -> None:
    head = document.add_paragraph("{{ sheet.number }} {{ sheet.title }}", style="Heading 1")
    head.paragraph_format.page_break_before = True  # makes no empty page at the beginning
    lead = document.add_paragraph()
    lead.add_run("{{ sheet.summary }}").font.size = Pt(12)
    for condition, words in (
        ("sheet.fallback", "{{ sheet.fallback }}"),
        ("sheet.total", "{{ sheet.progress }}"),
    ):
        _line(document, f"{{%p if {condition} %}}")
        document.add_paragraph(words)
        _line(document, "{%p endif %}")
    _facts(document, "sheet.facts")
    _line(document, "{%p if sheet.milestones %}")
    document.add_paragraph("{{ words.milestones }}", style="Heading 2")
    table = _table(
        document,
        [26, 68, 76],
        ["{{ words.due }}", "{{ words.measure }}", "{{ words.report }}"],
        ["{{ row.due }}", "{{ row.measure }}", ""],
        loop="row in sheet.milestones",
    )
    _lines(table.rows[2].cells[2], "row.report")
    _line(document, "{%p endif %}")
    _line(document, "{%p if sheet.other_reports %}")
    document.add_paragraph("{{ words.other_reports }}", style="Heading 2")
    _line(document, "{%p for line in sheet.other_reports %}")
    document.add_paragraph("{{ line }}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p endif %}")
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    _facts(document, "sheet.closing")


def _sections(document: DocumentType, name: str, style: str) -> None:
    """Add headings with facts below them, and photos below these; the first of large ones begins a page."""
    _line(document, f"{{%p for section in {name} %}}")
    if style == "Heading 1":
        _line(document, "{%p if loop.first %}")
        head = document.add_paragraph("{{ section.heading }}", style=style)
        head.paragraph_format.page_break_before = True
        _line(document, "{%p else %}")
    document.add_paragraph("{{ section.heading }}", style=style).paragraph_format.space_before = Pt(14)
    if style == "Heading 1":
        _line(document, "{%p endif %}")
    _facts(document, "section.facts")
    _line(document, "{%p for one in section.pictures %}")
    document.add_paragraph("{{ one.picture }}").paragraph_format.space_before = Pt(8)
    document.add_paragraph("{{ one.caption }}")
    _line(document, "{%p endfor %}")
    _line(document, "{%p endfor %}")


def _line(document: DocumentType, tag: str) -> None:
    document.add_paragraph(tag)


def _lines(cell: _Cell, name: str) -> None:
    """Fill a cell with a paragraph for each line of a list; the list is never empty."""
    cell.paragraphs[0].text = f"{{%p for line in {name} %}}"
    cell.add_paragraph("{{ line }}").paragraph_format.space_after = Pt(2)
    cell.add_paragraph("{%p endfor %}")


def _facts(document: DocumentType, name: str) -> None:
    table = _empty_table(document, [44, _WIDTH - 44], 3, _UNRULED)
    table.rows[0].cells[0].text = f"{{%tr for fact in {name} %}}"
    label = table.rows[1].cells[0].paragraphs[0]
    label.add_run("{{ fact.label }}").bold = True
    label.paragraph_format.right_indent = Mm(3)
    _lines(table.rows[1].cells[1], "fact.lines")
    table.rows[2].cells[0].text = "{%tr endfor %}"


def _table(
    document: DocumentType, widths: Sequence[int], heads: Sequence[str], cells: Sequence[str], *, loop: str
) -> Any:
    """Add a table: a head that is repeated on every page, and a row for each turn of the loop."""
    table = _empty_table(document, widths, 4, _RULED)
    table._tbl.tblPr.append(_xml(_BORDERS))
    _in_order(table._tbl.tblPr)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, text in zip(head.cells, heads, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = True, Pt(8)
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        cell._tc.get_or_add_tcPr().append(_xml('<w:shd {ns} w:val="clear" w:color="auto" w:fill="ECEEF0"/>'))
    table.rows[1].cells[0].text = f"{{%tr for {loop} %}}"
    for cell, text in zip(table.rows[2].cells, cells, strict=True):
        cell.paragraphs[0].add_run(text)
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for row in table.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    return table


def _empty_table(document: DocumentType, widths: Sequence[int], rows: int, inside: tuple[int, int]) -> Any:
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    margins = "".join(
        f'<w:{side} w:w="{inside[place % 2]}" w:type="dxa"/>'
        for place, side in enumerate(("top", "left", "bottom", "right"))
    )
    table._tbl.tblPr.append(_xml(f"<w:tblCellMar {{ns}}>{margins}</w:tblCellMar>"))
    _in_order(table._tbl.tblPr)
    return table


def _in_order(properties: Any) -> None:
    """Put a table's properties into the order that the standard asks for (ECMA-376, 17.4.59)."""
    order = (
        "tblStyle",
        "bidiVisual",
        "tblW",
        "jc",
        "tblInd",
        "tblBorders",
        "tblLayout",
        "tblCellMar",
        "tblLook",
    )
    children = sorted(properties, key=lambda child: order.index(child.tag.rpartition("}")[2]))
    for child in children:
        properties.append(child)
