"""Control charts of counts and rates: p, p', u, u' and c, and the I chart that stands beside them.

The specification of the statistics, section 3. Limits are floats: they need square roots.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from kpis.spc.numbers import Value, Values, mean, moving_ranges, rate

D2 = 1.128  # of the average moving range of two
SCREEN = 3.267
Counts = Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """The values, their centre, and for each point how far one sigma goes; None where a point has
    no limits. What lies below `floor` or above `ceiling` cannot be."""

    values: tuple[Value, ...]
    centre: Fraction | None
    sigma: tuple[float | None, ...]
    floor: float = -math.inf
    ceiling: float = math.inf

    def limits(self, sigmas: float) -> list[float | None]:
        """So many sigmas from the centre; less than none is below it."""
        if self.centre is None:
            return [None] * len(self.sigma)
        centre = float(self.centre)
        return [
            None if one is None else min(max(centre + sigmas * one, self.floor), self.ceiling)
            for one in self.sigma
        ]


def i_chart(values: Values, *, screen: bool = False, fixed: int | None = None) -> Chart:
    """Single values: the mean, and three average moving ranges over 1.128."""
    base = values if fixed is None else values[:fixed]
    ranges = [float(one) for one in moving_ranges(base)]
    sigma = _sigma(ranges, screen)
    return Chart(tuple(values), mean(base), (sigma,) * len(values))


def c_chart(counts: Sequence[Fraction | int | None], *, fixed: int | None = None) -> Chart:
    """Counts of equal exposure."""
    values = tuple(None if count is None else Fraction(count) for count in counts)
    centre = mean(values if fixed is None else values[:fixed])
    sigma = None if centre is None else math.sqrt(centre)
    return Chart(values, centre, (sigma,) * len(values), floor=0)


def p_chart(numerators: Counts, denominators: Counts, *, fixed: int | None = None) -> Chart:
    """Proportions, from 0 to 1, about the pooled one."""
    return _pooled(numerators, denominators, fixed, _of_proportion, ceiling=1)


def u_chart(numerators: Counts, denominators: Counts, *, fixed: int | None = None) -> Chart:
    """Counts for each one of the denominator, about the pooled rate."""
    return _pooled(numerators, denominators, fixed, _of_count)


def _of_proportion(centre: float) -> float:
    return centre * (1 - centre)


def _of_count(centre: float) -> float:
    return centre


def _pooled(
    numerators: Counts,
    denominators: Counts,
    fixed: int | None,
    variance: Callable[[float], float],
    ceiling: float = math.inf,
) -> Chart:
    pairs = list(zip(numerators, denominators, strict=True))
    values = tuple(rate(n, d) for n, d in pairs)
    base = [(n, d) for n, d in pairs[:fixed] if n is not None and d is not None]
    centre = rate(sum(n for n, _ in base), sum(d for _, d in base))
    if centre is None:
        return Chart(values, None, (None,) * len(values), 0, ceiling)
    of_one = variance(float(centre))
    sigma = tuple(
        None if v is None or not d else math.sqrt(of_one / d)
        for v, (_, d) in zip(values, pairs, strict=True)
    )
    return Chart(values, centre, sigma, 0, ceiling)


def prime(
    chart: Chart, *, screen: bool = False, fixed: int | None = None, least: float = 0
) -> Chart:
    """Laney's: with the variation between the periods that the plain chart leaves out.

    `least` is what sigma_z is at the least; 1 keeps the limits of the plain chart as the narrowest.
    """
    scaled = [
        None if v is None or not s or chart.centre is None else float(v - chart.centre) / s
        for v, s in zip(chart.values, chart.sigma, strict=True)
    ][:fixed]
    ranges = [abs(b - a) for a, b in pairwise(scaled) if a is not None and b is not None]
    between = _sigma(ranges, screen)
    if between is None:
        sigma: tuple[float | None, ...] = (None,) * len(chart.values)
    else:
        factor = max(between, least)
        sigma = tuple(None if one is None else one * factor for one in chart.sigma)
    return Chart(chart.values, chart.centre, sigma, chart.floor, chart.ceiling)


def sigma_z(chart: Chart) -> float | None:
    """How many times as far the points vary as chance alone would have them."""
    plain = next((one for one in chart.sigma if one), None)
    wide = next((one for one in prime(chart).sigma if one), None)
    return wide / plain if plain and wide is not None else None


def _sigma(ranges: Sequence[float], screen: bool) -> float | None:
    average = sum(ranges) / len(ranges) if ranges else None
    if screen and average is not None:
        kept = [one for one in ranges if one < SCREEN * average]
        average = sum(kept) / len(kept) if kept else None
    return None if average is None else average / D2
