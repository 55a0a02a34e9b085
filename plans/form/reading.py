"""Understanding a completed self-evaluation form: which row answers what, and what does not fit.

The file must have passed `management.uploads.check_word`. Columns are found by their headings, rows
by their order, and both are checked against the words. Whatever is not understood becomes a Note
with its place; what could be read in two ways is fatal, so that nothing is guessed.
"""

import logging
import re
from collections.abc import Sequence

from management.uploads import BadFile
from plans.form import tools
from plans.form.columns import Columns, is_text
from plans.form.content import VALIDATED, Form, Layout, Note, SectionLayout, ToolAnswer
from plans.form.found import Found, Statement, answer_of
from plans.form.matching import short
from plans.form.prompts import ANSWERS, AREA, Headings, asked_by, is_number, is_prompt
from plans.form.tables import Cell, Row, Table, TextBox, bare, blocks

logger = logging.getLogger(__name__)


def read(data: bytes, layout: Layout) -> Form:
    """What the form in a Word file says, by the layout of its framework.

    Raises BadFile for a file that cannot be read to its end.
    """
    try:
        return _read(data, layout)
    except BadFile:
        raise
    except Exception as error:  # a person sends the file, and must be told something
        logger.exception("A Word form could not be read")
        raise BadFile(
            "Something in the file cannot be read. Copy the form into a new Word document, and "
            "tell whoever runs Throughline."
        ) from error


def _read(data: bytes, layout: Layout) -> Form:
    reader = _Reader(layout)
    for block in blocks(data):
        if isinstance(block, Table):
            if block.rows and tuple(block.rows[0].texts) != VALIDATED:
                reader.table(block)
        elif isinstance(block, TextBox):
            reader.leave_out("A text box", f"Not used: {short(block.text)}")
        elif isinstance(block, str):
            reader.paragraph(block)
    return reader.form()


