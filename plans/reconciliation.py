"""Open recommendations of two days, and whether what happened in between explains the difference.

Three ways of counting are set against each other. How many were open on the first day is told
forwards, from how each recommendation began; on the second day backwards, from how it stands now;
what happened in between is counted from the events. Where they disagree, something is missing or
was entered wrongly, and the difference is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

CLOSED, REOPENED, MOVED = "closed", "reopened", "moved"


@dataclass(frozen=True)
class Event:
    """What happened to a recommendation on a day. Only a move has an `old` and a `new` class."""

    on: date
    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class History:
    """One recommendation as it stands now, and all that happened to it, oldest first."""

    reference: str
    added_on: date
    kind: str
    is_open: bool
    events: tuple[Event, ...] = ()

    def began(self, day: date) -> tuple[bool, str]:
        """Whether it was open at the end of that day, and its class, told from its beginning."""
        is_open, kind = self.added_on <= day, self.first_kind
        for event in self.events:
            if event.on <= day:
                if event.what == MOVED:
                    kind = event.new
                else:
                    is_open = event.what == REOPENED
        return is_open, kind

    def stood(self, day: date) -> tuple[bool, str]:
        """The same, told backwards from how it stands now."""
        is_open, kind = self.is_open, self.kind
        for event in reversed(self.events):
            if event.on > day:
                if event.what == MOVED:
                    kind = event.old
                else:
                    is_open = event.what == CLOSED
        return is_open and self.added_on <= day, kind

    @property
    def first_kind(self) -> str:
        """The class in which it was added."""
        return self.stood(date.min)[1]


@dataclass(frozen=True)
class Count:
    """One class (or all of them) between two days. Every number was counted on its own."""

    kind: str
    first: int
    added: int
    reopened: int
    moved_in: int
    closed: int
    moved_out: int
    second: int

    @property
    def expected(self) -> int:
        """Open at the second day, if the events tell everything."""
        gained = self.added + self.reopened + self.moved_in
        return self.first + gained - self.closed - self.moved_out

    @property
    def difference(self) -> int:
        """How many more were open than the events explain; 0 when the set reconciles."""
        return self.second - self.expected


def reconcile(
    histories: Iterable[History], kinds: Iterable[str], first: date, second: date
) -> list[Count]:
    """A count for each class. Days are counted at their end, `first` not later than `second`."""
    known = list(histories)
    return [_count(known, kind, first, second) for kind in kinds]


def total(counts: Iterable[Count]) -> Count:
    """All classes together: a move leaves one of them and enters another."""
    rows = list(counts)

    def add(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    names = ("first", "added", "reopened", "moved_in", "closed", "moved_out", "second")
    return Count("", *(add(name) for name in names))


def _count(histories: list[History], kind: str, first: date, second: date) -> Count:
    added = reopened = moved_in = closed = moved_out = 0
    for history in histories:
        now = history.first_kind
        added += now == kind and first < history.added_on <= second
        for event in history.events:
            counts = first < event.on <= second
            if event.what == MOVED:
                moved_out += counts and event.old == kind
                moved_in += counts and event.new == kind
                now = event.new
            else:
                closed += counts and event.what == CLOSED and now == kind
                reopened += counts and event.what == REOPENED and now == kind
    opened = sum(history.began(first) == (True, kind) for history in histories)
    still = sum(history.stood(second) == (True, kind) for history in histories)
    return Count(kind, opened, added, reopened, moved_in, closed, moved_out, still)
