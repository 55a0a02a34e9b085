"""Values as text, and held against a target. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from kpis.spc.numbers import rate

MOST_DECIMALS = 6


def meets(value: Fraction | Decimal, target: Fraction | Decimal, direction: str) -> bool:
    """Whether a value is at least as good as the target."""
    return value <= target if direction == "lower" else value >= target


def exact(value: Fraction | Decimal | float) -> Decimal:
    """As a decimal of more places than are ever shown."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def result(
    numerator: int | None, denominator: int | None, value: Decimal | None, unit: str
) -> Fraction | None:
    """A figure in the unit, exact: from the counts, else as given, else None.

    None due (a denominator of 0) is None, never 0% or 100%.
    """
    if numerator is None:
        return None if value is None else Fraction(value)
    if unit in {"count", "days"} and denominator is None:
        return Fraction(numerator)
    return rate(numerator, denominator, {"percentage": 100, "per_10000": 10_000}.get(unit, 1))


def show(value: Decimal, unit: str, decimals: int) -> str:
    """85%, 67.2 per 10,000 people: rounded half up to so many decimals, with the unit."""
    number = f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def whole(value: Decimal, unit: str, decimals: int) -> str:
    """As `show`, with as many decimals more as the value has: 92.5% stays 92.5%."""
    exponent = value.normalize().as_tuple().exponent
    return show(value, unit, max(decimals, -int(exponent)))


def beside(value: Decimal, target: Decimal, unit: str, decimals: int) -> tuple[str, str]:
    """Both as text, with as many decimals more as it takes to tell two different ones apart."""
    while value != target and decimals < MOST_DECIMALS:
        if show(value, unit, decimals) != show(target, unit, decimals):
            break
        decimals += 1
    return show(value, unit, decimals), show(target, unit, decimals)


class Against(StrEnum):
    """How the latest figure stands to its target, as many bodies report it."""

    ON_TARGET = "On target"
    NEAR = "Off target by less than 5%"
    OFF = "Off target by 5% or more"
    NO_DATA = "No data"


def against(latest: Fraction | None, target: Fraction | None, direction: str) -> Against | None:
    """Of the target's own size; None without a target or a good direction."""
    if target is None or direction == "neither":
        return None
    if latest is None:
        return Against.NO_DATA
    if meets(latest, target, direction):
        return Against.ON_TARGET
    return Against.NEAR if abs(latest - target) * 20 < abs(target) else Against.OFF
