"""What is odd about a figure before it is recorded: sentences for a person, who decides. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from kpis.periods import Period
from kpis.reading import LIMITED, Figure, Reading, values_of
from kpis.sentences import Style
from kpis.spc import xmr
from kpis.spc.numbers import known

LEAST = 5  # earlier figures, before one can be called unusual


def doubts(value: Fraction | None, period: Period, before: Reading, style: Style) -> list[str]:
    """What is odd about the figure beside those that stand: far from the usual, or after a gap.

    `before` is the reading of the series without it.
    """
    found = []
    if value is not None and (usual := usual_of(before)):
        low, high = usual
        if not low <= value <= high:
            where = "below" if value < low else "above"
            found.append(
                f"Check: {style.show(value)} is far {where} the usual {style.show(low)} to "
                f"{style.show(high)}."
            )
    if gap := gap_before(period, [f for phase in before.phases for f in phase.figures]):
        found.append(gap)
    return found


def usual_of(before: Reading) -> tuple[Fraction | float, Fraction | float] | None:
    """The limits of what is ordinary in the latest phase, None while it has too few figures.

    Those of its chart, or else of an XmR chart of its figures.
    """
    now = before.now
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


def gap_before(period: Period, figures: Sequence[Figure]) -> str:
    """The periods between the last figure before this one and it that have none."""
    earlier = [f.period for f in figures if f.value is not None and f.period.end < period.start]
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
