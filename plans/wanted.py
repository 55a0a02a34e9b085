"""What somebody wants of a list of actions: which of them, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SOON = timedelta(days=14)
QUIET = timedelta(days=90)
# How an open action can stand, beside its status.
SITUATIONS: Mapping[str, str] = {
    "open": "All open",
    "overdue": "Overdue",
    "due_soon": f"Due within {SOON.days} days",
    "quiet": f"No update for {QUIET.days} days",
}
# The columns by which a list is sorted; a hyphen before the name is the other way round.
SORTS: Mapping[str, str] = {
    "reference": "Action",
    "plan": "Plan",
    "due": "Due",
    "status": "Status",
    "lead": "Lead",
    "updated": "Last update",
}
WORDS = 6  # of a search at most: each of them is looked for in four places


@dataclass(frozen=True)
class Wanted:
    """What is not named leaves nothing out. Rows are named by their keys.

    `text` is words, each of which must stand somewhere in the action; `status` one of `Status` or
    of SITUATIONS; `posts` and `indicators` any of them; `due_from` and `due_to` days that belong to
    it; `sort` one of SORTS, or "" for the list's own order.
    """

    text: str = ""
    status: str = ""
    plan: int | None = None
    state: str = ""
    posts: frozenset[int] = frozenset()
    indicators: frozenset[int] = frozenset()
    message: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    sort: str = ""

    @property
    def words(self) -> list[str]:
        return self.text.split()
