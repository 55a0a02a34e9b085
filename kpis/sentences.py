"""What is said of a reading: a headline of one sentence, and what has to be said beside it. Pure.

Never “no change”, only “no sign of change”; never two figures compared as news; “trend” only in the
sense of the guide, with three years without a gap (the specification of the statistics, section 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from kpis.reading import (
    ENOUGH,
    FIRM,
    LIMITED,
    LIMITS,
    NO_VARIATION,
    SMALL,
    Chart,
    Figure,
    Kind,
    Phase,
    Reading,
    is_better,
)
from kpis.spc import runs, xmr
from kpis.spc.numbers import known, median, signs
from kpis.spc.xmr import Assurance, Cause, Mark, Variation
from kpis.values import beside, exact, meets, show

THREE_YEARS = {1: 36, 3: 12, 12: 3}  # how many periods, by their months
MANY = {1: "months", 3: "quarters", 12: "years"}
# Of the months of two years or more: how far calendar months differ, beside what differs otherwise.
SEASON = 4.5


@dataclass(frozen=True)
class Style:
    """How values of the series are written."""

    unit: str
    decimals: int

    def show(self, value: Fraction | Decimal | float) -> str:
        return show(exact(value), self.unit, self.decimals)

    def beside(self, one: Fraction, other: Fraction | float) -> tuple[str, str]:
        """Both, with the decimals that it takes to tell two different ones apart."""
        return beside(exact(one), exact(other), self.unit, self.decimals)


@dataclass(frozen=True)
class Icon:
    """A letter and its words: neither is said by colour alone."""

    letter: str
    words: str
    tone: str


def variation_icon(reading: Reading) -> Icon | None:
    """The icon of variation: H or L where the latest figure signals, C where it does not."""
    if reading.variation is None or reading.now is None:
        return None
    if reading.variation == Variation.COMMON:
        return Icon("C", "Common cause: no sign of change", "common")
    mark = reading.now.mark
    high = mark is not None and mark.high
    letter, way = ("H", "high") if high else ("L", "low")
    words = {
        Variation.IMPROVEMENT: f"Special cause: improvement ({way})",
        Variation.CONCERN: f"Special cause: concern ({way})",
        Variation.NEITHER: f"Special cause: a change, neither better nor worse ({way})",
    }[reading.variation]
    return Icon(letter, words, reading.variation.name.lower())


def assurance_icon(reading: Reading) -> Icon | None:
    """The icon of assurance: P, F or ?."""
    return {
        Assurance.PASSES: Icon("P", "Passes the target consistently", "passes"),
        Assurance.FAILS: Icon("F", "Falls short of the target consistently", "fails"),
        Assurance.HIT_OR_MISS: Icon("?", "Hit or miss: the target is met by chance", "common"),
        None: None,
    }[reading.assurance]


def headline(reading: Reading, style: Style) -> str:
    """The one sentence: better, worse or no sign of change, and whether it is enough."""
    now = reading.now
    if now is None or now.last is None:
        if any(f.value is not None for phase in reading.phases for f in phase.figures):
            return "Only provisional figures: too early to read."
        return "No figure has been reported."
    said = _change(reading, now, style)
    against = _target(reading, now, style)
    return f"{said}{f'; {against}' if against else ''}."


def notes(reading: Reading, style: Style) -> list[str]:
    """What has to be known beside the headline: how many figures bear it, and what they cannot."""
    now = reading.now
    if now is None or now.last is None:
        return []
    found = [_basis(now), _broken(now), *_runs(now), _three_years(reading, now)]
    found += [_small(now, reading.measure.kind), _season(now), _last_year(now, style)]
    return [said for said in found if said]


# --- the headline -------------------------------------------------------------------------------


def _change(reading: Reading, now: Phase, style: Style) -> str:
    if now.points == 1:
        return "One figure: nothing to compare it with yet"
    if now.why == NO_VARIATION:
        same = next(v for v in now.values if v is not None)
        return f"No variation: {style.show(same)} in all {now.points} points"
    if now.chart == Chart.FIGURES and now.why:
        return now.why.removesuffix(".")
    if now.chart == Chart.FIGURES:
        return _few(now) if not reading.measure.yearly else _years(now)
    provisional = "Provisional: " if now.points < LIMITS else ""
    return f"{provisional}{_verdict(now, reading.measure.direction, style)}"


def _few(now: Phase) -> str:
    """Too few to be read, and when there will be enough."""
    when = _earliest(now)
    return (
        f"{now.points} points: at least {ENOUGH} are needed before ordinary ups and downs can be "
        f"told from change{f' (earliest date: {when})' if when else ''}"
    )


def _years(now: Phase) -> str:
    """Figures of years, which are hardly ever enough: their direction in words, and no test."""
    there = known(now.values)
    ways = [(b > a) - (b < a) for a, b in pairwise(there)]
    steady = 0
    for way in reversed(ways):
        if not way or way != ways[-1]:
            break
        steady += 1
    said = f"{now.points} yearly figures: too few to tell change from ups and downs"
    if steady < 2:
        return said
    return f"{said}; they {'rose' if ways[-1] > 0 else 'fell'} in each of the last {steady} years"


def _earliest(now: Phase) -> str:
    if now.last is None:
        return ""
    period = now.figures[now.last].period
    try:
        for _ in range(ENOUGH - now.points):
            period = period.next()
    except ValueError:
        return ""
    return f"{period.end:%b %Y}"


def _verdict(now: Phase, direction: str, style: Style) -> str:
    mark = now.mark
    if mark is None:
        return f"No sign of change{_between(now, style)}"
    better = is_better(mark.high, direction)
    word = "A change" if better is None else f"A change for the {'better' if better else 'worse'}"
    return f"{word}: {because(now, mark, style)}"


def _between(now: Phase, style: Style) -> str:
    """What ordinary ups and downs are."""
    if now.chart not in LIMITED or now.last is None:
        return "" if now.centre is None else f" (median {style.show(now.centre)})"
    low, high = now.lower[now.last], now.upper[now.last]
    if low is None or high is None:
        return ""
    low = max(low, 0.0)
    high = min(high, 100.0) if style.unit == "%" else high
    return f": anything from {style.show(low)} to {style.show(high)} is an ordinary figure"


def because(now: Phase, mark: Mark, style: Style, earlier: str = "") -> str:
    """Why the latest figure is marked; `earlier` stands before the name of the centre."""
    last = now.last or 0
    latest = now.figures[last]
    where = "above" if mark.high else "below"
    centre = f"the {earlier}{'median' if now.chart == Chart.RUN else 'mean'}"
    if now.centre is not None:
        centre += f" of {style.show(now.centre)}"
    if mark.cause == xmr.Cause.OUTSIDE:
        limit = (now.upper if mark.high else now.lower)[last]
        side = "upper" if mark.high else "lower"
        if limit is None or latest.value is None:
            raise AssertionError("A figure is outside of limits that there are.")
        figure, edge = style.beside(latest.value, limit)
        when = latest.period.label
        return f"the latest figure, {figure} in {when}, is {where} the {side} limit of {edge}"
    if mark.cause == xmr.Cause.TWO_IN_THREE:
        side = "upper" if mark.high else "lower"
        return f"two of the last three figures are near the {side} limit or beyond it"
    if mark.cause in {xmr.Cause.TREND, runs.Cause.TREND}:
        length, first = _in_a_row(now, rising=mark.high)
        word = "higher" if mark.high else "lower"
        since = now.figures[first].period.label
        return f"{length} figures in a row are each {word} than the one before, since {since}"
    length, first = _on_one_side(now)
    since = now.figures[first].period.label
    return f"the last {length} figures are {where} {centre}, since {since}"


def _in_a_row(now: Phase, *, rising: bool) -> tuple[int, int]:
    """How many figures have risen (or fallen) up to the latest, and the index of the first step."""
    there = [(n, v) for n, v in enumerate(now.values) if v is not None]
    length, first = 0, there[-1][0]
    for (_, a), (n, b) in reversed(list(pairwise(there))):
        if a == b and now.chart == Chart.RUN:
            continue
        if a == b or (b > a) != rising:
            break
        length, first = length + 1, n
    return length, first


def _on_one_side(now: Phase) -> tuple[int, int]:
    """How many figures lie on the side of the latest that is off the centre, and the first."""
    there = [(n, side) for n, side in enumerate(signs(now.values, now.centre)) if side]
    if not there:
        return 0, 0
    way, length, first = there[-1][1], 0, there[-1][0]
    for n, side in reversed(there):
        if side != way:
            break
        length, first = length + 1, n
    return length, first


def _target(reading: Reading, now: Phase, style: Style) -> str:
    """Whether it is enough: reliably, by limits; without them what the latest figure is."""
    target, direction = reading.target, reading.measure.direction
    if target is None or direction == "neither" or now.last is None:
        return ""
    aim = style.show(target)
    if reading.assurance == Assurance.PASSES:
        return f"the target of {aim} is met reliably"
    if reading.assurance == Assurance.FAILS:
        return f"the target of {aim} is out of reach as things are"
    if reading.assurance == Assurance.HIT_OR_MISS:
        return f"the target of {aim} is met at some times and missed at others, by chance"
    latest = now.figures[now.last].value
    if latest is None:
        return ""
    value, aim = style.beside(latest, target)
    state = "meets" if meets(latest, target, direction) else "does not meet"
    return f"the latest figure, {value}, {state} the target of {aim}"


# --- beside it ----------------------------------------------------------------------------------


def _basis(now: Phase) -> str:
    """How many figures bear it."""
    if now.chart == Chart.FIGURES:
        return ""
    there = [f.period for f in now.figures if f.value is not None and not f.provisional]
    of = f"{now.points} points ({there[0].label} to {there[-1].label})"
    if now.since.baseline is not None:
        of = f"a baseline that ends in {now.since.baseline:%b %Y}"
    if now.chart == Chart.RUN:
        limits = now.points < LIMITS
        then = f" Limits need {LIMITS}." if limits else f" {now.why}" if now.why else ""
        return f"{'Provisional: r' if limits else 'R'}un-chart rules only, on {of}.{then}"
    firm = "" if now.points >= FIRM else "; they may still move by a quarter"
    return f"Limits based on {of}{firm}."


def _broken(now: Phase) -> str:
    if not now.since.why or now.start == 0:
        return ""
    first = now.figures[0].period.label
    return f"Read from {first} on, and not compared with what was before: {now.since.why}"


def _runs(now: Phase) -> list[str]:
    """Whether the figures cross the median as often as chance would have them."""
    if now.chart != Chart.RUN:
        return []
    found = runs.runs(now.values, median(now.values))
    if found.usual is None or found.usual[0] <= found.number <= found.usual[1]:
        return []
    low, high = found.usual
    few = "fewer" if found.number < low else "more"
    return [
        f"The line makes {found.number} runs about the median, {few} than chance would "
        f"({low} to {high}, exact 5% limits): something other than chance is at work."
    ]


def _three_years(reading: Reading, now: Phase) -> str:
    """The guide's condition for the word “trend” (2023 guide, Appendix 2, after EFQM)."""
    length, months = unbroken(now)
    if months not in THREE_YEARS or not length:
        return ""
    needed, many = THREE_YEARS[months], MANY[months]
    if length < needed:
        one = many.removesuffix("s") if length == 1 else many
        return (
            f"{length} {one} of continuous data; the guide asks for {needed} before calling this a "
            "trend."
        )
    if now.chart == Chart.FIGURES:  # nothing is tested, so nothing is found either
        return f"{length} {many} of continuous data."
    mark = now.mark
    if mark is None or not _lasts(now, mark):
        return f"{length} {many} of continuous data, and no trend in the guide’s sense to be seen."
    better = is_better(mark.high, reading.measure.direction)
    way = ("up" if mark.high else "down") if better is None else "better" if better else "worse"
    said = f"for the {way}" if better is not None else way
    return f"{length} {many} of continuous data: a trend {said} in the guide’s sense."


