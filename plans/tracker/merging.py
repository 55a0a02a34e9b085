"""A cell that went out, as it stands here now, and as it came back: which of them holds.

Every value is compared as text in one form of its own (`value_of` …), so that neither a space nor
the order of posts is a change.
"""

import functools
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from management.cells import CELL, fitting
from management.documents import clean
from plans.plan_file.content import Line

APART = "; "  # between posts


class Field(StrEnum):
    """What of an action can come back otherwise than it went out, by the name of the field."""

    TEXT = "text"
    LEAD = "lead"
    SUPPORTING = "supporting"
    EXPECTED = "evidence_expected"
    DUE = "due"
    STATUS = "status"
    PERCENT = "percent"
    UPDATE = "update"  # of which nothing goes out: it is asked about where one was posted here


# Those that go out: a row of the hidden sheet has them in this order.
SENT = tuple(field for field in Field if field != Field.UPDATE)
# What the board agreed: changed by those who keep the plan, for a reason once it is approved.
WORDING = frozenset({Field.TEXT, Field.LEAD, Field.SUPPORTING, Field.EXPECTED})
# Who does it: half of the one answer with half of the other would leave somebody out.
WHO = frozenset({Field.LEAD, Field.SUPPORTING})
# What goes with a report of progress.
REPORTED = frozenset({Field.STATUS, Field.PERCENT})


class Outcome(StrEnum):
    UNCHANGED = "unchanged"  # in the file, whatever happened here
    CHANGED = "changed"  # in the file alone
    SAME = "same"  # in both, and alike
    CONFLICT = "conflict"  # in both, and otherwise


def outcome(base: str, ours: str, theirs: str) -> Outcome:
    """What became of a cell: `base` went out, `ours` stands here now, `theirs` came back."""
    if theirs == base:
        return Outcome.UNCHANGED
    if theirs == ours:
        return Outcome.SAME
    return Outcome.CHANGED if ours == base else Outcome.CONFLICT


# --- the one form of each value ---------------------------------------------------------------


def text_value(text: str) -> str:
    """As much of a text as a cell holds, without spaces around it."""
    return fitting(clean(text)).strip()


def cut(text: str) -> bool:
    """Whether a cell cannot hold the whole of it, so that what comes back is not the whole."""
    return fitting(clean(text)) != clean(text) or len(text) > CELL


@functools.lru_cache(maxsize=2_000)
def names_value(names: tuple[str, ...]) -> str:
    """Posts, whatever their order."""
    kept = {" ".join(clean(name).split()) for name in names}
    return APART.join(sorted(kept - {""}, key=str.casefold))


def day_value(day: date | None) -> str:
    return day.isoformat() if day else ""


def number_value(number: int | None) -> str:
    return "" if number is None else str(number)


def status_value(status: str, word: str, names: Mapping[str, list[str]]) -> str:
    """The status; with the word, where the area has several for it."""
    return f"{status} {word}" if len(names.get(status, ())) > 1 else status


def values_of(line: Line, names: Mapping[str, list[str]]) -> dict[Field, str]:
    """An action as it stands; `names` are the words that the area has for each status."""
    return {
        Field.TEXT: text_value(line.text),
        Field.LEAD: names_value((line.lead,)),
        Field.SUPPORTING: names_value(line.supporting),
        Field.EXPECTED: text_value(line.evidence_expected),
        Field.DUE: day_value(line.due),
        Field.STATUS: status_value(line.status, line.shown, names),
        Field.PERCENT: number_value(line.percent),
    }
