"""The tracker workbook, written row by row, so that a plan of any length takes little memory."""

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import zip_longest
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from management.cells import FIRST_DAY, LINE, OPTIONS, Book, LongSheet, fitting
from management.days import day_text
from management.documents import clean
from management.sheets.content import MOST_CELLS, MOST_ROWS, MOST_TEXT, STAMP
from management.sheets.worksheet import letters
from plans.plan_file.content import Line, PlanFile
from plans.statuses import Status
from plans.tracker.columns import ASKED, COLUMNS, HIDDEN, SHEET, Column, Name
from plans.tracker.merging import APART
from plans.tracker.stamp import Packer, pieces

Cell = str | int | date | None
LISTS = "Lists"
FROM = "from_"  # before a status: the name of the list of those that may follow it
EPOCH = date(1899, 12, 30).toordinal()  # Excel's day 0, from 1 March 1900 on
HIGHEST = 400  # points; Excel's tallest row has 409
FILLED = 19  # cells of a row, as a rule
MOST = min(MOST_ROWS - 100, MOST_CELLS // FILLED)  # actions that can be read back at once
MOST_CHARACTERS = MOST_TEXT * 2 // 3  # the stamp says the wording once more
_day = functools.lru_cache(maxsize=5_000)(day_text)
DAYS = (Name.FIRST_DUE, Name.DUE, Name.NEW_DUE)
GREY = {"bg_color": "#EFEFEF", "font_color": "#404040"}


def write(out: IO[bytes], content: PlanFile, seal: Callable[[str], str]) -> None:
    """The plan's tracker into a file that is open.

    `seal` makes of a text one that nobody can alter unseen. No cell holds a formula.
    """
    options = {**OPTIONS, "in_memory": False, "constant_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {
                "title": clean(content.title)[:255],
                "author": clean(content.partnership)[:255],
                "created": content.made_at.replace(tzinfo=None),
            }
        )
        _Writer(book, content).write(seal)


