"""What a file would change of a plan: its rows beside the actions that are there.

A cell that says what it said when it was last brought in has nothing new to tell, whatever has been
done since: the same file twice changes nothing. Where the file and somebody here have both put a
field otherwise, the file wins only if the person who brings it says so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kpis.periods import day_text
from management.sheets.content import quoted
from plans.sheets.content import Note, Understood
from plans.sheets.fields import Field
from plans.sheets.standing import AWAITS, BY_PERCENT
from plans.statuses import Status
from plans.tracker.merging import Outcome, outcome

F = Field
CREATE, UPDATE, SAME, STOPPED = "create", "update", "same", "stopped"
# What the file can say of an action: its name, and the columns that speak of it.
TOLD: dict[str, tuple[str, tuple[Field, ...]]] = {
    "text": ("Action", (F.ACTION,)),
    "indicator": ("Quality indicator", (F.INDICATOR,)),
    "evidence_expected": ("Evidence of improvement", (F.EVIDENCE,)),
    "responsible": ("Responsible, in the plan’s words", (F.RESPONSIBLE, F.RESPONSIBLE_WORDS)),
    "lead": ("Lead post", (F.RESPONSIBLE,)),
    "supporting": ("Supporting posts", (F.RESPONSIBLE, F.SUPPORTING)),
    "key_messages": ("Key messages", (F.ACTION, F.MESSAGES)),
    "timescale": ("Timescale in the plan’s words", (F.TIMESCALE, F.TIMESCALE_WORDS)),
    "due": ("Due date", (F.TIMESCALE, F.REVISED)),
    "status": ("Status", (F.STATUS,)),
    "word": ("Word for the status", (F.STATUS,)),
    "percent": ("Per cent complete", (F.PERCENT, F.STATUS)),
    "progress": ("Progress", (F.PROGRESS,)),
}
# Of these a draft knows nothing: they are reported once it is approved.
REPORTED = frozenset({"status", "word", "percent", "progress"})
# What was agreed: in an approved plan it changes with a reason.
AGREED = frozenset(TOLD) - REPORTED
# What a cell that says otherwise than before can also take away.
EMPTIED = frozenset({"supporting", "key_messages"})
ENDED = frozenset({Status.WITHDRAWN})
# The plan's own words for something, which stay where that stays as it is here.
SAID_OF = {"timescale": "due", "responsible": "lead"}
_FINISHED = frozenset({Status.DONE, Status.COMPLETE})


@dataclass(frozen=True)
class Base:
    """What the last import said of an action: the cells' words, and what the action was after it.

    `raw` and `row` are the row word for word; `left` are the fields that were not taken then.
    """

    raw: Mapping[str, str]
    row: Sequence[Sequence[str]]
    took: Mapping[str, str]
    left: Sequence[str] = ()

    def as_text(self) -> str:
        return json.dumps(
            {"raw": self.raw, "row": self.row, "took": self.took, "left": self.left},
            sort_keys=True,
            default=list,
        )


def base_of(text: str) -> Base:
    """The base as it was kept beside the action (JSON as text)."""
    kept = json.loads(text)
    return Base(
        kept.get("raw", {}), kept.get("row", []), kept.get("took", {}), kept.get("left", [])
    )


def base_from(row: Understood, took: Mapping[str, str], left: Iterable[str] = ()) -> Base:
    """The row as it is to be kept beside its action."""
    raw = {str(field): words for field, words in row.raw.items()}
    return Base(raw, [list(pair) for pair in row.row], took, sorted(left))


class Place(NamedTuple):
    """A row in a file that was brought in: which import, which table, and the row's number."""

    brought: int
    table: str
    number: int


@dataclass(frozen=True)
class Stands:
    """An action as it is now: `values` are texts of one form each, by the names in TOLD.

    `base` and `place` are what the last import said of it, and where.
    """

    pk: int
    reference: str
    values: Mapping[str, str]
    draft: bool = False
    base: Base | None = None
    place: Place | None = None


class By(StrEnum):
    """By what a row was matched with its action."""

    CERTAIN = "certain"  # its reference, its words, or the row that it was before
    WORDS = "words"  # that are nearly the action's
    PLACE = "place"  # in the file, with the same post and date


@dataclass(frozen=True)
class Match:
    """The action that a row is of. One that is not certain can be turned down by a person.

    `reference` is the row's, where the action has just its words and another reference.
    """

    stands: Stands
    by: By = By.CERTAIN
    reference: str = ""

    @property
    def said(self) -> str:
        """By what it was matched, as a sentence; empty where that is certain."""
        action = f"action {self.stands.reference}"
        if self.reference:
            said = f"Matched by its words, which are those of {action}"
            return f"{said}: its reference in the file, {quoted(self.reference)}, is another."
        return {
            By.CERTAIN: "",
            By.WORDS: f"Matched by its words, which are nearly those of {action}.",
            By.PLACE: f"Matched by its place in the file, which was that of {action}, with the "
            "same post and date.",
        }[self.by]


@dataclass(frozen=True)
class Change:
    """One field that the file says otherwise; `old` and `new` are as people read them.

    In a `conflict` it, or what it speaks of (SAID_OF), was put otherwise here as well, since the
    last import.
    """

    name: str
    old: str
    new: str
    conflict: bool = False

    @property
    def label(self) -> str:
        return TOLD[self.name][0]


