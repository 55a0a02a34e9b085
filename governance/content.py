"""What a pack says: frozen, plain values that the four renderers draw from and nothing else.

`freeze` turns the content into canonical JSON (RFC 8785's subset: sorted ASCII keys, no floats,
decimals and dates as strings), `thaw` turns it back. The SHA-256 of the JSON identifies the pack.
"""

import dataclasses
import functools
import hashlib
import json
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kpis.series import Comparator as Comparator
from kpis.series import Kpi as Kpi
from kpis.series import Point as Point
from management.documents import clean
from plans.coverage import Coverage as Coverage

SCHEMA = 4
# What a recorded change of the plan is, in the order in which a pack tells of them.
PLAN, ADDED, REWORDED, LINKED = "The plan", "Added", "Reworded", "Linked otherwise"
WITHDRAWN, SUPERSEDED, REOPENED = "Withdrawn", "Superseded", "Reopened"
MOVED, DATED, UNPROVED = "Due date moved", "Due date given", "Evidence withdrawn"
CHANGES = (PLAN, ADDED, REWORDED, LINKED, WITHDRAWN, SUPERSEDED, REOPENED, MOVED, DATED, UNPROVED)


def later(default: Any, schema: int = 2) -> Any:
    """A field that packs before that schema do not have: they are frozen again without it."""
    return dataclasses.field(default=default, metadata={"schema": schema})


@dataclass(frozen=True)
class Person:
    """Who presents the report or answers for it. `contact` is an address or telephone line."""

    name: str
    post: str
    contact: str = ""


@dataclass(frozen=True)
class Meeting:
    """`on` is None while the date is not set. `wards` and the rest are printed as given."""

    body: str
    on: date | None
    subject: str
    wards: str
    background_papers: str


@dataclass(frozen=True)
class WrittenPart:
    """A section that people write. `paragraphs` is empty while nobody has written it."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]
    written_by: str = ""
    written_on: date | None = None


@dataclass(frozen=True)
class Grade:
    """One indicator's evaluation on the six-point scale, with what the grade obliges."""

    question: str
    code: str
    indicator: str
    grade: str
    meaning: str


@dataclass(frozen=True)
class StatusCount:
    """One line of the status key: how many actions have it at the end of the period.

    `word` and `colour` are the area's own for it, where it has any.
    """

    status: str
    meaning: str
    count: int
    word: str = later("")
    colour: str = later("")


@dataclass(frozen=True)
class Band:
    """An area's own word for open actions from so many months late, or so many per cent done, on.

    `late` says which of the two `least` is.
    """

    word: str
    colour: str
    late: bool
    least: int


@dataclass(frozen=True)
class Reconciliation:
    """Actions open before the period, what came and went, and what is left.

    In packs of the first schema `withdrawn` counts the superseded ones too. `reopened` were closed
    before the period, and open in it.
    """

    opening: int
    added: int
    completed: int
    withdrawn: int
    remaining: int
    superseded: int = later(0)
    reopened: int = later(0, schema=3)

    @property
    def difference(self) -> int:
        """0 when opening + added + reopened - completed - withdrawn - superseded = remaining."""
        gone = self.completed + self.withdrawn + self.superseded
        return self.opening + self.added + self.reopened - gone - self.remaining


@dataclass(frozen=True)
class Move:
    """One change of a due date. `from_due` is None where the plan had given no date."""

    on: date
    from_due: date | None
    to_due: date
    reason: str


@dataclass(frozen=True)
class ActionRow:
    """One action as it stood, and as it was worded, at the end of the period.

    `timescale` is the plan's own words for the date. `due` is the current due date,
    `original_due` the first one; either is None where the plan gives no date.
    `added`, `completed`, `withdrawn`, `superseded` say that this happened within the period;
    `reopened`, that it was closed before, and opened again in the period.
    `word` and `colour` are the area's own for how it stands, `percent` how much was reported as
    done, `decision` who decided that it ends early and where that is minuted.
    """

    reference: str
    question: str
    indicator_code: str
    indicator: str
    text: str
    key_messages: tuple[str, ...]
    recommendations: tuple[str, ...]
    lead: str
    supporting: tuple[str, ...]
    timescale: str
    original_due: date | None
    due: date | None
    evidence_expected: str
    status: str
    is_open: bool
    days_overdue: int
    added: bool
    completed: bool
    withdrawn: bool
    completed_on: date | None
    moves: tuple[Move, ...]
    moves_in_period: int
    days_moved: int
    latest_update: str
    latest_update_on: date | None
    evidence: tuple[str, ...]
    illustrative: bool
    superseded: bool = later(False)
    superseded_by: str = later("")
    decision: str = later("")
    word: str = later("")
    colour: str = later("")
    percent: int | None = later(None)
    reopened: bool = later(False, schema=3)

    @property
    def times_moved(self) -> int:
        """A date that was given for the first time has not moved."""
        return sum(move.from_due is not None for move in self.moves)

    @property
    def overdue(self) -> bool:
        return self.days_overdue > 0


