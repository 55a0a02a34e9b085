"""What a file would change of a plan: its rows beside the actions that are there.

A cell that says what it said when it was last brought in has nothing new to tell, whatever has been
done since: the same file twice changes nothing. Where the file and somebody here have both put a
field otherwise, the file wins only if the person who brings it says so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from kpis.periods import day_text
from management.sheets.content import quoted
from plans.references import next_free
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
SAID_OF = {"timescale": "due"}
# Who does it: half of the one answer with half of the other would leave somebody out.
_WHO = frozenset({"responsible", "lead", "supporting"})
SHORT, SAME_BEFORE = 200, 60  # characters of a text, and of them those before a difference
_FINISHED = frozenset({Status.DONE, Status.COMPLETE})


@dataclass(frozen=True)
class Base:
    """What the last import said of an action: the cells' words, and what the action was after it.

    `raw` and `row` are the row word for word, `updates` what it said of progress by heading; `left`
    are the fields that were not taken then.
    """

    raw: Mapping[str, str]
    row: Sequence[Sequence[str]]
    took: Mapping[str, str]
    left: Sequence[str] = ()
    updates: Sequence[Sequence[str]] = ()

    def as_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, default=list)


def base_of(text: str) -> Base:
    """The base as it was kept beside the action (JSON as text)."""
    kept = json.loads(text)
    raw, row = kept.get("raw", {}), kept.get("row", [])
    # In older ones they are among all that the row said.
    updates = kept.get("updates", [*row, ["", raw.get(F.PROGRESS, "")]])
    return Base(raw, row, kept.get("took", {}), kept.get("left", []), updates)


def base_from(row: Understood, took: Mapping[str, str], left: Iterable[str] = ()) -> Base:
    """The row as it is to be kept beside its action."""
    raw = {str(field): words for field, words in row.raw.items()}
    pairs, updates = ([list(pair) for pair in pairs] for pairs in (row.row, row.updates))
    return Base(raw, pairs, took, sorted(left), updates)


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

    In a `conflict` it, or what goes with it, was put otherwise here as well, since the last import.
    """

    name: str
    old: str
    new: str
    conflict: bool = False

    @property
    def label(self) -> str:
        return TOLD[self.name][0]

    @property
    def beside(self) -> tuple[str, str]:
        """Old and new in short; of long ones that part in which they begin to differ."""
        both = (self.old, self.new)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*both, strict=False)))
        start = max(0, alike - SAME_BEFORE) if max(map(len, both)) > SHORT else 0
        return _part(self.old, start), _part(self.new, start)


@dataclass(frozen=True)
class Line:
    """One row, the `at`th of the file, and what it would do.

    It makes an action, changes one (`changes`), does nothing, or is stopped by its notes. `like` is
    a match that is not certain; without `stands` it was turned down. `gets` is the reference of a
    new action where it cannot have the row's own.
    """

    at: int
    row: Understood
    does: str
    stands: Stands | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    like: Match | None = None
    gets: str = ""

    @property
    def reference(self) -> str:
        """That of a new action; empty where the file has none."""
        return self.gets or self.row.reference

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

    def ends(self, *, take: bool) -> bool:
        """Whether the action is withdrawn, with `take` though it was put otherwise here."""
        told = self.does == CREATE or "status" in self.wanted(take=take)
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


def with_free(lines: Iterable[Line], there: Sequence[str], file: str) -> list[Line]:
    """The lines; a new one whose reference is among those `there` says which it gets instead."""
    lines = list(lines)
    new = [one.row.reference for one in lines if one.does == CREATE]
    taken, known = [*there, *filter(None, new)], {reference.casefold() for reference in there}
    for at, one in enumerate(lines):
        own = one.row.reference
        if one.does == CREATE and own.casefold() in known:
            gets = next_free(taken)
            taken.append(gets)
            why = f"{quoted(own)} is the reference of another action here, or was once."
            said = f"The new action gets {quoted(gets)}."
            note = Note("reference_spent", file, one.row.place, "", own, why, said)
            lines[at] = replace(one, gets=gets, notes=(*one.notes, note))
    return lines