@dataclass(frozen=True)
class Line:
    """One row, the `at`th of the file, and what it would do.

    It makes an action, changes one (`changes`), does nothing, or is stopped by its notes. `like` is
    a match that is not certain; without `stands` it was turned down.
    """

    at: int
    row: Understood
    does: str
    stands: Stands | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    like: Match | None = None

    @property
    def needs_lead(self) -> bool:
        """Whether it makes an action for which the file names no post."""
        return self.does == CREATE and not self.row.lead

    @property
    def needs_indicator(self) -> bool:
        """Whether it makes an action for which the file names no quality indicator."""
        return self.does == CREATE and not self.row.indicator

    @property
    def has_conflict(self) -> bool:
        return any(change.conflict for change in self.changes)

    @property
    def ends(self) -> bool:
        """Whether the row says that its action was withdrawn or replaced."""
        told = self.does == CREATE or any(change.name == "status" for change in self.changes)
        return told and self.row.status in ENDED

    def turned_down(self) -> "Line":
        """What it would do if it is not of the action that it is like."""
        return replace(line(self.at, self.row, None), like=self.like)

    def wanted(self, *, take: bool) -> dict[str, Change]:
        """The changes to be made, by name; those in conflict only with `take`."""
        return {one.name: one for one in self.changes if take or not one.conflict}


def line(at: int, row: Understood, match: Match | None) -> Line:
    """What the row would do."""
    stands = match.stands if match else None
    like = match if match and match.by != By.CERTAIN else None
    found = changes(row, stands) if stands else ()
    if stands and all(change.name != "status" for change in found):
        row = replace(row, notes=tuple(n for n in row.notes if n.code not in {AWAITS, BY_PERCENT}))
    if row.stops:
        return Line(at, row, STOPPED, stands, found, row.notes, like)
    if stands is None:
        return Line(at, row, CREATE, notes=row.notes)
    return Line(at, row, UPDATE if found else SAME, stands, found, row.notes, like)


def changes(row: Understood, stands: Stands) -> tuple[Change, ...]:
    """The fields that the file says otherwise than the action, and otherwise than it said before.

    An empty cell says nothing: what is there stays.
    """
    found: list[Change] = []
    base = stands.base
    for name, new in values_of(row).items():
        columns = TOLD[name][1]
        if stands.draft and name in REPORTED:
            continue
        if name == "status" and row.by_percent:
            columns = TOLD["percent"][1]
            if stands.values[name] != Status.NOT_STARTED:
                continue  # how far it is says nothing of how work goes that has begun
        told = base is not None and name not in base.left
        if base and told and all(_again(row, base, column) for column in columns):
            continue
        if not new and not (told and name in EMPTIED):
            continue
        old = stands.values[name]
        before = base.took.get(name, old) if base and told else old
        came = outcome(before, old, new)
        if came in {Outcome.SAME, Outcome.UNCHANGED} or _alike(name, old, new):
            continue
        # What is reported is added to what was said here, and takes nothing of it away.
        both = came == Outcome.CONFLICT and name != "progress"
        found.append(Change(name, shown(name, old), shown(name, new), both))
    contested = {change.name for change in found if change.conflict}
    found = [
        replace(change, conflict=True) if SAID_OF.get(change.name) in contested else change
        for change in found
    ]
    finished = _alike("status", stands.values["status"], str(row.status or ""))
    if finished or any(change.name == "status" for change in found):
        return tuple(change for change in found if change.name != "word")
    return tuple(found)


def _again(row: Understood, base: Base, column: Field) -> bool:
    """Whether the cell says what it said the last time; one that is empty now says nothing."""
    words = row.raw.get(column, "").strip()
    return not words or base.raw.get(column, "").strip() == words


def _alike(name: str, old: str, new: str) -> bool:
    """“Complete” in a file is as far as a report can go: nobody is told so twice."""
    return name == "status" and {old, new} <= _FINISHED


def values_of(row: Understood) -> dict[str, str]:
    """What the row says, each in the one form in which `Stands.values` has it too."""
    due = row.due_now
    return {
        "text": spaced(row.text),
        "indicator": row.indicator,
        "evidence_expected": spaced(row.evidence_expected),
        "responsible": spaced(row.responsible),
        "lead": row.lead,
        "supporting": names(row.supporting),
        "key_messages": numbers(row.key_messages),
        "timescale": spaced(row.timescale),
        "due": due.isoformat() if due else "",
        "status": str(row.status or ""),
        "word": row.word,
        "percent": "" if row.percent is None else str(row.percent),
        "progress": spaced(row.progress),
    }


def spaced(text: str) -> str:
    """A text without the spaces that differ from file to file."""
    return " ".join(text.split())


def names(titles: Iterable[str]) -> str:
    return "; ".join(sorted(titles, key=str.casefold))


def numbers(found: Iterable[int]) -> str:
    return ", ".join(f"KM{number}" for number in sorted(found))


def shown(name: str, value: str) -> str:
    """The value as people read it."""
    if name == "due" and value:
        return day_text(date.fromisoformat(value))
    if name == "status" and value:
        return Status(value).label
    return value
