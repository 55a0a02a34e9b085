"""What a row of a plan's file says of its action, in one form, and what is kept of it beside that.

A later file is compared with what is kept: what its own source said the last time is nothing new.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from plans.sheets.content import Understood
from plans.sheets.fields import Field
from plans.timescales import is_date, timescale

F = Field
# What the file can say of an action: its name, and the columns that speak of it.
TOLD: dict[str, tuple[str, tuple[Field, ...]]] = {
    "text": ("Action", (F.ACTION,)),
    "indicator": ("Quality indicator", (F.INDICATOR,)),
    "evidence_expected": ("Evidence of improvement", (F.EVIDENCE,)),
    "responsible": ("Responsible, in the plan’s words", (F.RESPONSIBLE, F.RESPONSIBLE_WORDS)),
    "lead": ("Lead post", (F.RESPONSIBLE,)),
    "supporting": ("Supporting posts", (F.RESPONSIBLE, F.SUPPORTING)),
    "key_messages": ("Key messages", (F.ACTION, F.MESSAGES)),
    "timescale": ("Timescale in the plan’s words", (F.TIMESCALE, F.TIMESCALE_WORDS)),
    "due": ("Due date", (F.TIMESCALE, F.REVISED)),
    "status": ("Status", (F.STATUS,)),
    "word": ("Word for the status", (F.STATUS,)),
    "percent": ("Per cent complete", (F.PERCENT, F.STATUS)),
    "progress": ("Progress", (F.PROGRESS,)),
}
# What a cell that says otherwise than before can also take away.
EMPTIED = frozenset({"supporting", "key_messages"})
# Of these a full stop, a space or another kind of quotes is no change.
WORDING = frozenset({"text", "evidence_expected", "responsible", "timescale"})
_QUOTES = dict.fromkeys(map(ord, '"‘’‚‛“”„‟′″`´'), "'")
_STOPS = re.compile(r"\.(?=['\s]|$)")


@dataclass(frozen=True)
class Base:
    """What an import said of an action: the cells' words, and what the action was after it.

    `raw` and `row` are the row word for word, `updates` what it said of progress by heading; `left`
    are the fields that were not taken then. `said` is what it said of those in EMPTIED.
    """

    raw: Mapping[str, str]
    row: Sequence[Sequence[str]]
    took: Mapping[str, str]
    left: Sequence[str] = ()
    updates: Sequence[Sequence[str]] = ()
    said: Mapping[str, str] = field(default_factory=dict)

    def as_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, default=list)


def base_of(text: str) -> Base:
    """The base as it was kept beside the action (JSON as text)."""
    kept = json.loads(text)
    raw, row, took = kept.get("raw", {}), kept.get("row", []), kept.get("took", {})
    # In older ones they are among all that the row said.
    updates = kept.get("updates", [*row, ["", raw.get(F.PROGRESS, "")]])
    said = kept.get("said", {name: took[name] for name in EMPTIED & took.keys()})
    return Base(raw, row, took, kept.get("left", []), updates, said)


def base_from(row: Understood, took: Mapping[str, str], left: Iterable[str] = ()) -> Base:
    """The row as it is to be kept beside its action."""
    raw = {str(field): words for field, words in row.raw.items()}
    pairs, updates = ([list(pair) for pair in pairs] for pairs in (row.row, row.updates))
    values = values_of(row)
    return Base(raw, pairs, took, sorted(left), updates, {name: values[name] for name in EMPTIED})


def told(base: Base | None, name: str) -> bool:
    """Whether the import took the field."""
    return base is not None and name not in base.left


def again(row: Understood, base: Base | None, name: str) -> bool:
    """Whether the cells of the field say what they said when it was taken the last time.

    One that is empty now says nothing.
    """
    if base is None or not told(base, name):
        return False
    by_percent = name == "status" and row.by_percent
    cells = TOLD["percent" if by_percent else name][1]
    pairs = ((row.raw.get(cell, "").strip(), base.raw.get(cell, "").strip()) for cell in cells)
    return all(not now or now == then or plain(now) == plain(then) for now, then in pairs)


# --- in one form --------------------------------------------------------------------------------


def values_of(row: Understood, *, draft: bool = False) -> dict[str, str]:
    """What the row says, each in the one form in which `Stands.values` has it too."""
    due = due_of(row, draft=draft)
    return {
        "text": spaced(row.text),
        "indicator": row.indicator,
        "evidence_expected": spaced(row.evidence_expected),
        "responsible": spaced(row.responsible),
        "lead": row.lead,
        "supporting": names(row.supporting),
        "key_messages": numbers(row.key_messages),
        "timescale": spaced(row.timescale),
        "due": due.isoformat() if due else "",
        "status": str(row.status or ""),
        "word": row.word,
        "percent": "" if row.percent is None else str(row.percent),
        "progress": spaced(row.progress),
    }


def due_of(row: Understood, *, draft: bool) -> date | None:
    """When it is due; in a draft the day to which it was moved waits, as progress does."""
    return row.due if draft else row.due_now


def moved(row: Understood) -> bool:
    """Whether the row says that its date was moved."""
    return row.revised is not None and row.revised != row.due


def same_words(name: str, one: str, other: str) -> bool:
    """Whether two values of the field say the same, however they are written."""
    if one == other or name not in WORDING:
        return one == other
    if plain(one) == plain(other):
        return True
    if name != "timescale" or not (is_date(one) and is_date(other)):
        return False
    return same_day(one, other)


def same_day(one: str, other: str) -> bool:
    """Whether the words of two timescales give the same day."""
    near = date(2020, 1, 1)  # of words that are read by their own year alone
    days = {timescale(text, near).due for text in (one, other)}
    return len(days) == 1 and None not in days


def plain(text: str) -> str:
    """A text without what differs from file to file: spaces, full stops, the kind of quotes."""
    return spaced(_STOPS.sub("", text.translate(_QUOTES)))


def spaced(text: str) -> str:
    """A text without the spaces that differ from file to file."""
    return " ".join(text.split())


def names(titles: Iterable[str]) -> str:
    return "; ".join(sorted(titles, key=str.casefold))


def numbers(found: Iterable[int]) -> str:
    return ", ".join(f"KM{number}" for number in sorted(found))
