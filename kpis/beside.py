"""One period's figure beside those of other areas and of Scotland. Pure.

Rates are worked out from counts and never averaged. Areas differ by chance, the more the smaller
they are: none is ranked that chance alone could have put there (the rules of the field, figures 2
and 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kpis.reading import SMALL, Kind, Measure, is_better
from kpis.spc import control
from kpis.spc.numbers import rate
from kpis.values import exact

COUNTRY = "Scotland"
FEWEST = 3  # areas with counts, without which a pooled rate is no measure of any


def is_whole(name: str) -> bool:
    """Whether the figure is that of all areas together, which is not ranked among them."""
    return name.strip().casefold() == COUNTRY.casefold()


@dataclass(frozen=True)
class Given:
    """A figure that is held: `own` is the area's own. `value` is given where there are no counts,
    in the unit of the series."""

    name: str
    numerator: int | None
    denominator: int | None
    value: Fraction | None = None
    provisional: bool = False
    own: bool = False


@dataclass(frozen=True)
class Standing:
    """The same, with its rate, the limits that chance alone sets for so many cases, and what may be
    said of its place. `better` is None inside the limits, and where neither way is better."""

    given: Given
    value: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    better: bool | None = None
    place: str = ""

    @property
    def name(self) -> str:
        return self.given.name


@dataclass(frozen=True)
class Comparison:
    """`centre` is the pooled rate of the areas, None where there is none; `why` says what kept
    them from being ranked, or how they were."""

    rows: tuple[Standing, ...]
    centre: Decimal | None
    why: str


def compare(given: Sequence[Given], measure: Measure) -> Comparison:
    """The area first, then the others by name, then the whole country."""
    ordered = sorted(given, key=lambda one: (not one.own, is_whole(one.name), one.name.casefold()))
    rows = [Standing(one, _value(one, measure)) for one in ordered]
    counted = [row for row in rows if _counts(row.given)]
    why = _why_not(measure, counted)
    if why:
        return Comparison(tuple(rows), None, why)
    chart = _chart([row.given for row in counted], measure)
    if chart.centre is None:
        return Comparison(tuple(rows), None, "None were due anywhere.")
    lower, upper = chart.limits(-3), chart.limits(3)
    limited = {
        row.name: _limited(row, low, high, chart.centre, measure)
        for row, low, high in zip(counted, lower, upper, strict=True)
    }
    ranked = _ranked(limited, measure)
    shown = tuple(ranked.get(row.name) or _unranked(row) for row in rows)
    return Comparison(shown, exact(chart.centre * measure.scale), _how(shown))


def _value(one: Given, measure: Measure) -> Decimal | None:
    counted = rate(one.numerator, one.denominator, measure.scale)
    if one.numerator is None:
        return None if one.value is None else exact(one.value)
    if one.denominator is None:
        return Decimal(one.numerator)
    return None if counted is None else exact(counted)


def _counts(one: Given) -> bool:
    return one.numerator is not None and bool(one.denominator) and not is_whole(one.name)


def _why_not(measure: Measure, counted: Sequence[Standing]) -> str:
    if measure.kind not in {Kind.PERCENTAGE, Kind.RATE}:
        return "Figures that are not so many out of so many are not ranked: areas differ in size."
    if len(counted) < FEWEST:
        return (
            f"Not ranked: counts are held of {_areas(len(counted))}, and {FEWEST} are needed "
            "before chance can be told from difference."
        )
    return ""


def _chart(given: Sequence[Given], measure: Measure) -> control.Chart:
    """Limits about the pooled rate, by how many cases each has."""
    numerators = [one.numerator for one in given]
    denominators = [one.denominator for one in given]
    if measure.kind == Kind.PERCENTAGE:
        return control.p_chart(numerators, denominators)
    return control.u_chart(numerators, denominators)


def _limited(
    row: Standing, low: float | None, high: float | None, centre: Fraction, measure: Measure
) -> Standing:
    value = rate(row.given.numerator, row.given.denominator)
    if value is None or low is None or high is None:
        return row
    limits = replace(row, lower=exact(low * measure.scale), upper=exact(high * measure.scale))
    if _small(row.given, measure):
        return replace(limits, place=_few(row.given, measure))
    if low <= value <= high:
        return replace(limits, place="Within what chance alone makes of so many cases")
    better = is_better(value > centre, measure.direction)
    way = "Above" if value > centre else "Below"
    told = "" if better is None else f", for the {'better' if better else 'worse'}"
    return replace(limits, better=better, place=f"{way} what chance would make of it{told}")


def _small(one: Given, measure: Measure) -> bool:
    """Of a percentage its cases are few; of a rate of people those that are counted."""
    cases = one.denominator if measure.kind == Kind.PERCENTAGE else one.numerator
    return (cases or 0) < SMALL


def _few(one: Given, measure: Measure) -> str:
    cases = one.denominator if measure.kind == Kind.PERCENTAGE else one.numerator
    return f"Not ranked: {cases} cases, and {SMALL} are needed"


def _ranked(limited: dict[str, Standing], measure: Measure) -> dict[str, Standing]:
    """With a rank for those outside of the limits, among all areas whose volumes allow one."""
    if measure.direction == "neither":
        return limited
    among = [row for row in limited.values() if not _small(row.given, measure)]
    sign = -1 if measure.direction == "higher" else 1
    found = dict(limited)
    for row in among:
        if row.better is None or row.value is None:
            continue
        ahead = sum(
            other.value is not None and sign * other.value < sign * row.value for other in among
        )
        found[row.name] = replace(
            row, place=f"{row.place}: {ahead + 1} of {len(among)}, best first"
        )
    return found


def _unranked(row: Standing) -> Standing:
    if is_whole(row.name):
        return replace(row, place="All areas together: not ranked")
    return replace(row, place="No counts are held, so it is not ranked")


def _how(rows: Sequence[Standing]) -> str:
    outside = sum(row.better is not None for row in rows)
    if not outside:
        return (
            "Nobody is ranked: every area lies within what chance alone makes of its number of "
            "cases."
        )
    return (
        "Only areas outside of their limits are ranked. The others differ by no more than chance "
        "alone would have them differ."
    )


def _areas(number: int) -> str:
    return "1 area" if number == 1 else f"{number} areas"
