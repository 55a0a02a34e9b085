"""One period's figure beside those of other areas and of Scotland, as this area holds them."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kpis import beside, series
from kpis.beside import Comparison, Given
from kpis.models import Indicator, Vintage
from kpis.periods import Period
from kpis.sentences import Style
from kpis.services import grid, reading
from kpis.services.reading import Held
from management.access import policy
from management.requests import Request
from plans.forms.kpis import PeriodForm
from plans.views.kpi import find


@dataclass(frozen=True)
class Beside:
    """`of` is the period, None where no figure of others is held."""

    row: Indicator
    form: PeriodForm
    of: Period | None
    comparison: Comparison

    @property
    def style(self) -> Style:
        return Style(self.row.get_unit_display(), self.row.decimals)


@policy("kpi.view")
@require_safe
def kpi_compare(request: Request, area: str, pk: int) -> HttpResponse:
    found = _beside(request, pk)
    where = reverse("kpi_compare_chart", args=[area, pk])
    context = {
        "row": found.row,
        "form": found.form,
        "of": found.of,
        "comparison": found.comparison,
        "rows": _rows(found),
        "description": _description(found),
        "chart": f"{where}?{urlencode({'of': found.form.key(found.of)})}" if found.of else "",
        "centre": _shown(found, found.comparison.centre),
    }
    return render(request, "plans/kpi_compare.html", context)


@policy("kpi.view")
@require_safe
def kpi_compare_chart(request: Request, area: str, pk: int) -> HttpResponse:
    """The same as SVG: a row for each area, its figure, and the limits of its number of cases."""
    found = _beside(request, pk)
    if found.of is None:
        raise Http404
    told = (grid.program(), found.row.pk, found.row.version, found.of, found.comparison)
    key = f"chart:{grid.digest(told)}"
    svg = cache.get(key)
    if svg is None:
        from kpis.charts import dots  # matplotlib takes long to import: only where it is used

        svg = dots.drawn(
            found.comparison,
            key=f"beside{pk}",
            title=f"{found.row} beside others, {found.of.label}",
            description=_description(found),
            percent=found.style.unit == "%",
            show=found.style.show,
        )
        cache.set(key, svg, grid.SECONDS)
    return HttpResponse(svg, content_type="image/svg+xml")


def _beside(request: Request, pk: int) -> Beside:
    row = find(request, pk)
    held = reading.held(request.user, [row])[pk]
    periods = sorted(
        {Period(start, end) for told in held.told.values() for start, end, *_ in told},
        key=lambda period: (-period.end.toordinal(), period.start.toordinal()),
    )
    form = PeriodForm(request.GET, periods)
    of = form.period()
    given = [] if of is None else _given(request.area.name, held, of)
    return Beside(row, form, of, beside.compare(given, series.measure(row)))


def _given(own: str, held: Held, of: Period) -> list[Given]:
    """The figures of that very period: no other is beside it."""
    beside = [one for name in held.others for one in held.figures_of(name, of)]
    return [
        Given(
            name=one.comparator or own,
            numerator=one.numerator,
            denominator=one.denominator,
            value=one.result,
            provisional=one.vintage == Vintage.PROVISIONAL,
            own=not one.comparator,
        )
        for one in (*held.own, *beside)
        if one.period == of
    ]


def _rows(found: Beside) -> list[dict[str, Any]]:
    return [
        {
            "own": row.given.own,
            "name": row.name,
            "numerator": row.given.numerator,
            "denominator": row.given.denominator,
            "provisional": row.given.provisional,
            "figure": _shown(found, row.value)
            or ("None due" if row.given.denominator == 0 else "Not reported"),
            "limits": _limits(found, row),
            "place": row.place,
        }
        for row in found.comparison.rows
    ]


def _limits(found: Beside, row: beside.Standing) -> str:
    low, high = _shown(found, row.lower), _shown(found, row.upper)
    return f"{low} to {high}" if low and high else ""


def _shown(found: Beside, value: Any) -> str:
    return "" if value is None else found.style.show(value)


def _description(found: Beside) -> str:
    if found.of is None:
        return ""
    told = [f"{row.name} {_shown(found, row.value)}" for row in found.comparison.rows if row.value]
    return (
        f"{found.row.name} in {found.of.label}: {'; '.join(told)}. {found.comparison.why} "
        "The table gives the figures."
    )
