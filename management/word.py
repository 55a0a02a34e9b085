"""Word documents made British and plain, whatever python-docx's own template says."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

NS = nsdecls("w")
INK = RGBColor(0x1A, 0x1A, 0x1A)
FONT = "Arial"  # on every machine that has Word


def british(document: Document) -> None:
    """The document's language, for spelling and for screen readers."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        for kind in ("w:val", "w:eastAsia"):
            language.set(qn(kind), "en-GB")
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "en-GB")


def plain(
    style: ParagraphStyle, size: float, before: float = 0, after: float = 0, bold: bool = False
) -> ParagraphStyle:
    """The style in our font and ink; sizes and spaces in points."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = INK
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def attribute(text: str) -> str:
    """The text between the quotation marks of an attribute."""
    return escape(text, {'"': "&quot;", "\n": " ", "\t": " "})


def page_numbers(paragraph: Paragraph, before: str) -> None:
    """Page 3 of 7, behind the text: Word counts, and other programs do."""
    paragraph.add_run(f"{before} · Page ")
    field(paragraph, "PAGE", "1")
    paragraph.add_run(" of ")
    field(paragraph, "NUMPAGES", "1")


def field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Something that Word works out, with what is shown until it has."""
    for kind in ("begin", code, "separate"):
        field_part(paragraph, kind)
    paragraph.add_run(shown)
    field_part(paragraph, "end")


def field_part(paragraph: Paragraph, kind: str) -> None:
    """Where a field begins, parts or ends; any other `kind` is its code."""
    part = (
        f'<w:fldChar {NS} w:fldCharType="{kind}"/>'
        if kind in {"begin", "separate", "end"}
        else f'<w:instrText {NS} xml:space="preserve"> {escape(kind)} </w:instrText>'
    )
    paragraph.add_run()._r.append(parse_xml(part))


# Tables as text: python-docx takes a second for each thousand cells that it is asked to add.


def table_head(widths: Sequence[int], caption: str, style: str) -> str:
    """Where a table begins, with its first row as heading; widths in twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {NS}><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" '
        'w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" '
        'w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{attribute(caption)}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def row_xml(cells: str, *, head: bool = False) -> str:
    """A row that stays on one page; `head` is repeated on each, and read out with the cells."""
    heading = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{cells}</w:tr>"


def cell_xml(
    lines: Sequence[str],
    width: int,
    *,
    span: int = 1,
    shade: str = "",
    bold: bool = False,
    lead: bool = False,
    right: bool = False,
    keep: bool = False,
    indent: int = 0,
) -> str:
    """A cell with a paragraph for each line, in the style TableText; the `lead` line is bold."""
    next_ = "<w:keepNext/>" if keep else ""
    side = '<w:jc w:val="right"/>' if right else ""
    inset = f'<w:ind w:left="{indent}"/>' if indent else ""
    style = f'<w:pPr><w:pStyle w:val="TableText"/>{next_}{inset}{side}</w:pPr>'
    paragraphs = "".join(
        f"<w:p>{style}<w:r>{'<w:rPr><w:b/></w:rPr>' if bold or (lead and not place) else ''}"
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for place, line in enumerate(lines)
    )
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{fill}</w:tcPr>'
        f"{paragraphs or f'<w:p>{style}</w:p>'}</w:tc>"
    )


def table_style(document: Document, name: str) -> None:
    """Lines between the rows, none between the columns."""
    document.styles.element.append(
        parse_xml(
            f'<w:style {NS} w:type="table" w:customStyle="1" w:styleId="{name}">'
            f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr>'
            '<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="0B4F5C"/>'
            '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="0B4F5C"/>'
            '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="B9C3C8"/></w:tblBorders>'
            '<w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
            '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
            "</w:tblPr></w:style>"
        )
    )
