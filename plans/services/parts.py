"""What an action waits for, and the tasks that it is made of."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import Holding, Post, User
from management.versions import Stale, advance
from plans.models import Action, Dependency, Task
from plans.services.actions import why_kept
from plans.services.days import refuse_odd
from plans.services.entering import may_update, require_reporter, require_update, why_closed
from plans.services.locking import lock, lock_actions

NOT_OPEN = "This task is done or dropped: open it again first."


def choose_blockers(
    *,
    by: Actor,
    action: Action,
    shown: Iterable[int],
    blockers: Iterable[Action],
    version: int | None = None,
) -> None:
    """The action waits for these, from now on; `shown` are the keys of those that it waited for.

    By who keeps the plan, and by who holds one of the action's posts: they know best.
    Raises ValidationError for a closed action or plan, for a blocker of another area, for one that
    is closed and was not waited for before, and where an action would in the end wait for itself;
    Stale when it waits for others now than `shown`, or has changed since `version`, if that is
    given. The action has a new version when they change.
    """
    access.require(by, "action.update", action.area)
    require_reporter(by, action)
    wanted = {blocker.pk: blocker for blocker in blockers}
    if any(blocker.area_id != action.area_id for blocker in wanted.values()):
        raise ValidationError({"blockers": "Choose actions of this area alone."})
    with audit.acting(by, "choose blockers"):
        # One at a time in an area: two people could else close a circle between them.
        lock(action.area)
        now = set(action.dependencies.values_list("blocker", flat=True))
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        if why := why_kept(locked):
            raise ValidationError(why)
        if now != set(shown) or (version or locked.version) != locked.version:
            raise Stale(locked)
        if now == wanted.keys():
            return
        advance(locked, locked.version)
        for blocker in wanted.keys() - now:
            _refuse_blocker(action, wanted[blocker])
        action.dependencies.filter(blocker__in=now - wanted.keys()).delete()
        for blocker in sorted(wanted.keys() - now):
            row = Dependency(area=action.area, action=action, blocker=wanted[blocker])
            row.full_clean()
            row.save()


def _refuse_blocker(action: Action, blocker: Action) -> None:
    if blocker.pk == action.pk:
        raise ValidationError({"blockers": "An action cannot wait for itself."})
    if not blocker.is_open:
        raise ValidationError(
            {"blockers": f"Action {blocker.reference} is closed: nothing waits for it."}
        )
    if blocker.pk in those_that_wait(action):
        raise ValidationError(
            {"blockers": f"Action {blocker.reference} itself waits for action {action.reference}."}
        )


def those_that_wait(action: Action) -> set[int]:
    """The keys of all that waits for the action, directly or not: it can wait for none of them."""
    waited: dict[int, list[int]] = {}
    rows = Dependency.objects.in_area(action.area)
    for one, other in rows.values_list("action", "blocker"):
        waited.setdefault(other, []).append(one)
    found: set[int] = set()
    ahead = [action.pk]
    while ahead:
        for key in waited.get(ahead.pop(), []):
            if key not in found:
                found.add(key)
                ahead.append(key)
    return found


def add_task(
    *, by: Actor, action: Action, text: str, due: date | None = None, post: Post | None = None
) -> Task:
    """A part of an action. Raises ValidationError without a text, and for a closed action."""
    require_work(by, action)
    refuse_odd(due=due)
    if not text.strip():
        raise ValidationError({"text": "Say what is to be done."})
    with audit.acting(by, "add task"):
        task = Task(area=action.area, action=action, text=text.strip(), due=due, post=post)
        task.full_clean()
        task.save()
    return task


def edit_task(
    *,
    by: Actor,
    task: Task,
    version: int,
    text: str,
    due: date | None = None,
    post: Post | None = None,
) -> None:
    """Put an open task otherwise. Raises ValidationError, Stale."""
    _require_open(by, task)
    refuse_odd(due=due)
    if not text.strip():
        raise ValidationError({"text": "Say what is to be done."})
    with audit.acting(by, "edit task"):
        changed = Task(area=task.area, action=task.action, text=text.strip(), due=due, post=post)
        changed.full_clean()
        advance(task, version, text=text.strip(), due=due, post=post)


def finish_task(*, by: Actor, task: Task, version: int) -> None:
    """The task is done, today. Raises ValidationError for one that is done or dropped; Stale."""
    _require_tick(by, task)
    if not task.is_open:
        raise ValidationError(NOT_OPEN)
    with audit.acting(by, "finish task"):
        advance(task, version, done_on=clock.today(), done_by=by.actor_name)


def reopen_task(*, by: Actor, task: Task, version: int) -> None:
    """The task is not done after all. Raises ValidationError for one that is open; Stale."""
    _require_tick(by, task)
    if task.is_open:
        raise ValidationError("This task is open.")
    with audit.acting(by, "reopen task"):
        facts = {"done_on": None, "done_by": "", "dropped_on": None, "dropped_reason": ""}
        advance(task, version, **facts)


def drop_task(*, by: Actor, task: Task, version: int, reason: str) -> None:
    """The task is not to be done any more; it stays listed. Raises ValidationError, Stale."""
    _require_open(by, task)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not to be done any more."})
    with audit.acting(by, "drop task", reason.strip()):
        advance(task, version, dropped_on=clock.today(), dropped_reason=reason.strip())


def may_work(by: Actor, action: Action, held: dict[int, User]) -> bool:
    """Whether `by` may change its tasks today; `held` is what `entering.holders` says."""
    if why_kept(action):
        return False
    if action.plan.is_draft:
        return by.may("plan.edit", action.area)
    return may_update(by, action, held)


def may_tick(by: Actor, task: Task, *, holds: bool) -> bool:
    """Whether `by`, beside those who work on the action, may say that the task is done, or is not.

    Whoever `holds` the task's own post may; to drop it, or to open it again then, is not theirs.
    """
    kept = why_kept(task.action) or task.action.plan.is_draft or task.dropped_on is not None
    return holds and not kept and by.may("action.update", task.area)


def _require_tick(by: Actor, task: Task) -> None:
    current = Holding.objects.in_area(task.area).current(on=clock.today())
    holds = current.filter(post=task.post_id, user=by.actor_id).exists()
    if not may_tick(by, task, holds=holds):
        require_work(by, task.action)


def require_work(by: Actor, action: Action) -> None:
    """Tasks are the work of whoever reports on the action; in a draft, of those who keep it.

    Raises PermissionDenied for others; ValidationError for a closed action or plan.
    """
    if action.plan.is_draft:
        access.require(by, "plan.edit", action.area)
    else:
        require_update(by, action)
    if why := why_closed(action):
        raise ValidationError(why)


def _require_open(by: Actor, task: Task) -> None:
    require_work(by, task.action)
    if not task.is_open:
        raise ValidationError(NOT_OPEN)
