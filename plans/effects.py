"""Did it work? What a KPI's series says of the actions that should move it, and what not. Pure.

The centre and the limits are frozen on the figures before the first effect that was expected, and
the figures after it are read against them, by the chart and the rules that the series bears (the
specification of the statistics, sections 3 and 4). The latest figure alone decides. Nothing is
compared across a changed definition, and nothing here ever proves a cause.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kpis import reading
from kpis.periods import Period
from kpis.reading import (
    ENOUGH,
    LIMITS,
    Break,
    Chart,
    Choice,
    Figure,
    Phase,
    Reading,
    counts,
    is_better,
)
from kpis.spc import runs, xmr
from kpis.spc.numbers import median
from kpis.spc.runs import useful as off_the_median
from plans.statuses import Status

GONE = {Status.WITHDRAWN, Status.SUPERSEDED}
LONGEST_LAG = 120  # months
# By how many figures a change may begin before or after its moment and be of that moment all the
# same: more than so many lie on one side of the centre by chance in one case of eight.
ROOM = 2


class Expected(NamedTuple):
    """What a KPI should show of an action: so many months after its completion, and what."""

    lag: int = 0
    text: str = ""

    def after(self, name: str) -> str:
        """The name of the KPI with what is expected of it, where anything is said."""
        months = f"{self.lag} month{'' if self.lag == 1 else 's'}"
        when = f", expected {months} after completion" if self.lag else ""
        return f"{name}{when}{f': {self.text}' if self.text else ''}"


def lags_text(lags: Mapping[int, int]) -> str:
    """Keys of KPIs with their months, where these are not 0, as text that is kept: 1:3,5."""
    return ",".join(f"{key}:{lags[key]}" if lags[key] else str(key) for key in sorted(lags))


def lags_in(text: str) -> dict[int, int]:
    """The keys and months of such a text. Raises ValueError for any other."""
    found = (part.partition(":") for part in text.split(",") if part)
    return {int(key): int(lag or 0) for key, _, lag in found}


@dataclass(frozen=True)
class Linked:
    """An action that should move the KPI. `completed` is the day on which it was verified, None
    where it is not complete; `lag` is how many months later it should show."""

    reference: str
    status: str
    completed: date | None = None
    lag: int = 0
    expected: str = ""

    @property
    def effect(self) -> date | None:
        """The day from which it should show."""
        return None if self.completed is None else months_later(self.completed, self.lag)


class Outcome(StrEnum):
    """What can be concluded; the value is its code."""

    UNLINKED = "unlinked"
    OPEN = "open"
    WAITING = "waiting"
    FEW = "few"
    REDEFINED = "redefined"
    NO_SIGN = "no_sign"
    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"


CHANGES = {Outcome.BETTER, Outcome.WORSE, Outcome.CHANGED}


class When(StrEnum):
    """When a change began, beside the time at which the actions should have shown."""

    BEFORE = "before"
    EXPECTED = "expected"
    LATER = "later"


@dataclass(frozen=True)
class Judgement:
    """The conclusion and what it stands on; `plans.effect_words` says it in sentences.

    `linked` are the actions that count, `due` those of them whose effect was expected by the latest
    figure, the first of them in the period `first` and the last in `last`. `base` are the figures
    on which the centre and the limits are frozen, `after` those from `first` on; both only with
    figures that count. `phase` holds both, and `began` is the index in it at which the change
    began. `cut` is where what is counted changed, so that no figure beyond it is compared; `why`
    says what else keeps figures from being compared.
    """

    outcome: Outcome
    linked: tuple[Linked, ...] = ()
    due: tuple[Linked, ...] = ()
    latest: Figure | None = None
    first: Period | None = None
    last: Period | None = None
    base: tuple[Figure, ...] = ()
    after: tuple[Figure, ...] = ()
    phase: Phase | None = None
    began: int | None = None
    when: When | None = None
    cut: Break | None = None
    why: str = ""

    @property
    def complete(self) -> list[Linked]:
        return [action for action in self.linked if action.completed]

    @property
    def lasting(self) -> bool:
        """Whether the change has as many figures as a shift must have."""
        if self.phase is None or self.began is None:
            return False
        there = sum(counts(figure) for figure in self.phase.figures[self.began :])
        return there >= in_a_row(self.phase.chart)


def in_a_row(chart: Chart) -> int:
    """How many figures on one side of the centre are a shift, by the rules of this chart."""
    return runs.SHIFT if chart == Chart.RUN else xmr.ROW


def months_later(day: date, months: int) -> date:
    """So many calendar months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def judge(found: Reading, actions: Sequence[Linked]) -> Judgement:
    """What can be concluded of the actions from the series as it is read.

    Actions that were withdrawn or superseded do not count; nor, yet, does one whose effect is
    expected after the latest figure.
    """
    linked = tuple(action for action in actions if action.status not in GONE)
    if not linked:
        return Judgement(Outcome.UNLINKED)
    figures = found.figures
    latest = next((figure for figure in reversed(figures) if counts(figure)), None)
    told = Judgement(Outcome.OPEN, linked, latest=latest)
    if not told.complete:
        return told
    due = [(a.effect, a) for a in linked if a.effect and latest and a.effect <= latest.period.end]
    if not due:
        return replace(told, outcome=Outcome.WAITING)
    days = sorted(day for day, _ in due)
    first, last = (_index(figures, day) for day in (days[0], days[-1]))
    told = replace(
        told,
        due=tuple(action for _, action in due),
        first=figures[first].period,
        last=figures[last].period,
    )
    return _compared(told, found, first, last)