def _lasts(now: Phase, mark: Mark) -> bool:
    """Whether the sign is one of many figures, not of an outlier: a row that rises or falls, or one
    on one side of the centre up to the latest."""
    side = 1 if mark.high else -1
    there = [one for one in signs(now.values, now.centre) if one is not None][-xmr.ROW :]
    return mark.cause == Cause.TREND or there == [side] * xmr.ROW


def unbroken(now: Phase) -> tuple[int, int]:
    """How many periods up to the latest figure have one each, and of how many months they are."""
    if now.last is None:
        return 0, 0
    months, length = now.figures[now.last].period.whole_months, 0
    for figure in reversed(now.figures[: now.last + 1]):
        if figure.value is None or figure.provisional or figure.period.whole_months != months:
            break
        length += 1
    return length, months


def _small(now: Phase, kind: Kind) -> str:
    if kind != Kind.PERCENTAGE:
        return ""
    least = min((f.denominator for f in now.figures if f.denominator), default=SMALL)
    return f"Small numbers: as few as {least} in a period." if least < SMALL else ""


def _season(now: Phase) -> str:
    """Months that repeat by calendar month: ups and downs that are neither chance nor change."""
    return (
        "The figures rise and fall with the calendar month: compare a month with the same month "
        "of the year before."
        if is_seasonal(now.figures)
        else ""
    )


