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

ENOUGH = 10  # useful points before ordinary ups and downs can be told from change
FIRM = 13  # useful points from which the reading is no longer provisional
SHIFT = 6  # points
RUN = 5  # points
SMALL = 20  # the least number of cases in a period for a percentage to mean much


@dataclass(frozen=True)
class Figure:
    """A period and its value in the series' unit; None where nothing was reported or due.

    `out_of` is the denominator where it is known. Provisional figures say nothing of change.
    """

    period: Period
    value: Decimal | None
    provisional: bool = False
    out_of: int | None = None


@dataclass(frozen=True)
class Reading:
    """`centre` is the median, or None when there are too few points for one."""

    sentence: str
    centre: Decimal | None


def read(
    figures: Sequence[Figure], *, direction: str, unit: str, decimals: int, target: Decimal | None
) -> Reading:
    """The one sentence for a series in time order, with its median where there are enough points.

    `direction` is "higher", "lower" or "neither" (which is better); `unit` is printed after values;
    `target` is the one in force for the latest figure. Points on the median are not counted.
    """
    reported = [f for f in figures if f.value is not None]
    known = [f for f in reported if not f.provisional]
    values = [f.value for f in known if f.value is not None]
    latest = reported[-1].value if reported else None
    against = _against(latest, target, direction, unit, decimals)
    small = _small(reported, unit)
    if not reported:
        return Reading("No figure has been reported.", None)
    if not known:
        return Reading(f"Only provisional figures: too early to read{against}{small}.", None)
    if len(known) == 1:
        return Reading(f"One figure: nothing to compare it with yet{against}{small}.", None)
    centre = Decimal(median(values))
    if len(set(values)) == 1 and len(known) >= ENOUGH:
        same = show(centre, unit, decimals)
        return Reading(f"No variation: {same} in all {len(known)} points{against}{small}.", centre)
    if unit == "%" and len(known) >= ENOUGH and _extreme(values) * 2 > len(values):
        return Reading(
            f"More than half of the {len(known)} points are at 0% or 100%, so a chart of "
            f"percentages can tell little{against}{small}.",
            None,
        )
    useful = sum(value != centre for value in values)
    if useful < ENOUGH:
        when = _tenth_point(known) if useful == len(known) or len(known) < ENOUGH else ""
        on = f" (of {len(known)}; the rest lie on the median)" if len(known) >= ENOUGH else ""
        points = useful if on else len(known)
        return Reading(
            f"{points} points{on}: at least {ENOUGH} are needed before ordinary ups and downs "
            f"can be told from change{when}{against}{small}.",
            None,
        )
    return Reading(
        f"{'Provisional: ' if useful < FIRM else ''}{_signal(known, centre, direction)} "
        f"(median {show(centre, unit, decimals)}, run-chart rules, {len(known)} points, "
        f"{known[0].period.label} to {known[-1].period.label}){against}{small}.",
        centre,
    )


def show(value: Decimal, unit: str, decimals: int) -> str:
    """85%, 67.2 per 10,000 people: rounded half up to so many decimals, with the unit."""
    number = f"{value.quantize(Decimal(1).scaleb(-decimals), rounding='ROUND_HALF_UP'):,f}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def meets(value: Decimal, target: Decimal, direction: str) -> bool:
    """Whether a value is at least as good as the target."""
    return value <= target if direction == "lower" else value >= target


def beside(value: Decimal, target: Decimal, unit: str, decimals: int) -> tuple[str, str]:
    """Both as text, with as many decimals more as it takes to tell two different ones apart."""
    while value != target and decimals < 6:
        if show(value, unit, decimals) != show(target, unit, decimals):
            break
        decimals += 1
    return show(value, unit, decimals), show(target, unit, decimals)


def _against(
    latest: Decimal | None, target: Decimal | None, direction: str, unit: str, decimals: int
) -> str:
    if target is None or latest is None or direction == "neither":
        return ""
    state = "meets" if meets(latest, target, direction) else "does not meet"
    value, aim = beside(latest, target, unit, decimals)
    return f"; the latest figure, {value}, {state} the target of {aim}"


def _small(reported: Sequence[Figure], unit: str) -> str:
    least = min((f.out_of for f in reported if f.out_of), default=SMALL)
    return f"; small numbers: as few as {least} a period" if unit == "%" and least < SMALL else ""


def _extreme(values: Sequence[Decimal]) -> int:
    return sum(value in (0, 100) for value in values)


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
    return f" (earliest date: {period.end:%b %Y})"


def _signal(known: Sequence[Figure], centre: Decimal, direction: str) -> str:
    """The signal that still holds at the last point; an older one is history, not news."""
    side = _side_run(known, centre)
    if side is not None:
        length, high, since = side
        if length >= SHIFT:
            where = "above" if high else "below"
            return (
                f"{_verdict(high, direction)}: the last {length} points are {where} the median, "
                f"since {since.period.label}"
            )
    length, rising, since = _monotone_run(known)
    if length + 1 >= RUN:
        word = "rising" if rising else "falling"
        return f"{_verdict(rising, direction)}: {length + 1} points in a row {word} to the latest"
    return "No signal of change"


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
