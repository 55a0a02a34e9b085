"""Which rows of a plan's table are actions, and what each has in its columns.

Headings that come again, headings of sections, keys, totals and notes are no actions: they are
left out, and said to be. Cells that are merged over several rows are one action's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from management.sheets.content import Book, Cell, Row, quoted
from management.uploads import CSV_FILE, WORD_FILE
from plans.sheets.content import LeftOut
from plans.sheets.fields import LABELS, NEWEST, Field, plain
from plans.sheets.indicators import Match
from plans.sheets.known import Known, said
from plans.sheets.layouts import Layout, Part, repeats
from plans.sheets.ours import Cells, parted
from plans.timescales import is_month_first
from plans.titles import is_nobody

F = Field
SHOWN = 120  # characters of a row that is left out
_NOTE = re.compile(
    r"(?:notes?|(?:rag |brag |status |colour )?key|legend|n\.?b\.?|source|(?:last )?updated"
    r"|version|prepared by|reviewed|document control|page)\s?(?:[:–-]|\d|$)",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:sub-?\s?|grand )?totals?\b", re.IGNORECASE)
_TOTAL_ALONE = re.compile(rf"{_TOTAL.pattern}[\s:=–-]*[\d.,\s%]*(?:actions?)?", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.,\s%]*")
# Above a table: what says only that the one before goes on.
_GOES_ON = re.compile(
    r"\W*(?:.{0,60}\b(?:continued|cont['’.]?d?)\b.{0,9}|page \d+.{0,9}|[^\W_]?)\W*", re.IGNORECASE
)
_DITTO = re.compile(
    r"\W*(?:ditto|do\.|(?:as|see) above|same(?: as above)?|[\"”“〃])\W*", re.IGNORECASE
)
# What may stand in these is a word of status too, such as “Ongoing”.
_SAYS_HOW_FAR = frozenset({F.TIMESCALE, F.REVISED, F.PROGRESS})


@dataclass
class Group:
    """The quality indicator of the rows that follow: what names it, and where."""

    text: str = ""
    cell: Cell | None = None
    heading: str = ""
    match: Match = field(default_factory=Match)


@dataclass
class Record:
    """One action's row, with those below that are merged into it.

    `cells` are what its fields have, by column from the left; `texts` all that its columns say.
    `no_action` says that no column of its table is for actions. Of a row that went out of
    Throughline, `says` are the fields of which it is known what they say, be it nothing.
    """

    place: str
    number: int
    row: Row
    group: Group
    cells: Cells = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)
    says: frozenset[Field] = frozenset()
    earlier: dict[Field, str] = field(default_factory=dict)
    month_first: frozenset[Field] = frozenset()
    no_action: bool = False


class Rows:
    """Goes through the tables of a layout from top to bottom."""

    def __init__(self, layout: Layout, book: Book, known: Known) -> None:
        self.layout, self.book, self.known = layout, book, known
        self.headings = tuple(plain(column.heading) for column in layout.columns)
        self.records: list[Record] = []
        self.left_out: list[LeftOut] = []
        self.group = Group()
        self.begins = 0  # how many records there were before this table

    def read(self) -> None:
        for part in self.layout.parts:
            self.begins = len(self.records)
            self._begin(part)
            self._above(part)
            last: Row | None = None
            for row in part.rows:
                self._gap(part, last, row)
                self._row(part, row)
                last = row
            self._questions(self.records[self.begins :])
            self._earlier(part, self.records[self.begins :])
        american = frozenset(field for field in (F.TIMESCALE, F.REVISED) if self._american(field))
        for record in self.records:
            record.month_first = american
        if self.layout.ours:
            for record in self.records:
                if (
                    cells := parted(self.layout.ours, record.cells, dict(record.texts))
                ) is not None:
                    record.cells, record.says = cells, self.layout.ours.says

    def _american(self, field: Field) -> bool:
        cells = [cell for record in self.records for _, cell in record.cells.get(field, [])]
        return is_month_first(said(cell) for cell in cells if not cell.is_day)

    # --- the beginning of a table -----------------------------------------------------------

    def _begin(self, part: Part) -> None:
        """A table's own name, or the words above it, may say which indicator it is of.

        A Word table with no words of its own above it goes on with that of the table before.
        """
        for text in (*reversed(part.sheet.above), part.sheet.name):
            match = self.known.indicators.heading(text)
            if match.code:
                self.group = Group(text, match=match)
                return
        if self.book.kind != WORD_FILE or not all(map(_GOES_ON.fullmatch, part.sheet.above)):
            self.group = Group()

    def _above(self, part: Part) -> None:
        for number, row in enumerate(part.sheet.rows[: part.first]):
            if number not in part.heads:
                self._leave_out(row, "it stands above the headings")

    def _gap(self, part: Part, last: Row | None, row: Row) -> None:
        """Empty rows between two others."""
        if last is None:
            return
        lines = 1
        if self.book.kind == CSV_FILE:  # where a cell may have several lines
            lines += sum(cell.text.count("\n") for cell in last.cells.values())
        first, end = last.number + lines, row.number - 1
        if first <= end:
            one, many = ("line", "lines") if self.book.kind == CSV_FILE else ("row", "rows")
            where = "" if self.book.kind == CSV_FILE else f"{part.sheet.place}, "
            which = f"{one} {first:,}" if first == end else f"{many} {first:,} to {end:,}"
            self.left_out.append(LeftOut(f"{where}{which}", "", "nothing stands there"))

    # --- rows -------------------------------------------------------------------------------

    def _row(self, part: Part, row: Row) -> None:
        cells = self._cells(part, row)
        own = [(one, cell) for one, _, cell in cells if not cell.carried and cell.says]
        texts = [said(cell) for _, cell in own]
        if not own:
            return  # the lower part of merged cells, and nothing else
        if repeats(row, part, self.headings):
            self._leave_out(row, "it has the headings again")
        elif why := self._is_note(own, texts):
            self._leave_out(row, why)
        elif len(own) == 1 and self._is_section(*own[0]):
            self._section(row, *own[0])
        elif self._belongs_above(cells):
            record = self.records[-1]
            self._take(record, [(f, h, c) for f, h, c in cells if not c.carried])
        elif len(own) == 1 and own[0][0] != F.ACTION:
            if F.INDICATOR not in self.layout.mapping and re.search(r"[^\W\d_]{3}", texts[0]):
                self._section(row, *own[0])
            else:
                column = f"“{self._heading_of(part, row, own[0][1])}”"
                self._leave_out(row, f"only {column} is filled in")
        else:
            self._record(row, cells)

    def _cells(self, part: Part, row: Row) -> list[tuple[Field, str, Cell]]:
        return [
            (column.field, column.heading, row.cells[at])
            for column, at in zip(self.layout.columns, part.columns, strict=True)
            if at in row.cells
        ]

    def _is_note(self, own: Sequence[tuple[Field, Cell]], texts: Sequence[str]) -> str:
        """Why the row is no action, in a few words; empty for one that may be."""
        fields = [field for field, _ in own]
        acts = len(own) > 1 and fields[0] == F.ACTION  # and says more of it
        if len(own) <= 2 and not acts and _NOTE.match(texts[0]):
            return "it is a note"
        numbers = all(_NUMBER.fullmatch(text) for text in texts[1:])
        total = _TOTAL.match(texts[0]) if texts[1:] else _TOTAL_ALONE.fullmatch(texts[0])
        if total and numbers:
            return "it is a total"
        if len(own) == 2 and fields[0] not in {F.REFERENCE, F.STATUS}:
            first = self.known.status(texts[0])
            of_action = fields[0] in _SAYS_HOW_FAR and fields[1] == F.ACTION
            if first.status and not first.note and not of_action:
                return "it is a key to the words of status"
        return ""

    def _is_section(self, field: Field, cell: Cell) -> bool:
        """Whether a row with this one text is a heading of the rows below it."""
        if field == F.INDICATOR:
            return True
        text, find = said(cell), self.known.indicators
        match = find.heading(text)
        if not match.code or len(text) >= 300:
            return False
        # An action may be numbered like an indicator, and have nothing beside it yet.
        return field != F.ACTION or (not match.note and find.is_name(match.code, text))

    def _section(self, row: Row, field: Field, cell: Cell) -> None:
        text = said(cell)
        match = self.known.indicators.find(text)
        self.group = Group(text, cell, match=match)
        of = self.known.indicators.called(match.code) if match.code else quoted(text)
        self._leave_out(row, f"it is a heading: the rows below are of {of}")

    def _belongs_above(self, cells: Sequence[tuple[Field, str, Cell]]) -> bool:
        """Whether the action is that of the row above, merged down, and no other begins here."""
        action = next((cell for field, _, cell in cells if field == F.ACTION), None)
        reference = next((cell for field, _, cell in cells if field == F.REFERENCE), None)
        begins = reference is not None and not reference.carried and reference.says
        return bool(action and action.carried and not begins and len(self.records) > self.begins)

    def _record(self, row: Row, cells: Sequence[tuple[Field, str, Cell]]) -> None:
        indicator = next(((h, c) for f, h, c in cells if f == F.INDICATOR and c.says), None)
        if indicator is not None and not indicator[1].carried:
            heading, cell = indicator
            text = said(cell)
            if is_nobody(text) and not _DITTO.fullmatch(text):
                self.group = Group("", cell, heading)
            elif not _DITTO.fullmatch(text):
                self.group = Group(text, cell, heading, self.known.indicators.find(text))
        no_action = F.ACTION not in self.layout.mapping
        record = Record(row.place, row.number, row, self.group, no_action=no_action)
        self._take(record, cells)
        self.records.append(record)

    def _take(self, record: Record, cells: Sequence[tuple[Field, str, Cell]]) -> None:
        for one, heading, cell in cells:
            if cell.says or cell.coloured:
                record.cells.setdefault(one, []).append((heading, cell))
            if cell.says:
                record.texts.append((heading, cell.text))

    def _questions(self, records: Sequence[Record]) -> None:
        """A section's question may stand in the cell above its indicator's name: both are one."""
        groups = list({id(record.group): record.group for record in records}.values())
        for group, below in pairwise(groups):
            if not group.match.code and group.text.rstrip().endswith("?") and below.match.code:
                group.match, group.text = below.match, f"{group.text}\n{below.text}"

    def _earlier(self, part: Part, records: Sequence[Record]) -> None:
        """Of columns such as one for each quarter the newest that says something tells."""
        columns = self.layout.columns
        for newest in (n for n, column in enumerate(columns) if column.field in NEWEST):
            field, heading = columns[newest].field, columns[newest].heading
            # What `settle` has set aside for it, and not what somebody wants to be left out.
            before = [
                (columns[n].heading, part.columns[n])
                for n in reversed(range(newest))
                if columns[n].why.startswith(f"{LABELS[field].lower()} is taken from")
            ]
            for record in records if before else ():
                told = [(name, record.row.cells.get(at)) for name, at in before]
                some = [(name, cell) for name, cell in told if cell and cell.says]
                if field not in record.cells and some:
                    record.cells[field] = some[:1]
                    record.earlier[field] = heading

    def _heading_of(self, part: Part, row: Row, cell: Cell) -> str:
        for column, at in zip(self.layout.columns, part.columns, strict=True):
            if row.cells.get(at) == cell:
                return column.heading or cell.place.rpartition(", ")[2]
        return ""

    def _leave_out(self, row: Row, why: str) -> None:
        texts = [text for cell in row.cells.values() if (text := said(cell)) and not cell.carried]
        line = " | ".join(" ".join(text[:SHOWN].split()) for text in texts)
        line = line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
        self.left_out.append(LeftOut(row.place, line, why))


def records(layout: Layout, book: Book, known: Known) -> tuple[list[Record], list[LeftOut]]:
    """The actions of a layout's tables, and the rows that are none, in the order of the file."""
    rows = Rows(layout, book, known)
    rows.read()
    return rows.records, rows.left_out
