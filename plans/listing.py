"""A plan's actions as a list: filtered, counted, grouped; only one page of them is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from plans.lines import titled
from plans.references import named
from plans.statuses import Status, is_open
from plans.wanted import Wanted

NO_MESSAGE = "No key message"


@dataclass(frozen=True)
class Tally:
    """How many actions a list has in each status, how many are open, and how many overdue."""

    statuses: list[tuple[Status, int]]
    shown: int
    open: int
    overdue: int


def tally(counts: dict[str, tuple[int, int]]) -> Tally:
    """Of what `ActionListQuerySet.tally` counts."""
    statuses = [(status, counts.get(status, (0, 0))[0]) for status in Status]
    return Tally(
        statuses=statuses,
        shown=sum(n for _, n in statuses),
        open=sum(n for status, n in statuses if is_open(status)),
        overdue=sum(late for _, late in counts.values()),
    )


@dataclass(frozen=True)
class Group:
    """`keys` are those of the rows that it is of: two frameworks may name an indicator alike."""

    keys: list[Any]
    heading: str
    size: int


@dataclass(frozen=True)
class Listing:
    """An action is listed once under each of its groups. Pages are slices of it: each group of
    which a page has some, with the rows that it has."""

    by: str
    groups: list[Group]
    counts: Tally
    rows: Any
    sort: str = ""

    def count(self) -> int:
        return sum(group.size for group in self.groups)

    def __getitem__(self, page: slice) -> list[tuple[str, int, list[dict[str, Any]]]]:
        """Heading, size of the whole group, and the rows of it on this page, in one query."""
        shown: list[Group] = []
        before = start = 0
        for group in self.groups:
            if before < page.stop and before + group.size > page.start:
                start = start if shown else before
                shown.append(group)
            before += group.size
        if not shown:
            return []
        rows = self.rows.in_groups(self.by, [group.keys for group in shown], self.sort)
        found: list[list[dict[str, Any]]] = [[] for _ in shown]
        for row in rows.lines("place")[page.start - start : page.stop - start]:
            found[row["place"]].append(row)
        return [(group.heading, group.size, rows) for group, rows in zip(shown, found, strict=True)]


def listing(actions: Any, wanted: Wanted, by: str, *, inspection: int | None, on: date) -> Listing:
    """Those of one plan's actions that are wanted, in their groups; what is overdue on that day.

    `inspection` is the key of the one that the plan answers: its messages stand first.
    """
    rows = actions.wanted(wanted, on=on)
    found = rows.sizes(by, on=on)
    # By key message, an action with two of them stands in two groups.
    counts = tally(rows.tally(on=on)) if by == "message" else _sum(found)
    if by == "message" and wanted.message is not None:
        found = [group for group in found if group["group"] == wanted.message]
    groups = _in_order(by, found, inspection)
    return Listing(by, groups, counts, rows, wanted.sort)


def _sum(found: Sequence[dict[str, Any]]) -> Tally:
    counts: dict[str, tuple[int, int]] = {}
    for row in found:
        n, late = counts.get(row["status"], (0, 0))
        counts[row["status"]] = (n + row["size"], late + row["late"])
    return tally(counts)


def _in_order(by: str, found: Sequence[dict[str, Any]], inspection: int | None) -> list[Group]:
    headed = sorted(((_headed(by, row, inspection), row) for row in found), key=itemgetter(0))
    groups: dict[str, Group] = {}
    for (_, heading), row in headed:
        same = groups.get(heading, Group([], heading, 0))
        keys = list(dict.fromkeys([*same.keys, row["group"]]))
        groups[heading] = Group(keys, heading, same.size + row["size"])
    return list(groups.values())


def _headed(by: str, row: dict[str, Any], inspection: int | None) -> tuple[Any, str]:
    """Where the group stands among the others, and what it is called."""
    if by == "status":
        status = Status(row["group"])
        return list(Status).index(status), status.label
    if by == "post":
        title = titled(row["lead__title"], row["lead__organisation"])
        return title.casefold(), title
    if by == "message":
        return _message(row, inspection)
    heading = f"{row['indicator__code']} {row['indicator__name']}"
    return row["indicator__sequence"], heading


def _message(row: dict[str, Any], inspection: int | None) -> tuple[tuple[int, str, int], str]:
    """The plan's own first, then those of other inspections."""
    number, title = row["key_messages__number"], row["key_messages__inspection__title"]
    if row["group"] is None:
        return (2, "", 0), NO_MESSAGE
    if row["key_messages__inspection"] == inspection:
        return (0, "", number), f"KM{number}"
    return (1, title, number), named(f"KM{number}", title)
