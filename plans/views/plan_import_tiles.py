"""The numbers above a file's rows, by which these are narrowed; and what is not read of it."""

from collections.abc import Collection

from management.brought import Tile
from management.sheets.content import quoted
from plans.imports import CREATE, SAME, STOPPED, UPDATE, Line
from plans.services.importing import Look
from plans.sheets.fields import Field

LEFT = "left-out"


def tiles_of(seen: Look, skip: Collection[int]) -> list[Tile[Line]]:
    """The tiles of a file; `skip` are the rows that are ticked to be left out."""
    made = []
    for show, one_label, label, rows in (
        ("new", "new action", "new actions", seen.doing(CREATE)),
        ("changed", "changed", "changed", seen.doing(UPDATE)),
        ("same", "as it is here", "as they are here", seen.doing(SAME)),
        ("stopped", "stopped", "stopped", seen.doing(STOPPED)),
        ("remarks", "with remarks", "with remarks", [one for one in seen.lines if one.notes]),
    ):
        many = sum(one.at not in skip for one in rows)
        made.append(Tile(show, one_label if many == 1 else label, many, tuple(rows)))
    left = tuple(one for one in seen.lines if one.at in skip)
    return [*made, Tile(LEFT, "ticked to be left out", len(left), left)]


def unread(seen: Look) -> list[str]:
    """The columns that say something and are not read, but for those of a remembered choice."""
    said = {heading for one in seen.remembered for heading, _ in one.otherwise}
    names = [
        " ".join(one.heading.split()) or "without a heading"
        for layout in seen.layouts
        for one in layout.columns
        if one.field == Field.NOTHING and one.samples
    ]
    return [quoted(name) for name in dict.fromkeys(names) if name not in said]
