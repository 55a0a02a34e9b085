"""The axes of a chart, and the words at its lines."""

import textwrap
from collections.abc import Callable
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kpis.charts.look import BOTTOM, GREY, GRID, HEIGHT, INK, RIGHT, TOP
from kpis.charts.shown import Chart, ChartPoint, shortened


def y_axis(axes: Axes, chart: Chart, width: float) -> None:
    lines = [chart.line, *chart.comparators]
    values = [float(p.value) for line in lines for p in line.points if p.value is not None]
    values += [float(t) for t in chart.targets if t is not None]
    reported = list(values)
    values += [float(chart.centre)] if chart.centre is not None else []
    values += [float(p.upper) for p in chart.line.points if p.upper is not None]
    high, low = max(values, default=0.0), min(values, default=0.0)
    percent = chart.unit == "%"
    if percent and low >= 0 and all(v <= 100 for v in reported):
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 25, 50, 75, 100])
    else:
        axes.set_ylim(low * 1.1 if low < 0 else 0, (high * 1.12) or 1)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=not chart.decimals))
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}{'%' if percent else ''}")
    if not percent:
        axes.text(
            0.06 / width,
            1 - 0.1 / HEIGHT,
            shortened(chart.unit, 45),
            transform=axes.figure.transFigure,
            va="center",
            color=GREY,
            fontsize=8.5,
        )


def place(axes: Axes, chart: Chart, whole: float) -> float:
    """Puts the axes where their labels fit, in a drawing so wide; gives the left margin, both in
    inches."""
    low, high = axes.get_ylim()
    ticks = [t for t in axes.get_yticks() if low <= t <= high]
    widest = max(len(f"{t:,.10g}") for t in ticks) + (chart.unit == "%")
    left = 0.16 + 0.082 * widest
    width = (whole - left - RIGHT) / whole
    axes.set_position(
        (left / whole, BOTTOM / HEIGHT, width, (HEIGHT - TOP - BOTTOM) / HEIGHT), which="both"
    )
    return left


def x_axis(axes: Axes, labels: list[str], inches: float) -> None:
    count = len(labels)
    axes.set_xlim(-0.5, max(count, 1) - 0.5)
    texts = [_two_lines(label) for label in labels]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=1)
    room = max(1, int(inches / (0.08 * longest + 0.1)))
    every = max(1, -(-count // room))
    # Counting back from the newest keeps the last period's label.
    shown = list(range(count - 1, -1, -every))
    axes.set_xticks(shown)
    axes.set_xticklabels([texts[i] for i in shown])
    axes.tick_params(axis="both", length=0, labelsize=9, labelcolor=INK, pad=4)
    axes.tick_params(axis="x", length=3, color=GREY)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)


def _two_lines(label: str) -> str:
    """Breaks "October 2019" before its year, so that more labels fit side by side."""
    label = shortened(label, 24)
    if len(label) > 8 and " " in label:
        first, _, last = label.rpartition(" ")
        return f"{first}\n{last}"
    return label


def value_label(
    axes: Axes, points: tuple[ChartPoint, ...], index: int, show: Callable[[Decimal], str]
) -> None:
    shown = points[index].value
    if shown is None:
        return
    low, high = axes.get_ylim()
    value, share = float(shown), (float(shown) - low) / (high - low)
    beside = [p.value for p in points[max(0, index - 1) : index + 2] if p.value is not None]
    valley = len(beside) > 1 and shown == min(beside) and share > 0.12
    below = share > 0.9 or valley
    axes.annotate(
        show(shown),
        (index, value),
        xytext=(0, -7 if below else 7),
        textcoords="offset points",
        ha="center",
        va="top" if below else "bottom",
        color=INK,
        fontsize=9,
        fontweight="bold",
        zorder=6,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )


def end_labels(axes: Axes, ends: list[tuple[float, str, str]], count: int) -> None:
    """Names each line at its right end, moved apart where two would overlap."""
    low, high = axes.get_ylim()
    line = 0.155 * (high - low) / (HEIGHT - TOP - BOTTOM)  # one line of text in data units
    boxes = []
    for value, name, colour in sorted(ends, key=lambda e: (-e[0], e[1])):
        rows = textwrap.wrap(shortened(name, 40), 15, max_lines=3, placeholder="…") or [" "]
        boxes.append((value, len(rows) * line, "\n".join(rows), colour))
    top, heights = high + line, []
    for value, tall, _, _ in boxes:
        heights.append(min(value, top - tall / 2))
        top = heights[-1] - tall * 0.5 - line * 0.15
    floor = low - line
    for place, (_, tall, _, _) in reversed(list(enumerate(boxes))):
        heights[place] = max(heights[place], floor + tall / 2)
        floor = heights[place] + tall / 2 + line * 0.15
    for y, (_, _, text, colour) in zip(heights, boxes, strict=True):
        axes.annotate(
            text,
            (count - 0.5 if count else 0.5, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=8.5,
            linespacing=1.1,
            annotation_clip=False,
        )
