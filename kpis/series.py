"""A KPI with its figures as pages and packs show it: plain values, its reading, its description."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from kpis import reading, sentences
from kpis.periods import CALENDAR_YEAR, FINANCIAL_YEAR, Period
from kpis.reading import Break, Choice, Figure, Kind, Measure, Phase, Reading
from kpis.sentences import Icon, Style
from kpis.spc.xmr import Mark
from kpis.values import exact, show

PROVISIONAL, DEFINITION = "provisional", "definition"
NO_FIGURE = "No figure is held for this period."
LONGEST_GAP = 240  # periods: twenty years of months
# Of the units whose figures are not measured but counted: how, and out of how many.
KINDS = {"percentage": (Kind.PERCENTAGE, 100), "per_10000": (Kind.RATE, 10_000)}
KINDS["count"] = (Kind.COUNT, 1)


def later(default: Any) -> Any:
    """A field that packs before the fourth schema do not have (see `governance.content`)."""
    return dataclasses.field(default=default, metadata={"schema": 4})


@dataclass(frozen=True)
class Point:
    """One figure. `value` is in the series' unit; None means not reported (`note` says why).

    `centre`, `lower` and `upper` are those of its phase; `signal` says why the chart marks it.
    `begins` says what begins with it: why it is not compared with what was before. `completed` are
    the linked actions that were completed in its period.
    """

    period: str
    start: date
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    target: Decimal | None
    vintage: str
    note: str
    centre: Decimal | None = later(None)
    lower: Decimal | None = later(None)
    upper: Decimal | None = later(None)
    signal: str = later("")
    better: bool | None = later(None)
    begins: str = later("")
    completed: tuple[str, ...] = later(())


@dataclass(frozen=True)
class Comparator:
    """Another area's or Scotland's figures for the same measure."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Kpi:
    """One series and its one-sentence reading. `unit` is "%", or words: "per 10,000 people".

    `rules` names the chart and the rules that it is read by; `notes` have to be known beside the
    reading; the icons are empty where there is none. `effect` says what can be concluded of the
    linked actions, the conclusion first.
    """

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
    rules: str = later("")
    notes: tuple[str, ...] = later(())
    variation: Icon | None = later(None)
    assurance: Icon | None = later(None)
    effect: tuple[str, ...] = later(())

    @property
    def icons(self) -> list[Icon]:
        """Those that there are."""
        return [icon for icon in (self.variation, self.assurance) if icon]


def kpi(
    indicator: Any,
    observations: Iterable[Any],
    targets: Iterable[Any],
    actions: tuple[str, ...] = (),
    *,
    phases: Iterable[Any] = (),
    found: Reading | None = None,
    completed: Sequence[tuple[str, date]] = (),
) -> Kpi:
    """The KPI of an Indicator with its current Observations and its Targets, both by start.

    `actions` are the references of the actions that should move it, `completed` those of them that
    are complete, each with its day; `phases` are the PhaseStarts that stand, by start. `found` is
    its reading, where that has been made before.
    """
    unit = indicator.get_unit_display()
    aims = [target for target in targets if target.kind == "target"]
    own = own_figures(observations)
    others = sorted(
        (o for o in observations if o.comparator and not o.split), key=lambda o: o.comparator
    )
    found = found or read(indicator, own, aims, phases)
    style = Style(unit, indicator.decimals)
    points = _drawn(_with_gaps(own, aims, completed), found)
    now = found.now
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
        centre=_rounded(now.centre) if now else None,
        reading=sentences.headline(found, style),
        description=_description(indicator.name, points, unit, indicator.decimals),
        source=indicator.source,
        actions=actions,
        illustrative=indicator.illustrative,
        rules=now.chart if now and now.centre is not None else "",
        notes=tuple(sentences.notes(found, style)),
        variation=sentences.variation_icon(found),
        assurance=sentences.assurance_icon(found),
    )


def own_figures(observations: Iterable[Any]) -> list[Any]:
    """The area's own, of the whole."""
    return [o for o in observations if not o.comparator and not o.split]


def read(
    indicator: Any, own: Sequence[Any], targets: Sequence[Any], phases: Iterable[Any] = ()
) -> Reading:
    """The reading of an area's own figures, by the target in force for the latest that counts."""
    figures = [_figure(one) for one in _calendar(own)]
    told = [o for o in own if o.result is not None]
    settled = [o for o in told if o.vintage != PROVISIONAL]
    latest = next(reversed(settled or told), None)
    aim = _in_force(targets, latest.start) if latest else None
    breaks = [
        Break(p.start, _sentence(p.reason), p.baseline_end, p.kind == DEFINITION) for p in phases
    ]
    target = None if aim is None else Fraction(aim)
    return reading.read(figures, measure(indicator), breaks=breaks, target=target)


