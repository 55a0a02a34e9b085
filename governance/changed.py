"""What changed in a plan, in the words of a pack. Pure."""

from collections import Counter

from governance import wording
from governance.content import (
    ADDED,
    DATED,
    LINKED,
    MOVED,
    PLAN,
    REOPENED,
    REWORDED,
    SUPERSEDED,
    UNPROVED,
    WITHDRAWN,
    Change,
    PackContent,
)

CHANGED = {
    PLAN: ("step of the plan itself", "steps of the plan itself"),
    ADDED: ("action added", "actions added"),
    REWORDED: ("change of wording", "changes of wording"),
    LINKED: ("change of what an action answers or moves", "changes of what actions answer or move"),
    WITHDRAWN: ("action withdrawn", "actions withdrawn"),
    SUPERSEDED: ("action superseded", "actions superseded"),
    REOPENED: ("action reopened", "actions reopened"),
    MOVED: ("due date moved", "due dates moved"),
    DATED: ("due date given for the first time", "due dates given for the first time"),
    UNPROVED: ("piece of evidence withdrawn", "pieces of evidence withdrawn"),
}


def lead(content: PackContent) -> str:
    """How many changes of each kind there were in the period."""
    span = f"between {wording.day(content.period_start)} and {wording.day(content.period_end)}"
    if not content.changes:
        return f"Nothing in the plan was changed {span}."
    kinds = Counter(change.kind for change in content.changes)
    said = [wording.how_many(n, *CHANGED.get(kind, (kind, kind))) for kind, n in kinds.items()]
    return f"Recorded {span}: {wording.listed(said)}."


def what(item: Change) -> list[str]:
    """What was changed: before, since, and where what is left of a closed plan goes on."""
    if item.kind == ADDED:
        return [item.what, item.new]
    if item.kind in (MOVED, DATED):
        return [f"From {item.old or 'no date'} to {item.new}"]
    said = [item.what]
    both = item.kind in (REWORDED, LINKED)
    if item.old or both:
        said.append(f"Before: {item.old or 'nothing'}")
    if item.new or both:
        said.append(f"Since: {item.new or 'nothing'}")
    return [*said, *(f"What remains of {home}" for home in item.homes)]


def why(item: Change) -> list[str]:
    """Why it was changed, who decided, and who wrote it down."""
    reason = wording.sentence(item.reason)
    if not reason and item.kind != PLAN:
        reason = "No reason was recorded."
    return [
        *([reason] if reason else []),
        *([f"Decided: {wording.sentence(item.decision)}"] if item.decision else []),
        f"By {item.by}" + (f"; agreed by {item.approver}" if item.approver else ""),
        *(["Illustrative"] if item.illustrative else []),
    ]
