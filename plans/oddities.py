"""What cannot be right in the history of a recommendation, whichever days are counted."""

from collections.abc import Callable

from management.days import day_text
from plans.reconciliation import CLOSED, MOVED, REOPENED, History

DONE = {CLOSED: "closed", REOPENED: "reopened", MOVED: "reclassified"}


def oddities(history: History, label: Callable[[str], str]) -> list[str]:
    """Sentences about what in a history does not fit together; none when all of it does.

    `label` gives the words for a class.
    """
    found, name = [], history.reference
    is_open, kind = True, history.first_kind
    for event in history.events:
        done = f"{name} was {DONE[event.what]} on {day_text(event.on)}"
        if event.on < history.added_on:
            found.append(f"{done}, before it was added on {day_text(history.added_on)}.")
        if event.what == MOVED:
            if not is_open:
                found.append(f"{done}, while it was closed.")
            if event.old != kind:
                found.append(f"{done} from {label(event.old)}, but it was in {label(kind)}.")
            kind = event.new
        else:
            if is_open is (event.what == REOPENED):
                found.append(f"{done}, but it was {'open' if is_open else 'closed'} already.")
            is_open = event.what == REOPENED
    if is_open is not history.is_open:
        shown, told = ("open", "closed") if history.is_open else ("closed", "open")
        found.append(f"{name} is shown as {shown}, but its decisions leave it {told}.")
    if kind != history.kind:
        found.append(f"{name} is shown in {label(history.kind)}, but was moved to {label(kind)}.")
    return found
