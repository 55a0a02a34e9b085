"""CSV files: which character parts the columns, and what the cells say. Nothing is interpreted."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

from management.sheets.content import LONGEST, Book, Limits, Meter, Row, Sheet, TextCells
from management.uploads import CSV_FILE, BadFile, text_of

SEPARATORS = (",", ";", "\t")
MOST_LINES = 1_048_576
NONE = "\x1f"  # no text has it: one column
LOOKED_AT = 50  # lines from which the separator is guessed
OPEN = "unexpected end of data"  # in a cell whose quotation mark is never closed
PIECE = 100_000  # characters of them
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def read(data: bytes, name: str, most: Limits | None = None) -> Book:
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
    separator = said if said in SEPARATORS else _guessed(text)
    rows = _rows(text, separator, 1 if said else 0, Meter(most or Limits()))
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
    reader = csv.reader(_lines(text), delimiter=separator)
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


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, one at a time: no second copy of the whole is made."""
    return (found[0] for found in _LINE.finditer(text))


def _rows(text: str, separator: str, skipped: int, meter: Meter) -> Iterator[Row]:
    line, last = 0, ""
    for line, cells in _records(text, separator):
        last = cells[-1] if cells else ""
        if line <= skipped or not any(cell.strip() for cell in cells):
            continue
        place = f"line {line:,}"
        meter.row(place)
        for column, said in enumerate(cells):
            if said.strip():
                meter.cell(said, f"{place}, column {column + 1}", column)
        yield Row(line, place, TextCells(cells, place))
    if "\n" in last and _flaw(text, separator) == OPEN:
        raise BadFile(
            f"Line {line:,}: a quotation mark is opened and never closed, so that all lines below "
            "are one cell. Close it, or write it twice."
        )


def _flaw(text: str, separator: str) -> str:
    """What is wrong with the quotation marks of a text, in the words of the csv module."""
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return str(error)
    return ""
