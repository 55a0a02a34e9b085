"""One sheet of an Excel workbook: its cells in their rows, read in one pass over its part."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import IO, Any

from defusedxml.ElementTree import iterparse

from management.sheets import formats
from management.sheets.content import MOST_COLUMNS, Cell, Meter, Row, Sheet, upper
from management.uploads import EXCEL_FILE, BadFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOST_MERGED = 20_000
LAST_ROW = 1_048_576
TRUE = {"1", "true", "on"}
DAMAGED = f"The file is damaged. {EXCEL_FILE.again}"
NO_RESULT = (
    "it holds a formula whose result is not stored in the file: open the file in Excel, save it "
    "there and send it again, or type the value"
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Style:
    """How cells show a number, and whether they are coloured or struck through."""

    code: str = "General"
    coloured: bool = False
    struck: bool = False


@dataclass
class Parts:
    """What the sheets of a workbook share. `mac` is the date system of 1904.

    `strings` are the shared texts, each with what is struck through of it.
    """

    strings: list[tuple[str, str]] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    mac: bool = False
    meter: Meter = field(default_factory=Meter)


def read_sheet(source: IO[bytes], parts: Parts, name: str, place: str, hidden: str) -> Sheet:
    """The sheet in that part of the file. Raises BadFile beyond the limits."""
    return _Sheet(parts, name, place, hidden).read(source)


@dataclass
class _Line:
    """A row while it is read: its cells, and the columns that are coloured and empty."""

    number: int
    hidden: bool
    cells: dict[int, Cell] = field(default_factory=dict)
    coloured: set[int] = field(default_factory=set)


class _Sheet:
    def __init__(self, parts: Parts, name: str, place: str, hidden: str) -> None:
        self.parts, self.name, self.place, self.hidden = parts, name, place, hidden
        self.lines: list[_Line] = []
        self.columns: set[int] = set()
        self.merged: list[tuple[int, int, int]] = []  # column, first row, last row
        self.across: dict[tuple[int, int], int] = {}  # how many columns, by row and column

    def read(self, source: IO[bytes]) -> Sheet:
        number = column = 0
        line = _Line(0, False)
        row: Any = None
        for event, element in iterparse(source, ("start", "end"), forbid_dtd=True):
            tag = element.tag
            if event == "start":
                if tag == f"{MAIN}row" and row is None:
                    number, row = self._number(element, number), element
                    line = _Line(number, element.get("hidden", "") in TRUE)
                    column = -1
                continue
            if tag == f"{MAIN}c" and row is not None:
                column = self._cell(element, line, column)
                row.clear()
            elif element is row:
                self._end(line)
                row = None
            elif tag == f"{MAIN}col":
                self._column(element)
            elif tag == f"{MAIN}mergeCell":
                self._merge(element.get("ref", ""))
            if row is None:
                element.clear()
        self._widen()
        self._carry()
        rows = tuple(self._row(line) for line in self.lines)
        return Sheet(self.name, self.place, rows, self.hidden, frozenset(self.columns))

    def _number(self, element: Any, last: int) -> int:
        """The number of a row; one that goes back, or is none, is the next."""
        said = element.get("r", "")
        number = int(said) if said.isdecimal() and len(said) < 8 else 0
        number = number if number > last else last + 1
        if number > LAST_ROW:
            raise BadFile(f"{upper(self.place)} has more rows than Excel has. {EXCEL_FILE.again}")
        return number

    def _cell(self, element: Any, line: _Line, last: int) -> int:
        """Takes a cell into its row; the column in which it stands."""
        reference = _REFERENCE.fullmatch(element.get("r", ""))
        column = _column_of(reference[1]) if reference else last + 1
        said = element.get("s", "")
        number = int(said) if said.isdecimal() and len(said) < 7 else 0
        style = self.parts.styles[number] if number < len(self.parts.styles) else Style()
        if len(element):
            place = f"{self.place}, cell {letters(column)}{line.number}"
            cell = self._said(element, style, place)
            if style.struck:
                cell = replace(cell, struck=cell.text)
            if cell.says:
                self.parts.meter.cell(cell.text, place, column)
                line.cells[column] = cell
                return column
        if style.coloured and column < MOST_COLUMNS:
            line.coloured.add(column)
        return column

    def _said(self, element: Any, style: Style, place: str) -> Cell:
        kind = element.get("t", "n")
        if kind == "inlineStr":
            inline = element.find(f"{MAIN}is")
            said, struck = ("", "") if inline is None else text_in(inline)
            return Cell(said, place, struck=struck)
        text = element.findtext(f"{MAIN}v") or ""
        if not text:
            formula = element.find(f"{MAIN}f") is not None and kind != "str"
            return Cell("", place, fault=NO_RESULT if formula else "")
        if kind == "s":
            number = int(text) if text.isdecimal() and len(text) < 9 else -1
            if not 0 <= number < len(self.parts.strings):
                raise BadFile(f"{upper(place)}: its text is missing. {DAMAGED}")
            said, struck = self.parts.strings[number]
            return Cell(said, place, struck=struck)
        if kind == "b":
            return Cell("TRUE" if text in TRUE else "FALSE", place, text in TRUE)
        if kind == "e":
            return Cell(text, place, fault=f"it shows the error {text[:20]}")
        if kind == "n":
            return self._counted(text, style.code, place)
        return Cell(_unescaped(text), place, _day(text) if kind == "d" else None)

    def _counted(self, text: str, code: str, place: str) -> Cell:
        number = formats.as_number(text)
        if number is None:
            return Cell(text, place, fault="it is marked as a number and is none")
        try:
            said, value = formats.shown(number, code, self.parts.mac)
            return Cell(said, place, value)
        except ValueError as error:
            return Cell(f"{number:g}", place, fault=f"it is shown as a date, but {error}")

    def _end(self, line: _Line) -> None:
        if line.cells:
            self.parts.meter.row(f"{self.place}, row {line.number}")
            self.lines.append(line)

    def _column(self, element: Any) -> None:
        first, last = element.get("min", ""), element.get("max", "")
        if element.get("hidden", "") in TRUE and first.isdecimal() and last.isdecimal():
            room = range(MOST_COLUMNS)
            self.columns |= {c for c in room if int(first[:7]) <= c + 1 <= int(last[:7])}

    def _merge(self, reference: str) -> None:
        ends = [_REFERENCE.fullmatch(end) for end in reference.split(":")[:2]]
        if len(ends) == 2 and ends[0] and ends[1]:
            first, last = int(ends[0][2]), int(ends[1][2])
            left, right = _column_of(ends[0][1]), _column_of(ends[1][1])
            if first < last and left < MOST_COLUMNS:
                self.merged.append((left, first, last))
            if left < right and left < MOST_COLUMNS:
                self.across[first, left] = right - left + 1
        if len(self.merged) > MOST_MERGED or len(self.across) > MOST_MERGED:
            raise BadFile(
                f"{upper(self.place)} has more than {MOST_MERGED:,} merged cells. Take the merging "
                "out where it is not needed."
            )

    def _widen(self) -> None:
        for line in self.lines if self.across else ():
            for column, cell in line.cells.items():
                if (line.number, column) in self.across:
                    wide = self.across[line.number, column]
                    line.cells[column] = replace(cell, across=wide)

    def _carry(self) -> None:
        """What cells merged downwards say is said in each of their rows: one look at each row."""
        by_column: dict[int, list[tuple[int, int]]] = {}
        for column, first, last in sorted(self.merged):
            by_column.setdefault(column, []).append((first, last))
        for column, ranges in by_column.items():
            place, above = 0, None
            for line in self.lines:
                while place < len(ranges) and ranges[place][1] < line.number:
                    place, above = place + 1, None
                if place == len(ranges):
                    break
                first, _ = ranges[place]
                if line.number == first:
                    above = line.cells.get(column)
                elif line.number > first and above and column not in line.cells:
                    where = f"{self.place}, cell {letters(column)}{line.number}"
                    self.parts.meter.cell(above.text, where, column)
                    line.cells[column] = replace(above, place=where, carried=True)

    def _row(self, line: _Line) -> Row:
        for column in line.coloured - line.cells.keys():
            place = f"{self.place}, cell {letters(column)}{line.number}"
            line.cells[column] = Cell("", place, coloured=True)
        place = f"{self.place}, row {line.number}"
        return Row(line.number, place, dict(sorted(line.cells.items())), line.hidden)


def _day(text: str) -> date | None:
    """The day of a date that is written out in the file: 2019-10-31T00:00:00."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def letters(column: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _column_of(name: str) -> int:
    column = 0
    for letter in name:
        column = 26 * column + ord(letter) - 64
    return column - 1


def text_in(element: Any) -> tuple[str, str]:
    """The text of a string, in one piece or in many, and what is struck through; not how it is
    pronounced. What is struck through is left out of the text where anything else stands."""
    pieces: list[str] = []
    struck: list[str] = []
    for child in element:
        if child.tag == f"{MAIN}t":
            pieces.append(child.text or "")
        elif child.tag == f"{MAIN}r":
            text = child.findtext(f"{MAIN}t") or ""
            (struck if is_struck(child.find(f"{MAIN}rPr")) else pieces).append(text)
    gone = _unescaped("".join(struck)).strip()
    return _unescaped("".join(pieces if any(p.strip() for p in pieces) else struck)), gone


def is_struck(font: Any) -> bool:
    """Whether a font strikes its text through."""
    strike = None if font is None else font.find(f"{MAIN}strike")
    return strike is not None and strike.get("val", "1") in TRUE


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPED.sub(_character, text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in "\t\n\r" else ""
