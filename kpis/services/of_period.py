"""The figures of one period across KPIs, and all that is kept of one figure: for pages and API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpis import typed, wanted
from kpis.breakdowns import Breakdown, PartFigure, breakdowns
from kpis.imports.periods import NAMES, of_day
from kpis.models import Indicator, Observation, PeriodLock, Unit
from kpis.periods import LENGTHS, Period, month
from kpis.series import measure
from management import clock


@dataclass(frozen=True)
class Row:
    """One KPI in its period: the figure that stands, the one of the period before, whether it is
    approved; `counts` says whether a plain number is a count (see `kpis.typed`)."""

    indicator: Indicator
    period: Period
    stands: Observation | None
    before: Observation | None
    lock: PeriodLock | None

    @property
    def counts(self) -> bool:
        known = self.stands if _told(self.stands) else self.before
        if known is not None and _told(known):
            return known.value is None
        return bool(self.indicator.denominator)

    @property
    def out_of(self) -> bool:
        """Whether its figures are out of something."""
        if self.indicator.unit != Unit.COUNT or self.indicator.denominator:
            return True
        return any(one and one.denominator is not None for one in (self.stands, self.before))

    @property
    def edition(self) -> int:
        return self.stands.edition if self.stands else 0

    @property
    def locked(self) -> bool:
        return self.lock is not None and self.lock.locked

    @property
    def said(self) -> str:
        return "" if self.stands is None else words_of(self.stands)

    @property
    def said_before(self) -> str:
        return "" if self.before is None else words_of(self.before)


def _told(one: Observation | None) -> bool:
    return one is not None and (one.numerator, one.value) != (None, None)


def words_of(one: Observation) -> str:
    """68% (41 of 60); none due; no figure."""
    indicator = one.indicator
    return typed.in_words(one, indicator.get_unit_display(), indicator.decimals)


def ending_in(indicators: Any, when: Period) -> list[Row]:
    """Of each of these KPIs (a queryset) the period that ends with the month `when`, by frequency
    and code. Three queries.

    A KPI that had been retired before is there only if it has a figure all the same.
    """
    found = [
        (row, period)
        for row in indicators.select_related("owner", "area").order_by("code")
        if (period := of_day(when.end, row.frequency)) is not None and period.end == when.end
    ]
    rows = rows_of(found)
    order = list(NAMES)
    kept = [
        row
        for row in rows
        if row.stands is not None
        or row.indicator.retired_on is None
        or row.indicator.retired_on >= row.period.end
    ]
    return sorted(kept, key=lambda row: order.index(row.indicator.frequency))


def rows_of(wanted: Sequence[tuple[Indicator, Period]]) -> list[Row]:
    """The row of each KPI and period, in their order. Two queries."""
    days = {
        day
        for _, period in wanted
        for day in (period.start, *([period.previous().start] if period.whole_months else []))
    }
    keys = {indicator.pk for indicator, _ in wanted}
    own = Observation.objects.filter(indicator__in=keys, start__in=days, comparator="", split="")
    there = {(o.indicator_id, o.start, o.end): o for o in own.order_by("edition")}
    by_pk = {indicator.pk: indicator for indicator, _ in wanted}
    for one in there.values():
        one.indicator = by_pk[one.indicator_id]
    locks = PeriodLock.objects.filter(indicator__in=keys, start__in=days).order_by("id")
    locked = {(one.indicator_id, one.start, one.end): one for one in locks}
    found = []
    for indicator, period in wanted:
        key = (indicator.pk, period.start, period.end)
        before = period.previous() if period.whole_months else None
        earlier = there.get((indicator.pk, before.start, before.end)) if before else None
        found.append(Row(indicator, period, there.get(key), earlier, locked.get(key)))
    return found


def latest_month(frequencies: Iterable[str], today: date) -> Period:
    """The month in which the latest periods of these frequencies ended before today."""
    ends = [
        last[0].end
        for frequency in frequencies
        if frequency in LENGTHS
        and (
            last := wanted.expected(
                frequency, begun=None, not_before=None, retired_on=None, on=today, most=1
            )
        )
    ]
    return month(max(ends, default=month(today).previous().end))


# --- one figure ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """All that is kept of one KPI's period. `editions` are every version of the figure, of its
    parts and of those that it is compared with, newest first for each of them; `parts` are those
    that stand, and `locks` every approval and every opening."""

    row: Row
    editions: tuple[Observation, ...]
    parts: tuple[Observation, ...]
    breakdowns: tuple[Breakdown, ...]
    locks: tuple[PeriodLock, ...]


def kept(indicator: Indicator, period: Period, *, on: date | None = None) -> Kept:
    """What is kept of the period, or was on a day. Two queries and those of the row."""
    of_both = {"indicator": indicator, "start": period.start, "end": period.end}
    past = on is not None and on < clock.today()
    known = {"entered_at__lte": clock.end_of(on)} if on and past else {}
    rows = list(Observation.objects.filter(**of_both, **known).select_related("indicator"))
    rows.sort(key=lambda o: (o.comparator, o.split, o.part, -o.edition))
    newest: dict[tuple[str, str, str], Observation] = {}
    for one in rows:
        newest.setdefault((one.comparator, one.split, one.part), one)
    stands = newest.get(("", "", ""))
    parts = tuple(one for (comparator, split, _), one in newest.items() if split and not comparator)
    locks = tuple(PeriodLock.objects.filter(**of_both, **known).order_by("id"))
    [now] = rows_of([(indicator, period)])
    row = Row(indicator, period, stands, now.before, locks[-1] if locks else None)
    return Kept(row, tuple(rows), parts, tuple(_breakdowns(indicator, stands, parts)), locks)


def _breakdowns(
    indicator: Indicator, whole: Observation | None, parts: Sequence[Observation]
) -> list[Breakdown]:
    scale = measure(indicator).scale
    return breakdowns([_part(one) for one in parts], [_part(whole)] if whole else [], scale)


def _part(one: Observation) -> PartFigure:
    return PartFigure(one.split, one.part, one.period, one.numerator, one.denominator, one.result)
