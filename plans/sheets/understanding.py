"""From the rows of a plan's file to its actions: values, raw words, and what was not understood.

Nothing here reads or writes a database, and nothing is raised for what a file says: whatever cannot
be understood becomes a Note at its row.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from management.sheets.content import Book, quoted, upper
from plans.sheets.apart import stacked
from plans.sheets.content import Context, LeftOut, Note, Result, Understood
from plans.sheets.continuing import continued
from plans.sheets.fields import Field
from plans.sheets.known import Known, said
from plans.sheets.layouts import Layout, has_actions
from plans.sheets.naming import unknown, unlinked
from plans.sheets.remarks import remarked
from plans.sheets.rows import records
from plans.sheets.standing import are_shares
from plans.sheets.values import Values

F = Field
NAMED = 8  # rows named in one sentence
NO_ACTIONS = (
    "No heading looks like that of an action, so no row is read. Say which column has the "
    "actions, or choose another file."
)
OWN_REFERENCE = (
    "Give each action its own; in Excel, 1.10 typed as a number reads 1.1, so make the column text."
)


def understand(book: Book, plans: Iterable[Layout], context: Context) -> Result:
    """What the layouts' tables say of actions, one layout after the other.

    The layouts are those of `layouts.layouts`, with a person's mapping where one was given
    (`layouts.with_mapping`). Takes a few seconds for thousands of rows, whatever they say.
    """
    known = Known(context)
    rows: list[Understood] = []
    left_out: list[LeftOut] = []
    notes: list[str] = list(book.notes)
    read: set[str] = set()
    used = [one for one in plans if set(one.mapping) != {F.NOTHING}]
    if not used:
        notes.append(NO_ACTIONS)
    for layout in [one for one in used if has_actions(one.mapping)] or used:
        found, without = records(layout, book, known)
        shares = are_shares(found)
        made = [Values(record, known, book.name, shares).understood() for record in found]
        rows += remarked(made, without, layout, book.name)
        left_out += without
        notes += [*_hidden(layout), *_beside(layout)]
        if not (found or without) and any(part.heads for part in layout.parts):
            places = _listed([part.sheet.place for part in layout.parts])
            notes.append(f"{upper(places)}: there are headings, and no rows below them.")
        read |= {row.place for part in layout.parts for row in part.sheet.rows}
    notes += _skipped(book, read)
    rows = _compared(continued(rows, book.name), book.name)
    notes += unlinked(rows, known)
    return Result(tuple(rows), tuple(left_out), tuple(notes), unknown(rows, known))


def _hidden(layout: Layout) -> list[str]:
    """What Excel does not show of the tables is read, and said to be."""
    notes = [
        f"{upper(part.sheet.place)}: rows that are hidden are read too: {_listed(numbers)}."
        for part in layout.parts
        if (numbers := [str(row.number) for row in part.rows if row.hidden])
    ]
    return notes + [
        f"The column “{column.heading}” is hidden in Excel, and is read too."
        for column in layout.columns
        if column.hidden and column.field != F.NOTHING
    ]


def _beside(layout: Layout) -> list[str]:
    """What stands beyond an empty column beside the tables, and is left out."""
    then = "it is not read. If it belongs to the plan, take the empty column out"
    return [
        f"{upper(part.sheet.place)}: {quoted(part.beside)} stands beside the table, beyond an "
        f"empty column: {then}."
        for part in layout.parts
        if part.beside
    ]


def _skipped(book: Book, read: Collection[str]) -> list[str]:
    """The tables that people see in the file and that are not read, each by its first words."""
    named = []
    for sheet in book.visible:
        for rows in (table.rows for table in stacked(sheet)):
            if rows and rows[0].place not in read:
                place = sheet.place if len(rows) == len(sheet.rows) else rows[0].place
                first = next(filter(None, map(said, rows[0].cells.values())), "")
                named.append(f"{place} ({quoted(first)})")
    why = "Not read, because nothing there looks like a plan"
    return [f"{why}: {_listed(named)}."] if named else []


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _compared(rows: Sequence[Understood], file: str) -> list[Understood]:
    """The rows, with notes on those that have the reference or the words of another."""
    references: dict[str, list[Understood]] = {}
    texts: dict[tuple[str, str], list[Understood]] = {}
    for row in rows:
        if row.reference:
            references.setdefault(row.reference.casefold(), []).append(row)
        if row.text:
            texts.setdefault((row.indicator, row.text.casefold()), []).append(row)
    made = []
    for row in rows:
        notes = list(row.notes)
        alike = references.get(row.reference.casefold(), [])
        if others := _places(row, alike):
            value = row.raw.get(F.REFERENCE, row.reference)
            why = f"“{row.reference}” is also the reference of {others}."
            where = (file, row.place, "", value)
            notes.append(Note("reference_twice", *where, why, OWN_REFERENCE, stops=True))
        elif others := _places(row, texts.get((row.indicator, row.text.casefold()), [])):
            why = f"The same action stands in {others}."
            notes.append(Note("text_twice", file, row.place, "", row.text, why))
        made.append(replace(row, notes=tuple(notes)) if len(notes) > len(row.notes) else row)
    return made


def _places(row: Understood, alike: Sequence[Understood]) -> str:
    return _listed([other.place for other in alike[: NAMED + 2] if other.place != row.place])
