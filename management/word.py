"""Word documents made British and plain, whatever python-docx's own template says."""

from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

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
