"""Short comparisons in common use: the latest figure beside one other. They cannot tell change from
chance; they stand beside the statistics for those who know them (the rules of the field). Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kpis.reading import Figure, Reading
from kpis.sentences import Style
from kpis.spc.numbers import mean
from kpis.values import against, exact, show


@dataclass(frozen=True)
class Comparison:
    """`with_what` names the other figure, `other` is it, `told` how the latest differs from it."""

    name: str
    with_what: str
    other: str
    told: str


def comparisons(found: Reading, style: Style) -> list[Comparison]:
    """Those that the figures of the latest phase allow; nothing is compared across a break."""
    now = found.now
    if now is None or now.last is None:
        return []
    figures = now.figures[: now.last + 1]
    latest = figures[-1]
    if latest.value is None:
        return []
    return [*_with_earlier(figures, latest.value, style), *_with_target(found, latest.value, style)]


def _with_earlier(
    figures: tuple[Figure, ...], latest: Fraction, style: Style
) -> Iterator[Comparison]:
    before = figures[-2] if len(figures) > 1 else None
    if before and before.value is not None:
        yield _told("Short: previous period", before.period.label, before.value, latest, style)
    months = figures[-1].period.whole_months
    if months not in {1, 3}:
        return
    year = 12 // months
    if len(figures) > year and (same := figures[-1 - year]).value is not None:
        yield _told("Same period last year", same.period.label, same.value, latest, style)
    several = [f for f in figures[-1 - year : -1] if f.value is not None and not f.provisional]
    average = mean(f.value for f in several)
    if len(several) == year and average is not None:
        first, last = several[0].period.label, several[-1].period.label
        yield _told("Long: mean of the year before", f"{first} to {last}", average, latest, style)


def _told(name: str, what: str, other: Fraction, latest: Fraction, style: Style) -> Comparison:
    return Comparison(name, what, style.show(other), _difference(latest, other, style))


def _difference(latest: Fraction, other: Fraction, style: Style) -> str:
    if latest == other:
        return "the same"
    way = "higher" if latest > other else "lower"
    unit = "percentage points" if style.unit == "%" else style.unit
    size = abs(latest - other)
    places = style.decimals
    while size < Fraction(1, 2 * 10**places) and places < style.decimals + 2:
        places += 1
    return f"{show(exact(size), unit, places)} {way}"


def _with_target(found: Reading, latest: Fraction, style: Style) -> Iterator[Comparison]:
    stands = against(latest, found.target, found.measure.direction)
    if stands is not None and found.target is not None:
        yield Comparison("Against the target", "Target", style.show(found.target), stands)
