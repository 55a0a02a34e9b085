"""What is odd about a figure before it is recorded: sentences for a person, who decides. Pure."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from kpis.periods import Period
from kpis.reading import LIMITED, WHOLE, Kind, Phase, Reading, values_of
from kpis.sentences import Style
from kpis.spc import xmr
from kpis.spc.control import D2
from kpis.spc.numbers import known

WINDOW = 24  # figures before one that comes with many others
LEAST = 5  # earlier figures, before one can be called unusual


def doubts(
    value: Fraction | None,
    period: Period,
    before: Reading,
    style: Style,
    given: Collection[Period] = (),
) -> list[str]:
    """What is odd about the figure beside those that stand: far from the usual, or after a gap.

    `before` is the reading of the series without it: its period is missing there, so that it is
    held against those of its own phase and never against what was counted otherwise. `given` are
    the periods whose figures come together with this one.
    """
    return Doubts(before, style, given).of(value, period)


class Doubts:
    """`doubts` of many figures of one series: what is the same for all of them is found out once.

    Where too few figures stand to say what is usual, a figure is held against those of `values`
    that come together with it and before it.
    """

    def __init__(
        self,
        before: Reading,
        style: Style,
        given: Collection[Period] = (),
        values: Mapping[Period, Fraction | None] | None = None,
    ) -> None:
        self.before, self.style, self.given = before, style, given
        self.phases = {f.period: phase for phase in before.phases for f in phase.figures}
        self.usual = {id(phase): usual_of(phase) for phase in before.phases}
        told = [f.period for phase in before.phases for f in phase.figures if f.value is not None]
        self.there = sorted({*told, *given})
        self.values = sorted((p, float(v)) for p, v in (values or {}).items() if v is not None)

    def of(self, value: Fraction | None, period: Period) -> list[str]:
        found = []
        if value is not None and (usual := self._usual(period)):
            low, high = usual
            if not low <= value <= high:
                where = "below" if value < low else "above"
                low, high = _possible(low, high, self.before.measure.kind)
                found.append(
                    f"Check: {self.style.show(value)} is far {where} the usual "
                    f"{self.style.show(low)} to {self.style.show(high)}."
                )
        if gap := _gap(period, self.there):
            found.append(gap)
        return found

    def _usual(self, period: Period) -> tuple[Fraction | float, Fraction | float] | None:
        phase = self.phases.get(period, self.before.now)
        if phase is not None and (usual := self.usual[id(phase)]):
            return usual
        at = bisect_left(self.values, (period,))
        return usual_of_few([value for _, value in self.values[max(0, at - WINDOW) : at]])


def usual_of_few(values: Sequence[float]) -> tuple[float, float] | None:
    """The limits of an XmR chart of these, None for too few of them, and where they never moved."""
    if len(values) < LEAST or len(set(values)) == 1:
        return None
    centre = sum(values) / len(values)
    moves = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    return centre - 3 * moves / D2, centre + 3 * moves / D2


def usual_of(now: Phase | None) -> tuple[Fraction | float, Fraction | float] | None:
    """The limits of what is ordinary in the phase, None while it has too few figures.

    Those of its chart, or else of an XmR chart of its figures.
    """
    if now is None or now.last is None or now.points < LEAST:
        return None
    low, high = now.lower[now.last], now.upper[now.last]
    if now.chart in LIMITED and low is not None and high is not None:
        return low, high
    values = values_of(now.figures)
    one = xmr.phase(values, xmr.MAKING_DATA_COUNT)
    if one.lower is None or one.upper is None or len(set(known(values))) == 1:
        return None
    return one.lower, one.upper


def _possible(
    low: Fraction | float, high: Fraction | float, kind: Kind
) -> tuple[Fraction | float, Fraction | float]:
    """For people: limits may run past what a figure can be."""
    return max(low, Fraction(0)), min(high, Fraction(WHOLE)) if kind == Kind.PERCENTAGE else high


def _gap(period: Period, there: Sequence[Period]) -> str:
    """The periods between the last of those before this one and it that have no figure."""
    at = bisect_left(there, period)
    last = there[at - 1] if at else None
    if last is None or last.end >= period.start or not last.like(period):
        return ""
    missing: list[Period] = []
    due = last.next()
    while due.start < period.start and len(missing) < 2:
        missing.append(due)
        due = due.next()
    if not missing:
        return ""
    if len(missing) == 1:
        return f"{missing[0].label} has no figure."
    return f"{missing[0].label} and the periods after it have no figure."
