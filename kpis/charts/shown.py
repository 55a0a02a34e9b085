"""What a chart shows: plain values, made of a KPI as pages and packs show it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpis.series import Kpi, Point
from kpis.svg import drawable


@dataclass(frozen=True)
class ChartPoint:
    """One period's figure in the chart's unit. `value` is None where nothing was reported.

    `centre`, `lower` and `upper` are those of its phase; `signal` marks it, and `begins` says that
    the series begins anew with it. `completed` are the linked actions that were completed in it.
    """

    label: str
    value: Decimal | None
    provisional: bool = False
    centre: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    signal: bool = False
    begins: bool = False
    completed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChartLine:
    """A named series; one point for each period of the chart, in the same order."""

    name: str
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True)
class Chart:
    """What to draw. `title` and `description` are read aloud; `key` makes ids unique on a page.

    `targets` holds one value (or None) for each point of `line`. `centre` is the one of today,
    called `centre_name`.
    """

    key: str
    title: str
    description: str
    unit: str
    decimals: int
    line: ChartLine
    targets: tuple[Decimal | None, ...] = ()
    comparators: tuple[ChartLine, ...] = ()
    centre: Decimal | None = None
    centre_name: str = "Median"


def chart_of(kpi: Kpi, name: str, key: str) -> Chart:
    """A KPI's chart. `name` labels its own line, `key` makes its ids unique on a page."""
    return Chart(
        key=key,
        title=f"{kpi.code} {kpi.name}",
        description=kpi.description,
        unit=kpi.unit,
        decimals=kpi.decimals,
        line=_line(name, kpi.points),
        targets=tuple(p.target for p in kpi.points),
        comparators=tuple(_line(c.name, _aligned(kpi, c.points)) for c in kpi.comparators),
        centre=kpi.centre,
        centre_name="Median" if not kpi.rules or kpi.rules.startswith("Run") else "Mean",
    )


def _line(name: str, points: Sequence[Point | None]) -> ChartLine:
    return ChartLine(
        name,
        tuple(
            ChartPoint(
                p.period,
                p.value,
                p.vintage.lower() == "provisional",
                centre=p.centre,
                lower=p.lower,
                upper=p.upper,
                signal=bool(p.signal),
                begins=bool(p.begins),
                completed=p.completed,
            )
            if p
            else ChartPoint("", None)
            for p in points
        ),
    )


def _aligned(kpi: Kpi, points: Sequence[Point]) -> list[Point | None]:
    """Another area's figures at the periods of the chart; None where it has none."""
    there = {p.start: p for p in points}
    return [there.get(p.start) for p in kpi.points]


def shortened(text: str, length: int) -> str:
    """On one line, of what a font may be asked for."""
    text = " ".join("".join(c for c in text if drawable(c)).split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