def stands(indicator: Any) -> Reading:
    """The reading of an Indicator that came `with_figures`."""
    aims = [target for target in indicator.targets.all() if target.kind == "target"]
    return read(indicator, own_figures(indicator.figures), aims, indicator.phases)


def _sentence(text: str) -> str:
    """On one line, with its full stop."""
    said = " ".join(text.split())
    return said if said.endswith((".", "!", "?")) else f"{said}."


def measure(indicator: Any) -> Measure:
    """What kind of figures they are, and how they want to be read."""
    kind, scale = KINDS.get(indicator.unit, (Kind.MEASURED, 1))
    yearly = indicator.frequency in {FINANCIAL_YEAR, CALENDAR_YEAR}
    return Measure(kind, indicator.direction, scale, Choice(indicator.chart), yearly)


def _figure(one: Any) -> Figure:
    if isinstance(one, Period):
        return Figure(one)
    early = one.vintage == PROVISIONAL
    return Figure(one.period, one.result, one.numerator, one.denominator, early)


def _drawn(points: list[Point], found: Reading) -> list[Point]:
    """The points with what their chart says of each."""
    drawn = []
    for phase in found.phases:
        for at in range(len(phase.figures)):
            point = points[phase.start + at]
            begins = phase.since.why if not at and phase.start else ""
            drawn.append(_told(point, phase, at, found.measure.direction, begins))
    return drawn


def _told(point: Point, phase: Phase, at: int, direction: str, begins: str) -> Point:
    mark: Mark | None = phase.marks[at]
    return replace(
        point,
        centre=_rounded(phase.centre),
        lower=_rounded(phase.lower[at]),
        upper=_rounded(phase.upper[at]),
        signal=mark.cause if mark else "",
        better=reading.is_better(mark.high, direction) if mark else None,
        begins=begins,
    )


def _calendar(observations: Sequence[Any]) -> list[Any]:
    """The observations in order, with each period between them that has no figure."""
    rows: list[Any] = []
    due: Period | None = None
    for observation in observations:
        for _ in range(LONGEST_GAP):
            if due is None or due.start >= observation.start or not due.like(observation.period):
                break
            rows.append(due)
            due = due.next()
        rows.append(observation)
        due = observation.period.next() if observation.period.whole_months else None
    return rows


def _with_gaps(
    observations: Sequence[Any], targets: Sequence[Any], completed: Sequence[tuple[str, date]]
) -> list[Point]:
    points = []
    for one in _calendar(observations):
        period = one if isinstance(one, Period) else one.period
        point = _gap(one, targets) if isinstance(one, Period) else _point(one, targets)
        done = tuple(name for name, day in completed if day in period)
        points.append(replace(point, completed=done))
    return points


def _gap(period: Period, targets: Sequence[Any]) -> Point:
    return Point(period.label, period.start, None, None, None, _aim(period, targets), "", NO_FIGURE)


def _in_force(targets: Sequence[Any], day: date) -> Decimal | None:
    """The target on that day, None where there is none, or no more."""
    in_force = [t.value for t in targets if t.start <= day]
    return in_force[-1] if in_force else None


def _aim(period: Period, targets: Sequence[Any]) -> Decimal | None:
    return _rounded(_in_force(targets, period.start))


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


def _rounded(value: Fraction | Decimal | float | None) -> Decimal | None:
    """Four decimals: what is drawn and tabulated. Rules are applied to the exact value."""
    return None if value is None else exact(value).quantize(Decimal("0.0001"))


def _description(name: str, points: Sequence[Point], unit: str, decimals: int) -> str:
    said = [f"{show(p.value, unit, decimals)} in {p.period}" for p in points if p.value is not None]
    if not said:
        return f"Chart of {name}. It has no figures."
    done = [f"{', '.join(p.completed)} in {p.period}" for p in points if p.completed]
    marked = f" Actions completed: {'; '.join(done)}." if done else ""
    if len(said) == 1:
        return f"Chart of {name}: one figure, {said[0]}.{marked} The table gives it."
    return (
        f"Chart of {name}: {len(said)} figures, from {said[0]} to {said[-1]}.{marked} "
        "The table gives the figures."
    )
