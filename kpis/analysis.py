"""What a series may be said to show: one sentence, never more than the figures bear.

Run-chart rules as Healthcare Improvement Scotland and Public Health Scotland publish them: a shift
is six or more points in a row on one side of the median, five or more rises (or falls) in a row are
said as such; points on the median, repeated values and gaps are passed over. With fewer than ten
points nothing is said of change. Values are compared as exact decimals.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from kpis.periods import Period

ENOUGH = 10  # points before ordinary ups and downs can be told from change
SHIFT = 6  # points
RUN = 5  # points


@dataclass(frozen=True)
class Figure:
    """A period and its value in the series' unit; None where nothing was reported or due."""

    period: Period
    value: Decimal | None


@dataclass(frozen=True)
class Reading:
    """`centre` is the median, or None when there are too few points for one."""

    sentence: str
    centre: Decimal | None


def read(
    figures: Sequence[Figure], *, direction: str, unit: str, decimals: int, target: Decimal | None
) -> Reading:
    """The one sentence for a series in time order, with its median where there are enough points.

    `direction` is "higher", "lower" or "neither" (which is better); `unit` is printed after values.
    """
    known = [f for f in figures if f.value is not None]
    values = [f.value for f in known if f.value is not None]
    against = _against(values, target, direction, unit, decimals)
    if not known:
        return Reading("No figure has been reported.", None)
    if len(known) == 1:
        return Reading(f"One figure. Nothing to compare it with yet.{against}", None)
    if len(known) < ENOUGH:
        when = _tenth_point(known)
        return Reading(
            f"{len(known)} points. At least {ENOUGH} are needed before ordinary ups and downs "
            f"can be told from change.{when}{against}",
            None,
        )
    centre = Decimal(median(values))
    signal = _signal(known, centre, direction)
    provisional = "Provisional: " if len(known) < 13 else ""
    return Reading(
        f"{provisional}{signal} Run-chart rules on {len(known)} points "
        f"({known[0].period.label} to {known[-1].period.label}), "
        f"median {show(centre, unit, decimals)}.{against}",
        centre,
    )


def show(value: Decimal, unit: str, decimals: int) -> str:
    """85%, 67.2 per 10,000 people: rounded half up to so many decimals, with the unit."""
    number = f"{value.quantize(Decimal(1).scaleb(-decimals), rounding='ROUND_HALF_UP'):,f}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def meets(value: Decimal, target: Decimal, direction: str) -> bool:
    """Whether a value is at least as good as the target."""
    return value <= target if direction == "lower" else value >= target


def _against(
    values: Sequence[Decimal], target: Decimal | None, direction: str, unit: str, decimals: int
) -> str:
    if target is None or not values or direction == "neither":
        return ""
    state = "meets" if meets(values[-1], target, direction) else "does not meet"
    latest, aim = show(values[-1], unit, decimals), show(target, unit, decimals)
    return f" The latest figure, {latest}, {state} the target of {aim}."


def _tenth_point(known: Sequence[Figure]) -> str:
    lengths = {f.period.end.toordinal() - f.period.start.toordinal() for f in known}
    if max(lengths) - min(lengths) > 3:  # months differ by three days, years by one
        return ""
    period = known[-1].period
    try:
        for _ in range(ENOUGH - len(known)):
            period = period.next()
    except ValueError:
        return ""
    return f" Earliest date: {period.end:%b %Y}."


def _signal(known: Sequence[Figure], centre: Decimal, direction: str) -> str:
    """The signal that still holds at the last point; an older one is history, not news."""
    side = _side_run(known, centre)
    if side is not None:
        length, high, since = side
        if length >= SHIFT:
            where = "above" if high else "below"
            return (
                f"{_verdict(high, direction)}: the last {length} points are {where} the median, "
                f"since {since.period.label}."
            )
    length, rising, since = _monotone_run(known)
    if length + 1 >= RUN:
        word = "rising" if rising else "falling"
        return f"{_verdict(rising, direction)}: {length + 1} points in a row {word} to the latest."
    return "No signal of change."


def _verdict(high: bool, direction: str) -> str:
    if direction == "neither":
        return "A change"
    better = high == (direction == "higher")
    return f"A change for the {'better' if better else 'worse'}"


def _side_run(known: Sequence[Figure], centre: Decimal) -> tuple[int, bool, Figure] | None:
    useful = [f for f in known if f.value is not None and f.value != centre]
    if not useful:
        return None
    highs = [f.value > centre for f in useful if f.value is not None]
    length = 1
    while length < len(highs) and highs[-length - 1] == highs[-1]:
        length += 1
    return length, highs[-1], useful[-length]


def _monotone_run(known: Sequence[Figure]) -> tuple[int, bool, Figure]:
    """How many steps in a row, up to the last point, go the same way; repeated values pass."""
    steps = [
        later.value > earlier.value
        for earlier, later in itertools.pairwise(known)
        if earlier.value is not None and later.value is not None and earlier.value != later.value
    ]
    if not steps:
        return 0, False, known[-1]
    length = 1
    while length < len(steps) and steps[-length - 1] == steps[-1]:
        length += 1
    return length, steps[-1], known[-1]
