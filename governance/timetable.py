"""Which periods a body has packs for, and when each comes due."""

from collections.abc import Iterator
from datetime import date, timedelta

from kpis.periods import Period, last_complete_quarter, quarter


def due_periods(first_day: date, days_after: int, today: date) -> Iterator[Period]:
    """The quarters from `first_day` on whose pack is due by `today`, oldest first.

    A pack is due `days_after` days after its quarter's last day.
    """
    period = quarter(first_day)
    while period.end + timedelta(days=days_after) <= today:
        yield period
        period = period.next()


def coming_period(first_day: date, days_after: int, today: date) -> Period | None:
    """The quarter that has ended and whose pack is due later than today, if there is one."""
    period = last_complete_quarter(today - timedelta(days=1))
    waits = quarter(first_day).start <= period.start
    return period if waits and today < period.end + timedelta(days=days_after) else None
