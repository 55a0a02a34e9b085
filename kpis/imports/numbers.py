"""The numbers of one figure: its counts, or its value, with what is wrong with them."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpis.imports.figures import Figure, Means
from kpis.imports.layouts import Field
from kpis.spc.numbers import rate
from management.sheets.content import Cell, quoted

PERCENTAGE, WHOLE = "percentage", 100
ROUNDING = Fraction(1, 2)  # of the last decimal that is shown
WITHHELD = "Withheld at the source."
MOST_COUNTED = 2_147_483_647  # what is kept of a count, and of a value
MOST_VALUE = 100_000_000
PLACES = 4


class Numbers:
    """Counts, or a value where only that is known, or neither: `note` then says why.

    `cells` are the parts as the file has them, `read` what each says; `shares` that percentages
    stand as shares of 1. `notes` have a place, a sentence, and whether it stops the figure.
    """

    def __init__(
        self,
        kpi: Any,
        place: str,
        cells: Mapping[Field, Cell],
        read: Mapping[Field, Figure],
        shares: bool,
    ) -> None:
        self.kpi, self.place, self.cells, self.read, self.shares = kpi, place, cells, read, shares
        self.numerator: int | None = None
        self.denominator: int | None = None
        self.value: Decimal | None = None
        self.note = ""
        self.notes: list[tuple[str, str, bool]] = []
        if not self._faults():
            self._take()

    def _stop(self, text: str, cell: Cell | None = None) -> None:
        self.notes.append((cell.place if cell else self.place, text, True))

    def _doubt(self, text: str, cell: Cell | None = None) -> None:
        self.notes.append((cell.place if cell else self.place, text, False))

    def _faults(self) -> bool:
        for name, one in self.read.items():
            cell = self.cells[name]
            if fault := cell.fault:
                self._stop(f"{fault[:1].upper()}{fault[1:]}.", cell)
            elif one.fault:
                self._stop(one.fault, cell)
        return bool(self.notes)

    def _take(self) -> None:
        means = {one.means for one in self.read.values()}
        if Means.WITHHELD in means:
            self.note = WITHHELD
            return
        if Means.NONE_DUE in means:
            self.numerator = self.denominator = 0
            return
        numerator, denominator = self._count(Field.NUMERATOR), self._count(Field.DENOMINATOR)
        value = self._value()
        both = self.read.get(Field.VALUE)
        if both is not None and both.out_of is not None and both.value is not None:
            numerator, denominator, value = int(both.value), int(both.out_of), None
        if numerator is not None and denominator is not None:
            self._compare(numerator, denominator, value)
            self.numerator, self.denominator = numerator, denominator
            return
        if value is not None:
            if denominator is not None:
                self._doubt(f"Only the value is kept: of the {denominator} the number is missing.")
            self.value = value
            return
        if numerator is not None and self.kpi.unit == PERCENTAGE:
            self._stop(f"{numerator} out of how many? What it is out of is missing.")
        if numerator is None and denominator is not None:
            self._stop(f"Of the {denominator} the number is missing.")
        self.numerator = numerator

    def _count(self, name: Field) -> int | None:
        one = self.read.get(name)
        if one is None or one.value is None:
            return None
        cell = self.cells[name]
        if one.share:
            self._stop(f"{quoted(cell.text)} is a percentage, and {name.lower()} is a count.", cell)
        elif one.value < 0:
            self._stop(f"{quoted(cell.text)} is below zero, and {name.lower()} is a count.", cell)
        elif one.value != int(one.value):
            self._stop(f"{quoted(cell.text)} is no whole number, as a count is.", cell)
        elif one.value > MOST_COUNTED:
            self._stop(f"{quoted(cell.text)} is more than {MOST_COUNTED:,}.", cell)
        return int(one.value)

    def _value(self) -> Decimal | None:
        one = self.read.get(Field.VALUE)
        if one is None or one.value is None or one.out_of is not None:
            return None
        cell, value = self.cells[Field.VALUE], one.value
        if value < 0:
            self._stop(f"{quoted(cell.text)} is below zero.", cell)
        if self.kpi.unit != PERCENTAGE:
            if one.share:
                self._stop(
                    f"{quoted(cell.text)} is a percentage, and {self.kpi.code} is none.", cell
                )
            elif value >= MOST_VALUE:
                self._stop(f"{quoted(cell.text)} is more than {MOST_VALUE:,}.", cell)
            return round(value, PLACES) if _places(value) > PLACES else value
        if self.shares:
            value *= WHOLE
            self._doubt(f"{quoted(cell.text)} is taken as {value.normalize():f}%.", cell)
        elif 0 < value < 1 and not one.share:
            self._doubt(f"{quoted(cell.text)} is taken as less than 1%.", cell)
        if value > WHOLE:
            self._stop(f"{quoted(cell.text)} is more than 100%.", cell)
        return round(value, PLACES) if _places(value) > PLACES else value

    def _compare(self, numerator: int, denominator: int, value: Decimal | None) -> None:
        """The counts make the figure; one that is given beside them and differs is doubtful."""
        if self.kpi.unit == PERCENTAGE and numerator > denominator:
            self._stop(f"{numerator} is more than the {denominator} that it is counted from.")
        if value is None:
            return
        scale = {PERCENTAGE: WHOLE, "per_10000": 10_000}.get(self.kpi.unit, 1)
        made = rate(numerator, denominator, scale)
        if made is None:
            return
        places = _places(value.normalize())
        if abs(made - Fraction(value)) > ROUNDING / 10**places:
            self._doubt(
                f"{value.normalize():f} is given, and {numerator} of {denominator} is "
                f"{float(made):.{places + 1}f}. The counts are kept.",
                self.cells[Field.VALUE],
            )


def _places(value: Decimal) -> int:
    return max(-int(value.as_tuple().exponent), 0)