def changes(row: Understood, stands: Stands) -> tuple[Change, ...]:
    """The fields that the file says otherwise than the action, and otherwise than it said before.

    An empty cell says nothing: what is there stays.
    """
    found: list[Change] = []
    base = stands.base
    for name, new in values_of(row).items():
        if stands.draft and name in REPORTED:
            continue
        if name == "status" and row.by_percent and stands.values[name] != Status.NOT_STARTED:
            continue  # how far it is says nothing of how work goes that has begun
        old = stands.values[name]
        if name == "progress":
            # What is reported is added to what was said here, and takes nothing of it away.
            new = together(row, unsaid(row, stands))
            found += [Change(name, old, new)] if new else []
            continue
        if _again(row, base, name):
            continue
        if not new and not (_told(base, name) and name in EMPTIED):
            continue
        # Of a draft nothing was reported: what it was then is where every action begins.
        came = outcome(base.took.get(name, old) if base else old, old, new)
        if came in {Outcome.SAME, Outcome.UNCHANGED} or _alike(name, old, new):
            continue
        both = came == Outcome.CONFLICT
        found.append(Change(name, shown(name, old), shown(name, new), both))
    contested = {change.name for change in found if change.conflict}
    contested |= _WHO if contested & _WHO else set()
    contested |= {name for name, of in SAID_OF.items() if of in contested}
    found = [replace(one, conflict=True) if one.name in contested else one for one in found]
    unsayable = set()
    moves = any(change.name == "status" for change in found)
    if moves or _alike("status", stands.values["status"], str(row.status or "")):
        unsayable.add("word")
    if moves and row.status in ENDED:
        unsayable.add("percent")  # what is withdrawn stays as far as it was
    return tuple(change for change in found if change.name not in unsayable)


def unsaid(row: Understood, stands: Stands) -> list[tuple[str, str]]:
    """What the row says of progress and has not said before, with its headings, oldest first.

    Nor is it said again where it is the last that was said here, or stood in a column that is
    called otherwise now.
    """
    base = stands.base if _told(stands.base, "progress") else None
    before = {(spaced(heading), spaced(text)) for heading, text in (base.updates if base else ())}
    headings = {spaced(heading) for heading, _ in row.row}
    known = {text for heading, text in before if heading not in headings}
    known.add(stands.values["progress"])
    return [
        (heading, text)
        for heading, text in row.updates
        if (spaced(heading), spaced(text)) not in before and spaced(text) not in known
    ]


def together(row: Understood, updates: Sequence[tuple[str, str]]) -> str:
    """Some of the row's updates as one text, with their headings where the row has several."""
    several = len(row.updates) > 1
    return "\n\n".join(f"{heading}: {text}" if several else text for heading, text in updates)


def kept_of(one: Line, now: Mapping[str, str], left: Iterable[str]) -> Base:
    """What is kept of the line beside its action, which is as `now` once it was taken in.

    Where the cells say what they said before, what it was then stays: what was done here since is
    still to be compared with what a later file says.
    """
    base = one.stands.base if one.stands else None
    held = (
        {name: base.took[name] for name in base.took if _again(one.row, base, name)} if base else {}
    )
    return base_from(one.row, {**now, **held}, left)


def _told(base: Base | None, name: str) -> bool:
    """Whether the last import took the field."""
    return base is not None and name not in base.left


def _again(row: Understood, base: Base | None, name: str) -> bool:
    """Whether the cells of the field say what they said when it was taken the last time.

    One that is empty now says nothing.
    """
    if base is None or not _told(base, name):
        return False
    by_percent = name == "status" and row.by_percent
    said = {c: row.raw.get(c, "").strip() for c in TOLD["percent" if by_percent else name][1]}
    return all(not words or base.raw.get(c, "").strip() == words for c, words in said.items())


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


def _part(text: str, start: int) -> str:
    end = start + SHORT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


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
