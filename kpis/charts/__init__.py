"""KPI charts as SVG and PNG. The only package that imports matplotlib. Pure.

Same input, same bytes. Nothing is said by colour alone: every line has its own mark, dash pattern
and a label at its end, and a value that was not reported is a gap.
"""

import io
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from kpis.charts.axes import end_labels, place, value_label, x_axis, y_axis
from kpis.charts.lines import completions, marked, number, phases, plot, steps
from kpis.charts.look import COMPARATOR_LOOKS, FEW, GREY, HEIGHT, NARROW, ORANGE, RIGHT, TEAL, WIDTH
from kpis.charts.shown import Chart as Chart
from kpis.charts.shown import ChartLine as ChartLine
from kpis.charts.shown import ChartPoint as ChartPoint
from kpis.charts.shown import chart_of
from kpis.series import Kpi
from kpis.svg import accessible

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


class Drawing:
    """A chart drawn once, and written as SVG or PNG when asked. The narrow one has no key: what
    shows it says what its marks mean."""

    def __init__(self, chart: Chart, *, narrow: bool = False) -> None:
        self.chart, self.narrow = chart, narrow

    @cached_property
    def _figure(self) -> Figure:
        return _draw(self.chart, NARROW if self.narrow else WIDTH)

    def _spent(self, other: str) -> None:
        """Lets go of the figure, some megabytes, once both formats are written."""
        if other in self.__dict__:
            del self._figure

    @cached_property
    def svg(self) -> bytes:
        """UTF-8 SVG without style attributes, so that a strict content security policy shows it."""
        out = io.BytesIO()
        self._figure.savefig(out, format="svg")
        self._spent("png")
        chart = self.chart
        return accessible(
            out.getvalue(), key=chart.key, title=chart.title, description=chart.description
        )

    @cached_property
    def png(self) -> bytes:
        """PNG at 150 dots per inch."""
        out = io.BytesIO()
        self._figure.savefig(
            out,
            format="png",
            dpi=150,
            metadata={"Software": None},
            pil_kwargs={"compress_level": 6},
        )
        self._spent("svg")
        return out.getvalue()


def drawing(kpi: Kpi, name: str, key: str, *, narrow: bool = False) -> Drawing:
    """A KPI's chart. `name` labels its own line, `key` makes its ids unique on a page."""
    return Drawing(chart_of(kpi, name, key), narrow=narrow)


def _draw(chart: Chart, width: float = WIDTH) -> Figure:
    figure = Figure(figsize=(width, HEIGHT), facecolor="white")
    show = _formatter(chart)
    axes = figure.add_axes((0, 0, 1, 1))
    count = len(chart.line.points)
    few = count <= FEW
    ends: list[tuple[float, str, str]] = []
    for (mark, colour), other in zip(_looks(), chart.comparators, strict=False):
        plot(axes, other.points, colour, mark, "-.", 1.2, few)
        _remember_end(ends, other.points, other.name, colour)
    targets = [number(t) for t in chart.targets]
    if any(t == t for t in targets):
        steps(axes, targets, color=ORANGE, linestyle=(0, (5, 2.5)), linewidth=1.5, zorder=2)
        last = next(t for t in reversed(chart.targets) if t is not None)
        ends.append((float(last), f"Target {show(last)}", ORANGE))
    phases(axes, chart)
    if chart.centre is not None:
        ends.append((float(chart.centre), f"{chart.centre_name} {show(chart.centre)}", GREY))
    plot(axes, chart.line.points, TEAL, "o", "-", 2.0 if count < 40 else 1.4, few)
    newest = next((p.value for p in reversed(chart.line.points) if p.value is not None), None)
    name = chart.line.name if few or newest is None else f"{chart.line.name} {show(newest)}"
    _remember_end(ends, chart.line.points, name, TEAL)
    y_axis(axes, chart, width)
    left = place(axes, chart, width)
    x_axis(axes, [p.label for p in chart.line.points], width - left - RIGHT)
    for index in range(count if few else 0):
        value_label(axes, chart.line.points, index, show)
    end_labels(axes, ends, count)
    marked(axes, chart.line.points)
    completions(axes, chart.line.points)
    if width == WIDTH and (key := _key(chart.line.points)):
        figure.text(
            1 - 0.06 / WIDTH,
            1 - 0.1 / HEIGHT,
            key,
            ha="right",
            va="center",
            color=GREY,
            fontsize=8,
        )
    return figure


def _key(points: Sequence[ChartPoint]) -> str:
    """What the marks and lines mean that have no name at their end."""
    told = {
        "Hollow mark: provisional": any(p.provisional for p in points),
        "Square: a sign of change": any(p.signal for p in points),
        "Dashes: limits": any(p.lower is not None or p.upper is not None for p in points),
        "Triangle: action completed": any(p.completed for p in points),
        "Upright line: begins anew": any(p.begins for p in points),
    }
    return ". ".join(said for said, there in told.items() if there)


def _looks() -> list[tuple[str, str]]:
    return COMPARATOR_LOOKS * 4


def _formatter(chart: Chart) -> Callable[[Decimal], str]:
    step = Decimal(1).scaleb(-chart.decimals)
    sign = "%" if chart.unit == "%" else ""
    return lambda value: f"{value.quantize(step, ROUND_HALF_UP):,}{sign}"


def _remember_end(
    ends: list[tuple[float, str, str]], points: tuple[ChartPoint, ...], name: str, colour: str
) -> None:
    value = next((p.value for p in reversed(points) if p.value is not None), None)
    if value is not None:
        ends.append((float(value), name, colour))
