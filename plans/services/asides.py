"""What a preview says beside what a row would do: what of it waits, and what is otherwise here."""

from dataclasses import replace

from management.days import day_text
from management.sheets.content import quoted
from plans.bases import TOLD, moved
from plans.imports import STOPPED, Line
from plans.models import Plan
from plans.services.refusals import Columns
from plans.sheets.content import Note
from plans.sheets.fields import Field

SHORT = 200  # characters of a value


def with_asides(one: Line, plan: Plan | None, columns: Columns) -> Line:
    """The line with its asides; `plan` is the one that the file is for, if it is there."""
    notes = [*_waits(one, plan, columns), *_differs(one, columns)]
    return replace(one, notes=(*one.notes, *notes)) if notes else one


def _waits(one: Line, plan: Plan | None, columns: Columns) -> list[Note]:
    """The day to which a date was moved, where that is not taken in before the plan is approved."""
    row = one.row
    if one.does == STOPPED or not moved(row) or row.revised is None:
        return []
    if plan is not None and not plan.is_draft:
        return []
    day = day_text(row.revised)
    why = f"The plan is a draft: that the date was moved to {day} waits."
    if plan is None:
        why = f"That the date was moved to {day} waits, if the plan comes in as a draft."
    field = Field.REVISED if row.raw.get(Field.REVISED) else Field.TIMESCALE
    then = "Bring the file in again once the plan is approved."
    return [replace(columns.note(row, field, why, then), code="moved_waits", stops=False)]


def _differs(one: Line, columns: Columns) -> list[Note]:
    """What stands here otherwise, though the file says what it said before."""
    notes = []
    for change in one.differs:
        here = (
            f"Here it is {quoted(change.old, SHORT)}." if change.old else "Here there is nothing."
        )
        where = (columns.file, one.row.place, TOLD[change.name][0])
        notes.append(Note("otherwise_here", *where, change.new, f"Not changed in the file. {here}"))
    return notes
