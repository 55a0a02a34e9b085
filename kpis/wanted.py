"""By when a period's figure is wanted, and which periods have one that is expected. Pure."""

from datetime import date, timedelta

import holidays

from kpis import periods
from kpis.imports.periods import of_day
from kpis.periods import Period

# Ten working days after a period's end its figures are usually complete; packs are built later.
WORKING_DAYS = 10
_SCOTLAND = holidays.country_holidays("GB", subdiv="SCT")  # works out each year when it is asked


def is_working_day(day: date) -> bool:
    """Neither at a weekend nor a bank holiday in Scotland."""
    return day.weekday() < 5 and day not in _SCOTLAND


def working_days_after(day: date, number: int) -> date:
    """The day so many working days later."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def wanted_by(period: Period) -> date:
    """The day by which the figure of the period is wanted."""
    return working_days_after(period.end, WORKING_DAYS)


def expected(
    frequency: str,
    *,
    begun: date | None,
    not_before: date | None,
    retired_on: date | None,
    on: date,
    most: int,
) -> list[Period]:
    """The last periods, `most` of them, that had ended before that day and whose figure is
    expected, latest first.

    `begun` is the first day of the first period that has a figure. Where there is none yet, the
    latest period alone is expected, and nothing before `not_before` (its first target). None is
    once a KPI is retired, and none where its figures have no calendar.
    """
    if frequency not in periods.LENGTHS:
        return []
    current = of_day(on - timedelta(days=1), frequency)
    if current is None:
        return []
    last = current if current.end < on else current.previous()
    if begun is None:
        begun = max(last.start, not_before or date.min)
    found: list[Period] = []
    while last.start >= begun and len(found) < most:
        if retired_on is None or last.end <= retired_on:
            found.append(last)
        last = last.previous()
    return found
