"""What a file of actions tells: the plan, and each action as a person may see it. Plain facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from management.days import day_text
from plans import words
from plans.statuses import Status, reportable_from


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date that was moved. `old` is None where the plan had given none."""

    on: date
    old: date | None
    new: date
    reason: str
    by: str
    approver: str = ""

    def __str__(self) -> str:
        old = day_text(self.old) if self.old else "no date"
        return f"{old} to {day_text(self.new)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that stands: what it shows, and its address or the name of its file."""

    on: date
    description: str
    url: str = ""
    file_name: str = ""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.file_name, self.url)))
        return f"{self.description} ({where})" if where else self.description


@dataclass(frozen=True, slots=True)
class Line:
    """One action. `shown` is its status in the area's words, else in ours; `stands` and `colour`
    are the area's word by its rule, which may go by months late or by per cent done.

    What it answers is named as on its page: with the title of another inspection than the plan's.
    """

    key: int
    version: int
    plan: str
    reference: str
    indicator_code: str
    indicator: str
    text: str
    lead: str
    supporting: tuple[str, ...]
    key_messages: tuple[str, ...]
    recommendations: tuple[str, ...]
    findings: tuple[str, ...]
    kpis: tuple[str, ...]
    responsible: str
    timescale: str
    added_on: date
    original_due: date | None
    due: date | None
    moves: tuple[Moved, ...]
    status: str
    label: str
    word: str
    shown: str
    stands: str
    colour: str
    percent: int | None
    is_open: bool
    days_overdue: int
    update: str
    update_on: date | None
    update_by: str
    evidence_expected: str
    evidence: tuple[Proof, ...]
    superseded_by: str
    illustrative: bool
    late_by_first: bool = False  # `days_overdue` counts from the first due date

    @property
    def times_moved(self) -> int:
        """A date given where there was none is no move."""
        return sum(move.old is not None for move in self.moves)

    @property
    def answers(self) -> tuple[str, ...]:
        return self.recommendations + self.findings


@dataclass(frozen=True)
class PlanFile:
    """A plan's actions, or some of them; `lines` is read once.

    `key` and `slug` are the plan's and the area's, for a file that is to come back; a list of
    actions from several plans has no `key`. `shown` of `total` actions are told, `chosen` by
    these filters. `names` has
    the area's words for each status; `meanings` is the key of its words as it prints it, and they
    are `banded` where they go by more than the status.
    """

    title: str
    area: str
    slug: str
    partnership: str
    made_at: datetime
    shown: int
    total: int
    lines: Iterable[Line]
    chosen: tuple[tuple[str, str], ...] = ()
    key: int | None = None
    state: str = ""
    agreed_on: date | None = None
    ends_on: date | None = None
    answers: tuple[str, ...] = ()
    source: str = ""
    illustrative: str = ""
    names: Mapping[str, list[str]] = field(default_factory=dict)
    posts: tuple[str, ...] = ()
    meanings: tuple[words.Line, ...] = ()
    banded: bool = False

    def after(self, status: Status) -> list[str]:
        """What can be reported of an action that stands so, or stays, in the words of the area."""
        return [name for one in reportable_from(status) or [status] for name in self.names[one]]

    @property
    def count(self) -> str:
        """20 actions, or 3 of 20 actions."""
        of = "" if self.shown == self.total else f" of {self.total:,}"
        return f"{self.shown:,}{of} action{'' if self.total == 1 else 's'}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands above the actions, in words."""
        told = [
            ("Area", self.area),
            ("Partnership", self.partnership),
            ("State of the plan", self.state),
            ("Agreed on", day_text(self.agreed_on) if self.agreed_on else ""),
            ("Ends on", day_text(self.ends_on) if self.ends_on else ""),
            ("In answer to", "; ".join(self.answers)),
            ("Source", self.source),
            ("Actions in this file", self.count),
            ("Chosen by", "; ".join(f"{name}: {value}" for name, value in self.chosen)),
            ("Made on", day_text(self.made_at.date())),
        ]
        return [(name, value) for name, value in told if value]
