"""One cell with a figure: a number, or the reason why there is none."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from management.sheets.content import quoted

LONGEST = 60  # characters of a figure; what is longer is prose
MOST = Decimal(10) ** 12
DECIMALS = 6
ACCEPTED = "A number such as 1234, 1,234 or 85.5% would be read; an empty cell is “not reported”."


class Means(StrEnum):
    """What a cell says that has no number."""

    NOTHING = "not reported"
    NONE_DUE = "none due"
    WITHHELD = "withheld at the source"


# As official statistics and spreadsheets write them, folded, without brackets.
NOTHING = (
    *("", "-", "--", "–", "—", ".", "..", "...", "…", "x", "z", "n/a", "na", "n.a", "n.a.", "n/k"),
    *("#n/a", "nil return", "no return", "no data", "not available", "not applicable", "tbc"),
    *("not known", "not reported", "missing", "null", "none", "pending", "awaited"),
)
NONE_DUE = ("none due", "nil due", "no cases", "no orders", "none in period")
WITHHELD = ("*", "**", "c", "s", "conf", "confidential", "suppressed", "withheld", "disclosive")
WORDS = {
    **dict.fromkeys(NOTHING, Means.NOTHING),
    **dict.fromkeys(NONE_DUE, Means.NONE_DUE),
    **dict.fromkeys(WITHHELD, Means.WITHHELD),
}
_SMALL = re.compile(r"(?:<|less than|under|fewer than)\s?\d{1,3}", re.IGNORECASE)
_MARK = re.compile(r"(?P<number>.*[\d%])\s?[\[(]?(?P<mark>[pre*†‡])[\])]?", re.IGNORECASE)
_SHARE = re.compile(r"(?P<body>.*?)\s?(?:%|per ?cent|pct)", re.IGNORECASE | re.DOTALL)
_OF = re.compile(r"(?P<part>[\d, ]{1,15}?)\s?(?:of|out of)\s?(?P<whole>[\d, ]{1,15})", re.I)
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?P<by>[, '’])\d{3}(?:(?P=by)\d{3})*(?:\.\d*)?")
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})*,\d+|\d+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_POWER = re.compile(r"\d+(?:\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE)
_ENDLESS = re.compile(r"[+-]?(?:nan|inf(?:inity)?|∞|1\.#\w+)", re.IGNORECASE)
# What people write as a number, and what a spreadsheet makes of it.
_SIGNS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " "})


@dataclass(frozen=True)
class Figure:
    """`value` is the number, or with `out_of` so many of so many; `share` says that it stood with
    a per cent sign. Without a value `means` says what the cell says, or `fault` why it was not
    read. `mark` is “p” (provisional), “r” (restated), or “e” (estimated).
    """

    value: Decimal | None = None
    out_of: Decimal | None = None
    share: bool = False
    mark: str = ""
    means: Means | None = None
    fault: str = ""


@lru_cache(maxsize=20_000)
def figure(text: str) -> Figure:
    """What a cell says, from the text that people see.

    Nothing is guessed: what can be two numbers is refused with both.
    """
    said = " ".join(text.translate(_SIGNS).split())
    folded = said.casefold()
    means = WORDS.get(folded, WORDS.get(folded.strip("[]()")))
    if means is not None:
        return Figure(means=means)
    if len(said) > LONGEST:
        return _refused(said, f"has {len(said):,} characters, so it is no figure")
    if _SMALL.fullmatch(said):
        return Figure(means=Means.WITHHELD)
    if _ENDLESS.fullmatch(said):
        return _refused(said, "is no number that can be counted")
    if said.startswith("#"):
        return _refused(said, "is an error of a formula")
    if counts := _OF.fullmatch(said):
        part, whole = _number(counts["part"]), _number(counts["whole"])
        if part is None or whole is None:
            return _refused(said, "is not two whole numbers")
        return Figure(part, whole)
    mark = ""
    if (marked := _MARK.fullmatch(said)) and not _POWER.fullmatch(said):
        said, mark = marked["number"].strip(), marked["mark"].lower()
    body, share = said, False
    if found := _SHARE.fullmatch(said):
        body, share = found["body"].strip(), True
    negative = body.startswith("-") or (body.startswith("(") and body.endswith(")"))
    bare = body.strip("()").removeprefix("-").removeprefix("+").strip()
    value = _number(bare)
    if value is None:
        return _refused(text, _why(bare))
    if value > MOST:
        return _refused(text, f"is more than {MOST:,}")
    if _places(value) > DECIMALS:
        value = round(value, DECIMALS)
    return Figure(-value if negative else value, share=share, mark=mark if mark in "pre" else "")


def _number(text: str) -> Decimal | None:
    text = text.strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[, '’]", "", text)
    if _PLAIN.fullmatch(text) or _POWER.fullmatch(text):
        return Decimal(text)
    return None


def _places(value: Decimal) -> int:
    return max(-int(value.as_tuple().exponent), 0)


def _why(text: str) -> str:
    if _CONTINENTAL.fullmatch(text):
        return (
            "can be read in two ways: a comma for thousands stands before three digits, and "
            "decimals stand after a point"
        )
    if re.fullmatch(r"\d{1,4}/\d{1,4}", text):
        part, whole = text.split("/")
        return f"can be a day or so many of so many: write “{part} of {whole}” for the second"
    if re.search(r"[£$€]", text):
        return "is an amount of money"
    return "is no number"


def _refused(text: str, why: str) -> Figure:
    return Figure(fault=f"{quoted(text)} {why}. {ACCEPTED}")
