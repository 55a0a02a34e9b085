"""Which dates of inspections are awaited: every page and every reminder asks here."""

from collections.abc import Iterable
from datetime import date

from plans import timetable
from plans.models import Inspection, Plan
from plans.timetable import Deadline


def awaited(inspections: Iterable[Inspection], *, on: date) -> dict[int, list[Deadline]]:
    """What is still to come from that day on, soonest first, by the inspection's key.

    The improvement plan is awaited until a plan that was agreed by that day has an action. Prefetch
    `stages` for many.
    """
    rows = list(inspections)
    answered = _answered([row for row in rows if row.plan_due_on and row.plan_due_on >= on], on)
    return {
        row.pk: timetable.deadlines(row, row.stages.all(), on, answered=row.pk in answered)
        for row in rows
    }


def late(inspections: Iterable[Inspection], *, on: date) -> list[Inspection]:
    """Those whose improvement plan should have been there before that day, and is not."""
    due = [row for row in inspections if row.plan_due_on and row.plan_due_on < on]
    answered = _answered(due, on)
    return [row for row in due if row.pk not in answered]


def _answered(inspections: Iterable[Inspection], on: date) -> set[int]:
    keys = [row.pk for row in inspections]
    agreed = Plan.objects.filter(inspection__in=keys, agreed_on__lte=on, actions__isnull=False)
    return set(agreed.order_by().values_list("inspection", flat=True))
