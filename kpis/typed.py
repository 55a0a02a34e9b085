"""A figure as somebody types it into two fields: so many, out of so many. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpis.imports.figures import Figure, Means, figure
from kpis.values import exact, show
from management.sheets.content import quoted

PERCENTAGE, COUNT, DAYS = "percentage", "count", "days"
MOST_COUNT = 2**31 - 1
PLACES = Decimal("0.0001")  # as many as are kept
WITHHELD = "Withheld at the source."
VINTAGES = {"p": "provisional", "e": "provisional", "r": "restated"}


class Misread(ValueError):
    """What was typed is no figure; `field` is the one that is wrong, "number" or "out_of"."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True)
class Typed:
    """What was typed: counts, or a value, or neither, and then `note` says why if the text did.

    `vintage` is what a mark beside the number says (“85% p”), else blank.
    """

    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    vintage: str = ""
    note: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether it says that there is no figure."""
        return self.numerator is None and self.value is None


NONE_DUE = Typed(0, 0)


def typed(number: str, out_of: str, *, unit: str, counts: bool) -> Typed:
    """What the two fields say of a KPI of that unit. Raises Misread.

    `counts` says that its figures are counted: a plain number is then so many of something, and
    not the percentage, rate or number of days itself.
    """
    first, second = _read("number", number), _read("out_of", out_of)
    said = VINTAGES.get(first.mark or second.mark, "")
    if first.out_of is not None and first.value is not None:
        pair = _count("number", number, first.value), _count("number", number, first.out_of)
        if out_of.strip() and second.value != first.out_of:
            raise Misread("out_of", f"{quoted(number)} says what it is out of already.")
        return Typed(*pair, vintage=said)
    if out_of.strip():
        return _of(number, out_of, first, second, said)
    if first.value is None:
        if first.means is Means.NONE_DUE:
            return NONE_DUE
        return Typed(note=WITHHELD if first.means is Means.WITHHELD else "")
    if first.value < 0:
        raise Misread("number", f"{quoted(number)} is below zero, which no figure is.")
    return _alone(number, first, unit, counts, said)


def _read(field: str, text: str) -> Figure:
    found = figure(text)
    if found.fault:
        raise Misread(field, found.fault)
    return found


def _of(number: str, out_of: str, first: Figure, second: Figure, said: str) -> Typed:
    if second.value is None or second.out_of is not None:
        raise Misread("out_of", f"{quoted(out_of)} is no number of cases.")
    whole = _count("out_of", out_of, second.value, share=second.share)
    if first.value is None:
        raise Misread("number", f"How many of the {whole:,}?")
    return Typed(_count("number", number, first.value, share=first.share), whole, vintage=said)


def _alone(number: str, first: Figure, unit: str, counts: bool, said: str) -> Typed:
    """A number without what it is out of."""
    value = first.value or Decimal(0)
    if first.share and unit != PERCENTAGE:
        raise Misread("number", f"{quoted(number)} is a percentage, and this KPI is none.")
    if unit == COUNT:
        return Typed(_count("number", number, value), vintage=said)
    if first.share or not counts or (unit != PERCENTAGE and value != int(value)):
        return Typed(value=value.quantize(PLACES), vintage=said)
    if unit == DAYS:
        return Typed(value=value, vintage=said)
    known = f"{value.normalize():f}"
    if unit == PERCENTAGE:
        raise Misread(
            "out_of",
            f"{known} out of how many? Where only the percentage is known, write {known}%.",
        )
    raise Misread("out_of", f"{known} out of how many people?")


def _count(field: str, text: str, value: Decimal, *, share: bool = False) -> int:
    if share:
        raise Misread(field, f"{quoted(text)} is a percentage, and here stands a count.")
    if value < 0:
        raise Misread(field, f"{quoted(text)} is below zero, which no count is.")
    if value != int(value):
        raise Misread(field, f"{quoted(text)} is no whole number, as a count is.")
    if value > MOST_COUNT:
        raise Misread(field, f"{quoted(text)} is more than {MOST_COUNT:,}.")
    return int(value)


def in_words(one: Any, unit: str, decimals: int) -> str:
    """68% (41 of 60); 7%; none due; no figure. Of what has `numerator`, `denominator`, `result`;
    `unit` as it is written."""
    if one.numerator is not None and one.denominator == 0:
        return "none due"
    if one.result is None:
        return "no figure"
    shown = show(exact(one.result), unit, decimals)
    counted = one.numerator is not None and one.denominator is not None
    return f"{shown} ({one.numerator:,} of {one.denominator:,})" if counted else shown
