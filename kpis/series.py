"""A KPI with its figures as pages and packs show it: plain values, its reading, its description."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from kpis import analysis
from kpis.periods import Period

PROVISIONAL = "provisional"
NO_FIGURE = "No figure is held for this period."
LONGEST_GAP = 240  # periods: twenty years of months


@dataclass(frozen=True)
class Point:
    """One figure. `value` is in the series' unit; None means not reported (`note` says why)."""

    period: str
    start: date
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    target: Decimal | None
    vintage: str
    note: str


@dataclass(frozen=True)
class Comparator:
    """Another area's or Scotland's figures for the same measure."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Kpi:
    """One series and its one-sentence reading. `unit` is "%", or words: "per 10,000 people"."""

    code: str
    name: str
    meaning: str
    unit: str
    decimals: int
    direction: str
    points: tuple[Point, ...]
    comparators: tuple[Comparator, ...]
    centre: Decimal | None
    reading: str
    description: str
    source: str
    actions: tuple[str, ...]
    illustrative: bool


def kpi(
    indicator: Any,
    observations: Iterable[Any],
    targets: Iterable[Any],
    actions: tuple[str, ...] = (),
) -> Kpi:
    """The KPI of an Indicator with its current Observations and its Targets, both by start.

    `actions` are the references of the actions that should move it.
    """
    unit = indicator.get_unit_display()
    aims = list(targets)
    own = [o for o in observations if not o.comparator]
    others = sorted((o for o in observations if o.comparator), key=lambda o: o.comparator)
    points = _with_gaps(own, aims)
    read = analysis.read(
        [analysis.Figure(o.period, o.result, o.vintage == PROVISIONAL, o.denominator) for o in own],
        direction=indicator.direction,
        unit=unit,
        decimals=indicator.decimals,
        target=_target_of_latest(points),
    )
    return Kpi(
        code=indicator.code,
        name=indicator.name,
        meaning=indicator.meaning,
        unit=unit,
        decimals=indicator.decimals,
        direction=indicator.get_direction_display(),
        points=tuple(points),
        comparators=tuple(
            Comparator(name, tuple(_point(o, []) for o in group))
            for name, group in groupby(others, key=lambda o: o.comparator)
        ),
        centre=_rounded(read.centre),
        reading=read.sentence,
        description=_description(indicator.name, points, unit, indicator.decimals),
        source=indicator.source,
        actions=actions,
        illustrative=indicator.illustrative,
    )


def _target_of_latest(points: Sequence[Point]) -> Decimal | None:
    """The target of the latest figure, which a month without a figure does not replace."""
    return next((p.target for p in reversed(points) if p.value is not None), None)


def _with_gaps(observations: Sequence[Any], targets: Sequence[Any]) -> list[Point]:
    """The points in order, with one for each period between them that has no figure."""
    points: list[Point] = []
    due: Period | None = None
    for observation in observations:
        for _ in range(LONGEST_GAP):
            if due is None or due.start >= observation.start or not due.like(observation.period):
                break
            points.append(_gap(due, targets))
            due = due.next()
        points.append(_point(observation, targets))
        due = observation.period.next() if observation.period.whole_months else None
    return points


def _gap(period: Period, targets: Sequence[Any]) -> Point:
    return Point(period.label, period.start, None, None, None, _aim(period, targets), "", NO_FIGURE)


def _aim(period: Period, targets: Sequence[Any]) -> Decimal | None:
    in_force = [t.value for t in targets if t.start <= period.start]
    return _rounded(in_force[-1]) if in_force else None


def _point(observation: Any, targets: Sequence[Any]) -> Point:
    return Point(
        period=observation.period.label,
        start=observation.start,
        numerator=observation.numerator,
        denominator=observation.denominator,
        value=_rounded(observation.result),
        target=_aim(observation.period, targets),
        vintage=observation.get_vintage_display(),
        note=observation.note,
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    """Four decimals: what is drawn and tabulated. Rules are applied to the exact value."""
    return None if value is None else value.quantize(Decimal("0.0001"))


def _description(name: str, points: Sequence[Point], unit: str, decimals: int) -> str:
    said = [
        f"{analysis.show(p.value, unit, decimals)} in {p.period}"
        for p in points
        if p.value is not None
    ]
    if not said:
        return f"Chart of {name}. It has no figures."
    if len(said) == 1:
        return f"Chart of {name}: one figure, {said[0]}. The table gives it."
    return (
        f"Chart of {name}: {len(said)} figures, from {said[0]} to {said[-1]}. "
        "The table gives the figures."
    )
