"""Of which source a plan's file is, and what the last file of that source said of each action.

A plan that lives in a Word document and in a tracker is told of by both: each is compared with what
itself said the last time, or the older one would undo the newer.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from management.sheets.content import Book
from plans.bases import Base, base_of
from plans.models import ImportedRow, PlanImport
from plans.sheets.layouts import Layout, chosen

OWN, KIND, ANOTHER = 2, 1, 0  # how near an earlier file is: of the same source, or as a Word file


class Said(NamedTuple):
    """What is kept of an action's row; `own` where its file was of the same source."""

    base: Base
    own: bool


def sources_of(book: Book, found: Iterable[Layout]) -> list[str]:
    """By what a file's source is known again: its kind, with the headings of each plan in it."""
    return sorted({f"{book.kind} {layout.signature}" for layout in chosen(tuple(found))})


def bases_for(kept: PlanImport) -> dict[int, Said]:
    """What each action of the plan, by its key, is compared with.

    That is what the last import of the same source said of it; without any, the last of the same
    kind of file, else the last of all.
    """
    brought = PlanImport.objects.filter(plan=kept.plan, state=PlanImport.State.APPLIED)
    own = _sources(kept.choices)
    near = {key: _near(own, choices) for key, choices in brought.values_list("pk", "choices")}
    rows = ImportedRow.objects.filter(plan_import__in=near, action__plan=kept.plan).order_by("id")
    found: dict[int, tuple[int, str]] = {}
    for action, key, raw in rows.values_list("action", "plan_import", "raw"):
        if action not in found or near[key] >= found[action][0]:
            found[action] = near[key], raw
    return {action: Said(base_of(raw), how == OWN) for action, (how, raw) in found.items()}


def _near(own: set[str], choices: str) -> int:
    """How near the earlier file with these choices is to one of these sources."""
    theirs = _sources(choices)
    if not own or not theirs or own & theirs:  # of older ones it is not known
        return OWN
    return KIND if _kinds(own) & _kinds(theirs) else ANOTHER


def _sources(choices: str) -> set[str]:
    return set(json.loads(choices or "{}").get("sources", ()))


def _kinds(sources: Iterable[str]) -> set[str]:
    return {source.rpartition(" ")[0] for source in sources}
