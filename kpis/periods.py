"""Months, quarters and financial years, as people write them and as dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from management.days import day_text

MONTH, QUARTER, FINANCIAL_YEAR, CALENDAR_YEAR = "month", "quarter", "financial_year", "year"
LENGTHS = {MONTH: 1, QUARTER: 3, FINANCIAL_YEAR: 12, CALENDAR_YEAR: 12}  # months


@dataclass(frozen=True, order=True)
class Period:
    """From `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A period cannot end ({self.end}) before it starts ({self.start}).")

    @property
    def label(self) -> str:
        """Oct 2019; Q3 2019-20 (October to December 2019); 2019-20; 2019; or from when to when."""
        months = self.whole_months
        if months == 1:
            return f"{self.start:%b %Y}"
        if months == 3 and self.start.month in {1, 4, 7, 10}:
            number = (self.start.month - 4) % 12 // 3 + 1
            return (
                f"Q{number} {financial_year(self.start).label} "
                f"({self.start:%B} to {self.end:%B %Y})"
            )
        if months == 12 and self.start.month == 4:
            return f"{self.start.year}-{self.end.year % 100:02d}"
        if months == 12 and self.start.month == 1:
            return str(self.start.year)
        if months:
            return f"{self.start:%b %Y} to {self.end:%b %Y}"
        return f"{day_text(self.start)} to {day_text(self.end)}"

    @property
    def whole_months(self) -> int:
        """How many whole months it is made of, 0 when it is not."""
        if self.start.day != 1 or (self.end + timedelta(days=1)).day != 1:
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def like(self, other: "Period") -> bool:
        """Whether both are made of the same number of whole months."""
        return self.whole_months == other.whole_months != 0

    def next(self) -> "Period":
        """The period of as many months that follows. Raises ValueError without whole months."""
        months = self.whole_months
        if not months:
            raise ValueError(f"{self.label} is not made of whole months.")
        return months_from(self.end + timedelta(days=1), months)

    def previous(self) -> "Period":
        """The period of the same number of months before. Raises ValueError without months."""
        months = self.whole_months
        if not months:
            raise ValueError(f"{self.label} is not made of whole months.")
        index = self.start.year * 12 + self.start.month - 1 - months
        return months_from(date(index // 12, index % 12 + 1, 1), months)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def months_from(start: date, months: int) -> Period:
    """So many whole months, from the first day of `start`'s month."""
    index = start.year * 12 + start.month - 1 + months - 1
    year, month = index // 12, index % 12 + 1
    return Period(start.replace(day=1), date(year, month, calendar.monthrange(year, month)[1]))


def month(day: date) -> Period:
    return months_from(day, 1)


def quarter(day: date) -> Period:
    """The quarter of the financial year (April to June is the first) that holds the day."""
    return months_from(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3)


def financial_year(day: date) -> Period:
    """From 1 April to 31 March."""
    return months_from(date(day.year if day.month >= 4 else day.year - 1, 4, 1), 12)


def last_complete_quarter(day: date) -> Period:
    """The latest quarter that has ended on or before the day."""
    current = quarter(day)
    return current if day == current.end else current.previous()


def parse(text: str) -> Period:
    """2019-10 or 2017-18 or 2019 as a period. Raises ValueError naming what is accepted."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
        year, rest = int(found[1]), int(found[2])
        if rest == (year + 1) % 100:
            return months_from(date(year, 4, 1), 12)
        if 1 <= rest <= 12:
            return months_from(date(year, rest, 1), 1)
    if re.fullmatch(r"\d{4}", text) and 1900 <= int(text) <= 2200:
        return months_from(date(int(text), 1, 1), 12)
    raise ValueError(
        f"“{text}” is not a period. Write a month as 2019-10 or a financial year as 2017-18."
    )
