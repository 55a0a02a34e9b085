"""The states of a plan, what they mean, and every allowed move between them."""

from django.db.models import TextChoices


class PlanState(TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    SUBMITTED = "submitted", "Submitted to the inspectorate"
    IN_PROGRESS = "in_progress", "In progress"
    CLOSED = "closed", "Closed"


P = PlanState
PLAN_MEANINGS: dict[PlanState, str] = {
    P.DRAFT: "Still being written: its actions can be changed freely and take no updates.",
    P.APPROVED: "Agreed: from here on every change of an action is recorded with its reason.",
    P.SUBMITTED: "Sent to the inspectorate that asked for it.",
    P.IN_PROGRESS: "Its actions are being worked on.",
    P.CLOSED: "Closed by a named body's decision; what was left has a named home.",
}
# Where progress is reported: not on a draft, and not once it is closed.
WORKED_ON = frozenset({P.APPROVED, P.SUBMITTED, P.IN_PROGRESS})
# Only a plan that answers an inspection is submitted; any other begins once it is approved.
PLAN_MOVES: dict[PlanState, frozenset[PlanState]] = {
    P.DRAFT: frozenset({P.APPROVED}),
    P.APPROVED: frozenset({P.SUBMITTED, P.IN_PROGRESS}),
    P.SUBMITTED: frozenset({P.IN_PROGRESS}),
    P.IN_PROGRESS: frozenset({P.CLOSED}),
    P.CLOSED: frozenset(),
}


def plan_moves(old: str, *, inspected: bool) -> list[PlanState]:
    """What a plan may become next. One that was not `inspected` has nobody to be submitted to, and
    one that was begins only when the inspectorate has it."""
    moves = PLAN_MOVES[PlanState(old)]
    unwanted = {P.IN_PROGRESS} if inspected else {P.SUBMITTED}
    if old != P.APPROVED:
        unwanted = set()
    return [state for state in PlanState if state in moves - unwanted]
