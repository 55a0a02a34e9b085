"""What the public may see of a series: no small count, and nothing that gives one away. Pure.

What is withheld is withheld in every form: the count, the rate that is made of it, its point on the
chart, its weight in centre and limits, and the sentence. So the public series is read anew from
what is left of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from kpis import series
from kpis.breakdowns import PartFigure
from kpis.disclosure import THRESHOLD, Key, Relation, hidden, telling
from kpis.periods import Period
from kpis.reading import Kind
from kpis.series import Kpi
from kpis.spc.numbers import rate

SYMBOL = "[c]"
WITHHELD = "Withheld: it could tell of a person."
REST = "in none of the parts"
COUNT, OUT_OF, LEFT = "number", "out of", "not counted"


@dataclass(frozen=True)
class PublicFigure:
    """A figure as the public may see it. What is in `withheld` (COUNT, OUT_OF) is None here, and
    so is the value, which would be made of it."""

    split: str
    part: str
    period: Period
    numerator: int | None
    denominator: int | None
    value: Fraction | None
    withheld: frozenset[str] = frozenset()


def public(
    figures: Iterable[PartFigure], kind: Kind, scale: int, threshold: int = THRESHOLD
) -> list[PublicFigure]:
    """The same figures with what must not be seen taken out, each period by itself.

    Those of the whole have an empty split. `scale` is that of the series. Two splits are not
    protected against one another: what of one could be worked back from the other stays open.
    """
    periods: dict[Period, list[PartFigure]] = defaultdict(list)
    for one in figures:
        periods[one.period].append(one)
    return [
        _shown(one, kind, scale, gone)
        for rows in periods.values()
        for gone in [_hidden(rows, kind, threshold)]
        for one in rows
    ]


def warnings(figures: Iterable[PartFigure]) -> list[PartFigure]:
    """Those whose number is none or all of what it is out of: 0% and 100% tell of everybody."""
    rows = list(figures)
    counts: dict[Key, int] = {}
    wholes: dict[Key, Key] = {}
    for at, one in enumerate(rows):
        if one.numerator is not None and one.denominator is not None:
            counts |= {(at, COUNT): one.numerator, (at, OUT_OF): one.denominator}
            wholes[at, COUNT] = (at, OUT_OF)
    told = set(telling(counts, wholes))
    return [one for at, one in enumerate(rows) if (at, COUNT) in told]


# --- one period ---------------------------------------------------------------------------------


def _hidden(rows: Sequence[PartFigure], kind: Kind, threshold: int) -> set[Key]:
    counts: dict[Key, int] = {}
    relations: list[Relation] = []
    for one in rows:
        _of_one(one, kind, counts, relations)
    rests: set[Key] = set()
    whole = next((one for one in rows if not one.split), None)
    for split in dict.fromkeys(one.split for one in rows if one.split):
        parts = [one for one in rows if one.split == split]
        _of_split(whole, parts, counts, relations, rests)
    # Once as if it were known how many are in none of the parts, and once to keep that itself.
    known = hidden(counts, relations, threshold, given=rests)
    if all(not 0 < counts[key] < threshold for key in rests):
        return known
    return known | hidden(counts, relations, threshold)


def _key(one: PartFigure, what: str) -> Key:
    return (one.split, one.part, what)


def _of_one(one: PartFigure, kind: Kind, counts: dict[Key, int], relations: list[Relation]) -> None:
    """What of it is a number of people, and how these hang together."""
    number, out_of, left = (_key(one, what) for what in (COUNT, OUT_OF, LEFT))
    given = _counted(one, kind)
    if given is not None and kind != Kind.MEASURED:  # days are no people
        counts[number] = given
    if one.denominator is not None:
        counts[out_of] = one.denominator
    if kind == Kind.PERCENTAGE and given is not None and one.denominator is not None:
        counts[left] = one.denominator - given
        relations.append(Relation(out_of, (number, left)))


def _counted(one: PartFigure, kind: Kind) -> int | None:
    """The number; of a count it may be given as a value."""
    if one.numerator is None and kind == Kind.COUNT and one.value is not None:
        return round(one.value)
    return one.numerator


def _of_split(
    whole: PartFigure | None,
    parts: Sequence[PartFigure],
    counts: dict[Key, int],
    relations: list[Relation],
    rests: set[Key],
) -> None:
    """How the parts add up to the whole; what is left over is known to who adds them up.

    Parts without a figure are in what is left over: together they are no secret either.
    """
    if whole is None:
        return
    for what in (COUNT, OUT_OF, LEFT):
        total = _key(whole, what)
        keys = tuple(key for one in parts if (key := _key(one, what)) in counts)
        if total not in counts or not keys:
            continue
        if what == OUT_OF and all(counts[key] == counts[total] for key in keys):
            relations.extend(Relation(total, (key,)) for key in keys)  # shares of one whole
            continue
        rest = counts[total] - sum(counts[key] for key in keys)
        if what == COUNT and rest and _late(whole, keys, counts):
            relations.append(Relation(_key(whole, LEFT), keys))
            continue
        if rest:
            left_over = (parts[0].split, REST, what)
            counts[left_over] = rest
            rests.add(left_over)
            keys = (*keys, left_over)
        relations.append(Relation(total, keys))


def _late(whole: PartFigure, keys: Sequence[Key], counts: dict[Key, int]) -> bool:
    """Whether the parts are those that were not counted in the whole: reasons of lateness."""
    return counts.get(_key(whole, LEFT)) == sum(counts[key] for key in keys)


def _shown(one: PartFigure, kind: Kind, scale: int, gone: set[Key]) -> PublicFigure:
    number, out_of = (_key(one, what) in gone for what in (COUNT, OUT_OF))
    # Of so few cases nothing is told: neither how many, nor of what.
    number = number or out_of
    withheld = {what for what, is_gone in ((COUNT, number), (OUT_OF, out_of)) if is_gone}
    value = None if withheld else _value(one, kind, scale)
    return PublicFigure(
        split=one.split,
        part=one.part,
        period=one.period,
        numerator=None if number else one.numerator,
        denominator=None if out_of else one.denominator,
        value=value,
        withheld=frozenset(withheld),
    )


def _value(one: PartFigure, kind: Kind, scale: int) -> Fraction | None:
    if one.numerator is None:
        return None if one.value is None else Fraction(one.value)
    if one.denominator is None:
        return Fraction(one.numerator) if kind in {Kind.COUNT, Kind.MEASURED} else None
    return rate(one.numerator, one.denominator, scale)


# --- the series ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """A public figure as `kpis.series` takes them. What anybody has noted beside it is left out:
    it may tell what the figure does not."""

    figure: PublicFigure
    vintage: str
    vintage_words: str
    comparator: str = ""
    split: str = ""

    @property
    def period(self) -> Period:
        return self.figure.period

    @property
    def start(self) -> date:
        return self.figure.period.start

    @property
    def numerator(self) -> int | None:
        return self.figure.numerator

    @property
    def denominator(self) -> int | None:
        return self.figure.denominator

    @property
    def result(self) -> Fraction | None:
        return self.figure.value

    @property
    def note(self) -> str:
        return WITHHELD if self.figure.withheld else ""

    def get_vintage_display(self) -> str:
        return self.vintage_words


@dataclass(frozen=True)
class PublicSeries:
    """The KPI as the public may see it, and its parts. `kpi` has no comparators: theirs are not
    this area's to publish. `left_out` are the splits that are withheld whole."""

    kpi: Kpi
    figures: tuple[PublicFigure, ...]
    parts: tuple[PublicFigure, ...]
    left_out: tuple[str, ...]
    threshold: int

    @property
    def withheld(self) -> int:
        """How many figures, parts among them, have something withheld."""
        return sum(bool(one.withheld) for one in (*self.figures, *self.parts))


