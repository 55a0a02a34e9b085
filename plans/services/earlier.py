"""What files that were taken in before say of a new one: where rows stood, what was left out."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from management.models import Area
from plans.imports import CREATE, STOPPED, UPDATE, Line, Place
from plans.matching import left_out_key, place_of, words
from plans.models import Action, ImportedRow, Plan, PlanImport
from plans.sheets.content import Understood
from plans.states import PlanState


@dataclass(frozen=True)
class Earlier:
    """What earlier files of a plan have left.

    `places` is where each action's row stood in the file that brought it last, `left_out` the keys
    (`matching.left_out_key`) of new rows that were not taken in, `same_file` the lines that were
    left out when the very same file was taken in last; of these `stopped` could not be taken in.
    `newer` is the name of the last file that was taken in since that one, or nothing.
    """

    places: dict[int, Place] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    same_file: frozenset[int] = frozenset()
    stopped: frozenset[int] = frozenset()
    newer: str = ""

    def known_new(self, rows: Sequence[Understood]) -> set[int]:
        """Rows, counted from 0, that were left out before where they were new."""
        return {at for at, row in enumerate(rows) if left_out_key(row) in self.left_out}

    def left_out_again(self, lines: Iterable[Line]) -> frozenset[int]:
        """The lines that were left out before, by their `at`.

        Not those that are actions since, nor those that were stopped then and are so no more.
        """
        return frozenset(one.at for one in lines if self._is_out(one))

    def older(self, lines: Iterable[Line]) -> frozenset[int]:
        """The lines that would put back what a newer file has changed, by their `at`."""
        return frozenset(one.at for one in lines if self.newer and one.does == UPDATE)

    def _is_out(self, one: Line) -> bool:
        if left_out_key(one.row) in self.left_out:
            return not (one.stands or one.like)
        return one.at in self.same_file and (one.at not in self.stopped or one.does == STOPPED)


def earlier(kept: PlanImport) -> Earlier:
    """What the files that were taken into this plan before have left."""
    if kept.plan is None:
        return Earlier()
    applied = PlanImport.objects.filter(
        plan=kept.plan, kind=PlanImport.Kind.PLAN, state=PlanImport.State.APPLIED
    ).order_by("id")
    rows = ImportedRow.objects.filter(plan_import__in=applied).order_by("plan_import", "id")
    places = {
        action: place_of(brought, place)
        for action, brought, place in rows.values_list("action", "plan_import", "place")
    }
    left_out: set[str] = set()
    same_file: list[int] = []
    stopped: list[int] = []
    newer, seen = "", False
    for key, sha256, name, done in applied.values_list("id", "sha256", "file_name", "done"):
        told = json.loads(done)
        # Files that were taken in by an older version say only what was left out.
        stood = told.get("places", {})
        places |= {int(action): place_of(key, place) for action, place in stood.items()}
        left_out |= set(told.get("new_left_out", ()))
        if sha256 == kept.sha256:
            same_file, stopped = told["left_out"], told.get("stopped", [])
            newer, seen = "", True
        elif seen:
            newer = name
    out, same = frozenset(left_out), frozenset(same_file)
    return Earlier(places, out, same, frozenset(stopped), newer)


def undone(area: Area) -> tuple[set[int], set[int]]:
    """Keys of the actions that undone imports had brought, and of the posts that they had made."""
    rows = PlanImport.objects.in_area(area).filter(state=PlanImport.State.UNDONE)
    told = [json.loads(done) for done in rows.values_list("done", flat=True)]
    actions, posts = ({key for one in told for key in one[what]} for what in ("created", "posts"))
    return actions, posts


def told_later(
    lines: Sequence[Line], left_out: set[int], created: Iterable[tuple[Line, Action]]
) -> dict[str, Any]:
    """What an import keeps of its rows for the files after it, as JSON can carry it."""
    places = {action.pk: one.row.place for one, action in created}
    places |= {
        one.stands.pk: one.row.place
        for one in lines
        if one.stands and (one.at not in left_out or one.like is None)
    }
    out = [one for one in lines if one.at in left_out]
    # One that was stopped is perhaps mended: then it is to be taken in.
    new = {left_out_key(one.row) for one in out if one.does == CREATE}
    stopped = [one.at for one in out if one.does == STOPPED]
    return {"places": places, "new_left_out": sorted(new), "stopped": stopped}


@dataclass(frozen=True)
class Resembled:
    """A plan that has most of a file's rows word for word, though the file is for a new one."""

    plan: Plan
    same: int
    rows: int

    @property
    def sentence(self) -> str:
        """Without the question that a page or a program asks then."""
        if self.rows == 1:
            return f"The one row is word for word in “{self.plan.title}”."
        verb = "is" if self.same == 1 else "are"
        count = f"{self.same:,} of these {self.rows:,} rows"
        return f"{count} {verb} word for word in “{self.plan.title}”."


def resembled(area: Area, rows: Sequence[Understood]) -> Resembled | None:
    """The open plan that has half of the rows or more, of several the one with the most."""
    said = [known for row in rows if (known := words(row.text))]
    gone, _ = undone(area)
    there = Action.objects.in_area(area).exclude(plan__state=PlanState.CLOSED)
    having: dict[int, set[str]] = {}
    for pk, plan, text in there.values_list("pk", "plan", "text"):
        if pk not in gone and (known := words(text)):
            having.setdefault(plan, set()).add(known)
    counts = Counter({plan: sum(one in known for one in said) for plan, known in having.items()})
    if not counts:
        return None
    key, same = counts.most_common(1)[0]
    if not same or 2 * same < len(said):
        return None
    return Resembled(Plan.objects.get(pk=key), same, len(said))
