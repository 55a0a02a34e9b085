"""A pack as a Word document that people can edit. Same content, same bytes."""

import io
from datetime import UTC
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.shared import Cm
from docx.text.paragraph import Paragraph as WordParagraph

from governance.content import PackContent
from governance.render import word_styles
from governance.render.blocks import (
    RECENT,
    Block,
    Bullets,
    Chart,
    Facts,
    Heading,
    Landscape,
    Outline,
    Paragraph,
    Row,
    Table,
)
from governance.render.drawings import Drawings
from governance.render.outline import outline, settled
from management.documents import timeless
from management.word import NS, cell_xml, field_part, page_numbers, row_xml, table_head

TALL, WIDE = Cm(29.7), Cm(21.0)  # A4
MARGIN = Cm(2.3)
TWIP = 635  # python-docx measures in these parts of a twip
SMALL = 8  # rows of a table that stays on one page


def render(content: PackContent, drawings: Drawings | None = None) -> bytes:
    """The pack as DOCX."""
    content = settled(content)
    paper = outline(content, recent=RECENT)
    writer = _Writer(Document(), drawings or Drawings(content))
    writer.prepare(content, paper)
    writer.title_block(paper)
    for place, block in enumerate(paper.blocks):
        leads = isinstance(paper.blocks[min(place + 1, len(paper.blocks) - 1)], Chart | Table)
        writer.draw(block, leads=leads, new_page=place == 0)
    return writer.bytes()


