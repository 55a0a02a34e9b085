"""Run charts: the published rules of Healthcare Improvement Scotland, and how many runs are usual.

The specification of the statistics, section 2. Points on the median are passed over, as are gaps.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import groupby

from kpis.spc.numbers import Values, known, median, signs

SHIFT, TREND = 6, 5  # points
LEAST = 10  # useful points, for a reading of the runs
TAIL = 40  # 2.5 per cent is one in so many


@dataclass(frozen=True)
class RunChart:
    """Indices of the points in a shift (those on the median inside it too), and of each trend."""

    median: Fraction | None
    shift: tuple[int, ...]
    trends: tuple[tuple[int, ...], ...]


class Cause(StrEnum):
    """Why a point of a run chart is marked, the first that holds."""

    SHIFT = "six or more on one side of the median"
    TREND = "five or more in a row rising or falling"


def run_chart(values: Values, *, fixed: int | None = None) -> RunChart:
    """Read by the published words: a shift of six, a trend of five.

    `fixed` is how many of the first periods are the baseline, if not all.
    """
    centre = median(values if fixed is None else values[:fixed])
    return RunChart(centre, _shifts(values, centre), _trends(values))


def _shifts(values: Values, centre: Fraction | None) -> tuple[int, ...]:
    sides = [(at, side) for at, side in enumerate(signs(values, centre)) if side is not None]
    found: list[int] = []
    row: list[int] = []  # the points of a run
    on: list[int] = []  # those on the median since it began
    way = 0

    def end() -> None:
        if len(row) >= SHIFT:
            found.extend([*row, *on])

    for at, side in sides:
        if side == 0:
            if row:
                on.append(at)
        elif side == way:
            row.append(at)
        else:
            end()
            row, on, way = [at], [], side
    end()
    return tuple(sorted(found))


def _trends(values: Values) -> tuple[tuple[int, ...], ...]:
    """Rises in a row, or falls; a value like the one before it neither counts nor breaks, and is
    part of what is marked."""
    points = [(at, value) for at, value in enumerate(values) if value is not None]
    found: list[tuple[int, ...]] = []
    row: list[int] = []
    same: list[int] = []
    way, last = 0, None

    def end() -> None:
        if len(row) >= TREND:
            found.append(tuple(sorted([*row, *same])))

    for at, value in points:
        if last is None:
            row = [at]
        elif value == last:
            if way:
                same.append(at)
            else:
                row = [at]  # nothing has moved yet: the last of the first ones begins
        else:
            step = 1 if value > last else -1
            if step == way or not way:
                row.append(at)
            else:
                end()
                row = [row[-1], at]
                same = [one for one in same if one > row[0]]
            way = step
        last = value
    end()
    return tuple(found)


@dataclass(frozen=True)
class Runs:
    """How the useful points run about a centre line: their number, how many runs they make, and
    how many points the longest one has."""

    useful: int
    number: int
    longest: int

    @property
    def crossings(self) -> int:
        return max(self.number - 1, 0)

    @property
    def longest_usual(self) -> int | None:
        """A longer run is a signal (Anhoej); None without points."""
        return round(math.log2(self.useful)) + 3 if self.useful else None

    @property
    def crossings_usual(self) -> int | None:
        """Fewer crossings are a signal (Anhoej); None without points."""
        return _crossings(self.useful - 1) if self.useful else None

    @property
    def is_unusual(self) -> bool:
        """Whether the series is other than chance would make it (Anhoej)."""
        if self.longest_usual is None or self.crossings_usual is None:
            return False
        return self.longest > self.longest_usual or self.crossings < self.crossings_usual

    @property
    def usual(self) -> tuple[int, int] | None:
        """The least and the greatest usual number of runs; None below LEAST points."""
        return usual_runs(self.useful) if self.useful >= LEAST else None


def runs(values: Values, centre: Fraction | None) -> Runs:
    """About this centre line."""
    lengths = [
        sum(1 for _ in row) for _, row in groupby(side for side in signs(values, centre) if side)
    ]
    return Runs(sum(lengths), len(lengths), max(lengths, default=0))


@lru_cache(maxsize=4096)
def _crossings(steps: int) -> int:
    """The first x with P(Bin(steps, 1/2) <= x) at or above 5 per cent."""
    below, x = 1, 0
    while 20 * below < 2**steps:
        x += 1
        below += math.comb(steps, x)
    return x


@lru_cache(maxsize=4096)
def usual_runs(useful: int) -> tuple[int, int]:
    """The exact limits of 5 per cent, both sides together, with half of the points on each side.

    A number below the first, or above the second, comes about by chance in one case of forty at
    most, each.
    """
    here = useful // 2
    there = useful - here
    ways = {number: _ways(number, here, there) for number in range(2, useful + 1)}
    every = math.comb(useful, here)
    low, below = 2, 0
    while TAIL * (below + ways[low]) <= every:
        below += ways[low]
        low += 1
    high, above = useful, 0
    while TAIL * (above + ways[high]) <= every:
        above += ways[high]
        high -= 1
    return low, high


def _ways(number: int, here: int, there: int) -> int:
    """How many orders of so many points on two sides make that number of runs."""
    half, odd = divmod(number, 2)
    if not odd:
        return 2 * math.comb(here - 1, half - 1) * math.comb(there - 1, half - 1)
    more, fewer = math.comb(here - 1, half), math.comb(here - 1, half - 1)
    return more * math.comb(there - 1, half - 1) + fewer * math.comb(there - 1, half)


def useful(values: Values, centre: Fraction | None) -> int:
    """Points that are neither missing nor on the centre line."""
    return sum(value != centre for value in known(values)) if centre is not None else 0
