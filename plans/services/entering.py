"""Who may report on an action, and how an entry of it is made."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from management import clock
from management.access import Actor
from management.models import Holding, User
from plans.models import Action, Entry, Plan
from plans.states import PlanState


def holders(action: Action) -> dict[int, User]:
    """Who holds the action's posts today, by the post's key."""
    posts = [action.lead_id, *(post.pk for post in action.supporting.all())]
    holdings = Holding.objects.in_area(action.area).filter(post__in=posts)
    current = holdings.current(on=clock.today()).select_related("user")
    return {holding.post_id: holding.user for holding in current}


def may_update(by: Actor, action: Action, held: dict[int, User] | None = None) -> bool:
    """Whether `by` may report on it: a keeper of the plan, or holder of one of its posts.

    `held` is what `holders` says, where that is known already.
    """
    if by.may("action.update_any", action.area):
        return True
    if not by.may("action.update", action.area):
        return False
    held = holders(action) if held is None else held
    return by.actor_id in {user.pk for user in held.values()}


def require_reporter(by: Actor, action: Action) -> None:
    """Raise PermissionDenied, naming the lead, unless `by` may report on the action."""
    if not may_update(by, action):
        raise PermissionDenied(
            f"Action {action.reference} belongs to another post. Its lead is {action.lead}."
        )


def require_update(by: Actor, action: Action) -> None:
    """Raise PermissionDenied, naming the lead, unless `by` may report on the action.

    Raises ValidationError while its plan is a draft, and once it is closed.
    """
    require_reporter(by, action)
    if why := why_no_reports(action.plan):
        raise ValidationError(why)


def why_closed(action: Action) -> str:
    """The one sentence for what is over, or an empty text while the action is open."""
    return "" if action.is_open else f"Action {action.reference} is closed: it stays as it is."


def why_no_update(action: Action) -> str:
    """Why its status and its due date stay as they are now, or an empty text."""
    return why_closed(action) or why_no_reports(action.plan)


def why_no_reports(plan: Plan) -> str:
    """Why nothing can be reported on the plan's actions now, or an empty text."""
    return {
        PlanState.DRAFT: "The plan is a draft: progress is reported once it is approved.",
        PlanState.CLOSED: "The plan is closed: nothing is reported on its actions any more.",
    }.get(PlanState(plan.state), "")


def drafted(entry: Entry, by: Actor, /, **facts: Any) -> Any:
    """The entry as said by `by` today, not saved; `facts` are its other fields, or other ones."""
    entry.on, entry.recorded_at = clock.today(), clock.now()
    entry.by, entry.author_id = by.actor_name, by.actor_id
    for name, value in facts.items():
        setattr(entry, name, value)
    return entry


def enter(entry: Entry, by: Actor, /, **facts: Any) -> Any:
    """Save the entry as said by `by` today; `facts` are its other fields, or other than these."""
    drafted(entry, by, **facts)
    # Whole, but for whether each row that it belongs to is there: the service has it in hand.
    entry.clean_fields(exclude={field.name for field in entry._meta.fields if field.remote_field})
    entry.clean()
    entry.validate_unique()
    entry.validate_constraints()
    entry.save()
    return entry
