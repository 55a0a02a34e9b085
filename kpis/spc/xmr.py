"""XmR charts with the special-cause rules of Making Data Count, for one phase and for several.

The rules and where tools differ: the specification of the statistics, section 1. No rule looks
across the break between two phases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from kpis.spc.numbers import Value, Values, mean, moving_ranges, signs, steps, stretches

Limit = Fraction | float | None
Limits = Sequence[Limit]
LIMIT = Fraction(266, 100)  # of the average moving range
NEAR = LIMIT * 2 / 3
SCREEN = Fraction(3267, 1000)
ENOUGH = 13  # points of a phase, for limits and icons
ROW = 7  # points of a shift and of a trend
ROUNDING = 1e-9  # of a number: far more than what a float leaves out of it


class Cause(StrEnum):
    """Why a point is marked, the first that holds."""

    OUTSIDE = "outside a limit"
    TREND = "seven in a row rising or falling"
    TWO_IN_THREE = "two of three near a limit"
    SHIFT = "seven in a row on one side of the mean"


@dataclass(frozen=True)
class Mark:
    """A special cause; `high` says above the centre, or rising."""

    cause: StrEnum
    high: bool


@dataclass(frozen=True)
class Rules:
    """A named set of choices: the name stands on every chart that is read by it.

    `screen` drops the moving ranges that are far above the others, once. With `beyond`, points
    beyond the limits count among two in three.
    """

    name: str
    screen: bool
    beyond: bool


MAKING_DATA_COUNT = Rules("Making Data Count rules, 7/7", screen=False, beyond=True)


@dataclass(frozen=True)
class Phase:
    """Mean and limits of one phase, exact; None where they cannot be worked out.

    `side` is 1, 0 or -1 for each point above, on or below the mean, `outside` and `near` say how
    far out it is; None for a point that is missing, or without limits. `marks` has the special
    cause of each point, or None.
    """

    mean: Fraction | None
    average_range: Fraction | None
    side: tuple[int | None, ...]
    outside: tuple[bool | None, ...]
    near: tuple[bool | None, ...]
    marks: tuple[Mark | None, ...]

    @property
    def lower(self) -> Fraction | None:
        return self.at(-LIMIT)

    @property
    def upper(self) -> Fraction | None:
        return self.at(LIMIT)

    def at(self, ranges: Fraction) -> Fraction | None:
        """So many average moving ranges from the mean."""
        if self.mean is None or self.average_range is None:
            return None
        return self.mean + ranges * self.average_range


def phase(values: Values, rules: Rules, *, fixed: int | None = None) -> Phase:
    """Read one phase. `fixed` is how many of its first periods are the baseline, if not all."""
    base = values if fixed is None else values[:fixed]
    centre, ranges = mean(base), moving_ranges(base)
    average = mean(ranges)
    if rules.screen and average is not None:
        average = mean([one for one in ranges if one < SCREEN * average])
    side = tuple(signs(values, centre))
    bare = Phase(centre, average, side, (), (), ())
    outside = _out(values, bare.lower, bare.upper)
    beyond = _out(values, bare.at(-NEAR), bare.at(NEAR))
    near = tuple(far and not out for far, out in zip(beyond, outside, strict=True))
    counted = beyond if rules.beyond else near
    return Phase(centre, average, side, outside, near, marks(values, side, outside, counted))


def beyond(values: Values, lows: Limits, highs: Limits) -> tuple[bool | None, ...]:
    """Whether each point lies beyond its low or its high; None where that cannot be said."""
    return tuple(
        None if value is None or low is None or high is None else not _within(low, value, high)
        for value, low, high in zip(values, lows, highs, strict=True)
    )


def _within(low: Fraction | float, value: Fraction, high: Fraction | float) -> bool:
    """Exactly; but what lies far from both is told by floats, in a fraction of the time."""
    near, least, most = float(value), float(low), float(high)
    room = ROUNDING * max(1.0, abs(near))
    if least + room < near < most - room:
        return True
    if near < least - room or near > most + room:
        return False
    return low <= value <= high


def _out(values: Values, low: Value, high: Value) -> tuple[bool | None, ...]:
    return beyond(values, [low] * len(values), [high] * len(values))


def marks(
    values: Values,
    side: Sequence[int | None],
    outside: Sequence[bool | None],
    counted: Sequence[bool | None],
) -> tuple[Mark | None, ...]:
    """The special cause of each point, by its side of the centre, whether it is beyond a limit,
    and whether it counts among two in three."""
    rising = _trends(values)
    two_in_three = _two_in_three(side, counted)
    shifts = _in_rows(stretches(side), ROW)
    found: list[Mark | None] = []
    for at, where in enumerate(side):
        high = where == 1
        if outside[at]:
            found.append(Mark(Cause.OUTSIDE, high))
        elif rising[at] is not None:
            found.append(Mark(Cause.TREND, rising[at] == 1))
        elif at in two_in_three:
            found.append(Mark(Cause.TWO_IN_THREE, high))
        elif at in shifts:
            found.append(Mark(Cause.SHIFT, high))
        else:
            found.append(None)
    return tuple(found)


def _in_rows(rows: list[tuple[int, int, int]], least: int) -> set[int]:
    return {at for _, start, end in rows if end - start >= least for at in range(start, end)}


def _trends(values: Values) -> list[int | None]:
    """The direction of the trend that each point is in, or None. A point in two, as at a peak,
    takes that to its right."""
    ways = steps(values)
    long = [row for row in stretches(ways) if row[2] - row[1] >= ROW - 1]
    inside = {at for _, start, end in long for at in range(start, end + 1)}
    return [
        None if at not in inside else ways[at] if at + 1 in inside else ways[at - 1]
        for at in range(len(values))
    ]


def _two_in_three(side: Sequence[int | None], counted: Sequence[bool | None]) -> set[int]:
    """Of any three neighbours on one side, two of them far out: those that are."""
    found: set[int] = set()
    for at in range(len(side) - 2):
        three = range(at, at + 3)
        one_side = side[at] in (1, -1) and side[at] == side[at + 1] == side[at + 2]
        far = {n for n in three if counted[n]}
        if one_side and len(far) >= 2:
            found |= far
    return found


def phases(values: Values, starts: Sequence[int]) -> list[Values]:
    """The values parted at these indices, each of which begins a phase."""
    edges = [0, *(start for start in starts if 0 < start < len(values)), len(values)]
    return [values[a:b] for a, b in pairwise(edges) if a < b]


class Variation(StrEnum):
    """What the last reported point says: the icon's meaning."""

    COMMON = "common cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEITHER = "a change, neither better nor worse"


class Assurance(StrEnum):
    """Whether the process as it is meets the target."""

    PASSES = "passes consistently"
    FAILS = "falls short consistently"
    HIT_OR_MISS = "hit or miss"


def variation(mark: Mark | None, direction: str) -> Variation:
    """Of one point. `direction` is "higher", "lower" or "neither": which is better."""
    if mark is None:
        return Variation.COMMON
    if direction == "neither":
        return Variation.NEITHER
    good = mark.high == (direction == "higher")
    return Variation.IMPROVEMENT if good else Variation.CONCERN


def assurance(
    lower: Limit, upper: Limit, target: Fraction | None, direction: str
) -> Assurance | None:
    """By the limits of the last phase, not by its last value; None without target or direction.

    A target exactly on a limit is hit or miss.
    """
    if target is None or direction == "neither":
        return None
    if lower is None or upper is None or lower <= target <= upper:
        return Assurance.HIT_OR_MISS
    return Assurance.PASSES if (target < lower) == (direction == "higher") else Assurance.FAILS