class _Writer(Book):
    def __init__(self, book: xlsxwriter.Workbook, content: PlanFile) -> None:
        super().__init__(book)
        self.content = content
        self.returns = content.key is not None
        self.columns = _columns(content, self.returns)
        self.packer = Packer(content) if self.returns else None
        self.characters = 0
        self.day = book.add_format(
            {"num_format": "d mmm yyyy", "align": "left", "text_wrap": True, "valign": "top"}
        )
        head = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
        self.head_open = book.add_format({**head, "bg_color": "#CFE5EA"})
        self.head_shut = book.add_format({**head, "bg_color": "#D9D9D9", "italic": True})
        self.names = [column.name for column in self.columns]
        self.wide: dict[Name, float] = {c.name: c.width for c in self.columns if c.width >= 28}

    def write(self, seal: Callable[[str], str]) -> None:
        # In the order in which they stand; a long sheet does not look back.
        sheet: LongSheet = self.book.add_worksheet(SHEET, LongSheet)
        about = self.sheet("How to use", landscape=False)
        self.heads(sheet)
        count = 0
        for count, line in enumerate(self.content.lines, 1):
            self.line(sheet, count, line)
            if self.packer:
                self.packer.add(line)
        self.finish(sheet, count)
        self.about(about)
        if self.packer:
            self.choices(sheet, max(count, 1))
            self.stamp(seal(self.packer.text()))
        sheet.activate()

    def heads(self, sheet: Worksheet) -> None:
        for place, column in enumerate(self.columns):
            read = column.read and self.returns
            hidden = {"hidden": True} if column.name in HIDDEN else {}
            style = self.day if column.name in DAYS else self.wrapped
            sheet.set_column(place, place, column.width, style, hidden)
            shown = column.shown if self.returns else column.heading
            sheet.write_string(0, place, shown, self.head_open if read else self.head_shut)
            note = column.note if read or not self.returns else f"{column.note} Not read back."
            sheet.write_comment(
                0, place, note, {"author": "Throughline", "x_scale": 1.8, "y_scale": 1.2}
            )
        sheet.set_row(0, 3 * LINE)

    def line(self, sheet: LongSheet, row: int, line: Line) -> None:
        cells = _cells(line)
        sheet.write_line(row, self.height(cells), self.drawn(cells))

    def drawn(self, cells: Mapping[Name, Cell]) -> Iterator[tuple[int, str | int, Format]]:
        for place, name in enumerate(self.names):
            value = cells.get(name)
            if value is None or value == "":
                continue  # the column's own style shows
            if isinstance(value, str):
                text = fitting(clean(value))
                self.characters += len(text)
                yield place, text, self.wrapped
            elif isinstance(value, int):
                yield place, value, self.wrapped
            elif value < FIRST_DAY:
                yield place, day_text(value), self.day
            else:
                yield place, value.toordinal() - EPOCH, self.day

    def height(self, cells: Mapping[Name, Cell]) -> float:
        """Points that the row needs, by its wide columns: see `management.cells.height`."""
        lines = 1.0
        for name, width in self.wide.items():
            text = cells.get(name)
            if isinstance(text, str) and (len(text) > 0.9 * width or "\n" in text):
                lines = max(lines, text.count("\n") + 1 + len(text) * 1.1 // width)
        return min(LINE * lines, HIGHEST)

    def finish(self, sheet: Worksheet, count: int) -> None:
        """A sheet that is read, filtered and printed with ease."""
        last = max(count, 1)
        grey = self.book.add_format(GREY)
        for place, column in enumerate(self.columns):
            if self.returns and not column.read:
                rule = {"type": "no_errors", "format": grey}
                sheet.conditional_format(1, place, last, place, rule)
        sheet.autofilter(0, 0, last, len(self.columns) - 1)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
        sheet.hide_gridlines(0)  # they are printed too
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(2, 0)
        title = clean(self.content.title).replace("&", "&&")[:100]
        sheet.set_footer(f"&L{title}&RPage &P of &N")

    def choices(self, sheet: Worksheet, last: int) -> None:
        """Lists to choose from, and what a cell takes; Throughline looks at it all again."""
        lists: LongSheet = self.book.add_worksheet(LISTS, LongSheet)
        lists.hide()
        after = {status: self.content.after(status) for status in Status}
        for row, texts in enumerate(zip_longest(self.content.posts, *after.values())):
            told = [(place, clean(text), self.wrapped) for place, text in enumerate(texts) if text]
            lists.write_line(row, LINE, told)
        for place, (status, names) in enumerate(after.items(), 1):
            cells = f"${letters(place)}$1:${letters(place)}${len(names)}"
            self.book.define_name(f"{FROM}{status}", f"={LISTS}!{cells}")
        places = {column.name: place for place, column in enumerate(self.columns)}
        # By the row's own cell, so that rows can be sorted.
        sources = {Name.STATUS: f"=INDIRECT(${letters(places[Name.FROM])}2)"}
        if self.content.posts:
            sources[Name.LEAD] = f"={LISTS}!$A$1:$A${len(self.content.posts)}"
        for name, source in sources.items():
            listed = {
                "validate": "list",
                "source": source,
                "error_title": "Choose from the list",
                "error_message": "Throughline takes only what the list has.",
            }
            sheet.data_validation(1, places[name], last, places[name], listed)
        whole = {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": 100,
            "error_title": "A whole number",
            "error_message": "Type a whole number from 0 to 100, without the per-cent sign.",
        }
        sheet.data_validation(1, places[Name.PERCENT], last, places[Name.PERCENT], whole)
        day = {
            "validate": "date",
            "criteria": ">",
            "value": self.content.made_at.replace(tzinfo=None).date(),
            "error_title": "A day to come",
            "error_message": "Type a day after today, for example 31/03/2027.",
        }
        sheet.data_validation(1, places[Name.NEW_DUE], last, places[Name.NEW_DUE], day)

    def about(self, sheet: Worksheet) -> None:
        """What is what, in words: for whoever did not make the file."""
        sheet.set_column(0, 0, 30, self.strong)
        sheet.set_column(1, 1, 90, self.wrapped)
        content, row = self.content, 0
        self.text(sheet, row, 0, clean(content.title), self.title)
        large = content.shown > MOST or self.characters > MOST_CHARACTERS
        facts = [*content.facts, *_how(content, large)]
        if content.illustrative:
            facts.append(("What is invented", content.illustrative))
        for line in content.meanings:
            colour = f" ({line.colour})" if line.colour else ""
            facts.append((f"Key: {line.word}{colour}", line.meaning))
        for row, (name, value) in enumerate(facts, 2):
            sheet.set_row(row, LINE * (1 + max(len(value) // 85, len(name) // 28)))
            self.text(sheet, row, 0, clean(name), self.strong)
            self.text(sheet, row, 1, clean(value), self.wrapped)

    def stamp(self, sealed: str) -> None:
        sheet: LongSheet = self.book.add_worksheet(STAMP, LongSheet)
        sheet.very_hidden()
        for row, piece in enumerate(pieces(sealed)):
            sheet.write_line(row, LINE, [(0, piece, self.strong)])


def _columns(content: PlanFile, returns: bool) -> list[Column]:
    """Those that this file has: one plan needs no column for it, and a list asks for nothing."""
    left = {Name.PLAN} if returns else {*ASKED, *HIDDEN}
    if not content.banded:
        left.add(Name.STANDS)
    return [column for column in COLUMNS if column.name not in left]


def _how(content: PlanFile, large: bool) -> Iterator[tuple[str, str]]:
    if content.key is None:
        yield "What this is", "A list of actions. Nothing that is written here is read back."
        return
    yield (
        "How to use it",
        f"Write into the white columns of the sheet “{SHEET}”, save the file, and bring it back on "
        "the plan's page in Throughline. You see there what will be done, and nothing is done "
        "before you agree.",
    )
    yield (
        "White and grey",
        "White columns are read back. Grey ones, whose heading says “not read back”, are there to "
        "be read.",
    )
    yield (
        "Rows",
        "They may be sorted, filtered and taken out. New rows are not read: actions are added in "
        "Throughline.",
    )
    if large:
        yield (
            "In parts",
            f"The file is too long to be read in one piece. Save it again and again under other "
            f"names, leave fewer than {MOST:,} rows in each, and bring them back one by one.",
        )
    yield "Twice", "A file that is brought back a second time changes nothing more."


def _cells(line: Line) -> dict[Name, Cell]:
    """What stands in each column; nothing in those that people fill in."""
    latest = line.update
    if latest and line.update_on:
        latest = f"{_day(line.update_on)}, {line.update_by}: {latest}"
    return {
        Name.REFERENCE: line.reference,
        Name.PLAN: line.plan,
        Name.INDICATOR: f"{line.indicator_code} {line.indicator}",
        Name.TEXT: line.text,
        Name.LEAD: line.lead,
        Name.SUPPORTING: APART.join(line.supporting),
        Name.FIRST_DUE: line.original_due,
        Name.DUE: line.due,
        Name.STATUS: line.shown,
        Name.STANDS: line.stands,
        Name.PERCENT: line.percent,
        Name.LATEST: latest,
        Name.MESSAGES: ", ".join(line.key_messages),
        Name.EXPECTED: line.evidence_expected,
        Name.ANSWERS: "; ".join(line.answers),
        Name.HELD: "\n".join(map(str, line.evidence)),
        Name.MOVES: "\n".join(map(str, line.moves)),
        Name.KEY: line.key,
        Name.FROM: f"{FROM}{line.status}",
    }
