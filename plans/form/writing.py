"""A self-evaluation as a Word document in the form's own shape, which `reading` reads back."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell, _Row

from management.documents import clean, timeless
from management.word import british, plain
from plans.form.content import (
    AMBITION,
    IMPROVEMENTS,
    STRENGTHS,
    VALIDATED,
    ElementAnswer,
    ElementLayout,
    Form,
    Layout,
    SectionAnswer,
    SectionLayout,
    Views,
)

WIDTH = 25.7  # centimetres between the margins of an A4 page on its side
STATEMENT, BOX = 5.7, 2.0
TICK, NO_TICK = "☒", "☐"
TIME = datetime(1980, 1, 1, tzinfo=UTC)  # the bytes must not depend on the clock
REACH = {"local": "Local", "national": "National", "external": "External", "": ""}


def write(
    form: Form,
    layout: Layout,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    validated: Views | None = None,
) -> bytes:
    """The form as DOCX. `facts` are named values below the title. Same content, same bytes.

    The validator's ratings, where there are some, stand in a table of their own before the form,
    which is the service's.
    """
    writer = _Writer(layout, title)
    writer.opening(form, title, facts)
    answers = {section.code: section for section in form.sections}
    if validated:
        writer.validation(answers, validated)
    for section in layout.sections:
        writer.section(section, answers.get(section.code, SectionAnswer(section.code, ())))
    writer.conclusion(form)
    return writer.bytes()


class _Writer:
    def __init__(self, layout: Layout, title: str) -> None:
        self.layout = layout
        self.document: DocumentType = Document()
        british(self.document)
        self._styles()
        page = self.document.sections[0]
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Cm(29.7), Cm(21.0)
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
        properties = self.document.core_properties
        properties.title, properties.author, properties.language = clean(title)[:250], "", "en-GB"
        properties.comments = ""
        properties.created = properties.modified = TIME

    def _styles(self) -> None:
        styles = self.document.styles
        plain(styles["Normal"], 10, after=4)
        plain(styles["List Bullet"], 10, after=2)
        plain(styles["Title"], 18, after=8, bold=True)
        for border in list(styles["Title"].element.iter(qn("w:pBdr"))):
            border.getparent().remove(border)
        plain(styles["Heading 1"], 14, 14, 6, bold=True)
        plain(styles["Heading 2"], 11, 10, 4, bold=True)

    def opening(self, form: Form, title: str, facts: Sequence[tuple[str, str]]) -> None:
        self.document.add_paragraph(clean(title), "Title")
        if form.area:
            self.document.add_paragraph(f"Local authority area: {clean(form.area)}")
        for name, value in facts:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{clean(name)}: ").bold = True
            paragraph.add_run(clean(value))

    def validation(self, answers: dict[str, SectionAnswer], views: Views) -> None:
        labels = dict(self.layout.points)
        self.document.add_heading("Validation", 1)
        table = self.document.add_table(1, len(VALIDATED), "Table Grid")
        for cell, text in zip(table.rows[0].cells, VALIDATED, strict=True):
            _say(cell, [text], bold=True)
        _repeat(table.rows[0])
        for section in self.layout.sections:
            answer = answers.get(section.code, SectionAnswer(section.code, ()))
            ratings = {element.code: element.rating for element in answer.elements}
            rows = [(e.code, f"{e.code} {e.label}", ratings.get(e.code)) for e in section.elements]
            rows.append((section.code, f"{section.code} {section.name}: overall", answer.overall))
            for code, name, rating in rows:
                theirs, reason = views.get(code, (None, ""))
                if theirs is not None:
                    row = table.add_row()
                    said = [name, labels.get(rating or 0, "Not rated"), labels[theirs], reason]
                    for cell, text in zip(row.cells, said, strict=True):
                        _say(cell, [text])
        _measure(table, [9.7, 4, 4, 8])

    def section(self, layout: SectionLayout, answer: SectionAnswer) -> None:
        if layout.in_words:
            return
        self.document.add_heading(f"{layout.code} {clean(layout.name)}", 1)
        question = self.document.add_paragraph(clean(layout.question))
        question.paragraph_format.keep_with_next = True
        if layout.elements:
            self._statements(layout, {element.code: element for element in answer.elements})
        if layout.overall:
            self._overall(answer)
        if layout.tools:
            self._tools(answer)

    def _statements(self, layout: SectionLayout, answers: dict[str, ElementAnswer]) -> None:
        points = [label for _, label in self.layout.points]
        evidence = WIDTH - STATEMENT - BOX * len(points)
        widths = [STATEMENT, *[BOX] * len(points), evidence]
        table = self.document.add_table(2, len(widths), "Table Grid")
        top, labels = table.rows
        rating = top.cells[1].merge(top.cells[len(points)])
        for cell, text in (
            (top.cells[0].merge(labels.cells[0]), "To what extent"),
            (rating, "Rating"),
            (top.cells[-1].merge(labels.cells[-1]), "What is the evidence"),
        ):
            _say(cell, [text], bold=True)
        for cell, text in zip(labels.cells[1:-1], points, strict=True):
            _head(cell, text)
        _repeat(top)
        _repeat(labels)
        for element in layout.elements:
            answer = answers.get(element.code, ElementAnswer(element.code))
            row = table.add_row()
            _statement(row.cells[0], element, answer)
            self._boxes(row, answer.rating)
            _evidence(row.cells[-1], answer)
        _measure(table, widths)

    def _boxes(self, row: _Row, rating: int | None) -> None:
        for cell, (value, _) in zip(row.cells[1:], self.layout.points, strict=False):
            _say(cell, [TICK if value == rating else NO_TICK])

    def _overall(self, answer: SectionAnswer) -> None:
        points = [label for _, label in self.layout.points]
        self.document.add_heading("Overall rating", 2)
        table = self.document.add_table(2, len(points) + 1, "Table Grid")
        _say(table.rows[0].cells[0], ["Overall rating"], bold=True)
        for cell, text in zip(table.rows[0].cells[1:], points, strict=True):
            _head(cell, text)
        _repeat(table.rows[0])
        _say(table.rows[1].cells[0], ["Overall rating"], bold=True)
        self._boxes(table.rows[1], answer.overall)
        _measure(table, [STATEMENT, *[BOX] * len(points)])
        self._prompt("Rationale for the overall rating:")
        for text in answer.rationale:
            self.document.add_paragraph(clean(text))

    def _tools(self, answer: SectionAnswer) -> None:
        self._prompt("Tools or systems used to gather, analyse or report:")
        table = self.document.add_table(1, 2, "Table Grid")
        for cell, text in zip(
            table.rows[0].cells, ["Tool", "Local/National/External"], strict=True
        ):
            _say(cell, [text], bold=True)
        _repeat(table.rows[0])
        for tool in answer.tools:
            row = table.add_row()
            _say(row.cells[0], [tool.name])
            _say(row.cells[1], [REACH[tool.reach]])
        _measure(table, [WIDTH - 6, 6])

    def conclusion(self, form: Form) -> None:
        self.document.add_heading("Conclusion", 1)
        self._prompt("Capacity for improvement, and what stands in its way:")
        for text in form.capacity:
            self.document.add_paragraph(clean(text))
        self._prompt("Priorities for improvement:")
        for text in form.priorities:
            self.document.add_paragraph(clean(text), "List Bullet")

    def _prompt(self, text: str) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.add_run(text).bold = True
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return timeless(out)


def _statement(cell: _Cell, element: ElementLayout, answer: ElementAnswer) -> None:
    _say(cell, [f"{element.code} {element.wording or element.label}"])
    for factor in element.key_factors:
        cell.add_paragraph(clean(factor), "List Bullet")


def _evidence(cell: _Cell, answer: ElementAnswer) -> None:
    _say(cell, answer.evidence)
    for name, texts in (
        *answer.sources,
        (STRENGTHS, answer.strengths),
        (IMPROVEMENTS, answer.improvements),
        (AMBITION, answer.ambition),
    ):
        if texts:
            cell.add_paragraph().add_run(f"{name}:").bold = True
            for text in texts:
                cell.add_paragraph(clean(text), "List Bullet")


def _say(cell: _Cell, texts: Sequence[str], *, bold: bool = False) -> None:
    """The first text in the paragraph that every cell has, the others in their own."""
    for place, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.add_run(clean(text)).bold = bold or None


def _head(cell: _Cell, label: str) -> None:
    """A point of the scale above its narrow column."""
    _say(cell, [label], bold=True)
    cell.paragraphs[0].runs[0].font.size = Pt(7.5)


def _repeat(row: _Row) -> None:
    """A heading of its table: read out with each cell, and printed again on each page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _measure(table: Table, widths: Sequence[float]) -> None:
    """Widths in centimetres: Word follows the cells, other programs the columns."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell in row._tr.tc_lst:
            span = widths[cell.grid_offset : cell.grid_offset + cell.grid_span]
            cell.width = Cm(sum(span))
