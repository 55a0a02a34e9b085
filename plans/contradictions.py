"""Where what is said to be done and what a KPI shows do not fit together, either way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kpis.reading import Figure, Reading, counts
from kpis.sentences import Style
from kpis.values import meets
from plans.effects import GONE, Linked
from plans.statuses import Status


class Code(StrEnum):
    """Which of the two does not fit."""

    UNMET = "complete_unmet"
    UNDONE = "met_undone"


@dataclass(frozen=True)
class Contradiction:
    """`actions` are the references of those that it is about; `sentence` names the KPI too."""

    code: Code
    actions: tuple[str, ...]
    sentence: str


def contradiction(
    found: Reading, kpi: str, style: Style, actions: Sequence[Linked]
) -> Contradiction | None:
    """Complete actions whose KPI does not meet its target, or a target that is met though nothing
    is done; None where there is neither.

    `kpi` is what it is called. Actions that were withdrawn or superseded do not count. As in the
    headline it is the latest figure that is not provisional, against the target in force then.
    """
    latest = next((figure for figure in reversed(found.figures) if counts(figure)), None)
    linked = [action for action in actions if action.status not in GONE]
    if latest is None or latest.value is None or found.target is None or not linked:
        return None
    if found.measure.direction == "neither":
        return None
    complete = [action for action in linked if action.completed]
    if not meets(latest.value, found.target, found.measure.direction):
        return _unmet(latest, latest.value, found.target, kpi, style, linked, complete)
    if any(action.status in {Status.COMPLETE, Status.DONE} for action in linked):
        return None
    shown = style.show(latest.value)
    return Contradiction(
        Code.UNDONE,
        tuple(action.reference for action in linked),
        f"{kpi} stands at {shown} ({latest.period.label}) and meets its target of "
        f"{style.show(found.target)}, yet {_undone(linked)}: what moved it, and whether what is "
        "left to do is still wanted, are open questions.",
    )


def _unmet(
    latest: Figure,
    value: Fraction,
    target: Fraction,
    kpi: str,
    style: Style,
    linked: Sequence[Linked],
    complete: Sequence[Linked],
) -> Contradiction | None:
    if not complete:
        return None
    shown, aim = style.beside(value, target)
    names = tuple(action.reference for action in complete)
    if len(complete) == 1:
        done = f"Action {names[0]} is complete"
    else:
        of = "All" if len(complete) == len(linked) else f"{len(complete)} of"
        done = f"{of} {len(linked)} linked actions are complete ({listed(names)})"
    early = ""
    if any(a.completed and a.completed > latest.period.end for a in complete):
        early = " That figure is older than the completion."
    elif all(a.effect and a.effect > latest.period.end for a in complete):
        early = " No effect was expected by then."
    return Contradiction(
        Code.UNMET,
        names,
        f"{done}, yet {kpi} stands at {shown} ({latest.period.label}) and does not meet its target "
        f"of {aim}.{early}",
    )


def _undone(linked: Sequence[Linked]) -> str:
    names = listed([action.reference for action in linked])
    state = "complete"
    if all(action.status == Status.NOT_STARTED for action in linked):
        state = "begun"
    if len(linked) == 1:
        return f"the action linked to it, {names}, is not {state}"
    return f"none of the {len(linked)} actions linked to it ({names}) is {state}"


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
