"""Series of exact numbers: a value may be missing, and ties are decided without rounding.

Values are `Fraction`, made of decimals or of counts, or None where a period has no value. Floats
only come out: limits, which are drawn and compared with a target.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

Value = Fraction | None
Values = Sequence[Value]


def rate(numerator: int | None, denominator: int | None, scale: int = 1) -> Value:
    """So many of so many, times `scale`. None where a count is missing or none were due."""
    if numerator is None or not denominator:
        return None
    return Fraction(numerator * scale, denominator)


def known(values: Iterable[Value]) -> list[Fraction]:
    return [value for value in values if value is not None]


def mean(values: Iterable[Value]) -> Fraction | None:
    """Of what is there; None where nothing is."""
    there = known(values)
    return sum(there, Fraction()) / len(there) if there else None


def median(values: Iterable[Value]) -> Fraction | None:
    """Of what is there; None where nothing is."""
    there = sorted(known(values))
    middle = len(there) // 2
    if not there:
        return None
    return there[middle] if len(there) % 2 else (there[middle - 1] + there[middle]) / 2


def moving_ranges(values: Values) -> list[Fraction]:
    """Between neighbours; a missing value takes away both ranges that touch it."""
    pairs = pairwise(values)
    return [abs(b - a) for a, b in pairs if a is not None and b is not None]


def signs(values: Values, centre: Fraction | None) -> list[int | None]:
    """1 above, 0 on, -1 below the centre, None where there is no value."""
    if centre is None:
        return [None] * len(values)
    return [None if v is None else (v > centre) - (v < centre) for v in values]


def steps(values: Values) -> list[int]:
    """To each value but the first: 1 for a rise, -1 for a fall, 0 for neither or a gap."""
    return [0 if a is None or b is None else (b > a) - (b < a) for a, b in pairwise(values)]


def stretches(marks: Sequence[int | None]) -> list[tuple[int, int, int]]:
    """Where the same mark, 1 or -1, stands in a row: mark, first index, and the one after."""
    found, at = [], 0
    for mark, row in groupby(marks):
        end = at + sum(1 for _ in row)
        if mark:
            found.append((mark, at, end))
        at = end
    return found
