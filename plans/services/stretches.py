"""Which stretches of the audit trail are one deed's: a file taken in, or an import undone.

Both hold the plan with all of its actions, so that nobody else's work on it stands in between; of
what else is recorded at the same time, only the same person's in the same request is theirs.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from management import audit
from management.access import Actor
from management.models import AuditEvent


def begun() -> int:
    """The last event so far."""
    return AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0


def stretch(began: int, by: Actor) -> dict[str, Any]:
    """What was recorded since `began`, of this person in this request, as JSON can carry it."""
    who = {"actor_id": by.actor_id, "actor_name": by.actor_name}
    return {"after": began, "to": begun(), "request_id": audit.request_id(), **who}


def holds(steps: Iterable[dict[str, Any]], event: AuditEvent) -> bool:
    """Whether the event is of one of these stretches."""
    return any(
        step["after"] < event.pk <= step["to"]
        and (step["actor_id"], step["actor_name"]) == (event.actor_id, event.actor_name)
        and step["request_id"] == event.request_id
        for step in steps
    )
