"""What a file would change of a plan: its rows beside the actions that are there.

A row that says what it said when it was last brought in has nothing new to tell, whatever has been
done since: the same file twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.sheets.content import Understood
from plans.sheets.fields import LABELS, Field
from plans.statuses import Status

F = Field
# Field of a file: attribute of what was understood, which stands for it in an action.
COMPARED = {
    F.ACTION: "text",
    F.INDICATOR: "indicator",
    F.EVIDENCE: "evidence_expected",
    F.RESPONSIBLE: "responsible",
    F.TIMESCALE: "timescale",
    F.STATUS: "status",
    F.PERCENT: "percent",
    F.PROGRESS: "progress",
}
CREATE, UPDATE, SAME, STOPPED = "create", "update", "same", "stopped"


@dataclass(frozen=True)
class Stands:
    """An action as it is now, in the terms of a file. `base` are the words of its last import."""

    pk: int
    reference: str
    values: Mapping[str, Any]
    due: date | None
    base: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Change:
    """One field that the file says otherwise; `old` and `new` are as people read them."""

    field: Field
    old: str
    new: str

    @property
    def label(self) -> str:
        return LABELS[self.field]


@dataclass(frozen=True)
class Line:
    """One row and what it would do: create, update (its `changes`), nothing, or it is stopped."""

    row: Understood
    does: str
    stands: Stands | None = None
    changes: tuple[Change, ...] = ()


def line(row: Understood, stands: Stands | None) -> Line:
    """What the row would do."""
    if row.stops:
        return Line(row, STOPPED, stands)
    if stands is None:
        return Line(row, CREATE)
    found = changes(row, stands)
    return Line(row, UPDATE if found else SAME, stands, found)


def changes(row: Understood, stands: Stands) -> tuple[Change, ...]:
    """The fields that the file says otherwise than the action, and otherwise than it said before.

    An empty cell says nothing: what is there stays.
    """
    found = []
    for field, name in COMPARED.items():
        words = row.raw.get(field, "").strip()
        if not words or (stands.base is not None and stands.base.get(field, "").strip() == words):
            continue
        new, old = getattr(row, name), stands.values.get(name)
        if field == F.TIMESCALE:
            due = row.revised or row.due
            if due is None or due == stands.due:
                continue
            new, old = due, stands.due
        elif new in (None, "") or _same(new, old):
            continue
        found.append(Change(field, _words(old), _words(new)))
    if row.revised and row.revised != stands.due and F.TIMESCALE not in {c.field for c in found}:
        words = row.raw.get(F.REVISED, "")
        if stands.base is None or stands.base.get(F.REVISED, "") != words:
            found.append(Change(F.REVISED, _words(stands.due), _words(row.revised)))
    return tuple(found)


def _same(new: Any, old: Any) -> bool:
    if isinstance(new, str) and isinstance(old, str):
        return new.split() == old.split()
    return bool(new == old)


def _words(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%B} {value.year}"
    if isinstance(value, Status):
        return value.label
    return "" if value is None else str(value)
