"""Break-downs of a figure: its parts beside the whole, and where they do not add up. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from kpis.periods import Period
from kpis.spc.numbers import rate
from kpis.values import exact


@dataclass(frozen=True)
class Part:
    """One part's counts in a period; `value` is in the series' unit."""

    name: str
    numerator: int | None
    denominator: int | None
    value: Decimal | None


@dataclass(frozen=True)
class PartFigure:
    """A part's figure as it stands: of which break-down, part and period; `value` is given where
    the counts are not known."""

    split: str
    part: str
    period: Period
    numerator: int | None
    denominator: int | None
    value: Fraction | Decimal | None = None


@dataclass(frozen=True)
class Breakdown:
    """One break-down of one period. `whole` is the figure of the whole, None where none is held;
    `summed` are the parts together; `told` is what has to be said where they do not add up."""

    split: str
    period: Period
    parts: tuple[Part, ...]
    whole: Part | None
    summed: Part
    told: tuple[str, ...]

    @property
    def counted(self) -> bool:
        """Whether the parts have denominators of their own."""
        return any(part.denominator is not None for part in self.parts)


def breakdowns(
    figures: Iterable[PartFigure], wholes: Iterable[PartFigure], scale: int
) -> list[Breakdown]:
    """Every break-down of every period, by name, the newest period first.

    `wholes` are the figures of the whole, whose split and part are empty; `scale` is that of the
    series (100 for percentages).
    """
    by_period = {one.period: one for one in wholes}

    def place(one: PartFigure) -> tuple[str, int, int]:
        return (one.split, -one.period.start.toordinal(), one.period.end.toordinal())

    found = []
    for _, group in groupby(sorted(figures, key=place), key=place):
        rows = sorted(group, key=lambda one: one.part.casefold())
        whole = by_period.get(rows[0].period)
        found.append(_breakdown(rows, whole, scale))
    return found


def _breakdown(rows: Sequence[PartFigure], whole: PartFigure | None, scale: int) -> Breakdown:
    parts = tuple(_part(row.part, row, scale) for row in rows)
    numerator = _sum([part.numerator for part in parts])
    denominators = [part.denominator for part in parts]
    # Shares of one and the same whole have its denominator each.
    shared = (
        whole is not None
        and len(parts) > 1
        and all(denominator == whole.denominator for denominator in denominators)
    )
    denominator = denominators[0] if shared else _sum(denominators)
    total = None if whole is None else _part("Whole", whole, scale)
    return Breakdown(
        split=rows[0].split,
        period=rows[0].period,
        parts=parts,
        whole=total,
        summed=Part("Parts together", numerator, denominator, _rate(numerator, denominator, scale)),
        told=_told(total, numerator, denominator),
    )


def _part(name: str, row: PartFigure, scale: int) -> Part:
    given = None if row.value is None else exact(row.value)
    value = given if row.numerator is None else _rate(row.numerator, row.denominator, scale)
    return Part(name, row.numerator, row.denominator, value)


def _rate(numerator: int | None, denominator: int | None, scale: int) -> Decimal | None:
    """In the series' unit; a bare count where it is one of how many things there were."""
    if numerator is not None and denominator is None:
        return Decimal(numerator) if scale == 1 else None
    found = rate(numerator, denominator, scale)
    return None if found is None else exact(found)


def _sum(counts: Sequence[int | None]) -> int | None:
    """Of all of them; None where one is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _told(whole: Part | None, numerator: int | None, denominator: int | None) -> tuple[str, ...]:
    if whole is None:
        return ("No figure of the whole is held for this period.",)
    if numerator is None:
        return ("The counts of some parts are not known, so they cannot be added up.",)
    late = None
    if whole.numerator is not None and whole.denominator is not None:
        late = whole.denominator - whole.numerator
    if denominator is None and numerator == late and numerator != whole.numerator:
        return ("They add up to those that are out of the whole but not counted in it.",)
    found = [
        _difference(what, summed, total)
        for what, summed, total in (
            ("number", numerator, whole.numerator),
            ("number that it is out of", denominator, whole.denominator),
        )
        if summed is not None and total is not None and summed != total
    ]
    return tuple(found)


def _difference(what: str, summed: int, total: int) -> str:
    more = "more" if summed > total else "fewer"
    return (
        f"The parts do not add up to the whole: their {what} is {summed}, "
        f"{abs(summed - total)} {more} than the {total} of the whole."
    )
