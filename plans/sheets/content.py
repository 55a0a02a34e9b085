"""What a file says of a plan's actions, row by row: values, raw words, and what was not understood.

All of it is plain: `dataclasses.asdict` and JSON can carry it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from management.sheets.content import quoted
from plans.sheets.fields import Field
from plans.statuses import Status
from plans.titles import Named


class Kind(StrEnum):
    """What the words are of which a person can say what they mean."""

    POST = "post"
    INDICATOR = "indicator"
    STATUS = "status"


@dataclass(frozen=True)
class Context:
    """What is known before the file is read.

    `day` is when the plan was agreed; `indicators` are (code, name); `statuses` are the area's own
    words in lower case. `meant` says of unknown words, by kind and in lower case, what each is: the
    title of a post (its own for a new one), the code of an indicator, a status, or nothing for none
    of them.
    """

    day: date
    posts: Sequence[str] = ()
    indicators: Sequence[tuple[str, str]] = ()
    messages: frozenset[int] = frozenset()
    statuses: Mapping[str, Status] = field(default_factory=dict)
    meant: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something in a cell that was not understood, or not wholly.

    `why` is a sentence that quotes the value, `accepted` says what would be understood instead.
    `stops` keeps the row from being imported. `code` stays the same when the words change.
    """

    code: str
    file: str
    place: str
    heading: str
    value: str
    why: str
    accepted: str = ""
    stops: bool = False

    @property
    def at_row(self) -> str:
        """As it is read beside its row: with its column."""
        column = f"{quoted(self.heading)}: " if self.heading else ""
        return f"{column}{self.why} {self.accepted}".rstrip()

    @property
    def sentence(self) -> str:
        column = f" ({quoted(self.heading)})" if self.heading else ""
        said = f"{self.file}, {self.place}{column}: {self.why}"
        return f"{said} {self.accepted}" if self.accepted else said


@dataclass(frozen=True)
class LeftOut:
    """Rows that are no actions: where, what they say, and why they are left out."""

    place: str
    text: str
    why: str


@dataclass(frozen=True)
class Understood:
    """One action as a row of the file says it.

    `lead` is the first post that the cell names, unless it says of it that it supports; `new_posts`
    would have to be created, and `unknown` are the names that no post has, beside the words of an
    indicator and of a status that are unknown. `unlinked` are key messages that there are not.
    `word` is the status in the file's own word; `by_percent` says that no word told it, and the per
    cent did. `progress` is the latest update, `updates` are all of them with their headings, oldest
    first. `raw` has the words of each field, `row` those of every column.
    """

    place: str
    number: int
    reference: str = ""
    indicator: str = ""
    text: str = ""
    key_messages: tuple[int, ...] = ()
    unlinked: tuple[int, ...] = ()
    posts: tuple[Named, ...] = ()
    lead: str = ""
    supporting: tuple[str, ...] = ()
    new_posts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unknown_indicator: str = ""
    unknown_status: str = ""
    due: date | None = None
    revised: date | None = None
    evidence_expected: str = ""
    status: Status | None = None
    word: str = ""
    percent: int | None = None
    by_percent: bool = False
    progress: str = ""
    updates: tuple[tuple[str, str], ...] = ()
    raw: Mapping[Field, str] = field(default_factory=dict)
    row: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether something keeps the row from being imported."""
        return any(note.stops for note in self.notes)

    @property
    def due_now(self) -> date | None:
        """The day to which it was moved, else the one on which it was due first."""
        return self.revised or self.due

    @property
    def timescale(self) -> str:
        """In the words of the file, or of the plan where the file has them beside the date."""
        return self.raw.get(Field.TIMESCALE_WORDS, self.raw.get(Field.TIMESCALE, ""))

    @property
    def responsible(self) -> str:
        """In the words of the file, or of the plan where the file has them beside the post."""
        return self.raw.get(Field.RESPONSIBLE_WORDS, self.raw.get(Field.RESPONSIBLE, ""))


@dataclass(frozen=True)
class Unknown:
    """An unknown word of that kind, in so many rows, and for what it is `taken`, as in `Context`.

    That is the name where a new post is to be made, and nothing where it is none. `near` is the
    known post of which it is a slip; `chosen` says that a person has said so.
    """

    name: str
    rows: int
    taken: str
    near: str = ""
    chosen: bool = False
    kind: Kind = Kind.POST

    @property
    def is_new(self) -> bool:
        return self.kind == Kind.POST and self.taken == self.name


@dataclass(frozen=True)
class Result:
    """Everything that a file's plan says. `notes` are of the file as a whole."""

    rows: tuple[Understood, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
