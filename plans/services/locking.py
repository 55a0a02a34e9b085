"""Rows that stay as they are until a transaction ends, and the order in which they are locked.

The order is one for everybody: a file that is taken in; an inspection or a self-evaluation, and
then what it found; the area; plans by their keys; actions by theirs. Two that lock in different
orders wait for each other until the database ends one of them.

`no_key` lets pass whoever only adds a row that points at the locked one, an entry for example:
adding one asks for the key of its area, its plan and its author, long after its action is locked.
"""

from typing import Any

from django.db.models import Q

from plans.models import Action, Inspection, Plan


def lock(row: Any) -> Any:
    """Inside a transaction: the row as it is now; nobody else changes it before the end."""
    # The person who asks is a lazy object, whose own type is no model.
    return row._meta.model._default_manager.select_for_update(no_key=True).get(pk=row.pk)


def lock_files(rows: Any) -> None:
    """The same for these files that are taken in, by their keys."""
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock_whole(plan: Plan) -> Plan:
    """The same for a plan with all of its actions, for what changes many of them at once.

    The inspections whose key messages they answer, or may answer, come first, and then the area.
    """
    found = Inspection.objects.filter(Q(plans=plan) | Q(key_messages__actions__plan=plan))
    whole = Inspection.objects.filter(pk__in=found.order_by().values("pk"))
    list(whole.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock(plan.area)
    locked: Plan = lock(plan)
    lock_actions(locked.actions.all())
    return locked


def lock_actions(rows: Any) -> list[Action]:
    """The same for these actions, after the plans that they are of; by their keys.

    `rows` is a query of actions, and may bring with it what belongs to them.
    """
    plans = Plan.objects.filter(pk__in=rows.order_by().values("plan"))
    by_key = {plan.pk: plan for plan in plans.select_for_update(no_key=True).order_by("pk")}
    actions = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for action in actions:
        action.plan = by_key[action.plan_id]
    return actions
