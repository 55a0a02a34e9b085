"""How far a row says that its action is: its word of status, and its per cent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from management.sheets import formats
from management.sheets.content import quoted
from plans.sheets.content import Kind
from plans.sheets.fields import Field
from plans.sheets.known import Known, said
from plans.sheets.rows import Record
from plans.statuses import Status

F = Field
LONGEST_WORD = 60  # characters
LISTED = 12  # names in one sentence
# Notes on what the status becomes: nothing to say where it stays.
AWAITS, BY_PERCENT = "status_awaits", "status_by_percent"
USUAL = ("Red", "Amber", "Green", "Blue", "Complete")  # words that are known beside our own
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d{1,4})?)\s?"
_SIGN, _DONE = r"(?P<sign>%|per ?cent)", r"(?:\s(?:complete|completed|done))?"
_SHARE = re.compile(rf"{_NUMBER}(?:{_SIGN}{_DONE})?", re.IGNORECASE)
# Beside a word of status, and not of something: “In progress (50%)”, “75%, on track”.
_BESIDE = re.compile(
    rf"(?:^|[(\[,:;]\s?|(?<!\d)[–-]\s?|(?<![\d–-])\s){_NUMBER}{_SIGN}{_DONE}(?=\s?(?:$|[)\],:;]|[–-]\s))",
    re.IGNORECASE,
)


class Noted(Protocol):
    """Takes a note on a field of the row."""

    def __call__(
        self, field: Field, code: str, why: str, accepted: str = "", stops: bool = False
    ) -> None: ...


@dataclass(frozen=True)
class Standing:
    """The status, the file's own word for it, and the per cent.

    `by_percent` says that no word gave the status: the per cent says that work has begun. `unknown`
    is the word where it is none that is known, be it that a person has said what it means.
    """

    status: Status | None
    word: str
    percent: int | None
    by_percent: bool = False
    unknown: str = ""


def are_shares(records: Sequence[Record]) -> bool:
    """Whether a column of per cent has shares of 1 (0.5 for half), as one without a sign may."""
    texts = [
        text
        for record in records
        for _, cell in record.cells.get(F.PERCENT, [])
        if (text := said(cell)) and "%" not in text
    ]
    numbers = [number for text in texts if (number := formats.as_number(text)) is not None]
    return any(0 < n < 1 for n in numbers) and all(0 <= n <= 1 for n in numbers)


def standing(
    record: Record, known: Known, shares: bool, line: Callable[[Field], str], note: Noted
) -> Standing:
    """What the row says of it; `line` has its words on one line, `shares` is from `are_shares`."""
    percent = _percent(record, shares, line(F.PERCENT), note)
    status = _status(record, known, line(F.STATUS), percent, note)
    if not line(F.PERCENT):
        percent = _share_in(line(F.STATUS), note)
    word = line(F.STATUS)
    by_percent = status is None and bool(percent) and not _leaves(known, word)
    if by_percent:
        _say_begun(percent or 0, note)
        status = Status.ON_TRACK
    strange = 0 < len(word) <= LONGEST_WORD and known.status(word).status is None
    return Standing(status, _word(record, word), percent, by_percent, word if strange else "")


def _leaves(known: Known, word: str) -> bool:
    """Whether the per cent, too, leaves the status as it is.

    So it does where somebody has said so of the word, and of “Amber/Red”, which says how work goes,
    though not which of the two: that it is on track would be neither.
    """
    answer = known.answer(Kind.STATUS, word)
    return answer == "" or (answer is None and known.status(word).several)


def _word(record: Record, word: str) -> str:
    """The file's own word of status: one of ours stands there where the area has none."""
    ours = record.says and word.casefold() in {s.label.casefold() for s in Status}
    return "" if ours else word