def _index(figures: Sequence[Figure], day: date) -> int:
    """Of the period that holds the day, or of the first one after it."""
    return next(n for n, figure in enumerate(figures) if figure.period.end >= day)


def _compared(told: Judgement, found: Reading, first: int, last: int) -> Judgement:
    """With the figures before and after, as far as what is counted is the same."""
    figures = found.figures
    redefined = [p for p in found.phases if p.start and p.since.redefined]
    # A baseline that begins anew with the effect, or after it, was set because of what is judged.
    before = [p for p in found.phases if p.start < first + p.since.redefined]
    since = before[-1] if before else found.phases[0]
    later = next((p for p in redefined if p.start > first), None)
    end = later.start if later else len(figures)
    frozen = figures[first - 1].period.end if first > since.start else None
    if frozen and since.since.baseline:
        frozen = min(frozen, since.since.baseline)
    part = figures[since.start : end]
    told = replace(
        told,
        base=tuple(f for f in part if frozen and f.period.end <= frozen and counts(f)),
        after=tuple(f for f in figures[first:end] if counts(f)),
        cut=later.since if later else since.since if since in redefined else None,
    )
    if why := _too_few(told, found):
        short = Outcome.REDEFINED if told.cut else Outcome.FEW
        return replace(told, outcome=short, why=why)
    start = Break(part[0].period.start, baseline=frozen)
    choice = found.measure.choice if len(told.base) >= LIMITS else Choice.RUN
    measure = replace(found.measure, choice=choice)
    [phase] = reading.read(part, measure, breaks=[start], target=None).phases
    useful = _useful(told.base)
    if phase.chart == Chart.FIGURES or (phase.chart == Chart.RUN and useful < ENOUGH):
        why = phase.why or f"Only {useful} of the figures before are off their median."
        return replace(told, outcome=Outcome.FEW, why=why)
    told = replace(told, phase=phase)
    return _judged(told, phase, found.measure.direction, first - since.start, last - since.start)


def _too_few(told: Judgement, found: Reading) -> str:
    """What keeps before and after from being compared at all, or an empty text."""
    there = len(told.base)
    if found.measure.yearly and there < LIMITS:
        return "Yearly figures are too few to tell change from ups and downs."
    if there < ENOUGH:
        return f"At least {ENOUGH} figures are needed from before."
    if not _useful(told.base):
        return f"All {there} figures before are the same, so no ordinary ups and downs are known."
    return "" if told.after else "No figure since then counts what those before counted."


def _useful(figures: Sequence[Figure]) -> int:
    """How many of them are off their median."""
    values = [figure.value for figure in figures]
    return off_the_median(values, median(values))


def _judged(told: Judgement, phase: Phase, direction: str, first: int, last: int) -> Judgement:
    """By the latest figure of the frozen phase; `first` and `last` are indices in it."""
    at = phase.last
    mark = None if at is None else phase.marks[at]
    if at is None or mark is None:
        short = len(told.after) < in_a_row(phase.chart)
        return replace(told, outcome=Outcome.FEW if short else Outcome.NO_SIGN)
    began = _began(phase, at)
    early = sum(counts(figure) for figure in phase.figures[began:first])
    late = sum(counts(figure) for figure in phase.figures[last:began])
    return replace(
        told,
        outcome={True: Outcome.BETTER, False: Outcome.WORSE, None: Outcome.CHANGED}[
            is_better(mark.high, direction)
        ],
        began=began,
        when=When.BEFORE if early > ROOM else When.LATER if late > ROOM else When.EXPECTED,
    )


def _began(phase: Phase, at: int) -> int:
    """The index of the first figure of the row up to this one that is marked the same way."""
    mark, began = phase.marks[at], at
    for n in reversed(range(at)):
        if not counts(phase.figures[n]):
            continue
        other = phase.marks[n]
        if mark is None or other is None or other.high != mark.high:
            break
        began = n
    return began
