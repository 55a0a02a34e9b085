"""Rows that look like the rest of the one above, as where one was split over two pages.

They are never joined: only a person knows.
"""

from collections.abc import Sequence
from dataclasses import replace

from plans.sheets.content import Note, Understood
from plans.sheets.fields import Field

F = Field
WHOLE = (F.ACTION, F.RESPONSIBLE, F.TIMESCALE)  # what a row with everything says
ENDS = (".", "!", "?")  # of a sentence


def continued(rows: Sequence[Understood], file: str) -> list[Understood]:
    """The rows, with a note at each that looks like a continuation of the one above."""
    made: list[Understood] = []
    above: Understood | None = None
    for row in rows:
        if above and _continues(above, row):
            why = f"It looks like a continuation of {above.place}: nothing but the action is there."
            then = "If it is, join the two in the file and bring it again, or leave this row out."
            note = Note("continues", file, row.place, "", row.text, why, then)
            made.append(replace(row, notes=(note, *row.notes)))
        else:
            made.append(row)
        above = row
    return made


def _continues(above: Understood, row: Understood) -> bool:
    said = {field for field, text in row.raw.items() if text.strip()}
    # An indicator that is merged over several rows is not this row's own.
    if row.raw.get(F.INDICATOR) == above.raw.get(F.INDICATOR):
        said.discard(F.INDICATOR)
    if said != {F.ACTION} or not all(above.raw.get(field, "").strip() for field in WHOLE):
        return False
    begins = row.raw[F.ACTION].lstrip()[:1]
    broken_off = not above.raw[F.ACTION].rstrip().endswith(ENDS)
    numbered = begins.isdigit()  # it is an action of its own
    return _below(above, row) and (begins.islower() or broken_off) and not numbered


def _below(above: Understood, row: Understood) -> bool:
    """Whether it is the next row of the same table."""
    table, other = (one.place.rpartition(" ")[0] for one in (above, row))
    return table == other and row.number == above.number + 1
