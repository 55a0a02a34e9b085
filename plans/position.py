"""Where an action stood on any day, from what had been entered about it by then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from plans.statuses import Status, is_open


class Reported(Protocol):
    """An Update: the status that an action has from a day on."""

    on: date
    status: str


class Moved(Protocol):
    """A DateChange."""

    on: date
    old: date | None
    new: date


@dataclass(frozen=True)
class Position:
    """An action at the end of a day. `since` is the day of its latest update, or None."""

    status: Status
    due: date | None
    since: date | None
    days_overdue: int
    times_moved: int
    days_moved: int

    @property
    def is_open(self) -> bool:
        return is_open(self.status)

    @property
    def closed_on(self) -> date | None:
        return None if self.is_open else self.since


def position(
    original_due: date | None,
    updates: Iterable[Reported],
    moves: Iterable[Moved],
    *,
    on: date,
    from_first: bool = False,
) -> Position:
    """The position at the end of the day `on`; updates and moves come in the order of entry.

    `days_moved` counts from the first date that the action ever had; so does `days_overdue` where
    `from_first` says that a new date does not make an action less late.
    """
    status, since, due, first, times = Status.NOT_STARTED, None, original_due, original_due, 0
    for update in updates:
        if update.on <= on:
            status, since = Status(update.status), update.on
    for move in moves:
        if move.on <= on:
            # A date that is given for the first time has not moved.
            due, times = move.new, times + (move.old is not None)
            first = first or move.new
    counted = first if from_first else due
    late = (on - counted).days if counted and is_open(status) and counted < on else 0
    days_moved = (due - first).days if due and first else 0
    return Position(status, due, since, late, times, days_moved)