def public_series(
    indicator: Any,
    own: Sequence[Any],
    parts: Sequence[PartFigure],
    targets: Sequence[Any],
    phases: Sequence[Any],
    threshold: int,
) -> PublicSeries:
    """Of an Indicator with the Observations of the whole and the figures of its parts, all as they
    stand, by the threshold that somebody has assessed.

    Of the splits that have figures the first by name is public. The others are withheld whole:
    nested or crossing splits give away what each by itself hides.
    """
    measure = series.measure(indicator)
    wholes = [
        PartFigure("", "", one.period, one.numerator, one.denominator, one.value) for one in own
    ]
    splits = sorted({one.split for one in parts if _reported(one)})
    open_ = [one for one in parts if one.split in splits[:1]]
    shown = public([*wholes, *open_], measure.kind, measure.scale, threshold)
    by_period = {one.period: one for one in shown if not one.split}
    held = [_Held(by_period[one.period], one.vintage, one.get_vintage_display()) for one in own]
    aims = [target for target in targets if target.kind == "target"]
    found = series.read(indicator, held, aims, phases)
    kpi = series.kpi(indicator, held, targets, phases=phases, found=found)
    return PublicSeries(
        kpi=replace(kpi, comparators=()),
        figures=tuple(by_period.values()),
        parts=tuple(one for one in shown if one.split),
        left_out=tuple(splits[1:]),
        threshold=threshold,
    )


def _reported(one: PartFigure) -> bool:
    return any(what is not None for what in (one.numerator, one.denominator, one.value))
