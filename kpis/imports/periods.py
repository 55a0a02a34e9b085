"""One cell or heading with a period: a month, a quarter or a year, as people write them.

What can be two periods is told with both: the column as a whole may decide, or else a person.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from kpis.periods import (
    CALENDAR_YEAR,
    FINANCIAL_YEAR,
    MONTH,
    QUARTER,
    Period,
    financial_year,
    month,
    months_from,
    quarter,
)
from management.sheets.content import quoted

LONGEST = 60  # characters
YEARS = range(1950, 2101)
NAMES = {MONTH: "month", QUARTER: "quarter", FINANCIAL_YEAR: "financial year"}
NAMES[CALENDAR_YEAR] = "calendar year"
EXAMPLES = {
    MONTH: "Write a month as Apr 2019 or 2019-04.",
    QUARTER: "Write a quarter as 2019/20 Q1 or Apr-Jun 2019.",
    FINANCIAL_YEAR: "Write a financial year as 2019/20.",
    CALENDAR_YEAR: "Write a year as 2019.",
}
_NUMBERS = {
    part: number
    for number, name in enumerate(calendar.month_name)
    for part in (name.lower(), name[:3].lower())
    if part
} | {"sept": 9}
_MONTH = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEAR = r"(?:\d{4}|\d{2})"
_GAP = r"[\s.,/'’_-]{0,3}"
_TO = r"\s?(?:-|–|—|/|to|until|and)\s?"
_I = re.IGNORECASE
_SHAPES = {
    "iso": re.compile(r"(?P<year>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]\d\d:\d\d.*)?"),
    "day": re.compile(
        r"(?P<a>\d{1,2})(?P<by>[/.-])(?P<b>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})"
        r"(?: \d\d:\d\d.*)?"
    ),
    "named day": re.compile(
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{_GAP}(?P<name>{_MONTH}){_GAP}"
        rf"(?P<year>{_YEAR})",
        _I,
    ),
    "month": re.compile(rf"(?P<name>{_MONTH}){_GAP}(?P<year>{_YEAR})", _I),
    "year first": re.compile(rf"(?P<year>\d{{4}}){_GAP}(?P<name>{_MONTH})", _I),
    "number": re.compile(r"(?P<m>0?[1-9]|1[0-2])[/.-](?P<year>\d{4})"),
    "two": re.compile(
        rf"(?:FY|financial year)?\s?(?P<one>{_YEAR})\s?(?P<by>[/–—-]|to)\s?"
        rf"(?P<two>{_YEAR})",
        _I,
    ),
    "quarter": re.compile(
        rf"(?:FY)?\s?(?P<one>{_YEAR})(?:\s?[/–—-]\s?(?P<two>{_YEAR}))?{_GAP}"
        r"(?:Q(?:uarter|tr)?)\s?(?P<q>[1-4])",
        _I,
    ),
    "quarter first": re.compile(
        rf"(?:Q(?:uarter|tr)?)\s?(?P<q>[1-4]){_GAP}(?:of\s)?(?:FY)?\s?"
        rf"(?P<one>{_YEAR})(?:\s?[/–—-]\s?(?P<two>{_YEAR}))?",
        _I,
    ),
    "months": re.compile(
        rf"(?P<first>{_MONTH}){_GAP}(?P<from>{_YEAR})?{_TO}(?P<last>{_MONTH})"
        rf"{_GAP}(?P<year>{_YEAR})",
        _I,
    ),
    "ending": re.compile(
        rf"(?:(?:financial )?year|12 months) (?:to|ending|ended)\s(?:31(?:st)?\s)?"
        rf"(?P<name>{_MONTH})\s(?P<year>{_YEAR})",
        _I,
    ),
    "year": re.compile(r"(?P<year>\d{4})"),
}
_BARE_MONTH = re.compile(rf"(?P<name>{_MONTH})", _I)
_BARE_QUARTER = re.compile(r"Q(?:uarter|tr)?\s?(?P<q>[1-4])", _I)


class Order(StrEnum):
    """How the days of a column are written: 04/05/2019 is in April or in May."""

    DAY_FIRST = "day/month/year"
    MONTH_FIRST = "month/day/year"


@dataclass(frozen=True)
class Read:
    """The period, or why there is none. `ways` are the two that it can be, by order of day and
    month; then `period` is None until the column or a person has decided. `order` is the one in
    which the day must be written: 31/05/2019 can only be in May."""

    period: Period | None = None
    ways: tuple[Period, Period] | None = None
    fault: str = ""
    order: Order | None = None

    def by(self, order: Order) -> Period | None:
        """The period if days are written in that order."""
        if self.ways is None:
            return self.period
        return self.ways[0] if order == Order.DAY_FIRST else self.ways[1]


@lru_cache(maxsize=20_000)
def read(text: str, frequency: str, above: str = "") -> Read:
    """The period of that frequency that the text names. `above` is a heading over it, for a month
    or a quarter without its year."""
    said = " ".join(text.replace("\u00a0", " ").split()).strip(" .,:")
    if not said:
        return Read(fault="There is no period.")
    if len(said) > LONGEST:
        return _refused(said, "is too long for a period", frequency)
    for name, shape in _SHAPES.items():
        if found := shape.fullmatch(said):
            told = _of(name, found, frequency)
            if told is not None:
                return _fitting(told, said, frequency)
    if above and (told := _under(said, above)):
        return _fitting(told, f"{above} {said}", frequency)
    if _BARE_MONTH.fullmatch(said) or _BARE_QUARTER.fullmatch(said):
        return _refused(said, "has no year", frequency)
    return _refused(said, "is no period", frequency)


@lru_cache(maxsize=5_000)
def of_day(day: date, frequency: str) -> Period | None:
    """The period of that frequency in which a day lies; None for those of no calendar."""
    if frequency == MONTH:
        return month(day)
    if frequency == QUARTER:
        return quarter(day)
    if frequency == FINANCIAL_YEAR:
        return financial_year(day)
    return months_from(date(day.year, 1, 1), 12) if frequency == CALENDAR_YEAR else None


def decided(found: Sequence[Read]) -> Order | None:
    """The order in which the days of a column are written, where the column itself decides.

    It does by a day that only one order has; where only one order gives each row a period of its
    own; and where nothing depends on it, as in Britain. None where both do: then a person is asked.
    """
    if all(one.ways is None for one in found):
        return Order.DAY_FIRST
    shown = {one.order for one in found if one.order}
    if shown:
        return shown.pop() if len(shown) == 1 else None
    sound = [order for order in Order if _apart(found, order)]
    return sound[0] if len(sound) == 1 else None


def _apart(found: Sequence[Read], order: Order) -> bool:
    periods = [period for one in found if (period := one.by(order)) is not None]
    return len(set(periods)) == len(periods)


def _of(name: str, found: re.Match[str], frequency: str) -> Read | None:
    """What a shape says; None where it cannot be that."""
    told = found.groupdict()
    if name in {"iso", "named day"}:
        number = int(told["m"]) if name == "iso" else _NUMBERS[told["name"].casefold()]
        day = _day(_whole(told["year"]), number, int(told["d"]))
        return Read(of_day(day, frequency)) if day else None
    if name == "day":
        return _either(_whole(told["year"]), int(told["a"]), int(told["b"]), frequency)
    if name in {"month", "year first"}:
        return _month(_whole(told["year"]), _NUMBERS[told["name"].casefold()])
    if name == "number":
        return _month(int(told["year"]), int(told["m"]))
    if name == "two":
        return _two(told["one"], told["two"], told["by"], frequency)
    if name in {"quarter", "quarter first"}:
        return _quarter(told["one"], told["two"], int(told["q"]))
    if name == "months":
        return _months(told)
    if name == "ending":
        last, year = _NUMBERS[told["name"].casefold()], _whole(told["year"])
        return Read(months_from(date(year - (last < 12), last % 12 + 1, 1), 12))
    year = int(told["year"])
    return Read(months_from(date(year, 1, 1), 12)) if year in YEARS else None


def _whole(year: str) -> int:
    """A year of two digits is one from 1980 to 2079."""
    number = int(year)
    if len(year) == 4:
        return number
    return 1900 + number if number >= 80 else 2000 + number


def _day(year: int, number: int, day: int) -> date | None:
    try:
        return date(year, number, day) if year in YEARS else None
    except ValueError:
        return None


def _month(year: int, number: int) -> Read | None:
    return Read(months_from(date(year, number, 1), 1)) if year in YEARS else None


def _either(year: int, a: int, b: int, frequency: str) -> Read | None:
    """Day and month in either order."""
    days = [_day(year, b, a), _day(year, a, b)]
    first, second = (of_day(day, frequency) if day else None for day in days)
    if first and second and first != second:
        return Read(ways=(first, second))
    if not (first or second):
        return None
    certain = days[0] is None or days[1] is None
    order = (Order.DAY_FIRST if first else Order.MONTH_FIRST) if certain else None
    return Read(first or second, order=order)


def _two(one: str, two: str, by: str, frequency: str) -> Read | None:
    """2019/20 and 2019-20; and 2019-10, which is a month wherever it can be one."""
    year, rest = _whole(one), int(two)
    if year not in YEARS:
        return None
    follows = rest == (year + 1) % 100 if len(two) == 2 else rest == year + 1
    is_month = len(one) == 4 and len(two) == 2 and 1 <= rest <= 12 and by in "-/"
    if is_month and (frequency == MONTH or not follows):
        return _month(year, rest)
    return Read(months_from(date(year, 4, 1), 12)) if follows else None


def _quarter(one: str, two: str | None, number: int) -> Read | None:
    year = _whole(one)
    if year not in YEARS:
        return None
    if two is None:
        return Read(fault=_unclear(f"Q{number} {year}", year, number))
    if int(two) not in {(year + 1) % 100, year + 1}:
        return None
    return Read(_financial_quarter(year, number))


def _unclear(said: str, year: int, number: int) -> str:
    plain = months_from(date(year, number * 3 - 2, 1), 3)
    financial = _financial_quarter(year, number)
    return (
        f"{quoted(said)} can be {plain.start:%B} to {plain.end:%B %Y} or "
        f"{financial.start:%B} to {financial.end:%B %Y}. Write {year}/{(year + 1) % 100:02d} "
        f"Q{number} for the second, or name the months."
    )


def _financial_quarter(year: int, number: int) -> Period:
    """Of the financial year that begins in that year."""
    first = number * 3 % 12 + 1
    return months_from(date(year if first >= 4 else year + 1, first, 1), 3)


def _months(told: dict[str, str]) -> Read | None:
    last, first = (_NUMBERS[told[name].casefold()] for name in ("last", "first"))
    year = _whole(told["year"])
    start = _whole(told["from"]) if told["from"] else year - (first > last)
    length = (year - start) * 12 + last - first + 1
    if year not in YEARS or not 1 <= length <= 12:
        return None
    return Read(months_from(date(start, first, 1), length))


def _under(said: str, above: str) -> Read | None:
    """A month or a quarter below a year: Apr below 2019/20."""
    over = " ".join(above.split())
    years = _SHAPES["two"].fullmatch(over)
    year = _SHAPES["year"].fullmatch(over)
    if found := _BARE_MONTH.fullmatch(said):
        number = _NUMBERS[found["name"].casefold()]
        if years and (whole := _two(years["one"], years["two"], "/", FINANCIAL_YEAR)):
            start = whole.period.start.year if whole.period else 0
            return _month(start if number >= 4 else start + 1, number)
        return _month(int(year["year"]), number) if year else None
    if (found := _BARE_QUARTER.fullmatch(said)) and (years or year):
        one, two = (years["one"], years["two"]) if years else (over, None)
        return _quarter(one, two, int(found["q"]))
    return None


def _fitting(told: Read, said: str, frequency: str) -> Read:
    """The reading, if it is of the frequency that is wanted."""
    if told.period is None:
        return told
    if frequency in NAMES and told.period != of_day(told.period.start, frequency):
        kinds = (k for k in NAMES if told.period == of_day(told.period.start, k))
        kind = f"a {NAMES[found]}" if (found := next(kinds, "")) else "another length of time"
        return _refused(said, f"is {kind}, and the figures are by {NAMES[frequency]}", frequency)
    return told


def _refused(said: str, why: str, frequency: str) -> Read:
    return Read(fault=f"{quoted(said)} {why}. {EXAMPLES.get(frequency, '')}".strip())
