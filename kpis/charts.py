"""KPI charts as SVG and PNG. The only module that imports matplotlib. Pure.

Same input, same bytes. Nothing is said by colour alone: every line has its own mark, dash pattern
and a label at its end, and a value that was not reported is a gap.
"""

import io
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kpis.series import Kpi, Point
from kpis.svg import accessible, drawable

# Once, at import: changing rcParams while another thread draws mixes up both drawings.
matplotlib.rcParams.update(
    {
        "svg.hashsalt": "throughline",
        "svg.fonttype": "none",
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "path.simplify": False,
    }
)

# A name in a script that DejaVu lacks is drawn all the same, by the page's own font.
warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")

INK, TEAL, ORANGE, GREY, GRID = "#1a1a1a", "#0b6e6e", "#b5460f", "#4a4a4a", "#d5d9dc"
COMPARATOR_LOOKS = [("s", "#5b3f8c"), ("^", "#1f5fa8"), ("D", "#6b4a1f"), ("v", "#7a1f4d")]
# Inches. Narrow, so that 9-point text stays readable when a telephone shrinks the drawing.
WIDTH, HEIGHT, RIGHT, TOP, BOTTOM = 5.6, 2.9, 1.3, 0.3, 0.5
FEW = 9
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@dataclass(frozen=True)
class ChartPoint:
    """One period's figure in the chart's unit. `value` is None where nothing was reported.

    `centre`, `lower` and `upper` are those of its phase; `signal` marks it, and `begins` says that
    the series begins anew with it.
    """

    label: str
    value: Decimal | None
    provisional: bool = False
    centre: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    signal: bool = False
    begins: bool = False


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


