"""What a row says that is no value of a field: text that is struck through, a day of completion."""

from collections.abc import Sequence
from dataclasses import replace

from management.sheets.content import Cell, Row, quoted
from plans.sheets.content import LeftOut, Note, Understood
from plans.sheets.fields import Field, says_completed
from plans.sheets.layouts import Layout, Part
from plans.statuses import Status

F = Field
HOLDS = "Leave the row out if it is no longer of the plan."


def remarked(
    rows: Sequence[Understood], without: Sequence[LeftOut], layout: Layout, file: str
) -> list[Understood]:
    """A layout's actions with notes on what is struck through and when they were completed.

    `without` are its rows that are none.
    """
    notes: dict[str, list[Note]] = {row.place: [] for row in rows}
    left = {out.place for out in without}
    for part in layout.parts:
        place = ""
        for row in part.rows:
            place = row.place if row.place in notes else place  # else it is merged into the last
            if place and row.place not in left:
                notes[place] += _struck(row, part, layout, file)
    named = [] if layout.ours else _completed(layout)
    return [
        replace(row, notes=(*row.notes, *found))
        if (found := [*notes[row.place], *_days(row, named, file)])
        else row
        for row in rows
    ]


def _struck(row: Row, part: Part, layout: Layout, file: str) -> list[Note]:
    headings = dict(zip(part.columns, [c.heading for c in layout.columns], strict=True))
    own = {n: c for n, c in row.cells.items() if n in headings and c.says and not c.carried}
    if len(own) > 1 and all(_is_whole(cell) for cell in own.values()):
        why = "All of the row is struck through, and is read all the same."
        return [Note("struck", file, row.place, "", "", why, HOLDS)]
    made = []
    for column, cell in own.items():
        if cell.struck:
            whole = _is_whole(cell)
            why = f"{quoted(cell.struck)} is struck through, and is "
            why += "read all the same: nothing else stands there." if whole else "left out."
            made.append(Note("struck", file, cell.place, headings[column], cell.struck, why))
    return made


def _is_whole(cell: Cell) -> bool:
    """Whether all that the cell says is struck through."""
    return bool(cell.struck) and "".join(cell.struck.split()) == "".join(cell.text.split())


def _completed(layout: Layout) -> list[str]:
    """The headings of columns with the day of completion, which no field takes."""
    return [
        column.heading
        for column in layout.columns
        if column.field == F.NOTHING and says_completed(column.heading)
    ]


def _days(row: Understood, headings: Sequence[str], file: str) -> list[Note]:
    """A note where the row says when its action was completed, and no status says that it is."""
    if row.status == Status.DONE:
        return []
    then = "That it is done, somebody has to report with the evidence."
    notes = []
    for heading, text in row.row:
        if heading in headings and any(map(str.isdigit, text)):
            why = f"It says completed on {quoted(text)}; the status is not read from it."
            notes.append(Note("completed_on", file, row.place, heading, text, why, then))
    return notes
