"""What was said of an action, as it is read: what belongs together, by kind, and how far it moved.

Entries are as `Action.objects.thread_of` gives them, newest first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from plans.statuses import is_report

Entry = dict[str, Any]
LAPSED = "No longer needed:"  # how the answer begins where an action ended before there was one
GROUPS = {
    "update": "Updates",
    "date": "Due dates",
    "evidence": "Evidence",
    "note": "Notes",
    "change": "Changes of the action",
}
GROUP_OF = {
    "update": "update",
    "date": "date",
    "request": "date",
    "evidence": "evidence",
    "withdrawal": "evidence",
    "note": "note",
    "revision": "change",
    "residual": "change",
}


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, each with its `group` and with the entry that it speaks of, or None.

    An update says whether it `is_report`, and `corrects` another one, which is `corrected` by it;
    evidence has its `withdrawal`, and that has its `evidence`. A request that `lapsed` was answered
    by the end of the action alone.
    """
    told = [
        entry | {"group": GROUP_OF[entry["kind"]], "corrects": None, "corrected": None}
        for entry in entries
    ]
    by_key = {(entry["kind"], entry["id"]): entry for entry in told}
    for entry in told:
        other = by_key.get((entry["kind"], entry["refers"]))
        if entry["kind"] == "update":
            entry["is_report"] = is_report(entry["old"], entry["new"])
            if other:
                entry["corrects"], other["corrected"] = other, entry
        elif entry["kind"] == "request":
            entry["lapsed"] = entry["more"].startswith(LAPSED)
        elif entry["kind"] == "evidence":
            entry["withdrawal"] = by_key.get(("withdrawal", entry["refers"]))
        elif entry["kind"] == "withdrawal":
            entry["evidence"] = by_key.get(("evidence", entry["refers"]))
    return told


def by_group(entries: Sequence[Entry]) -> list[tuple[str, str, int]]:
    """Key, name and number of entries of each group that has some."""
    counts = Counter(entry["group"] for entry in entries)
    return [(key, name, counts[key]) for key, name in GROUPS.items() if counts[key]]


def waiting(entries: Iterable[Entry]) -> list[Entry]:
    """The new dates that are asked for and not answered."""
    return [entry for entry in entries if entry["kind"] == "request" and not entry["more"]]


class Moves(NamedTuple):
    """The first due date that there ever was, how often it was moved, and by how many days."""

    first: date | None
    times: int
    days: int

    @property
    def words(self) -> str:
        """“moved 2 times, 50 days later”; empty where it was not moved."""
        if not self.times:
            return ""
        often = "once" if self.times == 1 else f"{self.times} times"
        if not self.days:
            return f"moved {often}, and back again"
        days = "1 day" if abs(self.days) == 1 else f"{abs(self.days)} days"
        return f"moved {often}, {days} {'later' if self.days > 0 else 'earlier'}"


def moved(original: date | None, due: date | None, entries: Iterable[Entry]) -> Moves:
    """How far the due date has moved; one that is given for the first time has not, nor has one
    that was put back by undoing what had moved it."""
    changes = [entry for entry in entries if entry["kind"] == "date"]
    first = original or (date.fromisoformat(changes[-1]["new"]) if changes else due)
    undone = {change["refers"] for change in changes}
    stand = [one for one in changes if one["refers"] is None and one["id"] not in undone]
    return moves_of(first, due, sum(bool(change["old"]) for change in stand))


def moves_of(first: date | None, due: date | None, times: int) -> Moves:
    """How far it has moved from the first date that there was."""
    return Moves(first, times, (due - first).days if due and first else 0)
