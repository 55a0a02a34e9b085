"""What a file would change of a plan: its rows beside the actions that are there.

A cell that says what its own source said the last time has nothing new to tell, whatever has been
done since, here or by another file: the same file twice changes nothing. Where the file and
somebody here have both put a field otherwise, the file wins only if the person who brings it says
so.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from management.days import day_text
from management.sheets.content import quoted
from plans.bases import (
    EMPTIED,
    TOLD,
    Base,
    again,
    base_from,
    moved,
    same_day,
    same_words,
    spaced,
    told,
    values_of,
)
from plans.references import next_free
from plans.sheets.content import Note, Understood
from plans.sheets.standing import AWAITS, BY_PERCENT
from plans.statuses import Status
from plans.tracker.merging import Outcome, outcome

CREATE, UPDATE, SAME, STOPPED = "create", "update", "same", "stopped"
# Of these a draft knows nothing: they are reported once it is approved.
REPORTED = frozenset({"status", "word", "percent", "progress"})
# What was agreed: in an approved plan it changes with a reason.
AGREED = frozenset(TOLD) - REPORTED
ENDED = frozenset({Status.WITHDRAWN})
# The plan's own words for something, which stay where that stays as it is here.
SAID_OF = {"timescale": "due"}
# Who does it: half of the one answer with half of the other would leave somebody out.
_WHO = frozenset({"responsible", "lead", "supporting"})
SHORT, SAME_BEFORE = 200, 60  # characters of a text, and of them those before a difference
_FINISHED = frozenset({Status.DONE, Status.COMPLETE})


class Place(NamedTuple):
    """A row in a file that was brought in: which import, which table, and the row's number."""

    brought: int
    table: str
    number: int


@dataclass(frozen=True)
class Stands:
    """An action as it is now: `values` are texts of one form each, by the names in TOLD.

    `base` is what the last import said of it whose file was of the same source as this one; without
    any it is another's, and not its `own`. `place` is where its row stood the last time, `printed`
    the word for its status in our files.
    """

    pk: int
    reference: str
    values: Mapping[str, str]
    draft: bool = False
    base: Base | None = None
    own: bool = True
    place: Place | None = None
    printed: str = ""


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
    new action where it cannot have the row's own. `differs` is what the action says
    otherwise here, of a row that does nothing.
    """

    at: int
    row: Understood
    does: str
    stands: Stands | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    like: Match | None = None
    gets: str = ""
    differs: tuple[Change, ...] = ()

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


def line(at: int, row: Understood, match: Match | None, silent: Set[str] = frozenset()) -> Line:
    """What the row would do; of what is `silent` nothing in the whole file speaks."""
    stands = match.stands if match else None
    like = match if match and match.by != By.CERTAIN else None
    found = changes(row, stands, silent) if stands else ()
    if stands:  # it has its indicator, and its status where the file leaves that
        quiet = {"no_indicator"}
        if all(change.name != "status" for change in found):
            quiet |= {AWAITS, BY_PERCENT}
        row = replace(row, notes=tuple(note for note in row.notes if note.code not in quiet))
    if row.stops:
        return Line(at, row, STOPPED, stands, found, row.notes, like)
    if stands is None:
        return Line(at, row, CREATE, notes=row.notes)
    if found:
        return Line(at, row, UPDATE, stands, found, row.notes, like)
    return Line(at, row, SAME, stands, (), row.notes, like, differs=_differing(row, stands))


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


def changes(row: Understood, stands: Stands, silent: Set[str] = frozenset()) -> tuple[Change, ...]:
    """The fields that the file says otherwise than the action, and otherwise than it said before.

    An empty cell says nothing: what is there stays. It takes away only what its own source had
    named before, and nothing of what is `silent`.
    """
    found: list[Change] = []
    base = stands.base
    for name, new in values_of(row, draft=stands.draft).items():
        if stands.draft and name in REPORTED:
            continue
        if name == "status" and row.by_percent and stands.values[name] != Status.NOT_STARTED:
            continue  # how far it is says nothing of how work goes that has begun
        if name == "word" and new and new.casefold() == stands.printed.casefold():
            continue  # our own file says in the area's word what stands here in another's
        old = stands.values[name]
        if name == "progress":
            # What is reported is added to what was said here, and takes nothing of it away.
            new = together(row, unsaid(row, stands))
            found += [Change(name, old, new)] if new else []
            continue
        if again(row, base, name):
            continue
        if not new and (name in silent or not _named_before(stands, name)):
            continue
        # Of a draft nothing was reported: what it was then is where every action begins.
        was = base.took.get(name, old) if base else old
        # However it is written, each of the three is itself in one form.
        was, now = (new if same_words(name, new, value) else value for value in (was, old))
        came = outcome(was, now, new)
        if came in {Outcome.SAME, Outcome.UNCHANGED} or _alike(name, old, new):
            continue
        if not (stands.own and base) and _in_other_words(row, stands, name):
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


def _named_before(stands: Stands, name: str) -> bool:
    """Whether the row's own source had named something that its empty cell now takes away."""
    base = stands.base if stands.own else None
    return name in EMPTIED and base is not None and bool(base.said.get(name))


def _in_other_words(row: Understood, stands: Stands, name: str) -> bool:
    """Whether the row has only its own words for the action's post, or for its day."""
    if name == "responsible":
        others = set(row.supporting) <= set(stands.values["supporting"].split("; "))
        return bool(row.lead) and row.lead == stands.values["lead"] and others
    return name == "timescale" and same_day(row.timescale, stands.values[name])


def _differing(row: Understood, stands: Stands) -> tuple[Change, ...]:
    """What the row says otherwise than the action, though it is nothing new."""
    found = []
    for name, new in values_of(row, draft=stands.draft).items():
        old = stands.values[name]
        if not new or name in {"progress", "word"} or (stands.draft and name in REPORTED):
            continue
        if name == "status" and (row.by_percent or _alike(name, old, new)):
            continue
        if same_words(name, old, new) or _in_other_words(row, stands, name):
            continue
        found.append(Change(name, shown(name, old), shown(name, new)))
    return tuple(found)


def unsaid(row: Understood, stands: Stands) -> list[tuple[str, str]]:
    """What the row says of progress and has not said before, with its headings, oldest first.

    Nor is it said again where it is the last that was said here, or stood in a column that is
    called otherwise now.
    """
    base = stands.base if told(stands.base, "progress") else None
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


def kept_of(one: Line, now: Mapping[str, str], *, drafts: bool) -> Base:
    """What is kept of the line beside its action, which is as `now` once it was taken in.

    Where the cells say what they said before, what it was then stays: what was done here since is
    still to be compared with what a later file says. In `drafts` some of it waits.
    """
    base = one.stands.base if one.stands else None
    held = (
        {name: base.took[name] for name in base.took if again(one.row, base, name)} if base else {}
    )
    waits = (REPORTED | ({"due"} if moved(one.row) else set())) if drafts else frozenset()
    return base_from(one.row, {**now, **held}, waits)


def _alike(name: str, old: str, new: str) -> bool:
    """“Complete” in a file is as far as a report can go: nobody is told so twice."""
    return name == "status" and {old, new} <= _FINISHED


def _part(text: str, start: int) -> str:
    end = start + SHORT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def shown(name: str, value: str) -> str:
    """The value as people read it."""
    if name == "due" and value:
        return day_text(date.fromisoformat(value))
    if name == "status" and value:
        return Status(value).label
    return value
