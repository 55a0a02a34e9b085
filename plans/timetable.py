"""Dates of an inspection: its weeks, the plan's deadline, what comes next, how long ago it was.

The guidance of 2019 counts weeks from the one in which the notification letter comes, and asks for
the improvement plan within six weeks of publication.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from management.days import day_text

PLAN_WEEKS = 6
LONG_OPEN = 2  # years after publication, from which an open recommendation is marked
PLAN_DUE = "Improvement plan due"


def step_day(notified: date, week: int, weekday: int = 0) -> date:
    """The day of a step: week 1 holds the notification, and no step comes before it."""
    monday = notified - timedelta(days=notified.weekday())
    return max(notified, monday + timedelta(weeks=week - 1, days=weekday))


def plan_due(published: date) -> date:
    """When the improvement plan is due."""
    return published + timedelta(weeks=PLAN_WEEKS)


def plan_standing(due: date | None, sent: date | None, today: date) -> str:
    """How the improvement plan stands against its deadline, in words; `sent` is None until it was.

    Without a deadline it says only whether the plan was submitted.
    """
    said = f"Submitted on {day_text(sent)}" if sent else "Not submitted yet"
    if due is None:
        return said
    days = (due - (sent or today)).days
    counted = _counted(abs(days), "day")
    if days < 0:
        return f"{said}, {counted} late" if sent else f"Not submitted: {counted} late"
    if sent is None:
        return f"{said}: due {f'in {counted}' if days else 'today'}"
    return f"{said}, {f'{counted} before' if days else 'on the day of'} the deadline"


@dataclass(frozen=True, order=True)
class Deadline:
    """A date that an inspection sets. `stage` is None for the improvement plan's own."""

    on: date
    name: str
    at: str = ""
    stage: int | None = None

    @property
    def key(self) -> str:
        return f"stage {self.stage} {self.on}" if self.stage else f"plan {self.on}"


def deadlines(
    inspection: Any, stages: Iterable[Any], today: date, *, answered: bool = False
) -> list[Deadline]:
    """What is still to come, soonest first.

    Once the report is published, its stages are history and only the plan is awaited, unless one
    has `answered` the inspection.
    """
    if inspection.published_on is not None:
        due = None if answered else inspection.plan_due_on
        found = [Deadline(due, PLAN_DUE)] if due else []
    else:
        found = [Deadline(s.on, s.name, s.at, s.pk) for s in stages if s.done_on is None]
    return sorted(deadline for deadline in found if deadline.on >= today)


def reminder_days(on: date, today: date, before: Iterable[int]) -> int | None:
    """Which reminder is due today, by its days before the date: the nearest whose day has come.

    None when none has, or when the date is over. A day that was missed is made up for, and what
    became known late is said once.
    """
    if on < today:
        return None
    return min((days for days in before if on - timedelta(days=days) <= today), default=None)


def next_reminder(on: date, today: date, before: Iterable[int]) -> date | None:
    """The day after today on which that date is next reminded of, if there is one."""
    days = (on - timedelta(days=number) for number in before)
    return min((day for day in days if day > today), default=None)


def whole_months(start: date, end: date) -> int:
    """Whole months from one day to another, 0 when the second is not later."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return max(months, 0)


def age(start: date, end: date) -> str:
    """How long it has been: 12 days, 5 months, 2 years, 2 years 3 months."""
    years, months = divmod(whole_months(start, end), 12)
    parts = [(years, "year"), (months, "month")]
    if not years and not months:
        parts = [(max((end - start).days, 0), "day")]
        return _counted(*parts[0])
    return " ".join(_counted(number, unit) for number, unit in parts if number)


def long_open(published: date, today: date) -> bool:
    """Whether it is two years since publication, or longer."""
    return whole_months(published, today) >= 12 * LONG_OPEN


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
