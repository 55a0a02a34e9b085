"""The figures of a file beside those that stand: what taking each in would do. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kpis.imports.understanding import Understood
from kpis.periods import Period
from kpis.sentences import Style
from kpis.values import result


class Does(StrEnum):
    """What taking a figure in does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Stands:
    """A figure as it stands: its latest edition. `file` is the one that brought it, if one did."""

    pk: int
    start: date
    end: date
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    vintage: str
    source: str
    note: str
    edition: int
    file: int | None
    unit: str

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def result(self) -> Fraction | None:
        return result(self.numerator, self.denominator, self.value, self.unit)

    @property
    def is_nothing(self) -> bool:
        return self.numerator is None and self.denominator is None and self.value is None


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the file, and what it does; `at` counts from 1.

    `stands` is the figure that it takes the place of, if one does. `vintage` is that of the file,
    or what it is taken for. `why` stops it; `asks` says why a reason is needed, though it does not
    give one; `doubts` are for a person, who decides.
    """

    at: int
    row: Understood
    does: Does
    stands: Stands | None = None
    vintage: str = ""
    why: str = ""
    asks: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def is_now(self) -> str:
        """What the file says, in words."""
        return in_words(self.row, self.result, self.row.kpi)

    @property
    def was(self) -> str:
        """What stands, in words, or nothing."""
        stands = self.stands
        return in_words(stands, stands.result, self.row.kpi) if stands else ""

    @property
    def stops(self) -> list[str]:
        """All that stops it, each with the cell where that is another place than the row's."""
        notes = [_at(self.row, n.place, n.text) for n in self.row.notes if n.stops]
        return [*notes, self.why] if self.why else notes

    @property
    def remarks(self) -> list[str]:
        """What has to be known of it."""
        notes = [_at(self.row, n.place, n.text) for n in self.row.notes if not n.stops]
        return [*notes, *self.doubts]

    @property
    def is_doubtful(self) -> bool:
        return self.does != Does.STOPPED and bool(
            self.doubts or any(not note.stops for note in self.row.notes)
        )

    @property
    def result(self) -> Fraction | None:
        row = self.row
        return None if row.kpi is None else result(*row.numbers, row.kpi.unit)


@dataclass
class Reason:
    """Why figures are stopped: the first of them, and how many there are."""

    place: str
    text: str
    many: int = 0


def reasons_of(stopped: Iterable[Line]) -> list[Reason]:
    """Each reason once, in the order of the file."""
    found: dict[str, Reason] = {}
    for one in stopped:
        text = " ".join(one.stops)
        found.setdefault(text, Reason(one.row.place, text)).many += 1
    return list(found.values())


def in_words(one: Any, result: Fraction | None, kpi: Any) -> str:
    """41 of 60 (68%); 85%; none due; or why there is no figure."""
    if kpi is None:
        return ""
    shown = "" if result is None else Style(kpi.get_unit_display(), kpi.decimals).show(result)
    if one.numerator is None or one.denominator is None:
        return shown or one.note or "No figure"
    if not one.denominator and not one.numerator:
        return "None due"
    counts = f"{one.numerator:,} of {one.denominator:,}"
    return f"{counts} ({shown})" if shown else counts


def place_of(row: Understood) -> tuple[Any, ...] | None:
    """Whose figure of which period it is, as `kpis.services.figures` names it."""
    if row.kpi is None or row.period is None:
        return None
    return (row.kpi.pk, row.comparator, row.split, row.part, row.period.start, row.period.end)


def _at(row: Understood, place: str, text: str) -> str:
    return text if place == row.place else f"{place[:1].upper()}{place[1:]}: {text}"
