"""CSV files: which character parts the columns, and what the cells say. Nothing is interpreted."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from management.sheets.content import LONGEST, Book, Cell, Meter, Row, Sheet
from management.uploads import CSV_FILE, BadFile, text_of

SEPARATORS = (",", ";", "\t")
MOST_LINES = 1_048_576
NONE = "\x1f"  # no text has it: one column
LOOKED_AT = 50  # lines from which the separator is guessed
OPEN = "unexpected end of data"  # in a cell whose quotation mark is never closed
PIECE = 100_000  # characters of them


def read(data: bytes, name: str) -> Book:
    """The one table of a CSV file. Raises BadFile for what is no text, and beyond the limits."""
    text = text_of(data)
    # The csv module begins a line after either sign, and Windows writes both for one.
    lines = text.count("\n") + text.count("\r") - text.count("\r\n") + 1
    if lines > MOST_LINES:
        raise BadFile(
            f"The file has {lines:,} lines; at most {MOST_LINES:,} are read. "
            "Take the empty ones out, or part it."
        )
    first = text[:10].split("\n")[0].rstrip("\r")
    said = first[4:] if first.lower().startswith("sep=") else ""  # Excel's own line: sep=;
    rows = _rows(text, said if said in SEPARATORS else _guessed(text), 1 if said else 0)
    return Book(name, CSV_FILE, (Sheet("", "the file", tuple(rows)),))


def _guessed(text: str) -> str:
    """The separator by which most of the first lines have the same number of columns.

    One between which quotation marks stand as they should is preferred.
    """
    best = (False, 0, 0, NONE)
    for separator in SEPARATORS:
        counts: Counter[int] = Counter()
        try:
            for _, cells in _records(text[:PIECE], separator):
                counts[len(cells)] += any(cells)
                if counts.total() == LOOKED_AT:
                    break
        except BadFile:
            continue
        columns, often = max(counts.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        sound = _flaw(text[:PIECE], separator) in {"", OPEN}
        if columns > 1 and (sound, often, columns) > best[:3]:
            best = sound, often, columns, separator
    return best[3]


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The records, each with the number of the line in which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:  # a cell longer than the module reads
            raise BadFile(
                f"Line {line:,}: a cell has far more than {LONGEST:,} characters, and no longer "
                "one can be read. Is a quotation mark missing at its end?"
            ) from error
        if cells is None:
            return
        yield line, cells


def _rows(text: str, separator: str, skipped: int) -> Iterator[Row]:
    meter = Meter()
    line, last = 0, ""
    for line, cells in _records(text, separator):
        last = cells[-1] if cells else ""
        if line <= skipped or not any(cell.strip() for cell in cells):
            continue
        place = f"line {line:,}"
        meter.row(place)
        yield Row(line, place, dict(_cells(cells, place, meter)))
    if "\n" in last and _flaw(text, separator) == OPEN:
        raise BadFile(
            f"Line {line:,}: a quotation mark is opened and never closed, so that all lines below "
            "are one cell. Close it, or write it twice."
        )


def _cells(cells: list[str], place: str, meter: Meter) -> Iterator[tuple[int, Cell]]:
    for column, text in enumerate(cells):
        if text.strip():
            where = f"{place}, column {column + 1}"
            meter.cell(text, where, column)
            yield column, Cell(text.replace("\r\n", "\n").replace("\r", "\n"), where)


def _flaw(text: str, separator: str) -> str:
    """What is wrong with the quotation marks of a text, in the words of the csv module."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return str(error)
    return ""
