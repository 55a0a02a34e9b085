"""Small charts, for many KPIs on one page: the line, its limits and target, the signs of change.

What they mean stands on the page, once for all of them; figures are read from the large chart.
"""

import io
from dataclasses import replace

from matplotlib.figure import Figure

from kpis.charts.lines import marked, number, phases, plot, steps
from kpis.charts.look import FEW, GREY, INK, ORANGE, TEAL
from kpis.charts.shown import Chart, chart_of
from kpis.series import Kpi
from kpis.svg import accessible

WIDTH, HEIGHT = 3.0, 1.15  # inches
LONGEST = 60  # periods
PLACE = (0.13, 0.16, 0.85, 0.76)


def drawn(kpi: Kpi, key: str) -> bytes:
    """The newest periods of a KPI as SVG. `key` makes its ids unique."""
    newest = replace(kpi, points=kpi.points[-LONGEST:], comparators=())
    chart = chart_of(newest, kpi.code, key)
    out = io.BytesIO()
    _draw(chart).savefig(out, format="svg")
    return accessible(
        out.getvalue(), key=key, title=chart.title, description=_described(kpi, newest)
    )


def _described(kpi: Kpi, newest: Kpi) -> str:
    if len(newest.points) == len(kpi.points):
        return kpi.description
    return f"{kpi.description} Drawn from {newest.points[0].period} on."


def _draw(chart: Chart) -> Figure:
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    axes = figure.add_axes(PLACE)
    count = len(chart.line.points)
    phases(axes, chart)
    targets = [number(target) for target in chart.targets]
    if any(target == target for target in targets):
        steps(axes, targets, color=ORANGE, linestyle=(0, (5, 2.5)), linewidth=1.3, zorder=2)
    plot(axes, chart.line.points, TEAL, "o", "-", 1.6, count <= FEW)
    marked(axes, chart.line.points, size=5)
    low, high = _span(chart)
    axes.set_ylim(low, high)
    axes.set_xlim(-0.8, max(count, 1) - 0.2)
    sign = "%" if chart.unit == "%" else ""
    axes.set_yticks([low, high], [f"{tick:,.4g}{sign}" for tick in (low, high)])
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=7.5, labelcolor=INK, pad=2)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    return figure


def _span(chart: Chart) -> tuple[float, float]:
    """From nothing to what is round above the highest; all of a percentage."""
    points = chart.line.points
    there = [p.value for p in points] + [p.upper for p in points] + list(chart.targets)
    reported = [float(p.value) for p in points if p.value is not None]
    if chart.unit == "%" and all(0 <= value <= 100 for value in reported):
        return 0.0, 100.0
    top = max((float(value) for value in there if value is not None), default=1.0) or 1.0
    step = 10 ** (len(str(int(top))) - 1)
    return min(0.0, *reported, 0.0), float(-(-top // step) * step)
