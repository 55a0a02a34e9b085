"""The rows of a file with tables, whatever kind of file it was: what its cells say, and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from management.uploads import BadFile, Kind

MOST_SHEETS = 200
MOST_ROWS = 10_000  # with something in them
MOST_COLUMNS = 256
MOST_CELLS = 100_000  # with something in them
MOST_TEXT = 5_000_000  # characters
LONGEST = 32_767  # characters of a cell: Excel holds no more
STAMP = "_throughline"  # the hidden sheet of a workbook of ours
# Shown of a text that is too long, or of a sheet's name.
SHOWN = 40
MOST_NOTES = 5  # of one kind

Value = date | Decimal | bool | None


@dataclass(frozen=True)
class Limits:
    """How much of a file is read: rows and cells with something in them, and characters."""

    rows: int = MOST_ROWS
    cells: int = MOST_CELLS
    text: int = MOST_TEXT


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, as people see it; `value` where the file itself knows a date or number.

    `fault` says why the text is not what was meant. `carried` is the lower part of merged cells,
    with the text of the uppermost. `coloured` is a cell that says nothing and has a colour.
    `struck` is what is struck through: no part of the text, unless it is all that stands there.
    `across` is how many columns it is merged over.
    """

    text: str
    place: str
    value: Value = None
    fault: str = ""
    carried: bool = False
    coloured: bool = False
    struck: str = ""
    across: int = 1

    @property
    def says(self) -> bool:
        return bool(self.text.strip() or self.fault)

    @property
    def is_day(self) -> bool:
        """Whether the file itself knows it as a day."""
        return isinstance(self.value, date)


class TextCells(Mapping[int, Cell]):
    """The cells of a row of text, made when somebody looks at one: of a long file most are looked
    at once, and all of them at once would fill the memory. `texts` has every column."""

    __slots__ = ("place", "texts")

    def __init__(self, texts: Sequence[str], place: str) -> None:
        self.texts, self.place = texts, place

    def __getitem__(self, column: int) -> Cell:
        if column not in self:
            raise KeyError(column)
        return Cell(self.text(column), f"{self.place}, column {column + 1}")

    def __contains__(self, column: object) -> bool:
        there = isinstance(column, int) and 0 <= column < len(self.texts)
        return there and bool(self.texts[column].strip())  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[int]:
        return (column for column, text in enumerate(self.texts) if text.strip())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def text(self, column: int) -> str:
        """What the cell says, empty where there is none."""
        text = self.texts[column] if column < len(self.texts) else ""
        if not text.strip():
            return ""
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that say something, by column from 0. `number` is as people count."""

    number: int
    place: str
    cells: Mapping[int, Cell]
    hidden: bool = False

    def text(self, column: int) -> str:
        cells = self.cells
        if isinstance(cells, TextCells):
            return cells.text(column)
        return cells[column].text if column in cells else ""


@dataclass(frozen=True)
class Sheet:
    """A sheet, a table of a Word document, or the whole of a CSV file; rows without text are gone.

    `hidden` is empty, “hidden” or “very hidden”. `above` are the paragraphs before a Word table.
    """

    name: str
    place: str
    rows: tuple[Row, ...]
    hidden: str = ""
    hidden_columns: frozenset[int] = frozenset()
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file with its tables. `notes` are sentences on what is not read, each with its place."""

    name: str
    kind: Kind
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()

    @property
    def visible(self) -> tuple[Sheet, ...]:
        """The sheets that people see. The others are read only by who asks for them."""
        return tuple(sheet for sheet in self.sheets if not sheet.hidden)

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, hidden or not, such as the `STAMP`."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


@dataclass
class Meter:
    """Counts what is read of a file, and refuses what goes beyond the limits, by its place."""

    most: Limits = Limits()
    rows: int = 0
    cells: int = 0
    text: int = 0

    def row(self, place: str) -> None:
        self.rows += 1
        if self.rows > self.most.rows:
            raise BadFile(
                f"{upper(place)}: the file has more than {self.most.rows:,} rows with text, and no "
                "more are read. Take out of it what is not needed, or part it."
            )

    def cell(self, text: str, place: str, column: int) -> None:
        """One more cell; `column` counts from 0."""
        self.cells += 1
        self.text += len(text)
        if len(text) > LONGEST:
            raise BadFile(
                f"{upper(place)}: {quoted(text)} has {len(text):,} characters; a cell of at most "
                f"{LONGEST:,} can be read. Shorten it."
            )
        if column >= MOST_COLUMNS:
            raise BadFile(
                f"{upper(place)}: {quoted(text)} stands in column {column + 1:,}; at most "
                f"{MOST_COLUMNS} columns are read. Take it out, or move it to the left."
            )
        if self.cells > self.most.cells or self.text > self.most.text:
            raise BadFile(
                f"{upper(place)}: the file has more than {self.most.cells:,} cells or "
                f"{self.most.text:,} characters, and no more are read. Take out of it what is not "
                "needed, or part it."
            )


def some(notes: Sequence[str], one: str, many: str) -> list[str]:
    """The first notes of a kind, and how many more things of that name there are."""
    more = len(notes) - MOST_NOTES
    last = f"1 more {one} is not read." if more == 1 else f"{more:,} more {many} are not read."
    return [*notes[:MOST_NOTES], *([last] * (more > 0))]


def quoted(text: str, longest: int = SHOWN) -> str:
    """The text on one line between quotation marks, cut with an ellipsis."""
    line = " ".join(text[: 4 * longest].split())
    cut = len(line) > longest or len(text) > 4 * longest
    return f"“{line[: longest - 1]}…”" if cut else f"“{line}”"


def upper(place: str) -> str:
    """The place as a sentence begins with it."""
    return place[:1].upper() + place[1:]
