"""What a sheet with figures means: figures of KPIs' periods, or why there are none.

Nothing is guessed in silence: whatever could be read otherwise is said at its cell, and what cannot
be read is refused with its place, its text and what would be accepted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kpis.imports import figures
from kpis.imports.figures import Means
from kpis.imports.layouts import TOTALS, Field, fold
from kpis.imports.numbers import PERCENTAGE, Numbers
from kpis.imports.periods import Order, Read, decided, read
from kpis.imports.rows import Figures, LeftOut, Said
from kpis.periods import Period
from management.sheets.content import Cell, quoted, upper

VINTAGES = {
    **dict.fromkeys(("provisional", "prov", "p", "draft", "interim"), "provisional"),
    **dict.fromkeys(("final", "f", "published", "confirmed"), "final"),
    **dict.fromkeys(("restated", "revised", "r"), "restated"),
}
MARKS = {"p": "provisional", "r": "restated", "e": "provisional"}
WHOLE = frozenset({"all", "whole", "overall", "everybody", "everyone"}) | TOTALS  # no part of it
# Characters that the fields of a figure hold.
LONGEST = {Field.COMPARATOR: 120, Field.SPLIT: 60, Field.PART: 120}
PART = "Part"  # the break-down of a part whose break-down has no name


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence on a place of the file. With `stops` its figure is not taken in as it is."""

    place: str
    text: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """One figure of the file, whose `text` is as it stands there. `kpi` is its KPI and `period` its
    period, None where that is not known; without any number `note` says why there is none."""

    place: str
    text: str
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

    @property
    def numbers(self) -> tuple[int | None, int | None, Decimal | None]:
        return (self.numerator, self.denominator, self.value)


@dataclass(frozen=True)
class Known:
    """What the area has: KPIs by folded code and name, with their unit, frequency and decimals.

    `own` are the folded names of the area itself: a figure of it has no comparator. `chosen` are
    names of which somebody has said what they are, `out` those of them that are left out, each with
    who said so; `several` are those that two KPIs have.
    """

    kpis: Mapping[str, Any]
    own: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    out: Mapping[str, str] = field(default_factory=dict)
    several: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Named:
    """A name that is no KPI's, and in how many figures it stands; `first` is where."""

    name: str
    first: str
    rows: int = 0


@dataclass
class Result:
    """The figures of a sheet, in its order. `asks` says that a person must say how its days are
    written; `unknown` are names that are no KPI's, folded, and `chosen` those that were chosen."""

    rows: list[Understood] = field(default_factory=list)
    asks: bool = False
    left_out: list[LeftOut] = field(default_factory=list)
    unknown: dict[str, Named] = field(default_factory=dict)
    chosen: dict[str, Named] = field(default_factory=dict)


def understood(said: Figures, known: Known, order: Order | None = None) -> Result:
    """What the sheet says. It is gone through twice: what the whole of it decides comes first.
    A figure that stands there more than once is one of its rows each time: see `once`.

    `order` is how days are written, where somebody has said so.
    """
    sheet = _Sheet(said.outline(), known)
    chosen = order or sheet.order()
    found = Result(asks=chosen is None and sheet.has_two_ways)
    for one in said:
        folded = fold(one.kpi)
        kpi = known.kpis.get(folded)
        cells = {name: figures.figure(cell.text) for name, cell in one.cells.items()}
        if cells and folded in known.chosen:
            found.chosen.setdefault(folded, Named(one.kpi, one.place)).rows += 1
        if why := _why_left_out(one, kpi, cells, known):
            found.left_out.append(LeftOut(one.place, one.text, why))
            continue
        period = read(one.period, kpi.frequency, one.above) if kpi and one.period else Read()
        row = _Row(one, kpi, period, chosen, cells, known, sheet.shares)
        found.rows.append(row.understood())
        if kpi is None and one.kpi:
            found.unknown.setdefault(folded, Named(one.kpi, one.place)).rows += 1
    return found


def _why_left_out(one: Said, kpi: Any, cells: Mapping[Field, figures.Figure], known: Known) -> str:
    if not cells:
        return "No figure stands in it."
    if all(read_as.means is Means.NOTHING for read_as in cells.values()):
        return "Not reported: what stands here stays."
    if kpi is None:
        name = fold(one.kpi)
        if name in TOTALS:
            return "A total is no KPI."
        if name in known.out:
            return known.out[name]
    return "Totals are worked out here." if fold(one.period) in TOTALS else ""