class _Reader:
    """Goes through the document once. `awaits` says what the next free text answers."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.headings = Headings(layout.sections)
        self.found = {s.code: Found(s) for s in layout.sections}
        self.current: Found | None = None
        self.columns = Columns(layout.points)
        self.in_overall = False
        self.awaits = ""
        self.answered = -1  # the table in which the answer stands, 0 for none, -1 before it
        self.tools = 0  # the table of tools
        self.reaches: tools.Columns = {}  # its columns of boxes, where it has them
        self.last = 0  # the table before
        self.area = ""
        self.capacity: list[str] = []
        self.priorities: list[str] = []
        self.notes: list[Note] = []

    # --- outside tables ---------------------------------------------------------------------

    def paragraph(self, text: str) -> None:
        if named := AREA.match(text):
            self._name_area(named[2])
        elif (section := self._heading(text)) is not None:
            self._enter(section)
        elif self._prompt(text):
            return
        elif self._is_answer(0):
            self._answer([text], 0)
        elif self.current is not None and not is_prompt(text):
            where = f"Below table {self.last}" if self.last else "Above table 1"
            self.leave_out(where, f"Not used: {short(text)}")

    def _heading(self, text: str, strict: bool = False) -> SectionLayout | None:
        """The section that the text names. An answer that is awaited may begin like a heading."""
        return self.headings.section(text, strict=strict or self.awaits in ANSWERS)

    def _enter(self, section: SectionLayout) -> None:
        self.current = self.found[section.code]
        self.in_overall, self.awaits, self.columns.points = False, "", {}
        self.tools, self.reaches = 0, {}

    def _prompt(self, text: str) -> bool:
        """Whether the text only asks for something; what comes next is then its answer."""
        awaited = asked_by(text, answering=self.awaits in ANSWERS)
        if not awaited:
            return False
        self.awaits, self.answered = awaited, -1
        if awaited in {"priorities", "capacity"}:
            self.columns.points = {}
        self.in_overall = False
        return True

    def _name_area(self, text: str | None) -> None:
        self.area = (text or "").strip("_ .:")

    def _is_answer(self, table: int) -> bool:
        """Whether free text there answers what was asked: an answer does not leave its table."""
        return self.awaits in ANSWERS and self.answered in {-1, table}

    def _answer(self, texts: Sequence[str], table: int) -> None:
        if not texts:
            return
        self.answered = table
        if self.awaits == "priorities":
            self.priorities += filter(None, (bare(text).strip() for text in texts))
        elif self.awaits == "capacity":
            self.capacity += texts
        elif self.awaits == "rationale" and self.current is not None:
            self.current.rationale += texts

    # --- inside tables ----------------------------------------------------------------------

    def table(self, table: Table) -> None:
        before = len(self.notes)
        used = False
        self.columns.evidence, self.last = None, table.number
        for row in table.rows:
            if row.is_blank:
                continue
            used = self._row(table, row) or used
        text = next((text for row in table.rows for text in row.texts if text), "")
        if text and not used and len(self.notes) == before:
            self.leave_out(f"Table {table.number}", f"Not used, for it fits nowhere: {short(text)}")

    def _row(self, table: Table, row: Row) -> bool:
        """Takes the row as what it is; whether it was of any use."""
        texts = [text for text in row.texts if text]
        if self._scale(row):
            return True
        if any(cell.table for cell in row.cells) and not self._is_judged(table, row):
            where = f"Table {table.number}, row {row.number}"
            self._fatal(where, "A table stands inside a cell. Take it out of the cell.")
            return True
        if any(text.lower().strip(" :") in {"rating", "grade"} for text in texts):
            self.columns.head_evidence(row)
            return True
        if self.current is not None and tools.is_head(row, listed=self._lists_tools(table)):
            self.awaits, self.tools = "tools", table.number
            self.reaches = tools.columns_of(row) or self.reaches
            return True
        if self._is_judged(table, row):
            self._judged(table, row)
            return True
        if not texts:
            return self._boxes_alone(table, row)
        if len(texts) == 1:
            return self._single(table, row)
        first = row.cells[0].text if row.cells else ""
        if self._looks_like_header(texts):
            self.columns.head_evidence(row)
            return True
        if len(texts) == 2 and AREA.match(texts[0]):
            self._name_area(texts[1])
            return True
        if self._prompt(row.cells[0].paragraphs[0] if first else ""):
            self._answer([p for cell in row.cells[1:] for p in cell.said], table.number)
            return True
        if self._lists_tools(table) or (
            self.current and tools.TOOL.match(first) and len(texts) == 2
        ):
            return self._tool(table, row)
        if self._is_answer(table.number):
            said = [cell.said for cell in row.cells if not is_number(cell.text)]
            self._answer([p for paragraphs in said for p in paragraphs], table.number)
            return True
        if self.current is not None:
            self._strange(table, row)
        return False

    def _scale(self, row: Row) -> bool:
        """Whether the row names the points of the scale, which then head the columns."""
        if not self.columns.head(row):
            return False
        self.columns.head_evidence(row)
        first = row.cells[0].text.lower() if row.cells else ""
        self.in_overall = "overall" in first or (self.in_overall and not first)
        self.awaits = ""
        if not self.in_overall:
            self._next_section_if_full()
        return True

    def _next_section_if_full(self) -> None:
        """A second table of statements without a heading belongs to the section that is next."""
        here = self.current
        if here is not None and len(here.statements) < len(here.layout.elements):
            return
        for section in self.layout.sections:
            if section.elements and not self.found[section.code].statements:
                self.current = self.found[section.code]
                name = self.current.name
                self.notes.append(Note(name, "Has no heading of its own; taken by its place."))
                return

    def _is_judged(self, table: Table, row: Row) -> bool:
        """Whether the row has marks under the points of the scale, or room for them."""
        if self.current is None or not self.columns:
            return False
        below = [cell for cell in row.cells if self.columns.values(cell)]
        if any(cell.boxes for cell in below):
            # Tools have boxes too, but not one for each point of the scale.
            apart = {v for cell in below if cell.boxes for v in self.columns.values(cell)[:1]}
            return len(apart) == len(self.columns.points) or not self._lists_tools(table)
        if self.awaits:
            return False  # tools or an answer
        if self.in_overall:
            return any(not is_text(cell) and cell.text for cell in below)
        first = self.columns.first
        if any(cell.covers(0, first) or is_text(cell) for cell in below):
            return False  # a heading, an answer or a tool, in cells of its own
        return bool(below) and any(c.text and c not in below for c in row.cells if c.left < first)

    def _judged(self, table: Table, row: Row) -> None:
        assert self.current is not None  # noqa: S101  (asked by `_is_judged`)
        after = [cell for cell in row.cells if self.columns.says(cell)]
        before = [c for c in row.cells if c not in after and not self.columns.values(c) and c.text]
        if len(before) > 1 and is_number(before[0].text):
            del before[0]
        statement = "\n".join(text for cell in before for text in cell.paragraphs)
        where = f"Table {table.number}, row {row.number}"
        overall = self.in_overall or statement.lower().startswith("overall")
        if overall and not any(c.text or c.boxes for c in row.cells if c not in before):
            self.in_overall = True  # a heading; the boxes come below
            return
        name = re.split("characteri[sz]ed by", statement, flags=re.IGNORECASE)[0]
        called = "the overall rating" if overall else short(name or statement)
        place = f"the row of {called}" if overall or statement else "a row without a statement"
        merged = any(
            cell.below if not overall or self.columns.values(cell) else False for cell in row.cells
        ) or any(self.columns.is_wide(cell, overall) for cell in row.cells if cell not in after)
        rating = None
        if any(cell.table for cell in row.cells):
            self._fatal(where, f"A table stands inside a cell of {place}. Take it out of the cell.")
        elif merged:
            self._fatal(
                where,
                f"Cells are merged in {place}, so that its rating or evidence cannot be told "
                "apart. Split the cells.",
            )
        elif statement or overall:
            rating = self._rating(row, where, called)
        texts = tuple(p for cell in after for p in cell.said)
        if overall:
            self._overall(rating, texts, where)
        elif statement:
            self.current.statements.append(Statement(statement, rating, texts, where))
            self.current.where = self.current.where or f"Table {table.number}"
        elif texts or any(any(cell.boxes) or cell.text for cell in row.cells):
            said = f": {short(' '.join(texts))}" if texts else "."
            self.leave_out(where, f"Not used, for it has no statement{said}")

    def _rating(self, row: Row, where: str, called: str) -> int | None:
        names = self.columns.names
        ticked, odd = self.columns.ticked(row)
        for cell, value in odd:
            what = f"{short(cell.text)} under {names[value]} was not understood."
            self.leave_out(where, what)
        if len(ticked) > 1:
            both = " and ".join(names[value] for value in ticked)
            self._fatal(where, f"More than one box is ticked for {called}: {both}. Leave one.")
            return None
        if not ticked:
            self.notes.append(Note(where, f"No box is ticked for {called}."))
        return ticked[0] if ticked else None

    def _overall(self, rating: int | None, texts: tuple[str, ...], where: str) -> None:
        here = self.current
        assert here is not None  # noqa: S101  (asked by `_is_judged`)
        if here.overall_seen:
            self._fatal(where, f"{here.name} has a second overall rating. Leave one.")
        here.overall, here.overall_seen = rating, True
        self.in_overall, self.columns.points = False, {}
        for text in texts:
            if not self._prompt(text):
                here.rationale.append(text)

    def _single(self, table: Table, row: Row) -> bool:
        """A row with one text: a heading, a question, or an answer."""
        cell = next(cell for cell in row.cells if cell.text)
        if named := AREA.match(cell.text):
            self._name_area(named[2])
            return True
        if self._lists_tools(table) and any(cell.boxes for cell in row.cells):
            return self._tool(table, row)
        is_tool = self._lists_tools(table) and self.tools == table.number
        section = self._heading(cell.paragraphs[0], strict=is_tool and len(row.cells) > 1)
        if section is not None and self.awaits not in {"capacity", "priorities"}:
            self._enter(section)
            return True
        if self._prompt(cell.paragraphs[0]):
            self._answer(cell.said[1:], table.number)
            return True
        if self._is_answer(table.number):
            self._answer(cell.said, table.number)
            return True
        if self.current is not None and re.fullmatch(r"overall (rating|grade)\W*", cell.text, re.I):
            self.in_overall = True
            return True
        if self._looks_like_header([cell.text]) or is_prompt(cell.text):
            return True
        if is_tool:
            return self._tool(table, row)
        if self.columns and self.current is not None and cell.left == 0:
            self._unmarked(table, row, cell)
            return True
        self._strange(table, row)
        return False

    def _unmarked(self, table: Table, row: Row, cell: Cell) -> None:
        """A statement whose boxes and evidence are all empty."""
        assert self.current is not None  # noqa: S101  (asked by the caller)
        where = f"Table {table.number}, row {row.number}"
        if cell.text.lower().startswith("overall"):
            self._overall(None, (), where)
            called = "the overall rating"
        else:
            self.current.statements.append(Statement("\n".join(cell.paragraphs), None, (), where))
            called = short(cell.text)
        self.notes.append(Note(where, f"No box is ticked for {called}."))

    def _looks_like_header(self, texts: Sequence[str]) -> bool:
        asked = ("to what extent", "what is the evidence")
        return any(text.lower().startswith(asked) for text in texts)

    def _lists_tools(self, table: Table) -> bool:
        """Whether its rows are tools: they were asked for, and stand in one table."""
        return self.awaits == "tools" and self.tools in {0, table.number}

    def _tool(self, table: Table, row: Row) -> bool:
        here, name = self.current, tools.name_cell(row, self.reaches)
        if here is None or not here.layout.tools or name is None:
            self._strange(table, row)
            return False
        self.tools = table.number
        said, reach = " ".join(name.said), tools.reach_of(row, name, self.reaches)
        if not reach:
            what = f"{short(said)}: it is not clear whether it is local, national or external."
            self.notes.append(Note(f"Table {table.number}, row {row.number}", what))
        here.tools.append(ToolAnswer(said, reach))
        return True

    def _boxes_alone(self, table: Table, row: Row) -> bool:
        """A row without a text: a spare one, unless something is ticked in it."""
        if self.current is not None and any(any(cell.boxes) for cell in row.cells):
            where = f"Table {table.number}, row {row.number}"
            self.leave_out(where, "A box is ticked in a row without a text: not used.")
        return self.current is not None

    def _strange(self, table: Table, row: Row) -> None:
        text = " ".join(row.texts)
        self.leave_out(f"Table {table.number}, row {row.number}", f"Not understood: {short(text)}")

    def leave_out(self, where: str, what: str) -> None:
        """Something stands there that is not taken."""
        self.notes.append(Note(where, what, left_out=True))

    def _fatal(self, where: str, what: str) -> None:
        self.notes.append(Note(where, what, fatal=True))

    # --- at the end -------------------------------------------------------------------------

    def form(self) -> Form:
        if not any(s.statements or s.overall_seen for s in self.found.values()):
            if not any(note.fatal for note in self.notes):
                labels = ", ".join(label for _, label in self.layout.points)
                self.notes = []
                self._fatal(
                    "The file",
                    f"No table of statements with boxes under {labels} was found in it. Is it the "
                    f"form “{self.layout.title}”?",
                )
            return Form(self.area, (), notes=tuple(self.notes))
        answers = [answer_of(found) for found in self.found.values()]
        self.notes += (note for _, notes in answers for note in notes)
        if not self.capacity:
            self.notes.append(Note("Conclusion", "Nothing is said of the capacity to improve."))
        if not self.priorities:
            self.notes.append(Note("Conclusion", "No priorities for improvement were found."))
        return Form(
            self.area,
            tuple(section for section, _ in answers),
            tuple(self.capacity),
            tuple(self.priorities),
            tuple(self.notes),
        )
