"""A row for each area: its figure as a dot, and the limits that chance sets for its cases."""

import io
from collections.abc import Callable
from decimal import Decimal

from matplotlib.figure import Figure

from kpis.beside import Comparison, Standing, is_whole
from kpis.charts.look import GREY, GRID, INK, ORANGE, TEAL
from kpis.svg import accessible, drawable

WIDTH, LEFT, RIGHT, ROW, ENDS = 4.2, 1.6, 0.25, 0.3, 0.62  # inches: read on a telephone, too
LONGEST, LETTERS = 40, 24  # rows; of a name


def drawn(
    comparison: Comparison,
    *,
    key: str,
    title: str,
    description: str,
    percent: bool,
    show: Callable[[Decimal], str],
) -> bytes:
    """As SVG. A square is the area's own, a diamond the whole country."""
    out = io.BytesIO()
    _draw(comparison, percent, show).savefig(out, format="svg")
    return accessible(out.getvalue(), key=key, title=title, description=description)


def _draw(comparison: Comparison, percent: bool, show: Callable[[Decimal], str]) -> Figure:
    rows = [row for row in comparison.rows if row.value is not None][:LONGEST]
    height = ENDS + ROW * max(len(rows), 1)
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    axes = figure.add_axes(
        (
            LEFT / WIDTH,
            0.42 / height,
            (WIDTH - LEFT - RIGHT) / WIDTH,
            (height - ENDS) / height,
        )
    )
    for at, row in enumerate(reversed(rows)):
        if row.lower is not None and row.upper is not None:
            limits = [float(row.lower), float(row.upper)]
            axes.plot(limits, [at, at], color=GRID, linewidth=8, solid_capstyle="butt", zorder=1)
        colour = ORANGE if row.better is False else TEAL
        axes.plot(
            [float(row.value or 0)],
            [at],
            linestyle="none",
            marker=_mark(row),
            markersize=8 if row.given.own else 6.5,
            color=colour,
            markerfacecolor="white" if row.given.provisional else colour,
            zorder=3,
        )
    if comparison.centre is not None:
        axes.axvline(float(comparison.centre), color=GREY, linestyle=":", linewidth=1.4, zorder=2)
        axes.annotate(
            f"All of them {show(comparison.centre)}",
            (float(comparison.centre), len(rows) - 0.4),
            ha="center",
            va="bottom",
            color=GREY,
            fontsize=8.5,
            annotation_clip=False,
        )
    names = [_short(row.name) for row in rows]
    axes.set_yticks(range(len(rows)), list(reversed(names)))
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    if percent:
        axes.set_xlim(0, 100)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    else:
        axes.set_xlim(left=0)
    axes.tick_params(axis="both", length=0, labelsize=9, labelcolor=INK, pad=4)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    return figure


def _mark(row: Standing) -> str:
    """A triangle points away from the limits that the figure lies outside of."""
    if row.given.own:
        return "s"
    if is_whole(row.name):
        return "D"
    if row.value is None or row.lower is None or row.better is None:
        return "o"
    return "v" if row.value < row.lower else "^"


def _short(name: str) -> str:
    told = " ".join("".join(c for c in name if drawable(c)).split())
    return told if len(told) <= LETTERS else f"{told[: LETTERS - 1].rstrip()}…"