class _Sheet:
    """What the whole of a sheet decides: how its days are written, and which figures are shares.

    `shares` are the percentages that all stand as shares of 1, without a sign: 0.85 for 85%.
    """

    def __init__(self, said: Iterable[Said], known: Known) -> None:
        self.groups: dict[str, dict[str, Read]] = defaultdict(dict)
        below: dict[Any, bool] = {}
        above: set[Any] = set()
        for one in said:
            kpi = known.kpis.get(fold(one.kpi))
            if kpi is None:
                continue
            if one.period:
                period = read(one.period, kpi.frequency, one.above)
                if not period.fault:
                    self.groups[kpi.frequency][one.period] = period
            if kpi.unit == PERCENTAGE and (cell := one.cells.get(Field.VALUE)) is not None:
                found = figures.figure(cell.text)
                if found.value is None or found.out_of is not None:
                    continue
                if found.share or found.value > 1:
                    above.add(kpi.pk)
                else:
                    below[kpi.pk] = below.get(kpi.pk, False) or 0 < found.value < 1
        self.shares = {pk for pk, between in below.items() if between} - above

    @property
    def has_two_ways(self) -> bool:
        return any(one.ways for texts in self.groups.values() for one in texts.values())

    def order(self) -> Order | None:
        """How the days of the sheet are written, where its own texts decide."""
        ways = {
            decided(list(texts.values()))
            for texts in self.groups.values()
            if any(found.ways for found in texts.values())
        }
        return ways.pop() if len(ways) == 1 else None


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
        split, part = self._part(told.get(Field.SPLIT, ""), told.get(Field.PART, ""))
        vintage = self._vintage(told.get(Field.VINTAGE, ""))
        for name, longest in LONGEST.items():
            if len(text := told.get(name, "")) > longest:
                self._stop(f"{quoted(text)} is longer than {longest} characters.")
        numbers: Numbers | None = None
        if self.kpi is None:
            self._stop(self._which_kpi())
        else:
            numbers = Numbers(self.kpi, self.said.place, self.said.cells, self.cells, self.shares)
            self.notes += [Note(*note) for note in numbers.notes]
        return Understood(
            self.said.place,
            self.said.text,
            self.kpi,
            self.period,
            numbers.numerator if numbers else None,
            numbers.denominator if numbers else None,
            numbers.value if numbers else None,
            "" if comparator and fold(comparator) in self.known.own else comparator,
            split,
            part,
            vintage,
            told.get(Field.SOURCE, ""),
            told.get(Field.NOTE, "") or (numbers.note if numbers else ""),
            told.get(Field.REASON, ""),
            tuple(self.notes),
        )

    def _which_kpi(self) -> str:
        name = self.said.kpi
        if not name:
            return "No KPI is named."
        several = self.known.several.get(fold(name))
        if several:
            return f"{quoted(name)} is the name of more than one KPI: {several}. Say which."
        return f"{quoted(name)} is no KPI of this area."

    def _stop(self, text: str, cell: Cell | None = None) -> None:
        self.notes.append(Note(cell.place if cell else self.said.place, text, stops=True))

    def _part(self, split: str, part: str) -> tuple[str, str]:
        if not split and not part:
            return "", ""
        if fold(part) in WHOLE or (not part and fold(split) in WHOLE):
            return "", ""
        if split and not part:
            self._stop(f"{quoted(split)} is broken down, and no part of it is named.")
        return split or PART, part

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
        if text:
            found = VINTAGES.get(fold(text), "")
            if not found:
                self._stop(f"{quoted(text)} is no vintage. Provisional, final or restated is.")
            return found
        marks = {MARKS[one.mark] for one in self.cells.values() if one.mark}
        return marks.pop() if len(marks) == 1 else ""


def once(found: list[Understood], left_out: list[LeftOut]) -> list[Understood]:
    """Each figure once: the same again is left out, another one for the same place stops both."""
    places: dict[tuple[Any, ...], int] = {}
    rows: list[Understood] = []
    for one in found:
        if one.kpi is None or one.period is None:
            rows.append(one)
            continue
        key = (one.kpi.pk, one.period.start, one.period.end, one.comparator, one.split, one.part)
        at = places.setdefault(key, len(rows))
        if at == len(rows):
            rows.append(one)
            continue
        first = rows[at]
        if first.numbers == one.numbers:
            said = f"The same figure stands in {first.place}."
            left_out.append(LeftOut(one.place, one.text, said))
            continue
        said = f"{upper(first.place)} and {one.place} both give a figure for {one.period.label}."
        rows.append(replace(one, notes=(*one.notes, Note(one.place, said, stops=True))))
        if all(note.text != said for note in first.notes):
            rows[at] = replace(first, notes=(*first.notes, Note(first.place, said, stops=True)))
    return rows