def _status(
    record: Record, known: Known, text: str, percent: int | None, note: Noted
) -> Status | None:
    if not text:
        if any(cell.coloured for _, cell in record.cells.get(F.STATUS, [])):
            note(
                F.STATUS,
                "colour_alone",
                "The cell has a colour and no word, and a colour is not read.",
                "Write the word into it: Red, Amber, Green or Blue.",
            )
        return None
    stood = known.told_status(text)
    if stood.status is None:
        own = [*list(known.context.statuses)[:LISTED], *USUAL, *(s.label for s in Status)]
        stays = known.answer(Kind.STATUS, text) == ""
        leaves = not percent or _leaves(known, text)
        kept = "It is kept, and the status stays as it is." if leaves else "It is kept."
        accepted = "" if stays else f" Known are: {', '.join(dict.fromkeys(own))}."
        note(F.STATUS, "status_unknown", stood.note, kept + accepted)
    elif stood.note:
        note(F.STATUS, "status_doubt", stood.note)
    if len(text) > LONGEST_WORD:
        why = f"{quoted(text)} is too long for a word of status."
        note(F.STATUS, "status_long", why, f"At most {LONGEST_WORD} characters are kept.")
    if stood.status != Status.COMPLETE:
        return stood.status
    done = f"{quoted(text)} is taken as “{Status.DONE.label}”"
    note(F.STATUS, AWAITS, f"{done}: here a second person verifies it by its evidence.")
    return Status.DONE


def _say_begun(percent: int, note: Noted) -> None:
    why = (
        f"No word of status is understood, and {percent}% says that work has begun: an action that "
        f"has not started is taken as “{Status.ON_TRACK.label}”."
    )
    then = "That it is done, somebody has to report with the evidence." if percent == 100 else ""
    note(F.PERCENT, BY_PERCENT, why, then)


# --- per cent ----------------------------------------------------------------------------------


def _percent(record: Record, shares: bool, text: str, note: Noted) -> int | None:
    if not text:
        return None
    share = _SHARE.fullmatch(text)
    number = Decimal(share["number"]) if share else Decimal(-1)
    if share and not share["sign"]:
        if shares or 0 < number < 1:
            number *= 100
            why = f"{quoted(text)} is taken as {_whole(number)}%."
            note(F.PERCENT, "percent_share", why)
            return _whole(number)
        if number == 1:
            note(F.PERCENT, "percent_doubt", "“1” is taken as 1%, not as all of it.")
    if not 0 <= number <= 100:
        note(
            F.PERCENT,
            "percent_unread",
            f"{quoted(text)} is no percentage.",
            "A number from 0% to 100% would be read.",
        )
        return None
    return _rounded(F.PERCENT, text, _behind(record, number), number, note)


def _behind(record: Record, number: Decimal) -> Decimal:
    """The number behind what Excel shows rounded: 0.999 reads 100% in most formats."""
    cells = record.cells.get(F.PERCENT, [])
    value = cells[0][1].value if len(cells) == 1 else None
    if isinstance(value, Decimal) and "%" in cells[0][1].text and abs(100 * value - number) < 1:
        return 100 * value
    return number


def _share_in(text: str, note: Noted) -> int | None:
    """The per cent that the column of status says instead of a word, or beside it."""
    shares = list(_BESIDE.finditer(text)) if len(text) <= LONGEST_WORD else []
    number = Decimal(shares[0]["number"]) if len(shares) == 1 else Decimal(-1)
    return _rounded(F.STATUS, text, number, number, note) if 0 <= number <= 100 else None


def _rounded(field: Field, text: str, number: Decimal, shown: Decimal, note: Noted) -> int:
    whole = _whole(number)
    if whole != shown:
        why = f"{quoted(text)} is rounded to {whole}%."
        if number != shown:
            why = f"{quoted(text)} is {number.normalize():f}% in the file, and taken as {whole}%."
        note(field, "percent_rounded", why)
    return whole


def _whole(number: Decimal) -> int:
    """The nearest whole per cent; what is less than all of it stays below 100."""
    whole = int(number.quantize(Decimal(1), ROUND_HALF_UP))
    return min(whole, 99) if number < 100 else whole
