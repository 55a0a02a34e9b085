"""Which dates of inspections are awaited: every page and every reminder asks here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, Q

from plans import timetable
from plans.models import Inspection, Plan
from plans.states import PlanState
from plans.timetable import Deadline


def awaited(inspections: Iterable[Inspection], *, on: date) -> dict[int, list[Deadline]]:
    """What is still to come from that day on, soonest first, by the inspection's key.

    The improvement plan is awaited until one was submitted by that day. Prefetch `stages` for many.
    """
    rows = list(inspections)
    answered = sent([row for row in rows if row.plan_due_on and row.plan_due_on >= on], on=on)
    return {
        row.pk: timetable.deadlines(row, row.stages.all(), on, answered=row.pk in answered)
        for row in rows
    }


def late(inspections: Iterable[Inspection], *, on: date) -> list[Inspection]:
    """Those whose improvement plan should have been there before that day, and is not."""
    due = [row for row in inspections if row.plan_due_on and row.plan_due_on < on]
    answered = sent(due, on=on)
    return [row for row in due if row.pk not in answered]


@dataclass(frozen=True)
class Sent:
    """The plan that was submitted first; `on` is None where nobody noted the day."""

    plan: int
    title: str
    on: date | None


def sent(inspections: Iterable[Inspection], *, on: date) -> dict[int, Sent]:
    """What was submitted by that day, by the inspection's key; nothing for those still awaited."""
    submitted = Q(moves__new=PlanState.SUBMITTED, moves__on__lte=on)
    # Begun before plans had states: nobody noted when they were approved and sent.
    begun = Q(state__in=[PlanState.IN_PROGRESS, PlanState.CLOSED]) & ~Q(
        moves__new=PlanState.APPROVED
    )
    older = begun & Q(actions__isnull=False, agreed_on__lte=on)
    keys = [row.pk for row in inspections]
    rows = Plan.objects.standing().filter(submitted | older, inspection__in=keys)
    day = Min("moves__on", filter=submitted)
    found: dict[int, Sent] = {}
    told = rows.annotate(day=day).order_by(F("day").asc(nulls_last=True), "pk")
    for inspection, *plan in told.values_list("inspection", "pk", "title", "day"):
        found.setdefault(inspection, Sent(*plan))
    return found


def standing(inspection: Inspection, *, on: date) -> tuple[Sent | None, str]:
    """What was submitted by that day, and how that stands against the plan's deadline, in words."""
    found = sent([inspection], on=on).get(inspection.pk)
    if found is not None and found.on is None:
        return found, "Answered; the day on which it was submitted was not recorded"
    day = found.on if found else None
    return found, timetable.plan_standing(inspection.plan_due_on, day, on)
