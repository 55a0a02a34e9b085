"""One KPI: what can be said of it, its chart, its figures, and how it stood on an earlier day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kpis import customary
from kpis.breakdowns import Breakdown, PartFigure, breakdowns
from kpis.definition import definition
from kpis.models import Indicator
from kpis.periods import Period
from kpis.sentences import Style
from kpis.series import Point
from kpis.services import grid, reading
from kpis.services.reading import Held, Read
from management import clock
from management.access import policy
from management.requests import Request
from plans.forms.kpis import PeriodForm, StoodForm
from plans.services.kpi_reading import read_kpi

NEWEST = 24  # periods that stand open in the table; the others fold away
SIDE_BY_SIDE = 24


@dataclass(frozen=True)
class Row:
    """A row of the table of figures: `period` is None for a hole, which has no page of its own."""

    point: Point
    period: Period | None


@policy("kpi.view")
@require_safe
def kpi(request: Request, area: str, pk: int) -> HttpResponse:
    form = StoodForm(request.GET)
    on = form.day()
    row = find(request, pk)
    others = _same_measure(request, row)
    told = read_kpi(request.user, request.area, row, others=others, on=on)
    read = told.read
    rows = _rows(read)
    context = {
        "row": row,
        "series": read.kpi,
        "compared": len(read.held.others),
        "form": form,
        "on": on,
        "rows": rows[:NEWEST],
        "older": rows[NEWEST:],
        "others": others,
        "side_by_side": _side_by_side([row, *others], told.figures),
        "comparisons": customary.comparisons(read.found, read.style),
        "effect": told.effect,
        "definition": definition(
            row, row.targets.all(), row.phase_starts.all(), today=clock.today()
        ),
        **_parts(request, read),
    }
    return render(request, "plans/kpi.html", context)


def find(request: Request, pk: int) -> Indicator:
    """The KPI of the address. Raises Http404."""
    rows = Indicator.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(reading.with_all(rows), pk=pk)


def _rows(read: Read) -> list[Row]:
    """Newest first."""
    periods = {one.start: one.period for one in read.held.own}
    return [Row(point, periods.get(point.start)) for point in reversed(read.kpi.points)]


# --- the parts of the figures -------------------------------------------------------------------


def _parts(request: Request, read: Read) -> dict[str, Any]:
    """The break-downs of the period that the address asks for, else of the newest with any."""
    every = _breakdowns(read)
    periods = list(dict.fromkeys(one.period for one in every))
    periods.sort(key=lambda period: period.start, reverse=True)
    form = PeriodForm(request.GET, periods)
    of = form.period()
    unequal = [one for one in every if one.told]
    return {
        "parts_form": form,
        "breakdowns": [one for one in every if one.period == of],
        "parts_of": of,
        "unequal": [one for one in unequal if one.period != of][:NEWEST],
    }


def _breakdowns(read: Read) -> list[Breakdown]:
    wholes = [
        PartFigure("", "", one.period, one.numerator, one.denominator, one.result)
        for one in read.held.own
    ]
    return breakdowns(read.held.parts, wholes, read.found.measure.scale)


# --- the same measure from other sources --------------------------------------------------------


def _same_measure(request: Request, row: Indicator) -> list[Indicator]:
    """The other KPIs of the area that measure the same."""
    if not row.measure:
        return []
    beside = Indicator.objects.visible_to(request.user).in_area(request.area)
    return list(beside.filter(measure=row.measure).exclude(pk=row.pk))


def _side_by_side(
    rows: Sequence[Indicator], figures: Mapping[int, Held]
) -> list[tuple[Period, list[str]]]:
    """Of each period, newest first, the figure of each series: never one line of both."""
    columns = []
    for row in rows if len(rows) > 1 else ():
        style = Style(row.get_unit_display(), row.decimals)
        told = {one.period: one.result for one in figures[row.pk].own}
        columns.append(
            {when: style.show(value) for when, value in told.items() if value is not None}
        )
    periods = sorted({period for column in columns for period in column}, key=_latest_first)
    return [
        (period, [column.get(period, "None reported") for column in columns])
        for period in periods[:SIDE_BY_SIDE]
    ]


def _latest_first(period: Period) -> tuple[int, int]:
    return -period.end.toordinal(), period.start.toordinal()


# --- the chart ----------------------------------------------------------------------------------


@policy("kpi.view")
@require_safe
def kpi_chart(request: Request, area: str, pk: int) -> HttpResponse:
    """The chart as SVG, as it stands or as it stood, and narrow for small screens. It is drawn
    once for the same figures."""
    on = StoodForm(request.GET).day()
    told = read_kpi(request.user, request.area, find(request, pk), on=on)
    drawn_from = told.read.kpi
    narrow = "narrow" in request.GET
    parts = (grid.program(), request.area.name, narrow, drawn_from)
    key = f"chart:{grid.digest(parts)}"
    svg = cache.get(key)
    if svg is None:
        from kpis import charts  # matplotlib takes a second to import: only where it is used

        svg = charts.drawing(drawn_from, request.area.name, f"kpi{pk}", narrow=narrow).svg
        cache.set(key, svg, grid.SECONDS)
    return HttpResponse(svg, content_type="image/svg+xml")
