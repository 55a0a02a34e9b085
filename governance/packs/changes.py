"""What changed in the plan within a pack's period: each recorded change once, by its day."""

from collections.abc import Iterator, Sequence
from typing import Any

from governance import content
from governance.content import ActionRow, Change
from governance.packs.actions import addition, moved_in, reopening, shown, successor
from governance.packs.standpoint import Standpoint
from management.days import day_text
from plans.models import Action, DateChange, Entry, Revision, Update
from plans.services.actions import LINKED, WORDED
from plans.states import PlanState
from plans.statuses import Status


def changes(
    actions: Sequence[Action], rows: Sequence[ActionRow], at: Standpoint
) -> tuple[Change, ...]:
    """Kind by kind, and in each kind by day."""
    found = [*_of_plan(actions, at)]
    for action, row in zip(actions, rows, strict=True):
        found += _of_action(action, row, at)
    return tuple(sorted(found, key=lambda c: (content.CHANGES.index(c.kind), c.on)))


def _change(kind: str, entry: Entry, action: str, what: str, **said: Any) -> Change:
    return Change(kind, entry.on, action, what, entry.by, entry.illustrative, **said)


def _of_plan(actions: Sequence[Action], at: Standpoint) -> Iterator[Change]:
    for move in at.moves:
        if at.tells(move):
            closed = move.new == PlanState.CLOSED
            yield _change(
                content.PLAN,
                move,
                "",
                "State",
                old=PlanState(move.old).label,
                new=PlanState(move.new).label,
                reason=move.text,
                decision=move.decision,
                homes=_homes(actions) if closed else (),
            )


def _homes(actions: Sequence[Action]) -> tuple[str, ...]:
    """Where the work that remained when the plan closed goes on."""
    left = [action for action in actions if hasattr(action, "residual")]
    return tuple(f"{action.reference}: {action.residual.home}" for action in left)


def _of_action(action: Action, row: ActionRow, at: Standpoint) -> Iterator[Change]:
    for revision in action.revisions.all():
        if at.tells(revision):
            yield _revised(action, revision)
    if row.withdrawn or row.superseded:
        yield _ended(action, [u for u in action.updates.all() if at.knows(u)][-1])
    for update in action.updates.all():
        if reopening(update) and at.tells(update):
            yield _reopened(action, update)
    for move in moved_in(action, at):
        yield _moved(action, move)
    for evidence in action.evidence.all():
        gone = getattr(evidence, "withdrawal", None)
        if gone is not None and at.tells(gone):
            told = shown(evidence)
            yield _change(content.UNPROVED, gone, action.reference, told, reason=gone.reason)


def _revised(action: Action, revision: Revision) -> Change:
    kind, what = content.REWORDED, WORDED.get(revision.field, revision.field)
    if revision.field in LINKED:
        kind, what = content.LINKED, LINKED[revision.field]
    if revision == addition(action):
        kind, what = content.ADDED, "New action"
        if action.added_on != revision.on:
            what = f"New action, counted from {day_text(action.added_on)}"
    said = {"old": revision.old, "new": revision.new, "reason": revision.reason}
    return _change(kind, revision, action.reference, what, **said)


def _ended(action: Action, update: Update) -> Change:
    """An action that was withdrawn or superseded. Its update begins by saying so: not twice."""
    kind, new = content.WITHDRAWN, Status(update.status).label
    reason = update.text.removeprefix("Withdrawn: ")
    if update.status == Status.SUPERSEDED:
        kind = content.SUPERSEDED
        if action.superseded_by:
            reason = reason.removeprefix(f"Superseded by {action.superseded_by.reference}: ")
            new = f"{new} by {successor(action)}"
    said = {"old": Status(update.old_status).label, "new": new, "reason": reason}
    return _change(kind, update, action.reference, "Status", decision=update.decision, **said)


def _reopened(action: Action, update: Update) -> Change:
    said = {"old": Status(update.old_status).label, "new": Status(update.status).label}
    reason = update.text.removeprefix("Verification taken back: ")
    return _change(content.REOPENED, update, action.reference, "Status", reason=reason, **said)


def _moved(action: Action, move: DateChange) -> Change:
    return _change(
        content.MOVED if move.old else content.DATED,
        move,
        action.reference,
        "Due date",
        old=day_text(move.old) if move.old else "",
        new=day_text(move.new),
        reason=move.reason,
        approver=move.approver,
    )
