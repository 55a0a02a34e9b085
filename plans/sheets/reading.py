"""From the bytes of a plan's file to its rows, whatever the file is and is called."""

from management.sheets import excel, text
from management.sheets.content import STAMP, Book
from management.sheets.opening import as_said, opened
from management.uploads import CSV_FILE, EXCEL_FILE, WORD_FILE, BadFile, check_table
from plans.sheets import word
from plans.tracker.stamp import NAMED

KINDS = (WORD_FILE, EXCEL_FILE, CSV_FILE)


def read(data: bytes, name: str) -> Book:
    """The tables of a Word document, an Excel workbook or a CSV file; `name` is what it is called.

    Which of them it is, is told from the bytes. Of a workbook hidden sheets are not read, but for
    the stamp of ours. Raises BadFile, whose sentence begins with the name.
    """
    return opened(data, name, _read, "the plan")


def _read(data: bytes, name: str) -> Book:
    kind = check_table(data)
    if kind == WORD_FILE:
        book = word.read(data, name)
    elif kind == EXCEL_FILE:
        book = excel.read(data, name)
        _refuse_tracker(book)
    else:
        book = text.read(data, name)
    if not any(sheet.rows for sheet in book.visible):
        hidden = f" {' '.join(book.notes)}" if book.notes else ""
        raise BadFile(
            "there is no table with text in it. A plan is read from a table with a row for each "
            f"action and a heading above each column.{hidden}"
        )
    said = next((other for other in KINDS if name.lower().endswith(other.ending)), kind)
    if kind == CSV_FILE and (said == WORD_FILE or (said != kind and not _has_columns(book))):
        raise BadFile(
            f"This is not {said.a} but text. Save the plan as {WORD_FILE.a}, {EXCEL_FILE.a} or "
            f"{CSV_FILE.a}."
        )
    return as_said(book, name, KINDS)


def _has_columns(book: Book) -> bool:
    return any(len(row.cells) > 1 for sheet in book.visible for row in sheet.rows)


def _refuse_tracker(book: Book) -> None:
    """Read as a plan it would bring back what has changed here since it went out."""
    stamp = book.sheet(STAMP)
    if stamp and any(row.text(0).startswith(NAMED) for row in stamp.rows[:1]):
        raise BadFile(
            "this is the tracker workbook of a plan, which comes back another way. Open the plan "
            "that it is of, and choose “brought back” beside “Tracker workbook for Excel”: there "
            "it is compared with what has changed since."
        )