class Drawing:
    """A chart drawn once, and written as SVG or PNG when asked."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    @cached_property
    def _figure(self) -> Figure:
        return _draw(self.chart)

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


def drawing(kpi: Kpi, name: str, key: str) -> Drawing:
    """A KPI's chart. `name` labels its own line, `key` makes its ids unique on a page."""
    return Drawing(
        Chart(
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


def _draw(chart: Chart) -> Figure:
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    show = _formatter(chart)
    axes = figure.add_axes((0, 0, 1, 1))
    count = len(chart.line.points)
    few = count <= FEW
    ends: list[tuple[float, str, str]] = []
    for (mark, colour), other in zip(_looks(), chart.comparators, strict=False):
        _plot(axes, other.points, colour, mark, "-.", 1.2, few)
        _remember_end(ends, other.points, other.name, colour)
    targets = [_float(t) for t in chart.targets]
    if any(t == t for t in targets):
        _steps(axes, targets, color=ORANGE, linestyle=(0, (5, 2.5)), linewidth=1.5, zorder=2)
        last = next(t for t in reversed(chart.targets) if t is not None)
        ends.append((float(last), f"Target {show(last)}", ORANGE))
    _phases(axes, chart)
    if chart.centre is not None:
        ends.append((float(chart.centre), f"{chart.centre_name} {show(chart.centre)}", GREY))
    _plot(axes, chart.line.points, TEAL, "o", "-", 2.0 if count < 40 else 1.4, few)
    newest = next((p.value for p in reversed(chart.line.points) if p.value is not None), None)
    name = chart.line.name if few or newest is None else f"{chart.line.name} {show(newest)}"
    _remember_end(ends, chart.line.points, name, TEAL)
    _y_axis(axes, chart)
    left = _place(axes, chart)
    _x_axis(axes, [p.label for p in chart.line.points], WIDTH - left - RIGHT)
    for index in range(count if few else 0):
        _value_label(axes, chart.line.points, index, show)
    _end_labels(axes, ends, count)
    _signals(axes, chart.line.points)
    if key := _key(chart.line.points):
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
        "Upright line: begins anew": any(p.begins for p in points),
    }
    return ". ".join(said for said, there in told.items() if there)


def _phases(axes: Axes, chart: Chart) -> None:
    """The centre, the limits within what can be, and where the series begins anew."""
    points = chart.line.points
    dots: dict[str, Any] = {"color": GREY, "linestyle": ":", "linewidth": 1.4, "zorder": 1}
    if all(p.centre is None for p in points):
        if chart.centre is not None:  # packs of before tell only the one of today
            axes.axhline(_float(chart.centre), **dots)
        return
    _steps(axes, [_float(p.centre) for p in points], **dots)
    ceiling = 100.0 if chart.unit == "%" else float("inf")
    dashes = {**dots, "linestyle": (0, (3, 2)), "linewidth": 1.0}
    for edge in ("lower", "upper"):
        values = [_float(getattr(p, edge)) for p in points]
        _steps(axes, [v if v != v else min(max(v, 0.0), ceiling) for v in values], **dashes)


def _signals(axes: Axes, points: Sequence[ChartPoint]) -> None:
    """Squares round what signals a change, and a line where the series begins anew."""
    for index, point in enumerate(points):
        if point.begins:
            axes.axvline(index - 0.5, color=INK, linewidth=1.0, zorder=1)
    at = [n for n, p in enumerate(points) if p.signal and p.value is not None]
    if at:
        axes.plot(
            at,
            [_float(points[n].value) for n in at],
            linestyle="none",
            marker="s",
            markersize=8,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=1.3,
            zorder=5,
        )


def _looks() -> list[tuple[str, str]]:
    return COMPARATOR_LOOKS * 4


def _float(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def _formatter(chart: Chart) -> Callable[[Decimal], str]:
    step = Decimal(1).scaleb(-chart.decimals)
    sign = "%" if chart.unit == "%" else ""
    return lambda value: f"{value.quantize(step, ROUND_HALF_UP):,}{sign}"


def _plot(
    axes: Axes,
    points: tuple[ChartPoint, ...],
    colour: str,
    mark: str,
    dash: str,
    width: float,
    few: bool,
) -> None:
    values = [_float(p.value) for p in points]
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


def _steps(axes: Axes, values: list[float], **look: Any) -> None:
    """One level for each period, that goes on where the next one has the same."""
    x: list[float] = []
    y: list[float] = []
    for index, value in enumerate(values):
        x += [index - 0.5, index + 0.5]
        y += [value, value]
    axes.plot(x, y, **look)


def _remember_end(
    ends: list[tuple[float, str, str]], points: tuple[ChartPoint, ...], name: str, colour: str
) -> None:
    value = next((p.value for p in reversed(points) if p.value is not None), None)
    if value is not None:
        ends.append((float(value), name, colour))


def _y_axis(axes: Axes, chart: Chart) -> None:
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
            0.06 / WIDTH,
            1 - 0.1 / HEIGHT,
            _shortened(chart.unit, 45),
            transform=axes.figure.transFigure,
            va="center",
            color=GREY,
            fontsize=8.5,
        )


def _place(axes: Axes, chart: Chart) -> float:
    """Puts the axes where their labels fit and returns the left margin in inches."""
    low, high = axes.get_ylim()
    ticks = [t for t in axes.get_yticks() if low <= t <= high]
    widest = max(len(f"{t:,.10g}") for t in ticks) + (chart.unit == "%")
    left = 0.16 + 0.082 * widest
    width = (WIDTH - left - RIGHT) / WIDTH
    axes.set_position(
        (left / WIDTH, BOTTOM / HEIGHT, width, (HEIGHT - TOP - BOTTOM) / HEIGHT), which="both"
    )
    return left


def _x_axis(axes: Axes, labels: list[str], inches: float) -> None:
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
    label = _shortened(label, 24)
    if len(label) > 8 and " " in label:
        first, _, last = label.rpartition(" ")
        return f"{first}\n{last}"
    return label


def _shortened(text: str, length: int) -> str:
    text = " ".join("".join(c for c in text if drawable(c)).split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _value_label(
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


def _end_labels(axes: Axes, ends: list[tuple[float, str, str]], count: int) -> None:
    """Names each line at its right end, moved apart where two would overlap."""
    low, high = axes.get_ylim()
    line = 0.155 * (high - low) / (HEIGHT - TOP - BOTTOM)  # one line of text in data units
    boxes = []
    for value, name, colour in sorted(ends, key=lambda e: (-e[0], e[1])):
        rows = textwrap.wrap(_shortened(name, 40), 15, max_lines=3, placeholder="…") or [" "]
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
