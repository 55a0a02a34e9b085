"""How a series is read: by which chart, with what centre and limits, and what it signals. Pure.

Each phase (from one break to the next) is read by itself: no rule, limit or count looks across a
changed definition. Which chart, how many points it needs and what is never said: the specification
of the statistics, sections 3 to 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from statistics import median_low

from kpis.periods import Period
from kpis.spc import control, xmr
from kpis.spc.numbers import Value, known, mean, median, signs
from kpis.spc.runs import Cause, run_chart
from kpis.spc.runs import useful as off_the_median
from kpis.spc.xmr import MAKING_DATA_COUNT, Assurance, Mark, Variation
from kpis.values import meets

ENOUGH = 10  # useful points, before ordinary ups and downs can be told from change
LIMITS = xmr.ENOUGH  # points, before there are limits
FIRM = 20  # points, from which limits hardly move
SMALL = 20  # cases a period: with fewer, limits say next to nothing
WHOLE = 100  # per cent
NO_VARIATION = "no variation"
# How far the variance of counts may lie from their mean for a c chart: that of chance is equal.
LIKE_CHANCE = (Fraction(1, 2), Fraction(2))


class Chart(StrEnum):
    """How a phase is read. The words name the chart and its rules wherever it is shown."""

    FIGURES = "Figures alone"
    RUN = "Run chart: rules of Healthcare Improvement Scotland, 6 on one side, 5 in a row"
    XMR = "XmR chart: Making Data Count rules, 7/7"
    P = "p′ chart (Laney): Making Data Count rules, 7/7"
    U = "u′ chart (Laney): Making Data Count rules, 7/7"
    C = "c chart: Making Data Count rules, 7/7"


LIMITED = frozenset({Chart.XMR, Chart.P, Chart.U, Chart.C})


class Choice(StrEnum):
    """By which chart whoever keeps a KPI wants it read; `AUTO` chooses by its figures."""

    AUTO = "auto"
    RUN = "run"
    XMR = "xmr"


class Kind(StrEnum):
    """What the figures are: which chart can be theirs."""

    PERCENTAGE = "percentage"
    RATE = "rate"
    COUNT = "count"
    MEASURED = "measured"  # days and other averages


@dataclass(frozen=True)
class Figure:
    """One period of the calendar. `value` is in the series' unit, None where nothing was reported
    or none were due. Provisional figures are drawn, and say nothing of change."""

    period: Period
    value: Value = None
    numerator: int | None = None
    denominator: int | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Break:
    """From `start` on it is another series: a definition changed, or a baseline was set anew.

    `baseline` is the last day of the periods that make the centre and the limits of the phase; all
    of its periods do where it is None. `redefined` says that what is counted has changed; else the
    baseline alone begins anew.
    """

    start: date
    why: str = ""
    baseline: date | None = None
    redefined: bool = True


@dataclass(frozen=True)
class Measure:
    """What is read. `scale` is 100 for percentages, 10,000 for a rate of so many people."""

    kind: Kind
    direction: str
    scale: int = 1
    choice: Choice = Choice.AUTO
    yearly: bool = False


@dataclass(frozen=True)
class Phase:
    """One stretch of the series, `figures` of the calendar from the index `start` on.

    `points` are those that count (reported, not provisional), `useful` those of them that are not
    on the median, by which a run chart is read. `lower`, `upper` and `marks` have one for each
    figure. `why` says what kept it from the chart that it would have by its kind.
    """

    start: int
    figures: tuple[Figure, ...]
    since: Break
    chart: Chart
    points: int
    useful: int
    centre: Value
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    marks: tuple[Mark | None, ...]
    why: str = ""

    @property
    def last(self) -> int | None:
        """The index, in the phase, of the latest figure that counts."""
        there = (n for n in reversed(range(len(self.figures))) if counts(self.figures[n]))
        return next(there, None)

    @property
    def mark(self) -> Mark | None:
        """What the latest figure that counts signals."""
        return None if self.last is None else self.marks[self.last]

    @property
    def values(self) -> list[Value]:
        """Those that count, None for all others."""
        return values_of(self.figures)

    @property
    def fixed(self) -> int | None:
        """How many of its first periods are the baseline, if not all."""
        if self.since.baseline is None:
            return None
        return sum(f.period.end <= self.since.baseline for f in self.figures)


@dataclass(frozen=True)
class Reading:
    """What the series says now: its phases, and the icons of the last of them.

    `variation` is None without a chart that could signal, `assurance` without limits, target or a
    good direction.
    """

    measure: Measure
    phases: tuple[Phase, ...]
    variation: Variation | None
    assurance: Assurance | None
    target: Value

    @property
    def now(self) -> Phase | None:
        return self.phases[-1] if self.phases else None

    @property
    def figures(self) -> list[Figure]:
        """Those of all phases, in order."""
        return [figure for phase in self.phases for figure in phase.figures]


def read(
    figures: Sequence[Figure], measure: Measure, *, breaks: Sequence[Break] = (), target: Value
) -> Reading:
    """Read a series of the calendar's periods, in order and without holes.

    `breaks` are in order too; `target` is the one in force for the latest figure. The latest
    phase alone gives variation and assurance.
    """
    phases = tuple(
        _phase(start, part, since, measure) for start, part, since in _parted(figures, breaks)
    )
    now = phases[-1] if phases else None
    return Reading(
        measure=measure,
        phases=phases,
        variation=_variation(now, measure.direction),
        assurance=_assurance(now, target, measure.direction),
        target=target,
    )


def values_of(figures: Sequence[Figure]) -> list[Value]:
    """The values that count: what is provisional is missing here."""
    return [None if f.provisional else f.value for f in figures]


def is_better(high: bool, direction: str) -> bool | None:
    """Whether up, or down, is for the better; None where neither is."""
    return None if direction == "neither" else high == (direction == "higher")


def _parted(
    figures: Sequence[Figure], breaks: Sequence[Break]
) -> list[tuple[int, tuple[Figure, ...], Break]]:
    """The phases: where each starts, its figures, and what it began with."""
    found: list[tuple[int, tuple[Figure, ...], Break]] = []
    edges = [Break(date.min), *breaks]
    for at, since in enumerate(edges):
        end = edges[at + 1].start if at + 1 < len(edges) else date.max
        start = next((n for n, f in enumerate(figures) if f.period.start >= since.start), None)
        part = tuple(f for f in figures if since.start <= f.period.start < end)
        if part and start is not None:
            found.append((start, part, since))
    return found


# --- one phase ----------------------------------------------------------------------------------


def _phase(start: int, figures: tuple[Figure, ...], since: Break, measure: Measure) -> Phase:
    values = values_of(figures)
    nothing: tuple[None, ...] = (None,) * len(values)
    bare = Phase(
        start=start,
        figures=figures,
        since=since,
        chart=Chart.FIGURES,
        points=len(known(values)),
        useful=off_the_median(values, median(values)),
        centre=None,
        lower=nothing,
        upper=nothing,
        marks=nothing,
    )
    chart, why = _chosen(bare, values, measure)
    if chart == Chart.FIGURES:
        return replace(bare, why=why)
    drawn = _run(bare) if chart == Chart.RUN else _limited(bare, chart, measure.scale)
    return replace(drawn, chart=chart, why=why)


def _chosen(phase: Phase, values: list[Value], measure: Measure) -> tuple[Chart, str]:
    """The chart, and what kept the figures from the one that they would have by their kind."""
    there = known(values)
    if phase.points < (LIMITS if measure.yearly else ENOUGH):
        return Chart.FIGURES, ""
    if len(set(there)) == 1:
        return Chart.FIGURES, NO_VARIATION
    if measure.kind == Kind.PERCENTAGE and (whole := _at_extremes(there)):
        return Chart.FIGURES, (
            f"{whole} of the {len(there)} points are at 0% or 100%, where a chart of percentages "
            "can tell little: the cases between would tell more."
        )
    chart, why = Chart.RUN, ""
    if measure.choice != Choice.RUN and phase.points >= LIMITS:
        chart, why = _with_limits(phase, there, measure)
    if chart == Chart.RUN and phase.useful < ENOUGH:
        return Chart.FIGURES, (
            f"{phase.useful} points (of {phase.points}; the rest lie on the median): at least "
            f"{ENOUGH} are needed before ordinary ups and downs can be told from change."
        )
    return chart, why


def _with_limits(phase: Phase, there: list[Fraction], measure: Measure) -> tuple[Chart, str]:
    """The control chart of these figures, or the run chart where the cases are too few for one."""
    counted = [f for f in phase.figures if f.value is not None and not f.provisional]
    cases = [f.denominator for f in counted if f.denominator and f.numerator is not None]
    of_cases = measure.kind != Kind.MEASURED and len(cases) == len(counted)
    if of_cases and measure.kind == Kind.PERCENTAGE and median_low(cases) < SMALL:
        return Chart.RUN, (
            f"Limits would say little with so few cases: half of the periods have "
            f"{median_low(cases)} or fewer."
        )
    if measure.choice == Choice.XMR:
        return Chart.XMR, ""
    if of_cases:
        return (Chart.P if measure.kind == Kind.PERCENTAGE else Chart.U), ""
    if measure.kind == Kind.COUNT and not cases and _like_chance(there):
        return Chart.C, ""
    return Chart.XMR, ""


def _at_extremes(there: list[Fraction]) -> int:
    """How many of them are at 0% or 100%, where they are so many that no chart can tell."""
    whole = sum(value in (0, WHOLE) for value in there)
    return whole if whole and (whole * 2 > len(there) or median(there) in (0, WHOLE)) else 0


def _like_chance(counts: list[Fraction]) -> bool:
    """Whether counts vary about as much as chance alone would have them."""
    centre = mean(counts)
    if not centre:
        return False
    low, high = LIKE_CHANCE
    variance = sum(((one - centre) ** 2 for one in counts), Fraction()) / (len(counts) - 1)
    return low <= variance / centre <= high


def _run(phase: Phase) -> Phase:
    values = phase.values
    found = run_chart(values, fixed=phase.fixed)
    marks: list[Mark | None] = [None] * len(values)
    for points in found.trends:
        first, last = values[points[0]], values[points[-1]]
        rising = first is not None and last is not None and last > first
        for at in points:
            marks[at] = Mark(Cause.TREND, rising)
    side = 0
    for at, where in enumerate(signs(values, found.median)):
        side = where or side  # one that lies on the median inside a shift is of its side
        if at in found.shift:
            marks[at] = Mark(Cause.SHIFT, side > 0)
    return replace(phase, centre=found.median, marks=tuple(marks))


def _limited(phase: Phase, chart: Chart, scale: int) -> Phase:
    """With limits; a side that no figure can reach is cut there, and never signals."""
    values, fixed = phase.values, phase.fixed
    if chart == Chart.XMR:
        one = xmr.phase(values, MAKING_DATA_COUNT, fixed=fixed)
        low, high = (
            (None if x is None else float(x),) * len(values) for x in (one.lower, one.upper)
        )
        return replace(phase, centre=one.mean, lower=low, upper=high, marks=one.marks)
    found = _pooled(phase, chart, fixed)
    lower, upper = found.limits(-3), found.limits(3)
    side = signs(found.values, found.centre)
    outside = xmr.beyond(found.values, lower, upper)
    counted = xmr.beyond(found.values, found.limits(-2), found.limits(2))
    return replace(
        phase,
        centre=None if found.centre is None else found.centre * scale,
        lower=tuple(None if x is None else x * scale for x in lower),
        upper=tuple(None if x is None else x * scale for x in upper),
        marks=xmr.marks(found.values, side, outside, counted),
    )


def _pooled(phase: Phase, chart: Chart, fixed: int | None) -> control.Chart:
    told = [f if counts(f) else None for f in phase.figures]
    if chart == Chart.C:
        return control.c_chart(phase.values, fixed=fixed)
    numerators = [f.numerator if f else None for f in told]
    denominators = [f.denominator if f else None for f in told]
    plain = control.p_chart if chart == Chart.P else control.u_chart
    return control.prime(plain(numerators, denominators, fixed=fixed), fixed=fixed, least=1)


def counts(figure: Figure) -> bool:
    """Whether it says anything of change: reported, and not provisional."""
    return figure.value is not None and not figure.provisional


# --- what it says now ---------------------------------------------------------------------------


def _variation(now: Phase | None, direction: str) -> Variation | None:
    """By the latest figure. A run chart alone, and a phase that is too short, has no icon."""
    if now is None or now.chart not in LIMITED:
        return None
    return xmr.variation(now.mark, direction)


def _assurance(now: Phase | None, target: Value, direction: str) -> Assurance | None:
    """By the limits at the latest figure, not by its value."""
    if now is None or target is None or direction == "neither" or now.last is None:
        return None
    if now.chart in LIMITED:
        return xmr.assurance(now.lower[now.last], now.upper[now.last], target, direction)
    if now.why == NO_VARIATION:
        same = now.values[now.last]
        met = same is not None and meets(same, target, direction)
        return Assurance.PASSES if met else Assurance.FAILS
    return None
