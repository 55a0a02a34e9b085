"""What a sheet with figures means: figures of KPIs' periods, or why there are none.

Nothing is guessed in silence: whatever could be read otherwise is said at its cell, and what cannot
be read is refused with its place, its text and what would be accepted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpis.imports import figures
from kpis.imports.figures import Means
from kpis.imports.layouts import Field, Said, fold
from kpis.imports.periods import Order, Read, decided, read
from kpis.periods import Period
from kpis.spc.numbers import rate
from management.sheets.content import Cell, quoted, upper

PERCENTAGE, WHOLE = "percentage", 100
VINTAGES = {
    **dict.fromkeys(("provisional", "prov", "p", "draft", "interim"), "provisional"),
    **dict.fromkeys(("final", "f", "published", "confirmed"), "final"),
    **dict.fromkeys(("restated", "revised", "r"), "restated"),
}
MARKS = {"p": "provisional", "r": "restated", "e": "provisional"}
ROUNDING = Fraction(1, 2)  # of the last decimal that is shown
WITHHELD = "Withheld at the source."


@dataclass(frozen=True)
class Note:
    """A sentence on a place of the file. With `stops` its figure is not taken in as it is."""

    place: str
    text: str
    stops: bool = False


@dataclass(frozen=True)
class Understood:
    """One figure of the file. `kpi` is the key of the KPI and `period` its period, None where that
    is not known; without any number `note` says why there is none."""

    place: str
    kpi: Any
    period: Period | None
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    comparator: str = ""
    split: str = ""
    part: str = ""
    vintage: str = ""
    source: str = ""
    note: str = ""
    reason: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def stopped(self) -> bool:
        return any(note.stops for note in self.notes)


@dataclass(frozen=True)
class Known:
    """What the area has: KPIs by folded code and name, with their unit, frequency and decimals.

    `own` are the folded names of the area itself: a figure of it has no comparator.
    """

    kpis: Mapping[str, Any]
    own: frozenset[str] = frozenset()


def understood(
    said: Sequence[Said], known: Known, order: Order | None = None
) -> tuple[list[Understood], bool]:
    """The figures of a sheet, in its order; and whether a person must say how its days are written.

    `order` is what was said. What a cell leaves empty is no figure, and is left out.
    """
    kpis = [known.kpis.get(fold(one.kpi)) for one in said]
    periods = [
        read(one.period, kpi.frequency, one.above) if kpi and one.period else Read()
        for one, kpi in zip(said, kpis, strict=True)
    ]
    chosen = order or _order(said, kpis, periods)
    asks = chosen is None and any(found.ways for found in periods)
    shares = _shares(said, kpis)
    found = []
    for one, kpi, period in zip(said, kpis, periods, strict=True):
        cells = {name: figures.figure(cell.text) for name, cell in one.cells.items()}
        if all(read_as.means is Means.NOTHING for read_as in cells.values()):
            continue
        found.append(_Row(one, kpi, period, chosen, cells, known, shares).understood())
    return _once(found), asks


def _order(said: Sequence[Said], kpis: Sequence[Any], periods: Sequence[Read]) -> Order | None:
    """How the days of the sheet are written, where its own texts decide."""
    groups: dict[str, dict[str, Read]] = defaultdict(dict)
    for one, kpi, found in zip(said, kpis, periods, strict=True):
        if kpi is not None and not found.fault:
            groups[kpi.frequency][one.period] = found
    ways = {
        decided(list(texts.values()))
        for texts in groups.values()
        if any(found.ways for found in texts.values())
    }
    return ways.pop() if len(ways) == 1 else None


def _shares(said: Sequence[Said], kpis: Sequence[Any]) -> set[Any]:
    """The percentages whose figures all stand as shares of 1, without a sign: 0.85 for 85%."""
    bare: dict[Any, list[Decimal]] = defaultdict(list)
    for one, kpi in zip(said, kpis, strict=True):
        cell = one.cells.get(Field.VALUE)
        if kpi is None or kpi.unit != PERCENTAGE or cell is None:
            continue
        found = figures.figure(cell.text)
        if found.value is not None and found.out_of is None:
            bare[kpi.pk].append(Decimal(WHOLE) if found.share else found.value)
    return {
        pk
        for pk, values in bare.items()
        if all(value <= 1 for value in values) and any(0 < value < 1 for value in values)
    }


class _Row:
    """Reads one figure, with what is wrong with it."""

    def __init__(
        self,
        said: Said,
        kpi: Any,
        period: Read,
        order: Order | None,
        cells: Mapping[Field, figures.Figure],
        known: Known,
        shares: set[Any],
    ) -> None:
        self.said, self.kpi, self.cells, self.known = said, kpi, cells, known
        self.notes: list[Note] = []
        self.period = self._period(period, order)
        self.shares = kpi is not None and kpi.pk in shares

    def understood(self) -> Understood:
        told = self.said.told
        comparator = told.get(Field.COMPARATOR, "")
        made = Understood(
            place=self.said.place,
            kpi=self.kpi,
            period=self.period,
            comparator="" if fold(comparator) in self.known.own else comparator,
            split=told.get(Field.SPLIT, "") or ("Part" if told.get(Field.PART) else ""),
            part=told.get(Field.PART, ""),
            vintage=self._vintage(told.get(Field.VINTAGE, "")),
            source=told.get(Field.SOURCE, ""),
            note=told.get(Field.NOTE, ""),
            reason=told.get(Field.REASON, ""),
        )
        if self.kpi is not None:
            made = self._numbers(made)
        else:
            self._stop(
                f"{quoted(self.said.kpi)} is no KPI of this area."
                if self.said.kpi
                else "No KPI is named."
            )
        return replace(made, notes=tuple(self.notes))

    def _stop(self, text: str, cell: Cell | None = None) -> None:
        self.notes.append(Note(cell.place if cell else self.said.place, text, stops=True))

    def _doubt(self, text: str, cell: Cell | None = None) -> None:
        self.notes.append(Note(cell.place if cell else self.said.place, text))

    def _period(self, found: Read, order: Order | None) -> Period | None:
        if self.kpi is None:
            return None
        if not self.said.period:
            self._stop("No period is given.")
        elif found.fault:
            self._stop(found.fault)
        elif found.ways and order is None:
            first, second = (one.label for one in found.ways)
            self._stop(f"{quoted(self.said.period)} can be {first} or {second}. Say which.")
        return found.by(order) if order else found.period

    def _vintage(self, text: str) -> str:
        marks = {MARKS.get(one.mark, "") for one in self.cells.values()} - {""}
        if text:
            found = VINTAGES.get(fold(text), "")
            if not found:
                self._stop(f"{quoted(text)} is no vintage. Provisional, final or restated is.")
            return found
        return marks.pop() if len(marks) == 1 else ""

    # --- numbers ------------------------------------------------------------------------------

    def _numbers(self, made: Understood) -> Understood:
        for name, one in self.cells.items():
            cell = self.said.cells[name]
            if cell.fault:
                self._stop(cell.fault, cell)
            elif one.fault:
                self._stop(one.fault, cell)
        if self.notes and any(note.stops for note in self.notes):
            return made
        means = {one.means for one in self.cells.values()}
        if Means.WITHHELD in means:
            return replace(made, note=made.note or WITHHELD)
        if Means.NONE_DUE in means:
            return replace(made, numerator=0, denominator=0)
        numerator, denominator = self._count(Field.NUMERATOR), self._count(Field.DENOMINATOR)
        value = self._value()
        both = self.cells.get(Field.VALUE)
        if both is not None and both.out_of is not None and both.value is not None:
            numerator, denominator, value = int(both.value), int(both.out_of), None
        if numerator is not None and denominator is not None:
            self._compare(numerator, denominator, value)
            return replace(made, numerator=numerator, denominator=denominator)
        if value is not None:
            if denominator is not None:
                self._doubt(f"Only the value is kept: of the {denominator} the number is missing.")
            return replace(made, value=value)
        if numerator is not None and self.kpi.unit == PERCENTAGE:
            self._stop(f"{numerator} out of how many? What it is out of is missing.")
        if numerator is None and denominator is not None:
            self._stop(f"Of the {denominator} the number is missing.")
        return replace(made, numerator=numerator)

    def _count(self, name: Field) -> int | None:
        one = self.cells.get(name)
        if one is None or one.value is None:
            return None
        cell = self.said.cells[name]
        if one.share:
            self._stop(f"{quoted(cell.text)} is a percentage, and {name.lower()} is a count.", cell)
        elif one.value < 0:
            self._stop(f"{quoted(cell.text)} is below zero, and {name.lower()} is a count.", cell)
        elif one.value != int(one.value):
            self._stop(f"{quoted(cell.text)} is no whole number, as a count is.", cell)
        return int(one.value)

    def _value(self) -> Decimal | None:
        one = self.cells.get(Field.VALUE)
        if one is None or one.value is None or one.out_of is not None:
            return None
        cell, value = self.said.cells[Field.VALUE], one.value
        if value < 0:
            self._stop(f"{quoted(cell.text)} is below zero.", cell)
        if self.kpi.unit != PERCENTAGE:
            if one.share:
                self._stop(
                    f"{quoted(cell.text)} is a percentage, and {self.kpi.code} is none.", cell
                )
            return value
        if self.shares:
            value *= WHOLE
            self._doubt(f"{quoted(cell.text)} is taken as {value.normalize():f}%.", cell)
        elif 0 < value < 1 and not one.share:
            self._doubt(f"{quoted(cell.text)} is taken as less than 1%.", cell)
        if value > WHOLE:
            self._stop(f"{quoted(cell.text)} is more than 100%.", cell)
        return value

    def _compare(self, numerator: int, denominator: int, value: Decimal | None) -> None:
        """The counts make the figure; one that is given beside them and differs is doubtful."""
        if self.kpi.unit == PERCENTAGE and numerator > denominator:
            self._stop(f"{numerator} is more than the {denominator} that it is counted from.")
        scale = {PERCENTAGE: WHOLE, "per_10000": 10_000}.get(self.kpi.unit, 1)
        made = rate(numerator, denominator, scale)
        if value is None or made is None:
            return
        places = max(-int(value.normalize().as_tuple().exponent), 0)
        if abs(made - Fraction(value)) > ROUNDING / 10**places:
            self._doubt(
                f"{value.normalize():f} is given, and {numerator} of {denominator} is "
                f"{float(made):.{places + 1}f}. The counts are kept.",
                self.said.cells[Field.VALUE],
            )


def _once(found: Iterable[Understood]) -> list[Understood]:
    """Each figure once: the same again is left out, another one for the same place stops both."""
    places: dict[tuple[Any, ...], Understood] = {}
    rows: list[Understood] = []
    for one in found:
        if one.kpi is None or one.period is None:
            rows.append(one)
            continue
        key = (one.kpi.pk, one.period, one.comparator, one.split, one.part)
        first = places.get(key)
        if first is None:
            places[key] = one
            rows.append(one)
        elif _numbers(first) != _numbers(one):
            said = (
                f"{upper(first.place)} and {one.place} both give a figure for {one.period.label}."
            )
            rows.append(replace(one, notes=(*one.notes, Note(one.place, said, stops=True))))
    return rows


def _numbers(one: Understood) -> tuple[Any, ...]:
    return (one.numerator, one.denominator, one.value)
