"""What would be done for one action whose row came back: cell by cell, and all together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from management.days import day_text
from plans.plan_file.content import Line
from plans.tracker.columns import BY_NAME, Name
from plans.tracker.merging import (
    REPORTED,
    WHO,
    Field,
    Outcome,
    cut,
    day_value,
    outcome,
    values_of,
)
from plans.tracker.reading import Problem, Told
from plans.tracker.understanding import COLUMN_OF, Meant

WRITTEN = {Field.TEXT: "text", Field.EXPECTED: "evidence_expected"}
HELD_BACK = "held back, because the status in this row is not taken."


@dataclass(frozen=True)
class Change:
    """One cell that came back otherwise than it went out; `outcome` is CHANGED or CONFLICT."""

    field: Field
    place: str
    base: str
    ours: str
    theirs: str
    outcome: Outcome

    @property
    def heading(self) -> str:
        return BY_NAME[COLUMN_OF[self.field]].heading

    @property
    def is_conflict(self) -> bool:
        return self.outcome == Outcome.CONFLICT


@dataclass(frozen=True)
class Said:
    """What was said of an action since the workbook was made: it is not said again.

    `asked` are the new due dates for which a second person was asked, whatever the answer,
    `decided` the cells that were taken, or left as it is here, when this workbook came before,
    `latest` the last update that stands here since, with its day and by whom.
    """

    updates: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    asked: frozenset[date] = frozenset()
    decided: frozenset[tuple[str, str]] = frozenset()
    latest: str = ""


@dataclass(frozen=True)
class Proposal:
    """What the row asks for. `update` stands here where it must be posted, said before or not."""

    key: int
    version: int
    reference: str
    text: str
    place: str
    places: Mapping[Name, str]
    changes: tuple[Change, ...] = ()
    update: str = ""
    evidence: str = ""
    why: str = ""
    again: str = ""  # an update that was said before, for changes that go with one

    @property
    def asks(self) -> bool:
        return bool(self.changes or self.update or self.evidence)

    @property
    def reports(self) -> bool:
        """Whether it says something of the progress."""
        return bool(self.update or self.evidence or self.of(REPORTED))

    def of(self, fields: Collection[Field]) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.field in fields)

    def without(self, fields: Collection[Field]) -> "Proposal":
        return replace(self, changes=tuple(c for c in self.changes if c.field not in fields))

    @property
    def report(self) -> tuple[Name, ...]:
        """The columns in which it says something of the progress."""
        said = {Name.UPDATE: self.update, Name.EVIDENCE: self.evidence}
        changed = (COLUMN_OF[change.field] for change in self.of(REPORTED))
        return (*changed, *(name for name, text in said.items() if text))

    def held(self, named: Collection[Name]) -> list[Problem]:
        """What was written beside a status that is refused, but for what was `named` so far."""
        return [Problem(self.places[name], HELD_BACK) for name in self.report if name not in named]

    def without_report(self) -> "Proposal":
        reported = self.without({*REPORTED, Field.UPDATE})
        return replace(reported, update="", evidence="", again="")

    @property
    def is_late(self) -> bool:
        """Whether an update was posted here since the workbook went out: it is asked about."""
        return bool(self.of({Field.UPDATE}))

    def posts(self, taken: Collection[Field]) -> bool:
        """Whether an update is posted, with the `taken` of what was changed on both sides."""
        if self.is_late:
            return Field.UPDATE in taken
        return bool(self.update or REPORTED & self.wanted(taken).keys())

    def wanted(self, taken: Collection[Field]) -> dict[Field, str]:
        """The new values: those that changed in the file alone, and of the others the `taken`."""
        return {c.field: c.theirs for c in self.changes if not c.is_conflict or c.field in taken}


def proposed(
    told: Told, meant: Meant, line: Line, names: Mapping[str, list[str]], said: Said
) -> tuple[Proposal, list[Problem]]:
    """What the row asks for beside what stands here now, and what of it is not taken."""
    problems = list(meant.problems)
    ours = values_of(line, names)
    changes = []
    for field, theirs in meant.values.items():
        base = told.base.values[field]
        came = outcome(base, ours[field], theirs)
        name = COLUMN_OF[field]
        place = told.cells[name].place if name in told.cells else told.place
        if came not in {Outcome.CHANGED, Outcome.CONFLICT}:
            continue
        if field == Field.DUE and theirs in map(day_value, said.asked):
            continue
        if (field, theirs) in said.decided:
            continue
        if field in WRITTEN and cut(getattr(line, WRITTEN[field])):
            whole = (
                "the whole text does not fit into a cell, so it is changed in Throughline alone."
            )
            problems.append(Problem(place, whole))
            continue
        changes.append(Change(field, place, base, ours[field], theirs, came))
    if any(change.is_conflict and change.field in WHO for change in changes):
        changes = _asked_together(changes, WHO)
    turned_down = (Field.UPDATE, meant.update) in said.decided
    update = "" if turned_down or meant.update in said.updates else meant.update
    if not turned_down and said.latest and not said.latest.endswith(f": {meant.update}"):
        # Taken in before, and overtaken here since: with another status it would be posted again.
        reports = any(change.field in REPORTED for change in changes)
        update = update or (meant.update if reports else "")
    if update and said.latest:
        place = told.cells[Name.UPDATE].place
        changes.append(Change(Field.UPDATE, place, "", said.latest, update, Outcome.CONFLICT))
        changes = _asked_together(changes, REPORTED)
    if meant.why and not told.text(Name.NEW_DUE):
        problems.append(
            Problem(told.cells[Name.WHY].place, "a reason for a new date, but there is no date.")
        )
    proposal = Proposal(
        key=line.key,
        version=line.version,
        reference=line.reference,
        text=line.text,
        place=told.place,
        places={name: cell.place for name, cell in told.cells.items()},
        changes=tuple(changes),
        update=update,
        evidence="" if meant.evidence in said.evidence else meant.evidence,
        why=meant.why,
        again="" if turned_down and meant.update not in said.updates else meant.update,
    )
    if _status_refused(told, meant):
        problems += proposal.held((Name.STATUS,))
        proposal = proposal.without_report()
    return proposal, problems


def _asked_together(changes: list[Change], fields: Collection[Field]) -> list[Change]:
    return [replace(c, outcome=Outcome.CONFLICT) if c.field in fields else c for c in changes]


def _status_refused(told: Told, meant: Meant) -> bool:
    """Whether nobody knows which status the row has: what is said beside it may not be so."""
    cell = told.cells.get(Name.STATUS)
    return cell is not None and cell.place in {problem.place for problem in meant.problems}


def shown(field: Field, value: str, names: Mapping[str, list[str]]) -> str:
    """A value as people read it."""
    if not value:
        return "nothing"
    if field == Field.DUE:
        return day_text(date.fromisoformat(value))
    if field == Field.PERCENT:
        return f"{value}%"
    if field == Field.STATUS:
        status, _, word = value.partition(" ")
        return word or names[status][0]
    return value