@dataclass(frozen=True)
class Change:
    """One recorded change of the plan in the period.

    `kind` is one of CHANGES; `action` is a reference, empty where the plan itself changed. `old`
    and `new` are what `what` was before and is since. `approver` agreed as a second person,
    `decision` says which body decided and where that is minuted, `homes` where the remaining work
    of a closed plan goes on.
    """

    kind: str
    on: date
    action: str
    what: str
    by: str
    illustrative: bool
    old: str = ""
    new: str = ""
    reason: str = ""
    decision: str = ""
    approver: str = ""
    homes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contradiction:
    """What is said to be done and a KPI that do not fit together, said in one sentence.

    `action` names one action or several. `code` is that of `plans.contradictions`; in packs of
    before it was told, each is a finished action whose KPI is below target.
    """

    action: str
    kpi: str
    sentence: str
    code: str = later("", schema=4)


@dataclass(frozen=True)
class PackContent:
    """Everything that a pack prints, in the order in which the board's paper prints it.

    `plan_state` is that of the period's end. `late_from_first` says that a new due date does not
    make an action less late; `bands` are the area's words beside those of the statuses.
    """

    area: str
    partnership: str
    title: str
    edition: int
    period: str
    period_start: date
    period_end: date
    data_as_at: datetime
    meeting: Meeting
    author: Person
    contact: Person
    illustrative: str
    purpose: tuple[str, ...]
    recommendations_lead: str
    recommendations: tuple[str, ...]
    background: tuple[str, ...]
    inspection: str
    grades: tuple[Grade, ...]
    statuses: tuple[StatusCount, ...]
    reconciliation: Reconciliation
    actions: tuple[ActionRow, ...]
    coverage: tuple[Coverage, ...]
    kpis: tuple[Kpi, ...]
    contradictions: tuple[Contradiction, ...]
    written: tuple[WrittenPart, ...]
    schema: int = SCHEMA
    plan_state: str = later("")
    late_from_first: bool = later(False)
    bands: tuple[Band, ...] = later(())
    changes: tuple[Change, ...] = later(())

    @property
    def tells_changes(self) -> bool:
        """Packs of the first schema do not, and tell superseded actions as withdrawn ones."""
        return self.schema >= 2

    @property
    def tells_reopened(self) -> bool:
        """Packs before the third schema know of no action that was closed and opened again."""
        return self.schema >= 3

    @property
    def tells_limits(self) -> bool:
        """Packs before the fourth schema read every KPI by run-chart rules, and say no more."""
        return self.schema >= 4

    @property
    def completed_actions(self) -> list[ActionRow]:
        return [a for a in self.actions if a.completed]

    @property
    def overdue_actions(self) -> list[ActionRow]:
        return sorted((a for a in self.actions if a.overdue), key=lambda a: -a.days_overdue)

    @property
    def moved_actions(self) -> list[ActionRow]:
        return [a for a in self.actions if a.times_moved]


def freeze(content: PackContent) -> str:
    """Canonical JSON of the content. Same content, same text, on every machine.

    A pack of an earlier schema gives its own text again, whatever packs have learnt to tell since.
    """
    plain = _plain(content, content.schema)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def thaw(text: str) -> PackContent:
    """The content that `freeze` wrote. Raises ValueError when the text is not such a document."""
    try:
        content = _typed(json.loads(text), PackContent)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"This is not the frozen content of a pack: {error}") from error
    return typing.cast(PackContent, content)


def fingerprint(text: str) -> str:
    """SHA-256 of the frozen text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object, schema: int) -> object:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item, schema) for item in value]
    if dataclasses.is_dataclass(value):
        return {
            f.name: _plain(getattr(value, f.name), schema)
            for f in dataclasses.fields(value)
            if f.metadata.get("schema", 1) <= schema
        }
    raise TypeError(f"{type(value).__name__} cannot be frozen")


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _typed(value: Any, kind: Any) -> object:
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        kind = next(k for k in typing.get_args(kind) if k is not type(None))
    if typing.get_origin(kind) is tuple:
        return tuple(_typed(item, typing.get_args(kind)[0]) for item in value)
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        # What a pack of before did not tell yet has a default; anything else must be there.
        later = {f.name for f in dataclasses.fields(kind) if f.default is not dataclasses.MISSING}
        if set(value) - set(hints) or set(hints) - set(value) - later:
            raise KeyError(", ".join(sorted(set(value) ^ set(hints))))
        return typing.cast(type, kind)(**{n: _typed(value[n], hints[n]) for n in value})
    if kind is Decimal:
        return Decimal(value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
