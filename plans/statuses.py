"""The statuses of an action, what they mean, and every allowed move between them."""

from django.db.models import TextChoices


class Status(TextChoices):
    NOT_STARTED = "not_started", "Not started"
    ON_TRACK = "on_track", "In progress: on track"
    AT_RISK = "at_risk", "In progress: at risk"
    OFF_TRACK = "off_track", "In progress: off track"
    DONE = "done", "Done, awaiting verification"
    COMPLETE = "complete", "Complete (verified)"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"


S = Status
MEANINGS: dict[Status, str] = {
    S.NOT_STARTED: "No work has begun.",
    S.ON_TRACK: "Work has begun and is expected to end by the due date, if it has one.",
    S.AT_RISK: "Work has begun; the due date could be missed without further steps.",
    S.OFF_TRACK: "Work has begun; the due date will be missed, or has been.",
    S.DONE: "The owner says that it is done; a second person has still to check the evidence.",
    S.COMPLETE: "A second person has checked the evidence and accepted that it is done.",
    S.WITHDRAWN: "No longer to be done, by a recorded decision.",
    S.SUPERSEDED: "Replaced by another action.",
}
KEY = [(status.value, status.label, MEANINGS[status]) for status in Status]

_WORKING = {S.ON_TRACK, S.AT_RISK, S.OFF_TRACK}
# A status may always be kept. Complete comes only from a verification, and goes only when that is
# taken back; never by an update.
MOVES: dict[Status, frozenset[Status]] = {
    S.NOT_STARTED: frozenset({*_WORKING, S.DONE, S.WITHDRAWN, S.SUPERSEDED}),
    S.ON_TRACK: frozenset({*_WORKING, S.DONE, S.WITHDRAWN, S.SUPERSEDED}),
    S.AT_RISK: frozenset({*_WORKING, S.DONE, S.WITHDRAWN, S.SUPERSEDED}),
    S.OFF_TRACK: frozenset({*_WORKING, S.DONE, S.WITHDRAWN, S.SUPERSEDED}),
    S.DONE: frozenset({*_WORKING, S.COMPLETE, S.WITHDRAWN, S.SUPERSEDED}),
    S.COMPLETE: frozenset({S.AT_RISK, S.OFF_TRACK}),
    S.WITHDRAWN: frozenset(),
    S.SUPERSEDED: frozenset(),
}
CLOSED = frozenset({S.COMPLETE, S.WITHDRAWN, S.SUPERSEDED})
# What the owner of an action may say of it in an update.
REPORTABLE = frozenset({S.NOT_STARTED, *_WORKING, S.DONE})
ALL_OF_IT = 100  # per cent
REPORTED = [(status.value, status.label) for status in Status if status in REPORTABLE]


def may_move(old: str, new: str) -> bool:
    """Whether an action with status `old` may have status `new` next."""
    return old == new or Status(new) in MOVES[Status(old)]


def is_open(status: str) -> bool:
    return Status(status) not in CLOSED


def is_report(old: str, new: str) -> bool:
    """Whether an update from `old` to `new` is a report, and no decision that it is over or not."""
    return {old, new} <= REPORTABLE


def steps_back(old: str, new: str) -> bool:
    """Whether an update from `old` to `new` takes back that the action is done."""
    return old == S.DONE and new in _WORKING


def contradiction(status: str, percent: int | None) -> str:
    """Why an action cannot stand so with so much of it done, or an empty text."""
    if status == S.NOT_STARTED and percent:
        return (
            f"Of an action that is not started nothing is done, and not {percent} per cent. Choose "
            "how the work stands, or leave this empty."
        )
    return ""


def percent_shown(status: str, percent: int | None) -> int | None:
    """How many per cent are done, as it is told: of what was verified no less than all of it."""
    part = percent is not None and percent < ALL_OF_IT
    return None if status == S.COMPLETE and part else percent


def reportable_from(old: str) -> list[Status]:
    """What an update may say next, in the order of the key: nothing of what is closed."""
    return [s for s in Status if s in REPORTABLE and is_open(old) and may_move(old, s)]
