"""Which periods a body has packs for, and when each comes due."""

from collections.abc import Iterator
from datetime import date, timedelta

from kpis.periods import Period, quarter


def due_periods(first_day: date, days_after: int, today: date) -> Iterator[Period]:
    """The quarters from `first_day` on whose pack is due by `today`, oldest first.

    A pack is due `days_after` days after its quarter's last day.
    """
    period = quarter(first_day)
    while period.end + timedelta(days=days_after) <= today:
        yield period
        period = period.next()
