"""A plan as a Word document: the table that a board knows, on wide pages, row by row."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC
from typing import IO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm

from management.days import day_text
from management.documents import ZIP_TIME, clean
from management.word import (
    british,
    cell_xml,
    page_numbers,
    plain,
    row_xml,
    table_head,
    table_style,
)
from plans.plan_file.content import Line, PlanFile
from plans.references import named as whose
from plans.statuses import percent_shown

COLUMNS = {
    "Quality indicator": 2.8,
    "Action": 6.2,
    "Responsible": 3.8,
    "Timescale": 3.9,
    "Progress": 5.0,
    "Evidence of improvement": 5.2,
}
TWIPS = 567  # in a centimetre
NONE_DESCRIBED = "None described"  # where no evidence is expected; read back as nothing
WIDTHS = [round(width * TWIPS) for width in COLUMNS.values()]
HEAD = "E6EEF0"
HERE = "the table of actions stands here"  # in place of the rows, until they are written
PART = "word/document.xml"


def write(out: IO[bytes], content: PlanFile) -> None:
    """The plan as DOCX into a file that is open; its rows are never in memory together."""
    whole = io.BytesIO()
    _document(content).save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            with new.open(member, "w") as part:
                if name != PART:
                    part.write(old.read(name))
                    continue
                before, after = _around(old.read(name).decode())
                part.write(before.encode())
                for piece in _table(content):
                    part.write(piece.encode())
                part.write(after.encode())


def _around(xml: str) -> tuple[str, str]:
    """The document before and after the paragraph in whose place the table comes."""
    place = xml.index(HERE)
    return xml[: xml.rindex("<w:p>", 0, place)], xml[xml.index("</w:p>", place) + 6 :]


def _document(content: PlanFile) -> DocumentType:
    document = Document()
    british(document)
    _styles(document)
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(29.7), Cm(21.0)
    page.left_margin = page.right_margin = Cm(1.4)
    page.top_margin = page.bottom_margin = Cm(1.6)
    title = clean(content.title)
    properties = document.core_properties
    properties.title, properties.author = title[:255], clean(content.partnership)[:255]
    properties.language, properties.comments, properties.last_modified_by = "en-GB", "", ""
    when = content.made_at.astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = when
    document.add_paragraph(title, "Title")
    for name, value in content.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(clean(value))
    for text in filter(None, content.illustrative.split("\n")):
        document.add_paragraph().add_run(clean(text)).italic = True
    document.add_heading("Actions", 1)
    document.add_paragraph(HERE)
    if content.meanings:
        document.add_heading("What the words mean", 1)
        for line in content.meanings:
            colour = f" ({line.colour})" if line.colour else ""
            document.add_paragraph(clean(f"{line.word}{colour}: {line.meaning}"), "List Bullet")
    footer = page.footer.paragraphs[0]
    footer.style = document.styles["Footer"]
    page_numbers(footer, title)
    return document


def _styles(document: DocumentType) -> None:
    styles = document.styles
    plain(styles["Normal"], 10, after=3)
    plain(styles["List Bullet"], 10, after=2)
    plain(styles["Footer"], 8)
    plain(styles["Title"], 18, after=8, bold=True)
    for border in list(styles["Title"].element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    plain(styles["Heading 1"], 13, 12, 6, bold=True).paragraph_format.keep_with_next = True
    caption = plain(styles["Caption"], 9.5, 2, 4, bold=True)
    caption.paragraph_format.keep_with_next = True
    text = styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    plain(text, 9, after=2)
    table_style(document, "Actions")


def _table(content: PlanFile) -> Iterator[str]:
    if not content.shown:
        yield "<w:p><w:r><w:t>There is no action to show.</w:t></w:r></w:p>"
        return
    yield table_head(WIDTHS, f"The actions of {clean(content.title)}", "Actions")
    heads = zip(COLUMNS, WIDTHS, strict=True)
    cells = (cell_xml([name], width, shade=HEAD, bold=True, keep=True) for name, width in heads)
    yield row_xml("".join(cells), head=True)
    for line in content.lines:
        told = (
            [f"{line.indicator_code} {line.indicator}"],
            _action(line, content.key is None),
            _responsible(line),
            _timescale(line),
            _progress(line),
            _evidence(line),
        )
        drawn = (
            cell_xml([clean(text) for text in _lines(texts)], width, lead=place == 1)
            for place, (texts, width) in enumerate(zip(told, WIDTHS, strict=True))
        )
        yield row_xml("".join(drawn))
    # Word wants a paragraph behind a table.
    yield "</w:tbl><w:p/>"


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts for line in text.split("\n") if line.strip()]


def _action(line: Line, named: bool) -> list[str]:
    said = [whose(line.reference, line.plan if named else ""), line.text]
    if line.key_messages:
        said.append(f"Key messages: {', '.join(line.key_messages)}")
    if line.answers:
        said.append(f"Answers: {'; '.join(line.answers)}")
    if line.illustrative:
        said.append("Illustrative")
    return said


def _responsible(line: Line) -> list[str]:
    supporting = [f"Supporting: {'; '.join(line.supporting)}"] if line.supporting else []
    return [f"Lead: {line.lead}", *supporting]


def _timescale(line: Line) -> list[str]:
    said = [f"In the plan: {line.timescale}"] if line.timescale else []
    said.append(f"Due: {day_text(line.due) if line.due else 'no date'}")
    if line.original_due and line.original_due != line.due:
        said.append(f"First due: {day_text(line.original_due)}")
    return [*said, *(f"Moved: {move}" for move in line.moves)]


def _progress(line: Line) -> list[str]:
    said = [line.shown]
    if line.stands and line.stands != line.shown:
        said.append(f"Stands as: {line.stands}")
    if line.superseded_by:
        said.append(f"By action {line.superseded_by}")
    percent = percent_shown(line.status, line.percent)
    if percent is not None:
        said.append(f"{percent} per cent done")
    if line.days_overdue:
        days = f"{line.days_overdue} day{'s' if line.days_overdue > 1 else ''}"
        first = ", by its first date" if line.late_by_first else ""
        said.append(f"Overdue by {days}{first}")
    if line.update and line.update_on:
        said.append(f"{day_text(line.update_on)}, {line.update_by}: {line.update}")
    return said


def _evidence(line: Line) -> list[str]:
    return [
        line.evidence_expected or NONE_DESCRIBED,
        *(f"Held: {proof}" for proof in line.evidence),
    ]
