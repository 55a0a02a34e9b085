"""The tables of a Word document as rows, merged cells carried down, tables in tables apart."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from management.sheets.content import Book, Cell, Meter, Row, Sheet, quoted, some
from management.uploads import WORD_FILE
from plans.form import tables
from plans.form.asides import Comment, Numbered, Tracked
from plans.form.tables import Table, TextBox, blocks

DEEPEST = 2  # tables inside one another that are read: a frame around a frame
MOST_ABOVE = 5  # paragraphs before a table that may say what it is of
INSIDE = "a table stands inside it, which is not read with it: take the table out of the cell"


def read(data: bytes, name: str) -> Book:
    """Each table of a Word document as a sheet of its own.

    The file must have passed `check_word`. Raises BadFile for one that is broken all the same, and
    beyond the limits.
    """
    meter, above = Meter(), list[str]()
    sheets: list[Sheet] = []
    boxes: list[str] = []
    changes: list[str] = []
    comments: list[str] = []
    for block in blocks(data, "plan", asides=True):
        if isinstance(block, Table):
            sheets += _sheets(block, f"table {block.number}", tuple(above[-MOST_ABOVE:]), meter)
            above = []
        elif isinstance(block, TextBox):
            boxes.append(f"A text box is not read: {quoted(block.text)}.")
        elif isinstance(block, Comment):
            where = f" on {quoted(block.on)}" if block.on else ""
            comments.append(f"A comment{where} is not read: {quoted(block.text)}.")
        elif isinstance(block, Numbered):
            changes += _numbered(block.cells)
        elif isinstance(block, Tracked):
            changes += _accepted(block.changes)
        else:
            above.append(block)
    notes = [
        *some(boxes, "text box", "text boxes"),
        *some(comments, "comment", "comments"),
    ]
    return Book(name, WORD_FILE, tuple(sheets), (*changes, *notes))


def _numbered(cells: int) -> list[str]:
    if not cells:
        return []
    are = "1 cell has" if cells == 1 else f"{cells:,} cells have"
    return [f"{are} a number that Word makes and that is no text: type it if it is a reference."]


def _accepted(changes: int) -> list[str]:
    if not changes:
        return []
    one = changes == 1
    are = "1 tracked change is" if one else f"{changes:,} tracked changes are"
    were = "it was" if one else "they were"
    said = f"{are} read as if {were} accepted: what was deleted is gone, what was inserted stands."
    return [said]


def _sheets(table: Table, place: str, above: tuple[str, ...], meter: Meter) -> Iterator[Sheet]:
    """The table and the tables inside it. One that only frames others is itself left out."""
    inside = [t for row in table.rows for cell in row.cells for t in cell.tables]
    frame = bool(inside) and all(len(row.cells) < 2 for row in table.rows)
    if frame:
        said = [text for row in table.rows for text in row.texts if text]
        above = (*above, *said)[-MOST_ABOVE:]
    else:
        rows = tuple(row for row in _rows(table, place, meter) if row.cells)
        yield Sheet(place, place, rows, above=above)
    for number, inner in enumerate(inside if place.count(",") < DEEPEST else [], 1):
        yield from _sheets(inner, f"{place}, table {number} inside it", above, meter)


def _rows(table: Table, place: str, meter: Meter) -> Iterator[Row]:
    columns = _columns(table)
    above: dict[int, Cell] = {}
    for row in table.rows:
        where = f"{place}, row {row.number}"
        cells: dict[int, Cell] = {}
        column = -1
        for cell in row.cells:
            column = _column(cell, columns, column + 1)
            at = f"{where}, column {column + 1}"
            if cell.below:
                if column in above:
                    cells[column] = replace(above[column], place=at, carried=True)
                continue
            above.pop(column, None)
            made = _cell(cell, at, sum(cell.covers(*room) for room in columns))
            if made.says:
                above[column] = made
            if made.says or made.coloured:
                cells[column] = made
        if any(cell.says for cell in cells.values()):
            meter.row(where)
            for column, made in cells.items():
                meter.cell(made.text, made.place, column)
            yield Row(row.number, where, cells)


def _columns(table: Table) -> Sequence[tuple[int, int]]:
    """From where to where the columns reach: as the cells of most rows that have the most cells."""
    rows = Counter(tuple((cell.left, cell.right) for cell in row.cells) for row in table.rows)
    return max(rows, key=lambda row: (len(row), rows[row]), default=())


def _column(cell: tables.Cell, columns: Sequence[tuple[int, int]], first: int) -> int:
    """The first column from there on that the cell mostly covers: a dragged edge makes no other.

    No two cells of a row are in one column, so it may be one beyond the last.
    """
    free = range(first, len(columns))
    covered = (number for number in free if cell.covers(*columns[number]))
    nearest = max(free, key=lambda number: _shared(cell, *columns[number]), default=first)
    return next(covered, nearest)


def _shared(cell: tables.Cell, left: int, right: int) -> int:
    return min(cell.right, right) - max(cell.left, left)


def _cell(cell: tables.Cell, place: str, across: int) -> Cell:
    text = "\n".join(cell.said)
    fault = INSIDE if cell.tables else ""
    shaded = cell.shaded and not text
    return Cell(text, place, None, fault, False, shaded, cell.struck, max(1, across))
