"""One KPI: what can be said of it, and its chart."""

import hashlib

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kpis import series
from kpis.definition import definition
from kpis.models import Indicator
from management import clock
from management.access import policy
from management.requests import Request

CHART_SECONDS = 24 * 60 * 60


def _find(request: Request, pk: int) -> Indicator:
    rows = Indicator.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(rows.with_figures(), pk=pk)


@policy("kpi.view")
@require_safe
def kpi(request: Request, area: str, pk: int) -> HttpResponse:
    indicator = _find(request, pk)
    beside = Indicator.objects.visible_to(request.user).in_area(request.area).exclude(pk=pk)
    context = {
        "row": indicator,
        "series": series.kpi(
            indicator, indicator.figures, indicator.targets.all(), phases=indicator.phases
        ),
        "definition": definition(
            indicator,
            indicator.targets.all(),
            indicator.phase_starts.all(),
            today=clock.today(),
        ),
        "same_measure": beside.filter(measure=indicator.measure).exclude(measure=""),
    }
    return render(request, "plans/kpi.html", context)


@policy("kpi.view")
@require_safe
def kpi_chart(request: Request, area: str, pk: int) -> HttpResponse:
    """The chart as SVG. It is drawn once for the same figures, whoever asks."""
    indicator = _find(request, pk)
    drawn_from = series.kpi(
        indicator, indicator.figures, indicator.targets.all(), phases=indicator.phases
    )
    key = hashlib.sha256(repr((request.area.name, drawn_from)).encode()).hexdigest()
    svg = cache.get(f"chart:{key}")
    if svg is None:
        from kpis import charts  # matplotlib takes a second to import: only where it is used

        svg = charts.drawing(drawn_from, request.area.name, f"kpi{pk}").svg
        cache.set(f"chart:{key}", svg, CHART_SECONDS)
    return HttpResponse(svg, content_type="image/svg+xml")
