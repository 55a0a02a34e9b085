"""What is drawn inside the axes: lines with their marks, limits, and the signs of change."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from kpis.charts.look import BROWN, GREY, INK
from kpis.charts.shown import Chart, ChartPoint, shortened

LEVELS = 3  # of names above each other
LATE = 0.85  # of the width, from where names stand to the left
LETTER = 0.018  # how much of the width a letter takes, at the least


def plot(
    axes: Axes,
    points: tuple[ChartPoint, ...],
    colour: str,
    mark: str,
    dash: str,
    width: float,
    few: bool,
) -> None:
    values = [number(p.value) for p in points]
    x = range(len(points))
    edges = [0, *(n for n in x if n and points[n].begins), len(points)]
    for start, end in pairwise(edges):  # no line joins what is not compared
        part = list(x[start:end])
        axes.plot(part, values[start:end], color=colour, linestyle=dash, linewidth=width, zorder=3)
    # With many points only those that no line reaches, and provisional ones, need a mark.
    chosen = [i for i in x if few or points[i].provisional or _alone(values, i)]
    if not few:
        chosen += [i for i in x if i % max(1, len(points) // 12) == 0 and i not in chosen]
    for hollow in (False, True):
        at = [i for i in chosen if points[i].provisional is hollow and values[i] == values[i]]
        if at:
            axes.plot(
                at,
                [values[i] for i in at],
                linestyle="none",
                marker=mark,
                markersize=5.5 if few else 4,
                color=colour,
                markerfacecolor="white" if hollow else colour,
                markeredgewidth=1.3,
                zorder=4,
            )


def _alone(values: list[float], index: int) -> bool:
    beside = values[max(0, index - 1) : index] + values[index + 1 : index + 2]
    return all(v != v for v in beside)


def steps(axes: Axes, values: list[float], **look: Any) -> None:
    """One level for each period, that goes on where the next one has the same."""
    x: list[float] = []
    y: list[float] = []
    for index, value in enumerate(values):
        if y and y[-1] == value:  # it goes on: one long line, and not many short ones
            x[-1] = index + 0.5
        else:
            x += [index - 0.5, index + 0.5]
            y += [value, value]
    axes.plot(x, y, **look)


def phases(axes: Axes, chart: Chart) -> None:
    """The centre, the limits within what can be, and where the series begins anew."""
    points = chart.line.points
    dots: dict[str, Any] = {"color": GREY, "linestyle": ":", "linewidth": 1.4, "zorder": 1}
    if all(p.centre is None for p in points):
        if chart.centre is not None:  # packs of before tell only the one of today
            axes.axhline(number(chart.centre), **dots)
        return
    steps(axes, [number(p.centre) for p in points], **dots)
    ceiling = 100.0 if chart.unit == "%" else float("inf")
    dashes = {**dots, "linestyle": (0, (3, 2)), "linewidth": 1.0}
    for edge in ("lower", "upper"):
        values = [number(getattr(p, edge)) for p in points]
        steps(axes, [v if v != v else min(max(v, 0.0), ceiling) for v in values], **dashes)


def marked(axes: Axes, points: Sequence[ChartPoint], size: float = 8) -> None:
    """Squares round what signals a change, and a line where the series begins anew."""
    for index, point in enumerate(points):
        if point.begins:
            axes.axvline(index - 0.5, color=INK, linewidth=1.0, zorder=1)
    at = [n for n, p in enumerate(points) if p.signal and p.value is not None]
    if at:
        axes.plot(
            at,
            [number(points[n].value) for n in at],
            linestyle="none",
            marker="s",
            markersize=size,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=1.3,
            zorder=5,
        )


def number(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def completions(axes: Axes, points: Sequence[ChartPoint]) -> None:
    """A triangle at the foot of each period in which linked actions were completed, with a line up
    from it and their names, higher where those of the one before would reach."""
    reach, level = -1.0, 0
    for index, point in enumerate(points):
        if not point.completed:
            continue
        name, late = _names(point.completed), index > LATE * len(points)
        level = (level + 1) % LEVELS if index < reach else 0
        reach = index + len(name) * LETTER * len(points)
        axes.axvline(index, color=BROWN, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        axes.plot(
            [index],
            [0.025],
            transform=axes.get_xaxis_transform(),
            marker="^",
            markersize=6,
            color=BROWN,
            linestyle="none",
            clip_on=False,
            zorder=5,
        )
        axes.annotate(
            name,
            (index, 0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-4 if late else 4, 8 + 10 * level),
            textcoords="offset points",
            ha="right" if late else "left",
            color=BROWN,
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
            zorder=5,
        )


def _names(completed: tuple[str, ...]) -> str:
    """All of two, of more how many: the table names them."""
    if len(completed) > 2:
        return f"{len(completed)} actions"
    return shortened(", ".join(completed), 16)