def is_seasonal(figures: Sequence[Figure]) -> bool:
    """Whether calendar months differ far more from each other than years within a month do.

    Of two whole years of months or more, without their straight line and each year about its own
    mean: the variance between months over what is left, an F ratio; SEASON is beyond its 1% point
    for two years.
    """
    months = [f for f in figures if f.value is not None and f.period.whole_months == 1]
    years = len(months) // 12
    months = months[-12 * years :] if years > 1 else []
    gaps = [(b.period.start.month - a.period.start.month) % 12 for a, b in pairwise(months)]
    if not months or any(gap != 1 for gap in gaps):
        return False
    values = _level([float(f.value) for f in months if f.value is not None])
    rows = [values[12 * n : 12 * n + 12] for n in range(years)]
    centred = [[value - sum(row) / 12 for value in row] for row in rows]
    means = [sum(column) / years for column in zip(*centred, strict=True)]
    between = years * sum(one * one for one in means) / 11
    left = sum((v - m) ** 2 for row in centred for v, m in zip(row, means, strict=True))
    nothing = 1e-9 * sum(float(f.value or 0) ** 2 for f in months)  # what rounding leaves
    return between > max(SEASON * left / (11 * (years - 1)), nothing)


def _level(values: Sequence[float]) -> list[float]:
    """Without the straight line through them."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    spread = sum((n - middle) ** 2 for n in range(len(values)))
    slope = sum((n - middle) * v for n, v in enumerate(values)) / spread
    return [v - mean - slope * (n - middle) for n, v in enumerate(values)]


def _last_year(now: Phase, style: Style) -> str:
    """The same month of the year before, in words: no test is made of two figures."""
    if now.last is None:
        return ""
    latest = now.figures[now.last]
    months = latest.period.whole_months
    if months not in {1, 3} or now.last < 12 // months:
        return ""
    before = now.figures[now.last - 12 // months]
    if before.value is None or latest.value is None:
        return ""
    return (
        f"{style.show(latest.value)} in {latest.period.label}; "
        f"{style.show(before.value)} in {before.period.label}."
    )