class _Writer:
    def __init__(self, document: DocumentType, drawings: Drawings) -> None:
        self.document = document
        self.drawings = drawings
        self.bookmarks = 0
        self.width = WIDE - 2 * MARGIN

    def prepare(self, content: PackContent, paper: Outline) -> None:
        word_styles.apply(self.document)
        section = self.document.sections[0]
        section.page_width, section.page_height = WIDE, TALL
        section.left_margin = section.right_margin = MARGIN
        section.top_margin, section.bottom_margin = Cm(2.1), Cm(2.2)
        properties = self.document.core_properties
        # Word refuses properties that are longer than 255 characters.
        properties.title, properties.author = paper.title[:255], paper.partnership[:255]
        properties.subject, properties.language = paper.subject[:255], "en-GB"
        properties.last_modified_by, properties.comments = paper.partnership[:255], ""
        when = content.data_as_at
        when = when.astimezone(UTC) if when.tzinfo else when
        properties.created = properties.modified = when.replace(tzinfo=None, microsecond=0)
        self.footer(paper.footer)

    def footer(self, text: str) -> None:
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.style = self.document.styles["Footer"]
        page_numbers(paragraph, text)

    def title_block(self, paper: Outline) -> None:
        for text in (paper.partnership, paper.meeting):
            self.document.add_paragraph(text, "Paper")
        self.document.add_paragraph(paper.subject, "Title")
        self.facts(paper.facts)
        for place, text in enumerate(paper.notices):
            self.document.add_paragraph(text, "Warning" if place else "Notice")
        self.document.add_paragraph("Contents", "Contents Heading")
        self.contents(paper.contents)

    def contents(self, headings: list[Heading]) -> None:
        """A table of contents that Word can renew; until then it holds links without pages."""
        for place, heading in enumerate(headings):
            paragraph = self.document.add_paragraph(style=f"Contents {heading.level}")
            if place == 0:
                for kind in ("begin", r'TOC \o "1-2" \h \z \u', "separate"):
                    field_part(paragraph, kind)
            paragraph._p.append(
                parse_xml(
                    f'<w:hyperlink {NS} w:anchor="{heading.anchor[:40]}" w:history="1"><w:r>'
                    f'<w:t xml:space="preserve">{escape(heading.shown)}</w:t></w:r></w:hyperlink>'
                )
            )
        field_part(self.document.add_paragraph(style="Contents 1"), "end")

    def draw(self, block: Block, *, leads: bool, new_page: bool) -> None:
        """Adds a block. One that `leads` stays on the page of the chart or table after it."""
        if isinstance(block, Heading):
            self.heading(block).paragraph_format.page_break_before = new_page
        elif isinstance(block, Paragraph):
            self.paragraph(block).paragraph_format.keep_with_next = leads or block.kind == "mark"
        elif isinstance(block, Bullets):
            for mark, text in block.items:
                self.document.add_paragraph(f"{mark}\t{text}", "Lettered")
        elif isinstance(block, Facts):
            self.facts(block.items)
        elif isinstance(block, Chart):
            self.chart(block)
        elif isinstance(block, Table):
            self.table(block)
        elif isinstance(block, Landscape):
            self.landscape()

    def heading(self, block: Heading) -> WordParagraph:
        paragraph = self.document.add_heading(block.shown, block.level)
        self.bookmarks += 1
        name = f'{NS} w:id="{self.bookmarks}"'
        # Bookmark names end at 40 characters.
        paragraph._p.insert(1, parse_xml(f'<w:bookmarkStart {name} w:name="{block.anchor[:40]}"/>'))
        paragraph._p.append(parse_xml(f"<w:bookmarkEnd {name}/>"))
        return paragraph

    def paragraph(self, block: Paragraph) -> WordParagraph:
        if block.number:
            return self.document.add_paragraph(f"{block.number}\t{block.text}", "Numbered")
        style = {"note": "Note", "mark": "Warning"}.get(block.kind, "Normal")
        return self.document.add_paragraph(block.text, style)

    def facts(self, items: tuple[tuple[str, str], ...]) -> None:
        for label, value in items:
            paragraph = self.document.add_paragraph(style="Fact")
            paragraph.add_run(label).bold = True
            paragraph.add_run(f"\t{value}")

    def chart(self, block: Chart) -> None:
        paragraph = self.document.add_paragraph(style="Chart")
        image = io.BytesIO(self.drawings.png(block.index))
        shape = paragraph.add_run().add_picture(image, width=Cm(11.6))
        described = shape._inline.docPr
        described.set("id", str(1000 + block.index))
        described.set("name", f"Chart {block.index + 1}")
        described.set("title", block.title)
        described.set("descr", block.description)

    def table(self, block: Table) -> None:
        self.document.add_paragraph(block.caption, "Caption")
        shares = [column.share for column in block.columns]
        widths = [int(self.width // TWIP * share / sum(shares)) for share in shares]
        header = _row_xml(
            block, Row(tuple((c.title,) for c in block.columns)), widths, head=True, keep=True
        )
        together = block.rows[:-1] if len(block.rows) <= SMALL else ()
        rows = "".join(_row_xml(block, row, widths, keep=True) for row in together)
        rows += "".join(_row_xml(block, row, widths) for row in block.rows[len(together) :])
        xml = f"{table_head(widths, block.caption, 'Pack')}{header}{rows}</w:tbl>"
        body = self.document.element.body
        body.insert(len(body) - 1, parse_xml(xml))
        self.document.add_paragraph(style="After Table")

    def landscape(self) -> None:
        section = self.document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = TALL, WIDE
        self.width = TALL - 2 * MARGIN

    def bytes(self) -> bytes:
        drawn = io.BytesIO()
        self.document.save(drawn)
        return timeless(drawn)


def _row_xml(
    table: Table, row: Row, widths: list[int], head: bool = False, keep: bool = False
) -> str:
    if row.group:
        cells = cell_xml(
            row.cells[0], sum(widths), span=len(widths), shade="F2F6F7", bold=True, keep=True
        )
    else:
        cells = ""
        for place, (column, cell, width) in enumerate(
            zip(table.columns, row.cells, widths, strict=True)
        ):
            cells += cell_xml(
                cell,
                width,
                shade="E6EEF0" if head else "",
                bold=head or row.total,
                lead=column.lead,
                right=column.numeric,
                keep=keep,
                indent=160 * row.indent if place == 0 else 0,
            )
    return row_xml(cells, head=head)
