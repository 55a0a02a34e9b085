"""What is odd about a figure before it is recorded: sentences for a person, who decides. Pure."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from kpis.periods import Period
from kpis.reading import LIMITED, WHOLE, Figure, Kind, Phase, Reading, values_of
from kpis.sentences import Style
from kpis.spc import xmr
from kpis.spc.numbers import known

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
    found = []
    if value is not None and (usual := usual_of(phase_of(before, period))):
        low, high = usual
        if not low <= value <= high:
            where = "below" if value < low else "above"
            low, high = _possible(low, high, before.measure.kind)
            found.append(
                f"Check: {style.show(value)} is far {where} the usual {style.show(low)} to "
                f"{style.show(high)}."
            )
    if gap := gap_before(period, [f for phase in before.phases for f in phase.figures], given):
        found.append(gap)
    return found


def phase_of(before: Reading, period: Period) -> Phase | None:
    """The phase in which the period lies: the latest one for a period that comes after all."""
    for phase in before.phases:
        if any(f.period == period for f in phase.figures):
            return phase
    return before.now


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


def gap_before(period: Period, figures: Sequence[Figure], given: Collection[Period] = ()) -> str:
    """The periods between the last figure before this one and it that have none."""
    there = {f.period for f in figures if f.value is not None} | set(given)
    earlier = sorted(one for one in there if one.end < period.start)
    if not earlier or not earlier[-1].like(period):
        return ""
    missing: list[Period] = []
    due = earlier[-1].next()
    while due.start < period.start and len(missing) < 2:
        missing.append(due)
        due = due.next()
    if not missing:
        return ""
    if len(missing) == 1:
        return f"{missing[0].label} has no figure."
    return f"{missing[0].label} and the periods after it have no figure."
