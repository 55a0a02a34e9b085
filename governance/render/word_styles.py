"""The look of the Word document: python-docx's own template made plain, British and ours."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, RGBColor
from docx.styles.style import ParagraphStyle

from management.word import INK, british, plain, table_style

ACCENT = RGBColor(0x0B, 0x4F, 0x5C)
QUIET, WARN = RGBColor(0x4A, 0x4A, 0x4A), "B5460F"
NUMBER = Cm(1.2)
# Points: size, space before, space after.
HEADINGS = {1: (15, 20, 7), 2: (12, 15, 6), 3: (11, 14, 5)}


def apply(document: Document) -> None:
    """Restyles the document's built-in styles and adds those of a paper."""
    styles = document.styles
    british(document)
    normal = plain(styles["Normal"], 11, after=7)
    normal.paragraph_format.line_spacing = 1.12
    for level, (size, before, after) in HEADINGS.items():
        heading = plain(styles[f"Heading {level}"], size, before, after, bold=True)
        heading.font.color.rgb = INK if level == 3 else ACCENT
        heading.paragraph_format.keep_with_next = True
    title = plain(styles["Title"], 21, 8, 10, bold=True)
    title.font.color.rgb = ACCENT
    for border in list(title.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    caption = plain(styles["Caption"], 9.5, 6, 4, bold=True)
    caption.paragraph_format.keep_with_next = True
    footer = plain(styles["Footer"], 8)
    footer.font.color.rgb = QUIET
    _paper_styles(document)
    table_style(document, "Pack")


def _paper_styles(document: Document) -> None:
    _new(document, "Paper", 12, after=3, bold=True)
    numbered = _new(document, "Numbered", 11, after=7)
    numbered.paragraph_format.left_indent = NUMBER
    numbered.paragraph_format.first_line_indent = -NUMBER
    lettered = _new(document, "Lettered", 11, after=5)
    lettered.paragraph_format.left_indent = 2 * NUMBER
    lettered.paragraph_format.first_line_indent = -NUMBER
    fact = _new(document, "Fact", 11, after=3)
    fact.paragraph_format.left_indent = Cm(4.6)
    fact.paragraph_format.first_line_indent = -Cm(4.6)
    fact.paragraph_format.tab_stops.add_tab_stop(Cm(4.6))
    note = _new(document, "Note", 9.5, 2, 12)
    note.font.color.rgb = QUIET
    _boxed(_new(document, "Notice", 10, 6, 6), "0B4F5C", "E6EEF0")
    warning = _new(document, "Warning", 10, 6, 6, bold=True)
    _boxed(warning, WARN, "FDF3EC")
    warning.paragraph_format.keep_with_next = True
    _new(document, "Contents Heading", 13, 14, 6, bold=True).font.color.rgb = ACCENT
    _new(document, "Contents 1", 11, after=3)
    _new(document, "Contents 2", 10, after=2).paragraph_format.left_indent = Cm(0.8)
    _new(document, "Chart", 11, 4, 2)
    _new(document, "Table Text", 9, after=2)
    _new(document, "After Table", 4, after=4)


def _new(
    document: Document,
    name: str,
    size: float,
    before: float = 0,
    after: float = 0,
    bold: bool = False,
) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    return plain(style, size, before, after, bold)


def _boxed(style: ParagraphStyle, line: str, fill: str) -> None:
    properties = style.element.get_or_add_pPr()
    for xml in (
        f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>',
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="8" '
        f'w:color="{line}"/></w:pBdr>',
    ):
        # First, for the schema puts borders and shading before spacing.
        properties.insert(0, parse_xml(xml))
