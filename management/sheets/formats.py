"""Numbers and dates of Excel as people see them: the file has a number, its format the rest.

Formats that few use (fractions, exponents, conditions) are shown plainly: what a plan or a return
needs is that 0.5 reads 50%, that 1 in the format 000 reads 001, and that Mar-20 is a whole month.
"""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from management.sheets.content import Value

LONGEST = 255  # characters of a format: Excel has no longer ones
# Dates in the format of the country, whatever the file calls it.
LOCAL = {14: "dd/mm/yyyy", 22: "dd/mm/yyyy hh:mm"}
_LOCAL = re.compile(r"\[\$-f(?:800|400)\]", re.IGNORECASE)
_PART = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p|d+|m+|y+|h+|s+|.', re.I | re.DOTALL)
_DIGITS = re.compile(r"[#0?](?:[#0?,]*[#0?])?(?:\.[0#?]*)?")


def builtin(number: int) -> str:
    """The format that Excel knows by a number alone."""
    return LOCAL.get(number) or BUILTIN_FORMATS.get(number, "General")


def shown(number: float, code: str, mac: bool = False) -> tuple[str, Value]:
    """The text that people see, and the date or number behind it.

    `mac` is the date system of 1904. A month without a day has no date behind it, but its text has
    the year. Raises ValueError for a number that cannot be the date which its format says.
    """
    code = code[:LONGEST]
    if code and code != "General" and is_date_format(code):
        return _date(number, code, mac)
    plain = Decimal(format(number, ".15g"))
    return _number(plain, code), plain


def _date(number: float, code: str, mac: bool) -> tuple[str, Value]:
    try:
        found = from_excel(number, MAC_EPOCH if mac else WINDOWS_EPOCH)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{number:g} is no date of Excel") from error
    if isinstance(found, time):
        return f"{found:%H:%M}", None
    if not isinstance(found, datetime) or number < 0:
        raise ValueError(f"{number:g} is no date of Excel")
    if _LOCAL.search(code):
        code = "d mmmm yyyy"
    parts = _PART.findall(code.split(";")[0])
    kinds = {part[0].lower() for part in parts}
    if not kinds & {"d", "y"} and kinds & {"h", "s"}:
        return f"{found:%H:%M}", None
    if kinds & {"h", "s"}:
        return f"{found:%d/%m/%Y %H:%M}", found.date()
    if "d" not in kinds and "m" in kinds and "y" not in kinds:
        parts += [" ", "yyyy"]
    text = "".join(_piece(part, found) for part in parts).strip()
    return text, found.date() if "d" in kinds else None


def _piece(part: str, day: date) -> str:
    first, length = part[0].lower(), len(part)
    if first == "d":
        return [str(day.day), f"{day:%d}", f"{day:%a}", f"{day:%A}"][min(length, 4) - 1]
    if first == "m":
        name = f"{day:%B}"
        return [str(day.month), f"{day:%m}", f"{day:%b}", name, name[0]][min(length, 5) - 1]
    if first == "y":
        return f"{day:%y}" if length < 3 else str(day.year)
    return _literal(part)


def _literal(part: str) -> str:
    """What a part of a format says as it stands: “_” and “*” are room, brackets a condition."""
    if part[0] == '"':
        return part[1:-1] if len(part) > 1 else ""
    if part[0] == "\\":
        return part[1:]
    return "" if part[0] in "_*[@" else part


def _number(number: Decimal, code: str) -> str:
    sections = code.split(";")
    section = sections[0]
    if number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    parts = _PART.findall(section)
    plain = "".join(part for part in parts if part[0] not in '"\\_*[@')
    digits = _DIGITS.search(plain)
    if digits is None or set("Ee/") & set(plain):
        return _general(number)
    if "%" in plain:
        number *= 100
    whole, _, decimals = digits[0].partition(".")
    text = f"{abs(number):,.{len(decimals)}f}" if len(decimals) <= 30 else _general(abs(number))
    head, _, tail = text.partition(".")
    optional = len(decimals) - len(decimals.rstrip("#"))
    while optional and tail.endswith("0"):
        tail, optional = tail[:-1], optional - 1
    head = head if "," in whole else head.replace(",", "")
    head = head.zfill(sum(character == "0" for character in whole))
    before, after = _around(section, digits[0])
    sign = "-" if number < 0 else ""
    return f"{sign}{before}{head}{'.' + tail if tail else ''}{after}".strip()


def _around(section: str, digits: str) -> tuple[str, str]:
    """What stands before and after the digits of a number."""
    before, _, after = section.partition(digits)
    texts = ["".join(map(_literal, _PART.findall(side))) for side in (before, after)]
    return texts[0], texts[1]


def _general(number: Decimal) -> str:
    """As Excel shows a number in a wide column: no needless zeros, up to 15 digits."""
    if number == 0:
        return "0"
    if -5 <= number.adjusted() < 20:
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(number.normalize())


def as_number(text: str) -> float | None:
    """The number that the file has, or None for what is none."""
    try:
        number = float(text) if len(text) < 100 else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
